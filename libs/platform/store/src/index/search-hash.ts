import { hash } from 'node:crypto';
import { parameterKey } from './search-key.ts';

/** Strings that came before keep their hash: codes, categories and statuses recur on every resource. */
const remembered = 20_000;

/**
 * The keyed 64-bit hashes under which the index knows what is searched for. Without the installation's key nobody can
 * tell from the index which identifier or code it stands for, nor make two resources collide.
 */
export class SearchHash {
  readonly #prefix: string;
  readonly #known = new Map<string, string>();
  readonly #parameters = new Map<string, Map<string, string>>();

  /** @param key the installation's secret, at least 16 characters */
  constructor(key: string) {
    if (key.length < 16)
      throw new Error('The key of the search index is too short: give at least 16 characters.');
    this.#prefix = `${key}\u0000`;
  }

  /** As PostgreSQL writes an `int8`, because JavaScript's numbers end at 2^53. */
  of(text: string): string {
    return hash('sha256', this.#prefix + text, 'buffer')
      .readBigInt64LE(0)
      .toString();
  }

  /** As {@link of}, for what is likely to come again. */
  ofRecurring(text: string): string {
    let found = this.#known.get(text);
    if (found === undefined) {
      found = this.of(text);
      if (this.#known.size >= remembered) this.#known.clear();
      this.#known.set(text, found);
    }
    return found;
  }

  /** Of a parameter of a type: the key of its ordered values. Found without making its text each time. */
  ofParameter(type: string, parameter: string): string {
    let keys = this.#parameters.get(type);
    if (keys === undefined) this.#parameters.set(type, (keys = new Map()));
    let key = keys.get(parameter);
    if (key === undefined) keys.set(parameter, (key = this.of(parameterKey(type, parameter))));
    return key;
  }

  /** What the index tables call a resource. */
  ofItem(type: string, id: string): string {
    return this.of(`item\u0000${type}\u0000${id}`);
  }
}
