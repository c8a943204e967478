import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { validate } from '#platform/fhir';
import { Hl7Fault, parseMessage, type Message } from '#platform/hl7v2';
import { describeWithData } from '#platform/testing';
import { Mapper } from '#platform/v2-to-fhir';

const mapper = new Mapper({ aboutTheMessage: true });

/** The faults of what is made of a message, none of them a value. */
function faults(path: string): string[] {
  return mapper
    .map(parseMessage(readFileSync(path, 'utf8')))
    .resources.flatMap(({ type, content }) =>
      validate(type, content).map(({ expression, diagnostics }) => `${expression}: ${diagnostics}`),
    );
}

/** Numbers that look random and are the same each time. https://en.wikipedia.org/wiki/Linear_congruential_generator */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What senders get wrong: fields and segments lost, doubled, cut off, in each other's place, of another kind. */
const slips: readonly ((text: string, at: number, random: (below: number) => number) => string)[] = [
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at) => text.slice(0, at) + text.slice(at, at + 40) + text.slice(at),
  (text, at) => text.slice(0, at),
  (text, at, random) => text.slice(0, at) + '|^~&\\\r"0Z'.charAt(random(9)) + text.slice(at + 1),
  (text, _, random) => {
    const [header = '', ...others] = text.split(/[\r\n]+/);
    others.splice(random(others.length), 0, ...others.splice(random(others.length), 1));
    return [header, ...others].join('\r');
  },
  (text, at) => text.slice(0, at) + text.slice(at).replace(/\|[^|\r]*\|/, '|""|'),
  (text, at) => text.slice(0, at) + text.slice(at).replace(/\d+/, '-1.5e9'),
];

/** How many broken messages are tried: 16,000 take two minutes. */
const tries = Number(process.env['SEPTUM_MUTATIONS'] ?? 400);

describeWithData('what is made of broken messages', 'hl7v2-samples', (folder) => {
  it('is valid R4 or nothing, and never an exception', () => {
    const texts = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((path) => path.endsWith('.hl7'))
      .map((path) => readFileSync(join(folder, path), 'utf8'));
    const random = numbers(7);
    const found: unknown[] = [];
    for (let count = 0; count < tries; count++) {
      let text = texts[random(texts.length)]!;
      for (let slip = random(3); slip >= 0; slip--)
        text = slips[random(slips.length)]!(text, 8 + random(Math.max(1, text.length - 8)), random);
      const parsed = parsedOrRefused(text);
      for (const { type, content } of parsed ? mapper.map(parsed).resources : [])
        found.push(...validate(type, content).map((fault) => [count, fault.expression, fault.diagnostics]));
    }
    expect(found).toEqual([]);
  });
});

function parsedOrRefused(text: string): Message | undefined {
  try {
    return parseMessage(text);
  } catch (error) {
    if (error instanceof Hl7Fault) return undefined;
    throw error;
  }
}

for (const name of ['hl7v2-samples', 'hl7v2-fhir-pairs'])
  describeWithData(`what is made of ${name}`, name, (folder) => {
    const messages = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((path) => path.endsWith('.hl7'));

    it('is valid R4, all of it', () => {
      const found = messages.map((path) => [path, faults(join(folder, path))] as const);
      expect(found.filter(([, ofMessage]) => ofMessage.length > 0)).toEqual([]);
      expect(messages.length).toBeGreaterThan(50);
    });
  });
