/**
 * npm test: installs and builds what is missing, obtains nats-server, checks the shape of the code beside every spec,
 * then, two at a time, runs the behaviour suite once in each topology and the chaos specs.
 * Words after `--` choose specs: `npm test -- libs/platform/fhir`. Ends with what was counted. `--only NAME` runs one step: shape, specs, a topology, chaos, or one-file.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { natsServer } from './nats-server.mjs';
import { openTestServers } from './test-servers.mjs';
import { checkout, ensureBuilt, ensureInstalled, fail, say, seconds } from './toolbox.mjs';

/** The longest first, since two run at once: a house waits for its processes and its disk half of the time. */
const topologies = ['medications-out', 'all-out', 'two-copies', 'one'];
/** In one house what can be, the rest in houses of its own. */
const behaviours = ['test/behaviour/together', 'test/behaviour/own-house/'];
/** As in platform/testing: a spec that wanted data which is not there. */
const absent = '[data absent]';
/** What repeats a run of the chaos specs, and where they write their figures. */
const handedOn = ['SEPTUM_TEST_SEED', 'SEPTUM_TEST_FIGURES'];

const long = process.env.SEPTUM_TEST_LENGTH === 'long';

const began = Date.now();
ensureInstalled();
await ensureBuilt();
const nats = await natsServer().catch((error) => fail(error.message));
say(`nats-server: ${nats}`);
const data = process.env.SEPTUM_TEST_DATA ?? join(checkout, '..', 'shared');
if (!existsSync(join(data, 'data')) && process.env.CI === 'true') {
  fail(
    `${data}/data is not there, and in CI it must be: lay the test data beside the checkout, or name it in SEPTUM_TEST_DATA.`,
  );
}

const { only, chosen } = wanted(process.argv.slice(2));
const work = mkdtempSync(join(tmpdir(), 'septum-test-'));
const counts = { passed: 0, failed: 0, skipped: 0, absent: 0 };
const broken = [];
const servers = await openTestServers(work);
try {
  await Promise.all([
    runs('shape') && chosen.length === 0 ? shape() : undefined,
    runs('specs') ? jest('specs', {}, outside('test/behaviour', 'test/chaos', 'test/one-file')) : undefined,
  ]);
  const packaged = long || only === 'one-file' ? [['one-file', oneFile]] : [];
  const waiting = [...topologies.map((name) => [name, () => behaviour(name)]), ['chaos', chaos], ...packaged]
    .filter(([step]) => runs(step))
    .map(([, run]) => run);
  const lane = async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) await run();
  };
  await Promise.all([lane(), lane()]);
} finally {
  await servers.close();
  rmSync(work, { recursive: true, force: true });
}
tell();

function runs(step) {
  return only === undefined || only === step;
}

async function shape() {
  const child = spawn(process.execPath, ['tools/check.mjs'], { cwd: checkout, stdio: 'inherit' });
  if ((await new Promise((resolve) => child.once('exit', resolve))) !== 0) broken.push('shape');
}

/** What `npm run package` makes is made and run in the long form alone: it takes minutes and two hundred megabytes. */
function oneFile() {
  return jest('one-file', {}, within('test/one-file'));
}

function chaos() {
  return jest('chaos', {}, within('test/chaos'));
}

function behaviour(topology) {
  return jest(topology, { SEPTUM_TEST_TOPOLOGY: topology }, within('test/behaviour', behaviours));
}

/** Of one folder the specs that were chosen, or `all` of them when nothing was; one after the other. */
function within(folder, all = [folder]) {
  const inside = chosen.filter((pattern) => pattern.startsWith(folder));
  if (chosen.length > 0 && inside.length === 0) return undefined;
  return ['--runInBand', '--testPathPatterns', ...(inside.length > 0 ? inside : all)];
}

/** The same for all specs but those of some folders. */
function outside(...folders) {
  const others = chosen.filter((pattern) => !folders.some((folder) => pattern.startsWith(folder)));
  if (chosen.length > 0 && others.length === 0) return undefined;
  // More than there are processors, since many wait for processes of their own.
  const ignored = [
    '--maxWorkers=3',
    '--testPathIgnorePatterns',
    '/node_modules/',
    ...folders.map((each) => `<rootDir>/${each}/`),
  ];
  return others.length > 0 ? [...ignored, '--testPathPatterns', ...others] : ignored;
}

/** `args` undefined: nothing of this step was chosen. Each line of what it tells names the step. */
async function jest(step, environment, args) {
  if (args === undefined) return;
  const started = Date.now();
  say(`\n── ${step}`);
  const results = join(work, `${step}.json`);
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--json',
      '--outputFile',
      results,
      ...args,
    ],
    {
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...pinnedEnvironment(), ...environment },
    },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for await (const line of createInterface({ input: child.stderr })) say(`${step} │ ${line}`);
  if ((await ended) !== 0) broken.push(step);
  if (!existsSync(results)) return void (counts.failed += 1);
  const outcome = JSON.parse(readFileSync(results, 'utf8'));
  const pending = outcome.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((each) => each.status === 'pending');
  const missing = pending.filter(({ fullName }) => fullName.includes(absent)).length;
  counts.passed += outcome.numPassedTests;
  // A spec file that cannot even be loaded has no tests to count.
  counts.failed += outcome.numFailedTests + outcome.numRuntimeErrorTestSuites;
  counts.skipped += pending.length - missing;
  counts.absent += missing;
  say(
    `── ${step}: ${outcome.numPassedTests} passed, ${outcome.numFailedTests} failed, in ${seconds(started)}`,
  );
}

/** The same wherever it runs: nothing of the settings, locale or zone of whoever runs it. */
function pinnedEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('SEPTUM_') && name !== 'NODE_OPTIONS',
  );
  return {
    ...Object.fromEntries(kept),
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    SEPTUM_NATS_SERVER: nats,
    SEPTUM_TEST_DATA: data,
    SEPTUM_TEST_LENGTH: process.env.SEPTUM_TEST_LENGTH ?? 'short',
    ...Object.fromEntries(
      handedOn.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
    ),
    ...servers.environment,
  };
}

function wanted(args) {
  const place = args.indexOf('--only');
  const step = place < 0 ? undefined : args[place + 1];
  if (place >= 0 && !['shape', 'specs', ...topologies, 'chaos', 'one-file'].includes(step))
    fail(`--only takes shape, specs, ${topologies.join(', ')}, chaos, one-file.`);
  return {
    only: step,
    chosen: args.filter((_, index) => place < 0 || (index !== place && index !== place + 1)),
  };
}

function tell() {
  if (broken.length > 0) say(`\nfailed: ${broken.join(', ')}`);
  say(`\n${seconds(began)} in all`);
  if (counts.absent > 0) process.stdout.write(`not run, data absent: ${counts.absent}\n`);
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  process.exitCode = broken.length === 0 && counts.failed === 0 ? 0 : 1;
}
