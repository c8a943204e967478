import { createHash } from 'node:crypto';

/** Chance that can be repeated: the same seed draws the same numbers, on every machine. */
export class Random {
  #state: number;

  /** @param seed Whatever tells this source of chance from others. */
  constructor(...seed: readonly (string | number)[]) {
    this.#state = createHash('sha256').update(seed.join('/')).digest().readUInt32LE(0);
  }

  /** At least 0, below 1. The generator is mulberry32: 32 bits of state are plenty for the life of one patient. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** Around `mean`, mostly within `spread`, to `digits` decimal places. */
  around(mean: number, spread: number, digits: number): number {
    const deviation = this.next() + this.next() + this.next() - 1.5;
    return Number((mean + deviation * spread).toFixed(digits));
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.next() * from.length)]!;
  }

  /** The form of a version 4 UUID. */
  uuid(): string {
    const hex = Array.from({ length: 4 }, () =>
      ((this.next() * 4_294_967_296) >>> 0).toString(16).padStart(8, '0'),
    ).join('');
    const variant = '89ab'[this.between(0, 3)];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
