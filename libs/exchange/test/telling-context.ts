import { Controller, Inject } from '@nestjs/common';
import { communicationDue, readCommunicationContent, settleCommunication } from '#transitions/contract';
import type { ReadCommunicationContent, SettleCommunication } from '#transitions/contract';
import type { Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase, type OpenContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import { appendEvents, Handles, reply, type Reply } from '#platform/messaging';
import { defineContext } from '#platform/runtime';

interface Runner {
  query(sql: string): Promise<unknown>;
}

/** What the context below has to tell: kept in its database, so that it survives what kills the process. */
export class CreateTellings1764000000000 {
  name = 'CreateTellings1764000000000';
  async up(runner: Runner): Promise<void> {
    await runner.query(`CREATE TABLE telling (communication text PRIMARY KEY, text text NOT NULL,
      asked_by text[] NOT NULL DEFAULT '{}', ends jsonb NOT NULL DEFAULT '[]', away int NOT NULL DEFAULT 0)`);
  }
  async down(): Promise<void> {}
}

/** One end as it was told. */
export type ToldEnd = Omit<SettleCommunication, 'communication'>;

export interface Telling {
  readonly communication: string;
  readonly patient?: string;
  readonly endpoint: string;
  readonly text: string;
  /** How often it does not answer when it is told how it ended. */
  readonly away?: number;
}

/** Has something told, as `transitions` would. */
export async function tell(
  database: OpenContextDatabase,
  { communication, patient = 'ada', endpoint, text, away = 0 }: Telling,
): Promise<void> {
  await database.transact('*', async (transaction) => {
    await transaction.query({
      text: 'INSERT INTO telling (communication, text, away) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      values: [communication, text, away],
    });
    const payload = { communication, patient, endpoint };
    await appendEvents(transaction, [{ type: communicationDue, orderKey: `Patient/${patient}`, payload }]);
  });
}

/** Another context in the place of `transitions`: it answers its two contracts about what a test has it tell. */
@Controller()
class TellingController {
  constructor(@Inject(ContextDatabaseToken) private readonly database: ContextDatabase) {}

  @Handles(readCommunicationContent)
  async content(caller: Caller, { communication }: ReadCommunicationContent): Promise<Reply<object>> {
    const [row] = await this.database.query<{ text: string }>('*', {
      text: 'UPDATE telling SET asked_by = asked_by || $2::text WHERE communication = $1 RETURNING text',
      values: [communication, `${caller.subject} for ${caller.client}`],
    });
    if (row === undefined) throw new Fault('not-found', 'There is no such communication.');
    if (row.text === 'broken') throw new Error('broken');
    return reply({}, [row.text]);
  }

  @Handles(settleCommunication)
  async settle(_caller: Caller, { communication, ...end }: SettleCommunication): Promise<Reply<object>> {
    const [row] = await this.database.query<{ away: number }>('*', {
      text: `UPDATE telling SET away = away - 1, ends = CASE WHEN away > 0 THEN ends ELSE ends || $2::jsonb END
        WHERE communication = $1 RETURNING away`,
      values: [communication, JSON.stringify([end])],
    });
    if ((row?.away ?? -1) >= 0) throw new Fault('unavailable', 'Not now.');
    return reply({});
  }
}

export const telling = defineContext({
  name: 'transitions',
  types: ['Communication'],
  contracts: [readCommunicationContent, settleCommunication],
  controllers: [TellingController],
  publishes: [communicationDue],
});
