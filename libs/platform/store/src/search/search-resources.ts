/** https://hl7.org/fhir/R4/http.html#search, on one type of this context. */
import { assertScope, rowPolicy, type Caller } from '#platform/access';
import { Fault, type SearchFilter, type SearchRequest } from '#platform/fhir';
import type { RowPolicy, Statement } from '#platform/database';
import type { Reply } from '#platform/messaging';
import { unionOfPatients } from '../audit/audit-log.ts';
import type { QueriedAccess } from '../audit/record-sql.ts';
import type { Found, SearchResources } from '../contract/resource.ts';
import { replyOf, type PatientsRow, type ResourceRow } from '../resource-row.ts';
import type { StoreParts } from '../store-parts.ts';
import { readCursor, writeCursor, type Cursor } from './cursor.ts';
import { planFilters, type FilterContext, type FilterPlan } from './filter-plan.ts';
import { countStatement } from './count-statement.ts';
import { GatherLimit } from './gather-limit.ts';
import { gatherStatement, type GatherRequest } from './gather-statement.ts';
import { searchOrder } from './search-order.ts';
import { walkStatement } from './walk-statement.ts';

interface FoundRow extends ResourceRow {
  /** What it is sorted by, level by level, as PostgreSQL writes it. */
  readonly o0: string | null;
  readonly o1?: string | null;
  readonly o2?: string | null;
  readonly o3?: string | null;
}

type GatheredRow = FoundRow & { readonly hits: number };
type WalkedRow = FoundRow & PatientsRow;

/** Several sort keys have no order to walk along, so this many are sorted, and more are too costly. */
const sortLimit = 10_000;
const rememberedSearches = 5_000;

export class ResourceSearch {
  readonly #parts: StoreParts;
  /** Searches that were found to match more than the limit: they walk at once. */
  readonly #unselective = new Set<string>();

  readonly #gatherLimit: GatherLimit;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#gatherLimit = new GatherLimit(parts.database);
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
    const access: QueriedAccess = { caller, action: 'E', type, detail: described(search.filters) };
    const [total, page] = await Promise.all([
      counting && this.#count(policy, counting),
      search.summary === 'count'
        ? this.#nothing(access)
        : this.#page(policy, context, filters, search, access),
    ]);
    const rows = page.rows.filter((row) => isRealMatch(row, search.filters));
    return replyOf(rows, (matches): Found => ({
      matches,
      ...(page.next === undefined ? {} : { next: page.next }),
      ...(total === undefined ? {} : { total }),
    }));
  }

  async #count(policy: RowPolicy, statement: Statement): Promise<number> {
    const [row] = await this.#parts.ask<{ total: number }>(policy, statement);
    return row?.total ?? 0;
  }

  async #page(
    policy: RowPolicy,
    context: FilterContext,
    filters: FilterPlan,
    search: SearchRequest,
    access: QueriedAccess,
  ): Promise<Page> {
    const { hash } = this.#parts;
    const identity = JSON.stringify([context.type, search.filters, search.sort]);
    const page: PageRequest = {
      filters,
      order: searchOrder(context.type, search.sort, hash),
      after: search.cursor === undefined ? undefined : readCursor(search.cursor, identity, hash),
      count: search.count,
      access,
    };
    const cut = <R extends FoundRow>(rows: readonly R[]) => {
      const last = rows.length > search.count ? rows[search.count - 1] : undefined;
      return {
        rows: rows.slice(0, search.count),
        next: last && writeCursor(levelsOf(last), identity, hash),
      };
    };
    const gathered = await this.#gather(policy, context, page, identity);
    if (gathered !== undefined) return cut(gathered);
    const walked = cut(await this.#walk(policy, context, page));
    const patients = unionOfPatients(walked.rows);
    await this.#parts.audit.append({ ...access, count: walked.rows.length, patients });
    return walked;
  }

  /** A count says something too. */
  async #nothing(access: QueriedAccess): Promise<Page> {
    await this.#parts.audit.append({ ...access, count: 0, patients: '{}' });
    return { rows: [], next: undefined };
  }

  /** Recorded by its query. Undefined when there is nothing to start from, or too much matches: then the search walks. */
  async #gather(
    policy: RowPolicy,
    context: FilterContext,
    page: PageRequest,
    identity: string,
  ): Promise<FoundRow[] | undefined> {
    const canWalk = page.order.length === 1;
    if (canWalk && (!page.filters.driver || this.#unselective.has(identity))) return undefined;
    const hitLimit = canWalk ? (this.#parts.gatherLimit ?? this.#gatherLimit.get(context.now)) : sortLimit;
    const rows = await this.#parts.ask<GatheredRow>(policy, gatherStatement(context, { ...page, hitLimit }));
    if ((rows[0]?.hits ?? 0) <= hitLimit) return rows.filter(({ id }) => id !== null);
    if (!canWalk) {
      throw new Fault(
        'too-costly',
        `More than ${sortLimit} resources match; narrow the search, or sort by one parameter only.`,
      );
    }
    if (this.#unselective.size >= rememberedSearches) this.#unselective.clear();
    this.#unselective.add(identity);
    return undefined;
  }

  /** Sorted by a parameter, the resources that lack it follow those that have it. */
  async #walk(policy: RowPolicy, context: FilterContext, page: PageRequest): Promise<WalkedRow[]> {
    const parts = this.#parts;
    const { filters, after } = page;
    const limit = page.count + 1;
    const order = page.order[0]!;
    if (order.by !== 'value')
      return parts.ask<WalkedRow>(
        policy,
        walkStatement(context, { filters, order, lacking: false, after, limit }),
      );
    const inLacking = after !== undefined && after[0] === null;
    const valued = inLacking
      ? []
      : await parts.ask<WalkedRow>(
          policy,
          walkStatement(context, { filters, order, lacking: false, after, limit }),
        );
    if (valued.length === limit) return valued;
    const rest = {
      filters,
      order,
      lacking: true,
      after: inLacking ? after : undefined,
      limit: limit - valued.length,
    };
    return [...valued, ...(await parts.ask<WalkedRow>(policy, walkStatement(context, rest)))];
  }
}

type PageRequest = Omit<GatherRequest, 'hitLimit'>;

interface Page {
  readonly rows: readonly FoundRow[];
  readonly next: string | undefined;
}

function levelsOf({ o0, o1, o2, o3 }: FoundRow): Cursor {
  return [o0, o1, o2, o3].filter((level) => level !== undefined);
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
