/** Tasks of one key run one after the other, in the order given; those of different keys side by side, `width` at most. */
export class Lanes {
  readonly #width: number;
  readonly #queues = new Map<string, (() => Promise<void>)[]>();
  readonly #ready: string[] = [];
  #active = 0;
  #onIdle: (() => void)[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  /** `task` must not reject. */
  push(key: string, task: () => Promise<void>): void {
    const queue = this.#queues.get(key);
    if (queue !== undefined) {
      queue.push(task);
      return;
    }
    this.#queues.set(key, [task]);
    this.#ready.push(key);
    this.#fill();
  }

  idle(): Promise<void> {
    return this.#queues.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #fill(): void {
    while (this.#active < this.#width) {
      const key = this.#ready.shift();
      if (key === undefined) return;
      void this.#work(key);
    }
  }

  async #work(key: string): Promise<void> {
    const queue = this.#queues.get(key) ?? [];
    this.#active += 1;
    try {
      await queue[0]?.();
    } finally {
      queue.shift();
      this.#active -= 1;
      if (queue.length > 0) this.#ready.push(key);
      else this.#queues.delete(key);
      this.#fill();
      if (this.#queues.size === 0) this.#onIdle.splice(0).forEach((resolve) => resolve());
    }
  }
}
