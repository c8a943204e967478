import { useEffect, useState } from 'react';

/** An answer that is not 2xx, in words for a person. */
export class Refused extends Error {
  readonly status: number;
  readonly retryAfterSeconds: number;

  constructor(status: number, message: string, retryAfterSeconds: number) {
    super(message);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface Outcome {
  readonly issue?: readonly { readonly diagnostics?: string }[];
}

/** GETs JSON within the session; what is refused becomes a {@link Refused} with the server's own words. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, {
    headers: { accept: 'application/json' },
    credentials: 'same-origin',
    ...(signal && { signal }),
  });
  if (answer.ok) return (await answer.json()) as T;
  const outcome = (await answer.json().catch(() => ({}))) as Outcome;
  const words = outcome.issue?.[0]?.diagnostics ?? `The server answered ${answer.status}.`;
  throw new Refused(answer.status, words, Number(answer.headers.get('retry-after') ?? 0));
}

export interface Fetched<T> {
  readonly value?: T;
  readonly error?: Error;
}

/** Fetches a path, and again every `everyMs` when given; keeps the last good value while a later try fails. */
export function useFetched<T>(path: string, everyMs?: number): Fetched<T> {
  const [state, setState] = useState<Fetched<T>>({});
  useEffect(() => {
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        const value = await getJson<T>(path, over.signal);
        if (!over.signal.aborted) setState({ value });
      } catch (error) {
        if (!over.signal.aborted) setState((before) => ({ ...before, error: error as Error }));
      }
      if (everyMs !== undefined && !over.signal.aborted) timer = setTimeout(() => void load(), everyMs);
    };
    void load();
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs]);
  return state;
}
