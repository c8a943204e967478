import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowSecurity } from '#platform/database';

/**
 * - `v2_message`: every message that was acknowledged, as it came, with the acknowledgement it got and what became of it:
 *   `waiting` to be applied, `applied`, `rejected` (told so at once), `failed` (found out later), `dismissed` (somebody
 *   decided that it needs nothing more). `repeated`: how often the sender sent it again; `reused_id`: its control id was
 *   another message's before. `character_set`: what it was read in when it did not say.
 * - `v2_lane`: messages of one patient are applied in order; who was merged into another is in the other's lane. Both
 *   are hashes.
 */
export class CreateV2Messages1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE v2_message (
        id uuid PRIMARY KEY,
        position bigint GENERATED ALWAYS AS IDENTITY,
        received_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        listener text NOT NULL,
        sender text NOT NULL,
        control_id text NOT NULL,
        body_hash bytea NOT NULL,
        event text NOT NULL,
        lane text COLLATE "C" NOT NULL,
        merged_lane text COLLATE "C",
        state text NOT NULL CHECK (state IN ('waiting', 'applied', 'rejected', 'failed', 'dismissed')),
        body bytea NOT NULL,
        character_set text NOT NULL,
        acknowledgement bytea NOT NULL,
        issues jsonb NOT NULL DEFAULT '[]',
        lineage jsonb,
        reused_id boolean NOT NULL,
        repeated int NOT NULL DEFAULT 0,
        attempt int NOT NULL DEFAULT 1,
        corrects uuid,
        settled_at timestamptz(3),
        patients text[] NOT NULL DEFAULT '{}',
        UNIQUE (sender, control_id, body_hash)
      )`);
    await runner.query(
      `CREATE INDEX v2_message_waiting ON v2_message (lane, position) WHERE state = 'waiting'`,
    );
    await runner.query(
      `CREATE INDEX v2_message_open ON v2_message (position) WHERE state IN ('rejected', 'failed')`,
    );
    for (const statement of rowSecurity('v2_message')) await runner.query(statement);
    await runner.query(
      `CREATE TABLE v2_lane (identity text COLLATE "C" PRIMARY KEY, lane text COLLATE "C" NOT NULL)`,
    );
    await runner.query(`CREATE INDEX v2_lane_lane ON v2_lane (lane)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE v2_lane, v2_message');
  }
}
