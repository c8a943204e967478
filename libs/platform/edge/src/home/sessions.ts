import { createHash, randomBytes } from 'node:crypto';
import type { Caller, Sessions } from '#platform/access';
import type { ContextDatabase } from '#platform/database';

/** Whom a session or a one-use code stands for. */
export interface SessionHolder {
  readonly subject: string;
  readonly kind: 'user' | 'client';
  readonly client: string;
  readonly scopes: readonly string[];
}

export const sessionSeconds = 12 * 60 * 60;
const rememberedMs = 30_000;
const rememberedSessions = 1_000;

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function toCaller({ subject, kind, client, scopes }: SessionHolder): Caller {
  return Object.freeze({
    subject,
    kind,
    client,
    scopes: Object.freeze([...scopes]),
    purposeOfUse: 'TREAT',
    breakGlass: false,
  });
}

/** A code for the printed URL: it opens one session, once, within the hour. The home database keeps only its hash. */
export async function issueOneUseCode(home: ContextDatabase, holder: SessionHolder): Promise<string> {
  const code = randomBytes(32).toString('base64url');
  await home.query('*', {
    text: `insert into edge.one_use_code (code_hash, subject, kind, client, scopes, expires_at)
           values ($1, $2, $3, $4, $5, now() + interval '1 hour')`,
    values: [digest(code), holder.subject, holder.kind, holder.client, holder.scopes],
  });
  return code;
}

/** The console's sessions, kept in the home database so that every copy of the edge knows them. */
export class SessionStore implements Sessions {
  readonly #home: ContextDatabase;
  readonly #now: () => number;
  readonly #remembered = new Map<string, { readonly caller: Caller; readonly until: number }>();

  constructor(home: ContextDatabase, now: () => number = Date.now) {
    this.#home = home;
    this.#now = now;
  }

  async findCaller(sessionToken: string): Promise<Caller | undefined> {
    const known = this.#remembered.get(sessionToken);
    if (known !== undefined && known.until > this.#now()) return known.caller;
    const [row] = await this.#home.query<SessionHolder>('*', {
      name: 'edge.session.find',
      text: 'select subject, kind, client, scopes from edge.session where token_hash = $1 and expires_at > now()',
      values: [digest(sessionToken)],
    });
    this.#remembered.delete(sessionToken);
    if (row === undefined) return undefined;
    if (this.#remembered.size >= rememberedSessions) this.#remembered.clear();
    const caller = toCaller(row);
    this.#remembered.set(sessionToken, { caller, until: this.#now() + rememberedMs });
    return caller;
  }

  /** The delete is what makes the code a one-use one: of two requests only one gets the row. */
  async redeemCode(code: string): Promise<Caller | undefined> {
    const [row] = await this.#home.query<SessionHolder>('*', {
      text: 'delete from edge.one_use_code where code_hash = $1 and expires_at > now() returning subject, kind, client, scopes',
      values: [digest(code)],
    });
    return row === undefined ? undefined : toCaller(row);
  }

  /** Opens a session; the answer is what the cookie holds. */
  async open(caller: Caller): Promise<string> {
    const sessionToken = randomBytes(32).toString('base64url');
    await this.#home.query('*', {
      text: `insert into edge.session (token_hash, subject, kind, client, scopes, expires_at)
             values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
      values: [
        digest(sessionToken),
        caller.subject,
        caller.kind,
        caller.client,
        caller.scopes,
        sessionSeconds,
      ],
    });
    return sessionToken;
  }
}
