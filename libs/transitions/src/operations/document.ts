// https://hl7.org/fhir/R4/composition-operation-document.html
import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Fault, fields, words } from '#platform/fhir';
import { Handles, reply, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, readParameters } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { fact } from '../domain/fact.ts';

export const document = operation('transitions', {
  name: 'document',
  level: 'instance',
  type: 'Composition',
  readOnly: true,
  definition: 'http://hl7.org/fhir/OperationDefinition/Composition-document',
  documentation:
    'The document of a composition as it was made and stored; the same each time. Of a composition that came without its document none is made.',
});

/**
 * `GET Composition/[id]/$document?persist=` answers the document Bundle that was stored with the composition, which is
 * never changed. It is there already, so `persist` makes no difference. Faults: `not-found` when no document is stored for
 * the composition, or none that the caller may see; `bad-parameter`; `unknown-parameter`, `graph` among them.
 */
@Controller()
export class DocumentOperation {
  readonly #store: ResourceStore;

  constructor(@Inject(ResourceStoreToken) store: ResourceStore) {
    this.#store = store;
  }

  @Handles(document.contract)
  async document(caller: Caller, request: InvokeOperation): Promise<Reply<object>> {
    assertParameters(request);
    const { id } = request;
    const { texts } = await this.#store.read(caller, { type: 'Composition', id: String(id) });
    const bundle = await this.#bundleOf(caller, String(id), texts[0] ?? '{}');
    if (bundle === undefined) {
      throw new Fault(
        'not-found',
        'No document is stored for this composition that you may see. Documents are made when a stay ends; of a composition that was written by itself none is made: read it and what it refers to.',
      );
    }
    return reply({}, [bundle]);
  }

  /** Composition and Bundle have the document's identifier; that others may have it too is no reason to hand them out. */
  async #bundleOf(caller: Caller, composition: string, text: string): Promise<string | undefined> {
    const identifier = fields(fact(text).fields['identifier']);
    const [system, value] = [words(identifier['system']), words(identifier['value'])];
    if (value === undefined) return undefined;
    const values = [{ value, ...(system === undefined ? {} : { system }) }];
    const filters = [{ parameter: 'identifier', type: 'token' as const, values }];
    const search = { filters, sort: [], count: 10, total: 'none' as const };
    const { texts } = await this.#store.search(caller, { type: 'Bundle', search });
    return texts.find((found) => {
      const { type, entry } = JSON.parse(found) as {
        type?: string;
        entry?: { resource?: { resourceType?: string; id?: string } }[];
      };
      const first = entry?.[0]?.resource;
      return type === 'document' && first?.resourceType === 'Composition' && first.id === composition;
    });
  }
}

function assertParameters(request: InvokeOperation): void {
  const persist = readParameters(request, undefined, ['persist']).get('persist') ?? [];
  if (persist.every((value) => value === 'true' || value === 'false')) return;
  throw new Fault('bad-parameter', 'The value of persist cannot be read: write true or false.');
}
