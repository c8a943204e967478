import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A nats-server with JetStream of this run's own, found as everywhere (`tools/nats-server.mjs`). */
export async function startNats(): Promise<{ url: string; stop(): Promise<void> }> {
  const binary = execFileSync(process.execPath, ['tools/nats-server.mjs'], { encoding: 'utf8' }).trim();
  const folder = mkdtempSync(join(tmpdir(), 'septum-bench-nats-'));
  const port = await freePort();
  const child = spawn(
    binary,
    ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', folder],
    { stdio: 'ignore' },
  );
  await sleep(500);
  return {
    url: `nats://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await new Promise((ended) => child.once('exit', ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
