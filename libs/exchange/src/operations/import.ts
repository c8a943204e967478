// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, hasScope, type Caller } from '#platform/access';
import { Fault, idForm, operationOutcome, sliceBundle, type Issue } from '#platform/fhir';
import { Handles, Messenger, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation } from '#platform/runtime';
import { importContracts, type Imported } from '#platform/store';
import { ResourceOwners } from '../resource-owners.ts';

export const importResources = operation('exchange', {
  name: 'import',
  level: 'system',
  readOnly: false,
  documentation:
    'Stores each resource of a collection Bundle under its own id, without rules of care; the same again changes nothing.',
});

const mostEntries = 1_000;

interface Item {
  /** Its place in the Bundle, from 0. */
  readonly index: number;
  readonly type: string;
  readonly id: string;
  readonly text: string;
}

interface Tally {
  created: number;
  updated: number;
  unchanged: number;
  readonly rejected: { readonly index: number; readonly issues: readonly Issue[] }[];
}

/**
 * `POST $import` takes a collection Bundle of at most 1,000 resources, each with an id and none twice, and answers
 * Parameters: `created`, `updated`, `unchanged` count them, each `rejected` holds the `index` of an entry and the
 * `outcome` that tells why, such as that the caller may not write it. Rejected entries stop no others. Fault `forbidden`
 * when the caller may write none of the types. When a context does not answer, the whole call ends in
 * `unavailable`, though other contexts may have stored theirs: send it again.
 */
@Controller()
export class ImportOperation {
  readonly #messenger: Messenger;
  readonly #owners: ResourceOwners;

  constructor(@Inject(Messenger) messenger: Messenger, @Inject(ResourceOwners) owners: ResourceOwners) {
    this.#messenger = messenger;
    this.#owners = owners;
  }

  @Handles(importResources.contract)
  async import(caller: Caller, _request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    const tally: Tally = { created: 0, updated: 0, unchanged: 0, rejected: [] };
    const items = itemsOf(scope.texts[0]);
    assertAnyAllowed(caller, items);
    const byContext = this.#assigned(items, tally);
    await Promise.all(
      [...byContext].map(([context, items]) => this.#store(caller, context, items, tally, scope)),
    );
    return reply({}, [parametersText(tally)]);
  }

  #assigned(items: readonly (Item | undefined)[], tally: Tally): Map<string, Item[]> {
    const byContext = new Map<string, Item[]>();
    items.forEach((item, index) => {
      const context = item && this.#owners.contextOf(item.type);
      if (item === undefined || context === undefined) {
        tally.rejected.push({ index, issues: [incomplete] });
        return;
      }
      const own = byContext.get(context);
      if (own === undefined) byContext.set(context, [item]);
      else own.push(item);
    });
    return byContext;
  }

  async #store(
    caller: Caller,
    context: string,
    items: readonly Item[],
    tally: Tally,
    within: CallScope,
  ): Promise<void> {
    const entries = items.map(({ type, id }) => ({ type, id }));
    const texts = items.map(({ text }) => text);
    const { result } = await this.#messenger.call(
      caller,
      importContracts(context).import,
      { entries },
      { texts, within },
    );
    add(tally, result, items);
  }
}

/** Who may write none of it is refused as a whole. */
function assertAnyAllowed(caller: Caller, items: readonly (Item | undefined)[]): void {
  const types = items.flatMap((item) => item?.type ?? []);
  const [first] = types;
  if (first !== undefined && !types.some((type) => hasScope(caller, type, 'u')))
    assertScope(caller, first, 'u');
}

const incomplete: Issue = {
  severity: 'error',
  code: 'invalid',
  diagnostics: 'The entry has no resource with a resourceType and an id of R4. Give it both.',
};

function itemsOf(text: string | undefined): (Item | undefined)[] {
  if (text === undefined)
    throw new Fault('malformed', 'There is no body. Send the resources as a Bundle of type collection.');
  const { entries } = sliceBundle(text);
  if (entries.length > mostEntries) {
    throw new Fault('too-large', `The Bundle has more than ${mostEntries} entries. Send them in several.`);
  }
  return entries.map(({ resource }, index) =>
    resource?.type === undefined || resource.id === undefined || !idForm.test(resource.id)
      ? undefined
      : { index, type: resource.type, id: resource.id, text: resource.text },
  );
}

function add(
  tally: Tally,
  { created, updated, unchanged, rejected }: Imported,
  items: readonly Item[],
): void {
  tally.created += created;
  tally.updated += updated;
  tally.unchanged += unchanged;
  for (const { index, issues } of rejected) tally.rejected.push({ index: items[index]!.index, issues });
}

function parametersText({ created, updated, unchanged, rejected }: Tally): string {
  const counts = Object.entries({ created, updated, unchanged }).map(
    ([name, count]) => `{"name":"${name}","valueUnsignedInt":${count}}`,
  );
  const refusals = rejected.map(({ index, issues }) => {
    const outcome = operationOutcome(issues);
    return `{"name":"rejected","part":[{"name":"index","valueUnsignedInt":${index}},{"name":"outcome","resource":${outcome}}]}`;
  });
  return `{"resourceType":"Parameters","parameter":[${[...counts, ...refusals].join(',')}]}`;
}
