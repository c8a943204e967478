import { asFault, type Fault } from '#platform/fhir';
import { Hl7Fault } from '#platform/hl7v2';
import type { Lineage, MappedResource } from '#platform/v2-to-fhir';
import { isPassing } from '../domain/is-passing.ts';
import type { V2Issue } from '../store/v2-messages.ts';
import { issueOf } from './read-v2.ts';

/** The owner of a type refuses one resource of the message. */
export class Refused extends Error {
  constructor(
    readonly resource: MappedResource,
    readonly fault: Fault,
  ) {
    super(fault.message);
    this.name = 'Refused';
  }
}

/** What the owner of a resource found wrong, and with which field; thrown on when another day may mend it. */
export function issuesOf(error: unknown): readonly V2Issue[] {
  if (error instanceof Hl7Fault) return [issueOf(error)];
  const { fault, lineage } =
    error instanceof Refused
      ? { fault: error.fault, lineage: error.resource.lineage }
      : { fault: asFault(error), lineage: [] };
  // As the fault that it is: its kind decides how the message is waited for, and with it those of the same patient.
  if (isPassing(fault.kind)) throw fault;
  return fault.issues.map(({ diagnostics, expression }) => {
    const location = placeOf(expression, lineage);
    return { code: '207', text: diagnostics, ...(location === undefined ? {} : { location }) };
  });
}

/** Where in the message an element came from: its own place, or that of what it stands in. */
function placeOf(expression: string | undefined, lineage: readonly Lineage[]): string | undefined {
  for (let path = expression?.replace(/^[A-Za-z]+\./, ''); path !== undefined && path !== '';) {
    const made = lineage.find(([element]) => element === path || element.startsWith(`${path}.`));
    if (made !== undefined) return made[1];
    path = path.slice(0, Math.max(path.lastIndexOf('.'), 0));
  }
  return undefined;
}
