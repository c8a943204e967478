import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { describeWithData } from '#platform/testing';
import { parseMessage } from '../src/message.ts';

/** Every message of a folder and those below it, as text. */
function samples(folder: string): [name: string, text: string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.hl7(\.gz)?$/.test(name))
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      return [name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')];
    });
}

/** Line ends differ between files; the standard knows one. */
const standardised = (text: string) =>
  `${text
    .replace(/^\uFEFF/, '')
    .replace(/[\r\n]+/g, '\r')
    .replace(/^\r|\r$/g, '')}\r`;

describeWithData('the sample messages', '.', (data) => {
  const messages = ['hl7v2-samples', 'hl7v2-fhir-pairs'].flatMap((folder) => samples(join(data, folder)));

  it('are there', () => expect(messages.length).toBeGreaterThanOrEqual(226));

  it.each(messages)('%s is the same when it is written again', (_, text) => {
    expect(parseMessage(text).text).toBe(standardised(text));
  });
});
