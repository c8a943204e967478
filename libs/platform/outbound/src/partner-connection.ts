import { readFile } from 'node:fs/promises';
import { Fault } from '#platform/fhir';
import type { Partner } from './partner.ts';

/** A secret or certificate of a partner, as its file has it now. Fault `unavailable` when it has none. */
export async function partnerFile(partner: Partner, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const text = (await readFile(file, 'utf8')).trim();
    if (text !== '') return text;
  } catch {
    // Said below: the cause would tell no more than the file's name, which stands there.
  }
  throw new Fault(
    'unavailable',
    `Partner ${partner.name}: ${JSON.stringify(file)} cannot be read or is empty.`,
  );
}

/** Node's codes (`ECONNREFUSED`, `CERT_HAS_EXPIRED`) tell an operator what to look at; its sentences may quote more. */
export function notReached(partner: Partner, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code = 'unknown' } = (error ?? {}) as NodeJS.ErrnoException;
  return new Fault(
    'unavailable',
    `Partner ${partner.name} was not reached (${code}). Look at its address, its certificate, and the network to it.`,
  );
}
