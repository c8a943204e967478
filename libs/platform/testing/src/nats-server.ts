import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from './checkout.ts';

export interface NatsServerOptions {
  /** Whether to keep streams; under `dir`. */
  readonly jetstream?: boolean;
  /** Kept when the server stops; without one, a temporary folder is made and removed. */
  readonly dir?: string;
  /** Default: a free one. Needed to start again where clients look for it. */
  readonly port?: number;
  /** The largest message in bytes; default: NATS' own, 1 MB. */
  readonly maxPayload?: number;
}

/** A real nats-server of a test's own. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** SIGKILL: as if its machine had stopped. */
  kill(): Promise<void>;
  /** Lets it finish, and removes its temporary folder. */
  stop(): Promise<void>;
}

/** Resolves when the server takes connections. */
export async function startNats(options: NatsServerOptions = {}): Promise<NatsServer> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'septum-nats-'));
  mkdirSync(dir, { recursive: true });
  const configuration = join(dir, 'nats.conf');
  writeFileSync(configuration, configure(options, dir));
  rmSync(join(dir, 'ports'), { recursive: true, force: true });
  mkdirSync(join(dir, 'ports'));
  const child = spawn(natsBinary(), ['-c', configuration, '-l', join(dir, 'nats.log')], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await listeningAt(child, dir);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

function natsBinary(): string {
  const given = process.env['SEPTUM_NATS_SERVER'];
  if (given !== undefined) return given;
  return execFileSync(process.execPath, [join(checkout, 'tools', 'nats-server.mjs')], {
    encoding: 'utf8',
  }).trim();
}

function configure({ jetstream, port, maxPayload }: NatsServerOptions, dir: string): string {
  return [
    `listen: "127.0.0.1:${port ?? -1}"`,
    `ports_file_dir: ${JSON.stringify(join(dir, 'ports'))}`,
    ...(maxPayload === undefined ? [] : [`max_payload: ${maxPayload}`]),
    ...(jetstream === true
      ? [`jetstream { store_dir: ${JSON.stringify(join(dir, 'streams'))}, sync_interval: always }`]
      : []),
  ].join('\n');
}

/** The server writes the port it took into `<name>_<pid>.ports`. */
async function listeningAt(child: ChildProcess, dir: string): Promise<string> {
  const file = join(dir, 'ports', `nats-server_${child.pid}.ports`);
  for (let attempt = 0; attempt < 3_000 && child.exitCode === null; attempt += 1) {
    const url = readPorts(file);
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`nats-server did not start: ${readFileSync(join(dir, 'nats.log'), 'utf8')}`);
}

function readPorts(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { nats: string[] }).nats[0];
  } catch {
    return undefined;
  }
}
