/** The checkout's own files, as git lists them. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

const text = /\.(ts|tsx|mjs|json|md|yml|yaml|css|html|sh)$|Dockerfile$|^\.ci\/run$/;
const largestBytes = 300_000;

/** Tracked files, and new ones that git does not ignore: path → text. */
export function checkoutFiles() {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  const files = new Map();
  for (const path of listed.split('\n')) {
    if (!text.test(path)) continue;
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size !== undefined && size <= largestBytes) files.set(path, readFileSync(path, 'utf8'));
  }
  return files;
}
