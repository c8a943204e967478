import { describeTopology, readRunFile, topology, type RunFile } from '#platform/runtime';
import { contextNames, parts } from '../parts.ts';
import { readSettings, settingFlags } from '../read-settings.ts';
import { verb } from './verb.ts';

interface TopologyOptions {
  readonly only?: string;
  readonly except?: string;
}

/** Tells what `serve` would run here, and what runs now. */
export function topologyVerb() {
  return verb<TopologyOptions>(
    'topology',
    'tell which parts there are, which of them run in this process, and what runs now',
    settingFlags,
    async (options, told) => {
      const settings = readSettings(options);
      const planned = topology(parts, settings);
      const running = readRunFile(settings.dataDir);
      const rows = ['edge', ...contextNames].map(
        (part) => `  ${part.padEnd(12)} ${planned.isHere(part) ? 'here' : 'elsewhere'}`,
      );
      const text = [`${describeTopology(planned)}:`, ...rows, toldRunning(running)].join('\n');
      told.answer(text, {
        parts: planned.parts,
        here: planned.here,
        running: running === undefined ? null : withoutSecrets(running),
      });
    },
  );
}

function toldRunning(running: RunFile | undefined): string {
  if (running === undefined) return 'Nothing runs on this data folder.';
  return `Running: process ${running.pid}, ${running.http}, with ${running.parts.join(', ')}.`;
}

function withoutSecrets({ pid, http, parts: here }: RunFile) {
  return { pid, http, parts: here };
}
