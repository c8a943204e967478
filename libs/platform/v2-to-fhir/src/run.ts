import type { Message, Segment } from '#platform/hl7v2';
import type { MappingIssue } from './mapped.ts';
import type { MessagePlan, Task } from './message-plan.ts';
import type { Reading } from './field-scope.ts';
import { GroupIndex } from './group-index.ts';
import { arrange, type Entry } from './structure.ts';
import { Draft, Link, put, type Origin } from './tree.ts';
import type { Vocabulary } from './vocabulary.ts';
import { utc, type Zone } from './zone.ts';

/** A resource that a row of a message table made, and where the message stood then. */
export interface Made {
  readonly label: string;
  readonly draft: Draft;
  readonly entry: Entry;
  /** The group instance it lasts for. */
  readonly instance: number;
}

export interface RunOptions {
  /** Undefined: nobody says how the sender's clock stands. */
  readonly zone: Zone | undefined;
  readonly vocabulary: Vocabulary;
  /** Whether a resource about the message itself is wanted: MessageHeader, Provenance. */
  wants(label: string): boolean;
}

/** One message being mapped: its segments in their groups, and the resources they are writing to. */
export class Run {
  readonly made: Made[] = [];
  readonly issues: MappingIssue[] = [];
  readonly entries: readonly Entry[];
  readonly #plan: MessagePlan;
  readonly #options: RunOptions;
  readonly #latest = new Map<string, Made>();
  readonly #segments = new GroupIndex<Segment>();
  readonly #drafts = new GroupIndex<Made>();
  readonly #zone: Zone;
  #isZoneTold = false;

  constructor(message: Message, plan: MessagePlan, options: RunOptions) {
    this.entries = arrange(message, plan.leaves);
    for (const entry of this.entries) this.#segments.add(entry.segment.name, entry, entry.segment);
    this.#plan = plan;
    this.#options = options;
    this.#zone = options.zone ?? ((local) => this.#unknownZone(local));
  }

  run(): void {
    for (const entry of this.entries) {
      if (!entry.leaf) continue;
      const tasks = this.#plan.tasks(entry.leaf.path);
      if (tasks.length === 0) continue;
      const reading = this.#reading(entry);
      for (const task of tasks) this.#do(task, entry, reading);
    }
  }

  /** The segment of a name that belongs with an entry: the nearest, in the same instances of the groups that both are in. */
  companion(entry: Entry, name: string): Segment | undefined {
    return this.#segments.nearest(name, entry);
  }

  /** The last resource of a type that was made in the same groups as an entry. */
  within(entry: Entry, type: string): Draft | undefined {
    return this.#drafts.latest(type, entry)?.draft;
  }

  /** Whether a resource of a type was made in a group that an entry is in. */
  encloses(entry: Entry, type: string): boolean {
    for (const made of this.#drafts.around(type, entry)) if (made.entry !== entry) return true;
    return false;
  }

  #do(task: Task, entry: Entry, reading: Reading): void {
    if (!this.#options.wants(task.label)) return;
    if (task.test && !task.test(conditionScope(entry.segment, reading))) return;
    const { draft } = this.#madeFor(task, entry);
    task.plan.read(entry.segment, draft, reading);
    for (const { from, steps, to } of task.links) {
      const [source, target] = [this.#latest.get(from), this.#latest.get(to)];
      if (!source || !target) continue;
      const scope = to === task.label || from === task.label ? String(entry.segment.index) : to;
      put(source.draft.content, steps, { scope, repetition: 0, repeatingStep: -1 }, new Link(target.draft));
    }
  }

  #madeFor(task: Task, entry: Entry): Made {
    const { label, home } = task;
    const depth = home === undefined ? -1 : entry.groups.indexOf(home);
    const found = this.#latest.get(label);
    const lasts = found && (depth < 0 || found.instance === entry.instances[depth]);
    const isAnother = task.makes && found?.entry.segment.name === entry.segment.name && found.entry !== entry;
    if (lasts && !isAnother) return found;
    const made = { label, draft: new Draft(task.type), entry, instance: entry.instances[depth] ?? 0 };
    this.#latest.set(label, made);
    this.made.push(made);
    this.#drafts.add(task.type, entry, made);
    return made;
  }

  #unknownZone(local: string): string {
    if (!this.#isZoneTold) this.issues.push(zoneUnknown);
    this.#isZoneTold = true;
    return utc(local);
  }

  #reading(entry: Entry): Reading {
    return {
      zone: this.#zone,
      vocabulary: this.#options.vocabulary,
      companion: (name) => this.companion(entry, name),
      report: (code, origin, component) => {
        this.issues.push({
          severity: 'warning',
          location: locationOf(origin, component),
          ...reports[code],
        });
      },
    };
  }
}

const zoneUnknown: MappingIssue = {
  severity: 'warning',
  location: 'MSH[1]-7',
  code: '101',
  text: 'Times without an offset were taken as UTC. Have the sender add its offset to MSH-7, or set zone in the rule pack.',
};

const reports = {
  value: {
    code: '102',
    text: 'The value is not of the form its type asks for and was left out. Have the sender correct it.',
  },
  code: {
    code: '103',
    text: 'R4 has no such code for this element. Add it to the code map of the listener.',
  },
} as const;

/** `PID[1]-3[2].1`. */
export function locationOf(origin: Origin, component: number | undefined): string {
  return component === undefined ? origin : `${origin}.${component}`;
}

/** A message row's condition asks of whole fields, from no field in particular. */
function conditionScope(segment: Segment, reading: Reading): Parameters<NonNullable<Task['test']>>[0] {
  const of = (name: string): Segment | undefined =>
    name === segment.name ? segment : reading.companion(name);
  return {
    value: ({ name, field, component }) => {
      const found = of(name);
      return field === undefined ? found && name : found?.value(field, component);
    },
    count: ({ name, field }) => (field === undefined ? 0 : (of(name)?.field(field).length ?? 0)),
  };
}
