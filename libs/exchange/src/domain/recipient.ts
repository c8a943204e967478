import type { Partner, PartnerKind } from '#platform/outbound';
import type { Resource } from '#platform/store';

/** How a recipient takes what it is told. https://terminology.hl7.org/CodeSystem-endpoint-connection-type.html */
export type Transport = 'hl7-fhir-rest' | 'hl7-fhir-msg' | 'hl7v2-mllp';

const system = 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type';
const kinds: Readonly<Record<Transport, PartnerKind>> = {
  'hl7-fhir-rest': 'fhir-push',
  'hl7-fhir-msg': 'fhir-push',
  'hl7v2-mllp': 'mllp',
};

/** Whom a delivery goes to, and how. */
export interface Recipient {
  readonly partner: Partner;
  readonly transport: Transport;
  /** Without a slash at its end. */
  readonly address: string;
}

/**
 * What an Endpoint says of its recipient. Its address is only believed where the operator declared a partner.
 *
 * @returns a sentence that says what to do, where nothing may be sent there
 * https://hl7.org/fhir/R4/endpoint.html
 */
export function recipientOf(
  endpoint: Resource,
  partnerAt: (url: string, kind: PartnerKind) => Partner | undefined,
): Recipient | string {
  const { id, status, address, connectionType } = endpoint as Endpoint;
  const place = `Endpoint/${id}`;
  if (status === 'off' || status === 'entered-in-error')
    return `${place} is ${status}. Write it with the status active, or give the recipient another one.`;
  const transport = connectionType?.code;
  if (connectionType?.system !== system || !isTransport(transport))
    return `${place} has a connectionType that Septum does not speak. Use ${Object.keys(kinds).join(', ')} of ${system}.`;
  const kind = kinds[transport];
  const bare = typeof address === 'string' ? address.replace(/\/$/, '') : '';
  // Of the web a base address may be written with a slash at its end or without.
  const partner = partnerAt(kind === 'mllp' ? bare : `${bare}/`, kind);
  if (partner === undefined)
    return `No partner of kind ${kind} is declared at the address of ${place}. Declare it under partners (docs/operating.md), or correct the address.`;
  return { partner, transport, address: bare };
}

interface Endpoint extends Resource {
  readonly status?: string;
  readonly address?: unknown;
  readonly connectionType?: { readonly system?: string; readonly code?: string };
}

function isTransport(code: string | undefined): code is Transport {
  return code !== undefined && Object.hasOwn(kinds, code);
}
