import { openContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import { readRunFile } from '#platform/runtime';
import { homeUrl } from '../home-url.ts';
import { readSettings, type SettingFlags } from '../read-settings.ts';
import { signInUrl } from '../serving/sign-in-url.ts';
import { verb } from './verb.ts';

/** Prints an address that opens one session of the console, as the start does. */
export function consoleVerb() {
  return verb<Pick<SettingFlags, 'dataDir'>>(
    'console',
    'print a new sign-in address of the console: it opens one session, on this machine, within the hour',
    (command) => command.option('--data-dir <folder>', 'where run.json is (SEPTUM_DATA_DIR)'),
    async (options, told) => {
      const settings = readSettings(options);
      const running = readRunFile(settings.dataDir);
      if (running === undefined)
        throw new Fault('not-found', `Nothing runs on ${settings.dataDir}. Start Septum first: npm start.`);
      if (settings.profile !== 'demo' || !running.parts.includes('edge'))
        throw new Fault(
          'not-supported',
          'The console is signed in to in the profile demo, where the edge runs. Elsewhere use a token: septum token.',
        );
      const home = openContextDatabase({ url: homeUrl(settings), context: 'edge', poolSize: 1 });
      try {
        const console = await signInUrl(home, running.http);
        told.answer(console, { console });
      } finally {
        await home.close();
      }
    },
  );
}
