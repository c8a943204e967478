/**
 * The second wall behind the owning context's authorisation: PostgreSQL itself shows a row only to those whose
 * patients it concerns. A migration says, for each table that holds what belongs to patients:
 *
 * ```ts
 * for (const statement of rowSecurity('resource')) await runner.query(statement);
 * ```
 *
 * The table needs a column `patients text[] not null`. The policy of a statement is what `ContextDatabase` was given
 * for it (`RowPolicy`): `*` sees all rows, a list of ids the rows of these patients, an empty one none, and so does a
 * connection that was never told. It holds for reading and for writing, for everyone but the owner: ENABLE, not FORCE,
 * because logical replication applies as the owner.
 *
 * Both expressions are uncorrelated subqueries, so PostgreSQL evaluates the setting once a statement, not once a row.
 * Measured in PostgreSQL 18, CPU of the backend: a read by key 6.2 µs without a policy, 9 µs with this one (7 µs with
 * bare calls of `current_setting`); 400 rows by an index 0.32 ms without, 0.29 ms with this one (0.43 ms with bare calls).
 *
 * @param table as the migration names it, in the context's schema
 * @param column the `text[]` of the ids of the patients whom a row concerns
 */
export function rowSecurity(table: string, column = 'patients'): readonly string[] {
  for (const name of [table, column]) {
    if (!/^[a-z_][a-z0-9_]*$/.test(name))
      throw new Error(`"${name}" is no plain SQL name; row security takes only these.`);
  }
  const rows = `current_setting('septum.rows', true)`;
  const visible = `(select ${rows}) = '*' or ${column} && (select string_to_array(${rows}, ','))`;
  return [
    `alter table ${table} enable row level security`,
    `create policy ${table}_rows on ${table} using (${visible}) with check (${visible})`,
  ];
}
