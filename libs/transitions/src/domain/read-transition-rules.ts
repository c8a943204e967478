import { type Fields, fields, isResourceType, type Issue, words } from '#platform/fhir';
import { itemsAt, packIssue, type PackEntry, type RulePack } from '#platform/rules';
import { dischargeSections, type DischargeSection } from './discharge-sections.ts';
import { readNoticeRules } from './read-notice-rules.ts';
import { kindsOnDemand, sectionOfKinds } from './section-of-kinds.ts';
import { builtInRules, type TransitionRules } from './transition-rules.ts';

interface Read {
  readonly rules: TransitionRules;
  readonly issues: readonly Issue[];
}

/**
 * Reads what a pack says of documents and notices: a Composition of the type of the discharge summary is its template,
 * the Parameters `notices` say who is told. What it does not speak of, Septum's own rules decide.
 */
export function readTransitionRules(pack: RulePack): Read {
  const [template, second] = pack.entries.filter(({ type }) => type === 'Composition');
  const document = template === undefined ? undefined : templateOf(template);
  const notices = readNoticeRules(pack);
  const issues = [
    ...(document?.issues ?? []),
    ...notices.issues,
    ...(second === undefined
      ? []
      : [packIssue(second.place, 'A pack has one template of the discharge summary. Leave this one out.')]),
  ];
  const builtIn = builtInRules.document;
  const rules: TransitionRules = {
    name: pack.name,
    version: pack.version,
    notices: notices.notices ?? builtInRules.notices,
    document: { ...builtIn, ...document?.template, recipients: notices.documentTo ?? builtIn.recipients },
  };
  return { rules, issues };
}

type Template = Omit<TransitionRules['document'], 'recipients'>;

function templateOf({ place, resource }: PackEntry): { template: Template; issues: Issue[] } {
  const issues: Issue[] = [];
  if (codeOf(fields(resource['type'])) !== '18842-5')
    issues.push(
      packIssue(`${place}.type`, 'Write the LOINC code 18842-5: only discharge summaries are made.'),
    );
  const given = itemsAt(place, 'section', resource);
  if (given.length === 0) issues.push(packIssue(`${place}.section`, 'Write at least one section.'));
  const seen = new Set<string>();
  const sections = given.flatMap(([at, section]) => {
    const code = codeOf(fields(section['code']));
    if (code !== undefined && seen.has(code))
      issues.push(packIssue(`${at}.code`, 'A section before this one has the same code. Leave one out.'));
    if (code !== undefined) seen.add(code);
    const made = sectionOf(at, section, code);
    issues.push(...made.issues);
    return made.section ?? [];
  });
  const kinds = given.flatMap(([at, section]) =>
    itemsAt(at, 'entry', section).flatMap(([, { type }]) => kindsOnDemand.filter((kind) => kind === type)),
  );
  const title = words(resource['title']) ?? builtInRules.document.title;
  return { template: { title, sections, kinds: [...new Set(kinds)] }, issues };
}

/** One that Septum knows by its code, under the pack's title; else one of the kinds of resources that it names. */
function sectionOf(
  place: string,
  section: Fields,
  code: string | undefined,
): { section?: DischargeSection; issues: Issue[] } {
  const title = words(section['title']);
  const issues = [
    ...(title === undefined ? [packIssue(`${place}.title`, 'Write the title that people read.')] : []),
    ...(code === undefined
      ? [
          packIssue(
            `${place}.code`,
            'Write a code of system http://loinc.org, by which the section is known.',
          ),
        ]
      : []),
    ...(Array.isArray(section['section'])
      ? [packIssue(`${place}.section`, 'Sections of sections are not made. Write them one after another.')]
      : []),
  ];
  if (title === undefined || code === undefined) return { issues };
  const known = dischargeSections.find((each) => each.code === code);
  const entries = itemsAt(place, 'entry', section);
  if (known !== undefined && entries.length > 0)
    issues.push(
      packIssue(`${place}.entry`, 'What stands in this section is known by its code. Leave entry out.'),
    );
  if (known === undefined) issues.push(...kindIssues(place, entries));
  const types = entries.flatMap(([, { type }]) => words(type) ?? []);
  const base = known ?? sectionOfKinds(types);
  const reason = fields(section['emptyReason']);
  const display = words(fields(codingOf(fields(section['code'])))['display']);
  const absent = words(reason['text']);
  return {
    issues,
    section: {
      ...base,
      title,
      code,
      display: display ?? (known === undefined ? title : base.display),
      isOptional: section['emptyReason'] === undefined,
      ...(absent === undefined ? {} : { absent }),
      ...(Array.isArray(reason['coding']) ? { emptyReason: { coding: reason['coding'] as object[] } } : {}),
    },
  };
}

function kindIssues(place: string, entries: readonly (readonly [string, Fields])[]): Issue[] {
  if (entries.length === 0)
    return [
      packIssue(
        `${place}.entry`,
        'Septum does not know this section by its code. Write an entry with a type, such as {"type": "Immunization"}, for each kind of resource in it.',
      ),
    ];
  return entries
    .filter(([, { type }]) => !gathered.has(String(type)))
    .map(([at, { type }]) =>
      packIssue(
        `${at}.type`,
        `${isResourceType(String(type)) ? String(type) : 'This'} is not gathered for documents. Write one of ${[...gathered].join(', ')}.`,
      ),
    );
}

const gathered = new Set([
  'AllergyIntolerance',
  'Appointment',
  'CarePlan',
  'Condition',
  'DiagnosticReport',
  'MedicationAdministration',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Procedure',
  'ServiceRequest',
  ...kindsOnDemand,
]);

function codingOf(concept: Fields): Fields | undefined {
  const { coding } = concept;
  return Array.isArray(coding)
    ? coding.map(fields).find(({ system }) => system === 'http://loinc.org')
    : undefined;
}

function codeOf(concept: Fields): string | undefined {
  return words(codingOf(concept)?.['code']);
}
