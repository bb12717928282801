import type { AppRef, SchemaField, SchemaState } from '@reprise/contracts';
import { del, get, path, post } from '../http/links.js';

/** `"{id},{name}"`, as states name what belongs elsewhere. */
export function splitNamedId(namedId: string): { id: string; name: string } {
  const comma = namedId.indexOf(',');
  return comma < 0 ? { id: namedId, name: '' } : { id: namedId.slice(0, comma), name: namedId.slice(comma + 1) };
}

/** Members that are null are left out, as Squidex does. */
export function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

/** Squidex's SchemaDto. */
export function schemaDto(app: AppRef, schema: SchemaState) {
  const self = path`/api/apps/${app.name}/schemas/${schema.name}`;
  const contents = path`/api/content/${app.name}/${schema.name}`;
  return {
    id: schema.id,
    name: schema.name,
    type: schema.type,
    category: schema.category ?? undefined,
    properties: { validateOnPublish: false, ...withoutNulls(schema.properties) },
    isSingleton: schema.type === 'Singleton',
    isPublished: schema.isPublished,
    created: schema.created,
    createdBy: schema.createdBy,
    lastModified: schema.lastModified,
    lastModifiedBy: schema.lastModifiedBy,
    version: schema.version,
    scripts: withoutNulls(schema.scripts),
    previewUrls: schema.previewUrls,
    fieldsInLists: schema.fieldsInLists,
    fieldsInReferences: schema.fieldsInReferences,
    fieldRules: schema.fieldRules.map(withoutNulls),
    fields: schema.fields.map((field) => fieldDto(field)),
    _links: { self: get(self), contents: get(contents), 'contents/create': post(contents), delete: del(self) },
  };
}

function fieldDto(field: SchemaField, isNested = false): Record<string, unknown> {
  const { id, name, isHidden, isLocked, isDisabled, partitioning, properties, children } = field;
  const { $type, ...own } = properties;
  return {
    fieldId: id,
    name,
    isHidden,
    isLocked,
    isDisabled,
    ...(isNested ? {} : { partitioning: partitioning ?? 'invariant' }),
    // The state names the class of the properties, the API the kind of field.
    properties: { fieldType: String($type).replace(/Field$/, ''), ...withoutNulls(own) },
    nested: isNested ? undefined : children?.map((child) => fieldDto(child, true)),
    _links: {},
  };
}
