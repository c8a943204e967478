import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { partUrl, type ContextDatabase, type Statement } from '#platform/database';
import { parseSearch, type SearchRequest } from '#platform/fhir';
import type { ResourceStore } from '#platform/store';
import { clinician, observation, openStore, type StoreHouse } from './open-store.ts';

/** Of `EXPLAIN (ANALYZE, FORMAT JSON)`. */
interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

const patients = 10;
const ofEach = 300;

let house: StoreHouse;
let store: ResourceStore;
/** A connection as the store's are, with the statements it prepared while there was nothing. */
let early: Client;
const sent: Statement[] = [];

/** As after a migration and a bulk load: statements were prepared while there was nothing, and nobody analysed since. */
beforeAll(async () => {
  house = await openStore();
  const admin = new Client({ connectionString: house.adminUrl });
  await admin.connect();
  for (const table of ['resource', 'search_key', 'search_range', 'search_word'])
    await admin.query(`ALTER TABLE clinical.${table} SET (autovacuum_enabled = false)`);
  await admin.end();
  store = house.open({ database: recording(house.database) });
  const settings = '-c search_path=clinical -c septum.rows=* -c plan_cache_mode=force_generic_plan';
  early = new Client({ connectionString: partUrl(house.adminUrl, 'clinical'), options: settings });
  await early.connect();
  for (const [name, request] of Object.entries(requests)) {
    const { text, values } = await statementOf(request);
    await early.query(`PREPARE ${name} AS ${text}`);
    await early.query(`EXECUTE ${name} (${literals(values)})`);
  }
  const ids = Array.from({ length: patients * ofEach }, (_, at) => `o${at}`);
  const texts = ids.map((id, at) =>
    observation(`p${at % patients}`, {
      id,
      effectiveDateTime: `20${10 + (at % 15)}-02-01`,
      valueQuantity: { value: at % 40, unit: 'mg' },
    }),
  );
  await store.import(clinician, { entries: ids.map((id) => ({ type: 'Observation', id })) }, texts);
});
afterAll(async () => {
  await early.end();
  await house.close();
});

/** The same database; what is sent to it is kept. */
function recording(database: ContextDatabase): ContextDatabase {
  return {
    ...database,
    pipeline: (policy, statements) => {
      sent.push(...statements);
      return database.pipeline(policy, statements);
    },
  };
}

const filters: [string, string][] = [
  ['patient', 'p1'],
  ['code', '8867-4'],
  ['_count', '20'],
];
const byTwo = parseSearch('Observation', [...filters, ['_sort', '-date,value-quantity']]);
const search = (more: [string, string]) => () => find(parseSearch('Observation', [...filters, more]));
const requests = {
  sorted_by_two: () => find(byTwo),
  sorted_by_one: search(['_sort', '-date']),
  by_id: search(['date', 'ge2012-01-01']),
  counted: search(['_summary', 'count']),
  compartment: () => store.compartment(clinician, { patient: 'p1', count: 500 }),
  several: () => store.readMany(clinician, { references: ['Observation/o1', 'Observation/o2'] }),
};

function find(wanted: SearchRequest) {
  return store.search(clinician, { type: 'Observation', search: wanted });
}

/** What the store sends for a request. */
async function statementOf(request: () => Promise<unknown>): Promise<Statement> {
  await request();
  return sent.at(-1)!;
}

function literals(values: Statement['values'] = []): string {
  return values
    .map((value) => {
      if (value === null) return 'NULL';
      return Array.isArray(value) ? `'{${value.join(',')}}'` : `'${String(value).replaceAll("'", "''")}'`;
    })
    .join(',');
}

/** What the statement of that name does, planned for as it was when it was prepared. */
async function explain(name: string, { values }: Statement): Promise<PlanNode[]> {
  const { rows } = await early.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${name} (${literals(values)})`,
  );
  return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => nodesOf(Plan)));
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function looksAt(table: string, nodes: readonly PlanNode[]): number {
  return nodes
    .filter((node) => node['Relation Name'] === table)
    .reduce((sum, node) => sum + node['Actual Loops'], 0);
}

/** Rows that were fetched for nothing. */
function passedOver(nodes: readonly PlanNode[]): number {
  return nodes.reduce((sum, node) => {
    const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0);
    return sum + removed * node['Actual Loops'];
  }, 0);
}

describe('a query whose statement was prepared before a bulk load, on tables that nobody analysed since', () => {
  it.each(Object.entries(requests))('%s: passes over no more than it finds', async (name, request) => {
    const nodes = await explain(name, await statementOf(request));
    expect(looksAt('resource', nodes)).toBeGreaterThan(0);
    expect(passedOver(nodes)).toBeLessThanOrEqual(ofEach);
  });

  it('looks each match up once for each sort key, on the page after too', async () => {
    const { result } = await find(byTwo);
    const second = await statementOf(() => find({ ...byTwo, cursor: result.next! }));
    await early.query(`PREPARE second_page AS ${second.text}`);
    expect(looksAt('search_range', await explain('second_page', second))).toBe(2 * ofEach);
  });
});
