import { setTimeout as sleep } from 'node:timers/promises';
import { acknowledgementOf } from '../../behaviour/harness/v2-feed.ts';

/** One patient's stream of messages, as an interface engine sends it: the next one when this one was acknowledged. */
export class V2Sender {
  readonly number: string;
  /** Of the messages that were acknowledged with AA, in their order. */
  readonly acknowledged: number[] = [];
  /** How often a message was sent once more, because nobody had acknowledged it. */
  repeated = 0;
  readonly #port: () => number;
  readonly #ending = new AbortController();

  constructor(number: string, port: () => number) {
    this.number = number;
    this.#port = port;
  }

  end(): void {
    this.#ending.abort();
  }

  /** Sends until it is told to end; the message that is under way then is still sent until it is acknowledged. */
  async run(): Promise<void> {
    for (let sequence = 1; !this.#ending.signal.aborted; sequence += 1) {
      const text = this.#message(sequence);
      for (;;) {
        const id = `${this.number}-${sequence}`;
        if ((await acknowledgementOf(this.#port(), Buffer.from(text), id)) === 'AA') break;
        this.repeated += 1;
        await sleep(50);
      }
      this.acknowledged.push(sequence);
    }
  }

  /** A new name for the patient, and a result of its own. */
  #message(sequence: number): string {
    const id = `${this.number}-${sequence}`;
    return [
      `MSH|^~\\&|LAB|NORTH|SEPTUM|NORTH|20260301080000+0000||ORU^R01^ORU_R01|${id}|P|2.5.1`,
      `PID|1||${this.number}^^^NORTH^MR||Name${sequence}^Ada||19700102|F`,
      `OBR|1|P${id}^NORTH|F${id}^NORTH|2345-7^Glucose^LN|||20260301080000+0000|||||||||||||||20260301090000+0000|||F`,
      `OBX|1|NM|2345-7^Glucose^LN||${sequence}|mg/dL^^UCUM|||||F|||20260301080000+0000`,
    ].join('\r');
  }
}
