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
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(message: { text: string; name: string }): void;
  bind(message: { portal: string; statement: string; values: readonly Bindable[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string }): void;
  sync(): void;
}

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
    wire.stream.cork();
    try {
      this.statements.forEach(({ name = '', text }, index) => {
        const sendText = known(wire, name) === undefined;
        this.sentText.push(sendText);
        if (sendText) {
          wire.parse({ text, name });
          if (name !== '') wire.submittedNamedStatements[name] = text;
        }
        wire.bind({ portal: '', statement: name, values: this.values[index] ?? [] });
        wire.describe({ type: 'P', name: '' });
        wire.execute({ portal: '' });
      });
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
    this.expect(0);
    return null;
  }

  private expect(index: number): void {
    this.answered = index;
    const statement = this.statements[index];
    const booked = statement?.name !== undefined && this.sentText[index] === true;
    this.name = booked ? (statement.name ?? '') : '';
    this.text = booked ? statement.text : '';
  }

  handleRowDescription(message: Messages): void {
    this.results[this.answered]?.addFields(message.fields);
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
