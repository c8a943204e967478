/**
 * Where the one file begins. What Node embeds it cannot run as modules or map as libraries, so all of it is unpacked once
 * into a folder named for its content, and the program is started from there. Only what Node brings may be used here.
 * https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html
 */
'use strict';
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const { getAsset, getRawAsset } = require('node:sea');
const { zstdDecompressSync } = require('node:zlib');

/** As in tools/toolbox.mjs. */
const cache =
  process.env.SEPTUM_TOOLS_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'septum', 'tools');

const { name, files } = JSON.parse(getAsset('manifest', 'utf8'));
const folder = join(cache, name);
try {
  if (!existsSync(folder)) unpack();
} catch (error) {
  process.stderr.write(
    `septum: It could not be unpacked into ${folder} (${error.code ?? error.message}). ` +
      'Make room there, or name a folder that this account may write in SEPTUM_TOOLS_CACHE.\n',
  );
  process.exit(1);
}
// The program hands its own path on when it starts another one; it is the same file.
createRequire(join(folder, 'package.json'))('./start.cjs');

/** Whole or not at all: a start that is killed, or that another one overtakes, leaves nothing half done under the name. */
function unpack() {
  process.stderr.write(`unpacking Septum into ${folder}, once …\n`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'unpack-'));
  try {
    const content = zstdDecompressSync(Buffer.from(getRawAsset('content')));
    for (const { path, mode, offset, size } of files) {
      const file = join(work, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content.subarray(offset, offset + size), { mode });
    }
    renameSync(work, folder);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
