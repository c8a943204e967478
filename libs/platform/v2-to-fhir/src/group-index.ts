import type { Entry } from './structure.ts';

interface Placed<T> {
  readonly order: number;
  readonly value: T;
}

/** What stands below one group instance, by the group that it stands in next: the first and the last. */
type Below<T> = Map<string, { readonly first: Placed<T>; last: Placed<T> }>;

/**
 * Finds what stands in the groups of a message, by a key (a segment's name, a resource's type), without looking at all of it.
 * Two entries belong together when they are in the same instances of all groups that both are in.
 */
export class GroupIndex<T> {
  readonly #byKey = new Map<string, Map<number, Below<T>>>();
  #count = 0;

  add(key: string, entry: Entry, value: T): void {
    const placed = { order: this.#count++, value };
    const instances = this.#byKey.get(key) ?? new Map<number, Below<T>>();
    this.#byKey.set(key, instances);
    for (let depth = 0; depth <= entry.groups.length; depth++) {
      const instance = instanceAt(entry, depth);
      const below: Below<T> = instances.get(instance) ?? new Map();
      instances.set(instance, below);
      const next = entry.groups[depth] ?? '';
      const found = below.get(next);
      if (found) found.last = placed;
      else below.set(next, { first: placed, last: placed });
    }
  }

  /** The first that belongs with an entry, of those that share most groups with it. */
  nearest(key: string, entry: Entry): T | undefined {
    for (let depth = entry.groups.length; depth >= 0; depth--) {
      let best: Placed<T> | undefined;
      for (const { first } of this.#besides(key, entry, depth))
        if (best === undefined || first.order < best.order) best = first;
      if (best) return best.value;
    }
    return undefined;
  }

  /** The last that belongs with an entry. */
  latest(key: string, entry: Entry): T | undefined {
    let best: Placed<T> | undefined;
    for (let depth = entry.groups.length; depth >= 0; depth--)
      for (const { last } of this.#besides(key, entry, depth))
        if (best === undefined || last.order > best.order) best = last;
    return best?.value;
  }

  /** The first and the last of those whose innermost group is one that an entry is in. */
  *around(key: string, entry: Entry): Iterable<T> {
    for (let depth = 1; depth <= entry.groups.length; depth++) {
      const found = this.#byKey.get(key)?.get(instanceAt(entry, depth))?.get('');
      if (found) yield* [found.first.value, found.last.value];
    }
  }

  /** Those that share exactly the outermost groups with an entry. */
  *#besides(key: string, entry: Entry, depth: number): Iterable<{ first: Placed<T>; last: Placed<T> }> {
    const below = this.#byKey.get(key)?.get(instanceAt(entry, depth));
    for (const [next, found] of below ?? []) if (next === '' || next !== entry.groups[depth]) yield found;
  }
}

/** Instances have numbers of their own throughout a message: each tells those around it, too. */
function instanceAt(entry: Entry, depth: number): number {
  return depth === 0 ? 0 : (entry.instances[depth - 1] ?? 0);
}
