/**
 * Several statements in one round trip and one transaction: their messages are sent together with a single `Sync`
 * behind them. PostgreSQL runs such a pipeline as one implicit transaction, committed at the `Sync`; each statement
 * still takes its own snapshot, so one that waited for a lock is followed by one that sees what the lock guarded. At
 * the first error the server skips the rest and rolls everything back, so that error is the only one there is.
 *
 * `pg` puts a `Sync` behind every query; this is its `Query` with the sending and the bookkeeping replaced.
 * https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
import { type Client, type CustomTypesConfig, type FieldDef, Query, Result as PgResult } from 'pg';
import pgUtils from 'pg/lib/utils.js';
import type { Row, Statement } from './context-database.ts';
import { valueParsers } from './value-parsers.ts';

export interface BatchResult {
  readonly rows: Row[];
  /** The command's tag, e.g. `INSERT`, `COMMIT`. */
  readonly command: string;
}

type Bindable = Buffer | string | null;

/** The part of `pg`'s connection that its own `Query` uses. */
interface Wire {
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): unknown };
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(message: { text: string; name: string }): void;
  bind(message: { portal: string; statement: string; values: readonly Bindable[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string }): void;
  sync(): void;
}

/** What a connection knows of the columns of its prepared statements, so that it is told but once. */
const columnsOf = new WeakMap<object, Map<string, FieldDef[]>>();

interface Messages {
  fields: FieldDef[];
}

/** `PgResult` as its own `Query` uses it. */
interface ResultBuilder extends BatchResult {
  addFields(fields: FieldDef[]): void;
  parseRow(values: unknown[]): Row;
  addCommandComplete(message: { text: string }): void;
}
const Result = PgResult as unknown as new (rowMode: undefined, types: CustomTypesConfig) => ResultBuilder;

export class Batch extends Query {
  /** Of the statement whose answer comes next, if its text was sent: `pg` books it as parsed under this name. */
  name = '';
  text = '';
  callback: (error: Error | null) => void = () => undefined;
  private readonly statements: readonly Statement[];
  private readonly values: readonly (readonly Bindable[])[];
  private readonly sentText: boolean[] = [];
  /** By statement, where the connection had not to be asked. */
  private readonly knownColumns: (FieldDef[] | undefined)[] = [];
  private columns = new Map<string, FieldDef[]>();
  private readonly results: ResultBuilder[];
  /** How many statements have been answered. */
  private answered = 0;
  private unreadable: unknown;

  /** @throws RangeError when a value cannot be sent, before anything has been */
  constructor(statements: readonly Statement[]) {
    super({ text: '' });
    this.statements = statements;
    this.values = statements.map(prepareValues);
    this.results = statements.map(() => new Result(undefined, valueParsers));
    this.submit = (connection) => this.send(connection as unknown as Wire);
  }

  /** The name of the statement that failed, for the log. */
  get failed(): string {
    return this.statements[this.answered]?.name ?? 'a statement without a name';
  }

  /** Sends the batch; whatever was committed is durable when this resolves. */
  run(client: Client): Promise<readonly BatchResult[]> {
    return new Promise((resolve, reject) => {
      this.callback = (error) => (error ? reject(error) : resolve(this.results));
      client.query(this);
    });
  }

  private send(wire: Wire): Error | null {
    const reused = this.statements.find(({ name = '', text }) => (known(wire, name) ?? text) !== text);
    if (reused)
      return new RangeError(`Two statements are named ${reused.name}; give each text a name of its own.`);
    this.columns = columnsOf.get(wire) ?? new Map<string, FieldDef[]>();
    columnsOf.set(wire, this.columns);
    // `pg` writes each message by itself; together they are one system call, which is what a small query mostly costs.
    const parts: Buffer[] = [];
    const stream = { writable: true, write: (bytes: Buffer) => parts.push(bytes) };
    const gathered = Object.create(wire, { stream: { value: stream } }) as Wire;
    this.statements.forEach((statement, index) => this.sendOne(gathered, statement, index));
    gathered.sync();
    if (wire.stream.writable) wire.stream.write(Buffer.concat(parts));
    this.expect(0);
    return null;
  }

  private sendOne(wire: Wire, { name = '', text }: Statement, index: number): void {
    const sendText = known(wire, name) === undefined;
    this.sentText.push(sendText);
    if (sendText) {
      wire.parse({ text, name });
      if (name !== '') wire.submittedNamedStatements[name] = text;
    }
    wire.bind({ portal: '', statement: name, values: this.values[index] ?? [] });
    const columns = sendText || name === '' ? undefined : this.columns.get(name);
    this.knownColumns.push(columns);
    if (columns === undefined) wire.describe({ type: 'P', name: '' });
    wire.execute({ portal: '' });
  }

  private expect(index: number): void {
    this.answered = index;
    const statement = this.statements[index];
    const booked = statement?.name !== undefined && this.sentText[index] === true;
    this.name = booked ? (statement.name ?? '') : '';
    this.text = booked ? statement.text : '';
    const columns = this.knownColumns[index];
    if (columns !== undefined && columns.length > 0) this.results[index]?.addFields(columns);
  }

  handleRowDescription(message: Messages): void {
    this.results[this.answered]?.addFields(message.fields);
    const name = this.statements[this.answered]?.name;
    if (name !== undefined) this.columns.set(name, message.fields);
  }

  handleDataRow(message: { fields: unknown[] }): void {
    const result = this.results[this.answered];
    if (!result || this.unreadable !== undefined) return;
    try {
      result.rows.push(result.parseRow(message.fields));
    } catch (error) {
      this.unreadable = error;
    }
  }

  handleCommandComplete(message: { text: string }): void {
    this.results[this.answered]?.addCommandComplete(message);
    const name = this.statements[this.answered]?.name;
    if (name !== undefined && !this.columns.has(name)) this.columns.set(name, []);
    this.expect(this.answered + 1);
  }

  handleEmptyQuery(): void {
    this.expect(this.answered + 1);
  }

  handleReadyForQuery(): void {
    this.callback(this.unreadable === undefined ? null : (this.unreadable as Error));
  }

  /** The texts behind the failed statement never reached the parser, so they must be sent again the next time. */
  handleError(error: Error, connection: unknown): void {
    const { submittedNamedStatements } = connection as Wire;
    this.statements.forEach(({ name }, index) => {
      const lost = index >= this.answered && this.sentText[index] === true;
      if (lost && name !== undefined) delete submittedNamedStatements[name];
    });
    this.callback(error);
  }

  handlePortalSuspended(): void {}
  handleCopyInResponse(connection: { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('COPY is not part of a batch');
  }
  handleCopyData(): void {}
}

/** The text that the connection knows by this name. */
function known(wire: Wire, name: string): string | undefined {
  return name === '' ? undefined : (wire.parsedStatements[name] ?? wire.submittedNamedStatements[name]);
}

function prepareValues({ name, values = [] }: Statement): readonly Bindable[] {
  try {
    return values.map((value) => pgUtils.prepareValue(value));
  } catch {
    throw new RangeError(`A value of ${name ?? 'a statement'} cannot be sent to PostgreSQL.`);
  }
}
