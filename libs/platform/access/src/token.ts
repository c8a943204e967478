import { hash, randomUUID, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { Fault } from '#platform/fhir';
import type { Caller } from './caller.ts';
import type { SigningKey } from './signing-key.ts';

/** Both issuer and audience: these tokens open this installation and nothing else. */
const installation = 'septum';
const cachedTokens = 10_000;

export interface TokenRequest {
  readonly subject: string;
  readonly kind: Caller['kind'];
  readonly client: string;
  readonly scopes: readonly string[];
  readonly patients?: readonly string[];
  readonly lifetimeSeconds: number;
}

/** A bearer token: a JWT (RFC 9068) signed with Ed25519 by the installation's token key. */
export function issueToken(key: SigningKey, request: TokenRequest, now = Date.now()): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT({
    client_id: request.client,
    scope: request.scopes.join(' '),
    kind: request.kind,
    ...(request.patients === undefined ? {} : { patients: request.patients }),
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.keyId })
    .setIssuer(installation)
    .setAudience(installation)
    .setSubject(request.subject)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + request.lifetimeSeconds)
    .sign(key.privateKey);
}

interface Verified {
  readonly caller: Caller;
  readonly expiresAt: number;
}

/** Turns bearer tokens into callers. A verified token is remembered by its SHA-256 until it expires. */
export class TokenVerifier {
  readonly #findKey: (keyId: string) => Promise<KeyObject | undefined>;
  readonly #now: () => number;
  readonly #verified = new Map<string, Verified>();

  /** `findKey` gives the public half of the installation's token key of that id. */
  constructor(findKey: (keyId: string) => Promise<KeyObject | undefined>, now: () => number = Date.now) {
    this.#findKey = findKey;
    this.#now = now;
  }

  /** The caller of a token seen before, without waiting; undefined when it has to be verified first. */
  recall(token: string): Caller | undefined {
    const digest = hash('sha256', token, 'base64');
    const known = this.#verified.get(digest);
    if (known === undefined) return undefined;
    if (known.expiresAt > this.#now()) return known.caller;
    this.#verified.delete(digest);
    return undefined;
  }

  /** Throws `unauthenticated`, without saying which of the checks it failed. */
  async verify(token: string): Promise<Caller> {
    const known = this.recall(token);
    if (known !== undefined) return known;
    const payload = await this.#check(token);
    const caller = callerOf(payload);
    if (this.#verified.size >= cachedTokens) this.#forgetOldest();
    this.#verified.set(hash('sha256', token, 'base64'), { caller, expiresAt: (payload.exp ?? 0) * 1000 });
    return caller;
  }

  async #check(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(
        token,
        async (header) => {
          const key = await this.#findKey(header.kid ?? '');
          if (key === undefined) throw new Error('unknown key');
          return key;
        },
        {
          algorithms: ['EdDSA'],
          typ: 'at+jwt',
          issuer: installation,
          audience: installation,
          requiredClaims: ['sub', 'exp', 'client_id', 'scope', 'kind'],
          currentDate: new Date(this.#now()),
        },
      );
      return payload;
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw new Fault(
        'unauthenticated',
        'The bearer token is not valid here, or no longer. Get a new one: npx septum token.',
      );
    }
  }

  #forgetOldest(): void {
    for (const digest of this.#verified.keys()) {
      this.#verified.delete(digest);
      return;
    }
  }
}

function callerOf(payload: JWTPayload): Caller {
  const { sub, client_id: client, scope, kind, patients } = payload;
  const confined = patients !== undefined;
  if (
    typeof sub !== 'string' ||
    typeof client !== 'string' ||
    typeof scope !== 'string' ||
    (kind !== 'user' && kind !== 'client') ||
    (confined && !(Array.isArray(patients) && patients.every((id) => typeof id === 'string')))
  ) {
    throw new Fault(
      'unauthenticated',
      'The bearer token lacks a claim it needs. Get a new one: npx septum token.',
    );
  }
  return Object.freeze({
    subject: sub,
    kind,
    client,
    scopes: Object.freeze(scope.split(' ').filter(Boolean)),
    ...(confined ? { patients: Object.freeze([...(patients as string[])]) } : {}),
    purposeOfUse: 'TREAT',
    breakGlass: false,
  });
}
