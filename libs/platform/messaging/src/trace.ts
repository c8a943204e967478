import { randomFillSync } from 'node:crypto';

/** https://www.w3.org/TR/trace-context/#traceparent-header */
const traceparentForm = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Random bytes as hexadecimal digits. */
export type RandomHex = (bytes: number) => string;

const pool = Buffer.allocUnsafe(4096);
let taken = pool.length;

/** From the operating system, a page at a time: one system call per hop would cost more than the hop. */
export function randomHex(bytes: number): string {
  if (taken + bytes > pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  taken += bytes;
  return pool.toString('hex', taken - bytes, taken);
}

/** The trace context of one more hop: the same trace with a new span id; a new trace when the parent is absent or malformed. */
export function childTrace(parent: string | undefined, random: RandomHex = randomHex): string {
  if (parent !== undefined && traceparentForm.test(parent)) {
    return `${parent.slice(0, 36)}${random(8)}${parent.slice(52)}`;
  }
  return `00-${random(16)}-${random(8)}-01`;
}
