import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { ContextDatabase, Statement } from '#platform/database';
import { parseSearch } from '#platform/fhir';
import type { ResourceStore } from '#platform/store';
import { clinician, observation, openStore, type StoreHouse } from './open-store.ts';

/** Of `EXPLAIN (ANALYZE, FORMAT JSON)`. */
interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

const patients = 10;
const ofEach = 300;

let house: StoreHouse;
let store: ResourceStore;
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
  await firstTwoPages();
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
afterAll(() => house.close());

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

async function firstTwoPages(): Promise<number> {
  const search = parseSearch('Observation', [
    ['patient', 'p1'],
    ['_sort', '-date,value-quantity'],
    ['_count', '20'],
  ]);
  const { result } = await store.search(clinician, { type: 'Observation', search });
  if (result.next === undefined) return result.matches.length;
  const next = await store.search(clinician, {
    type: 'Observation',
    search: { ...search, cursor: result.next },
  });
  return result.matches.length + next.result.matches.length;
}

/** What the statement does on the connections of the store: with their settings, as the prepared statement that it is. */
async function explain({ text, values = [] }: Statement): Promise<PlanNode[]> {
  return house.database.transact('*', async (transaction) => {
    await transaction.query({ text: `PREPARE explained AS ${text}` });
    const literals = values.map((value) =>
      Array.isArray(value) ? `'{${value.join(',')}}'` : `'${String(value).replaceAll("'", "''")}'`,
    );
    const rows = await transaction.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
      text: `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained (${literals.join(',')})`,
    });
    await transaction.query({ text: 'DEALLOCATE explained' });
    return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => nodesOf(Plan)));
  });
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

describe('a search sorted by two parameters, on tables that were not analysed yet', () => {
  it('looks each match up once for each, on the first page and on the next', async () => {
    sent.length = 0;
    expect(await firstTwoPages()).toBe(40);
    expect(sent).toHaveLength(2);
    for (const statement of sent) {
      const nodes = await explain(statement);
      const lookedUp = nodes.filter((node) => node['Relation Name'] === 'search_range');
      const looks = lookedUp.reduce((sum, node) => sum + node['Actual Loops'], 0);
      expect(looks).toBe(2 * ofEach);
      const passed = nodes
        .filter((node) => ['resource', 'search_range'].includes(node['Relation Name'] ?? ''))
        .reduce((sum, node) => sum + (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops'], 0);
      expect(passed).toBe(0);
    }
  });
});
