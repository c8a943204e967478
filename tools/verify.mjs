/** npm run verify: `npm test`, with the long forms of the specs that have one (SEPTUM_TEST_LENGTH=long). */
import { join } from 'node:path';
import { checkout, exitOf } from './toolbox.mjs';

process.exitCode = await exitOf(
  process.execPath,
  [join(checkout, 'tools', 'test.mjs'), ...process.argv.slice(2)],
  {
    env: { ...process.env, SEPTUM_TEST_LENGTH: 'long' },
  },
);
