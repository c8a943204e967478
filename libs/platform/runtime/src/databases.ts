import {
  DataInUse,
  migrate,
  openContextDatabase,
  partUrl,
  PreparedInDatabase,
  provision,
  startEmbedded,
  type MigrationClass,
  type OpenContextDatabase,
} from '#platform/database';
import { Fault } from '#platform/fhir';
import type { Log } from './log.ts';
import { readRunFile } from './run-file.ts';
import type { Settings } from './settings.ts';
import type { Topology } from './topology.ts';

/** As many as a context serves at the same time: beyond that its permit refuses, and says when to come again. */
const waitingLimit = 256;

/** Where the parts of an installation keep what they know, and how this process logs in there. */
export interface Databases {
  /** The bootstrap URL of the home database; demo only: with it each part's login follows. */
  readonly bootstrapUrl: string | undefined;
  /** The URL by which a part logs in to its own database. */
  urlOf(part: string): string;
  /** The URL by which a part logs in to the home database. */
  homeUrlOf(part: string): string;
  /** The pool of a part, opened when first asked for; closed with {@link close}. */
  open(part: string): OpenContextDatabase;
  /** Closes all pools, then the embedded server if there is one. */
  close(): Promise<void>;
}

export interface DatabasesOptions {
  readonly settings: Settings;
  readonly topology: Topology;
  /** The migrations of a part, in order. */
  readonly migrationsOf: (part: string) => readonly MigrationClass[];
  readonly log: Log;
}

/**
 * Demo: the embedded PostgreSQL, or the server of a bootstrap URL; what the parts of this process need is made and
 * brought up to date there. Production: every part of this process has a URL of its own, made by `septum migrate`.
 */
export async function openDatabases(options: DatabasesOptions): Promise<Databases> {
  const { settings, topology, migrationsOf, log } = options;
  if (settings.profile === 'production') return productionDatabases(settings, topology);
  const embedded = settings.databaseUrl === undefined ? await startOwn(settings, log) : undefined;
  const home = embedded?.url ?? settings.databaseUrl ?? '';
  const bootstrapOf = (part: string) => settings.databaseUrls[part] ?? home;
  // The pools of this process take the socket, which spares each round trip the way through TCP.
  const ownUrlOf = (part: string) => partUrl(settings.databaseUrls[part] ?? embedded?.localUrl ?? home, part);
  // The home database is the edge's, and every part finds its keys there: so it is prepared by whoever comes first.
  await provision(home, topology.parts);
  for (const part of new Set(['edge', ...topology.here])) {
    const url = bootstrapOf(part);
    if (url !== home) await provision(url, [part]);
    const applied = await migrate(url, part, migrationsOf(part));
    if (applied.length > 0) log.info({ context: part, count: applied.length }, 'migrated');
  }
  return {
    bootstrapUrl: home,
    urlOf: (part) => partUrl(bootstrapOf(part), part),
    homeUrlOf: (part) => partUrl(home, part),
    ...pools(settings, ownUrlOf, () => embedded?.stop()),
  };
}

async function startOwn({ dataDir }: Settings, log: Log) {
  try {
    return await startEmbedded({ dataDir, log: (message) => log.warn(message) });
  } catch (error) {
    const running = error instanceof DataInUse ? readRunFile(dataDir) : undefined;
    if (running === undefined) throw error;
    throw new Fault(
      'conflict',
      `A Septum already runs here (process ${running.pid}, ${running.http}). Stop it, or give this one another SEPTUM_DATA_DIR.`,
      { cause: error },
    );
  }
}

function productionDatabases(settings: Settings, topology: Topology): Databases {
  const urlOf = (part: string): string => {
    const url = settings.databaseUrls[part];
    if (url !== undefined) return url;
    throw new Fault(
      'bad-parameter',
      `SEPTUM_${part.toUpperCase()}_DATABASE_URL is missing: in production every part logs in as itself. Make its login with septum migrate.`,
    );
  };
  topology.here.forEach(urlOf);
  const homeUrlOf = (part: string): string => {
    if (settings.databaseUrl === undefined) return urlOf(part);
    const { hostname, port, pathname, search } = new URL(settings.databaseUrl);
    return Object.assign(new URL(urlOf(part)), { hostname, port, pathname, search }).href;
  };
  return { bootstrapUrl: undefined, urlOf, homeUrlOf, ...pools(settings, urlOf, () => undefined) };
}

function pools(
  settings: Settings,
  urlOf: (part: string) => string,
  stopServer: () => Promise<void> | undefined,
) {
  const opened = new Map<string, OpenContextDatabase>();
  const prepared = new Map<string, PreparedInDatabase>();
  return {
    open(part: string): OpenContextDatabase {
      const known = opened.get(part);
      if (known !== undefined) return known;
      const url = urlOf(part);
      const place = placeOf(url);
      const preparedInDatabase = prepared.get(place) ?? new PreparedInDatabase();
      prepared.set(place, preparedInDatabase);
      const { poolSize } = settings;
      const database = openContextDatabase({
        url,
        context: part,
        poolSize,
        waitingLimit,
        preparedInDatabase,
      });
      opened.set(part, database);
      return database;
    },
    async close(): Promise<void> {
      await Promise.all([...opened.values()].map((database) => database.close()));
      await stopServer();
    },
  };
}

/** Which database a URL leads to, whoever logs in there. */
function placeOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? host}${pathname}`;
}
