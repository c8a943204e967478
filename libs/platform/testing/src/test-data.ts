import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Marks what did not run; `npm test` counts it. */
const absent = '[data absent]';

const folder = process.env['SEPTUM_TEST_DATA'] ?? join(process.cwd(), '..', 'shared');

interface JestGlobals {
  describe(title: string, tests: () => void): void;
  it: { (title: string, test: () => void): void; skip(title: string, test: () => void): void };
}

/**
 * Describes behaviour on data that is not part of the checkout: `data/<name>` beside it. Without the data it is counted
 * as not run, and fails in CI.
 */
export function describeWithData(title: string, name: string, tests: (path: string) => void): void {
  const path = join(folder, 'data', name);
  // Not imported: `@jest/globals` throws outside Jest, and programs that are no tests start servers with this library.
  const { describe, it } = globalThis as unknown as JestGlobals;
  if (existsSync(path)) return describe(title, () => tests(path));
  if (process.env['CI'] !== 'true') return it.skip(`${title} ${absent}`, () => undefined);
  it(title, () => {
    throw new Error(
      `${path} is not there. In CI the test data must be: set SEPTUM_TEST_DATA to the folder that holds data/${name}.`,
    );
  });
}
