/** A search as the edge hands it to the context that owns the type: parsed, checked against the type's parameters, plain JSON. */
export interface SearchRequest {
  /** All must hold. */
  readonly filters: readonly SearchFilter[];
  readonly sort: readonly SortKey[];
  readonly count: number;
  /** Where the page before ended; opaque to all but the store. */
  readonly cursor?: string;
  readonly total: 'none' | 'accurate';
  /** `count`: no matches, only the total. */
  readonly summary?: 'count';
}

/** One parameter; any of its values (FHIR's comma) will do. */
export interface SearchFilter {
  /** The parameter's code, e.g. `birthdate`. */
  readonly parameter: string;
  readonly type: 'token' | 'string' | 'date' | 'reference' | 'uri' | 'number' | 'quantity' | 'id';
  readonly values: readonly SearchValue[];
}

export interface SearchValue {
  /** Of date, number, quantity. https://hl7.org/fhir/R4/search.html#prefix */
  readonly prefix?: 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';
  /** Token and quantity: absent when the client gave none, empty for `|code`. */
  readonly system?: string;
  /** Token code, string, uri, id, reference id or URL, number or date as written. Absent for `system|`. */
  readonly value?: string;
  /** Reference: the target's type, when given or implied. */
  readonly targetType?: string;
  /** Reference: `value` is a URL as `ReferenceIndex.url` holds it, not an id. */
  readonly isUrl?: boolean;
  /** Quantity: the unit's code, or its text when `system` is empty or absent. Absent: any unit. */
  readonly code?: string;
}

export interface SortKey {
  /** `_id`, `_lastUpdated` or a parameter's code. */
  readonly parameter: string;
  readonly descending: boolean;
}
