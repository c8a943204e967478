import { readFileSync } from 'node:fs';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Fault } from '#platform/fhir';
import { characterSet as knownSet, MllpListener, type MllpEvent } from '#platform/hl7v2';
import { MllpListenerSettings, type Door, type OpenDoor, type Settings } from '#platform/runtime';
import { tooLarge } from './acknowledgements.ts';
import { V2Intake } from './v2-intake.ts';

/** What is being kept when the process stops gets its acknowledgement. */
const graceMs = 5_000;
const log = new Logger('exchange');

/** The ports of HL7 v2: the one that every installation has, and those that `septum.yaml` lists. */
@Injectable()
export class MllpDoor implements Door {
  readonly #listeners: MllpListener[] = [];

  constructor(@Inject(V2Intake) private readonly intake: V2Intake) {}

  async open({ mllpPort, mllpListeners }: Settings): Promise<readonly OpenDoor[]> {
    const usual = Object.assign(new MllpListenerSettings(), { name: 'mllp', port: mllpPort });
    const doors: OpenDoor[] = [];
    for (const listener of [usual, ...mllpListeners])
      doors.push({ name: listener.name, port: await this.#listen(listener) });
    return doors;
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stop(graceMs)));
  }

  async #listen(settings: MllpListenerSettings): Promise<number> {
    const { name, characterSet, processingIds, certificateFile, keyFile, clientAuthoritiesFile } = settings;
    const { host, port, allowPlain, lenientEnd, maxMessageBytes: maxFrameBytes } = settings;
    const tls =
      certificateFile === undefined || keyFile === undefined
        ? {}
        : {
            tls: {
              certificate: readFileSync(certificateFile),
              key: readFileSync(keyFile),
              ...(clientAuthoritiesFile === undefined
                ? {}
                : { clientAuthorities: readFileSync(clientAuthoritiesFile) }),
            },
          };
    assertKnown(name, characterSet);
    const profile = { name, characterSet, processingIds };
    const listener = new MllpListener({
      host,
      port,
      allowPlain,
      lenientEnd,
      maxFrameBytes,
      ...tls,
      handler: async (content, connection) => {
        const [first, second] = await this.intake.take(content, profile);
        // It leaves after the first. A sender that is gone will send the message again, and get both.
        if (second !== undefined) connection.send(second).catch(() => undefined);
        return first;
      },
      refuse: (beginning) => Promise.resolve(tooLarge(beginning)[0]),
      observe: (event) => tell(name, event),
    });
    try {
      const open = await listener.listen();
      this.#listeners.push(listener);
      return open;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      throw new Fault(
        'exception',
        `Septum does not start. HL7 v2: port ${port} of the listener ${name} is taken. Give it another, the first by SEPTUM_MLLP_PORT (0: any that is free).`,
      );
    }
  }
}

/** Else every message without MSH-18 would be refused for what its sender never said. */
function assertKnown(listener: string, set: string): void {
  try {
    knownSet([set]);
  } catch {
    throw new Fault(
      'exception',
      `Septum does not start. HL7 v2: the listener ${listener} has the character set ${set}. Name one of table 0211, such as 8859/1 or UNICODE UTF-8.`,
    );
  }
}

/** Connections come and go; the rest is for whoever looks after the senders. */
function tell(listener: string, { kind, count, error }: MllpEvent): void {
  if (kind === 'opened' || kind === 'closed') return;
  log.warn({ component: listener, event: kind, count, error });
}
