/** Does a step again and again: at once while there is more to do, when poked, and at the latest after `idleMs()`. */
export class WorkLoop {
  readonly #step: () => Promise<boolean>;
  readonly #idleMs: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #restMs: number;
  #poked = false;
  #stopped = false;
  #wake: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  /** `step` answers whether there is more to do at once. After one that had not, pokes wait `restMs` for more of them. */
  constructor(
    step: () => Promise<boolean>,
    idleMs: () => number,
    onError: (error: unknown) => void,
    restMs = 0,
  ) {
    this.#restMs = restMs;
    this.#step = step;
    this.#idleMs = idleMs;
    this.#onError = onError;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Costs nothing and never fails, so that it can follow every commit. */
  poke(): void {
    this.#poked = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#poked = false;
      let more = false;
      try {
        more = await this.#step();
      } catch (error) {
        this.#onError(error);
      }
      if (more || this.#stopped) continue;
      if (this.#restMs > 0) await this.#pause(this.#restMs);
      if (!this.#poked && !this.#stopped) await this.#idle();
    }
  }

  async #idle(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#idleMs());
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }

  /** Only `stop` shortens it. */
  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (!this.#stopped) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }
}
