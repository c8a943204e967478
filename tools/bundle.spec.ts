import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settingsReference } from '#platform/runtime';
import { checkout, program } from '#platform/testing';

/** As in the image: beside the bundle only what Dockerfile copies, and of `node_modules` nothing. */
describe('the bundle', () => {
  let folder: string;
  const at = (...path: string[]) => join(folder, 'dist', 'program', ...path);
  const septum = (...words: string[]) =>
    execFileSync(process.execPath, [at('septum.mjs'), ...words], { encoding: 'utf8', cwd: folder });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'septum-bundle-'));
    cpSync(dirname(program), at(), { recursive: true });
    for (const each of ['package.json', 'libs']) symlinkSync(join(checkout, each), join(folder, each));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('needs no package beside it', () => {
    expect(septum('settings')).toBe(settingsReference());
  });

  it('runs where what was compiled cannot be kept', () => {
    rmSync(at('.compiled'), { recursive: true });
    writeFileSync(at('.compiled'), 'no folder');
    expect(septum('--help')).toContain('Usage: septum');
  });

  it('carries the licences of what is in it', () => {
    const licences = readFileSync(at('LICENSES.txt'), 'utf8');
    expect(licences).toMatch(/^@nestjs\/core [\d.]+ \(MIT\)$/m);
    expect(licences).toContain('The above copyright notice and this permission notice shall be included');
  });

  it('leads back to the sources', () => {
    const { sources } = JSON.parse(readFileSync(at('main.mjs.map'), 'utf8')) as { sources: string[] };
    expect(sources).toContain('../../libs/platform/fhir/src/fault.ts');
  });
});
