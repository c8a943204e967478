import { inNormalSpelling, isBelow } from './partner-url.ts';
import type { Partner, PartnerKind } from './partner.ts';

/** The other systems that the operator declared. There are no others. */
export class Partners {
  readonly #partners: readonly Partner[];

  constructor(partners: readonly Partner[]) {
    this.#partners = partners;
  }

  /** Those of one kind, in the order they were declared in. */
  of(kind: PartnerKind): readonly Partner[] {
    return this.#partners.filter((partner) => partner.kind === kind);
  }

  get names(): readonly string[] {
    return this.#partners.map(({ name }) => name);
  }

  named(name: string): Partner | undefined {
    return this.#partners.find((partner) => partner.name === name);
  }

  /** Whose address a URL is, or is below of; of several the one that says most of the path. */
  at(url: string, kind: PartnerKind): Partner | undefined {
    const parsed = inNormalSpelling(url);
    if (parsed === undefined) return undefined;
    return this.of(kind)
      .filter(({ base }) => isBelow(base, parsed))
      .sort((one, other) => other.base.pathname.length - one.base.pathname.length)[0];
  }
}
