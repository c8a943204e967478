import { statusHere, statusNowhere, type PartFindings, type PartStatus } from './part-status.ts';
import type { Topology } from './topology.ts';

/** A look that takes longer than this found nothing good. */
const lookLimitMs = 1_500;
/** Probes come from several sides every second; the parts are looked at once for all of them. */
const rememberedMs = 500;

export interface HealthOptions {
  readonly topology: Topology;
  /** How a part that runs elsewhere answers when asked over NATS; absent without NATS. */
  readonly askElsewhere?: (part: string) => Promise<PartStatus>;
  readonly now?: () => number;
}

/** What the probes and the console are told. Liveness asks none of this: a process whose database is gone is alive. */
export class Health {
  readonly #options: HealthOptions;
  readonly #now: () => number;
  readonly #looks = new Map<string, () => Promise<PartFindings>>();
  readonly #remembered = new Map<string, { readonly at: number; readonly status: Promise<PartStatus> }>();
  #phase: 'starting' | 'running' | 'stopping' = 'starting';

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get phase(): 'starting' | 'running' | 'stopping' {
    return this.#phase;
  }

  /** How a part of this process looks at itself; a look that throws is a problem. */
  watch(part: string, look: () => Promise<PartFindings>): void {
    this.#looks.set(part, look);
  }

  started(): void {
    this.#phase = 'running';
  }

  stopping(): void {
    this.#phase = 'stopping';
  }

  /** The parts of this process. */
  here(): Promise<PartStatus[]> {
    return Promise.all(this.#options.topology.here.map((part) => this.status(part)));
  }

  /** All parts, wherever they run. */
  everywhere(): Promise<PartStatus[]> {
    return Promise.all(this.#options.topology.parts.map((part) => this.status(part)));
  }

  /**
   * Why this process should get no requests; undefined when it should. With the edge: only the edge and the home
   * database count. Without: at least one part must be ready.
   */
  async unready(): Promise<string | undefined> {
    if (this.#phase !== 'running') return `The process is ${this.#phase}.`;
    if (this.#options.topology.isHere('edge')) return (await this.status('edge')).problems[0];
    const here = await this.here();
    const able = here.some(({ state }) => state === 'ready' || state === 'degraded');
    return able ? undefined : (here[0]?.problems[0] ?? 'No part of this process is ready.');
  }

  status(part: string): Promise<PartStatus> {
    const known = this.#remembered.get(part);
    if (known !== undefined && this.#now() - known.at < rememberedMs) return known.status;
    const status = this.#options.topology.isHere(part) ? this.#lookHere(part) : this.#lookElsewhere(part);
    this.#remembered.set(part, { at: this.#now(), status });
    return status;
  }

  async #lookHere(part: string): Promise<PartStatus> {
    const nothing = { outboxLagMs: 0, inboxLagMs: 0, parked: 0 };
    const look = this.#looks.get(part);
    if (look === undefined) return statusHere(part, 'starting', { problems: [], ...nothing });
    try {
      return statusHere(part, this.#phase, await limited(look()));
    } catch {
      return statusHere(part, this.#phase, {
        problems: [`The database of ${part} does not answer.`],
        ...nothing,
      });
    }
  }

  async #lookElsewhere(part: string): Promise<PartStatus> {
    if (this.#options.askElsewhere === undefined)
      return statusNowhere(part, 'It is left out here, and there is no NATS to reach it by.');
    try {
      return { ...(await limited(this.#options.askElsewhere(part))), placement: 'nats' };
    } catch {
      return statusNowhere(part, 'No process that runs it answers over NATS.');
    }
  }
}

async function limited<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), lookLimitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
