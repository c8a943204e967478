import type { Log } from './log.ts';

/**
 * The order in which a process stops serving, so that nobody notices: it stops being ready, lets connections go with
 * `Connection: close`, admits nothing new, finishes what it has, gives its leases to others, and closes what it used.
 */
const phases = [
  'unready',
  'close-connections',
  'stop-admitting',
  'drain',
  'release-leases',
  'close-clients',
  'close-pools',
] as const;
export type ShutdownPhase = (typeof phases)[number];

/** Longer than any request may take (10 s); a phase that takes longer is left behind. */
const phaseLimitMs = 12_000;

/** The same Ctrl-C often arrives twice: from the terminal and through npm. */
const sameSignalMs = 1_000;

export class Shutdown {
  readonly #log: Log;
  readonly #drainMs: number;
  readonly #steps = new Map<ShutdownPhase, (() => unknown)[]>();
  #finished: Promise<void> | undefined;

  /** `drainMs`: how long answers carry `Connection: close` before admission ends. */
  constructor(log: Log, drainMs: number) {
    this.#log = log;
    this.#drainMs = drainMs;
  }

  /** Whether the process is on its way out. */
  get begun(): boolean {
    return this.#finished !== undefined;
  }

  /** Adds a step; steps of one phase run at the same time. */
  at(phase: ShutdownPhase, step: () => unknown): void {
    this.#steps.set(phase, [...(this.#steps.get(phase) ?? []), step]);
  }

  /** Runs all phases once, whoever asks; never throws. */
  run(): Promise<void> {
    this.#finished ??= this.#run(this.#drainMs);
    return this.#finished;
  }

  /** The same for a start that failed: nobody is connected, so nothing is waited for. */
  abandon(): Promise<void> {
    this.#finished ??= this.#run(0);
    return this.#finished;
  }

  /** Takes the signals of the process: the first stops in order, a second ends it at once. The only signal handler of Septum. */
  handleSignals(exit: (code: number) => void = (code) => process.exit(code)): void {
    let first = 0;
    const handle = (signal: NodeJS.Signals) => {
      if (first > 0 && Date.now() - first < sameSignalMs) return;
      if (first > 0) return exit(1);
      first = Date.now();
      this.#log.info({ signal }, 'stopping: open requests are finished; once more stops at once');
      void this.run().then(() => exit(0));
    };
    process.on('SIGINT', handle).on('SIGTERM', handle);
  }

  async #run(drainMs: number): Promise<void> {
    for (const phase of phases) {
      const began = Date.now();
      await within(
        phaseLimitMs,
        Promise.all((this.#steps.get(phase) ?? []).map((step) => this.#attempt(phase, step))),
      );
      if (phase === 'close-connections') await sleep(drainMs);
      this.#log.debug({ phase, durationMs: Date.now() - began }, 'shutdown');
    }
    this.#log.info('stopped');
  }

  async #attempt(phase: ShutdownPhase, step: () => unknown): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#log.error({ phase, error }, 'a step of the shutdown failed');
    }
  }
}

function within(limitMs: number, work: Promise<unknown>): Promise<unknown> {
  const limit = new Promise((resolve) => void setTimeout(resolve, limitMs).unref());
  return Promise.race([work, limit]);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
