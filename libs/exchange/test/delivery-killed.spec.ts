import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acknowledge, MllpListener, readMessage } from '#platform/hl7v2';
import { Receiver } from '#platform/testing';
import { DeliveryHouse } from './delivery-house.ts';
import type { DeliveryProcessOptions } from './delivery-process.ts';
import { startDeliveries } from './delivery-septum.ts';
import { documentOf } from './told-bundles.ts';

const loader = join(import.meta.dirname, '..', '..', 'platform', 'messaging', 'test', 'run-source.mjs');
const program = join(import.meta.dirname, 'delivery-process.ts');

/** Resolves when the process has ended. */
async function septumUntilKilled(options: DeliveryProcessOptions): Promise<NodeJS.Signals | null> {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', loader, program, JSON.stringify(options)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

describe('a delivery whose process is killed', () => {
  let house: DeliveryHouse;
  let city: Receiver;
  let adt: MllpListener;
  let partners: object[];
  const messages: string[] = [];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    house = await DeliveryHouse.open();
    city = await new Receiver().open();
    adt = new MllpListener({
      host: '127.0.0.1',
      port: 0,
      handler: async (content) => {
        messages.push(Buffer.from(content).toString());
        const header = readMessage(content).message.first('MSH');
        return Buffer.from(acknowledge(header, 'AA', { controlId: '1', now: new Date() }));
      },
    });
    const baseUrl = `http://127.0.0.1:${city.port}`;
    const adtUrl = `mllp://127.0.0.1:${await adt.listen()}`;
    partners = [
      { name: 'city', kind: 'fhir-push', baseUrl },
      { name: 'adt', kind: 'mllp', baseUrl: adtUrl },
    ];
    await house.endpoint('city', 'hl7-fhir-rest', baseUrl);
    await house.endpoint('adt', 'hl7v2-mllp', adtUrl);
  });
  afterAll(async () => {
    Logger.overrideLogger(true);
    await adt.stop(0);
    await city.close();
    await house.close();
  });

  it.each([
    'after exchange.delivery.begin',
    'before exchange.delivery.end',
    'after exchange.delivery.end',
    'before exchange.delivery.settled',
  ])('%s comes at most twice, the same each time, and ends once', async (step) => {
    const id = step.replaceAll(/\W/g, '-');
    const text = documentOf(id);
    for (const endpoint of ['city', 'adt'])
      await house.tell({ communication: `${id}.${endpoint}`, endpoint, text });
    expect(await septumUntilKilled({ urls: house.urls, partners, step })).toBe('SIGKILL');
    const septum = await startDeliveries({ urls: house.urls, partners });
    try {
      for (const endpoint of ['city', 'adt']) {
        const kept = await house.settled(`${id}.${endpoint}`);
        expect(kept).toMatchObject({ state: 'completed', reason: null });
        const ends = (await house.told(`${id}.${endpoint}`)).ends;
        expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1);
        expect(ends[0]).toMatchObject({ outcome: 'completed', attempts: kept.attempts });
      }
    } finally {
      await septum.stop();
    }
    const put = city.received.filter(({ path }) => path.endsWith(id)).map(({ body }) => body);
    const told = messages.filter((message) => message.includes(id));
    for (const came of [put, told]) {
      expect(came.length).toBeGreaterThan(0);
      expect(came.length).toBeLessThanOrEqual(2);
      expect(new Set(came).size).toBe(1);
    }
  });
});
