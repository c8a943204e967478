import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, packageRoot } from '#platform/fhir';
import { namedNatsServer } from './child-environment.ts';

export interface NatsChild {
  readonly url: string;
  end(): Promise<void>;
}

/** A nats-server of the story's own, on a free port of this machine. */
export async function startNats(folder: string): Promise<NatsChild> {
  mkdirSync(join(folder, 'ports'), { recursive: true });
  const configuration = join(folder, 'nats.conf');
  const lines = [
    'listen: "127.0.0.1:-1"',
    `ports_file_dir: ${JSON.stringify(join(folder, 'ports'))}`,
    // The default acknowledges what it has not written yet.
    `jetstream { store_dir: ${JSON.stringify(join(folder, 'streams'))}, sync_interval: always }`,
  ];
  writeFileSync(configuration, lines.join('\n'));
  const child = spawn(natsProgram(), ['-c', configuration, '-l', join(folder, 'nats.log')], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let attempt = 0; attempt < 250 && child.exitCode === null; attempt++, await sleep(20)) {
    const [file] = readdirSync(join(folder, 'ports'));
    const url = file === undefined ? undefined : urlIn(join(folder, 'ports', file));
    if (url === undefined) continue;
    const end = async () => {
      child.kill('SIGTERM');
      await ended;
    };
    return { url, end };
  }
  child.kill('SIGKILL');
  throw new Fault('unavailable', `nats-server did not start; ${join(folder, 'nats.log')} says why.`);
}

function urlIn(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { nats: string[] }).nats[0];
  } catch {
    // It is being written.
    return undefined;
  }
}

/** The one named in SEPTUM_NATS_SERVER, else what `tools/nats-server.mjs` of the checkout finds or obtains. */
function natsProgram(): string {
  const given = namedNatsServer();
  if (given !== undefined) return given;
  const finder = join(packageRoot(import.meta.url), 'tools', 'nats-server.mjs');
  if (existsSync(finder))
    return execFileSync(process.execPath, [finder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }).trim();
  throw new Fault(
    'not-found',
    'There is no nats-server. Install 2.14 or newer and name it in SEPTUM_NATS_SERVER.',
  );
}
