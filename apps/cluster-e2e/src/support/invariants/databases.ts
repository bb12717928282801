import { mongo } from 'mongoose';

export type Row = Record<string, unknown> & { _id: string };

/** The databases of one installation for reading, as the server has them: without the product's adapters, which could look past the same things twice. */
export class Databases {
  private constructor(
    private readonly client: mongo.MongoClient,
    private readonly installation: string,
  ) {}

  static async connect(url: string, installation: string): Promise<Databases> {
    return new Databases(await mongo.MongoClient.connect(url, { readConcern: { level: 'majority' } }), installation);
  }

  collection<Document extends { _id: string } = Row>(service: string, name: string): mongo.Collection<Document> {
    return this.client.db(`${this.installation}-${service}`).collection<Document>(name);
  }

  /** All documents of a collection, of each the fields that are named. */
  async rows<Document extends { _id: string }>(service: string, name: string, ...fields: (keyof Document & string)[]): Promise<Document[]> {
    const projection = Object.fromEntries(fields.map((field) => [field, 1]));
    return (await this.collection<Document>(service, name)
      .find({}, { projection: { _id: 1, ...projection } })
      .toArray()) as unknown as Document[];
  }

  /** The different values of a field. */
  async values(service: string, name: string, field: string): Promise<string[]> {
    const found = this.collection(service, name).aggregate<{ _id: string }>([{ $group: { _id: `$${field}` } }]);
    return (await found.toArray()).map(({ _id }) => _id);
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}
