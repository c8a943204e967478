import { hash } from 'node:crypto';
import { Fault, splitResource } from '#platform/fhir';
import type { FoundResource } from './resources-in-text.ts';

/** Resources that stand in what is imported more than once, and not the same each time. */
export class RecurringResources {
  /** By `Type/id`: a digest of the text, or that there were several. */
  readonly #digests = new Map<string, string>();
  readonly #held = new Map<string, FoundResource[]>();

  /** The first pass: which resources recur with other content. */
  learn(resource: FoundResource): void {
    const key = keyOf(resource);
    const digest = hash('sha256', resource.text, 'base64').slice(0, 16);
    const before = this.#digests.get(key);
    if (before === undefined) this.#digests.set(key, digest);
    else if (before !== digest) this.#held.set(key, []);
  }

  /** The second pass: keeps a resource of which there are several versions, and says whether it did. */
  hold(resource: FoundResource): boolean {
    const versions = this.#held.get(keyOf(resource));
    versions?.push(resource);
    return versions !== undefined;
  }

  /** The versions of each, in the order in which they were found. */
  get held(): ReadonlyMap<string, readonly FoundResource[]> {
    return this.#held;
  }

  /** Whether the last version is what is stored, so that the versions before it have been and gone. */
  endsAs(key: string, stored: string | undefined): boolean {
    const last = this.#held.get(key)?.at(-1);
    return stored !== undefined && last !== undefined && contentOf(stored) === contentOf(last.text);
  }
}

function keyOf({ type, id }: FoundResource): string {
  return `${type}/${id}`;
}

/** The normal form in which a resource is stored; undefined for what cannot be stored. */
function contentOf(text: string): string | undefined {
  try {
    return splitResource(text).content;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
