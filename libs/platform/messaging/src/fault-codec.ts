import { Fault, isFaultKind, type Issue } from '#platform/fhir';

/** A fault by value, as it crosses from the handler to the caller on both bindings. */
export interface FaultValue {
  readonly kind: string;
  readonly message: string;
  readonly issues: readonly Issue[];
  readonly retryAfterSeconds?: number;
}

export function encodeFault(fault: Fault): FaultValue {
  const { kind, message, issues, retryAfterSeconds } = fault;
  return retryAfterSeconds === undefined
    ? { kind, message, issues }
    : { kind, message, issues, retryAfterSeconds };
}

/** A kind this version does not know, sent by a newer one, is an `exception`. */
export function decodeFault(value: FaultValue): Fault {
  const kind = isFaultKind(value.kind) ? value.kind : 'exception';
  const { message, issues, retryAfterSeconds } = value;
  return new Fault(
    kind,
    message,
    retryAfterSeconds === undefined ? { issues } : { issues, retryAfterSeconds },
  );
}
