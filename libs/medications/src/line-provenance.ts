import { Inject, Injectable } from '@nestjs/common';
import { hasScope, type Caller } from '#platform/access';
import { asFault } from '#platform/fhir';
import { Messenger, type CallScope } from '#platform/messaging';
import { resourceContracts, type Resource } from '#platform/store';
import { provenanceAgents } from './domain/provenance-agents.ts';
import type { MissingSource } from './missing-source.ts';

/** By `Type/id` of its target, who a Provenance says it comes from. */
export interface KnownProvenance {
  readonly agents: ReadonlyMap<string, string>;
  readonly missing: readonly MissingSource[];
}

const privacyResources = resourceContracts('privacy');
const targetsAtOnce = 200;
const mostFound = 1_000;
/** It adds to the lines and is no line: nobody waits longer for it. */
const timeLimitMs = 2_000;

/** What `privacy` keeps on where lines come from. */
@Injectable()
export class LineProvenance {
  readonly #messenger: Messenger;

  constructor(@Inject(Messenger) messenger: Messenger) {
    this.#messenger = messenger;
  }

  async of(caller: Caller, references: readonly string[], within: CallScope): Promise<KnownProvenance> {
    if (references.length === 0 || !hasScope(caller, 'Provenance', 's'))
      return { agents: new Map(), missing: [] };
    try {
      const chunks = Array.from({ length: Math.ceil(references.length / targetsAtOnce) }, (_, at) =>
        references.slice(at * targetsAtOnce, (at + 1) * targetsAtOnce),
      );
      const found = await Promise.all(chunks.map((chunk) => this.#search(caller, chunk, within)));
      return { agents: provenanceAgents(found.flat()), missing: [] };
    } catch (error) {
      const { kind, message } = asFault(error);
      if (kind !== 'unavailable' && kind !== 'timeout') throw error;
      const says = `Without Provenance, so that a line may not say who recorded it: ${message}`;
      return { agents: new Map(), missing: [{ source: 'Provenance', code: 'transient', says }] };
    }
  }

  async #search(caller: Caller, targets: readonly string[], within: CallScope): Promise<Resource[]> {
    const values = targets.map((reference) => {
      const [targetType = '', value = ''] = reference.split('/');
      return { targetType, value };
    });
    const filters = [{ parameter: 'target', type: 'reference' as const, values }];
    const search = { filters, sort: [], count: mostFound, total: 'none' as const };
    const { texts } = await this.#messenger.call(
      caller,
      privacyResources.search,
      { type: 'Provenance', search },
      { within, deadline: Math.min(within.deadline, Date.now() + timeLimitMs) },
    );
    return texts.map((text) => JSON.parse(text) as Resource);
  }
}
