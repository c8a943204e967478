import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { Mapper } from './mapper.ts';

const mapper = new Mapper();

function results(count: number, code: (at: number) => string): string {
  const head = [
    'MSH|^~\\&|MON|GH|||20260301080000+0000||ORU^R01|1|P|2.5.1',
    'PID|1||77^^^GH^MR||Doe^Jane',
    'OBR|1||1001^MON|VITALS^Vital signs^L|||20260301100000',
  ];
  const observed = (_: unknown, at: number): string =>
    `OBX|${at + 1}|NM|${code(at)}^Heart rate^LN||${60 + (at % 40)}|/min|||||F|||20260301100000`;
  return [...head, ...Array.from({ length: count }, observed)].join('\r');
}

/** CPU seconds: what else the machine does is not in them. */
function cost(text: string): number {
  const message = parseMessage(text);
  const before = process.cpuUsage();
  mapper.map(message);
  return process.cpuUsage(before).user / 1e6;
}

describe('a large message', () => {
  it.each([
    ['of different codes', (at: number) => `C${at}`],
    ['of one code', () => '8867-4'],
  ])('%s costs what its segments cost, and no more for being many', (_, code) => {
    const [few, many] = [1_000, 8_000].map((count) => results(count, code)) as [string, string];
    for (let warm = 0; warm < 5; warm++) cost(few);
    const least = (text: string): number => Math.min(...[1, 2, 3].map(() => cost(text)));
    // 8 times as many: up to 64 times as much, if each looked at all others.
    expect(least(many) / least(few)).toBeLessThan(24);
  });

  it('is refused whole, with the place, when it has more segments than any message has', () => {
    const { resources, issues } = mapper.map(parseMessage(results(20_000, (at) => `C${at}`)));
    expect(resources).toEqual([]);
    expect(issues).toMatchObject([{ severity: 'error', location: 'OBX[19998]' }]);
    expect(issues[0]?.text).toContain('20000 segments');
  });
});
