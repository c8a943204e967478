import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { describeWithData } from '#platform/testing';
import {
  characterSet,
  encodeMessage,
  parseMessage,
  readMessage,
  repeated,
  type Repetition,
  type Segment,
  type Value,
} from '#platform/hl7v2';

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

/** The repetitions of every field of a segment as `encodeMessage` takes them. */
function contents(segment: Segment): Value[][][][] {
  const fields: Value[][][][] = [];
  for (let number = segment.name === 'MSH' ? 3 : 1; number <= segment.length; number++)
    fields.push(
      segment
        .field(number)
        .map((repetition) => repetition.components.map((_, c) => parts(repetition, c + 1))),
    );
  return fields;
}

function parts(repetition: Repetition, component: number): Value[] {
  return repetition
    .subcomponents(component)
    .map((value, s) => (repetition.presence(component, s + 1) === 'null' ? null : value));
}

/** Every value with its place; what is empty is not there. */
function values(segments: readonly Segment[]): string[] {
  const found: string[] = [];
  for (const segment of segments)
    contents(segment).forEach((repetitions, f) => {
      repetitions.forEach((components, r) =>
        components.forEach((parts, c) =>
          parts.forEach((value, s) => {
            if (value !== undefined)
              found.push(`${segment.index} ${segment.name} ${f} ${r} ${c} ${s} ${value}`);
          }),
        ),
      );
    });
  return found;
}

const utf8 = characterSet(['UNICODE UTF-8']);

describeWithData('the sample messages', '.', (data) => {
  const messages = ['hl7v2-samples', 'hl7v2-fhir-pairs'].flatMap((folder) => samples(join(data, folder)));

  it('are there', () => expect(messages.length).toBeGreaterThanOrEqual(226));

  it.each(messages)('%s is the same when it is written again', (_, text) => {
    const message = parseMessage(text);
    expect(message.text).toBe(standardised(text));
    expect(
      encodeMessage(
        message.segments.map((segment) => segment.text),
        message.delimiters,
      ),
    ).toBe(standardised(text));
  });

  it.each(messages)('%s has the same values when it is made anew from them', (_, text) => {
    const message = parseMessage(text);
    const { delimiters, segments } = message;
    const made = encodeMessage(
      segments.map((segment) => [segment.name, ...contents(segment).map((field) => repeated(...field))]),
      delimiters,
    );
    expect(values(parseMessage(made).segments)).toEqual(values(segments));
  });

  it.each(messages)('%s is read from its bytes, and written to them', (_, text) => {
    const bytes = Buffer.from(standardised(text));
    const read = readMessage(bytes, utf8);
    expect(Buffer.from(read.characterSet.encode(read.message.text))).toEqual(bytes);
  });
});
