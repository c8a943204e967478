/**
 * What the scripts of the checkout share: the Node Septum runs under, the tools cache, and whether the installed
 * packages and the built program are those of the sources. Needs nothing but Node 20 and npm.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const pinnedNode = '24.21.0';
const oldestUsableMajor = 22;

/** The root of the checkout. */
export const checkout = dirname(dirname(fileURLToPath(import.meta.url)));

/** The program as built. */
export const program = join(checkout, 'dist', 'program', 'septum.mjs');

/** Where fetched programs are kept between checkouts. */
export const toolsCache =
  process.env.SEPTUM_TOOLS_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'septum', 'tools');

/** The path of a Node that every library of Septum supports: the one at hand when it is 22 or newer, else the pinned LTS. */
export async function suitableNode() {
  if (Number(process.versions.node.split('.')[0]) >= oldestUsableMajor) return process.execPath;
  return join(pinnedNodeFolder(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** The pinned LTS, as npm has it for this platform. */
export function pinnedNodeFolder() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return npmPackage(`node-${platform}-${process.arch}`, pinnedNode);
}

/** The folder of one npm package, unpacked into the cache; npm verifies its integrity against the registry's. */
export function npmPackage(name, version) {
  const folder = join(toolsCache, `${name.replace('/', '+')}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(toolsCache, { recursive: true });
  const work = mkdtempSync(join(toolsCache, 'fetch-'));
  try {
    say(`fetching ${name} ${version} …`);
    const archive = execFileSync(npm.command, [...npm.prefix, 'pack', '--silent', `${name}@${version}`], {
      cwd: work,
      encoding: 'utf8',
    }).trim();
    execFileSync('tar', ['xzf', archive], { cwd: work });
    publish(join(work, 'package'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** Puts a finished folder or file into the cache in one step; a second process that was faster wins. */
export function publish(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/** Installs the packages when those on disk are not the ones of package-lock.json. */
export function ensureInstalled() {
  if (installedAsLocked()) return;
  const started = Date.now();
  say('installing the packages of package-lock.json (npm ci) …');
  const done = spawnSync(npm.command, [...npm.prefix, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: checkout,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0)
    fail('npm ci did not finish: see its lines above. Septum needs the npm registry once.');
  say(`installed in ${seconds(started)}`);
}

/** Builds the program when the sources changed since the last build. */
export async function ensureBuilt() {
  if (existsSync(program) && readStamp() === sourceStamp()) return;
  await run(await suitableNode(), [join(checkout, 'tools', 'build.mjs')]);
}

/** What was built, as a hash over the sources: a build is repeated when this differs. */
export function sourceStamp() {
  const hash = createHash('sha256');
  // The bench measures recovery with the harness of the chaos specs.
  for (const root of ['apps', 'libs', 'bench', join('test', 'chaos', 'harness')]) {
    for (const file of filesBelow(join(checkout, root))) {
      if (file.endsWith('.spec.ts')) continue;
      hash.update(relative(checkout, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  for (const file of [
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'tools/build.mjs',
    'tools/bundle.mjs',
  ])
    hash.update(readFileSync(join(checkout, file)));
  return hash.digest('hex');
}

export const stampFile = join(checkout, 'dist', '.stamp');

/** Every file below a folder, in a stable order, packages and results of earlier runs left out. */
export function* filesBelow(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'dist', 'results'].includes(entry.name)) yield* filesBelow(path);
    } else if (entry.isFile()) yield path;
  }
}

/** Runs a program to its end with this process's terminal; ends this process when it failed. */
export async function run(command, args, options = {}) {
  const code = await exitOf(command, args, options);
  if (code !== 0) process.exit(code);
}

/** The exit code of a program run with this process's terminal; signals to this process are handed on to it. */
export function exitOf(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', cwd: checkout, ...options });
  const handOn = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, handOn);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.off(name, handOn);
      resolve(signal ? 1 : code);
    });
  });
}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

export function fail(line) {
  say(`septum: ${line}`);
  process.exit(1);
}

export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** npm as the one that runs this script, so that a machine with several keeps to one. */
const npm = process.env.npm_execpath?.endsWith('.js')
  ? { command: process.execPath, prefix: [process.env.npm_execpath] }
  : { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', prefix: [] };

/** Packages for other platforms are in the lock file and rightly not on disk: they are its optional ones. */
function installedAsLocked() {
  const installedLock = join(checkout, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(([path, { version, optional, peer }]) => {
    if (path === '' || (installed[path] === undefined && (optional || peer))) return true;
    return installed[path]?.version === version;
  });
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined;
}
