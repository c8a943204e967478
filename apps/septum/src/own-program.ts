import { isSea } from 'node:sea';

/** What starts this program once more, arguments to follow: Node with the script, or the one file, which is both. */
export function ownProgram(): { readonly command: string; readonly args: readonly string[] } {
  const command = process.execPath;
  return isSea() ? { command, args: [] } : { command, args: [...process.execArgv, process.argv[1] ?? ''] };
}
