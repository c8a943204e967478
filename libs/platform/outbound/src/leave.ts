import type { Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { Resolve } from './checked-lookup.ts';
import type { Exit } from './exit.ts';
import { inNormalSpelling, isBelow } from './partner-url.ts';
import type { Partner } from './partner.ts';
import type { Partners } from './partners.ts';

/** Whose data a call carries or asks for, as the audit records it. */
export interface Disclosure {
  /** Of the resources that leave, or are asked for. */
  readonly type: string;
  readonly id?: string;
  /** How many resources leave. */
  readonly count: number;
  /** Ids of the patients whose data leave, or who are asked about. */
  readonly patients: readonly string[];
}

/** What every way out of a context has. */
export interface OutboundOptions {
  readonly partners: Partners;
  /** The exits of the context that calls. */
  readonly exits: readonly Exit[];
  /** Appends to the context's own audit table; resolves once the record is durable. */
  readonly record: (
    caller: Caller,
    disclosure: Disclosure & { readonly action: Exit['action']; readonly detail: string },
  ) => Promise<void>;
  readonly resolve?: Resolve;
}

/** What every call of a partner says. */
export interface Leaving {
  /** The name of the partner. */
  readonly partner: string;
  /** At the partner's base address or below it, in its normal spelling. */
  readonly url: string;
  /** `nobody`: it neither carries nor asks for anything of a patient. */
  readonly concerns: Disclosure | 'nobody';
}

/**
 * Whom a call through an exit may reach.
 *
 * @throws Fault `forbidden` where no partner of the exit's kind is declared
 */
export function destination(
  { partners, exits }: OutboundOptions,
  exit: Exit,
  leaving: Leaving,
): { partner: Partner; url: URL } {
  if (!exits.includes(exit))
    throw new Error(`${exit.name} is not an exit of this context. Declare it in its definition.`);
  const partner = partners.named(leaving.partner);
  const url = inNormalSpelling(leaving.url);
  if (partner?.kind === exit.kind && url !== undefined && isBelow(partner.base, url)) return { partner, url };
  throw new Fault(
    'forbidden',
    `No partner of kind ${exit.kind} is declared at this address. Declare it under partners (docs/operating.md).`,
  );
}

/** Resolves once the record that names the recipient is durable, if anybody is concerned; until then nothing may leave. */
export async function recorded(
  { record }: OutboundOptions,
  caller: Caller,
  exit: Exit,
  { partner, concerns }: Leaving,
): Promise<void> {
  if (concerns === 'nobody') return;
  await record(caller, { ...concerns, action: exit.action, detail: `to ${partner} by ${exit.name}` });
}
