/** Which context owns which resource type: what `exchange` must know to hand on what comes in. */
export class ResourceOwners {
  readonly #contexts = new Map<string, string>();

  constructor(contexts: readonly { readonly name: string; readonly types: readonly string[] }[]) {
    for (const { name, types } of contexts) for (const type of types) this.#contexts.set(type, name);
  }

  contextOf(type: string): string | undefined {
    return this.#contexts.get(type);
  }
}
