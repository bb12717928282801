import type { ApiClient } from '@reprise/gateway-client';

/** A picture of one pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** What a day of editing does to an app, by REST. Answers what was done, as lines. */
export async function changeApp(client: ApiClient, app: string): Promise<string[]> {
  const base = `/api/apps/${app}`;
  await client.post(`${base}/languages`, { json: { language: 'it' } });

  const schema = {
    name: 'demo-notes',
    isPublished: true,
    fields: [
      { name: 'title', partitioning: 'language', properties: { fieldType: 'String', isRequired: true } },
      { name: 'count', partitioning: 'invariant', properties: { fieldType: 'Number' } },
    ],
  };
  await client.post(`${base}/schemas`, { json: schema });
  const notes = `/api/content/${app}/demo-notes`;
  const ids: string[] = [];
  for (let n = 0; n < 25; n++) {
    // Numbers that JavaScript can't hold go through as text.
    const data = `{"title":{"en":"Note ${n} — “quoted” 🎼"},"count":{"iv":1234567890123456789${n % 10}}}`;
    ids.push((await client.post<{ id: string }>(`${notes}?publish=${n % 2 === 0}`, { text: data })).id);
  }
  for (const id of ids.slice(0, 10)) await client.put(`${notes}/${id}`, { text: `{"title":{"en":"Changed"},"count":{"iv":1.0}}` });
  await client.put(`${notes}/${ids[11]}/status`, { json: { status: 'Archived' } });
  await client.delete(`${notes}/${ids[12]}`);

  const form = new FormData();
  form.set('file', new Blob([PNG], { type: 'image/png' }), 'Übersicht.png');
  const asset = await client.post<{ id: string }>(`${base}/assets`, { form });
  await client.put(`${base}/assets/${asset.id}`, { json: { tags: ['demo', 'one pixel'] } });
  return ['one language', 'one schema', '25 contents, 10 of them changed, one archived, one deleted', 'one asset, tagged'];
}
