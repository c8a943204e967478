/** Where the specs find HL7's packages: in the tools cache, fetched once. A package that cannot be had fails the spec. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../src/package-root.ts';

export const checkout = packageRoot(import.meta.url);

interface Toolbox {
  readonly npmPackage: (name: string, version: string) => string;
  readonly toolsCache: string;
}

export async function toolbox(): Promise<Toolbox> {
  return (await import(pathToFileURL(join(checkout, 'tools/toolbox.mjs')).href)) as Toolbox;
}

export interface Example {
  readonly file: string;
  readonly text: string;
}

/** Every instance in npm `hl7.fhir.r4.examples`: the examples of the specification and its own definitions. */
export async function officialExamples(): Promise<readonly Example[]> {
  const { npmPackage } = await toolbox();
  const folder = npmPackage('hl7.fhir.r4.examples', '4.0.1');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'package.json')
    .sort()
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
}

/** The texts of the Synthea Bundles, each with its file name. */
export function syntheaBundles(folder: string): readonly Example[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json.gz'))
    .map((file) => ({ file, text: gunzipSync(readFileSync(join(folder, file))).toString('utf8') }))
    .filter(({ text }) => /^\s*\{\s*"resourceType"\s*:\s*"Bundle"/.test(text));
}
