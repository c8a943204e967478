import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { openHouse, type House, type HouseTopology, type Received } from '#platform/testing';
import {
  eventsIn,
  extension,
  inState,
  medicationChange,
  order,
  WardBoard,
} from '../behaviour/harness/ward-board.ts';

/** What only those can see who know where the notifications come from. */
describe('the notifications of a subscription', () => {
  let house: House;
  let board: WardBoard;

  beforeAll(async () => {
    board = new WardBoard();
    await board.open();
  });
  afterAll(() => board.close());

  async function open(topology: HouseTopology): Promise<void> {
    board.answer = (_, response) => response.end();
    house = await openHouse({ topology, settings: board.partner() });
  }

  /** Each number with what it is about, once for each time it came. */
  const cameAs = (id: string) =>
    board
      .told(id)
      .flatMap(eventsIn)
      .map(({ eventNumber, focus }) => [Number(eventNumber), JSON.stringify(focus)] as const);

  describe('when Septum is killed at each step', () => {
    beforeAll(() => open('one'));
    afterAll(() => house?.stop());

    it('have no gap, keep their numbers, and go on', async () => {
      await house.put(board.subscription('killed', medicationChange));
      await inState(house, 'killed', 'active');
      const steps = {
        // The receiver forgets it, as one would that is interrupted: it has to come again.
        'before it is taken': async (answered: () => void, request: Received) => {
          board.received.splice(board.received.indexOf(request), 1);
          await house.kill('exchange');
          answered();
        },
        'when it is taken': (answered: () => void) => (answered(), house.kill('exchange')),
        'soon after': async (answered: () => void) => {
          answered();
          await new Promise((resolve) => setTimeout(resolve, 20));
          await house.kill('exchange');
        },
      };
      let ordered = 0;
      for (const kill of Object.values(steps)) {
        const killed = new Promise<void>((resolve) => {
          let first = true;
          board.answer = (request, response) => {
            const answered = () => void response.end();
            if (!first || !request.body.includes('eventNumber')) return answered();
            first = false;
            void kill(answered, request).then(resolve);
          };
        });
        ordered += 1;
        await house.put(order(`killed-${ordered}`, 'ada'));
        await killed;
        await house.restart('exchange');
        ordered += 1;
        await house.put(order(`killed-${ordered}`, 'ada'));
        await board.until(() => board.numbers('killed').includes(ordered));
      }
      // Written, and killed before anybody heard of it.
      ordered += 1;
      await house.put(order(`killed-${ordered}`, 'ada'));
      await house.kill('exchange');
      await house.restart('exchange');
      await board.until(() => board.numbers('killed').includes(ordered));
      const pairs = cameAs('killed');
      const once = new Map(pairs);
      expect([...once.keys()]).toEqual(Array.from({ length: ordered }, (_, index) => index + 1));
      expect(new Set(once.values()).size).toBe(ordered);
      for (const [number, focus] of pairs) expect(focus).toBe(once.get(number));
    });

    it('were recorded before they left, with the recipient', async () => {
      const client = new Client({ connectionString: house.database });
      await client.connect();
      const { rows } = await client.query(
        `SELECT action, type, subject, client, patients, detail FROM exchange.audit WHERE detail LIKE 'to %'`,
      );
      await client.end();
      expect(rows.length).toBeGreaterThanOrEqual(cameAs('killed').length);
      expect(rows[0]).toEqual({
        action: 'R',
        type: 'MedicationRequest',
        subject: 'system/exchange',
        client: 'administrator',
        patients: ['ada'],
        detail: 'to ward-board by subscription-notification',
      });
    });
  });

  describe('with two copies of every process', () => {
    beforeAll(() => open('two-copies'));
    afterAll(() => house?.stop());

    it('come from one at a time, each once', async () => {
      // A client of one part does not count towards the requests after which the copies end.
      const fhir = house.clientOf('edge');
      const content = { extension: [extension('backport-max-count', { valuePositiveInt: 3 })] };
      await fhir.put(
        'Subscription/twice',
        board.subscription('twice', medicationChange, { channel: content }),
      );
      let atOnce = 0;
      let mostAtOnce = 0;
      board.answer = (_, response) => {
        atOnce += 1;
        mostAtOnce = Math.max(mostAtOnce, atOnce);
        setTimeout(() => {
          atOnce -= 1;
          response.end();
        }, 100);
      };
      await board.until(() => board.told('twice').length > 0);
      for (let number = 1; number <= 12; number += 1)
        await fhir.put(`MedicationRequest/twice-${number}`, order(`twice-${number}`, `patient-${number}`));
      await board.until(() => board.numbers('twice').length >= 12);
      expect(board.numbers('twice')).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
      expect(mostAtOnce).toBe(1);
    });
  });
});
