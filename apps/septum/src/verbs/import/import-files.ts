import { createReadStream, type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { Fault } from '#platform/fhir';

const importable = /\.(json|ndjson)(\.gz)?$/i;

export interface ImportFile {
  readonly path: string;
  readonly bytes: number;
}

/** The files to import, in the order of their names: a named file as it is, of a folder all that look like FHIR JSON. */
export async function importFiles(operands: readonly string[]): Promise<ImportFile[]> {
  const found: ImportFile[] = [];
  for (const operand of operands) {
    const status = await stat(operand).catch(() => undefined);
    if (status === undefined)
      throw new Fault('not-found', `There is no file or folder ${operand}. Check the path.`);
    if (!status.isDirectory()) {
      found.push({ path: operand, bytes: status.size });
      continue;
    }
    const entries = await readdir(operand, { recursive: true, withFileTypes: true });
    for (const path of entries.filter(isImportable).map(pathOf).toSorted()) {
      found.push({ path, bytes: (await stat(path)).size });
    }
  }
  if (found.length === 0)
    throw new Fault('not-found', 'There is nothing to import: no .json or .ndjson file, plain or .gz.');
  return found;
}

function isImportable(entry: Dirent): boolean {
  return entry.isFile() && importable.test(entry.name);
}

function pathOf(entry: Dirent): string {
  return join(entry.parentPath, entry.name);
}

/** The JSON texts in a file: each line of ndjson, else the whole; `line` counts from 1. */
export async function* textsIn(
  path: string,
): AsyncGenerator<{ readonly text: string; readonly line?: number }> {
  const raw = createReadStream(path);
  const stream = /\.gz$/i.test(path) ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error) => stream.destroy(error));
  if (!/\.ndjson(\.gz)?$/i.test(path)) {
    yield { text: await text(stream) };
    return;
  }
  let line = 0;
  for await (const content of createInterface({ input: stream, crlfDelay: Infinity })) {
    line++;
    if (content.trim() !== '') yield { text: content, line };
  }
}
