import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The outcome of a part's prepared transactions, `committed` as the transaction itself wrote it, or `false` where a
 * rollback forbids a `PREPARE` that may still be on its way.
 */
export class TransactionMarker1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table transaction_marker (
        id text collate "C" primary key,
        committed boolean not null,
        written_at timestamptz not null default clock_timestamp()
      );
      create index transaction_marker_written_at on transaction_marker (written_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table transaction_marker');
  }
}
