import { type Fields, all, fields, words } from '#platform/fhir';

/** What one section of a document is by one pack and by another; without a patient's data. */
export interface SectionDifference {
  /** LOINC; `document` for what is no section. */
  readonly section: string;
  /** What the template calls it, the new one where both have it. */
  readonly title?: string;
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
    ...changed({ section: 'document' }, 'title', words(before['title']), words(after['title'])),
    ...[...old.keys()].flatMap((section) =>
      now.has(section) ? [] : [{ ...named(section, old), change: 'removed' as const }],
    ),
    ...[...now.keys()].flatMap((section) =>
      old.has(section) ? [] : [{ ...named(section, now), change: 'added' as const }],
    ),
    ...common.flatMap((code) => ofSection(named(code, now), old.get(code)!, now.get(code)!)),
    ...common.flatMap((code, at) =>
      order[at] === code ? [] : [{ ...named(code, now), change: 'moved' as const }],
    ),
  ];
}

type Named = Pick<SectionDifference, 'section' | 'title'>;

function named(section: string, sections: ReadonlyMap<string, Fields>): Named {
  const title = words(sections.get(section)?.['title']);
  return title === undefined ? { section } : { section, title };
}

function sectionsOf(composition: Fields): ReadonlyMap<string, Fields> {
  return new Map(
    all(composition['section']).map((section) => [
      String(all(fields(section['code'])['coding'])[0]?.['code']),
      section,
    ]),
  );
}

function ofSection(section: Named, before: Fields, after: Fields): readonly SectionDifference[] {
  const entries = ({ entry }: Fields) => String(all(entry).length);
  const references = ({ entry }: Fields) => JSON.stringify(entry ?? []);
  const same = (name: string) => JSON.stringify(before[name]) === JSON.stringify(after[name]);
  const onlyThat = (name: string): SectionDifference[] =>
    same(name) ? [] : [{ ...section, change: 'changed', element: name }];
  return [
    ...changed(section, 'title', words(before['title']), words(after['title'])),
    ...(references(before) === references(after)
      ? []
      : changed(section, 'entry', entries(before), entries(after), true)),
    ...['code', 'text', 'emptyReason'].flatMap(onlyThat),
  ];
}

function changed(
  section: Named,
  element: string,
  before: string | undefined,
  after: string | undefined,
  always = false,
): SectionDifference[] {
  if (before === after && !always) return [];
  return [
    {
      ...section,
      change: 'changed',
      element,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
}
