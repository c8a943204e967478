import { utf16Order } from './unicode-sets.ts';
import { parseMessage } from './message.ts';
import { Hl7Fault } from './hl7-fault.ts';
import type { Segment } from './segment.ts';

/** How far a header is looked for: enough for any, and little to do for whoever sends megabytes of something else. */
const longestHeader = 8192;

/**
 * What can be read of the MSH segment of a message that cannot be read as a whole, for its acknowledgement: everything
 * beyond ASCII is a question mark, and MSH-18 is left out. `undefined` when there is no such segment.
 */
export function salvageHeader(bytes: Uint8Array): Segment | undefined {
  const start = Buffer.from(bytes.subarray(0, longestHeader));
  const order = utf16Order(bytes);
  const ascii = (order ? start.filter((byte) => byte !== 0) : start)
    .toString('latin1')
    .replace(/[^\x20-\x7e\r\n]/g, '?')
    .replace(/^[?\r\n]+/, '');
  const line = ascii.split(/[\r\n]/, 1)[0] ?? '';
  const fields = line.split(line.charAt(3) || '|');
  if (fields.length > 17) fields[17] = '';
  try {
    return parseMessage(fields.join(line.charAt(3))).first('MSH');
  } catch (error) {
    if (error instanceof Hl7Fault) return undefined;
    throw error;
  }
}
