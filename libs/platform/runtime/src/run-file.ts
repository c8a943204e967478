import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running process tells others on the same machine. */
export interface RunFile {
  readonly pid: number;
  /** The base URL, e.g. `http://127.0.0.1:8080`. */
  readonly http: string;
  /** Port of the HL7 v2 interface, when it runs. */
  readonly mllp?: number;
  /** The bootstrap URL of the home database; demo only. A second process of the installation takes it as SEPTUM_DATABASE_URL. */
  readonly database?: string;
  readonly nats?: string;
  readonly metrics?: string;
  readonly parts: readonly string[];
}

/** Writes `run.json` in one step, readable by its owner alone; the answer removes it again, unless another process has put its own there. */
export function writeRunFile(dataDir: string, content: RunFile): () => void {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'run.json');
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return () => {
    const running = readRunFile(dataDir);
    if (running === undefined || running.pid === content.pid) rmSync(path, { force: true });
  };
}

/** What runs on this data folder; undefined when nothing does. */
export function readRunFile(dataDir: string): RunFile | undefined {
  try {
    const content = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunFile;
    return isAlive(content.pid) ? content : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
