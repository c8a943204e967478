import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `rules_at`: the instant whose rules decide about a message that was rejected and examined again; null: `received_at`. */
export class AddRulesInstantToV2Messages1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE v2_message ADD COLUMN rules_at timestamptz(3)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE v2_message DROP COLUMN rules_at');
  }
}
