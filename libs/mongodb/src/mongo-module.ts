import { Schema, type IndexDefinition, type IndexOptions, type SchemaDefinition } from 'mongoose';

/** The collections of one adapter, by collection name, with their indexes. */
export type MongoModule = Readonly<Record<string, Schema>>;

/** A collection's documents: what is not in the definition is neither stored nor found. `_id` is ours, never made by the driver. */
export function collection<Document>(definition: SchemaDefinition, indexes: readonly [IndexDefinition, IndexOptions?][] = []): Schema<Document> {
  const schema = new Schema(definition, { strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false, autoCreate: false, minimize: false });
  for (const [fields, options] of indexes) schema.index(fields, options);
  return schema as Schema<Document>;
}
