import type { Json } from '#platform/testing';

/** A pack whose every rule shows which pack it is: what is made by a mixture cannot hide. */
export function markedPack(version: string): object {
  const gender = version.startsWith('1') ? 'other' : 'unknown';
  const manifest = {
    resourceType: 'Library',
    name: 'marked',
    version,
    status: 'active',
    type: { coding: [{ code: 'asset-collection' }] },
  };
  const section = (code: string, title: string) => ({
    title: `${title} ${version}`,
    code: { coding: [{ system: 'http://loinc.org', code }] },
    emptyReason: { text: `Nothing ${version}.` },
  });
  const document = {
    resourceType: 'Composition',
    status: 'preliminary',
    type: { coding: [{ system: 'http://loinc.org', code: '18842-5' }] },
    date: '2026-03-01',
    author: [{ display: 'Marked' }],
    title: `Summary ${version}`,
    section: [section('48765-2', 'Allergies'), section('11535-2', 'Diagnoses')],
  };
  const codes = {
    resourceType: 'ConceptMap',
    name: 'AdministrativeSex',
    status: 'active',
    group: [{ element: [{ code: 'D', target: [{ code: gender, equivalence: 'equivalent' }] }] }],
  };
  const numbers = {
    resourceType: 'NamingSystem',
    name: 'Numbers',
    status: 'active',
    kind: 'identifier',
    date: '2026-03-01',
    uniqueId: [
      { type: 'other', value: 'MARKED' },
      { type: 'uri', value: `https://marked.example/${version}` },
    ],
  };
  const [recipient] = recipientsBy(version);
  const notice = {
    topic: { valueCode: 'marked' },
    title: { valueString: `Discharge ${version}` },
    on: { valueCode: 'discharged' },
    class: { valueCode: 'IMP' },
    message: { valueCode: 'notification-discharge' },
    recipient: { valueCode: recipient },
  };
  const part = Object.entries(notice).map(([name, value]) => ({ name, ...value }));
  const notices = {
    resourceType: 'Parameters',
    id: 'notices',
    parameter: [
      { name: 'notice', part },
      { name: 'documentTo', valueCode: recipient },
    ],
  };
  const entry = [manifest, document, codes, numbers, notices].map((resource) => ({ resource }));
  return { resourceType: 'Bundle', type: 'collection', entry };
}

/** Whom a version has told of a discharge, and nobody of an admission; Septum's own rules tell all of both. */
export function recipientsBy(version: string): readonly ('general-practitioner' | 'destination')[] {
  if (version === '') return ['general-practitioner', 'destination'];
  return version.startsWith('1') ? ['general-practitioner'] : ['destination'];
}

/** Which pack made each part of something; one entry where it is of one pack wholly, `` for Septum's own rules. */
export function packsOfPatient(patient: Json): ReadonlySet<string> {
  const { gender, identifier } = patient as {
    gender?: string;
    identifier?: readonly { system?: string }[];
  };
  const systems = (identifier ?? []).map(
    ({ system = '' }) => /marked\.example\/(.+)$/.exec(system)?.[1] ?? '',
  );
  const first = systems[0] ?? '';
  const bySex = gender === 'other' ? '1' : gender === 'unknown' ? '2' : '';
  return new Set([
    ...systems,
    first.startsWith(bySex) && (bySex !== '' || first === '') ? first : `sex ${bySex}`,
  ]);
}

export function packsOfDocument(composition: Json): ReadonlySet<string> {
  const { meta, title, section } = composition as {
    meta?: { tag?: readonly { code?: string }[] };
    title?: string;
    section?: readonly { title: string; text: { div: string }; emptyReason?: object }[];
  };
  const versionIn = (text = '') => /\b(\d\.\d)\b/.exec(text)?.[1] ?? '';
  const tag = meta?.tag?.[0]?.code ?? '';
  return new Set([
    tag.startsWith('marked|') ? tag.slice('marked|'.length) : '',
    versionIn(title),
    ...(section ?? []).map((each) => versionIn(each.title)),
    ...(section ?? [])
      .filter((each) => each.emptyReason)
      .map(({ text }) => (text.div.includes('Nothing') ? versionIn(text.div) : '')),
  ]);
}

/** What was told of a stay, as a step and to whom. */
export interface Told {
  readonly category: string;
  readonly step: string;
  readonly recipient: string;
  /** Milliseconds since the epoch. */
  readonly occurred: number;
  readonly packs: ReadonlySet<string>;
}

export function toldBy(communication: Json): Told {
  const { meta, extension, category, topic, recipient } = communication as {
    meta?: { tag?: readonly { code?: string }[] };
    extension?: readonly { url: string; valueInstant?: string; valueCode?: string }[];
    category?: readonly { coding: readonly { code: string }[] }[];
    topic?: { text?: string };
    recipient?: readonly { reference: string }[];
  };
  const said = (end: string) => extension?.find(({ url }) => url.endsWith(end));
  const [kind = ''] = (category ?? []).map(({ coding }) => coding[0]!.code);
  const tag = meta?.tag?.[0]?.code ?? '';
  const version = /\b(\d\.\d)\b/.exec(topic?.text ?? '')?.[1] ?? '';
  const tagged = tag.startsWith('marked|') ? tag.slice('marked|'.length) : '';
  return {
    category: kind,
    step: said('-step')?.valueCode ?? '',
    recipient: recipient?.[0]?.reference.replace('Organization/marked-', '') ?? '',
    occurred: Date.parse(said('-occurred')?.valueInstant ?? ''),
    packs: new Set([tagged, version]),
  };
}

export interface Change {
  readonly at: number;
  /** Undefined: retired. */
  readonly version: string | undefined;
}

/** The version in force at an instant, `` for Septum's own rules. */
export function versionAt(changes: readonly Change[], instant: number): string {
  return changes.filter(({ at }) => at <= instant).toSorted((a, b) => b.at - a.at)[0]?.version ?? '';
}
