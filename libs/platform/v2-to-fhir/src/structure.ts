import type { Message, Segment } from '#platform/hl7v2';

/** A place where a segment may stand: its name and the groups around it, the outermost first. */
export interface Leaf {
  readonly path: string;
  readonly name: string;
  /** `["PATIENT_RESULT", "PATIENT_RESULT.ORDER_OBSERVATION"]`. */
  readonly groups: readonly string[];
}

/** A segment in its place: which instance of each group around it it belongs to. */
export interface Entry {
  readonly segment: Segment;
  /** Undefined for a segment that the structure does not know: it is in the groups of the one before it. */
  readonly leaf: Leaf | undefined;
  readonly groups: readonly string[];
  readonly instances: readonly number[];
}

/**
 * The leaves of a message structure in their order, from paths such as `PATIENT_RESULT.PATIENT.PID`; `ROL@PV1` is the ROL
 * that follows PV1.
 */
export function leavesOf(paths: readonly string[]): readonly Leaf[] {
  return [...new Set(paths)].map((path) => {
    const parts = path.split('.');
    const name = (parts.pop() ?? '').replace(/@.*/, '');
    return { path, name, groups: parts.map((_, at) => parts.slice(0, at + 1).join('.')) };
  });
}

/**
 * Puts the segments of a message into the groups of its structure. Tolerant: what comes again, or out of order, opens
 * the innermost group that can hold it anew; what the structure does not know stays with the segment before it.
 */
export function arrange(message: Message, leaves: readonly Leaf[]): readonly Entry[] {
  const entries: Entry[] = [];
  let at = -1;
  let groups: readonly string[] = [];
  let instances: readonly number[] = [];
  let count = 0;
  for (const segment of message.segments) {
    const to = nextPlace(leaves, at, segment.name);
    const leaf = leaves[to];
    if (leaf) {
      const kept = groupsKept(leaves, at, to, groups);
      instances = leaf.groups.map((_, depth) => (depth < kept ? (instances[depth] ?? 0) : ++count));
      groups = leaf.groups;
      at = to;
    }
    entries.push({ segment, leaf, groups, instances });
  }
  return entries;
}

/** The place of the next segment of a name: the nearest ahead, else the one that shares most groups behind. */
function nextPlace(leaves: readonly Leaf[], at: number, name: string): number {
  let best = -1;
  let mostShared = -1;
  for (let place = 0; place < leaves.length; place++) {
    if (leaves[place]!.name !== name) continue;
    if (place >= at) return best >= 0 && mostShared > shared(leaves, at, place) ? best : place;
    const common = shared(leaves, at, place);
    if (common > mostShared) [best, mostShared] = [place, common];
  }
  return best;
}

function shared(leaves: readonly Leaf[], at: number, place: number): number {
  return commonDepth(leaves[at]?.groups ?? [], leaves[place]!.groups);
}

function commonDepth(first: readonly string[], second: readonly string[]): number {
  let depth = 0;
  while (depth < first.length && first[depth] === second[depth]) depth++;
  return depth;
}

/** How many of the open groups stay open. Going back, or to the first segment of a group again, opens it anew. */
function groupsKept(leaves: readonly Leaf[], at: number, to: number, open: readonly string[]): number {
  const leaf = leaves[to]!;
  const common = commonDepth(open, leaf.groups);
  if (to > at) return common;
  const begins = leaves[to - 1]?.groups.includes(leaf.groups.at(-1) ?? '') !== true;
  return to < at || begins ? Math.max(0, common - 1) : common;
}
