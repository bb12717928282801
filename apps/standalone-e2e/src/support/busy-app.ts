import { randomBytes } from 'node:crypto';
import type { ApiClient } from '@reprise/gateway-client';
import { sha256 } from '@reprise/backup-testing';

const WRITERS = 20;
/** More than what a fragment holds, so that its file goes into the archive by a way of its own. */
const LARGE = 10 * 1024 ** 2 + 1;

interface Asset {
  id: string;
  fileVersion: number;
}

/** An app with something of everything that can be written over REST, and twenty writers who change all of it at once. */
export class BusyApp {
  /** SHA-256 of each file that was sent, by its name in an archive. */
  readonly files = new Map<string, string>();
  private readonly contents: string[] = [];
  private readonly assets: string[] = [];
  private contributor = '';
  private rounds = 0;

  private constructor(
    private readonly client: ApiClient,
    readonly name: string,
  ) {}

  /** Two rounds of changes need 160 contents and more. */
  static async create({ client, contents }: { client: ApiClient; contents: number }, name: string): Promise<BusyApp> {
    const app = new BusyApp(client, name);
    await client.post('/api/apps', { json: { name } });
    await app.createSchema('notes');
    await client.post(`/api/apps/${name}/languages`, { json: { language: 'it' } });
    app.contributor = await app.invite('person-0@example.com');
    for (const bytes of [LARGE, 5_000, 0, 70_000, 300, 40, 50]) app.assets.push(await app.upload(bytes));
    await app.tag(app.assets[1]!, ['before', 'both']);
    await atOnce(WRITERS, async (writer) => {
      for (let n = writer; n < contents; n += WRITERS) app.contents.push(await app.write(`${n}`));
    });
    return app;
  }

  /** Resolves when every change has been acknowledged. */
  async change(): Promise<void> {
    const round = ++this.rounds;
    const { client, name, contents, assets } = this;
    const base = `/api/apps/${name}`;
    const [large, tagged, empty, replaced, ...doomed] = assets;
    const others: (() => Promise<unknown>)[] = [
      () => this.replace(large!, 100),
      () => this.tag(tagged!, ['both', `after ${round}`]),
      () => this.replace(empty!, 900),
      () => this.replace(replaced!, LARGE),
      () => client.delete(`${base}/assets/${doomed[round - 1]}`),
      () => this.upload(2_000),
      () => client.post(`${base}/languages`, { json: { language: ['fr', 'es', 'pt', 'sv'][round] } }),
      async () => {
        const before = this.contributor;
        this.contributor = await this.invite(`person-${round}@example.com`);
        await client.delete(`${base}/contributors/${before}`);
      },
      () => client.post(`${base}/clients`, { json: { id: `client-${round}` } }),
      () => this.createSchema(`notes-${round}`),
    ];
    const own = contents.slice((round - 1) * WRITERS * 4, round * WRITERS * 4);
    await atOnce(WRITERS, async (writer) => {
      const [first, second, third, fourth] = own.slice(writer * 4);
      await client.put(`/api/content/${name}/notes/${first}`, { text: `{"text":{"iv":"changed in ${round}"}}` });
      await client.delete(`/api/content/${name}/notes/${second}`);
      await this.write(`new in ${round}`);
      await client.put(`/api/content/${name}/notes/${third}/status`, { json: { status: 'Published' } });
      await others[writer]?.();
      await client.put(`/api/content/${name}/notes/${fourth}`, { text: `{"text":{"iv":"at the end of ${round}"}}` });
    });
  }

  private createSchema(name: string): Promise<unknown> {
    const fields = [{ name: 'text', partitioning: 'invariant', properties: { fieldType: 'String' } }];
    return this.client.post(`/api/apps/${this.name}/schemas`, { json: { name, isPublished: true, fields } });
  }

  private async write(text: string): Promise<string> {
    return (await this.client.post<{ id: string }>(`/api/content/${this.name}/notes`, { json: { text: { iv: text } } })).id;
  }

  private async invite(email: string): Promise<string> {
    const json = { contributorId: email, role: 'Editor', invite: true };
    const { items } = await this.client.post<{ items: { contributorId: string; contributorEmail: string }[] }>(`/api/apps/${this.name}/contributors`, { json });
    return items.find(({ contributorEmail }) => contributorEmail === email)!.contributorId;
  }

  private tag(id: string, tags: string[]): Promise<unknown> {
    return this.client.put(`/api/apps/${this.name}/assets/${id}`, { json: { tags } });
  }

  private async upload(bytes: number): Promise<string> {
    const { form, digest } = file(bytes);
    const asset = await this.client.post<Asset>(`/api/apps/${this.name}/assets`, { form });
    this.sent(asset, digest);
    return asset.id;
  }

  private async replace(id: string, bytes: number): Promise<void> {
    const { form, digest } = file(bytes);
    this.sent((await (await this.client.send('PUT', `/api/apps/${this.name}/assets/${id}/content`, { form })).json()) as Asset, digest);
  }

  private sent({ id, fileVersion }: Asset, digest: string): void {
    this.files.set(`${id}_${fileVersion}.asset`, digest);
  }
}

function file(bytes: number): { form: FormData; digest: string } {
  const content = randomBytes(bytes);
  const form = new FormData();
  form.set('file', new Blob([content]), `${bytes}.bin`);
  return { form, digest: sha256(content) };
}

export async function atOnce(count: number, work: (index: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}
