import { partUrl } from '#platform/database';
import { Fault } from '#platform/fhir';
import { readRunFile, type Settings } from '#platform/runtime';

/** The URL by which the command line acts on the home database, as the edge. */
export function homeUrl(settings: Settings): string {
  const own = settings.databaseUrls['edge'];
  if (settings.profile === 'production' && own !== undefined) return own;
  const bootstrap = settings.databaseUrl ?? readRunFile(settings.dataDir)?.database;
  if (bootstrap !== undefined) return partUrl(bootstrap, 'edge');
  throw new Fault(
    'not-found',
    `Nothing runs on ${settings.dataDir}. Start Septum (npm start), or name its database in SEPTUM_DATABASE_URL, or in production in SEPTUM_EDGE_DATABASE_URL.`,
  );
}
