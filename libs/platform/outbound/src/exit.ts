import type { PartnerKind } from './partner.ts';

/** A reason for which a context calls other systems. What is not declared as one cannot leave. */
export interface Exit {
  readonly context: string;
  /** Kebab case, e.g. `subscription-notification`; it stands in the audit record beside the recipient. */
  readonly name: string;
  /** Only partners of this kind are called through it. */
  readonly kind: PartnerKind;
  /**
   * What the audit records: `R`, own data were read and leave; `E`, somebody else's are searched, which tells him whom
   * we treat. https://hl7.org/fhir/R4/valueset-audit-event-action.html
   */
  readonly action: 'R' | 'E';
  /** One sentence for the list of exits: what leaves, and when. */
  readonly documentation: string;
}

export function exit(context: string, declaration: Omit<Exit, 'context'>): Exit {
  return Object.freeze({ context, ...declaration });
}
