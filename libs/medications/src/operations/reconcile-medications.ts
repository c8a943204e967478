// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { rowPolicy, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { derivedId, Fault, printableName, sliceParameters } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { reconciliationRecorded, type Reconciliation } from '../contract/index.ts';
import { readDecisions, type SentDecisions } from '../domain/decision.ts';
import { reconcile, type PlannedReconciliation } from '../domain/reconcile.ts';
import { reconciliationParameters, worksheetParameters } from '../domain/worksheet-parameters.ts';
import { GatherWorksheet, type GatheredWorksheet } from '../gather-worksheet.ts';
import { outcomeOf } from '../missing-source.ts';
import { Reconciliations } from '../store/reconciliations.ts';

export const reconcileMedications = operation('medications', {
  name: 'reconcile-medications',
  level: 'instance',
  type: 'Encounter',
  readOnly: true,
  documentation:
    'Without a body the worksheet of a stay: its medications from all sources by drug, with findings; with a decision on each line, records them and answers the discharge list.',
});

/**
 * `GET Encounter/[id]/$reconcile-medications` answers the worksheet, see `worksheetParameters`. `POST` takes Parameters:
 * `worksheet`, the tag of the worksheet that was looked at, and for each of its lines a `decision` with `line`,
 * `decision`, `reason` (but to keep), and `medicationRequest`, the new order, to change or substitute. It answers what
 * was recorded, see `reconciliationParameters`. The same POST again changes nothing and answers the same, so that the
 * contract may be called twice though it writes. Faults: `conflict` when the worksheet is not that one any more;
 * `business-rule` unless each line is decided once; `not-found`; `bad-parameter`; `forbidden`.
 */
@Controller()
export class ReconcileMedicationsOperation {
  readonly #gather: GatherWorksheet;
  readonly #store: ResourceStore;
  readonly #database: ContextDatabase;
  readonly #reconciliations: Reconciliations;

  constructor(
    @Inject(GatherWorksheet) gather: GatherWorksheet,
    @Inject(ResourceStoreToken) store: ResourceStore,
    @Inject(ContextDatabaseToken) database: ContextDatabase,
    @Inject(Reconciliations) reconciliations: Reconciliations,
  ) {
    this.#gather = gather;
    this.#store = store;
    this.#database = database;
    this.#reconciliations = reconciliations;
  }

  @Handles(reconcileMedications.contract)
  async reconcile(
    caller: Caller,
    { id, parameters }: InvokeOperation,
    scope: CallScope,
  ): Promise<Reply<object>> {
    assertNoParameters(parameters);
    const encounter = String(id);
    const body = scope.texts[0];
    const sent =
      body === undefined
        ? { worksheet: undefined, decisions: [] }
        : readDecisions(sliceParameters(body), this.#store.localReference);
    const stay = await this.#gather.stayOf(caller, encounter, scope);
    if (sent.worksheet === undefined && sent.decisions.length === 0) {
      return reply({}, [worksheetText(await this.#gather.worksheetOf(caller, stay, scope))]);
    }
    const reconciliation = derivedId('reconciliation', encounter, JSON.stringify(sent));
    const recorded =
      (await this.#reconciliations.find(caller, reconciliation)) ??
      (await this.#gather
        .worksheetOf(caller, stay, scope)
        .then((gathered) => this.#record(caller, reconciliation, sent, gathered, scope))
        .catch((error: unknown) => this.#recordedMeanwhile(caller, reconciliation, error)));
    return reply({}, [parametersText(reconciliationParameters(recorded))]);
  }

  /** The same sent twice at once: whoever comes second finds the worksheet changed, by what the first one recorded. */
  async #recordedMeanwhile(caller: Caller, id: string, error: unknown): Promise<Reconciliation> {
    const recorded =
      error instanceof Fault && error.kind === 'conflict'
        ? await this.#reconciliations.find(caller, id)
        : undefined;
    if (recorded === undefined) throw error;
    return recorded;
  }

  async #record(
    caller: Caller,
    id: string,
    sent: SentDecisions,
    gathered: GatheredWorksheet,
    scope: CallScope,
  ): Promise<Reconciliation> {
    const { worksheet, stay } = gathered;
    if (sent.worksheet !== worksheet.tag) throw stale();
    const { encounter, patient } = stay;
    const at = new Date().toISOString();
    const context = {
      reconciliation: id,
      encounter,
      patient,
      at,
      by: caller.subject,
      localReference: this.#store.localReference,
    };
    const { writes, ...plan } = reconcile(worksheet, sent.decisions, context);
    const made: Reconciliation = {
      id,
      encounter,
      patient,
      sequence: stay.reconciliations + 1,
      recordedAt: at,
      by: caller.subject,
      ...plan,
      missing: worksheet.missing,
    };
    return this.#write(caller, made, writes, scope);
  }

  /** The record, what follows from it and the event that tells others: one transaction. */
  async #write(
    caller: Caller,
    made: Reconciliation,
    writes: PlannedReconciliation['writes'],
    { traceparent }: CallScope,
  ): Promise<Reconciliation> {
    const { id, encounter, patient } = made;
    const entries = writes.map(({ type, id: written, text, ifMatch }) => ({
      request: {
        method: 'update' as const,
        type,
        id: written,
        ...(ifMatch === undefined ? {} : { ifMatch }),
      },
      text,
    }));
    const payload = { reconciliation: id, encounter, patient };
    const events = [{ type: reconciliationRecorded, orderKey: `Patient/${patient}`, payload }];
    const isFirst = await this.#database
      .transact(rowPolicy(caller), async (transaction) => {
        if (!(await this.#reconciliations.add(transaction, made))) return false;
        await this.#store.writeIn(transaction, caller, entries, { events, traceparent });
        return true;
      })
      .catch((error: unknown) => {
        // A line was written between the worksheet and now.
        throw error instanceof Fault && error.kind === 'version-conflict' ? stale() : error;
      });
    if (!isFirst) throw stale();
    return made;
  }
}

function worksheetText({ worksheet, stay, missing }: GatheredWorksheet): string {
  const { encounter, patient } = stay;
  const at = new Date().toISOString();
  const outcome = missing.length === 0 ? undefined : outcomeOf(missing);
  return parametersText(worksheetParameters(worksheet, { encounter, patient, at }), outcome);
}

function stale(): Fault {
  return new Fault(
    'conflict',
    'The worksheet is not the one that was decided on: a source, or what is known of it, has changed. Fetch it again with GET and decide on that.',
  );
}

function assertNoParameters(parameters: InvokeOperation['parameters']): void {
  const unknown = Object.keys(parameters).find((name) => !['_format', '_pretty'].includes(name));
  if (unknown === undefined) return;
  throw new Fault(
    'unknown-parameter',
    `$reconcile-medications does not know the parameter ${printableName(unknown)}: send decisions in the body of a POST.`,
  );
}

function parametersText(parameter: readonly object[], outcome?: string): string {
  const text = JSON.stringify({ resourceType: 'Parameters', parameter });
  return outcome === undefined ? text : `${text.slice(0, -2)},{"name":"missing","resource":${outcome}}]}`;
}
