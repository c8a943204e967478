import { substituteReferences } from '#platform/fhir';
import type { FoundResource } from './resources-in-text.ts';

export interface Rewritten {
  readonly text: string;
  /** References by URN, or by a search, that nothing known answers to. */
  readonly unresolved: readonly string[];
}

const referenceProperty = /"reference"\s*:\s*"((?:[^"\\]|\\.)*)"/g;
const conditional = /^([A-Z][A-Za-z]+)\?identifier=([^&]+)$/;
const relative = /^([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/.*)?$/;

/** What has been found so far, by everything that a reference may call it. */
export class KnownResources {
  readonly #keys = new Set<string>();
  readonly #byUrl = new Map<string, string>();
  readonly #byIdentifier = new Map<string, string>();
  readonly #referredTo = new Set<string>();

  add({ type, id, fullUrl, text }: FoundResource): void {
    const key = `${type}/${id}`;
    this.#keys.add(key);
    if (fullUrl !== undefined && fullUrl !== key) this.#byUrl.set(fullUrl, key);
    if (!text.includes('"identifier"')) return;
    for (const identifier of identifiersOf(text)) this.#byIdentifier.set(`${type}?${identifier}`, key);
  }

  get count(): number {
    return this.#keys.size;
  }

  /** `Type/id`s referred to that are not among what was found. */
  get elsewhere(): string[] {
    return [...this.#referredTo].filter((key) => !this.#keys.has(key));
  }

  /** Puts `Type/id` where a reference calls something known by another name. A quoted name with a colon after it can only be a property. */
  rewrite(text: string): Rewritten {
    const unresolved: string[] = [];
    const rewritten = text.replace(referenceProperty, (whole, reference: string) => {
      const key = this.#resolve(reference);
      if (key !== undefined) return `"reference":"${key}"`;
      if (/^urn:|^[A-Z][A-Za-z]+\?/.test(reference)) unresolved.push(reference);
      const target = relative.exec(reference)?.[1];
      if (target !== undefined) this.#referredTo.add(target);
      return whole;
    });
    return { text: this.#links(rewritten), unresolved };
  }

  #resolve(reference: string): string | undefined {
    const known = this.#byUrl.get(reference);
    if (known !== undefined) return known;
    const [, type, identifier] = conditional.exec(reference) ?? [];
    return identifier === undefined ? undefined : this.#byIdentifier.get(`${type}?${decoded(identifier)}`);
  }

  /** Links by URN that are no references, such as an attachment's URL: rare, so the slow way is taken only for them. */
  #links(text: string): string {
    if (!text.includes('urn:uuid:')) return text;
    const links = [...text.matchAll(/urn:uuid:[0-9A-Fa-f-]{36}/g)].map(([link]) => link);
    const known = links.flatMap((link) => (this.#byUrl.has(link) ? [[link, this.#byUrl.get(link)!]] : []));
    return known.length === 0
      ? text
      : substituteReferences(text, Object.fromEntries(known) as Record<string, string>);
  }
}

/** As they stand in a search: `system|value`, and `value` alone, which any system answers to. */
function identifiersOf(text: string): string[] {
  const { identifier } = parsed(text) as { identifier?: unknown };
  const list = Array.isArray(identifier) ? (identifier as unknown[]) : [];
  return list.flatMap((each) => {
    const { system, value } = (each ?? {}) as { system?: unknown; value?: unknown };
    if (typeof value !== 'string') return [];
    return typeof system === 'string' ? [`${system}|${value}`, value] : [`|${value}`, value];
  });
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    // Whoever stores it refuses it, with the reason.
    return {};
  }
}

function decoded(identifier: string): string {
  try {
    return decodeURIComponent(identifier);
  } catch {
    return identifier;
  }
}
