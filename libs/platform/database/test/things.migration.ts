import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowSecurity } from '#platform/database';

/** A table as contexts have them: a key, whom it concerns, a body; under row-level security. */
export class Things1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table thing (
        id text collate "C" primary key,
        patients text[] not null default '{}',
        body text not null default ''
      )`);
    for (const statement of rowSecurity('thing')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table thing');
  }
}
