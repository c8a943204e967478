/** Lets a number at a time pass, in the order they came. */
export class Turns {
  #free: number;
  readonly #queue = new Set<() => void>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Resolves when it is the caller's turn, with what gives it back; rejects with the signal's reason before that. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else
      await unlessAborted<void>(signal, (resolve) => {
        this.#queue.add(resolve);
        return () => this.#queue.delete(resolve);
      });
    return () => this.#give();
  }

  #give(): void {
    const [next] = this.#queue;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#queue.delete(next);
    next();
  }
}

/** Waits for what `start` begins; when the signal comes first, undoes it and rejects with the signal's reason. */
export function unlessAborted<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => unknown,
): Promise<T> {
  let abort = (): void => undefined;
  return new Promise<T>((resolve, reject) => {
    signal.throwIfAborted();
    const undo = start(resolve, reject);
    abort = () => {
      undo();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort);
  }).finally(() => signal.removeEventListener('abort', abort));
}
