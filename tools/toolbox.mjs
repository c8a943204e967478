/** Finds, or fetches once into the tools cache, the programs Septum runs under and beside. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const pinnedNode = '24.21.0';
const oldestUsableMajor = 22;

/** Where fetched programs are kept between checkouts. */
export const toolsCache = process.env.SEPTUM_TOOLS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'septum', 'tools');

/** The path of a Node that is new enough. */
export async function suitableNode() {
  if (Number(process.versions.node.split('.')[0]) >= oldestUsableMajor) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const folder = npmPackage(`node-${platform}-${process.arch}`, pinnedNode);
  return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** The folder of one npm package, unpacked into the cache; npm verifies its integrity against the registry's. */
export function npmPackage(name, version) {
  const folder = join(toolsCache, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(toolsCache, { recursive: true });
  const work = mkdtempSync(join(toolsCache, 'fetch-'));
  try {
    process.stderr.write(`fetching ${name} ${version} …\n`);
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const archive = execFileSync(npm, ['pack', '--silent', `${name}@${version}`], { cwd: work, encoding: 'utf8' }).trim();
    execFileSync('tar', ['xzf', archive], { cwd: work });
    renameSync(join(work, 'package'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}
