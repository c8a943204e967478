import type { Command } from 'commander';
import { issueToken, parseScope } from '#platform/access';
import { openContextDatabase } from '#platform/database';
import { loadSigningKey } from '#platform/edge';
import { Fault } from '#platform/fhir';
import { homeUrl } from '../home-url.ts';
import { readSettings, type SettingFlags } from '../read-settings.ts';
import { verb } from './verb.ts';

interface TokenOptions extends Pick<SettingFlags, 'dataDir'> {
  readonly scope: string;
  readonly client: string;
  readonly patient?: string;
  readonly lifetime: string;
}

/** Prints a bearer token and nothing else. Whoever may read `run.json`, or the database's URL, is the local administrator. */
export function tokenVerb() {
  return verb<TokenOptions>(
    'token',
    'print a bearer token for the local administrator',
    declare,
    async (options, told) => {
      const scopes = options.scope.split(/\s+/).filter((scope) => scope !== '');
      const wrong = scopes.find((scope) => parseScope(scope) === undefined);
      if (wrong !== undefined || scopes.length === 0) {
        throw new Fault(
          'bad-parameter',
          `"${wrong ?? ''}" is no scope. Write it as system/*.cruds or patient/Observation.rs.`,
        );
      }
      const lifetimeSeconds = Number(options.lifetime);
      if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1)
        throw new Fault('bad-parameter', '--lifetime is a number of seconds.');
      const token = await withTokenKey(homeUrl(readSettings(options)), (key) =>
        issueToken(key, {
          subject: `client/${options.client}`,
          kind: 'client',
          client: options.client,
          scopes,
          ...(options.patient === undefined ? {} : { patients: [options.patient] }),
          lifetimeSeconds,
        }),
      );
      told.answer(token, { token, scope: scopes.join(' '), expiresIn: lifetimeSeconds });
    },
  );
}

function declare(command: Command): Command {
  return command
    .option('--scope <scopes>', 'SMART scopes, with spaces', 'system/*.cruds')
    .option('--client <name>', 'the client it is issued to', 'administrator')
    .option('--patient <id>', 'confine it to one patient (with patient/… scopes)')
    .option('--lifetime <seconds>', 'how long it is valid', '3600')
    .option('--data-dir <folder>', 'where run.json is (SEPTUM_DATA_DIR)');
}

export async function withTokenKey<T>(
  url: string,
  work: (key: Awaited<ReturnType<typeof loadSigningKey>>) => Promise<T>,
): Promise<T> {
  const home = openContextDatabase({ url, context: 'edge', poolSize: 1 });
  try {
    return await work(await loadSigningKey(home, 'edge', 'token'));
  } finally {
    await home.close();
  }
}
