import type { Caller } from '#platform/access';
import type { ContextDatabase, Statement } from '#platform/database';

/** An access to be recorded: who is added by the log. */
export interface Access {
  readonly caller: Caller;
  /** Read, or execute (a search). https://hl7.org/fhir/R4/valueset-audit-event-action.html */
  readonly action: 'R' | 'E';
  readonly type: string;
  readonly id?: string;
  readonly version?: number;
  /** How many resources left. */
  readonly count: number;
  /** The patients whose data left, as PostgreSQL writes a `text[]`. */
  readonly patients: string;
  /** What was searched for; not more than is needed to search again. */
  readonly detail?: string;
}

interface Waiting {
  readonly access: Access;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const detailLimit = 120;
const batchLimit = 256;

/**
 * Records reads before their answers leave. Accesses that come while a commit is under way share the next one, so the
 * busier the context, the less a record costs.
 */
export class AuditLog {
  readonly #database: ContextDatabase;
  #waiting: Waiting[] = [];
  #writing = 0;
  readonly #lanes: number;

  constructor(database: ContextDatabase, lanes = 1) {
    this.#database = database;
    this.#lanes = lanes;
  }

  /** Resolves once the record is durable; if it cannot be made, the answer must not leave. */
  append(access: Access): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ access, resolve, reject });
      if (this.#writing < this.#lanes) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing += 1;
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, batchLimit);
        try {
          // Anyone may append, whatever rows he sees; `*` spares the connection a change of its setting.
          await this.#database.query(
            '*',
            appendStatement(
              this.#database.schema,
              batch.map(({ access }) => access),
            ),
          );
          for (const { resolve } of batch) resolve();
        } catch (error) {
          for (const { reject } of batch) reject(error);
        }
      }
    } finally {
      this.#writing -= 1;
    }
  }
}

function appendStatement(schema: string, accesses: readonly Access[]): Statement {
  return {
    name: `${schema}.audit`,
    text: `INSERT INTO "${schema}".audit (action, break_glass, count, version, subject, client, purpose, type, id, patients, detail)
      SELECT action, glass, count, version, subject, client, purpose, type, id, patients::text[], detail
      FROM unnest($1::"char"[], $2::boolean[], $3::int4[], $4::int4[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
        AS a (action, glass, count, version, subject, client, purpose, type, id, patients, detail)`,
    values: [
      accesses.map(({ action }) => action),
      accesses.map(({ caller }) => caller.breakGlass),
      accesses.map(({ count }) => count),
      accesses.map(({ version }) => version ?? null),
      accesses.map(({ caller }) => caller.subject),
      accesses.map(({ caller }) => recordedClient(caller)),
      accesses.map(({ caller }) => caller.purposeOfUse),
      accesses.map(({ type }) => type),
      accesses.map(({ id }) => id ?? null),
      accesses.map(({ patients }) => patients),
      accesses.map(({ detail }) => recordedDetail(detail)),
    ],
  };
}

/** A client that acts for itself is named once, as the subject. */
export function recordedClient({ client, subject }: Caller): string | null {
  return client === subject ? null : client;
}

export function recordedDetail(detail: string | undefined): string | null {
  return detail?.slice(0, detailLimit) ?? null;
}

/** The union of the patients of several rows, each as PostgreSQL writes a `text[]` of ids. */
export function unionOfPatients(rows: readonly { readonly patients: string }[]): string {
  const [first] = rows;
  if (first === undefined) return '{}';
  if (rows.every(({ patients }) => patients === first.patients)) return first.patients;
  const ids = new Set(rows.flatMap(({ patients }) => patients.slice(1, -1).split(',')));
  ids.delete('');
  return `{${[...ids].join(',')}}`;
}
