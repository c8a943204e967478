/** The checkout's own files; without git, which a machine with Node and npm alone does not have. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

const text = /\.(ts|tsx|mjs|json|md|yml|yaml|css|html|sh)$|Dockerfile$|^\.ci\/run$/;
const largestBytes = 300_000;
/** What is installed, built or kept at run time, as in .gitignore. */
const made = new Set(['node_modules', 'dist', '.septum', '.git']);
const exclude = (path) => made.has(basename(path));

/** path → text. */
export function checkoutFiles() {
  const paths = globSync('**/*', { exclude });
  const hidden = globSync(['.*', '.ci/**/*'], { exclude });
  const files = new Map();
  for (const path of [...paths, ...hidden].sort()) {
    if (!text.test(path) || path.startsWith('coverage/')) continue;
    const found = statSync(path);
    if (found.isFile() && found.size <= largestBytes) files.set(path, readFileSync(path, 'utf8'));
  }
  return files;
}
