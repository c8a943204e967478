import { hash } from 'node:crypto';
import {
  dateInterval,
  Fault,
  type Fields,
  fields,
  type Interval,
  type Issue,
  type ParsedResource,
  printableName,
  validate,
  words,
} from '#platform/fhir';
import { itemsAt, packIssue, type PackEntry, type RulePack } from './rule-pack.ts';

const nameForm = /^[a-z][a-z0-9-]{0,62}$/;
const versionForm = /^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$/;
const settingsForm = /^(v2(-[A-Za-z0-9.-]+)?|notices)$/;
const carriers = ['Composition', 'ConceptMap', 'NamingSystem', 'Parameters'];

/**
 * A pack as it is written: a FHIR Bundle of type collection whose first resource, a Library, names it, and whose others
 * are the rules. https://hl7.org/fhir/R4/library.html
 *
 * @throws Fault `invalid`, with an issue for each thing wrong, its place in the file and what to write there
 */
export function readPack(text: string): RulePack {
  const bundle = fields(parsed(text));
  if (bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'collection')
    throw invalid([packIssue('Bundle.type', 'A rule pack is a Bundle of type "collection". Write that.')]);
  const entries = itemsAt('Bundle', 'entry', bundle).map(([place, { resource }]) => {
    const found = fields(resource);
    return { place: `${place}.resource`, type: words(found['resourceType']) ?? '', resource: found };
  });
  const [manifest, ...rest] = entries;
  if (manifest?.type !== 'Library')
    throw invalid([
      packIssue('Bundle.entry[0].resource', 'The first resource names the pack: write a Library.'),
    ]);
  const issues = [...entries.flatMap(formal), ...rest.flatMap(carried), ...manifestIssues(manifest)];
  if (issues.length > 0) throw invalid(issues);
  const { name, version, title, effectivePeriod } = manifest.resource;
  const { start, end } = fields(effectivePeriod);
  return Object.freeze({
    name: String(name),
    version: String(version),
    hash: hash('sha256', text),
    title: words(title),
    start: intervalOf(start)?.low,
    end: intervalOf(end)?.high,
    entries: rest,
  });
}

/** All that is wrong with a pack, as one fault. */
export function invalid(issues: readonly Issue[]): Fault {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return new Fault('invalid', `${first?.expression ?? ''}: ${first?.diagnostics ?? ''}${more}`, { issues });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const where = error instanceof SyntaxError ? /position \d+.*$/.exec(error.message)?.[0] : undefined;
    throw new Fault(
      'malformed',
      `The pack is not JSON${where === undefined ? '' : `, at ${where}`}. Correct it there.`,
    );
  }
}

function formal({ place, type, resource }: PackEntry): readonly Issue[] {
  return validate(type, resource as ParsedResource).map((issue) => ({
    ...issue,
    expression: issue.expression?.replace(/^[A-Za-z]+/, place) ?? place,
  }));
}

/** What nobody decides by would be thought to be in force, and is not. */
function carried({ place, type, resource }: PackEntry): readonly Issue[] {
  if (!carriers.includes(type)) {
    const known = carriers.join(', ');
    return [
      packIssue(
        place,
        `No rule is read from a ${printableName(type)}. Write one of ${known}, or leave it out.`,
      ),
    ];
  }
  if (type !== 'Parameters' || settingsForm.test(String(resource['id']))) return [];
  return [
    packIssue(`${place}.id`, 'Parameters are known by their id. Write "v2", "v2-" and a word, or "notices".'),
  ];
}

function manifestIssues({ place, resource }: PackEntry): readonly Issue[] {
  const { name, version, effectivePeriod } = resource;
  return [
    ...(nameForm.test(String(name)) && name !== 'built-in'
      ? []
      : [
          packIssue(
            `${place}.name`,
            'Write a name of lower-case letters, digits and hyphens, such as "north".',
          ),
        ]),
    ...(versionForm.test(String(version))
      ? []
      : [
          packIssue(
            `${place}.version`,
            'Write a version of letters, digits, dots and hyphens, such as "2026.1".',
          ),
        ]),
    ...periodIssues(`${place}.effectivePeriod`, fields(effectivePeriod)),
  ];
}

function periodIssues(place: string, { start, end }: Fields): readonly Issue[] {
  const [from, to] = [intervalOf(start)?.low, intervalOf(end)?.high];
  if (from === undefined || to === undefined || from < to) return [];
  return [packIssue(`${place}.end`, 'The pack ends before it begins. Write a later end, or none.')];
}

/** Half-open, in UTC: a pack whose end is a day is in force on that day. */
function intervalOf(value: unknown): Interval | undefined {
  const text = words(value);
  return text === undefined ? undefined : dateInterval(text);
}
