/**
 * What a value of each primitive type looks like in JSON. https://hl7.org/fhir/R4/datatypes.html#primitive
 */
import { primitivePattern } from './definitions.ts';
import { isRealDay } from './date-interval.ts';

/** Undefined when the value is good, else what the value must be. */
export type PrimitiveCheck = (value: unknown) => string | undefined;

const megabyte = 1024 * 1024;

function whole(low: number, high: number): PrimitiveCheck {
  const expected = `a whole JSON number from ${low} to ${high}`;
  return (value) =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high ? undefined : expected;
}

function matching(pattern: RegExp, expected: string): PrimitiveCheck {
  return (value) => (typeof value === 'string' && pattern.test(value) ? undefined : expected);
}

function published(type: string): RegExp {
  return new RegExp(`^(?:${primitivePattern(type)})$`);
}

/** The published pattern, and a day that the month has. */
function calendar(type: string, expected: string): PrimitiveCheck {
  const pattern = published(type);
  return (value) =>
    typeof value === 'string' && pattern.test(value) && isRealDay(value) ? undefined : expected;
}

/** Not empty, no control character but tab, line feed and carriage return, at most 1 MB. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;
const text: PrimitiveCheck = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= megabyte && !controlCharacter.test(value)
    ? undefined
    : 'a JSON string that is not empty, of at most 1 MB, without control characters';

/** The published pattern backtracks for ever on bad input; the alphabet and the length say the same. */
const base64Alphabet = /^[0-9A-Za-z+/\s]*(?:=\s*){0,2}$/;
const base64: PrimitiveCheck = (value) =>
  typeof value === 'string' &&
  value.length > 0 &&
  base64Alphabet.test(value) &&
  value.replace(/\s+/g, '').length % 4 === 0
    ? undefined
    : 'base64 of RFC 4648 in a JSON string';

/** Says what the published pattern says, which on a long value needs more stack than there is. */
const code: PrimitiveCheck = (value) =>
  typeof value === 'string' &&
  value.length > 0 &&
  !/^\s|\s$|\s\s/.test(value) &&
  !controlCharacter.test(value)
    ? undefined
    : 'a code: no leading, trailing or double spaces';

const oidPattern = published('oid');
const oid: PrimitiveCheck = (value) =>
  typeof value === 'string' && value.length <= 4096 && oidPattern.test(value)
    ? undefined
    : 'an OID: urn:oid: and numbers with dots';

// eslint-disable-next-line no-control-regex -- control characters are what it leaves out
const uriForm = /^[^\s\u0000-\u001f]+$/;
const uri = matching(uriForm, 'a URI: a JSON string that is not empty, without spaces or control characters');

/** One div, or an XML declaration and one div. https://hl7.org/fhir/R4/narrative.html */
const xhtmlStart = /^\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:\w{1,32}:)?div[\s>/]/;
const xhtmlEnd = /(?:<\/(?:\w{1,32}:)?div\s*|\/)>$/;
const xhtml: PrimitiveCheck = (value) =>
  typeof value === 'string' &&
  !controlCharacter.test(value) &&
  xhtmlStart.test(value) &&
  xhtmlEnd.test(value.trimEnd().slice(-80))
    ? undefined
    : 'XHTML in one <div> element';

const checks: Readonly<Record<string, PrimitiveCheck>> = {
  base64Binary: base64,
  boolean: (value) => (typeof value === 'boolean' ? undefined : 'true or false, not in quotes'),
  canonical: uri,
  code,
  date: calendar('date', 'a date: YYYY, YYYY-MM or YYYY-MM-DD'),
  dateTime: calendar(
    'dateTime',
    'a dateTime: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with Z or an offset',
  ),
  decimal: (value) =>
    typeof value === 'number' && Number.isFinite(value) ? undefined : 'a JSON number, not in quotes',
  id: matching(published('id'), 'an id: 1 to 64 of A-Z a-z 0-9 - .'),
  instant: calendar('instant', 'an instant: YYYY-MM-DDThh:mm:ss with Z or an offset'),
  integer: whole(-2147483648, 2147483647),
  markdown: text,
  oid,
  positiveInt: whole(1, 2147483647),
  string: text,
  time: matching(published('time'), 'a time: hh:mm:ss'),
  unsignedInt: whole(0, 2147483647),
  uri,
  url: uri,
  uuid: matching(published('uuid'), 'a UUID: urn:uuid: and lower-case hexadecimal'),
  xhtml,
};

export function primitiveCheck(type: string): PrimitiveCheck | undefined {
  return Object.hasOwn(checks, type) ? checks[type] : undefined;
}
