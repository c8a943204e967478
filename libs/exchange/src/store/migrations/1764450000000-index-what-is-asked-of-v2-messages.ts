import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which messages with warnings are listed, and what corrects a message is found. */
export class IndexWhatIsAskedOfV2Messages1764450000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX v2_message_warned ON v2_message (position) WHERE state IN ('waiting', 'applied') AND issues <> '[]'`,
    );
    await runner.query(
      `CREATE INDEX v2_message_corrects ON v2_message (corrects) WHERE corrects IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX v2_message_corrects, v2_message_warned');
  }
}
