import { setTimeout as sleep } from 'node:timers/promises';
import type { HouseUnderFire } from './house-under-fire.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { Random } from './random.ts';
import { admission, observation, order, patient } from './resources.ts';
import { create, transaction, update, type Resource, type WriteOptions } from './write.ts';

export interface LoadOptions {
  readonly house: HouseUnderFire;
  readonly ledger: Ledger;
  readonly seed: number;
  readonly workers: number;
  /** Between two writes of one worker. */
  readonly pauseMs: number;
}

/** Writers at work until they are told to end. */
export interface Load {
  end(): Promise<void>;
}

/** A resource as its writers last heard of it. */
interface Known {
  readonly resource: string;
  version: number;
}

/**
 * Mixed writes: creates, updates of a version seen (also of resources that several writers contend for), updates of a
 * version that never was, which must be refused, and transactions over three contexts.
 */
export function startLoad(options: LoadOptions): Load {
  const end = new AbortController();
  const contended: Known[] = [];
  const workers = Array.from({ length: options.workers }, async (_, index) => {
    const worker = new Worker(options, new Random(options.seed + index), contended);
    while (!end.signal.aborted) {
      await worker.step();
      await sleep(options.pauseMs);
    }
  });
  return {
    async end() {
      end.abort();
      await Promise.all(workers);
    },
  };
}

class Worker {
  readonly #house: HouseUnderFire;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #contended: Known[];
  readonly #own: Known[] = [];
  #nth = 0;

  constructor({ house, ledger }: LoadOptions, random: Random, contended: Known[]) {
    this.#house = house;
    this.#ledger = ledger;
    this.#random = random;
    this.#contended = contended;
  }

  async step(): Promise<void> {
    this.#nth += 1;
    const chance = this.#random.next();
    // Some clients ask again until they know; others give up at the first silence.
    const patience = { attempts: this.#random.pick([1, 40, 40]), limitMs: 5_000 };
    if (chance < 0.1) await transaction(this.#house, this.#ledger, admission(this.#nth), patience);
    else if (chance < 0.5 || this.#own.length === 0) await this.#create(patience);
    else if (chance < 0.58) await this.#updateUnseen(patience);
    else await this.#update(this.#random.pick(chance < 0.7 ? this.#contended : this.#own), patience);
  }

  async #create(patience: WriteOptions): Promise<void> {
    const entry = await create(this.#house, this.#ledger, this.#resource(), patience);
    if (entry.outcome !== 'ok') return;
    const known = { resource: entry.resource!, version: entry.version! };
    this.#own.push(known);
    if (this.#contended.length < 5) this.#contended.push(known);
  }

  async #update(known: Known, patience: WriteOptions): Promise<void> {
    const seen = known.version;
    const entry = await this.#send(known.resource, seen, patience);
    if (entry.outcome === 'ok') known.version = Math.max(known.version, entry.version!);
    // Somebody else was faster, or an attempt that nobody answered took effect, or none did: it finds out by trying.
    else known.version = Math.max(1, seen + this.#random.between(-1, 2));
  }

  async #updateUnseen(patience: WriteOptions): Promise<void> {
    await this.#send(this.#random.pick(this.#own).resource, 1_000_000, patience);
  }

  #send(resource: string, seen: number, patience: WriteOptions): Promise<LedgerEntry> {
    const [type, id] = resource.split('/') as [string, string];
    const changed = { ...this.#resource(type), id };
    return update(this.#house, this.#ledger, changed, seen, patience);
  }

  #resource(type = this.#random.pick(['Patient', 'Observation', 'MedicationRequest'])): Resource {
    const nth = this.#nth;
    if (type === 'Patient') return patient(`Family ${nth}`);
    return type === 'Observation' ? observation(nth) : order(`Dose ${nth}`);
  }
}
