import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who was refused what: the edge's share of the audit, appended and never changed. */
export class CreateRefusals1763900000000 implements MigrationInterface {
  name = 'CreateRefusals1763900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table edge.refusal (
        id bigint generated always as identity primary key,
        at timestamptz not null default clock_timestamp(),
        status smallint not null,
        subject text not null,
        client text not null,
        address text not null,
        method text not null,
        type text not null,
        count integer not null
      );
      create index refusal_at on edge.refusal (at);
      revoke update, delete on edge.refusal from public`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table edge.refusal');
  }
}
