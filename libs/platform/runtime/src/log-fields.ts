/**
 * What may stand in a line of the log: these fields and no others, so that a resource handed to the logger by mistake
 * leaves no trace. Texts are written by us; the text of a foreign error is repeated only when it cannot quote data.
 */
import { Fault } from '#platform/fhir';
import { withSourcePlace } from './source-place.ts';

const allowed = new Set([
  'attempt',
  'component',
  'context',
  'count',
  'durationMs',
  'entry',
  'event',
  'http',
  'lagMs',
  'method',
  'parts',
  'paths',
  'pattern',
  'phase',
  'pid',
  'port',
  'profile',
  'requestId',
  'signal',
  'status',
  'subscription',
  'trace',
  'version',
]);

/** Errors of the language itself, whose text names code, not data. A SyntaxError is none: JSON.parse quotes its input. */
const tellable = [TypeError, RangeError, ReferenceError];

export interface ToldError {
  readonly name: string;
  readonly kind?: string;
  /** An errno or an SQLSTATE. */
  readonly code?: string;
  readonly constraint?: string;
  readonly text?: string;
  /** The frames alone. */
  readonly at?: readonly string[];
  readonly cause?: ToldError;
}

/** The allowed fields of a record; an `error` or `err` is reduced by {@link tellError}. */
export function allowedFields(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    if (name === 'error' || name === 'err') kept['error'] = tellError(value);
    else if (allowed.has(name) && isPlain(value)) kept[name] = value;
  }
  return kept;
}

/** An error as the log may tell it. */
export function tellError(error: unknown): ToldError {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code, sqlState, constraint } = error as {
    code?: unknown;
    sqlState?: unknown;
    constraint?: unknown;
  };
  const tells =
    error instanceof Fault || tellable.some((type) => error instanceof type) || isSystemError(error);
  return {
    name: error.name,
    ...(error instanceof Fault ? { kind: error.kind } : {}),
    ...(typeof code === 'string' ? { code } : typeof sqlState === 'string' ? { code: sqlState } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(tells ? { text: error.message } : {}),
    ...(error instanceof Fault ? {} : { at: framesOf(error) }),
    ...(error.cause === undefined ? {} : { cause: tellError(error.cause) }),
  };
}

/** Failed system calls name an address or a path of this installation, nothing of a patient. */
function isSystemError(error: Error): boolean {
  return 'syscall' in error && 'errno' in error;
}

function framesOf(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !line.includes('node_modules') && !line.includes('(node:'))
    .slice(0, 6)
    .map((line) => withSourcePlace(line.trim()));
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string' && item.length <= 64);
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.length <= 256)
  );
}
