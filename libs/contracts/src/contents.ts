import { z } from 'zod';
import { AppRef, command, JsonText, Page, Principal } from './common.js';
import { defineRequest } from './define.js';
import { ContentStateSchema, RuleStateSchema, SchemaStateSchema } from './state.js';

const read = { principal: Principal, app: AppRef };

/** `schema` is Squidex's CreateSchema body as JSON text. Errors: `schemas.name-taken` (invalid), `schemas.invalid` (invalid, details). */
export const createSchema = defineRequest('contents.create-schema', {
  body: z.object({ ...command, app: AppRef, schema: JsonText }),
  reply: z.object({ schema: SchemaStateSchema }),
});
export const listSchemas = defineRequest('contents.list-schemas', { body: z.object(read), reply: z.object({ schemas: z.array(SchemaStateSchema) }) });
/** By name or id; a living one. Error `schemas.not-found`. */
export const findSchema = defineRequest('contents.find-schema', {
  body: z.object({ ...read, schema: z.string() }),
  reply: z.object({ schema: SchemaStateSchema }),
});

const ContentReply = z.object({ content: ContentStateSchema });
const target = { app: AppRef, schema: z.string(), id: z.string() };

/** Errors: `contents.id-taken` (conflict), `contents.invalid` (invalid, details), `schemas.not-found`. */
export const createContent = defineRequest('contents.create-content', {
  body: z.object({
    ...command,
    app: AppRef,
    schema: z.string(),
    id: z.string().optional(),
    data: JsonText,
    publish: z.boolean().optional(),
    status: z.string().optional(),
  }),
  reply: ContentReply,
});
/** Replaces the data. Error `contents.not-found`. */
export const updateContent = defineRequest('contents.update-content', { body: z.object({ ...command, ...target, data: JsonText }), reply: ContentReply });
/** Error `contents.status-invalid` (invalid). */
export const changeContentStatus = defineRequest('contents.change-status', {
  body: z.object({ ...command, ...target, status: z.string() }),
  reply: ContentReply,
});
export const deleteContent = defineRequest('contents.delete-content', { body: z.object({ ...command, ...target }), reply: z.object({}) });

export const findContent = defineRequest('contents.find-content', {
  body: z.object({ ...read, schema: z.string(), id: z.string(), unpublished: z.boolean() }),
  reply: ContentReply,
});
/** Newest change first. `total` counts all that match. */
export const listContents = defineRequest('contents.list-contents', {
  body: z.object({ ...read, schema: z.string(), ids: z.array(z.string()).optional(), unpublished: z.boolean(), page: Page }),
  reply: z.object({ total: z.number().int(), contents: z.array(ContentStateSchema) }),
});
export const listRules = defineRequest('contents.list-rules', { body: z.object(read), reply: z.object({ rules: z.array(RuleStateSchema) }) });
