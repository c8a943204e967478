import { accessSync, constants, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Fault } from '#platform/fhir';
import { readPartner, type Partner } from './partner.ts';
import { Partners } from './partners.ts';

/**
 * The partners of this installation.
 *
 * @param settings.partners the list under `partners` in `septum.yaml`
 * @param settings.partnersFile a file with such a list, as a container is given it
 * @throws Fault `bad-parameter`, one line that names what to change
 */
export function loadPartners(settings: {
  readonly partners?: unknown;
  readonly partnersFile?: string | undefined;
}): Partners {
  const { partners: declared, partnersFile: file } = settings;
  const partners = [
    ...listOf(declared, 'partners in septum.yaml'),
    ...(file === undefined ? [] : listOf(readList(file), 'SEPTUM_PARTNERS_FILE')),
  ];
  partners.forEach(({ name }, index) => {
    if (partners.findIndex((other) => other.name === name) < index)
      throw new Fault('bad-parameter', `Two partners are named ${name}. Give one another name.`);
  });
  return new Partners(partners);
}

function listOf(written: unknown, place: string): Partner[] {
  if (written === undefined || written === null) return [];
  if (!Array.isArray(written))
    throw new Fault('bad-parameter', `${place}: write a list, each with name, kind and baseUrl.`);
  return written.map((each, index) => {
    const partner = readPartner(each, `${place}[${index}]`);
    for (const file of [partner.tokenFile, partner.caFile, partner.certFile, partner.keyFile])
      if (file !== undefined) assertReadable(file, partner.name);
    return partner;
  });
}

function readList(file: string): unknown {
  assertReadable(file, undefined);
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch {
    // The parser's own words quote the line, in which somebody may have written a secret.
    throw new Fault('bad-parameter', `SEPTUM_PARTNERS_FILE is ${JSON.stringify(file)}: it is not YAML.`);
  }
}

function assertReadable(file: string, partner: string | undefined): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const whose = partner === undefined ? 'SEPTUM_PARTNERS_FILE' : `Partner ${partner}`;
    throw new Fault('bad-parameter', `${whose}: ${JSON.stringify(file)} cannot be read (${code}).`);
  }
}
