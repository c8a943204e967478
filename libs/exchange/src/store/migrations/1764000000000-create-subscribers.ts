import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowSecurity } from '#platform/database';

/**
 * - `subscriber`: one row for each Subscription that is to be notified. `events` is the number of its last event,
 *   `delivered` that of the last one its receiver took; `revision` rises with each write of the client's, and fences
 *   off what was begun before. `writer` is by whose rights it is notified.
 * - `notification`: its events, numbered without a gap in the transaction in which they were heard.
 */
export class CreateSubscribers1764000000000 implements MigrationInterface {
  name = 'CreateSubscribers1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table subscriber (
        id text collate "C" primary key,
        revision int8 not null default 1,
        status text not null,
        topic text not null,
        request jsonb not null,
        writer jsonb not null,
        ends_at timestamptz,
        heartbeat interval,
        events int8 not null default 0,
        delivered int8 not null default 0,
        failures int4 not null default 0,
        failing_since timestamptz,
        next_at timestamptz not null default clock_timestamp(),
        last_sent_at timestamptz
      );
      alter table subscriber enable row level security;
      create policy subscriber_rows on subscriber using ((select current_setting('septum.rows', true)) = '*');
      create table notification (
        subscriber text collate "C" not null references subscriber (id) on delete cascade,
        number int8 not null,
        at timestamptz not null,
        type text not null,
        id text collate "C" not null,
        created boolean not null,
        patients text[] not null,
        primary key (subscriber, number)
      );
      create index notification_at on notification using brin (at)`);
    for (const statement of rowSecurity('notification')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table notification');
    await runner.query('drop table subscriber');
  }
}
