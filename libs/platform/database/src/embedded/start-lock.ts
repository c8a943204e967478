import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './postmaster.ts';

/** What this process holds: in a container our pid may be that of the process before us, which left its lock behind. */
const held = new Set<string>();

/** Those who start on the same data take turns. The lock of a process that died is taken over. Answers the release. */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  const deadline = Date.now() + 60_000;
  while (!(await tryLock(file))) {
    if (Date.now() > deadline) {
      throw new Error(
        `Another process is starting the PostgreSQL of this data directory. If none is, delete ${file}.`,
      );
    }
    await sleep(50);
  }
  held.add(file);
  return async () => {
    held.delete(file);
    await rm(file, { force: true });
  };
}

/** A link appears together with its content, so nobody ever reads a lock without a holder. */
async function tryLock(file: string): Promise<boolean> {
  if (held.has(file)) return false;
  const ticket = `${file}.${randomUUID()}`;
  await writeFile(ticket, String(process.pid), { mode: 0o600 });
  try {
    await link(ticket, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = Number(await readFile(file, 'utf8').catch(() => String(process.pid)));
    if (holder === process.pid || !isAlive(holder)) await rm(file, { force: true });
    return false;
  } finally {
    await rm(ticket, { force: true });
  }
}
