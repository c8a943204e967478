import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { Fault } from '#platform/fhir';

/** Makes the data folder where it is missing. @throws Fault `bad-parameter`, in one line, when it cannot be one. */
export function prepareDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Fault(
      'bad-parameter',
      `SEPTUM_DATA_DIR is ${JSON.stringify(dataDir)}: ${problem(dataDir, error)}`,
      {
        cause: error,
      },
    );
  }
}

function problem(dataDir: string, error: unknown): string {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  if (code === 'ENOTDIR' || (code === 'EEXIST' && !statSync(dataDir).isDirectory())) {
    return 'that is a file, or lies below one. Name a folder; it is made when it is not there.';
  }
  return `this account cannot make it or write to it (${code}). Give it the folder, or name another.`;
}
