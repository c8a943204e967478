import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A part may publish keys in its own name only, and only the edge one that signs bearer tokens. */
export class BindKeysToTheirPart1763950000000 implements MigrationInterface {
  name = 'BindKeysToTheirPart1763950000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop policy own_role_writes on edge.signing_key;
      create policy own_part_writes on edge.signing_key for insert with check (
        role = current_user
        and right(current_user, length(part) + 1) = '_' || part
        and (purpose = 'caller' or part = 'edge')
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop policy own_part_writes on edge.signing_key;
      create policy own_role_writes on edge.signing_key for insert with check (role = current_user)`);
  }
}
