import { Controller, Inject, type Type } from '@nestjs/common';
import { assertOperator, rowPolicy, type Caller } from '#platform/access';
import type { CoordinatorTransactions, PreparedTransactions, Transaction } from '#platform/database';
import { Fault } from '#platform/fhir';
import { Handles, type CallScope, type Reply } from '#platform/messaging';
import type { Written } from './contract/resource.ts';
import {
  ApplyWrites,
  DecideTransaction,
  ListPrepared,
  ResolveTransaction,
  transactionContracts,
  type Decided,
  type Prepared,
} from './contract/transaction.ts';
import type { ResourceStore } from './resource-store.ts';
import { entriesOf } from './write/write-entry.ts';

/** What a context takes part in shared transactions with. */
export interface Participant {
  readonly store: ResourceStore;
  /** Of the context's own database. */
  readonly prepared: PreparedTransactions;
  /** Only where contexts share a process and a database. */
  readonly coordinator?: CoordinatorTransactions;
}

/** Provide the context's {@link Participant} under this. */
export const ParticipantToken = Symbol('Participant');

/** A controller class that answers the transaction contracts of one context. https://hl7.org/fhir/R4/http.html#trules */
export function transactionController(context: string): Type<object> {
  const contracts = transactionContracts(context);

  @Controller()
  class TransactionController {
    private readonly participant: Participant;

    constructor(@Inject(ParticipantToken) participant: Participant) {
      this.participant = participant;
    }

    @Handles(contracts.apply)
    apply(caller: Caller, request: ApplyWrites, scope: CallScope): Promise<Reply<readonly Written[]>> {
      const { coordinator } = this.participant;
      if (!coordinator)
        throw new Fault('conflict', `${context} shares no database with the coordinator; prepare instead.`);
      return coordinator.run(request.transactionId, context, rowPolicy(caller), (transaction) =>
        this.writes(transaction, caller, request, scope),
      );
    }

    @Handles(contracts.prepare)
    prepare(caller: Caller, request: ApplyWrites, scope: CallScope): Promise<Reply<readonly Written[]>> {
      return this.participant.prepared.prepare(request.transactionId, rowPolicy(caller), (transaction) =>
        this.writes(transaction, caller, request, scope),
      );
    }

    @Handles(contracts.commit)
    async commit(_caller: Caller, { transactionId }: DecideTransaction): Promise<Reply<Decided>> {
      const state = await this.participant.prepared.commit(transactionId);
      return { result: { state: state === 'missing' ? 'unknown' : state }, texts: [] };
    }

    @Handles(contracts.rollback)
    async rollback(_caller: Caller, { transactionId }: DecideTransaction): Promise<Reply<Decided>> {
      return { result: { state: await this.participant.prepared.rollback(transactionId) }, texts: [] };
    }

    @Handles(contracts.resolve)
    async resolve(caller: Caller, { transactionId, decision }: ResolveTransaction): Promise<Reply<Decided>> {
      assertOperator(caller, 'u');
      await recordResolution(this.participant.store, caller, transactionId, decision);
      return this[decision](caller, { transactionId });
    }

    @Handles(contracts.prepared)
    async prepared(_caller: Caller, { olderThanMs }: ListPrepared): Promise<Reply<readonly Prepared[]>> {
      const waiting = await this.participant.prepared.list();
      const result = waiting
        .filter(({ ageMs }) => ageMs > olderThanMs)
        .map(({ id, ageMs }) => ({ transactionId: id, ageMs }));
      return { result, texts: [] };
    }

    private writes(
      transaction: Transaction,
      caller: Caller,
      { writes, substitutions }: ApplyWrites,
      { texts, traceparent }: CallScope,
    ): Promise<Reply<readonly Written[]>> {
      return this.participant.store.writeIn(transaction, caller, entriesOf(writes, texts, substitutions), {
        traceparent,
      });
    }
  }

  return TransactionController;
}

/** Durable before anything is decided. */
function recordResolution(
  store: ResourceStore,
  caller: Caller,
  transactionId: string,
  decision: string,
): Promise<void> {
  const detail = `$transactions-resolve ${decision}`;
  return store.recordDisclosure(caller, {
    action: 'E',
    type: 'Bundle',
    id: transactionId,
    count: 1,
    patients: [],
    detail,
  });
}
