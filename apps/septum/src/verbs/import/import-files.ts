import { createReadStream, type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { Fault } from '#platform/fhir';
import type { ImportText } from './import-run.ts';

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

/** The JSON texts in files: each line of ndjson, else the whole file. `opened` is told of each file as it begins. */
export async function* textsIn(
  files: readonly ImportFile[],
  opened: (file: ImportFile) => void,
): AsyncGenerator<ImportText> {
  for (const file of files) {
    opened(file);
    yield* textsInFile(file.path);
  }
}

async function* textsInFile(path: string): AsyncGenerator<ImportText> {
  const raw = createReadStream(path);
  const stream = /\.gz$/i.test(path) ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error) => stream.destroy(error));
  if (!/\.ndjson(\.gz)?$/i.test(path)) {
    yield { text: await text(stream), place: path };
    return;
  }
  let line = 0;
  for await (const content of createInterface({ input: stream, crlfDelay: Infinity })) {
    line++;
    if (content.trim() !== '') yield { text: content, place: `${path} line ${line}` };
  }
}
