/** Collects a statement's values while its text is written; the same shape of search gives the same text. */
export class SqlValues {
  readonly list: unknown[] = [];

  /** The placeholder of this value, with the type that PostgreSQL shall take it for. */
  add(value: unknown, type: string): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}
