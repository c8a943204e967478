import { MllpListener, parseMessage } from '#platform/hl7v2';

/** The system of a practice that takes HL7 v2 from outside and acknowledges what it has kept. */
export class PracticeSystem {
  readonly #kept = new Map<
    string,
    { readonly event: string; readonly patient: string; readonly text: string }
  >();
  readonly #listener = new MllpListener({
    host: '127.0.0.1',
    port: 0,
    handler: (content) => Promise.resolve(this.#take(Buffer.from(content).toString('utf8'))),
  });
  #port = 0;

  async open(): Promise<void> {
    this.#port = await this.#listener.listen();
  }

  get url(): string {
    return `mllp://127.0.0.1:${this.#port}`;
  }

  async close(): Promise<void> {
    await this.#listener.stop(1_000);
  }

  /** The trigger events that came for a patient, in their order; what came twice under one control id counts once. */
  events(patient: string): string[] {
    return [...this.#kept.values()].filter((each) => each.patient === patient).map(({ event }) => event);
  }

  /** What the messages of an event say of a patient at a place, such as `PV1-3`. */
  said(patient: string, event: string, place: string): (string | undefined)[] {
    return [...this.#kept.values()]
      .filter((each) => each.patient === patient && each.event === event)
      .map(({ text }) => parseMessage(text).repetition(place)?.text);
  }

  #take(text: string): Buffer {
    const message = parseMessage(text);
    const id = message.at('MSH-10') ?? '';
    const event = `${message.at('MSH-9.1')}^${message.at('MSH-9.2')}`;
    if (!this.#kept.has(id)) this.#kept.set(id, { event, patient: message.at('PID-3.1') ?? '', text });
    return Buffer.from(
      `MSH|^~\\&|PRACTICE|||NORTH|20260301080000+0000||ACK|${id}-ACK|P|2.5.1\rMSA|AA|${id}\r`,
    );
  }
}
