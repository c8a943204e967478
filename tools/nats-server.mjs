/**
 * Finds a nats-server new enough for Septum, or obtains one into the tools cache.
 *
 *   node tools/nats-server.mjs        prints its path
 *
 * Looked for in this order: SEPTUM_NATS_SERVER, PATH, the tools cache, the pinned release of the NATS project (checked
 * against the SHA-256 written here), and on Debian and Ubuntu the package of a newer suite: verified by apt against the
 * archive's signature and unpacked without root, the machine's own package lists untouched.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, publish, say, toolsCache } from './toolbox.mjs';

/** Older servers lose acknowledged messages in a power cut, or do not know `sync_interval: always`. */
const oldestUsable = [2, 12, 7];
const cached = join(toolsCache, 'nats-server');

/** SHA-256 of the release archives, as the NATS project publishes them with its container image. */
const release = {
  version: '2.14.1',
  archives: {
    'linux-x64': {
      name: 'linux-amd64',
      sha256: '4638c389af67d4c747f5b3e6a9d363bfe8f6b86de37d7c4ee3a36b283a5c2ce2',
    },
    'linux-arm64': {
      name: 'linux-arm64',
      sha256: '0bdd20ad850e66a484dcb126f6ce610079520b56d9e8518d099e0864ab8171a1',
    },
  },
};

/** The path of a usable nats-server; throws with what to do when there is none to be had. */
export async function natsServer() {
  const given = process.env.SEPTUM_NATS_SERVER;
  if (given !== undefined) {
    if (!usable(given))
      throw new Error(
        `SEPTUM_NATS_SERVER=${given} is not a nats-server of version ${oldestUsable.join('.')} or newer.`,
      );
    return given;
  }
  const found = [
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'nats-server')),
    cached,
  ].find(usable);
  if (found !== undefined) return found;
  mkdirSync(toolsCache, { recursive: true });
  const reasons = [];
  for (const obtain of [fromRelease, fromDebian]) {
    const work = mkdtempSync(join(toolsCache, 'fetch-'));
    try {
      const binary = await obtain(work);
      chmodSync(binary, 0o755);
      if (!usable(binary))
        throw new Error(
          `${version(binary) ?? 'what came'} does not run here or is older than ${oldestUsable.join('.')}`,
        );
      rmSync(cached, { force: true });
      publish(binary, cached);
      say(`nats-server ${version(cached)} is in the tools cache`);
      return cached;
    } catch (error) {
      reasons.push(error.message);
      say(`  not so: ${error.message}`);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  throw new Error(
    `No nats-server ${oldestUsable.join('.')} or newer, and none could be obtained (${reasons.join('; ')}). ` +
      'Install one (https://nats.io/download, `brew install nats-server`, `go install github.com/nats-io/nats-server/v2@latest`) or name it in SEPTUM_NATS_SERVER.',
  );
}

function usable(path) {
  const numbers = existsSync(path) ? version(path)?.split('.').map(Number) : undefined;
  if (numbers === undefined) return false;
  const difference = oldestUsable
    .map((least, place) => numbers[place] - least)
    .find((distance) => distance !== 0);
  return difference === undefined || difference > 0;
}

function version(path) {
  try {
    return /v?(\d+\.\d+\.\d+)/.exec(
      execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )?.[1];
  } catch {
    return undefined;
  }
}

async function fromRelease(work) {
  const archive = release.archives[`${process.platform}-${process.arch}`];
  if (archive === undefined) throw new Error(`no pinned release for ${process.platform}-${process.arch}`);
  const name = `nats-server-v${release.version}-${archive.name}`;
  say(`obtaining ${name} from the NATS project's releases …`);
  const url = `https://github.com/nats-io/nats-server/releases/download/v${release.version}/${name}.tar.gz`;
  const bytes = await download(url);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== archive.sha256)
    throw new Error(`${url} has SHA-256 ${sha256} where ${archive.sha256} was expected`);
  writeFileSync(join(work, 'archive.tar.gz'), bytes);
  execFileSync('tar', ['xzf', 'archive.tar.gz'], { cwd: work });
  return join(work, name, 'nats-server');
}

async function download(url) {
  const answered = new AbortController();
  const timer = setTimeout(() => answered.abort(), 10_000);
  try {
    const response = await fetch(url, { signal: answered.signal });
    clearTimeout(timer);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new Error(`${new URL(url).host} did not give it (${error.cause?.code ?? error.message})`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Newer suites carry what the installed one does not; the server is one static program, so it runs on any of them. */
async function fromDebian(work) {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const distribution = /^ID="?(debian|ubuntu)"?$/m.exec(system)?.[1];
  if (process.platform !== 'linux' || distribution === undefined)
    throw new Error('not a Debian or Ubuntu system');
  const { suites, component, keyring } = {
    debian: {
      suites: ['testing', 'unstable'],
      component: 'main',
      keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
    },
    ubuntu: {
      suites: ['devel'],
      component: 'universe',
      keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
    },
  }[distribution];
  say(`obtaining nats-server from ${distribution}'s newer suites (${suites.join(', ')}) …`);
  for (const folder of ['lists/partial', 'cache/archives/partial', 'parts'])
    mkdirSync(join(work, folder), { recursive: true });
  const mirror = aptMirror(distribution);
  writeFileSync(
    join(work, 'sources.list'),
    suites.map((suite) => `deb [signed-by=${keyring}] ${mirror} ${suite} ${component}\n`).join(''),
  );
  writeFileSync(join(work, 'status'), '');
  const apt = (...args) =>
    execFileSync('/usr/bin/apt-get', ['-q', ...aptOptions(work), ...args], {
      cwd: work,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
  try {
    apt('update');
    apt('download', 'nats-server');
  } catch (error) {
    throw new Error(
      `apt-get failed: ${String(error.stderr ?? error.message)
        .trim()
        .split('\n')
        .at(-1)}`,
      { cause: error },
    );
  }
  const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
  execFileSync('/usr/bin/dpkg-deb', ['-x', archive, 'unpacked'], { cwd: work });
  copyFileSync(join(work, 'unpacked', 'usr', 'sbin', 'nats-server'), join(work, 'nats-server'));
  return join(work, 'nats-server');
}

/** Everything apt keeps, in a folder of our own: nothing of the machine's is read but the archive's keys, nothing written. */
function aptOptions(work) {
  return [
    ['Dir::Etc::sourcelist', join(work, 'sources.list')],
    ['Dir::Etc::sourceparts', join(work, 'parts')],
    ['Dir::Etc::preferencesparts', join(work, 'parts')],
    ['Dir::State::lists', join(work, 'lists')],
    ['Dir::State::status', join(work, 'status')],
    ['Dir::Cache', join(work, 'cache')],
    ['APT::Sandbox::User', process.env.USER || 'root'],
    // A mirror that lags behind still serves what the archive signed, and the version is looked at afterwards.
    ['Acquire::Check-Valid-Until', 'false'],
    ['Acquire::Languages', 'none'],
    ['Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled', 'false'],
    ['Acquire::http::Timeout', '20'],
  ].flatMap(([option, value]) => ['-o', `${option}=${value}`]);
}

/** The mirror the machine already uses, else the distribution's own. */
function aptMirror(distribution) {
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ];
  const lines = files.filter(existsSync).flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const pattern = new RegExp(`^(?:URIs:|deb ).*?(https?://\\S+/${distribution}/?)(?:\\s|$)`);
  const standard = { debian: 'http://deb.debian.org/debian', ubuntu: 'http://archive.ubuntu.com/ubuntu' };
  return (
    lines.map((line) => pattern.exec(line)?.[1]).find((url) => url !== undefined) ?? standard[distribution]
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await natsServer().then(
    (path) => process.stdout.write(`${path}\n`),
    (error) => fail(error.message),
  );
}
