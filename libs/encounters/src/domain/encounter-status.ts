import { Fault } from '#platform/fhir';

/** https://hl7.org/fhir/R4/valueset-encounter-status.html */
export type EncounterStatus =
  | 'planned'
  | 'arrived'
  | 'triaged'
  | 'in-progress'
  | 'onleave'
  | 'finished'
  | 'cancelled'
  | 'entered-in-error'
  | 'unknown';

/**
 * Where an encounter may go from each status. Steps may be skipped forwards (a direct admission is never triaged, an
 * outpatient visit ends without an admission). Two are taken back, and each publishes that it is: a discharge that was
 * called off, by going on with the encounter, and any, by declaring it a mistake.
 */
const nextStatuses: Readonly<Record<EncounterStatus, readonly EncounterStatus[]>> = {
  planned: ['arrived', 'triaged', 'in-progress', 'cancelled', 'entered-in-error', 'unknown'],
  arrived: ['triaged', 'in-progress', 'finished', 'cancelled', 'entered-in-error', 'unknown'],
  triaged: ['in-progress', 'finished', 'cancelled', 'entered-in-error', 'unknown'],
  'in-progress': ['onleave', 'finished', 'entered-in-error', 'unknown'],
  onleave: ['in-progress', 'finished', 'entered-in-error', 'unknown'],
  finished: ['in-progress', 'onleave', 'entered-in-error'],
  cancelled: ['entered-in-error'],
  'entered-in-error': [],
  unknown: [
    'planned',
    'arrived',
    'triaged',
    'in-progress',
    'onleave',
    'finished',
    'cancelled',
    'entered-in-error',
  ],
};

export function isEncounterStatus(status: unknown): status is EncounterStatus {
  return typeof status === 'string' && Object.hasOwn(nextStatuses, status);
}

/** The statuses in which the patient is in our care. */
export function isUnderway(status: EncounterStatus | undefined): boolean {
  return status === 'in-progress' || status === 'onleave';
}

/** The statuses in which the patient is here, and not yet in our care. */
export function isPresent(status: EncounterStatus | undefined): boolean {
  return status === 'arrived' || status === 'triaged';
}

/**
 * Refuses a step that care does not know. A first status may be any: an encounter can come to us at any point.
 *
 * @throws Fault `business-rule`, naming the statuses that may follow.
 */
export function checkStatusStep(from: EncounterStatus | undefined, to: EncounterStatus): void {
  if (from === undefined || from === to) return;
  const allowed = nextStatuses[from];
  if (allowed.includes(to)) return;
  const next = allowed.length === 0 ? 'nothing: this status is final' : allowed.join(', ');
  throw refusal(`An encounter that is ${from} cannot become ${to}. What may follow ${from}: ${next}.`);
}

/**
 * Refuses to delete what others were told of: it would stay admitted, or discharged, for all who heard, and could begin
 * anew under its id.
 *
 * @throws Fault `business-rule`, naming the way there.
 */
export function checkDelete(status: EncounterStatus | undefined): void {
  if (status === undefined || status === 'planned' || status === 'entered-in-error') return;
  throw refusal(
    `An encounter that is ${status} cannot be deleted. If it was a mistake, update it to entered-in-error; then it can be deleted.`,
  );
}

function refusal(diagnostics: string): Fault {
  const issue = {
    severity: 'error',
    code: 'business-rule',
    diagnostics,
    expression: 'Encounter.status',
  } as const;
  return new Fault('business-rule', diagnostics, { issues: [issue] });
}
