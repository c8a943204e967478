import type { CompositeStrategy } from './composite-strategy.ts';

/** The contexts that run in this process: one switchboard per process, handed to its strategies and messengers. */
export class LocalSwitchboard {
  readonly #strategies = new Map<string, CompositeStrategy>();

  connect(strategy: CompositeStrategy): void {
    if (this.#strategies.has(strategy.context)) {
      throw new Error(`Context "${strategy.context}" was started twice in this process. Start it once.`);
    }
    this.#strategies.set(strategy.context, strategy);
  }

  disconnect(strategy: CompositeStrategy): void {
    if (this.#strategies.get(strategy.context) === strategy) this.#strategies.delete(strategy.context);
  }

  find(context: string): CompositeStrategy | undefined {
    return this.#strategies.get(context);
  }

  get contexts(): readonly string[] {
    return [...this.#strategies.keys()];
  }
}
