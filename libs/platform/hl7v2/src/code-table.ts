/** Encoders derived from Node's decoders: each code is decoded once, and what it means is remembered. */

/** From a character to its bytes. */
export type CodeTable = ReadonlyMap<string, Uint8Array>;

/** The table of all given codes that mean exactly one character; of two codes with one meaning the first counts. */
export function codeTable(label: string, codes: Iterable<readonly number[]>): CodeTable {
  const table = new Map<string, Uint8Array>();
  const decoder = new TextDecoder(label);
  for (const code of codes) {
    const bytes = Uint8Array.from(code);
    const character = decoder.decode(bytes);
    if (!character.includes('\uFFFD') && [...character].length === 1 && !table.has(character))
      table.set(character, bytes);
  }
  return table;
}

/** All numbers from `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, step) => first + step);
}

/** Every lead byte with every trail byte. */
export function* pairs(leads: readonly number[], trails: readonly number[]): Generator<[number, number]> {
  for (const lead of leads) for (const trail of trails) yield [lead, trail];
}

/** Remembers what is costly to make until it is first needed. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
