import { type Fields, all, fields, words } from '#platform/fhir';

/** What one section of a document is by one pack and by another; without a patient's data. */
export interface SectionDifference {
  /** LOINC; `document` for what is no section. */
  readonly section: string;
  readonly change: 'added' | 'removed' | 'changed' | 'moved';
  /** What changed, and from what to what where that is no patient's matter. */
  readonly element?: string;
  readonly before?: string;
  readonly after?: string;
}

/** All that two Compositions of the same stay say differently, but for who made them. */
export function sectionDifferences(before: Fields, after: Fields): readonly SectionDifference[] {
  const [old, now] = [sectionsOf(before), sectionsOf(after)];
  const common = [...old.keys()].filter((code) => now.has(code));
  const order = [...now.keys()].filter((code) => old.has(code));
  return [
    ...changed('document', 'title', words(before['title']), words(after['title'])),
    ...[...old.keys()].flatMap((section) =>
      now.has(section) ? [] : [{ section, change: 'removed' as const }],
    ),
    ...[...now.keys()].flatMap((section) =>
      old.has(section) ? [] : [{ section, change: 'added' as const }],
    ),
    ...common.flatMap((code) => ofSection(code, old.get(code)!, now.get(code)!)),
    ...common.flatMap((code, at) =>
      order[at] === code ? [] : [{ section: code, change: 'moved' as const }],
    ),
  ];
}

function sectionsOf(composition: Fields): ReadonlyMap<string, Fields> {
  return new Map(
    all(composition['section']).map((section) => [
      String(all(fields(section['code'])['coding'])[0]?.['code']),
      section,
    ]),
  );
}

function ofSection(code: string, before: Fields, after: Fields): readonly SectionDifference[] {
  const entries = (section: Fields) => String(all(section['entry']).length);
  const references = (section: Fields) => JSON.stringify(section['entry'] ?? []);
  const same = (name: string) => JSON.stringify(before[name]) === JSON.stringify(after[name]);
  const named = (name: string): SectionDifference[] =>
    same(name) ? [] : [{ section: code, change: 'changed', element: name }];
  return [
    ...changed(code, 'title', words(before['title']), words(after['title'])),
    ...(references(before) === references(after)
      ? []
      : changed(code, 'entry', entries(before), entries(after), true)),
    ...['code', 'text', 'emptyReason'].flatMap(named),
  ];
}

function changed(
  section: string,
  element: string,
  before: string | undefined,
  after: string | undefined,
  always = false,
): SectionDifference[] {
  if (before === after && !always) return [];
  return [
    {
      section,
      change: 'changed',
      element,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
}
