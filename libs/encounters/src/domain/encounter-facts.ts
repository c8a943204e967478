import { dateInterval, type Interval } from '#platform/fhir';
import type { LocalReference, Resource } from '#platform/store';
import { isEncounterStatus, type EncounterStatus } from './encounter-status.ts';

/** What the rules of care look at in an Encounter. https://hl7.org/fhir/R4/encounter.html */
export interface EncounterFacts {
  /** 0 of what is not there. */
  readonly version: number;
  readonly status: EncounterStatus | undefined;
  readonly patient: string | undefined;
  readonly location: string | undefined;
  readonly class: string | undefined;
  /** When it ended, as exactly as that is said. */
  readonly end: Interval | undefined;
}

/** https://terminology.hl7.org/CodeSystem-v3-ActCode.html; a class of another system says nothing to others. */
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

export function encounterFacts(
  encounter: Resource | undefined,
  localReference: LocalReference,
): EncounterFacts {
  const location = currentLocation(encounter?.['location']);
  return {
    version: versionOf(encounter?.['meta']),
    status: isEncounterStatus(encounter?.['status']) ? encounter['status'] : undefined,
    patient: referencedId(encounter?.['subject'], 'Patient', localReference),
    location: referencedId(location?.['location'], 'Location', localReference),
    class: codeOf(encounter?.['class']),
    end: endOf(encounter?.['period']),
  };
}

function endOf(period: unknown): Interval | undefined {
  if (!isObject(period) || typeof period['end'] !== 'string') return undefined;
  return dateInterval(period['end']);
}

function versionOf(meta: unknown): number {
  return isObject(meta) ? Number(meta['versionId']) : 0;
}

function codeOf(coding: unknown): string | undefined {
  if (!isObject(coding) || typeof coding['code'] !== 'string') return undefined;
  return coding['system'] === undefined || coding['system'] === actCode ? coding['code'] : undefined;
}

/** The id in a reference to `type`; a reference to elsewhere, or to another type, gives nothing. */
function referencedId(reference: unknown, type: string, localReference: LocalReference): string | undefined {
  if (!isObject(reference)) return undefined;
  const [target, id] = localReference(reference['reference'])?.split('/') ?? [];
  return target === type ? id : undefined;
}

/** Where the patient is: the last location that is `active`, or that says neither its status nor an end. */
function currentLocation(locations: unknown): Record<string, unknown> | undefined {
  if (!Array.isArray(locations)) return undefined;
  return locations.filter(isObject).findLast(isCurrent);
}

function isCurrent(entry: Record<string, unknown>): boolean {
  if (entry['status'] !== undefined) return entry['status'] === 'active';
  return !isObject(entry['period']) || entry['period']['end'] === undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
