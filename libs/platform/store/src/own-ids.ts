import { createHmac } from 'node:crypto';
import type { Caller } from '#platform/access';
import { derivedId, Fault } from '#platform/fhir';

/** Makes an id of a part's own: from the same words always the same. */
export type OwnId = (...from: readonly string[]) => string;

/**
 * The ids of what a part makes itself. They begin as those of no other installation do, and nobody but Septum writes under
 * them, by whatever path. So an id tells who made a resource. A tag would not: any writer may put one on or take it off, and
 * what another Septum sent bears the same.
 */
export class OwnIds {
  readonly #beginning: string;

  /** @param key the installation's secret; what follows from it here may be seen by everybody */
  constructor(key: string) {
    this.#beginning = `${createHmac('sha256', key).update('own ids').digest('hex').slice(0, 12)}-`;
  }

  of(...from: readonly string[]): string {
    return this.#beginning + derivedId(...from);
  }

  has(id: string): boolean {
    return id.startsWith(this.#beginning);
  }

  /** Fault `forbidden` for anybody else under an id of ours, whether there is something or not. */
  assertMayWrite(caller: Caller, type: string, id: string): void {
    if (!this.has(id) || caller.kind === 'system') return;
    throw new Fault(
      'forbidden',
      `${type}/${id} is made by Septum itself, which alone changes it. Write what you have to say under another id, with a reference to it.`,
    );
  }
}
