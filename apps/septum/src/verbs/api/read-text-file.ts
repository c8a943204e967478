import { readFileSync } from 'node:fs';
import { Fault } from '#platform/fhir';

/** A file that was named as an operand; `-` is stdin. Fault `bad-parameter` when it cannot be read. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    throw new Fault(
      'bad-parameter',
      `${path} cannot be read: name a file that is there and that you may read.`,
      {
        cause,
      },
    );
  }
}
