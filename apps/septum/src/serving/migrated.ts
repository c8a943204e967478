import { migrationState } from '#platform/database';
import { Fault } from '#platform/fhir';
import type { Databases, Settings, Topology } from '#platform/runtime';
import { migrationsOf } from './context-parts.ts';

/** In production nobody migrates by starting: a part whose database is behind, or ahead, is refused by name. */
export async function assertMigrated(
  databases: Databases,
  topology: Topology,
  settings: Settings,
): Promise<void> {
  if (settings.profile === 'demo') return;
  for (const part of topology.here) {
    const database = databases.open(part);
    const query = async (text: string, values: readonly unknown[] = []) => ({
      rows: await database.query('', { text, values }),
    });
    const { pending, unknown } = await migrationState(
      { query } as unknown as Parameters<typeof migrationState>[0],
      part,
      migrationsOf(part),
    );
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
