import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRunFile, type RunFile } from '#platform/runtime';
import { ownProgram } from '../../own-program.ts';
import { childEnvironment } from './child-environment.ts';

const startLimitMs = 120_000;

/** One process of Septum that the story starts, kills and starts again. */
export class SeptumChild {
  readonly dataDir: string;
  readonly #log: string;
  #child: ChildProcess | undefined;

  constructor(dataDir: string) {
    this.dataDir = dataDir;
    this.#log = join(dataDir, 'septum.log');
    mkdirSync(dataDir, { recursive: true });
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when it answers. `settings` go beside those that keep it apart from whatever else runs here. */
  async start(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<RunFile> {
    const log = openSync(this.#log, 'a');
    const own = ownProgram();
    const child = spawn(own.command, [...own.args, 'serve', ...args], {
      cwd: this.dataDir,
      env: childEnvironment({ ...ownSettings, SEPTUM_DATA_DIR: this.dataDir, ...settings }),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    for (
      const until = Date.now() + startLimitMs;
      Date.now() < until && child.exitCode === null;
      await sleep(50)
    ) {
      const run = readRunFile(this.dataDir);
      if (run?.pid === child.pid && run !== undefined && (await isReady(run.http))) return run;
    }
    throw new Error(
      `A process of Septum did not start. Its log ends:\n${readFileSync(this.#log, 'utf8').split('\n').slice(-15).join('\n')}`,
    );
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

/** What keeps it apart from whatever else runs here. */
const ownSettings = {
  SEPTUM_HTTP_PORT: '0',
  SEPTUM_MLLP_PORT: '0',
  SEPTUM_DEMO_PATIENTS: '0',
  SEPTUM_LOG_LEVEL: 'warn',
  SEPTUM_DRAIN_MS: '0',
};

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
