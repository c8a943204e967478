import { assertDurable } from '#platform/database';
import { loadPartners } from '#platform/outbound';
import { readRunFile, type Settings } from '#platform/runtime';
import { homeUrl } from '../home-url.ts';
import { readSettings, settingFlags, type SettingFlags } from '../read-settings.ts';
import { verb } from './verb.ts';

interface Finding {
  readonly what: string;
  readonly well: boolean;
  readonly says: string;
}

/** Looks at what Septum stands on, and says what is wrong and what to do; ends with 1 when something is. */
export function doctorVerb() {
  return verb<SettingFlags>(
    'doctor',
    'look at settings, database and the running process; say what is wrong',
    settingFlags,
    async (flags, told) => {
      const settings = readSettings(flags);
      const findings = [
        node(),
        { what: 'settings', well: true, says: `profile ${settings.profile}` },
        partners(settings),
        await running(settings),
        await database(settings),
      ];
      const lines = findings.map(
        ({ what, well, says }) => `${well ? 'ok ' : 'NOT'} ${what.padEnd(10)} ${says}`,
      );
      told.answer(lines.join('\n'), { well: findings.every(({ well }) => well), findings });
      if (!findings.every(({ well }) => well)) process.exitCode = 1;
    },
  );
}

function node(): Finding {
  return { what: 'node', well: Number(process.versions.node.split('.')[0]) >= 22, says: process.version };
}

function partners(settings: Settings): Finding {
  try {
    const { names } = loadPartners(settings);
    return { what: 'partners', well: true, says: names.length === 0 ? 'none declared' : names.join(', ') };
  } catch (error) {
    return { what: 'partners', well: false, says: error instanceof Error ? error.message : 'not readable' };
  }
}

async function running({ dataDir }: Settings): Promise<Finding> {
  const run = readRunFile(dataDir);
  if (run === undefined)
    return { what: 'process', well: false, says: `Nothing runs on ${dataDir}. Start it: npm start.` };
  try {
    const response = await fetch(`${run.http}/health/ready`, { signal: AbortSignal.timeout(3_000) });
    const says = `process ${run.pid} at ${run.http} is ${response.ok ? 'ready' : 'not ready'}`;
    return {
      what: 'process',
      well: response.ok,
      says: response.ok ? says : `${says}: ${await response.text()}`,
    };
  } catch {
    return {
      what: 'process',
      well: false,
      says: `Process ${run.pid} does not answer at ${run.http}. Look at its log.`,
    };
  }
}

async function database(settings: Settings): Promise<Finding> {
  try {
    await assertDurable(homeUrl(settings));
    return { what: 'database', well: true, says: 'the home database answers and keeps what it acknowledges' };
  } catch (error) {
    return {
      what: 'database',
      well: false,
      says: error instanceof Error ? error.message : 'It does not answer.',
    };
  }
}
