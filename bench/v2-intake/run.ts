/**
 * What it costs to take HL7 v2 messages: `node bench/v2-intake/run.ts [messages] [connections]`, after `npm run build`. A
 * real Septum in one process on an embedded PostgreSQL takes small ORU^R01 by MLLP, each connection with up to 16 under way;
 * first until all are acknowledged, then until all are applied. Tells messages a second, and CPU-ms a message of Septum and
 * PostgreSQL together. Linux only: processor time comes from /proc.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { frame, FrameReader } from '#platform/hl7v2';
import { openHouse } from '#platform/testing';
import { processorTimeMs } from '../suite/processor-time.ts';

const [messages, connections] = [process.argv[2] ?? '4000', process.argv[3] ?? '8'].map(Number) as [
  number,
  number,
];
const window = 16;
const patients = 200;

const message = (nth: number): Uint8Array =>
  frame(
    Buffer.from(
      [
        `MSH|^~\\&|LAB|NORTH|SEPTUM|NORTH|20260301080000+0000||ORU^R01^ORU_R01|B${nth}|P|2.5.1`,
        `PID|1||MRN${nth % patients}^^^NORTH^MR||Okafor^Ada||19700102|F`,
        `OBR|1|P${nth}^NORTH|F${nth}^NORTH|2345-7^Glucose^LN|||20260301080000+0000|||||||||||||||20260301090000+0000|||F`,
        `OBX|1|NM|2345-7^Glucose^LN||95|mg/dL^^UCUM|||||F|||20260301080000+0000`,
      ].join('\r'),
    ),
  );

/** Sends every so-many-th message, `window` at a time. */
function send(port: number, from: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const reader = new FrameReader({ maxFrameBytes: 65_536 });
  let next = from;
  let open = 0;
  return new Promise((resolve, reject) => {
    const fill = (): void => {
      for (; open < window && next < messages; next += connections, open += 1) socket.write(message(next));
      if (open === 0) resolve(void socket.end());
    };
    socket.on('error', reject);
    socket.on('connect', fill);
    socket.on('data', (piece) => {
      for (const { bytes } of reader.push(piece)) {
        if (!Buffer.from(bytes).includes('MSA|AA|')) reject(new Error('a message was refused'));
        open -= 1;
      }
      fill();
    });
  });
}

/** Of Septum and PostgreSQL, both started by this process, which sends. */
function spentMs(): number {
  const own = process.cpuUsage();
  return processorTimeMs(process.pid) - (own.user + own.system) / 1_000;
}

const house = await openHouse({ topology: 'one' });
const database = new pg.Client({ connectionString: house.database });
await database.connect();
try {
  const [began, before] = [performance.now(), spentMs()];
  await Promise.all(Array.from({ length: connections }, (_, from) => send(house.mllpPort, from)));
  const [kept, afterKept] = [performance.now(), spentMs()];
  for (;;) {
    const { rows } = await database.query(
      `select count(*)::int as waiting from exchange.v2_message where state = 'waiting'`,
    );
    if ((rows[0] as { waiting: number }).waiting === 0) break;
    await sleep(100);
  }
  const [applied, afterAll] = [performance.now(), spentMs()];
  const perSecond = (ms: number): string => ((messages / ms) * 1_000).toFixed(0);
  const each = (ms: number): string => (ms / messages).toFixed(2);
  console.log(
    `kept and acknowledged: ${perSecond(kept - began)}/s, ${each(afterKept - before)} CPU-ms a message (what was applied meanwhile included)`,
  );
  console.log(`applied: ${perSecond(applied - began)}/s, ${each(afterAll - before)} CPU-ms a message in all`);
} finally {
  await database.end();
  await house.stop();
}
