/** The pages as they should be against the files as they are. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Name → text of the files in a folder; empty when there is no folder. */
function filesIn(folder) {
  try {
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  } catch {
    return new Map();
  }
}

/** One sentence for each file that is not as the pages (name → text) say, with the command that puts it right. */
export function drift(folder, pages) {
  const files = filesIn(folder);
  const remedy = 'Run: node tools/generated.mjs';
  const told = [...pages].flatMap(([name, text]) => {
    const found = files.get(name);
    if (found === text) return [];
    if (found === undefined) return [`${join(folder, name)} is missing. ${remedy}`];
    const line = text.split('\n').findIndex((each, row) => each !== found.split('\n')[row]) + 1;
    return [
      `${join(folder, name)}:${line || text.split('\n').length} is not what the code says now. ${remedy}`,
    ];
  });
  const left = [...files.keys()].filter((name) => !pages.has(name));
  return [...told, ...left.map((name) => `${join(folder, name)} is no longer generated. ${remedy}`)];
}

/** Makes the folder hold the pages and nothing else. */
export function write(folder, pages) {
  mkdirSync(folder, { recursive: true });
  for (const name of filesIn(folder).keys()) if (!pages.has(name)) rmSync(join(folder, name));
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
}
