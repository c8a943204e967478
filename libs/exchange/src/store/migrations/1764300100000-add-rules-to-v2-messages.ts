import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `rules`: by which rule pack a message was applied, `north|2026.1`; null: by Septum's own tables. */
export class AddRulesToV2Messages1764300100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE v2_message ADD COLUMN rules text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE v2_message DROP COLUMN rules');
  }
}
