/**
 * Writes `docs/generated` from the built program: `node tools/generated.mjs`. With `--check` it writes nothing, names
 * each file that is not what the code says now, and ends with 1. Needs a build that is up to date.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { drift, write } from './generated/compare.mjs';
import { checkout, fail, program, say } from './toolbox.mjs';

if (!existsSync(program)) fail('There is no built program to read. Run: npm run build');
process.chdir(checkout);
// The pages read the program by its own doors, which without the condition `source` lead into `dist`.
const { catalogue } = await import(join(checkout, 'dist', 'apps', 'septum', 'src', 'catalogue.js'));
const { httpControllers } = await import('./generated/http-controllers.mjs');
const { pagesOf } = await import('./generated/pages.mjs');
const { readSources } = await import('./generated/sources.mjs');

const folder = join('docs', 'generated');
const pages = pagesOf({ catalogue, controllers: httpControllers(catalogue), sources: readSources(checkout) });
if (process.argv.includes('--check')) {
  const found = drift(folder, pages);
  found.forEach(say);
  process.exitCode = found.length > 0 ? 1 : 0;
} else {
  write(folder, pages);
  say(`${folder}: ${[...pages.keys()].join(', ')}`);
}
