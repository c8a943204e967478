/** `npm run bench -- …`: builds what is stale, then runs the benchmark suite, or with `--only recovery` that; see bench/README.md. */
import { execFileSync } from 'node:child_process';

const wanted = process.argv.slice(2);
const program = wanted[wanted.indexOf('--only') + 1] === 'recovery' ? 'recovery' : 'run';
execFileSync(process.execPath, ['tools/build.mjs'], { stdio: 'inherit' });
execFileSync(process.execPath, [`dist/bench/suite/${program}.js`, ...wanted], { stdio: 'inherit' });
