/**
 * Finds a Chromium for the tests of the console, or obtains one into the tools cache.
 *
 *   node tools/chromium.mjs        prints its path
 *
 * Looked for in this order: SEPTUM_CHROMIUM, PATH, the tools cache; else the npm package @sparticuz/chromium, which carries
 * the browser and the libraries that a minimal Linux lacks (x64 only).
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { npmPackage, say, toolsCache } from './toolbox.mjs';

const carrier = { name: '@sparticuz/chromium', version: '153.0.0' };
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** `{ path, environment }`: the executable, and what it needs in its environment. */
export async function chromium() {
  const given = process.env.SEPTUM_CHROMIUM;
  if (given !== undefined) {
    if (existsSync(given)) return { path: given, environment: {} };
    throw new Error(`SEPTUM_CHROMIUM names ${given}, which is not there.`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  return found === undefined ? carried() : { path: found, environment: {} };
}

async function carried() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The tests of the console need Chromium: install it, or name it in SEPTUM_CHROMIUM.');
  }
  const home = join(toolsCache, `chromium-${carrier.version}`);
  if (!existsSync(home)) await unpack(home);
  return {
    path: join(home, 'chromium'),
    environment: { LD_LIBRARY_PATH: join(home, 'lib'), FONTCONFIG_FILE: join(home, 'fonts.conf') },
  };
}

async function unpack(home) {
  const packed = join(npmPackage(carrier.name, carrier.version), 'bin');
  say('unpacking Chromium …');
  const work = `${home}.${process.pid}`;
  try {
    mkdirSync(work, { recursive: true });
    await decompress(join(packed, 'chromium.br'), join(work, 'chromium'));
    chmodSync(join(work, 'chromium'), 0o755);
    for (const archive of ['al2023', 'fonts', 'swiftshader']) {
      const tar = join(work, `${archive}.tar`);
      await decompress(join(packed, `${archive}.tar.br`), tar);
      execFileSync('tar', ['xf', tar, '-C', work]);
      rmSync(tar);
    }
    writeFileSync(join(work, 'fonts.conf'), fontsConfiguration(home));
    if (!existsSync(home)) renameSync(work, home);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The fonts that came along and no others: a text without a font has no width, so nothing on the page is visible. */
function fontsConfiguration(home) {
  return `<?xml version="1.0"?>
<fontconfig><dir>${join(home, 'fonts')}</dir><cachedir>${join(home, 'fonts-cache')}</cachedir></fontconfig>
`;
}

function decompress(from, to) {
  return pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await chromium().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
