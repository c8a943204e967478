import { identifiedId } from '#platform/fhir';
import { identityOf, idOf, type Surroundings } from './identity.ts';
import type { Identity, Lineage, MappedResource, MappingIssue, VisitEvent } from './mapped.ts';
import { complete, neededFor, usualLinks } from './own/completion.ts';
import { effectOf } from './own/events.ts';
import { removeAt } from './removal.ts';
import { locationOf, type Made, type Run } from './run.ts';
import { Leaf, Link, Many, mergeInto, put, type Draft, type Node, type Tree } from './tree.ts';
import type { Vocabulary } from './vocabulary.ts';
import { missingFrom, whole } from './wholeness.ts';

export interface FinishOptions {
  readonly vocabulary: Vocabulary;
  readonly facility: string;
  readonly application: string;
  /** The same for the same message, another for every other. */
  readonly messageKey: string;
  /** `ADT_A01`. */
  readonly event: string;
  readonly visit: VisitEvent | undefined;
  /** The resource types of which one message may have several that its identifiers do not tell apart. */
  readonly numbered: ReadonlySet<string>;
  modeOf(type: string, identity: Identity | undefined): MappedResource['mode'];
}

/** What is noted of the elements of a resource while they are written. */
interface Traces {
  readonly lineage: Lineage[];
  readonly decimals: [path: string, text: string][];
}

/** Makes the resources of a run whole: links, identities, ids, JSON. */
export class Finish {
  readonly #run: Run;
  readonly #options: FinishOptions;
  readonly #madeBy = new Map<Draft, Made>();
  readonly #identities = new Map<Draft, Identity | undefined>();
  readonly #contributes = new Map<Draft, boolean>();
  readonly #ids = new Map<Draft, string>();
  readonly #order: Draft[] = [];

  constructor(run: Run, options: FinishOptions) {
    this.#run = run;
    this.#options = options;
    for (const made of run.made) this.#madeBy.set(made.draft, made);
  }

  finish(): MappedResource[] {
    const wanted = this.#run.made.filter(({ draft }) => draft.type === 'Patient' || this.#hasSaid(draft));
    for (const made of wanted) this.#linkUsually(made);
    for (const { draft } of wanted) this.#collect(draft);
    return this.#unified()
      .map((draft) => this.#resource(draft))
      .filter(({ type, content }) => this.#isComplete(type, content));
  }

  /** `subject`, `encounter`, …: what the official tables leave to be understood. */
  #linkUsually({ draft, entry }: Made): void {
    const isReported = draft.type === 'Observation' && this.#run.encloses(entry, 'DiagnosticReport');
    for (const [path, type] of usualLinks(draft.type, isReported)) {
      const [{ name } = { name: '' }] = path;
      if (draft.content.has(name)) continue;
      const target = this.#run.within(entry, type);
      if (!target || target === draft || (target.type !== 'Patient' && !this.#hasSaid(target))) continue;
      put(draft.content, path, { scope: '', repetition: 0, repeatingStep: -1 }, new Link(target));
    }
  }

  /** Whether a field of the message is behind it; what is only literals is not made. */
  #hasSaid(draft: Draft): boolean {
    const known = this.#contributes.get(draft);
    if (known !== undefined) return known;
    this.#contributes.set(draft, false);
    const said = [...draft.content].some(
      ([name, node]) => !draft.assumed.has(name) && this.#nodeHasSaid(node),
    );
    this.#contributes.set(draft, said);
    return said;
  }

  #nodeHasSaid(node: Node): boolean {
    if (node instanceof Leaf) return node.origin !== undefined;
    // That it refers to what other segments made is no word of its own.
    if (node instanceof Link)
      return node.beside.size > 0 || (!this.#madeBy.has(node.draft) && this.#hasSaid(node.draft));
    return this.#someHasSaid(node instanceof Many ? node.items : node);
  }

  #someHasSaid(nodes: ReadonlyMap<string, Node>): boolean {
    for (const node of nodes.values()) if (this.#nodeHasSaid(node)) return true;
    return false;
  }

  /** Those it refers to first. */
  #collect(draft: Draft): void {
    if (this.#ids.has(draft)) return;
    this.#ids.set(draft, '');
    this.#each(draft.content, (link) => {
      if (link.draft.type !== 'Patient' && !this.#hasSaid(link.draft)) return;
      const maker = this.#madeBy.get(draft);
      if (maker && !this.#madeBy.has(link.draft)) this.#adopt(link.draft, maker);
      this.#collect(link.draft);
    });
    this.#order.push(draft);
  }

  /** What a resource refers to and nothing else made stands where that resource does. */
  #adopt(draft: Draft, maker: Made): void {
    const made = { ...maker, draft };
    this.#madeBy.set(draft, made);
    this.#linkUsually(made);
  }

  #each(node: Node, visit: (link: Link) => void): void {
    if (node instanceof Link) return visit(node);
    if (node instanceof Leaf) return;
    for (const one of node instanceof Many ? node.items.values() : node.values())
      if (!(one instanceof Leaf)) this.#each(one, visit);
  }

  /** One draft for each identity. */
  #unified(): Draft[] {
    const byKey = new Map<string, Draft>();
    const counts = new Map<string, number>();
    const { messageKey, numbered } = this.#options;
    const unified: Draft[] = [];
    for (const draft of this.#order) {
      const identity = this.#identityOf(draft);
      const base = identity ? [draft.type, identity.system ?? '', identity.value] : [draft.type, messageKey];
      const mayRepeat = !identity || numbered.has(draft.type);
      const key = mayRepeat ? freeKey(base, counts) : base.join('\u0000');
      this.#ids.set(draft, identity && !mayRepeat ? identifiedId(draft.type, identity) : idOf(key));
      const first = byKey.get(key);
      if (first) {
        if (this.#refersTo(draft, first)) this.#run.issues.push(mergedIntoSelf);
        else join(first, draft);
        continue;
      }
      byKey.set(key, draft);
      unified.push(draft);
    }
    return unified;
  }

  #refersTo(draft: Draft, other: Draft): boolean {
    let refers = false;
    this.#each(draft.content, (link) => (refers ||= link.draft === other));
    return refers;
  }

  #identityOf(draft: Draft): Identity | undefined {
    if (this.#identities.has(draft)) return this.#identities.get(draft);
    this.#identities.set(draft, undefined);
    const identity = identityOf(draft, this.#surroundings(draft));
    this.#identities.set(draft, identity);
    return identity;
  }

  #surroundings(draft: Draft): Surroundings {
    const entry = this.#madeBy.get(draft)?.entry;
    return {
      vocabulary: this.#options.vocabulary,
      facility: this.#options.facility,
      application: this.#options.application,
      madeFrom: entry?.segment.name,
      segment: (name) =>
        entry?.segment.name === name ? entry.segment : entry && this.#run.companion(entry, name),
      identityOf: (other) => this.#identityOf(other),
      within: (type) => entry && this.#run.within(entry, type),
    };
  }

  #resource(draft: Draft): MappedResource {
    const identity = this.#identities.get(draft);
    const id = this.#ids.get(draft) ?? '';
    const traces: Traces = { lineage: [], decimals: [] };
    const content: Record<string, unknown> = { resourceType: draft.type, id };
    this.#fill(content, draft.content, '', traces);
    whole(draft.type, content);
    const effect = effectOf(this.#options.event, draft.type);
    const takenBack = effect.takenBack.map((path) => ({ path }));
    for (const removal of takenBack) removeAt(content, removal);
    const assumed = [...effect.assumed, ...draft.assumed, ...complete(draft.type, content)];
    const mode = this.#options.modeOf(draft.type, identity);
    if (!identity) this.#reportUnidentified(draft);
    const removed = [...draft.removed, ...takenBack];
    const visit = draft.type === 'Encounter' ? this.#options.visit : undefined;
    return {
      type: draft.type,
      id,
      identity,
      mode,
      content,
      assumed,
      removed,
      ...traces,
      ...(visit && { visit }),
    };
  }

  /** What R4 does not accept without something the message lacks, mostly its patient, is not handed on. */
  #isComplete(type: string, content: Readonly<Record<string, unknown>>): boolean {
    const missing = missingFrom(type, content);
    if (missing === undefined) return true;
    if (type === 'Provenance') return false;
    const text = `A ${type} needs its ${missing}, which the message does not give. Have the sender add it.`;
    this.#run.issues.push({ severity: 'error', location: 'PID[1]-3', code: '101', text });
    return false;
  }

  #reportUnidentified(draft: Draft): void {
    const location = neededFor[draft.type];
    if (location === undefined) return;
    const text = `Without it the ${draft.type} cannot be found again. Have the sender value it.`;
    const severity: MappingIssue['severity'] = draft.type === 'Patient' ? 'error' : 'warning';
    this.#run.issues.push({ severity, location, code: '101', text });
  }

  #json(node: Node, path: string, traces: Traces): unknown {
    if (node instanceof Leaf) {
      if (node.lexical !== undefined) traces.decimals.push([path, node.lexical]);
      if (node.origin)
        traces.lineage.push([path, locationOf(node.origin, node.writer.component), node.writer.row]);
      return node.value;
    }
    if (node instanceof Link) return this.#reference(node, path, traces);
    return node instanceof Many ? this.#items(node, path, traces) : this.#object(node, path, traces);
  }

  #items(node: Many, path: string, traces: Traces): unknown[] | undefined {
    const items: unknown[] = [];
    const told = node.items.size > 1 && toldOften.has(path) ? new Set<string>() : undefined;
    for (const item of node.items.values()) {
      const before = traces.lineage.length;
      const json = this.#json(item, `${path}[${items.length}]`, traces);
      if (json === undefined) continue;
      const text = told && JSON.stringify(json);
      if (text !== undefined && told?.has(text)) traces.lineage.length = before;
      else items.push(json);
      if (text !== undefined) told?.add(text);
    }
    return items.length > 0 ? items : undefined;
  }

  #object(tree: Tree, path: string, traces: Traces): Record<string, unknown> | undefined {
    const object: Record<string, unknown> = {};
    return this.#fill(object, tree, path, traces) ? object : undefined;
  }

  /** Writes what a tree says into an object; whether it says anything. */
  #fill(object: Record<string, unknown>, tree: Tree, path: string, traces: Traces): boolean {
    let isEmpty = true;
    for (const [name, node] of tree) {
      const json = this.#json(node, path === '' ? name : `${path}.${name}`, traces);
      if (json === undefined) continue;
      object[name] = json;
      isEmpty = false;
    }
    if (!isEmpty && tree.has('code') && !tree.has('display') && tree.has('system')) {
      const display = this.#options.vocabulary.display(object['system'], object['code']);
      if (display !== undefined) object['display'] = display;
    }
    return !isEmpty;
  }

  #reference(link: Link, path: string, traces: Traces): Record<string, unknown> | undefined {
    const id = this.#ids.get(link.draft);
    const beside = this.#object(link.beside, path, traces);
    if (!id) return beside;
    return { reference: `${link.draft.type}/${id}`, ...beside };
  }
}

/** Only patients are linked to their like. */
const mergedIntoSelf: MappingIssue = {
  severity: 'error',
  location: 'MRG[1]-1',
  code: '205',
  text: 'The patient cannot be merged into the same patient. Have the sender name the other.',
};

/** What one message says of one resource at several places. */
function join(first: Draft, second: Draft): void {
  mergeInto(first.content, second.content);
  for (const name of second.assumed) first.assumed.add(name);
}

/** What several segments say of one person, in the same words: it is told once. */
const toldOften = new Set(['identifier', 'name', 'address', 'telecom']);

/** The words as a key; from the second time on, with the number of times. */
function freeKey(words: readonly string[], counts: Map<string, number>): string {
  const key = words.join('\u0000');
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count === 1 ? key : `${key}\u0000${count}`;
}
