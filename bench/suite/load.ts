import { Agent, request } from 'node:http';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  /** Milliseconds, ascending. */
  readonly latencies: Float64Array;
  readonly bytes: number;
}

/** A keep-alive client of one server. */
export class LoadClient {
  private readonly agent: Agent;

  constructor(
    private readonly origin: { host: string; port: number },
    private readonly headers: Readonly<Record<string, string>>,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  send(wanted: HttpRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const length: Record<string, string> =
        wanted.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(wanted.body)) };
      const sent = request(
        {
          ...this.origin,
          method: wanted.method,
          path: wanted.path,
          agent: this.agent,
          headers: { ...this.headers, ...wanted.headers, ...length },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
          );
          answer.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(wanted.body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/**
 * Closed loop: `concurrency` requests under way at any time, for `seconds`, and at least `least` requests. `next(i)`
 * gives the i-th request.
 */
export async function load(
  client: LoadClient,
  next: (index: number) => HttpRequest,
  concurrency: number,
  seconds: number,
  least = 1,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let index = 0;
  let errors = 0;
  let bytes = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  const worker = async () => {
    while (performance.now() < until || index < least) {
      const at = performance.now();
      const answer = await client.send(next(index++)).catch(() => undefined);
      latencies.push(performance.now() - at);
      bytes += answer?.text.length ?? 0;
      if (!answer || answer.status >= 400) errors++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return {
    requests: latencies.length,
    errors,
    seconds: (performance.now() - began) / 1000,
    latencies: Float64Array.from(latencies).sort(),
    bytes,
  };
}

export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
