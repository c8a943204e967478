import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A FHIR resource as JSON. */
export type Json = Readonly<Record<string, unknown>>;

export interface Answer<Body = Json> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** Called before each request; answers where the edge is now. */
export type FindEdge = () => string;

const attempts = 20;

/**
 * Calls a house's FHIR API. A connection that is refused or breaks is tried again, at another copy if there is one: a
 * POST carries an Idempotency-Key, so nothing is done twice.
 */
export class FhirClient {
  readonly #findEdge: FindEdge;
  readonly #token: string | undefined;
  readonly #publicUrl: string;

  /** `publicUrl`: below it the API says that it is; links that begin so are followed to the edge. */
  constructor(findEdge: FindEdge, token?: string, publicUrl = '') {
    this.#findEdge = findEdge;
    this.#token = token;
    this.#publicUrl = publicUrl;
  }

  get<Body = Json>(path: string, options: RequestOptions = {}): Promise<Answer<Body>> {
    return this.request('GET', path, options);
  }

  post<Body = Json>(
    path: string,
    body: object | string,
    options: RequestOptions = {},
  ): Promise<Answer<Body>> {
    return this.request('POST', path, { ...options, body });
  }

  put<Body = Json>(path: string, body: object | string, options: RequestOptions = {}): Promise<Answer<Body>> {
    return this.request('PUT', path, { ...options, body });
  }

  delete<Body = Json>(path: string, options: RequestOptions = {}): Promise<Answer<Body>> {
    return this.request('DELETE', path, options);
  }

  /** `address` begins with a slash for anything but FHIR: `Patient/1` is `/fhir/R4/Patient/1`. Or it is a link that the API gave. */
  async request<Body = Json>(
    method: string,
    address: string,
    { headers, body }: RequestOptions = {},
  ): Promise<Answer<Body>> {
    const path =
      this.#publicUrl !== '' && address.startsWith(`${this.#publicUrl}/`)
        ? address.slice(this.#publicUrl.length)
        : address;
    const sent = {
      method,
      headers: {
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(
          `${this.#findEdge()}${path.startsWith('/') ? path : `/fhir/R4/${path}`}`,
          sent,
        );
        const text = await response.text();
        return { status: response.status, headers: response.headers, text, body: parsed(text) as Body };
      } catch (error) {
        if (attempt >= attempts) throw error;
        await sleep(50);
      }
    }
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return {};
  }
}
