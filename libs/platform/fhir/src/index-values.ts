/**
 * What a search finds a resource by: plain values, grouped by the form they are compared in. `parameter` is the
 * parameter's code. A value may occur more than once.
 */

export interface TokenIndex {
  readonly parameter: string;
  /** Of a code with a required binding: the value set's code system. Absent: the value has none. */
  readonly system?: string;
  readonly code: string;
}

export interface StringIndex {
  readonly parameter: string;
  /** Through `searchText`. Each part of a name or address is a value of its own. */
  readonly value: string;
}

export interface DateIndex {
  readonly parameter: string;
  /** Inclusive, milliseconds since the epoch, UTC; `beginningOfTime` when open. */
  readonly low: number;
  /** Exclusive; `endOfTime` when open. */
  readonly high: number;
}

export interface NumberIndex {
  readonly parameter: string;
  /** Both inclusive: a number is a point, a Range has ends, an open end is `smallestNumber` or `largestNumber`. */
  readonly low: number;
  readonly high: number;
}

export interface QuantityIndex extends NumberIndex {
  readonly system?: string;
  readonly code?: string;
  readonly unit?: string;
}

export interface ReferenceIndex {
  readonly parameter: string;
  /** The target's type, when the reference names it. */
  readonly targetType?: string;
  /** Only of a resource of this installation; versions are left off. */
  readonly targetId?: string;
  /** Of any other reference and of a canonical: as written; a canonical with `|version` is there with and without it. */
  readonly url?: string;
}

export interface UriIndex {
  readonly parameter: string;
  readonly value: string;
}

export interface IndexValues {
  readonly tokens: readonly TokenIndex[];
  readonly strings: readonly StringIndex[];
  readonly dates: readonly DateIndex[];
  readonly numbers: readonly NumberIndex[];
  readonly quantities: readonly QuantityIndex[];
  readonly references: readonly ReferenceIndex[];
  readonly uris: readonly UriIndex[];
  /** The ids of the patients in whose compartments the resource lies; sorted, each once. */
  readonly patients: readonly string[];
}

/** An extraction under way. */
export interface IndexRun {
  readonly tokens: TokenIndex[];
  readonly strings: StringIndex[];
  readonly dates: DateIndex[];
  readonly numbers: NumberIndex[];
  readonly quantities: QuantityIndex[];
  readonly references: ReferenceIndex[];
  readonly uris: UriIndex[];
  readonly resource: Readonly<Record<string, unknown>>;
  readonly ownBase: string | undefined;
}

export function startIndexRun(resource: Readonly<Record<string, unknown>>, ownBase?: string): IndexRun {
  return {
    tokens: [],
    strings: [],
    dates: [],
    numbers: [],
    quantities: [],
    references: [],
    uris: [],
    resource,
    ownBase,
  };
}
