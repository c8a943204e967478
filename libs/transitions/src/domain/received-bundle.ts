import { all, type Fields, fields, identifiedId, patientIdentifierTypes, words } from '#platform/fhir';
import { hasCode } from './fact.ts';
import { noticeMessages } from './transition-rules.ts';

/** An identifier by which a resource is found: a value alone is anybody's. */
export interface KnownBy {
  readonly system: string;
  readonly value: string;
}

/** A document or a notice that another system sent, as far as it has to be understood to keep it where it belongs. */
export interface ReceivedBundle {
  readonly kind: 'document' | 'notice';
  /** Words that are the same for the same document or message, whoever delivers it, and however often. */
  readonly key: readonly string[];
  /** `Bundle.identifier`. */
  readonly identifier: Fields | undefined;
  /** `Bundle.timestamp`. */
  readonly timestamp: string | undefined;
  /** The Composition or the MessageHeader. */
  readonly first: Fields;
  /** Its `fullUrl`, by which other documents may name it. */
  readonly address: string | undefined;
  /** What the Bundle has of a Reference. */
  follow(reference: unknown): Fields;
}

/** @returns nothing for a Bundle that is neither, which is only stored. */
export function receivedBundle(bundle: Fields): ReceivedBundle | undefined {
  const entries = all(bundle['entry']);
  const head = fields(entries[0]);
  const first = fields(head['resource']);
  const kind = kindOf(bundle['type'], first);
  if (kind === undefined) return undefined;
  const byReference = new Map<string, Fields>();
  for (const { fullUrl, resource } of entries) {
    const found = fields(resource);
    if (words(fullUrl)) byReference.set(String(fullUrl), found);
    byReference.set(`${String(found['resourceType'])}/${String(found['id'])}`, found);
  }
  const identifier = bundle['identifier'] === undefined ? undefined : fields(bundle['identifier']);
  return {
    kind,
    key: keyOf(identifier, first, words(head['fullUrl']) ?? words(bundle['id'])),
    identifier,
    timestamp: words(bundle['timestamp']),
    first,
    address: words(head['fullUrl']),
    follow: (reference) => {
      const target = words(fields(reference)['reference']) ?? '';
      return byReference.get(target) ?? byReference.get(target.split('/').slice(-2).join('/')) ?? {};
    },
  };
}

function kindOf(type: unknown, first: Fields): ReceivedBundle['kind'] | undefined {
  if (type === 'document' && first['resourceType'] === 'Composition') return 'document';
  return type === 'message' && noticeMessages.some((event) => event === eventOf(first))
    ? 'notice'
    : undefined;
}

/** The event that a MessageHeader tells of. */
export function eventOf(header: Fields): string | undefined {
  return words(fields(header['eventCoding'])['code']);
}

function keyOf(identifier: Fields | undefined, first: Fields, address = ''): readonly string[] {
  const value = words(identifier?.['value']);
  if (value !== undefined) return [words(identifier?.['system']) ?? '', value];
  // An id alone is unique to whom it comes from.
  return [words(fields(first['source'])['endpoint']) ?? '', words(first['id']) ?? address];
}

/** The patient whom the Bundle is about, as it has it; what is said of the patient by reference only, where it has not. */
export function foreignPatient({ kind, first, follow }: ReceivedBundle): Fields {
  const reference = kind === 'document' ? first['subject'] : subjectOfFocus(first, follow);
  const found = follow(reference);
  if (found['resourceType'] === 'Patient') return found;
  const { identifier, display } = fields(reference);
  return {
    ...(identifier === undefined ? {} : { identifier: [identifier] }),
    ...(words(display) === undefined ? {} : { name: [{ text: display }] }),
  };
}

function subjectOfFocus(header: Fields, follow: ReceivedBundle['follow']): unknown {
  for (const focus of all(header['focus'])) {
    const found = follow(focus);
    if (found['resourceType'] === 'Patient') return focus;
    if (found['resourceType'] === 'Encounter') return found['subject'];
  }
  return undefined;
}

/** The encounter a notice tells of. */
export function foreignEncounter({ first, follow }: ReceivedBundle): Fields {
  return (
    all(first['focus'])
      .map(follow)
      .find(({ resourceType }) => resourceType === 'Encounter') ?? {}
  );
}

/** The best first, in whatever order they came. */
export function patientIdentifiers(patient: Fields): readonly KnownBy[] {
  return all(patient['identifier'])
    .filter(({ system, value }) => words(system) && words(value))
    .map(({ system, value, type }) => ({ rank: rankOf(type), system: String(system), value: String(value) }))
    .toSorted((one, other) => one.rank - other.rank || (wordsOf(one) < wordsOf(other) ? -1 : 1))
    .map(({ system, value }) => ({ system, value }));
}

function rankOf(type: unknown): number {
  const rank = patientIdentifierTypes.findIndex((code) => hasCode(type, code));
  return rank < 0 ? patientIdentifierTypes.length : rank;
}

function wordsOf({ system, value }: KnownBy): string {
  return `${system}|${value}`;
}

/** The id of the patient whom nobody knew: whoever brings the news first, HL7 v2 messages among them, there is one. */
export function newPatientId([best]: readonly KnownBy[]): string | undefined {
  return best && identifiedId('Patient', best);
}

/** What is taken over of a patient whom nobody here knows. What leads elsewhere stays behind. */
export function newPatient(id: string, patient: Fields): Fields {
  const kept = [
    'name',
    'telecom',
    'gender',
    'birthDate',
    'deceasedBoolean',
    'deceasedDateTime',
    'address',
    'maritalStatus',
    'communication',
  ];
  const identifier = all(patient['identifier']).map(({ assigner: _elsewhere, ...rest }) => rest);
  return {
    resourceType: 'Patient',
    id,
    identifier,
    ...Object.fromEntries(kept.flatMap((name) => (name in patient ? [[name, patient[name]]] : []))),
  };
}

/** A Reference that says who it is, and leads nowhere: the resource itself stays in the Bundle. */
export function saidOf(reference: unknown, follow: ReceivedBundle['follow']): object | undefined {
  const found = follow(reference);
  const [identifier] = all(found['identifier']).map(({ assigner: _elsewhere, ...rest }) => rest);
  const display = nameOf(found) ?? words(fields(reference)['display']);
  if (identifier === undefined && display === undefined) return undefined;
  const type = words(found['resourceType']);
  return {
    ...(type === undefined ? {} : { type }),
    ...(identifier === undefined ? {} : { identifier }),
    ...(display === undefined ? {} : { display }),
  };
}

function nameOf({ name }: Fields): string | undefined {
  if (words(name)) return words(name);
  const [first] = all(name);
  const parts = [first?.['prefix'], first?.['given'], first?.['family'], first?.['suffix']].flat().map(words);
  return words(first?.['text']) ?? words(parts.filter(Boolean).join(' '));
}
