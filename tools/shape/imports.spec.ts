import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = process.cwd();
let plot: string;

/** The rule, and the import that breaks it. */
const planted: [rule: string, path: string, text: string][] = [
  ['no-cycle', 'libs/patients/src/one.ts', "import { two } from './two.ts';\nexport const one = () => two;"],
  ['resolvable', 'libs/patients/src/nowhere.ts', "import '#nowhere';"],
  ['platform-door', 'libs/patients/src/around.ts', "import '../../platform/store/src/inside.ts';"],
  ['platform-door-inside', 'libs/platform/edge/src/around.ts', "import '../../store/src/inside.ts';"],
  ['context-door', 'libs/patients/src/neighbour.ts', "import '#medications';"],
  ['app-door', 'apps/septum/src/around.ts', "import '../../../libs/medications/src/inside.ts';"],
  ['platform-knows-no-context', 'libs/platform/store/src/knows.ts', "import '#medications';"],
  ['context-has-no-edge', 'libs/patients/src/reached.ts', "import '#platform/edge';"],
  [
    'pure-domain',
    'libs/patients/src/domain/rule.ts',
    "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;",
  ],
  ['knowledge-is-pure', 'libs/platform/fhir/src/impure.ts', "import 'rxjs';"],
  ['knowledge-is-pure', 'libs/platform/hl7v2/src/impure.ts', "import 'rxjs';"],
  ['knowledge-is-pure', 'libs/platform/v2-to-fhir/src/impure.ts', "import 'rxjs';"],
  ['knowledge-is-pure', 'libs/platform/fhir-to-v2/src/impure.ts', "import 'rxjs';"],
  ['no-testing-in-production', 'apps/septum/src/tested.ts', "import '#platform/testing';"],
  ['postgres-kept', 'libs/patients/src/sql.ts', "import 'pg';"],
  ['typeorm-kept', 'libs/patients/src/orm.ts', "import 'typeorm';"],
  ['nats-kept', 'libs/patients/src/nats.ts', "import '@nats-io/transport-node';"],
  ['http-kept', 'libs/patients/src/http.ts', "import 'fastify';"],
  [
    'no-development-dependency',
    'libs/patients/src/development.ts',
    "import { fc } from 'fast-check';\nexport const check = fc;",
  ],
  ['order-fhir', 'libs/platform/fhir/src/left.ts', "import '#platform/store';"],
  ['order-hl7v2', 'libs/platform/hl7v2/src/left.ts', "import '#platform/store';"],
  ['order-v2-to-fhir', 'libs/platform/v2-to-fhir/src/left.ts', "import '#platform/store';"],
  ['order-fhir-to-v2', 'libs/platform/fhir-to-v2/src/left.ts', "import '#platform/store';"],
  ['order-access', 'libs/platform/access/src/left.ts', "import '#platform/store';"],
  ['order-messaging', 'libs/platform/messaging/src/left.ts', "import '#platform/store';"],
  ['order-database', 'libs/platform/database/src/left.ts', "import '#platform/store';"],
  ['order-store', 'libs/platform/store/src/left.ts', "import '#platform/edge';"],
  ['order-rules', 'libs/platform/rules/src/left.ts', "import '#platform/edge';"],
  ['order-outbound', 'libs/platform/outbound/src/left.ts', "import '#platform/edge';"],
  ['order-runtime', 'libs/platform/runtime/src/left.ts', "import '#platform/edge';"],
  ['order-edge', 'libs/platform/edge/src/left.ts', "import '#platform/testing';"],
];

const sound: Record<string, string> = {
  'libs/platform/store/src/index.ts': '',
  'libs/platform/store/src/inside.ts': '',
  'libs/platform/edge/src/index.ts': '',
  'libs/platform/testing/src/index.ts': '',
  'libs/medications/src/index.ts': '',
  'libs/medications/src/inside.ts': '',
  'libs/medications/src/contract/index.ts': '',
  'libs/patients/src/two.ts': "import { one } from './one.ts';\nexport const two = () => one;",
  'libs/patients/src/polite.ts': "import '#medications/contract';\nimport '#platform/store';",
};

function cruise(): { from: string; rule: string }[] {
  const command = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const wanted = [command, '--output-type', 'json', 'apps', 'libs'];
  const report = execFileSync(process.execPath, wanted, { cwd: plot, maxBuffer: 1e8, encoding: 'utf8' });
  const { summary } = JSON.parse(report) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
}

describe('each rule of imports', () => {
  let found: { from: string; rule: string }[];

  beforeAll(() => {
    plot = mkdtempSync(join(tmpdir(), 'septum-imports-'));
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.mjs'])
      cpSync(join(root, file), join(plot, file));
    symlinkSync(join(root, 'node_modules'), join(plot, 'node_modules'));
    for (const [path, text] of [
      ...Object.entries(sound),
      ...planted.map(([, path, text]) => [path, text] as const),
    ]) {
      mkdirSync(dirname(join(plot, path)), { recursive: true });
      writeFileSync(join(plot, path), text || 'export {};');
    }
    found = cruise();
  });
  afterAll(() => rmSync(plot, { recursive: true, force: true }));

  it.each(planted)('%s names its planted violation', (rule, path) => {
    expect(found).toContainEqual({ from: path, rule });
  });

  it('leaves the allowed imports alone', () => {
    expect(found.filter(({ from }) => from === 'libs/patients/src/polite.ts')).toEqual([]);
  });

  it('has a planted violation for every rule', async () => {
    const { default: config } = (await import('../../.dependency-cruiser.mjs')) as {
      default: { forbidden: { name: string }[] };
    };
    expect([...new Set(planted.map(([rule]) => rule))].toSorted()).toEqual(
      config.forbidden.map(({ name }) => name).toSorted(),
    );
  });
});
