import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openContextDatabase,
  partUrl,
  provision,
  type EmbeddedPostgres,
  type OpenContextDatabase,
} from '#platform/database';
import { startCounted } from './counted-postgres.ts';
import { StatementCounter, statementsEach } from './statements.ts';

describe('statements for each request', () => {
  it('are those that the house does not send by itself', () => {
    expect(statementsEach(130, 30, 50)).toBe(2);
    expect(statementsEach(10, 30, 50)).toBe(0);
    expect(statementsEach(10, 0, 0)).toBe(0);
  });

  describe('of a PostgreSQL that counts them', () => {
    let folder: string;
    let server: EmbeddedPostgres;
    let part: OpenContextDatabase;
    let counter: StatementCounter;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'septum-statements-'));
      server = await startCounted(folder);
      await provision(server.url, ['medications']);
      part = openContextDatabase({ url: partUrl(server.url, 'medications'), context: 'medications' });
      counter = await StatementCounter.open([server.url]);
    });
    afterAll(async () => {
      await counter?.close();
      await part?.close();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('count what a part sends, and not what was sent before', async () => {
      const ask = async (times: number) => {
        for (let n = 0; n < times; n += 1) await part.query('*', { text: 'select 1' });
        return { units: times };
      };
      await ask(7);
      const few = await counter.each(() => ask(10));
      expect(few).toBeGreaterThanOrEqual(1);
      expect(await counter.each(() => ask(20))).toBeCloseTo(few, 0);
      expect(await counter.each(async () => ({ units: 10 }))).toBe(0);
    });
  });
});
