/**
 * The checks that need no server, as named steps: `npm run check`, or `npm run check -- STEP …` for some of them.
 * Ends with 1 when any step fails, after running all.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { checkoutFiles } from './shape/checkout.mjs';
import { violations } from './shape/rules.mjs';
import { sizes } from './shape/sizes.mjs';

const bin =
  (path, ...rest) =>
  () =>
    spawnSync(process.execPath, [`node_modules/${path}`, ...rest], { stdio: 'inherit' }).status === 0;

function shape() {
  const found = violations(checkoutFiles());
  for (const { rule, path, line, message } of found) console.error(`${path}:${line}  ${rule}: ${message}`);
  return found.length === 0;
}

function fileSizes() {
  const { files, median, p95, max, longest } = sizes(checkoutFiles());
  console.log(
    `${files} source files: median ${median} lines, 95th percentile ${p95}, longest ${max} (${longest})`,
  );
  return true;
}

const steps = {
  format: bin('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  lint: bin('oxlint/bin/oxlint', '--quiet'),
  types: bin('typescript/bin/tsc', '-p', 'tsconfig.json'),
  'console types': () =>
    !existsSync('apps/console/tsconfig.json') ||
    bin('typescript/bin/tsc', '-p', 'apps/console/tsconfig.json')(),
  imports: bin('dependency-cruiser/bin/dependency-cruise.mjs', '--output-type', 'err', 'apps', 'libs'),
  shape,
  unused: bin('knip/bin/knip.js'),
  generated: () =>
    spawnSync(process.execPath, ['tools/generated.mjs', '--check'], { stdio: 'inherit' }).status === 0,
  sizes: fileSizes,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`unknown step ${unknown.join(', ')}; there are: ${Object.keys(steps).join(', ')}`);
  process.exit(2);
}
const failed = Object.entries(steps).filter(([name, run]) => {
  if (wanted.length > 0 && !wanted.includes(name)) return false;
  const began = Date.now();
  const passed = run();
  console.log(`${passed ? '✓' : '✗'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  return !passed;
});
if (failed.length > 0)
  console.error(`failed: ${failed.map(([name]) => name).join(', ')}. Run one alone: npm run check -- NAME`);
process.exit(failed.length > 0 ? 1 : 0);
