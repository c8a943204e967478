import { Logger } from '@nestjs/common';
import { createLog, describeTopology, nestLogger } from '#platform/runtime';
import { readSettings, settingFlags, type SettingFlags } from '../read-settings.ts';
import { startSeptum, type RunningSeptum } from '../serving/start-septum.ts';
import { verb } from './verb.ts';

/** Runs Septum, or some of its parts, until a signal ends it. */
export function serveVerb() {
  return verb<SettingFlags>(
    'serve',
    'run Septum, or some of its parts, in this process',
    settingFlags,
    async (flags, told) => {
      const settings = readSettings(flags);
      const log = createLog(settings.logLevel ?? 'info');
      Logger.overrideLogger(nestLogger(log));
      // Whatever was thrown there left something half done: better to end and be started again.
      process.on('uncaughtException', (error) => {
        log.fatal({ error }, 'something was thrown that nobody caught');
        process.exit(1);
      });
      process.on('unhandledRejection', (error) =>
        log.error({ error }, 'something was rejected that nobody awaited'),
      );
      const began = Date.now();
      const septum = await startSeptum(settings, log, told.progress);
      septum.shutdown.handleSignals();
      log.info(
        { parts: [...septum.topology.here], durationMs: Date.now() - began, profile: settings.profile },
        'serving',
      );
      told.answer(welcome(septum, Date.now() - began), {
        pid: process.pid,
        http: septum.url,
        console: septum.consoleUrl ?? null,
        parts: septum.topology.here,
      });
    },
  );
}

function welcome({ url, consoleUrl, topology }: RunningSeptum, durationMs: number): string {
  const lines = [
    `Septum runs: ${describeTopology(topology)} (started in ${(durationMs / 1000).toFixed(1)} s).`,
  ];
  if (consoleUrl !== undefined)
    lines.push(
      `  console   ${consoleUrl}`,
      '            (opens one session, on this machine, within the hour; a new one: npx septum console)',
    );
  if (topology.isHere('edge')) lines.push(`  FHIR R4   ${url}/fhir/R4   (a token: npx septum token)`);
  lines.push(`  health    ${url}/health/ready`, 'Ctrl-C stops it.');
  return ['', ...lines, ''].join('\n');
}
