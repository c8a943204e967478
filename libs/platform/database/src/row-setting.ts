import type { Client } from 'pg';
import type { RowPolicy, Statement } from './context-database.ts';

/**
 * Whose rows each connection is set to show. A connection that is not in here has just been opened, or a statement
 * that set it failed: its setting is unknown, and is set before anything else.
 */
const shown = new WeakMap<Client, RowPolicy>();

/** The statement that must precede in the same transaction, or nothing if the connection shows these rows already. */
export function setRows(
  client: Client,
  policy: RowPolicy,
): { statement: Statement; done(): void } | undefined {
  if (shown.get(client) === policy) return undefined;
  // A rollback takes the setting back, so it counts only once the whole batch has succeeded.
  shown.delete(client);
  return {
    statement: { name: 'septum.rows', text: `select set_config('septum.rows', $1, false)`, values: [policy] },
    done: () => void shown.set(client, policy),
  };
}

export const begin: Statement = { name: 'septum.begin', text: 'begin' };

/** What opens a transaction under a policy; a setting made here ends with it, whichever way it ends. */
export function begun(client: Client, policy: RowPolicy): readonly Statement[] {
  if (shown.get(client) === policy) return [begin];
  return [
    begin,
    { name: 'septum.rows.local', text: `select set_config('septum.rows', $1, true)`, values: [policy] },
  ];
}
