import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The state of the installation: keys, sessions, decided transactions, answered keys, jobs, topology. */
export class CreateInstallationTables1763800000000 implements MigrationInterface {
  name = 'CreateInstallationTables1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(keys);
    await queryRunner.query(sessions);
    await queryRunner.query(requests);
    await queryRunner.query(operation);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop table edge.signing_secret, edge.signing_key, edge.session, edge.one_use_code, edge.idempotent_answer,
        edge.transaction_decision, edge.job, edge.topology_revision`);
  }
}

// Every part reads all public keys and only its own private ones, so these two tables are open to all roles that may
// enter the schema; row-level security tells the rows apart by the role that is logged in.
const keys = `
  create table edge.signing_key (
    key_id uuid primary key,
    part text not null,
    purpose text not null check (purpose in ('caller', 'token')),
    role name not null default current_user,
    public_key text not null,
    created_at timestamptz not null default now(),
    retired_at timestamptz
  );
  create unique index signing_key_active on edge.signing_key (part, purpose) where retired_at is null;
  create table edge.signing_secret (
    key_id uuid primary key references edge.signing_key,
    role name not null default current_user,
    private_key text not null
  );
  alter table edge.signing_key enable row level security;
  alter table edge.signing_secret enable row level security;
  create policy everybody_reads on edge.signing_key for select using (true);
  create policy own_role_writes on edge.signing_key for insert with check (role = current_user);
  create policy own_role_reads on edge.signing_secret for select using (role = current_user);
  create policy own_role_writes on edge.signing_secret for insert with check (role = current_user);
  grant select, insert on edge.signing_key, edge.signing_secret to public;
`;

const sessions = `
  create table edge.session (
    token_hash bytea primary key,
    subject text not null,
    kind text not null check (kind in ('user', 'client')),
    client text not null,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
  );
  create table edge.one_use_code (
    code_hash bytea primary key,
    subject text not null,
    kind text not null check (kind in ('user', 'client')),
    client text not null,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
  );
`;

const requests = `
  create table edge.idempotent_answer (
    client text not null,
    key text not null,
    request_hash bytea not null,
    answer text not null,
    created_at timestamptz not null default now(),
    primary key (client, key)
  );
  create index idempotent_answer_created on edge.idempotent_answer (created_at);
  create table edge.transaction_decision (
    transaction_id uuid primary key,
    decision text check (decision in ('commit', 'rollback')),
    participants text[] not null,
    undecided_until timestamptz,
    decided_at timestamptz not null default now(),
    finished_at timestamptz
  );
  create index transaction_decision_unfinished on edge.transaction_decision (decided_at) where finished_at is null;
`;

const operation = `
  create table edge.job (
    id uuid primary key,
    kind text not null,
    state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
    client text not null,
    request jsonb not null,
    progress jsonb not null default '{}',
    lease_epoch bigint not null default 0,
    leased_until timestamptz,
    created_at timestamptz not null default now(),
    finished_at timestamptz
  );
  create index job_open on edge.job (created_at) where state in ('waiting', 'running');
  create table edge.topology_revision (
    revision bigint primary key,
    placements jsonb not null,
    made_by text not null,
    made_at timestamptz not null default now()
  );
`;
