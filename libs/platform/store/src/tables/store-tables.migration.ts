import type { MigrationInterface, QueryRunner } from 'typeorm';
import { eventTablesSql } from '#platform/messaging';
import { recordTablesSql } from './record-tables.ts';
import { resourceTablesSql } from './resource-tables.ts';
import { writeFunctionSql } from './write-function.ts';

/** The first migration of every context: resources, their index, audit, events. */
export class StoreTables1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const [row] = (await runner.query('SELECT current_schema() AS schema')) as { schema: string }[];
    const schema = row?.schema ?? '';
    await runner.query(eventTablesSql(schema));
    await runner.query(resourceTablesSql(schema));
    await runner.query(recordTablesSql(schema));
    await runner.query(writeFunctionSql(schema));
  }

  /** Nothing leads back from the first migration: dropping the context's schema does. */
  async down(): Promise<void> {
    throw new Error('The first migration cannot be taken back; drop the schema instead.');
  }
}
