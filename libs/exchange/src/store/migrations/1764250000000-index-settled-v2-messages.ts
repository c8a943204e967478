import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which retention finds what is to be removed, the oldest first. */
export class IndexSettledV2Messages1764250000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX v2_message_settled ON v2_message (settled_at) WHERE state IN ('applied', 'dismissed')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX v2_message_settled');
  }
}
