/** https://hl7.org/fhir/R4/http.html#search, on one type of this context. */
import { assertScope, rowPolicy, type Caller } from '#platform/access';
import { Fault, type SearchFilter, type SearchRequest } from '#platform/fhir';
import type { RowPolicy, Statement } from '#platform/database';
import type { Reply } from '#platform/messaging';
import { unionOfPatients } from '../audit/audit-log.ts';
import type { Found, SearchResources } from '../contract/resource.ts';
import { replyOf, type ResourceRow } from '../resource-row.ts';
import type { StoreParts } from '../store-parts.ts';
import { readCursor, writeCursor, type Cursor } from './cursor.ts';
import { planFilters, type FilterContext, type FilterPlan } from './filter-plan.ts';
import { cursorTypes, searchOrders, type SearchOrder } from './search-order.ts';
import { countStatement, gatherStatement, walkStatement, type PageRequest } from './search-statement.ts';

type FoundRow = ResourceRow & { readonly hits: number } & Readonly<
    Record<`o${number}`, string | number | null>
  >;

/** Several sort keys have no order to walk along, so this many are sorted, and more are too costly. */
const sortLimit = 10_000;
const rememberedSearches = 5_000;

export class ResourceSearch {
  readonly #parts: StoreParts;
  /** Searches that were found to match more than the limit: they walk at once. */
  readonly #unselective = new Set<string>();

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  async search(caller: Caller, { type, search }: SearchResources): Promise<Reply<Found>> {
    const parts = this.#parts;
    parts.assertOwns(type);
    assertScope(caller, type, 's');
    const policy = rowPolicy(caller);
    const context: FilterContext = { schema: parts.schema, type, hash: parts.hash, now: parts.now() };
    const filters = planFilters(search.filters, context);
    const counting =
      search.summary === 'count' || search.total === 'accurate'
        ? countStatement(context, filters)
        : undefined;
    const [total, page] = await Promise.all([
      counting && this.#count(policy, counting),
      search.summary === 'count' ? nothing : this.#page(policy, context, filters, search),
    ]);
    const rows = page.rows.filter((row) => isRealMatch(row, search.filters));
    const { length: count } = rows;
    await parts.audit.append({
      caller,
      action: 'E',
      type,
      count,
      patients: unionOfPatients(rows),
      detail: described(search.filters),
    });
    return replyOf(rows, (matches): Found => ({
      matches,
      ...(page.next === undefined ? {} : { next: page.next }),
      ...(total === undefined ? {} : { total }),
    }));
  }

  async #count(policy: RowPolicy, statement: Statement): Promise<number> {
    const [row] = await this.#parts.database.query<{ total: number }>(policy, statement);
    return row?.total ?? 0;
  }

  /** A page may take from two stretches: resources with a value to sort by, then those without. */
  async #page(
    policy: RowPolicy,
    context: FilterContext,
    filters: FilterPlan,
    search: SearchRequest,
  ): Promise<Page> {
    const { hash } = this.#parts;
    const identity = JSON.stringify([context.type, search.filters, search.sort]);
    const cursor: Cursor =
      search.cursor === undefined ? { stretch: 0, values: [] } : readCursor(search.cursor, identity, hash);
    const orders = searchOrders(context.type, search.sort, hash);
    const rows: FoundRow[] = [];
    let end: Cursor | undefined;
    for (let stretch = cursor.stretch; stretch < orders.length && rows.length <= search.count; stretch += 1) {
      const order = orders[stretch]!;
      const after = stretch === cursor.stretch && search.cursor !== undefined ? cursor.values : undefined;
      const found = await this.#stretch(
        policy,
        context,
        { filters, order, after, limit: search.count + 1 - rows.length },
        identity,
      );
      rows.push(...found);
      const last = rows.length > search.count ? found.at(-2) : found.at(-1);
      if (last) end = { stretch, values: orderValues(last, order) };
    }
    if (rows.length <= search.count) return { rows, next: undefined };
    return { rows: rows.slice(0, search.count), next: end && writeCursor(end, identity, hash) };
  }

  async #stretch(
    policy: RowPolicy,
    context: FilterContext,
    page: PageRequest,
    identity: string,
  ): Promise<FoundRow[]> {
    const { database } = this.#parts;
    const walk = walkStatement(context, page);
    const limit = walk ? this.#parts.gatherLimit : sortLimit;
    const gather =
      walk && this.#unselective.has(identity) ? undefined : gatherStatement(context, page, limit);
    if (gather) {
      const rows = await database.query<FoundRow>(policy, gather);
      if ((rows[0]?.hits ?? 0) <= limit) return rows.filter(({ id }) => id !== null);
      if (this.#unselective.size >= rememberedSearches) this.#unselective.clear();
      this.#unselective.add(identity);
    }
    if (!walk) {
      throw new Fault(
        'too-costly',
        `More than ${sortLimit} resources match; narrow the search, or sort by one parameter only.`,
      );
    }
    return database.query<FoundRow>(policy, walk);
  }
}

interface Page {
  readonly rows: readonly FoundRow[];
  readonly next: string | undefined;
}

const nothing: Page = { rows: [], next: undefined };

function orderValues(row: FoundRow, order: SearchOrder): Cursor['values'] {
  return cursorTypes(order).map((_, at) => row[`o${at}`] ?? null);
}

/** 64 bits may collide, and two people must not be taken for one: an identifier is looked for in the text itself. */
function isRealMatch({ content }: ResourceRow, filters: readonly SearchFilter[]): boolean {
  return filters.every(
    ({ parameter, type, values }) =>
      parameter !== 'identifier' ||
      type !== 'token' ||
      values.some(
        ({ value }) =>
          value === undefined ||
          content.includes(JSON.stringify(value).slice(1, -1)) ||
          content.includes('\\'),
      ),
  );
}

/** For the audit log: what was asked. */
function described(filters: readonly SearchFilter[]): string {
  return filters
    .map(({ parameter, values }) => {
      const texts = values.map(
        ({ prefix = '', system, value = '' }) =>
          `${prefix}${system === undefined ? '' : `${system}|`}${value}`,
      );
      return `${parameter}=${texts.join(',')}`;
    })
    .join('&');
}
