import type { SchemaField, SchemaState } from '@reprise/contracts';
import type { RecordedEvent } from '@reprise/event-store-core';
import { textOrNull } from '@reprise/json-text';
import { numberOfNamed } from '../named-id.js';

/** Which field an event is about: its id, and its parent's where it is a nested one. */
export function fieldIdsOf({ payload }: RecordedEvent): { id: number | undefined; parentId: number | undefined } {
  return { id: numberOfNamed(textOrNull(payload, 'fieldId')), parentId: numberOfNamed(textOrNull(payload, 'parentFieldId')) };
}

/** The schema with other fields on one level: the first, or below a parent. The very same where nothing changes. */
export function changeFields(state: SchemaState, parentId: number | undefined, change: (fields: SchemaField[]) => SchemaField[]): SchemaState {
  const fields =
    parentId === undefined
      ? change(state.fields)
      : replaceField(state.fields, parentId, (parent) => {
          const children = parent.children && change(parent.children);
          return children === parent.children ? parent : { ...parent, children };
        });
  return fields === state.fields ? state : { ...state, fields };
}

/** The list with one field changed; the very same where it isn't there or stays as it is. */
export function replaceField(fields: SchemaField[], id: number, change: (field: SchemaField) => SchemaField): SchemaField[] {
  const index = fields.findIndex((field) => field.id === id);
  const field = fields[index];
  if (!field) return fields;
  const changed = change(field);
  return changed === field ? fields : fields.with(index, changed);
}

export function changeField(state: SchemaState, event: RecordedEvent, change: (field: SchemaField) => SchemaField): SchemaState {
  const { id, parentId } = fieldIdsOf(event);
  return id === undefined ? state : changeFields(state, parentId, (fields) => replaceField(fields, id, change));
}

/** For events that set one switch of a field. */
export function setFieldFlag(state: SchemaState, event: RecordedEvent, flag: 'isHidden' | 'isLocked' | 'isDisabled', value: boolean): SchemaState {
  return changeField(state, event, (field) => (field[flag] === value ? field : { ...field, [flag]: value }));
}
