import type { Message, Segment } from '#platform/hl7v2';
import { Finish } from './finish.ts';
import { idOf } from './identity.ts';
import type { Mapped, MappingIssue, Mode } from './mapped.ts';
import { Plans } from './message-plan.ts';
import { usualTables } from './own/tables.ts';
import { structureNames, structureOf } from './own/events.ts';
import { Run } from './run.ts';
import type { Tables } from './tables.ts';
import { visitEventOf } from './visit-event.ts';
import { Vocabulary } from './vocabulary.ts';
import { utc, zoneOf, type Zone } from './zone.ts';

/** What one listener's senders do otherwise: tables laid over the others, and what their messages leave open. JSON. */
export interface SitePack {
  readonly tables?: Partial<Tables>;
  /**
   * Of times that carry no offset, where MSH-7 has none either: an offset, `+01:00`, or a name, `America/New_York`, by which
   * it changes with the season. Default: UTC, and an issue says so.
   */
  readonly zone?: string;
  /** The beginning of the URNs this installation makes: see `Vocabulary`. */
  readonly installation?: string;
  /** Whether MessageHeader and Provenance are made of the message itself. Default: no, the lineage tells more. */
  readonly aboutTheMessage?: boolean;
}

const aboutTheMessage = /^(Bundle|MessageHeader|Provenance)\b|^Device\[software\]$/;
const several = new Set([
  'DiagnosticReport',
  'Observation',
  'ServiceRequest',
  'Specimen',
  'MedicationAdministration',
]);

/**
 * Maps messages by HL7's tables, our own where HL7 has none, and a site's over both. Compiled once: a pack whose rows
 * lead nowhere is refused here, not when a message comes.
 */
export class Mapper {
  readonly #plans: Plans;
  readonly #vocabulary: Vocabulary;
  readonly #zone: Zone | undefined;
  readonly #isAboutTheMessage: boolean;

  constructor(pack: SitePack = {}) {
    const tables = usualTables(pack.tables);
    this.#plans = new Plans(tables);
    for (const name of structureNames) this.#plans.message(name);
    this.#vocabulary = new Vocabulary(tables, pack.installation ?? 'urn:septum');
    this.#zone = pack.zone === undefined ? undefined : zoneOf(pack.zone);
    this.#isAboutTheMessage = pack.aboutTheMessage ?? false;
  }

  /** Never throws for what a message says: what cannot be mapped is an issue with its place. */
  map(message: Message): Mapped {
    const header = message.first('MSH');
    const messageId = header?.value(10) ?? '';
    const event =
      header?.value(9, 1) === undefined ? '' : `${header.value(9, 1)}_${header.value(9, 2) ?? ''}`;
    const structure = structureOf(event, header?.value(9, 3));
    const plan = structure === undefined ? undefined : this.#plans.message(structure);
    if (!plan || structure === undefined) return { messageId, structure, resources: [], issues: [noTable] };
    const zone = zoneOfMessage(header?.value(7)) ?? this.#zone;
    const beyond = message.segments[mostSegments];
    if (beyond) return { messageId, structure, resources: [], issues: [tooLong(beyond)] };
    const run = new Run(message, plan, {
      zone,
      vocabulary: this.#vocabulary,
      wants: (label) => this.#isAboutTheMessage || !aboutTheMessage.test(label),
    });
    run.run();
    const finish = new Finish(run, {
      vocabulary: this.#vocabulary,
      facility: this.#vocabulary.authority(header?.value(4), header?.value(4, 2)) ?? '',
      application: this.#vocabulary.authority(header?.value(3), header?.value(3, 2)) ?? '',
      // Control ids are used again, and by several senders; what the whole message says is not.
      messageKey: idOf(message.text),
      event,
      visit: visitEventOf(message, event, zone ?? utc),
      numbered: several,
      modeOf: (type, identity) => modeOf(event, type, identity !== undefined),
    });
    const resources = finish.finish();
    return { messageId, structure, resources, issues: run.issues };
  }
}

/** The offset of MSH-7 is the default of the whole message: version 2.5.1, chapter 2.14.9.7. */
function zoneOfMessage(sentAt: string | undefined): Zone | undefined {
  const [, hours, minutes] =
    /^\d{8,}(?:\.\d+)?([+-](?:0\d|1[0-4]))([0-5]\d)$/.exec(sentAt?.trim() ?? '') ?? [];
  return hours === undefined ? undefined : zoneOf(`${hours}:${minutes}`);
}

/** More than the largest panel has, or a day of a monitor; each becomes a resource or more. */
const mostSegments = 20_000;

function tooLong({ name, occurrence }: Segment): MappingIssue {
  return {
    severity: 'error',
    location: `${name}[${occurrence}]`,
    code: '104',
    text: `A message may have ${mostSegments} segments. Have the sender divide it.`,
  };
}

const noTable: MappingIssue = {
  severity: 'error',
  location: 'MSH[1]-9',
  code: '200',
  text: 'There is no table for messages of this type. Add one to the pack of the listener, or stop sending them here.',
};

function modeOf(event: string, type: string, isIdentified: boolean): Mode {
  if (!isIdentified) return 'create';
  return type === 'Encounter' && (event === 'ADT_A11' || event === 'ADT_A38') ? 'cancel' : 'upsert';
}
