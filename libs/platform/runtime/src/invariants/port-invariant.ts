import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { url as inspectorUrl } from 'node:inspector';
import { refusal } from './refusal.ts';

/** The state of a listening socket in `/proc/net/tcp`. https://docs.kernel.org/networking/proc_net_tcp.html */
const listening = '0A';

/** TCP ports that this process listens on; empty where there is no `/proc` to tell. */
export function listeningPorts(): readonly number[] {
  const own = new Set(
    attempt(() => readdirSync('/proc/self/fd')).map(
      (fd) => attempt(() => [readlinkSync(`/proc/self/fd/${fd}`)])[0],
    ),
  );
  const lines = ['tcp', 'tcp6'].flatMap((table) =>
    attempt(() => readFileSync(`/proc/self/net/${table}`, 'utf8').trim().split('\n').slice(1)),
  );
  const ports = lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === listening && own.has(`socket:[${inode}]`)
      ? [parseInt(local.split(':').at(-1) ?? '', 16)]
      : [];
  });
  return [...new Set(ports)];
}

/** What listens is what the settings say: a port that nobody declared is one that nobody guards. */
export function assertDeclaredPorts(declared: readonly number[]): void {
  const inspector = inspectorUrl();
  const allowed = inspector === undefined ? declared : [...declared, Number(new URL(inspector).port)];
  const undeclared = listeningPorts().find((port) => !allowed.includes(port));
  if (undeclared !== undefined) {
    throw refusal(
      'ports',
      `something listens on port ${undeclared}, which no setting declares. Declare it in settings.ts, or do not listen.`,
    );
  }
}

function attempt<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch {
    return [];
  }
}
