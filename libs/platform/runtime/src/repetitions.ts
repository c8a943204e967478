/** How long what was said is not said again, but counted. */
const periodMs = 60_000;
/** More different things than this are said as they come. */
const mostKinds = 1_000;

/**
 * Keeps the log readable while something goes wrong every second: a thing is said once, and from then on, while it goes
 * on, once a minute with how often it happened.
 */
export class Repetitions {
  readonly #counts = new Map<string, number>();

  /** Calls `say` now, or, when the same was said within the last minute, at its end with the `count` until then. */
  say(what: string, say: (count?: number) => void): void {
    const count = this.#counts.get(what);
    if (count !== undefined) {
      this.#counts.set(what, count + 1);
      return;
    }
    say();
    if (this.#counts.size < mostKinds) this.#begin(what, say);
  }

  #begin(what: string, say: (count: number) => void): void {
    this.#counts.set(what, 0);
    setTimeout(() => {
      const count = this.#counts.get(what) ?? 0;
      this.#counts.delete(what);
      if (count === 0) return;
      say(count);
      this.#begin(what, say);
    }, periodMs).unref();
  }
}
