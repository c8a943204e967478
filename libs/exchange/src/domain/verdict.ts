/** What a recipient made of what it was sent. */
export type Verdict =
  | { readonly is: 'taken'; readonly proof: string }
  /** Not this time. `isRefusal`: it answered, with an error that time may mend or not. */
  | { readonly is: 'again'; readonly proof: string; readonly reason: string; readonly isRefusal: boolean }
  /** Not this one, ever: it said so. */
  | { readonly is: 'refused'; readonly proof: string; readonly reason: string }
  /** It was never asked, and there is nothing to wait for. */
  | { readonly is: 'unsendable'; readonly reason: string };

const seeThere = 'See there what is wrong with it, and have it sent again with $delivery-resend.';
/** What says nothing of the request itself. https://www.rfc-editor.org/rfc/rfc9110#section-15.5 */
const passing = [408, 425, 429];

/** An answer over HTTP, by its status alone. */
export function verdictOfStatus(status: number): Verdict {
  const proof = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { is: 'taken', proof };
  if (status >= 400 && status < 500 && !passing.includes(status))
    return { is: 'refused', proof, reason: `The recipient answered ${status}. ${seeThere}` };
  return { is: 'again', proof, reason: `The recipient answered ${status}.`, isRefusal: false };
}

/**
 * An answer to a FHIR message: where it is one itself, its response code tells more than the status.
 * https://hl7.org/fhir/R4/valueset-response-code.html
 */
export function verdictOfResponse(status: number, text: string): Verdict {
  const verdict = verdictOfStatus(status);
  const code = verdict.is === 'taken' ? responseCode(text) : undefined;
  const proof = `HTTP ${status} ${code}`;
  if (code === 'fatal-error')
    return { is: 'refused', proof, reason: `The recipient answered ${code}. ${seeThere}` };
  if (code === 'transient-error')
    return { is: 'again', proof, reason: `The recipient answered ${code}.`, isRefusal: false };
  return code === 'ok' ? { is: 'taken', proof } : verdict;
}

function responseCode(text: string): string | undefined {
  try {
    const { entry } = JSON.parse(text) as {
      entry?: { resource?: { resourceType?: string; response?: { code?: string } } }[];
    };
    const header = entry?.[0]?.resource;
    return header?.resourceType === 'MessageHeader' ? header.response?.code : undefined;
  } catch {
    // Whatever else it answered with 2xx, it took the message.
    return undefined;
  }
}

/** Of table 0357: application internal error. */
const ownTrouble = '207';

/** What an acknowledgement says: MSA-1 of table 0008, and ERR-3 and ERR-2 of its first error segment. */
interface Acknowledged {
  readonly code: string;
  readonly error: string | undefined;
  readonly place: string | undefined;
}

export function verdictOfAcknowledgement({ code, error, place }: Acknowledged, controlId: string): Verdict {
  const known = /^[AC][AER]$/.test(code) ? code : 'of no known code';
  const proof = `MSA ${known} ${controlId}`;
  if (known.endsWith('A')) return { is: 'taken', proof };
  const reason = `The recipient acknowledged with ${known}${told(error, place)}.`;
  if (error === ownTrouble) return { is: 'again', proof, reason, isRefusal: false };
  if (known.endsWith('R')) return { is: 'refused', proof, reason: `${reason} ${seeThere}` };
  return { is: 'again', proof, reason, isRefusal: true };
}

/** The first error by code and place alone: what else the recipient writes may quote the patient. */
function told(error: string | undefined, place: string | undefined): string {
  const code = /^\d{1,3}$/.test(error ?? '') ? ` ${error}` : '';
  const where = place === undefined ? '' : ` at ${place}`;
  return code === '' && where === '' ? '' : `, error${code}${where}`;
}

/** So often a recipient may answer with an error of its own before it is taken at its word. */
const mostRefusals = 5;

/**
 * Whether what was not taken is given up.
 *
 * @param refusals how often the recipient has answered with an error before
 * @param pauseMs until it would be tried again; undefined when its time is over
 */
export function givesUp(
  { isRefusal, reason }: Extract<Verdict, { is: 'again' }>,
  refusals: number,
  pauseMs: number | undefined,
): string | undefined {
  if (isRefusal && refusals + 1 >= mostRefusals)
    return `${reason} It did so ${refusals + 1} times. ${seeThere}`;
  if (pauseMs !== undefined) return undefined;
  return `It was not taken in the time that its partner is given (retryForMs). Last: ${reason} Have it sent again with $delivery-resend when the recipient is well.`;
}
