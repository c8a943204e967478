import type { HouseUnderFire } from './house-under-fire.ts';

/** One attempt at one request. Status 0: the connection broke, or nobody answered in time. */
export interface Attempt {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
  readonly tookMs: number;
}

export interface AttemptOptions {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
}

/** One attempt, and no more: whoever is under fire must know what was not answered. `path` is below `/fhir/R4`. */
export async function attempt(
  house: HouseUnderFire,
  method: string,
  path: string,
  { body, headers, limitMs = 10_000 }: AttemptOptions = {},
): Promise<Attempt> {
  const began = performance.now();
  try {
    const response = await fetch(`${house.edgeUrl()}/fhir/R4${path === '' ? '' : `/${path}`}`, {
      method,
      headers: {
        authorization: `Bearer ${house.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...headers,
      },
      signal: AbortSignal.timeout(limitMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const tookMs = performance.now() - began;
    return { status: response.status, headers: response.headers, body: parsed(text), tookMs };
  } catch {
    return { status: 0, headers: new Headers(), body: {}, tookMs: performance.now() - began };
  }
}

function parsed(text: string): Attempt['body'] {
  try {
    return text === '' ? {} : (JSON.parse(text) as Attempt['body']);
  } catch {
    return {};
  }
}
