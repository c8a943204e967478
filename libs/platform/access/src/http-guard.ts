import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Fault } from '#platform/fhir';
import type { Caller } from './caller.ts';
import { credentialMetadata, type Credential } from './credential.ts';
import type { TokenVerifier } from './token.ts';

/** What the guard looks at in an HTTP request, and what it leaves there. */
export interface GuardedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: unknown;
  readonly method: string;
  readonly socket: { readonly remoteAddress?: string | undefined };
  caller: Caller | null;
}

/** Where sessions of the console come from; each answers undefined for what it does not know. */
export interface Sessions {
  findCaller(sessionToken: string): Promise<Caller | undefined>;
  redeemCode(code: string): Promise<Caller | undefined>;
}

/** The cookie a session of the console travels in. */
export const sessionCookie = 'septum_session';

/**
 * Authenticates every HTTP request on its handler, whatever path led there: a guard, never middleware, because
 * middleware and router may read the same path differently. A route is closed unless it carries a decorator of
 * `credential.ts`.
 */
export class HttpGuard implements CanActivate {
  readonly #tokens: TokenVerifier;
  readonly #sessions: Sessions | undefined;

  /** Without `sessions` (production) only bearer tokens open a route. */
  constructor(tokens: TokenVerifier, sessions?: Sessions) {
    this.#tokens = tokens;
    this.#sessions = sessions;
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http')
      throw new Fault('exception', 'The HTTP guard was put on something else.');
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    switch (credentialOf(context)) {
      case 'none':
        return true;
      case 'one-use-code':
        return this.#admitCode(request);
      case 'token-or-session':
        return this.#admit(request);
    }
  }

  #admit(request: GuardedRequest): boolean | Promise<boolean> {
    const { authorization } = request.headers;
    if (typeof authorization !== 'string') return this.#admitSession(request);
    const token = /^Bearer +([\w\-.~+/]+=*)$/i.exec(authorization)?.[1];
    if (token === undefined) throw new Fault('unauthenticated', 'Send "Authorization: Bearer <token>".');
    const known = this.#tokens.recall(token);
    if (known === undefined) {
      return this.#tokens.verify(token).then((caller) => {
        request.caller = caller;
        return true;
      });
    }
    request.caller = known;
    return true;
  }

  async #admitSession(request: GuardedRequest): Promise<boolean> {
    const sessionToken = readCookie(request.headers.cookie, sessionCookie);
    if (this.#sessions === undefined || sessionToken === undefined) throw noCredential();
    assertFromThisMachine(request);
    assertFromOwnPage(request);
    const caller = await this.#sessions.findCaller(sessionToken);
    if (caller === undefined) throw noCredential();
    request.caller = caller;
    return true;
  }

  async #admitCode(request: GuardedRequest): Promise<boolean> {
    const { code } = request.query as { code?: unknown };
    if (this.#sessions === undefined || typeof code !== 'string') throw noCredential();
    assertFromThisMachine(request);
    const caller = await this.#sessions.redeemCode(code);
    if (caller === undefined) {
      throw new Fault(
        'unauthenticated',
        'This address was used before, or is too old. In the folder where Septum was started, "npx septum console" prints a new one.',
      );
    }
    request.caller = caller;
    return true;
  }
}

function credentialOf(context: ExecutionContext): Credential {
  const declared: unknown =
    Reflect.getMetadata(credentialMetadata, context.getHandler()) ??
    Reflect.getMetadata(credentialMetadata, context.getClass());
  return declared === 'none' || declared === 'one-use-code' ? declared : 'token-or-session';
}

function noCredential(): Fault {
  return new Fault('unauthenticated', 'Send "Authorization: Bearer <token>"; npx septum token prints one.');
}

function readCookie(header: string | string[] | undefined, name: string): string | undefined {
  if (typeof header !== 'string') return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

const loopbackAddress = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/;
const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** Sessions are for the browser on this machine. The host is looked at too: a foreign name may resolve to loopback. */
function assertFromThisMachine(request: GuardedRequest): void {
  const { host } = request.headers;
  if (
    loopbackAddress.test(request.socket.remoteAddress ?? '') &&
    typeof host === 'string' &&
    loopbackHost.test(host)
  ) {
    return;
  }
  throw new Fault(
    'unauthenticated',
    'A session works only in a browser on the machine itself. Elsewhere send a bearer token.',
  );
}

/** Other ports of this machine count as the same site, so `SameSite=Strict` alone would let their pages write. */
function assertFromOwnPage(request: GuardedRequest): void {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const ownOrigin =
    origin === undefined || origin === `http://${String(host)}` || origin === `https://${String(host)}`;
  if (ownOrigin && (site === undefined || site === 'same-origin' || site === 'none')) return;
  throw new Fault(
    'unauthenticated',
    'A session works only from the console itself. Elsewhere send a bearer token.',
  );
}
