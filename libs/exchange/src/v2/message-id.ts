import { Fault } from '#platform/fhir';

const form = /^(?:urn:uuid:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** The id of a message as an operation is given it. Fault `bad-parameter`. */
export function messageId(given: unknown): string {
  const [, id] = form.exec(typeof given === 'string' ? given : '') ?? [];
  if (id !== undefined) return id;
  throw new Fault('bad-parameter', 'id must be that of a message, as $v2-messages gives it.');
}
