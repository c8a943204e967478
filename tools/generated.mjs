/**
 * Writes `docs/generated` from the program, which it builds first if the sources changed: `node tools/generated.mjs`.
 * With `--check` it writes nothing, names each file that is not what the code says now, and ends with 1.
 */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { drift, write } from './generated/compare.mjs';
import { checkout, ensureBuilt, ensureInstalled, exitOf, say, suitableNode } from './toolbox.mjs';

ensureInstalled();
await ensureBuilt();
const node = await suitableNode();
process.exitCode =
  node === process.execPath
    ? await generate(process.argv.includes('--check'))
    : await exitOf(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);

/** The program is read by its own doors, which without the condition `source` lead into `dist`. */
async function generate(onlyCheck) {
  const { catalogue } = await import('../dist/apps/septum/src/catalogue.js');
  const { httpControllers } = await import('./generated/http-controllers.mjs');
  const { pagesOf } = await import('./generated/pages.mjs');
  const { readSources } = await import('./generated/sources.mjs');
  process.chdir(checkout);
  const folder = join('docs', 'generated');
  const controllers = httpControllers(catalogue);
  const pages = pagesOf({ catalogue, controllers, sources: readSources(checkout) });
  if (onlyCheck) {
    const found = drift(folder, pages);
    found.forEach(say);
    return found.length > 0 ? 1 : 0;
  }
  write(folder, pages);
  say(`${folder}: ${[...pages.keys()].join(', ')}`);
  return 0;
}
