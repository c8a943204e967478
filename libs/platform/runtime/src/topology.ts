import { Fault } from '#platform/fhir';

/** Which parts there are, and which of them run in this process. Where the others run is NATS' affair. */
export interface Topology {
  /** All parts: `edge` and the contexts. */
  readonly parts: readonly string[];
  /** Those in this process, in the order of `parts`. */
  readonly here: readonly string[];
  isHere(part: string): boolean;
}

/** Everything is here unless told otherwise; an unknown name is refused with the list of names. */
export function topology(
  parts: readonly string[],
  { only, except }: { readonly only: readonly string[]; readonly except: readonly string[] },
): Topology {
  for (const name of [...only, ...except]) {
    if (!parts.includes(name))
      throw new Fault('bad-parameter', `There is no part named ${name}. Parts: ${parts.join(', ')}.`);
  }
  if (only.length > 0 && except.length > 0)
    throw new Fault('bad-parameter', 'Give --only or --except (SEPTUM_ONLY or SEPTUM_EXCEPT), not both.');
  const here = parts.filter((part) => (only.length === 0 || only.includes(part)) && !except.includes(part));
  if (here.length === 0)
    throw new Fault('bad-parameter', 'Every part is left out: nothing would run. Leave out fewer.');
  return Object.freeze({ parts, here, isHere: (part: string) => here.includes(part) });
}

/** One line for people: `everything`, or the shorter of what is here and what is not. */
export function describeTopology({ parts, here }: Topology): string {
  if (here.length === parts.length) return 'everything in this process';
  const elsewhere = parts.filter((part) => !here.includes(part));
  return elsewhere.length < here.length
    ? `everything but ${elsewhere.join(', ')}`
    : `only ${here.join(', ')}`;
}
