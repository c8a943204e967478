/** `npm run bench -- …`: builds what is stale, then runs the benchmark suite; see bench/README.md. */
import { execFileSync } from 'node:child_process';

execFileSync(process.execPath, ['tools/build.mjs'], { stdio: 'inherit' });
execFileSync(process.execPath, ['dist/bench/suite/run.js', ...process.argv.slice(2)], { stdio: 'inherit' });
