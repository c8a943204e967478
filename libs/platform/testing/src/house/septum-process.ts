import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { program } from '../checkout.ts';

const startLimitMs = 240_000;

interface Run {
  readonly pid: number;
  readonly http: string;
  readonly mllp?: number;
}

/** One real process of Septum, that can be killed and started again where it was. */
export class SeptumProcess {
  readonly name: string;
  readonly #folder: string;
  readonly #arguments: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #port = '0';
  #mllpPort = '0';
  url = '';

  constructor(
    name: string,
    folder: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    this.name = name;
    this.#folder = join(folder, name);
    this.#arguments = args;
    this.#environment = environment;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when the process says it is ready. It keeps its ports from start to start. */
  async start(): Promise<void> {
    if (!existsSync(program)) throw new Error(`${program} is not there: npm run build.`);
    mkdirSync(this.#folder, { recursive: true });
    const log = openSync(this.#logFile, 'a');
    this.#child = spawn(process.execPath, [program, 'serve', ...this.#arguments], {
      cwd: this.#folder,
      env: {
        ...inherited(),
        SEPTUM_HTTP_PORT: this.#port,
        SEPTUM_MLLP_PORT: this.#mllpPort,
        SEPTUM_DEMO_PATIENTS: '0',
        SEPTUM_LOG_LEVEL: 'warn',
        SEPTUM_DRAIN_MS: '0',
        SEPTUM_RATE_LIMIT: '0',
        SEPTUM_DATA_DIR: this.#folder,
        ...this.#environment,
      },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const { http, mllp = 0 } = await this.#ready();
    this.url = http;
    this.#port = new URL(http).port;
    this.#mllpPort = String(mllp);
  }

  /** Where it takes HL7 v2; 0 where `exchange` is not part of it. */
  get mllpPort(): number {
    return Number(this.#mllpPort);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** What the process wrote, for the message of a test that failed. */
  log(): string {
    return existsSync(this.#logFile)
      ? readFileSync(this.#logFile, 'utf8').split('\n').slice(-40).join('\n')
      : '';
  }

  get #logFile(): string {
    return join(this.#folder, 'septum.log');
  }

  async #ready(): Promise<Run> {
    for (const until = Date.now() + startLimitMs; Date.now() < until; await sleep(50)) {
      if (!this.isRunning) break;
      const run = readRun(join(this.#folder, 'run.json'));
      if (run?.pid === this.pid && (await isReady(run.http))) return run;
    }
    throw new Error(`The process ${this.name} did not get ready. Its log ends:\n${this.log()}`);
  }
}

/** What the program answers to a verb; rejects, with `stderr`, when it ends otherwise than with 0. */
export function runProgram(words: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [program, ...words], { env: inherited() });
}

/** The environment without settings of whoever runs the tests. */
function inherited(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('SEPTUM_') && name !== 'NODE_OPTIONS',
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

function readRun(file: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Run;
  } catch {
    return undefined;
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
