import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { loadSettings, settingsEnvironment, type Settings } from '#platform/runtime';
import { parts } from './parts.ts';

/** The flags that stand for settings, on the verbs that read them. */
export interface SettingFlags {
  readonly only?: string;
  readonly except?: string;
  readonly profile?: string;
  readonly dataDir?: string;
  readonly httpPort?: string;
}

export function settingFlags(command: Command): Command {
  return command
    .option('--only <parts>', 'only these parts, with commas (SEPTUM_ONLY)')
    .option('--except <parts>', 'all parts but these, with commas (SEPTUM_EXCEPT)')
    .option('--profile <name>', 'demo or production (SEPTUM_PROFILE)')
    .option('--data-dir <folder>', 'where data and run.json are (SEPTUM_DATA_DIR)')
    .option('--http-port <port>', '0 for a free one (SEPTUM_HTTP_PORT)');
}

/** The settings of this process: flags before the environment before `septum.yaml`. */
export function readSettings(flags: SettingFlags = {}): Settings {
  const file = existsSync('septum.yaml') ? readFileSync('septum.yaml', 'utf8') : undefined;
  return loadSettings({
    flags: {
      only: list(flags.only),
      except: list(flags.except),
      profile: flags.profile,
      dataDir: flags.dataDir,
      // What is no number is refused by the setting's own rule, as it was written.
      httpPort: /^\d+$/.test(flags.httpPort ?? '') ? Number(flags.httpPort) : flags.httpPort,
    },
    environment: settingsEnvironment(),
    ...(file === undefined ? {} : { file }),
    parts,
  });
}

function list(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
