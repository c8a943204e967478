/**
 * npm run build: TypeScript to `dist` (which keeps the tree of the sources, data files included), that to the program, then the
 * console.
 * `--force` forgets what was built before.
 */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  checkout,
  ensureInstalled,
  filesBelow,
  program,
  run,
  say,
  seconds,
  sourceStamp,
  stampFile,
} from './toolbox.mjs';

const started = Date.now();
const dist = join(checkout, 'dist');
ensureInstalled();
if (process.argv.includes('--force')) rmSync(dist, { recursive: true, force: true });
// The stamp is taken before the build: a source that changes meanwhile makes the next start build again.
const stamp = sourceStamp();
rmSync(stampFile, { force: true });
say('building …');
await run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], {
  stdio: ['ignore', 2, 2],
});
copyData();
// Not before the packages are there.
const { bundle } = await import('./bundle.mjs');
await bundle();
// Shows that the bundle is whole, and leaves behind what V8 compiled of it.
await run(process.execPath, [program, '--help'], { stdio: ['ignore', 'ignore', 2] });
if (existsSync(join(checkout, 'apps', 'console', 'index.html'))) {
  await run(
    process.execPath,
    [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', join('apps', 'console'), '--logLevel', 'warn'],
    { stdio: ['ignore', 2, 2] },
  );
}
writeFileSync(stampFile, stamp);
say(`built in ${seconds(started)}`);

/** Definitions and other data lie beside the code that reads them, in `dist` as in the sources. */
function copyData() {
  for (const root of ['libs', join('apps', 'septum'), 'bench']) {
    for (const file of filesBelow(join(checkout, root))) {
      if (/\.(ts|tsx|md)$/.test(file) || file.includes('/test/')) continue;
      const target = join(dist, relative(checkout, file));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(file, target);
    }
  }
}
