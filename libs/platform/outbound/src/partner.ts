import { isIP } from 'node:net';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  validateSync,
} from 'class-validator';
import { Fault } from '#platform/fhir';
import { networkOf, type Network } from './network.ts';
import { inNormalSpelling } from './partner-url.ts';

/**
 * `fhir`: a FHIR R4 server that is asked; `rest-hook`: a receiver of notifications; `fhir-push`: a FHIR server that
 * documents and notices are sent to; `mllp`: a receiver of HL7 v2 messages.
 */
export const partnerKinds = ['fhir', 'rest-hook', 'fhir-push', 'mllp'] as const;
export type PartnerKind = (typeof partnerKinds)[number];

const v2Name = /^[A-Za-z0-9_. -]{1,20}$/;
const v2NameIs = { message: '$property must be letters, digits, spaces, "_", "-" and ".", at most 20' };
/** What only a partner of kind `mllp` has. */
const ofMessages = [
  'sendingApplication',
  'sendingFacility',
  'receivingApplication',
  'receivingFacility',
] as const;

/** What the operator writes of a partner. */
class PartnerDeclaration {
  @Matches(/^[a-z][a-z0-9-]{0,39}$/, { message: 'name must be small letters, digits and dashes, at most 40' })
  name!: string;
  @IsIn(partnerKinds) kind!: PartnerKind;
  @IsString() baseUrl!: string;
  @IsOptional() @IsString() tokenFile?: string;
  @IsOptional() @IsString() caFile?: string;
  @IsOptional() @IsString() certFile?: string;
  @IsOptional() @IsString() keyFile?: string;
  @IsOptional() @IsInt() @Min(100) @Max(120_000) timeoutMs?: number;
  @IsOptional() @IsInt() @Min(0) @Max(86_400_000) retryForMs?: number;
  @IsOptional() @IsIn(['public', 'private', 'loopback']) network?: Exclude<Network, 'nowhere'>;
  @IsOptional() @IsBoolean() allowPlain?: boolean;
  @IsOptional() @Matches(v2Name, v2NameIs) sendingApplication?: string;
  @IsOptional() @Matches(v2Name, v2NameIs) sendingFacility?: string;
  @IsOptional() @Matches(v2Name, v2NameIs) receivingApplication?: string;
  @IsOptional() @Matches(v2Name, v2NameIs) receivingFacility?: string;
}

const declarable = [
  'name',
  'kind',
  'baseUrl',
  'tokenFile',
  'caFile',
  'certFile',
  'keyFile',
  'timeoutMs',
  'retryForMs',
  'network',
  'allowPlain',
  ...ofMessages,
] satisfies (keyof PartnerDeclaration)[];

/** Another system that the operator lets Septum call. Its secrets are files, read at each call, so that they may be changed. */
export interface Partner {
  readonly name: string;
  readonly kind: PartnerKind;
  /** In its normal spelling; of the web, with a slash at its end. */
  readonly base: URL;
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  /** Of a whole call. */
  readonly timeoutMs: number;
  /** How long what it did not take is sent again, by exits that send again later. */
  readonly retryForMs: number;
  /** The only addresses that its name may lead to, beside public ones. */
  readonly network: Network;
  /** MSH-3 and MSH-4 of what it is sent by MLLP. */
  readonly sender: V2Party;
  /** MSH-5 and MSH-6. */
  readonly receiver: V2Party;
}

export interface V2Party {
  readonly application: string;
  readonly facility: string;
}

/** @throws Fault `bad-parameter` that names the partner, what is wrong, and what to write. */
export function readPartner(written: unknown, place: string): Partner {
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    throw wrong(place, 'write name, kind and baseUrl of one partner');
  const declaration = Object.assign(new PartnerDeclaration(), written);
  const called = typeof declaration.name === 'string' ? `${place} (${declaration.name.slice(0, 40)})` : place;
  const unknown = Object.keys(written).find((key) => !declarable.some((known) => known === key));
  if (unknown !== undefined) {
    const known = `It may have ${declarable.join(', ')}; a token stands in a file, never here`;
    throw wrong(called, `${unknown.slice(0, 40)} is nothing a partner has. ${known}`);
  }
  const [flaw] = validateSync(declaration, { stopAtFirstError: true });
  if (flaw !== undefined) throw wrong(called, String(Object.values(flaw.constraints ?? {})[0]));
  if ((declaration.certFile === undefined) !== (declaration.keyFile === undefined))
    throw wrong(called, 'a client certificate needs both certFile and keyFile');
  return withAddress(declaration, called);
}

function withAddress(declaration: PartnerDeclaration, called: string): Partner {
  const base = baseOf(declaration.baseUrl);
  if (base === undefined || base.protocol.startsWith('mllp') !== (declaration.kind === 'mllp'))
    throw wrong(called, declaration.kind === 'mllp' ? mllpAddress : webAddress);
  const v2 = ofMessages.find((name) => declaration[name] !== undefined);
  if (declaration.kind !== 'mllp' && v2 !== undefined)
    throw wrong(called, `${v2} is for partners of kind mllp. Leave it out`);
  if (declaration.kind === 'mllp' && declaration.tokenFile !== undefined)
    throw wrong(called, 'MLLP knows no token. Leave tokenFile out, and give certFile and keyFile');
  const network = networkDeclared(declaration, base, called);
  const plain = base.protocol === 'http:' || base.protocol === 'mllp:';
  if (plain && network !== 'loopback' && declaration.allowPlain !== true)
    throw wrong(
      called,
      `${base.protocol}// shows patient data to the network. Use ${base.protocol.replace(':', 's:')}//, or write allowPlain: true`,
    );
  const { name, kind, tokenFile, caFile, certFile, keyFile, timeoutMs = 10_000 } = declaration;
  const { retryForMs = 600_000, sendingApplication = 'SEPTUM', sendingFacility = '' } = declaration;
  const { receivingApplication = '', receivingFacility = '' } = declaration;
  return Object.freeze({
    name,
    kind,
    base,
    tokenFile,
    caFile,
    certFile,
    keyFile,
    timeoutMs,
    retryForMs,
    network,
    sender: { application: sendingApplication, facility: sendingFacility },
    receiver: { application: receivingApplication, facility: receivingFacility },
  });
}

const webAddress =
  'baseUrl must be an http(s) URL in its normal spelling, without user, query and fragment, such as https://fhir.partner.example/r4';
const mllpAddress =
  'baseUrl must be an mllps URL (or mllp, in the clear) with host and port alone, such as mllps://adt.partner.example:2575';

function baseOf(text: string): URL | undefined {
  if (text.startsWith('mllp')) return inNormalSpelling(text);
  const base = inNormalSpelling(text.endsWith('/') ? text : `${text}/`);
  return base?.search === '' ? base : undefined;
}

/** An address in the place of a name declares its own network; a name is public unless something else is written. */
function networkDeclared({ network }: PartnerDeclaration, base: URL, called: string): Network {
  const host = base.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return network ?? 'public';
  const itself = networkOf(host);
  if (itself === 'nowhere') throw wrong(called, 'baseUrl is at an address where no partner can be');
  if (network !== undefined && network !== itself)
    throw wrong(called, `network is ${network}, but the address in baseUrl is ${itself}. Leave network out`);
  return itself;
}

function wrong(called: string, says: string): Fault {
  return new Fault('bad-parameter', `${called}: ${says}.`);
}
