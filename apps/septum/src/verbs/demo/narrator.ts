import { setTimeout as sleep } from 'node:timers/promises';

export interface Shown {
  readonly step: string;
  readonly fact: string;
  readonly holds: boolean;
  readonly seconds: number;
}

/** Tells a story on stderr, fact by fact; a fact is told as true only after it was looked at. */
export class Narrator {
  readonly shown: Shown[] = [];
  readonly #write: (text: string) => void;
  readonly #began = performance.now();
  #step = '';

  constructor(write: (text: string) => void = (text) => void process.stderr.write(text)) {
    this.#write = write;
  }

  get seconds(): number {
    return Number(((performance.now() - this.#began) / 1000).toFixed(1));
  }

  picture(lines: string): void {
    this.#write(`\n${lines.replace(/^/gm, '    ')}\n`);
  }

  step(title: string): void {
    this.#step = title;
    this.#write(`\n${title}\n`);
  }

  /** Looks until `look` answers a string, which is what it saw, or `patienceMs` is over. */
  async fact(fact: string, look: () => Promise<string | undefined>, patienceMs = 0): Promise<void> {
    let seen: string | undefined;
    for (const until = performance.now() + patienceMs; ; await sleep(100)) {
      seen = await look().catch(() => undefined);
      if (seen !== undefined || performance.now() >= until) break;
    }
    const holds = seen !== undefined;
    const told = [fact, seen].filter(Boolean).join(': ');
    this.shown.push({ step: this.#step, fact: told, holds, seconds: this.seconds });
    this.#write(`  ${holds ? '✓' : '✗'} ${told}\n`);
  }

  get allHold(): boolean {
    return this.shown.every(({ holds }) => holds);
  }
}
