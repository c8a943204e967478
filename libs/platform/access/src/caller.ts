/**
 * Who makes a call: the first argument of everything that reads or writes. A caller is plain frozen data, so it
 * crosses to another process as it is (signed there, see `signed-caller.ts`).
 */
export interface Caller {
  /** The user or client, e.g. `Practitioner/123`, `client/monitor`; for Septum's own work `system/<part>`. */
  readonly subject: string;
  readonly kind: 'user' | 'client' | 'system';
  /** The registered client that holds the token; equals `subject` for a backend service. */
  readonly client: string;
  /** SMART scopes, version 2, e.g. `system/*.cruds`, `patient/Observation.rs`. */
  readonly scopes: readonly string[];
  /** The patients the caller is confined to, as ids; absent: not confined to a patient compartment. */
  readonly patients?: readonly string[];
  /** v3 PurposeOfUse code, e.g. `TREAT`. https://terminology.hl7.org/ValueSet-v3-PurposeOfUse.html */
  readonly purposeOfUse: string;
  readonly breakGlass: boolean;
}
