import { sign, verify } from 'node:crypto';
import { Fault } from '#platform/fhir';
import type { Caller } from './caller.ts';
import type { PublicKey, SigningKey } from './signing-key.ts';

/**
 * A caller on its way to another process: `base64url(JSON of Envelope) "." base64url(Ed25519 signature)`. The edge
 * signs for anybody it authenticated; any other part signs only for itself, as `system/<part>`. A part that serves
 * somebody else's call passes the envelope it verified on as it is.
 */
interface Envelope {
  readonly caller: Caller;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
  readonly part: string;
  readonly kid: string;
}

/** Milliseconds since the epoch. */
export type Clock = () => number;

const lifetimeSeconds = 60;
/** An envelope this close to its end is not sent any more: it would expire in a queue. */
const freshnessSeconds = 30;
/** How far the clocks of two machines may be apart. */
const leewaySeconds = 10;
const rememberedEnvelopes = 10_000;

interface Issued {
  readonly text: string;
  readonly exp: number;
}

/** Signs callers with the `caller` keys of the parts that run in this process. */
export class CallerSigner {
  readonly #keys: readonly SigningKey[];
  readonly #clock: Clock;
  readonly #verifier: CallerVerifier | undefined;
  readonly #issued = new WeakMap<Caller, Issued>();

  /** With the `verifier` of the process, callers it verified travel on in the envelope they came in. */
  constructor(keys: readonly SigningKey[], options: { verifier?: CallerVerifier; clock?: Clock } = {}) {
    this.#keys = keys.filter((key) => key.purpose === 'caller');
    this.#clock = options.clock ?? Date.now;
    this.#verifier = options.verifier;
  }

  /** Throws `unauthenticated` when no part of this process may speak for the caller. */
  sign(caller: Caller): string {
    const now = this.#clock() / 1000;
    const issued = this.#issued.get(caller);
    if (issued !== undefined && issued.exp - now > freshnessSeconds) return issued.text;
    const key = this.#keys.find(({ part }) => isSpokenForBy(caller, part));
    if (key !== undefined) return this.#issue(caller, key, Math.floor(now));
    const received = this.#verifier?.envelopeOf(caller);
    if (received !== undefined) return received;
    throw new Fault(
      'unauthenticated',
      'No part of this process may speak for the caller. Send the call through the edge.',
    );
  }

  #issue(caller: Caller, key: SigningKey, iat: number): string {
    const exp = iat + lifetimeSeconds;
    const envelope: Envelope = { caller, iat, exp, part: key.part, kid: key.keyId };
    const body = Buffer.from(JSON.stringify(envelope)).toString('base64url');
    const signature = sign(null, Buffer.from(body, 'latin1'), key.privateKey).toString('base64url');
    const text = `${body}.${signature}`;
    this.#issued.set(caller, { text, exp });
    return text;
  }
}

interface Verified {
  readonly caller: Caller;
  readonly iat: number;
  readonly exp: number;
}

/** Verifies envelopes against the public `caller` keys of the installation. */
export class CallerVerifier {
  readonly #keys: ReadonlyMap<string, PublicKey>;
  readonly #clock: Clock;
  readonly #verified = new Map<string, Verified>();
  readonly #envelopes = new WeakMap<Caller, string>();

  constructor(keys: readonly PublicKey[], options: { clock?: Clock } = {}) {
    this.#keys = new Map(keys.filter(({ purpose }) => purpose === 'caller').map((key) => [key.keyId, key]));
    this.#clock = options.clock ?? Date.now;
  }

  /** The caller, frozen; the same object for the same envelope. Throws `unauthenticated`. */
  verify(text: string): Caller {
    const now = this.#clock() / 1000;
    const known = this.#verified.get(text);
    const verified = known ?? this.#check(text);
    if (verified.exp + leewaySeconds < now || verified.iat - leewaySeconds > now) {
      this.#verified.delete(text);
      throw refused('it has expired, or the clocks of two machines are apart');
    }
    if (known === undefined) this.#remember(text, verified);
    return verified.caller;
  }

  /** The envelope a caller came in, for calls made on its behalf. */
  envelopeOf(caller: Caller): string | undefined {
    return this.#envelopes.get(caller);
  }

  #check(text: string): Verified {
    const dot = text.indexOf('.');
    const body = text.slice(0, dot);
    const envelope = readEnvelope(body);
    const key = envelope && this.#keys.get(envelope.kid);
    if (dot < 0 || key === undefined || envelope === undefined) throw refused('its key is not known here');
    const signature = Buffer.from(text.slice(dot + 1), 'base64url');
    if (!verify(null, Buffer.from(body, 'latin1'), key.publicKey, signature))
      throw refused('its signature is wrong');
    if (envelope.part !== key.part || !isSpokenForBy(envelope.caller, key.part)) {
      throw refused('its signer may not speak for that caller');
    }
    return { caller: freezeCaller(envelope.caller), iat: envelope.iat, exp: envelope.exp };
  }

  #remember(text: string, verified: Verified): void {
    if (this.#verified.size >= rememberedEnvelopes) {
      const [oldest] = this.#verified.keys();
      if (oldest !== undefined) this.#verified.delete(oldest);
    }
    this.#verified.set(text, verified);
    this.#envelopes.set(verified.caller, text);
  }
}

function isSpokenForBy(caller: Caller, part: string): boolean {
  return part === 'edge' || (caller.kind === 'system' && caller.subject === `system/${part}`);
}

function refused(reason: string): Fault {
  return new Fault('unauthenticated', `The signed caller of this message was refused: ${reason}.`);
}

function readEnvelope(body: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
    return isEnvelope(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEnvelope(value: unknown): value is Envelope {
  const { caller, iat, exp, part, kid } = (value ?? {}) as Record<string, unknown>;
  return (
    isCaller(caller) &&
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    typeof part === 'string' &&
    typeof kid === 'string'
  );
}

/** Whether a value has the shape of a caller. */
export function isCaller(value: unknown): value is Caller {
  const { subject, kind, client, scopes, patients, purposeOfUse, breakGlass } = (value ?? {}) as Record<
    string,
    unknown
  >;
  return (
    typeof subject === 'string' &&
    subject !== '' &&
    (kind === 'user' || kind === 'client' || kind === 'system') &&
    typeof client === 'string' &&
    isStrings(scopes) &&
    (patients === undefined || isStrings(patients)) &&
    typeof purposeOfUse === 'string' &&
    typeof breakGlass === 'boolean'
  );
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function freezeCaller(caller: Caller): Caller {
  Object.freeze(caller.scopes);
  if (caller.patients !== undefined) Object.freeze(caller.patients);
  return Object.freeze(caller);
}
