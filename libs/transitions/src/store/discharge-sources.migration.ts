import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowSecurity } from '#platform/database';

/**
 * `discharge_source`: of what each version of a document Bundle was made, so that it can be made again. `sources`: the
 * resources, `Condition/1/_history/3`; `rules`: the rule pack; `making`: what else it
 * was made by, its ids and its date.
 */
export class CreateDischargeSources1764300200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE discharge_source (
        bundle text COLLATE "C" NOT NULL,
        version int4 NOT NULL,
        position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        composition text COLLATE "C" NOT NULL,
        made_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        rules text NOT NULL,
        making jsonb NOT NULL,
        sources text[] NOT NULL,
        reconciliation text,
        patients text[] NOT NULL,
        PRIMARY KEY (bundle, version)
      )`);
    await runner.query('CREATE INDEX discharge_source_composition ON discharge_source (composition)');
    for (const statement of rowSecurity('discharge_source')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE discharge_source');
  }
}
