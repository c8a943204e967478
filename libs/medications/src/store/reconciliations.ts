import { Inject, Injectable } from '@nestjs/common';
import { rowPolicy, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase, type Transaction } from '#platform/database';
import type { Reconciliation } from '../contract/index.ts';

interface Row {
  readonly content: string;
}

/** The recorded reconciliations that a caller may see. */
@Injectable()
export class Reconciliations {
  readonly #database: ContextDatabase;

  constructor(@Inject(ContextDatabaseToken) database: ContextDatabase) {
    this.#database = database;
  }

  async find(caller: Caller, id: string): Promise<Reconciliation | undefined> {
    const [row] = await this.#database.query<Row>(rowPolicy(caller), {
      name: 'reconciliation.find',
      text: 'select content from reconciliation where id = $1',
      values: [id],
    });
    return row && read(row);
  }

  /** Those of one encounter, the first one first. */
  async of(caller: Caller, encounter: string): Promise<readonly Reconciliation[]> {
    const rows = await this.#database.query<Row>(rowPolicy(caller), {
      name: 'reconciliation.of',
      text: 'select content from reconciliation where encounter = $1 order by sequence',
      values: [encounter],
    });
    return rows.map(read);
  }

  /**
   * Records it in the transaction that carries it out. Answers false when it, or another one after the same worksheet,
   * is recorded already: whoever comes second waits here for the first one's outcome.
   */
  async add(transaction: Transaction, reconciliation: Reconciliation): Promise<boolean> {
    const { id, encounter, sequence, patient } = reconciliation;
    const rows = await transaction.query({
      name: 'reconciliation.add',
      text: `insert into reconciliation (id, encounter, sequence, patients, content) values ($1, $2, $3, $4, $5)
        on conflict do nothing returning id`,
      values: [id, encounter, sequence, [patient], JSON.stringify(reconciliation)],
    });
    return rows.length > 0;
  }
}

function read({ content }: Row): Reconciliation {
  return JSON.parse(content) as Reconciliation;
}
