/**
 * npm run package: one executable file for this platform, with Node, the program, the console, the definitions and
 * PostgreSQL in it. It runs where neither Node nor npm is. docs/adr/0024-one-file.md says how it is made.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import {
  checkout,
  ensureBuilt,
  ensureInstalled,
  npmPackage,
  pinnedNodeFolder,
  say,
  seconds,
} from './toolbox.mjs';

/** Puts a resource into an executable; what Node's documentation names for it. */
const postject = '1.0.0-alpha.6';
const resource = 'NODE_SEA_BLOB';
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const platform = `${process.platform}-${process.arch}`;

const started = Date.now();
ensureInstalled();
await ensureBuilt();
const work = mkdtempSync(join(tmpdir(), 'septum-package-'));
try {
  const file = join(checkout, 'dist', `septum-${platform}`);
  await pack(file);
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  writeFileSync(`${file}.sha256`, `${digest}  septum-${platform}\n`);
  say(`${relative(checkout, file)}: ${Math.round(statSync(file).size / 2 ** 20)} MB, in ${seconds(started)}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function pack(file) {
  const node = pinnedNodeFolder();
  const { manifest, content } = archive([
    ...shippedFolders(platform).flatMap(filesOf),
    ['package.json', join(checkout, 'package.json')],
    ['LICENSE', join(checkout, 'LICENSE')],
    ['LICENSE-node', join(node, 'LICENSE')],
    ['start.cjs', written('start.cjs', "import('./dist/program/septum.mjs');\n")],
  ]);
  const blob = join(work, 'blob');
  const configuration = {
    main: join(checkout, 'tools', 'package', 'one-file.cjs'),
    output: blob,
    disableExperimentalSEAWarning: true,
    // As the image runs it: docs/operating.md, Memory.
    execArgv: ['--min-semi-space-size=16', '--max-semi-space-size=16'],
    assets: { manifest: written('manifest', JSON.stringify(manifest)), content: written('content', content) },
  };
  const program = join(node, 'bin', 'node');
  execFileSync(program, ['--experimental-sea-config', written('sea.json', JSON.stringify(configuration))]);
  const unfinished = join(work, 'septum');
  copyFileSync(program, unfinished);
  chmodSync(unfinished, 0o755);
  const { inject } = createRequire(import.meta.url)(npmPackage('postject', postject));
  await inject(unfinished, resource, readFileSync(blob), { sentinelFuse: fuse });
  copyFileSync(unfinished, file);
  chmodSync(file, 0o755);
}

/** One after the other, compressed as a whole; the name changes with whatever changes. */
function archive(entries) {
  const contents = entries.map(([, from]) => readFileSync(from));
  let offset = 0;
  const files = entries.map(([path, from], at) => {
    const size = contents[at].length;
    offset += size;
    return { path, mode: statSync(from).mode & 0o777, offset: offset - size, size };
  });
  const whole = Buffer.concat(contents);
  const digest = createHash('sha256').update(JSON.stringify(files)).update(whole).digest('hex');
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const content = zstdCompressSync(whole, { params: { [constants.ZSTD_c_compressionLevel]: 15 } });
  return { manifest: { name: `septum-${version}-${digest.slice(0, 12)}`, files }, content };
}

/** Links are left out: Septum makes those of PostgreSQL itself. What V8 compiled counts for one machine. */
function filesOf(folder) {
  return readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(checkout, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('.compiled') && !path.endsWith('.a'))
    .sort()
    .map((path) => [path, join(checkout, path)]);
}

function written(name, content) {
  const file = join(work, name);
  writeFileSync(file, content);
  return file;
}
