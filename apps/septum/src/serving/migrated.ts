import { migrationState, type MigrationState } from '#platform/database';
import { Fault } from '#platform/fhir';
import type { Databases, Settings, Topology } from '#platform/runtime';
import { migrationsOf } from './context-parts.ts';

/** What the database of a part has been brought to, asked as the part itself. */
function stateOf(databases: Databases, part: string): Promise<MigrationState> {
  const database = databases.open(part);
  const query = async (text: string, values: readonly unknown[] = []) => ({
    rows: await database.query('', { text, values }),
  });
  return migrationState(
    { query } as unknown as Parameters<typeof migrationState>[0],
    part,
    migrationsOf(part),
  );
}

/** In production nobody migrates by starting: a part whose database is behind, or ahead, is refused by name. */
export async function assertMigrated(
  databases: Databases,
  topology: Topology,
  settings: Settings,
): Promise<void> {
  if (settings.profile === 'demo') return;
  for (const part of topology.here) {
    const { pending, unknown } = await stateOf(databases, part);
    if (pending.length > 0) {
      throw new Fault(
        'unavailable',
        `The database of ${part} lacks ${pending.join(', ')}. Run septum migrate with this version, then start again.`,
      );
    }
    if (unknown.length > 0) {
      throw new Fault(
        'unavailable',
        `The database of ${part} is newer than this program: it has ${unknown.join(', ')}. Start the version that made them, or a later one.`,
      );
    }
  }
}

/**
 * Why a part that runs cannot work on its database any more: it was restored to an earlier day, or exchanged. One that
 * became newer meanwhile is no problem, since every migration only adds.
 */
export async function migrationProblems(databases: Databases, part: string): Promise<readonly string[]> {
  const { pending } = await stateOf(databases, part);
  if (pending.length === 0) return [];
  return [`The database of ${part} lacks ${pending.join(', ')}. Run septum migrate with this version.`];
}
