import { Fault, joinResource } from '#platform/fhir';
import type { Written } from '../contract/resource.ts';
import type { PreparedWrite } from './prepared-write.ts';
import type { OutcomeRow } from './write-statement.ts';

export interface WriteAnswer {
  readonly written: Written;
  /** The resource as it is stored now; undefined once it is deleted. */
  readonly text: string | undefined;
}

/** What a write came to, or the fault it ends in. A delete of what never was answers version 0. */
export function answerOf(write: PreparedWrite, row: OutcomeRow): WriteAnswer {
  const { type, id } = write;
  const fault = refusal(write, row.outcome);
  if (fault) throw fault;
  const deleted = write.method === 'delete';
  const version = deleted && row.outcome === 'absent' && row.new_version === 1 ? 0 : row.new_version;
  const written = {
    type,
    id,
    version,
    lastUpdated: row.moment,
    created: row.outcome === 'created',
    ...(deleted ? { deleted } : {}),
  };
  return { written, text: deleted ? undefined : joinResource(type, id, version, row.moment, write.content) };
}

function refusal({ type, id }: PreparedWrite, outcome: OutcomeRow['outcome']): Fault | undefined {
  switch (outcome) {
    case 'version-conflict':
      return new Fault(
        'version-conflict',
        `${type}/${id} is not at the version that If-Match names. Read it again, apply your change to what you read, and send that.`,
      );
    case 'exists':
      return new Fault('conflict', `${type}/${id} exists already. Update it, or create it under another id.`);
    case 'hidden':
      return new Fault('forbidden', `This caller may not write ${type}/${id}.`);
    default:
      return undefined;
  }
}
