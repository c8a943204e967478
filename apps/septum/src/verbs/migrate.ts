import type { Command } from 'commander';
import { migrate, openContextDatabase, partUrl, provision, roleNames } from '#platform/database';
import { loadSigningKey } from '#platform/edge';
import { Fault } from '#platform/fhir';
import { topology, type Settings } from '#platform/runtime';
import { parts } from '../parts.ts';
import { readSettings, settingFlags, type SettingFlags } from '../read-settings.ts';
import { migrationsOf } from '../serving/context-parts.ts';
import { verb, type Told } from './verb.ts';

interface MigrateOptions extends SettingFlags {
  readonly admin?: string;
}

/**
 * Makes roles, schemas, tables and keys in the database of an administrator's URL. In production the logins get the
 * passwords of the parts' own URLs; parts with databases of their own are migrated one by one: `--only medications`.
 */
export function migrateVerb() {
  return verb<MigrateOptions>(
    'migrate',
    'make, or bring up to date, the database of the parts',
    declare,
    async (options, told) => {
      const settings = readSettings(options);
      const adminUrl = options.admin ?? settings.databaseUrl;
      if (adminUrl === undefined)
        throw new Fault(
          'bad-parameter',
          'Name the database: --admin with the URL of a role that may create roles, or SEPTUM_DATABASE_URL.',
        );
      const chosen = topology(parts, settings).here;
      await provision(adminUrl, chosen, { passwords: passwordsOf(settings, chosen) });
      const done: Record<string, readonly string[]> = {};
      for (const part of chosen) done[part] = await migratePart(adminUrl, part, told);
      const keys = chosen.includes('edge') ? await makeKeys(settings, adminUrl, chosen) : 0;
      const count = Object.values(done).flat().length;
      told.answer(`${chosen.length} parts are up to date: ${count} migrations run, ${keys} keys in place.`, {
        parts: done,
        keys,
      });
    },
  );
}

function declare(command: Command): Command {
  return settingFlags(command).option(
    '--admin <url>',
    'URL of a role that may create roles and owns the database (default SEPTUM_DATABASE_URL)',
  );
}

async function migratePart(adminUrl: string, part: string, told: Told): Promise<readonly string[]> {
  const run = await migrate(adminUrl, part, migrationsOf(part));
  told.progress(`${part}: ${run.length === 0 ? 'up to date' : run.join(', ')}`);
  return run;
}

/** Role → password, from the URLs that the parts are given. */
function passwordsOf(settings: Settings, chosen: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of chosen) {
    const url = settings.databaseUrls[part];
    if (url !== undefined) found[roleNames().login(part)] = decodeURIComponent(new URL(url).password);
  }
  return found;
}

/** The keys by which the parts believe each other, made once, each under its part's own login. */
async function makeKeys(settings: Settings, adminUrl: string, chosen: readonly string[]): Promise<number> {
  for (const part of chosen) {
    const own = settings.databaseUrls[part];
    const url =
      own === undefined ? partUrl(adminUrl, part) : Object.assign(new URL(adminUrl), credentialsOf(own)).href;
    const home = openContextDatabase({ url, context: part, poolSize: 1 });
    try {
      await loadSigningKey(home, part, 'caller');
      if (part === 'edge') await loadSigningKey(home, part, 'token');
    } finally {
      await home.close();
    }
  }
  return chosen.length;
}

function credentialsOf(url: string) {
  const { username, password } = new URL(url);
  return { username, password };
}
