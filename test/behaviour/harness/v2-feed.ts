import { setTimeout as sleep } from 'node:timers/promises';
import { MllpClient, MllpError } from '#platform/hl7v2';

/** A system of the hospital that sends each message until it is acknowledged, as interface engines do. */
export class V2Feed {
  readonly #port: () => number;
  readonly #name: string;
  #sent = 0;

  constructor(name: string, port: () => number) {
    this.#name = name;
    this.#port = port;
  }

  /** Resolves when the message was accepted; `type` as it stands in MSH-9. */
  async send(type: string, segments: readonly string[]): Promise<void> {
    this.#sent += 1;
    const id = `${this.#name}-${this.#sent}`;
    const header = `MSH|^~\\&|REG|NORTH|SEPTUM|NORTH|20260301080000+0000||${type}|${id}|P|2.5.1`;
    const text = [header, ...segments].join('\r');
    for (;;) {
      const code = await acknowledgementOf(this.#port(), Buffer.from(text), id);
      if (code === 'AA') return;
      // AR: not now, come again.
      if (code !== undefined && code !== 'AR') throw new Error(`${type} was answered ${code}`);
      await sleep(50);
    }
  }
}

/** Sends a message once, over a connection of its own: its acknowledgement code; undefined when none came. */
export async function acknowledgementOf(port: number, text: Buffer, id: string): Promise<string | undefined> {
  const client = new MllpClient({ host: '127.0.0.1', port, timeoutMs: 10_000 });
  try {
    return (await client.send(text, id)).code;
  } catch (error) {
    if (error instanceof MllpError) return undefined;
    throw error;
  } finally {
    client.close();
  }
}
