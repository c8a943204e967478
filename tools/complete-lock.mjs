/**
 * Writes into package-lock.json the optional packages of other platforms that npm left out. npm forgets them when it
 * adds a dependency on one platform, or when a registry mirror lags behind; `npm ci` then refuses everywhere.
 *
 *   node tools/complete-lock.mjs            after every `npm install PACKAGE`
 *   node tools/complete-lock.mjs --check    ends with 1 when something is missing
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, fail, say } from './toolbox.mjs';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64', 'mips64el'];

const file = join(checkout, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = [];
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const entry = platformEntry(name, version, owner.dev === true);
    if (
      entry === undefined ||
      Object.keys(lock.packages).some((path) => path.endsWith(`node_modules/${name}`))
    )
      continue;
    lock.packages[`node_modules/${name}`] = entry;
    added.push(name);
  }
}
if (process.argv.includes('--check')) {
  if (added.length > 0)
    fail(`package-lock.json lacks ${added.join(', ')}: run node tools/complete-lock.mjs.`);
} else if (added.length > 0) {
  const { '': root, ...others } = lock.packages;
  const sorted = Object.entries(others).sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(
    file,
    `${JSON.stringify({ ...lock, packages: { '': root, ...Object.fromEntries(sorted) } }, undefined, 2)}\n`,
  );
  say(`completed package-lock.json by ${added.length} packages of other platforms`);
}

/** Only exact versions of packages that are named for their platform: anything else npm has to resolve itself. */
function platformEntry(name, version, dev) {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) return undefined;
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) return undefined;
  return { version, cpu: [cpu], ...(dev ? { dev: true } : {}), optional: true, os: [os] };
}
