import { conceptText, type Concept, type HumanName, nameText, type Resource } from './fhir.ts';

interface Reference {
  readonly reference?: string;
  readonly display?: string;
}

interface Communication extends Resource {
  readonly status?: string;
  readonly statusReason?: Concept;
  readonly topic?: Concept;
  readonly category?: readonly Concept[];
  readonly recipient?: readonly Reference[];
  readonly sender?: Reference;
  readonly sent?: string;
  readonly received?: string;
  readonly extension?: readonly { readonly url: string; readonly [value: string]: unknown }[];
}

/** That others were told of something, or told us. */
export interface Telling {
  readonly key: string;
  readonly what: string;
  /** Names, or where there is none the references. */
  readonly who: string;
  readonly isReceived: boolean;
  readonly status: string;
  /** Of its end; of its beginning while it is under way. */
  readonly at: string;
  /** What the other side answered, or why there was nothing to answer. */
  readonly proof: string;
}

const extension = 'https://septum.dev/fhir/StructureDefinition/communication-';
const statuses: Readonly<Record<string, string>> = {
  preparation: 'Being prepared',
  'in-progress': 'Under way',
  completed: 'Told',
  stopped: 'Given up',
  'not-done': 'Not told',
  'entered-in-error': 'Recorded in error',
};

/** The Communications among a patient's resources, the latest first; the others give the names. */
export function tellingsOf(resources: readonly Resource[]): readonly Telling[] {
  const names = new Map(resources.map((one) => [`${one.resourceType}/${one.id}`, nameOf(one)]));
  const named = ({ reference = '', display }: Reference) => names.get(reference) ?? display ?? reference;
  return resources
    .filter((one): one is Communication => one.resourceType === 'Communication')
    .map((one) => telling(one, named))
    .toSorted((one, other) => other.at.localeCompare(one.at) || one.key.localeCompare(other.key));
}

function telling(one: Communication, named: (reference: Reference) => string): Telling {
  const { status = '', recipient = [], sender } = one;
  const isReceived = one.received !== undefined;
  const other = isReceived ? [sender ?? {}] : recipient;
  return {
    key: String(one.id),
    what: conceptText(one.topic) || conceptText(one.category?.[0]) || 'A communication',
    who: other.map(named).filter(Boolean).join(', ') || 'Nobody known',
    isReceived,
    status: isReceived && status === 'completed' ? 'Received' : (statuses[status] ?? status),
    at: one.received ?? one.sent ?? valueOf(one, 'occurred'),
    proof: valueOf(one, 'proof') || conceptText(one.statusReason),
  };
}

function valueOf({ extension: all = [] }: Communication, name: string): string {
  const found = all.find(({ url }) => url === `${extension}${name}`) ?? {};
  const value = Object.entries(found).find(([key]) => key.startsWith('value'))?.[1];
  return typeof value === 'string' ? value : '';
}

function nameOf({ name }: Resource): string | undefined {
  if (typeof name === 'string') return name;
  return Array.isArray(name) ? nameText(name as HumanName[]) : undefined;
}
