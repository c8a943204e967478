import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { validate } from '#platform/fhir';
import { parseMessage } from '#platform/hl7v2';
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
