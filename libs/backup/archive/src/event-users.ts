import { eachMember } from '@reprise/json-text';

const ASSIGNED = new Set(['appcontributorassignedevent', 'appcontributorassignedeventv2']);
/** How the payload of nearly every event ends. Both members stand in the outermost object, since its closing brace is the last character. */
const USUAL_END = /"actor":"((?:subject|client):[^"\\]*)","fromRule":(?:true|false)\}$/;

/** Ids of the users that an event names: its actor, and whom it assigns as contributor. They are what users.json has to hold. */
export function usersOf(type: string, payload: string): string[] {
  const assigned = ASSIGNED.has(type.toLowerCase());
  const usual = assigned ? null : USUAL_END.exec(payload.length > 400 ? payload.slice(-400) : payload);
  if (usual) return usual[1]!.startsWith('subject:') ? [usual[1]!.slice('subject:'.length)] : [];

  const users: string[] = [];
  eachMember(payload, (name, start, end) => {
    const member = name.toLowerCase();
    if (member !== 'actor' && !(assigned && member === 'contributorid')) return;
    const value: unknown = JSON.parse(payload.slice(start, end));
    if (typeof value !== 'string' || value === '') return;
    if (member === 'contributorid') users.push(value);
    else if (value.startsWith('subject:')) users.push(value.slice('subject:'.length));
  });
  return users;
}
