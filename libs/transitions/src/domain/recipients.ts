import { all, fields, words } from '#platform/fhir';
import type { LocalReference } from '#platform/store';
import { type Fact } from './fact.ts';
import type { RecipientKind } from './transition-rules.ts';
import { isWithin } from './within-period.ts';
import { humanName } from './wording.ts';

/** Somebody who has to do with the patient and may have to be told. */
export interface Candidate {
  readonly kind: RecipientKind;
  /** As it is written where the candidate is named. */
  readonly named: unknown;
  /** `Type/id` in this installation; absent for one who is not in the directory. */
  readonly reference: string | undefined;
  /** For whom a member of a care team acts, `Organization/<id>`. */
  readonly onBehalfOf?: string | undefined;
}

/** One whom a message reaches, or cannot reach: everybody who is reached at the same Endpoint is told once. */
export interface Addressee {
  /** FHIR References; all that one message is for. */
  readonly recipients: readonly object[];
  /** `Type/id` of them and of whom they belong to: by these a patient may object. */
  readonly known: readonly string[];
  /** The id of the Endpoint; absent when there is none. */
  readonly endpoint?: string;
  /** What tells this one apart from others for whom something is told of the same event. */
  readonly key: string;
}

/** By `Type/id`: what `directory` knows, PractitionerRoles of the candidates among it. */
export type Directory = ReadonlyMap<string, Fact>;

/**
 * The types of connection that take each content, the preferred one first.
 * https://terminology.hl7.org/CodeSystem-endpoint-connection-type.html
 */
const connections = {
  notification: ['hl7-fhir-msg', 'hl7v2-mllp'],
  document: ['hl7-fhir-rest', 'hl7v2-mllp'],
} as const;

/** What an Endpoint is looked for. */
export type Content = keyof typeof connections;

/**
 * @param patients the records of the patient, the one that remains first: who is the general practitioner says the first
 * that names one, since one who was merged into it may name a former one
 * @param at when that happened of which is told, milliseconds since the epoch: whoever was in a care team then
 */
export function candidatesOf(
  patients: readonly Fact[],
  encounter: Fact,
  careTeams: readonly Fact[],
  { at, local }: { readonly at: number; readonly local: LocalReference },
): readonly Candidate[] {
  const candidate = (kind: RecipientKind, named: unknown, onBehalfOf?: unknown): Candidate => ({
    kind,
    named,
    reference: local(fields(named)['reference']),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf: local(fields(onBehalfOf)['reference']) }),
  });
  const { origin, destination } = fields(encounter.fields['hospitalization']);
  const practitioners = patients.map(({ fields: patient }) => all(patient['generalPractitioner']));
  return [
    ...(practitioners.find((named) => named.length > 0) ?? []).map((named) =>
      candidate('general-practitioner', named),
    ),
    ...careTeams.flatMap((team) =>
      all(team.fields['participant'])
        .filter((participant) => isProfessional(participant['member'], local))
        .filter((participant) => isWithin(participant['period'], at))
        .map((participant) => candidate('care-team', participant['member'], participant['onBehalfOf'])),
    ),
    ...(origin === undefined ? [] : [candidate('origin', origin)]),
    ...(destination === undefined ? [] : [candidate('destination', destination)]),
  ];
}

/** The patient and relatives take part in a care team too; they are not told by a hospital's notice. */
function isProfessional(member: unknown, local: LocalReference): boolean {
  const { reference, type } = fields(member);
  const kind = local(reference)?.split('/')[0] ?? words(type);
  return ['Practitioner', 'PractitionerRole', 'Organization'].includes(kind ?? '');
}

/** Those to be told, in the order of the candidates; who treats the patient in this stay is not told of it. */
export function addresseesOf(
  candidates: readonly Candidate[],
  directory: Directory,
  treating: readonly string[],
  local: LocalReference,
  content: Content,
): readonly Addressee[] {
  const found = new Map<string, Addressee>();
  for (const candidate of candidates) {
    const { addressee, nearest } = addresseeOf(candidate, new Reach(directory, local, content));
    const isOwn = nearest.some((reference) => treating.includes(reference));
    if (isOwn && candidate.kind !== 'general-practitioner') continue;
    const same = found.get(addressee.key);
    found.set(addressee.key, same === undefined ? addressee : together(same, addressee));
  }
  return [...found.values()];
}

function together(a: Addressee, b: Addressee): Addressee {
  const recipients = new Map([...a.recipients, ...b.recipients].map((each) => [JSON.stringify(each), each]));
  return {
    ...a,
    recipients: [...recipients.values()],
    known: [...new Set([...a.known, ...b.known])],
  };
}

/** `nearest`: who is meant, and who takes what is sent; neither is told of what they do themselves. */
function addresseeOf(
  { named, reference, onBehalfOf }: Candidate,
  reach: Reach,
): { readonly addressee: Addressee; readonly nearest: readonly string[] } {
  const chain = reach.of(reference, onBehalfOf);
  const owner = chain.find((one) => reach.endpointsOf(one).length > 0);
  const [endpoint] = owner === undefined ? [] : reach.endpointsOf(owner);
  const recipient = recipientOf(named, reference, chain, reach);
  const key = endpoint === undefined ? JSON.stringify(recipient) : `Endpoint/${endpoint}`;
  const nearest = [reference, onBehalfOf, owner, words(fields(recipient)['reference'])];
  const known = [...new Set([...nearest, ...chain])].filter((each) => each !== undefined);
  return {
    addressee: { recipients: [recipient], known, key, ...(endpoint === undefined ? {} : { endpoint }) },
    nearest: nearest.filter((each) => each !== undefined),
  };
}

/** By whom somebody is reached, as far as the directory knows. */
class Reach {
  constructor(
    private readonly directory: Directory,
    private readonly local: LocalReference,
    private readonly content: Content,
  ) {}

  /** Whose Endpoints reach somebody, the nearest first. What is not active any more reaches nobody. */
  of(reference: string | undefined, onBehalfOf: string | undefined): readonly string[] {
    const start = [onBehalfOf, reference, ...this.#rolesOf(reference)].filter((each) => each !== undefined);
    const isActive = (one: string) => this.directory.get(one)?.fields['active'] !== false;
    const chain = start
      .filter(isActive)
      .flatMap((one) => [one, ...this.#above(one)])
      .filter(isActive);
    return [...new Set(chain)];
  }

  /** Those that take the content, the preferred ones first. */
  endpointsOf(owner: string): readonly string[] {
    const active = all(this.directory.get(owner)?.fields['endpoint']).flatMap((reference) => {
      const key = this.#target(reference) ?? '';
      const endpoint = this.directory.get(key)?.fields;
      const connection = String(fields(endpoint?.['connectionType'])['code']);
      return endpoint?.['status'] === 'active' ? [{ id: key.split('/')[1] ?? '', connection }] : [];
    });
    return connections[this.content].flatMap((wanted) =>
      active.filter(({ connection }) => connection === wanted).map(({ id }) => id),
    );
  }

  nameOf(one: string): string | undefined {
    const { name } = this.directory.get(one)?.fields ?? {};
    return words(name) ?? humanName(name);
  }

  #rolesOf(practitioner: string | undefined): readonly string[] {
    return [...this.directory]
      .filter(([key, { fields: role }]) => {
        const isRole = key.startsWith('PractitionerRole/');
        return isRole && practitioner !== undefined && this.#target(role['practitioner']) === practitioner;
      })
      .map(([key]) => key)
      .toSorted();
  }

  /** The organization that a role, a place or an organization belongs to, and the one above it. */
  #above(one: string): readonly string[] {
    const { organization, managingOrganization, partOf } = this.directory.get(one)?.fields ?? {};
    const parent = this.#target(
      one.startsWith('Location/') ? managingOrganization : (organization ?? partOf),
    );
    if (parent === undefined) return [];
    const above = this.#target(this.directory.get(parent)?.fields['partOf']);
    return above === undefined ? [parent] : [parent, above];
  }

  #target(reference: unknown): string | undefined {
    return this.local(fields(reference)['reference']);
  }
}

/** A Communication may be for people and organizations, not for places: a place stands for who manages it. */
function recipientOf(
  named: unknown,
  reference: string | undefined,
  chain: readonly string[],
  reach: Reach,
): object {
  const isPlace = reference?.startsWith('Location/') === true;
  const target = isPlace ? chain.find((each) => each.startsWith('Organization/')) : reference;
  const { display, identifier } = fields(named);
  const name = (target && reach.nameOf(target)) ?? words(display);
  const said = name === undefined ? {} : { display: name };
  if (target !== undefined) return { reference: target, ...said };
  if (isPlace) return { display: 'A place that nobody is known to manage', ...said };
  if (identifier !== undefined) return { identifier, ...said };
  return { display: 'Somebody who is not in the directory', ...said };
}
