import type { Step } from './path.ts';

/** Where a value came from, a repetition of a field of a segment: `PID[1]-3[2]`. */
export type Origin = string;

/** Which row of which table wrote a value, and from which component. */
export interface Writer {
  readonly row: string;
  readonly component: number | undefined;
}

export class Leaf {
  readonly value: string | number | boolean;
  readonly origin: Origin | undefined;
  readonly writer: Writer;
  /** Of a decimal that would be written otherwise: as the message has it. */
  readonly lexical: string | undefined;

  constructor(
    value: string | number | boolean,
    origin: Origin | undefined,
    writer: Writer,
    lexical?: string,
  ) {
    this.value = value;
    this.origin = origin;
    this.writer = writer;
    this.lexical = lexical;
  }
}

/** A repeating element: its instances by what tells them apart. */
export class Many {
  readonly items = new Map<string, Node>();
}

/** A reference to a resource that is being made. */
export class Link {
  readonly draft: Draft;
  /** What else the reference says: `identifier`, `display`, `extension`. */
  readonly beside: Tree;

  constructor(draft: Draft, beside: Tree = new Map()) {
    this.draft = draft;
    this.beside = beside;
  }
}

export type Tree = Map<string, Node>;
export type Node = Leaf | Many | Link | Tree;

/** A resource that is being made. */
export class Draft {
  readonly type: string;
  readonly content: Tree = new Map();
  /** Elements that are only assumed: see `MappedResource.assumed`. */
  readonly assumed = new Set<string>();
  /** The element to take away, for what a message says is null. */
  readonly removed: Removal[] = [];

  constructor(type: string) {
    this.type = type;
  }
}

/** An element the sender wants deleted: all of it, or the instances that have these members. */
export interface Removal {
  readonly path: string;
  readonly match?: Readonly<Record<string, string>>;
}

/** Tells instances of the repeating elements of one path apart. */
export interface Place {
  /** The segment that writes: the first repeating element is its own, unless it is shared. */
  readonly scope: string;
  /** The repetition, for the step that repeats with the field. */
  readonly repetition: number;
  readonly repeatingStep: number;
}

/** The object, resource or leaf at a path: makes what is missing on the way. */
export function put(root: Tree, steps: readonly Step[], place: Place, value: Node): void {
  let tree = root;
  let isFirstArray = true;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!;
    const isLast = at === steps.length - 1;
    let key: string | undefined;
    if (step.isArray) {
      key = step.isShared || !isFirstArray ? step.label : `${step.label}@${place.scope}`;
      if (at === place.repeatingStep && place.repetition > 0) key += `#${place.repetition}`;
      isFirstArray &&= step.isShared;
    }
    const slot = key === undefined ? tree : manyAt(tree, step.name).items;
    let name = key ?? step.name;
    let found = slot.get(name);
    if (key !== undefined && leadsElsewhere(found, step)) {
      name += `(${step.leadsTo})`;
      found = slot.get(name);
    }
    if (isLast && step.leadsTo === undefined) {
      slot.set(name, found === undefined ? value : merged(found, value));
      return;
    }
    const next = nodeFor(step, found);
    if (next !== found) slot.set(name, next);
    if (isLast) {
      merged(next, value);
      return;
    }
    tree = insideOf(next, step);
  }
}

/** Notes that what was put at a path is only assumed: an element of the resource, or of one that it refers to. */
export function assume(draft: Draft, [step, ...inside]: readonly Step[]): void {
  if (!step) return;
  const node = draft.content.get(step.name);
  if (inside.length > 0 && node instanceof Link) assume(node.draft, inside);
  else draft.assumed.add(step.name);
}

/** Tables number references to different types alike: `performer[2](Organization)`, `performer[2](PractitionerRole)`. */
function leadsElsewhere(found: Node | undefined, step: Step): boolean {
  return found instanceof Link && step.leadsTo !== undefined && found.draft.type !== step.leadsTo;
}

function nodeFor(step: Step, found: Node | undefined): Node {
  if (step.leadsTo === undefined) return found ?? new Map<string, Node>();
  if (found instanceof Link && !leadsElsewhere(found, step)) return found;
  return new Link(new Draft(step.leadsTo), found instanceof Map ? found : undefined);
}

function manyAt(tree: Tree, name: string): Many {
  const found = tree.get(name);
  if (found instanceof Many) return found;
  const many = new Many();
  tree.set(name, many);
  return many;
}

function insideOf(node: Node, step: Step): Tree {
  if (node instanceof Link) return step.leadsTo === undefined ? node.beside : node.draft.content;
  return node instanceof Map ? node : new Map();
}

/** The second laid over the first: objects join, values are replaced. */
export function merged(first: Node, second: Node): Node {
  if (first instanceof Link) {
    // Resources that refer to one another do so in circles: what the second refers to is not laid over the first's.
    if (second instanceof Map) mergeInto(first.draft.content, second);
    return second instanceof Link ? second : first;
  }
  if (first instanceof Map && second instanceof Map) return mergeInto(first, second);
  if (first instanceof Many && second instanceof Many) {
    mergeInto(first.items, second.items);
    return first;
  }
  return second;
}

export function mergeInto(first: Map<string, Node>, second: Map<string, Node>): Map<string, Node> {
  for (const [name, node] of second) {
    const found = first.get(name);
    first.set(name, found === undefined ? node : merged(found, node));
  }
  return first;
}

/** The leaf at member names, through the first instance of what repeats. */
export function leafAt(tree: Tree | undefined, ...names: string[]): string | undefined {
  let node: Node | undefined = tree;
  for (const name of names) {
    if (node instanceof Many) node = node.items.values().next().value;
    if (!(node instanceof Map)) return undefined;
    node = node.get(name);
  }
  if (node instanceof Many) node = node.items.values().next().value;
  return node instanceof Leaf ? String(node.value) : undefined;
}
