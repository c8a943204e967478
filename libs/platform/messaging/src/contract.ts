/** The class of a request or event: class-validator decorators on it say what is valid. */
export type MessageClass<Message extends object> = new () => Message;

/** A request one context answers. Neighbours know a context by its contracts and by nothing else. */
export interface Contract<Request extends object, Result> {
  readonly context: string;
  /** e.g. `medications.resource.read.v1`: also the NATS subject, so never holds an identifier of a patient. */
  readonly pattern: string;
  readonly request: MessageClass<Request>;
  /** An idempotent call may be sent again when its answer was lost. */
  readonly idempotent: boolean;
  /** Only carries the type of the result. */
  readonly result?: Result;
}

export interface ContractOptions {
  readonly version?: number;
  readonly idempotent?: boolean;
}

/** Declares a contract: `contract<ReadResource, Stored>('medications', 'resource.read', ReadResource, { idempotent: true })`. */
export function contract<Request extends object, Result>(
  context: string,
  name: string,
  request: MessageClass<Request>,
  options: ContractOptions = {},
): Contract<Request, Result> {
  const pattern = `${context}.${name}.v${options.version ?? 1}`;
  return Object.freeze({ context, pattern, request, idempotent: options.idempotent ?? false });
}

/** What a contract answers: a small value, and resources as JSON text that nobody on the way parses. */
export interface Reply<Result> {
  readonly result: Result;
  readonly texts: readonly string[];
}

/** An answer: `reply({ id })`, or with resources `reply({ id }, [text])`. */
export function reply<Result>(result: Result, texts: readonly string[] = []): Reply<Result> {
  return { result, texts };
}

export interface CallOptions {
  /** Resources that travel with the request, as JSON text. */
  readonly texts?: readonly string[];
  /** The call being served: hands on its trace, and this call ends when it ends. */
  readonly within?: CallScope;
  /** When the answer stops being of use: milliseconds since the epoch. Default: 10 s from now; never later than `within`'s. */
  readonly deadline?: number;
  /** W3C trace context; default: `within`'s. https://www.w3.org/TR/trace-context/ */
  readonly traceparent?: string;
  /** Gives the call up: it ends in a `timeout` fault, and its handler's signal aborts. */
  readonly signal?: AbortSignal;
}

/** What surrounds one call while it is served; the same on the local and on the NATS binding. */
export interface CallScope {
  readonly deadline: number;
  readonly traceparent: string;
  readonly texts: readonly string[];
  /** Aborts at the deadline, or when the caller went away. */
  readonly signal: AbortSignal;
}
