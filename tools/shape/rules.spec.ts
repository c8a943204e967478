import { describe, expect, it } from '@jest/globals';
import { rules, violations } from './rules.mjs';

/** One violation of each rule, and beside it the nearest thing that is allowed. */
const planted: Record<keyof typeof rules, { bad: [string, string]; good: [string, string] }> = {
  'library-names': {
    bad: ['libs/platform/utils/src/text.ts', ''],
    good: ['libs/platform/store/src/text.ts', ''],
  },
  'doors-only': {
    bad: ['libs/patients/src/domain/index.ts', ''],
    good: ['libs/patients/src/contract/index.ts', ''],
  },
  'caller-first': {
    bad: ['libs/patients/src/a.ts', 'async function read(id: string, caller: Caller) {}'],
    good: ['libs/patients/src/a.ts', 'async function read(caller: Caller, id: string) {}'],
  },
  'specification-url': {
    bad: ['libs/platform/edge/src/interactions/read.ts', '/** Reads. */\nexport const a = 1;'],
    good: [
      'libs/platform/edge/src/interactions/read.ts',
      '/** https://hl7.org/fhir/R4/http.html#read */\nexport const a = 1;',
    ],
  },
  'settings-in-one-place': {
    bad: ['libs/patients/src/a.ts', 'const port = process.env.SEPTUM_PORT;'],
    good: ['libs/platform/runtime/src/settings/read.ts', 'const all = process.env;'],
  },
  'one-way-out': {
    bad: ['libs/patients/src/a.ts', "await fetch('https://elsewhere.example');"],
    good: ['libs/patients/src/a.ts', 'await consumer.fetch({ max_messages: 1 });'],
  },
  'one-way-out-by-mllp': {
    bad: ['libs/patients/src/a.ts', "import { MllpClient } from '#platform/hl7v2';"],
    good: ['libs/platform/outbound/src/a.ts', "import { MllpClient } from '#platform/hl7v2';"],
  },
  'real-parts': {
    bad: ['libs/patients/test/a.spec.ts', "jest.mock('#patients');"],
    good: ['libs/patients/test/a.spec.ts', 'jest.setTimeout(1);'],
  },
  'every-test-runs': {
    bad: ['libs/patients/test/a.spec.ts', "it.skip('x', () => {});"],
    good: ['libs/patients/test/a.spec.ts', "it.each([1])('x', () => {});"],
  },
  'no-loose-ends': {
    bad: ['libs/patients/src/a.ts', '// TODO later'],
    good: ['libs/patients/src/a.ts', '// It does it now.'],
  },
  'lock-before-read': {
    bad: [
      'libs/platform/store/src/a.ts',
      'const sql = `WITH held AS (SELECT 1 FROM resource WHERE id = $1 FOR UPDATE) INSERT INTO resource SELECT 1`;',
    ],
    good: [
      'libs/platform/store/src/a.ts',
      'const lock = `SELECT 1 FROM resource WHERE id = $1 FOR UPDATE`; const sql = `INSERT INTO resource VALUES ($1)`;',
    ],
  },
  'no-workplace': { bad: ['README.md', 'see /work/shared'], good: ['README.md', 'see ../shared'] },
};

describe('each rule of shape', () => {
  it.each(Object.keys(rules) as (keyof typeof rules)[])(
    '%s names its planted violation and nothing else',
    (rule) => {
      const { bad, good } = planted[rule];
      expect(violations(new Map([bad])).map((found) => found.rule)).toEqual([rule]);
      expect(violations(new Map([good]))).toEqual([]);
    },
  );
});
