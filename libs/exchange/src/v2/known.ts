import type { Stored } from '#platform/store';

/** What a resource says now, and in which version. */
export interface Known {
  readonly stored: Stored;
  readonly text: string;
}

/** By `Type/id`. */
export type KnownResources = ReadonlyMap<string, Known>;

export function address({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}/${id}`;
}
