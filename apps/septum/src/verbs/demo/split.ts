import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { verb } from '../verb.ts';
import { Narrator } from './narrator.ts';
import { splitStory } from './split-story.ts';

/** Shows what Septum promises, on a house of its own: a running one is left alone. Ends with 0 only if all of it was true. */
export function splitVerb() {
  return verb<{ readonly keep?: boolean }>(
    'split',
    'move medications out, kill it during a discharge, bring it back',
    declare,
    async ({ keep }, told) => {
      const folder = mkdtempSync(join(tmpdir(), 'septum-demo-'));
      const narrator = new Narrator();
      told.progress(`A house of its own, in ${folder}; whatever else runs here is left alone.`);
      try {
        await splitStory(folder, narrator);
      } finally {
        if (keep !== true) removeHouse(folder);
      }
      const { shown, seconds, allHold } = narrator;
      const wrong = shown.filter(({ holds }) => !holds).length;
      told.answer(
        allHold
          ? `\nAll ${shown.length} facts were true: nothing lost, one document (${seconds} s).`
          : `\n${wrong} of ${shown.length} facts were not true.`,
        { ok: allHold, seconds, facts: shown },
      );
      if (!allHold) process.exitCode = 1;
    },
  );
}

function declare(command: Command): Command {
  return command.option('--keep', 'leave the data and the logs where they are');
}

/** As root the cluster lies elsewhere, and the data folder only points there. */
function removeHouse(folder: string): void {
  const cluster = join(folder, 'house', 'postgres');
  if (existsSync(cluster)) rmSync(realpathSync(cluster), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}
