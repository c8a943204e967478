import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowSecurity } from '#platform/database';

/** What was decided of the medications of each stay, one row a reconciliation; `content` is a `Reconciliation`. */
export class CreateReconciliations1764100000000 implements MigrationInterface {
  name = 'CreateReconciliations1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table reconciliation (
        id text collate "C" primary key,
        encounter text collate "C" not null,
        sequence int4 not null,
        patients text[] not null,
        content text not null,
        unique (encounter, sequence)
      )`);
    for (const statement of rowSecurity('reconciliation')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table reconciliation');
  }
}
