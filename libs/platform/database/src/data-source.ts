import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { checkedPart } from './provision.ts';
import { SilentLogger } from './silent-logger.ts';

/** A class of a TypeORM migration; its name ends in the milliseconds of its making, which give the order. */
export type MigrationClass = new () => MigrationInterface;
/** A class that TypeORM's `@Entity` decorates. */
export type EntityClass = new () => object;

export interface DataSourceForOptions {
  /** Of the part's login role. */
  readonly url: string;
  readonly context: string;
  /** All of them, listed: nothing is found by pattern or loaded automatically. */
  readonly entities: readonly EntityClass[];
  readonly migrations?: readonly MigrationClass[];
  /** Connections at most, beside those of the context's pool. Default 2. */
  readonly poolSize?: number;
}

/**
 * TypeORM's DataSource for a context's own tables, in the context's schema and under its login role; the caller
 * initializes and destroys it. FHIR resources are not entities: they go through `ContextDatabase`. A connection of it
 * has no row policy, so tables with row-level security look empty to it.
 */
export function dataSourceFor(options: DataSourceForOptions): DataSource {
  const schema = checkedPart(options.context);
  return new DataSource({
    type: 'postgres',
    // Else TypeORM looks for it by a name that a bundler cannot see.
    driver: pg,
    url: options.url,
    schema,
    entities: [...options.entities],
    migrations: [...(options.migrations ?? [])],
    migrationsTableName: 'migrations',
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: false,
    logger: new SilentLogger(),
    connectTimeoutMS: 3_000,
    poolErrorHandler: () => undefined,
    applicationName: `septum ${schema} tables`,
    extra: {
      max: options.poolSize ?? 2,
      options: `-c search_path=${schema} -c TimeZone=UTC -c septum.rows=`,
    },
  });
}
