/** The pairs of a message and the resources expected of it, in the test data beside the checkout. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { RowOrGap, SitePack } from '#platform/v2-to-fhir';
import type { Resource } from './comparison.ts';

export interface Pair {
  readonly name: string;
  readonly message: string;
  readonly expected: readonly Resource[];
}

const wanted =
  /^(ADT\^A(01|02|03|04|06|08|11|13|28|31|40)|ORM\^O01|RDE\^O(11|25)|RDS\^O13|RAS\^O17|ORU\^R01)\b/;

/** The message type and event of a message's text. */
function typeOf(message: string): string {
  const header = message.slice(message.indexOf('MSH')).split(/[\r\n]/)[0] ?? '';
  return header.split(header.charAt(3))[8] ?? '';
}

function read(path: string): string | undefined {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  return existsSync(`${path}.gz`) ? gunzipSync(readFileSync(`${path}.gz`)).toString('utf8') : undefined;
}

function resourcesOf(bundle: string): Resource[] {
  const { entry = [] } = JSON.parse(bundle) as { entry?: { resource?: Resource }[] };
  return entry.flatMap(({ resource }) => resource ?? []).filter((resource) => !isOfTheConverter(resource));
}

/** When and by whose program the pair's own conversion ran is no fact of the message. */
function isOfTheConverter(resource: Resource): boolean {
  const text = JSON.stringify(resource);
  if (resource.resourceType === 'Provenance') return text.includes('v2-FHIR transformation');
  return resource.resourceType === 'Organization' && text.includes('CDC PRIME - Atlanta');
}

/** CDC ReportStream's: `x.hl7` with `x.fhir` beside it. */
export function reportStreamPairs(folder: string): Pair[] {
  return messagesBelow(folder)
    .map((path) => [path, read(path.replace(/\.hl7$/, '.fhir'))] as const)
    .flatMap(([path, bundle]) => pair(folder, path, bundle));
}

/** Microsoft's: `X.hl7` with `expected/<type>/X-expected.json`. */
export function microsoftPairs(folder: string): Pair[] {
  const expected = new Map(
    readdirSync(folder, { recursive: true })
      .map(String)
      .filter((path) => /-expected\.json(\.gz)?$/.test(path))
      .map((path) => [basename(path).replace(/-expected\.json(\.gz)?$/, ''), join(folder, path)]),
  );
  return messagesBelow(folder).flatMap((path) => {
    const bundle = expected.get(basename(path, '.hl7'));
    return pair(folder, path, bundle && read(bundle.replace(/\.gz$/, '')));
  });
}

function messagesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.hl7'))
    .sort()
    .map((path) => join(folder, path));
}

function pair(folder: string, path: string, bundle: string | undefined): Pair[] {
  const message = readFileSync(path, 'utf8');
  if (bundle === undefined || !wanted.test(typeOf(message))) return [];
  const place = dirname(path) === folder ? '' : `${dirname(path).slice(folder.length + 1)}/`;
  return [{ name: `${place}${basename(path, '.hl7')}`, message, expected: resourcesOf(bundle) }];
}

/** What an installation like CDC's would say of itself. */
export const reportStreamPack: SitePack = {
  aboutTheMessage: true,
  tables: { codeSystems: { L: 'https://terminology.hl7.org/CodeSystem-v2-0396.html#v2-0396-99zzzorL' } },
};

const microsoft = 'http://example.com/v2-to-fhir-converter';

/** The number systems of insurers: each installation knows its own. */
function system(line: number, field: string, label: string, name: string): RowOrGap {
  return [line, field, `identifier[${label}].system`, { set: [`=${microsoft}/${name}`] }];
}

/** What an installation like Microsoft's converter would say of itself. */
export const microsoftPack: SitePack = {
  aboutTheMessage: true,
  tables: {
    authorities: { '*': `${microsoft}/Identifier/` },
    codeSystems: { '*': `${microsoft}/CodeSystem/` },
    segments: {
      'IN1[Coverage]': [system(42.3, 'IN1-36', 'policy', 'Identifier/policy-id')],
      'IN2[Coverage]': [system(8.3, 'IN2-8', 'medicaid', 'sid/us-medicaid')],
    },
  },
};
