import { readV2 } from './read-v2.ts';

/** A message as people read it, a line for each segment; undefined when it cannot be read. */
export function textOf(body: Buffer, characterSet: string): string | undefined {
  try {
    return readV2(body, characterSet)
      .message.segments.map(({ text }) => text)
      .join('\n');
  } catch {
    // What is wrong with it stands in its issues.
    return undefined;
  }
}
