/**
 * The program and what it uses of the packages as a few files in `dist/program`, with the licences of these. Finding 2,500
 * files instead is most of what a start costs: docs/adr/0016-bundle.md.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { replacePlugin } from 'rolldown/plugins';
import { checkout } from './toolbox.mjs';

const folder = join(checkout, 'dist', 'program');

/** What Nest, TypeORM and pg would use where it is installed. Whatever else is not found fails the build. */
const notInstalled = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/platform-express',
  '@nestjs/swagger',
  '@nestjs/websockets/socket-module.js',
  'amqp-connection-manager',
  'ioredis',
  'kafkajs',
  'mqtt',
];

/** What `tsc` wrote, with its map, so that the bundle's map leads to the sources. */
const compiled = {
  name: 'compiled',
  load: {
    filter: { id: /[\\/]dist[\\/](apps|libs)[\\/].*\.js$/ },
    handler: (id) => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }),
  },
};

/** A `require` that a module makes for itself is not followed: it would read TypeORM a second time. */
const ownRequires = { 'const require = createRequire(import.meta.url);': '' };

/** Bundles what `tsc` wrote into `dist`. */
export async function bundle() {
  const program = await rolldown({
    cwd: checkout,
    input: { septum: 'dist/apps/septum/src/septum.js' },
    platform: 'node',
    external: notInstalled,
    plugins: [compiled, replacePlugin(ownRequires, { delimiters: ['', ''] })],
    onLog: (level, log, handle) => handle(log.code === 'UNRESOLVED_IMPORT' ? 'error' : level, log),
  });
  const { output } = await program.write({
    dir: folder,
    cleanDir: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
    sourcemap: true,
    sourcemapExcludeSources: true,
    // Nest finds classes, and TypeORM migrations, by their names.
    keepNames: true,
    comments: { legal: true, annotation: false, jsdoc: false },
    codeSplitting: { groups: [{ name: 'node_modules', test: /[\\/]node_modules[\\/]/ }] },
  });
  writeFileSync(join(folder, 'LICENSES.txt'), licences(output));
}

/** The licence of each package that is in the bundle, in full: most of them ask for that. */
function licences(output) {
  const modules = output.flatMap(({ moduleIds = [] }) => moduleIds);
  const folders = new Set(
    modules.flatMap((id) => id.match(/^.*[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+/)?.[0] ?? []),
  );
  return `${[...folders].sort().map(licenceOf).join('\n\n')}\n`;
}

function licenceOf(of) {
  const { name, version, license } = JSON.parse(readFileSync(join(of, 'package.json'), 'utf8'));
  const files = readdirSync(of).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(of, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}
