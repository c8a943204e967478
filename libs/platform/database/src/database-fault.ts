import { Fault } from '#platform/fhir';

/**
 * What is kept of a PostgreSQL error: its code and the names in it. Message and detail of a data error quote values out
 * of rows, so they end here: neither the log nor a client ever sees them.
 */
export class PostgresError extends Error {
  /** https://www.postgresql.org/docs/18/errcodes-appendix.html */
  readonly sqlState: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;

  constructor(sqlState: string, message: string, constraint?: string, table?: string) {
    super(message);
    this.name = 'PostgresError';
    this.sqlState = sqlState;
    this.constraint = constraint;
    this.table = table;
  }
}

/** The SQLSTATE behind a fault of the database; absent when the connection failed or the fault is another's. */
export function sqlStateOf(error: unknown): string | undefined {
  return postgresErrorOf(error)?.sqlState;
}

/** The constraint that a write violated. */
export function constraintOf(error: unknown): string | undefined {
  return postgresErrorOf(error)?.constraint;
}

function postgresErrorOf(error: unknown): PostgresError | undefined {
  return error instanceof Fault && error.cause instanceof PostgresError ? error.cause : undefined;
}

const unavailableStates = /^(08|53|57P|58)/;
/** Classes whose messages name tables, columns and syntax, never a value of a row. */
const harmlessClasses = /^(0A|25|26|28|2B|34|3D|3F|40|42|53|54|55|57|58)/;

/** Any error of the driver or of PostgreSQL, as the fault that the caller gets. */
export function databaseFault(error: unknown, context: string, statement?: string): Fault {
  if (error instanceof Fault) return error;
  const state = sqlStateIn(error);
  if (state === undefined) return connectionFault(error, context);
  const cause = asPostgresError(error as PostgresFields, state, statement);
  if (unavailableStates.test(state)) {
    return unavailable(context, 'its database refuses work at the moment', cause);
  }
  switch (state) {
    case '40001':
    case '40P01':
      return new Fault(
        'conflict',
        'Another write to the same data was faster. Nothing was changed; send the request again.',
        {
          cause,
          retryAfterSeconds: 1,
        },
      );
    case '25P03':
    case '55P03':
    case '57014':
      return new Fault(
        'timeout',
        `The database of ${context} was too busy to answer in time. Nothing was changed; try again.`,
        {
          cause,
          retryAfterSeconds: 1,
        },
      );
    case '23505':
      return new Fault(
        'conflict',
        'The same thing was written at the same time. Nothing was changed; read it and try again.',
        {
          cause,
        },
      );
    case '42501':
      return new Fault('forbidden', 'This caller may not read or write these rows.', { cause });
    default:
      return new Fault(
        'exception',
        'Something failed inside Septum. The log of this process says what; quote the request id.',
        {
          cause,
        },
      );
  }
}

export function unavailable(context: string, why: string, cause?: unknown): Fault {
  return new Fault('unavailable', `${context} cannot answer now: ${why}. Try again in a moment.`, {
    retryAfterSeconds: 2,
    cause,
  });
}

interface PostgresFields {
  readonly message: string;
  readonly constraint?: string;
  readonly table?: string;
}

function sqlStateIn(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object)
    ? code
    : undefined;
}

function asPostgresError(error: PostgresFields, state: string, statement: string | undefined): PostgresError {
  const said = harmlessClasses.test(state) ? error.message : 'the message may quote values and is withheld';
  const where = statement === undefined ? '' : ` in ${statement}`;
  return new PostgresError(state, `PostgreSQL ${state}${where}: ${said}`, error.constraint, error.table);
}

/**
 * Errors of the socket, of the pool and of the driver carry no SQLSTATE. When a value could not be sent or read, that
 * is our own mistake and no reason to try again.
 */
function connectionFault(error: unknown, context: string): Fault {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  const socket = /^E[A-Z]+$/.test(code);
  if (
    !(error instanceof RangeError) &&
    (socket || /connect|terminat|timeout|not queryable|socket/i.test(message))
  ) {
    return unavailable(context, 'the connection to its database failed', new Error(socket ? code : message));
  }
  return new Fault(
    'exception',
    'Something failed inside Septum. The log of this process says what; quote the request id.',
    { cause: error instanceof RangeError ? error : new Error('The database driver failed.') },
  );
}
