const width = 24;
/** Where nobody watches, a line now and then is enough. */
const lineEveryMs = 5_000;

/** A bar with a rate on stderr: redrawn at a terminal, else a line every few seconds. */
export class ProgressBar {
  readonly #unit: string;
  readonly #started = performance.now();
  #told = 0;
  #drawn = false;

  constructor(unit: string) {
    this.#unit = unit;
  }

  /** @param share How far it is, from 0 to 1; unknown: how much is done must do. */
  show(done: number, share?: number): void {
    const now = performance.now();
    const isTerminal = process.stderr.isTTY;
    if (now - this.#told < (isTerminal ? 100 : lineEveryMs)) return;
    this.#told = now;
    const line = this.#line(done, share);
    process.stderr.write(isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
    this.#drawn = isTerminal;
  }

  /** Ends the line that was being redrawn. */
  end(): void {
    if (this.#drawn) process.stderr.write('\r\u001b[K');
    this.#drawn = false;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  #line(done: number, share: number | undefined): string {
    const rate = Math.round(done / Math.max(this.seconds, 0.001));
    const filled = share === undefined ? 0 : Math.round(Math.min(share, 1) * width);
    const bar =
      share === undefined
        ? ''
        : `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${Math.floor(share * 100)} %  `;
    return `${bar}${done.toLocaleString('en')} ${this.#unit}, ${rate.toLocaleString('en')} a second`;
  }
}
