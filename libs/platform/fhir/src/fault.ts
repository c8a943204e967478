/**
 * The one error class of Septum. A fault names what went wrong in terms of FHIR's issue types, survives the wire
 * between processes unchanged, and becomes an OperationOutcome at the edge. Anything else that is thrown is an
 * `exception`: its text stays in the log.
 *
 * https://hl7.org/fhir/R4/valueset-issue-type.html
 */

/** Each kind of fault with its HTTP status and its FHIR issue type: the only such table. */
const faultKinds = {
  malformed: { status: 400, issue: 'structure' },
  'unknown-parameter': { status: 400, issue: 'not-supported' },
  'bad-parameter': { status: 400, issue: 'value' },
  'not-supported': { status: 400, issue: 'not-supported' },
  'too-costly': { status: 400, issue: 'too-costly' },
  unauthenticated: { status: 401, issue: 'login' },
  forbidden: { status: 403, issue: 'forbidden' },
  'not-found': { status: 404, issue: 'not-found' },
  'method-not-allowed': { status: 405, issue: 'not-supported' },
  'not-acceptable': { status: 406, issue: 'not-supported' },
  conflict: { status: 409, issue: 'conflict' },
  gone: { status: 410, issue: 'deleted' },
  'version-conflict': { status: 412, issue: 'conflict' },
  'multiple-matches': { status: 412, issue: 'multiple-matches' },
  'too-large': { status: 413, issue: 'too-long' },
  'unsupported-media': { status: 415, issue: 'not-supported' },
  invalid: { status: 422, issue: 'invalid' },
  'business-rule': { status: 422, issue: 'business-rule' },
  throttled: { status: 429, issue: 'throttled' },
  exception: { status: 500, issue: 'exception' },
  unavailable: { status: 503, issue: 'transient' },
  timeout: { status: 503, issue: 'timeout' },
} as const;

export type FaultKind = keyof typeof faultKinds;

/** One `OperationOutcome.issue`. `expression` is a FHIRPath such as `Patient.name[0].family`. */
export interface Issue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: string;
  /** What is wrong and what to do about it; never a value out of a resource. */
  readonly diagnostics: string;
  readonly expression?: string;
}

export interface FaultOptions {
  readonly issues?: readonly Issue[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

export class Fault extends Error {
  readonly kind: FaultKind;
  readonly issues: readonly Issue[];
  readonly retryAfterSeconds: number | undefined;

  /** `message` says what is wrong and what to do next; it reaches the client, so it never quotes a resource's content. */
  constructor(kind: FaultKind, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.kind = kind;
    this.issues = options.issues ?? [
      { severity: 'error', code: faultKinds[kind].issue, diagnostics: message },
    ];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return faultKinds[this.kind].status;
  }
}

/** A fault of one entry of a Bundle, told so: `Patient.name` becomes `Bundle.entry[3].resource.name`. Other errors stay as they are. */
export function faultOfEntry(error: unknown, index: number): unknown {
  if (!(error instanceof Fault)) return error;
  const { kind, message, retryAfterSeconds, cause } = error;
  const entry = `Bundle.entry[${index}]`;
  const issues = error.issues.map((issue) => ({
    ...issue,
    expression: issue.expression?.replace(/^[A-Za-z]+/, `${entry}.resource`) ?? entry,
  }));
  return new Fault(kind, message, {
    issues,
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

export function isFaultKind(kind: string): kind is FaultKind {
  return Object.hasOwn(faultKinds, kind);
}

/** Whatever was thrown, as a fault: a fault stays itself, all else is an `exception` whose text is not repeated. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  return new Fault(
    'exception',
    'Something failed inside Septum. The log of this process says what; quote the request id.',
    {
      cause: error,
    },
  );
}
