import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepareDataDir } from './data-dir.ts';

describe('the data folder', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'septum-data-dir-'));
    writeFileSync(join(folder, 'file'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is made, and may be there', () => {
    const fresh = join(folder, 'one', 'two');
    prepareDataDir(fresh);
    prepareDataDir(fresh);
    expect(existsSync(fresh)).toBe(true);
  });

  it.each(['file', 'file/below'])('is refused in one line when it is %s', (name) => {
    expect(() => prepareDataDir(join(folder, name))).toThrow(
      /^SEPTUM_DATA_DIR is "[^"]+": that is a file, or lies below one\. Name a folder[^\n]+$/,
    );
  });

  it('is refused in one line when it cannot be made', () => {
    // Too long a name is refused to root as well, on every file system.
    expect(() => prepareDataDir(join(folder, 'x'.repeat(300)))).toThrow(
      /^SEPTUM_DATA_DIR is "[^"]+": this account cannot make it or write to it \(E[A-Z]+\)\. [^\n]+$/,
    );
  });
});
