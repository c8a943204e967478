import { closeSync, openSync, writeSync } from 'node:fs';
import type { NotImportable } from './resources-in-text.ts';

/** What could not be imported, one JSON line each; made when there is something to write, readable by its owner alone. */
export class RejectsFile {
  readonly path: string;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  add({ place, reasons, text }: NotImportable): void {
    this.#descriptor ??= openSync(this.path, 'w', 0o600);
    writeSync(this.#descriptor, `${JSON.stringify({ place, reasons, resource: text })}\n`);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }
}
