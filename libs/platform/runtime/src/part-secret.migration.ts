import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Secrets that all copies of one part share and nobody else knows. */
export class CreatePartSecret1763800000500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table part_secret (name text primary key, secret text not null)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table part_secret');
  }
}
