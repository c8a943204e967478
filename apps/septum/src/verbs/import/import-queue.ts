import type { FoundResource } from './resources-in-text.ts';

/** Sends a batch; resolves when all of it has come to something. */
export type SendBatch = (batch: readonly FoundResource[]) => Promise<void>;

export interface QueueLimits {
  readonly entries: number;
  readonly characters: number;
  readonly atOnce: number;
}

/**
 * Gathers resources into batches and keeps several of them on their way. Two versions of one resource are never on
 * their way at once: the later one waits, so the last one found is the last one stored.
 */
export class ImportQueue {
  readonly #send: SendBatch;
  readonly #limits: QueueLimits;
  readonly #underWay = new Map<ReadonlySet<string>, Promise<void>>();
  #batch: FoundResource[] = [];
  #keys = new Set<string>();
  #characters = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(send: SendBatch, limits: QueueLimits) {
    this.#send = send;
    this.#limits = limits;
  }

  async add(resource: FoundResource): Promise<void> {
    const key = `${resource.type}/${resource.id}`;
    if (this.#keys.has(key) || this.#isFullWith(resource)) await this.#flush();
    this.#batch.push(resource);
    this.#keys.add(key);
    this.#characters += resource.text.length;
  }

  /** Sends what is left and waits for everything. */
  async drain(): Promise<void> {
    await this.#flush();
    await Promise.all(this.#underWay.values());
    this.#throwFailure();
  }

  #isFullWith({ text }: FoundResource): boolean {
    const { entries, characters } = this.#limits;
    return (
      this.#batch.length >= entries || (this.#batch.length > 0 && this.#characters + text.length > characters)
    );
  }

  async #flush(): Promise<void> {
    const [batch, keys] = [this.#batch, this.#keys];
    if (batch.length === 0) return;
    this.#batch = [];
    this.#keys = new Set();
    this.#characters = 0;
    const before = [...this.#underWay].filter(([others]) => [...keys].some((key) => others.has(key)));
    await Promise.all(before.map(([, sent]) => sent));
    while (this.#underWay.size >= this.#limits.atOnce) await Promise.race(this.#underWay.values());
    this.#throwFailure();
    this.#underWay.set(keys, this.#sent(batch, keys));
  }

  /** Never rejects: a batch that fails ends the import at the next step, whoever waits for which batch. */
  async #sent(batch: readonly FoundResource[], keys: ReadonlySet<string>): Promise<void> {
    try {
      await this.#send(batch);
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#underWay.delete(keys);
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
