import { utc, type Zone } from './zone.ts';

/**
 * The texts of version 2 as R4's primitives. Undefined: not a value of that type, and not guessed at.
 * https://hl7.org/fhir/R4/datatypes.html#primitive
 */
const moment = /^(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)?(\d\d)?(\.\d{1,4})?)?\s*([+-]\d{4}|Z)?$/;

type Value = string | number | boolean | undefined;
type Converter = (text: string, zone: Zone) => Value;

/** A DTM, DT or TS: `20230501102531-0400`. With a time and no offset it is taken at the sender's `zone`. */
function dateTime(text: string, zone: Zone): string | undefined {
  const match = moment.exec(text.trim());
  if (!match) return undefined;
  const [, year = '', month, day, hour, minute = '00', second = '00', fraction = '', offset] = match;
  if (!isDate(year, month, day)) return undefined;
  const date = [year, month, day].filter(Boolean).join('-');
  if (hour === undefined) return date;
  if (day === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const local = `${date}T${hour}:${minute}:${second}`;
  return `${local}${fraction}${offsetOf(offset) ?? zone(local)}`;
}

function isDate(year: string, month = '01', day = '01'): boolean {
  if (year === '0000' || month < '01' || month > '12' || day < '01') return false;
  return Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}

function offsetOf(offset: string | undefined): string | undefined {
  if (offset === undefined || offset === 'Z') return offset;
  return `${offset.slice(0, 3)}:${offset.slice(3)}`;
}

/** An instant is precise to the second; a coarser moment is its beginning. */
function instant(text: string, zone: Zone): string | undefined {
  const [, year, month = '01', day = '01'] = moment.exec(text.trim()) ?? [];
  const precise = dateTime(text, zone);
  if (precise === undefined || precise.includes('T')) return precise;
  const local = `${year}-${month}-${day}T00:00:00`;
  return local + zone(local);
}

function time(text: string): string | undefined {
  const match = /^([01]\d|2[0-3])([0-5]\d)?([0-5]\d)?(\.\d{1,4})?/.exec(text.trim());
  return match ? `${match[1]}:${match[2] ?? '00'}:${match[3] ?? '00'}${match[4] ?? ''}` : undefined;
}

function decimal(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : undefined;
}

/** A decimal as JSON writes it with all its digits; undefined where a number says the same. */
export function lexicalDecimal(text: string): string | undefined {
  const [, sign = '', whole = '', digits = ''] = /^([+-]?)0*(\d*)\.?(\d*)$/.exec(text.trim()) ?? [];
  const lexical = `${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}${digits === '' ? '' : `.${digits}`}`;
  return lexical === String(Number(lexical)) ? undefined : lexical;
}

const whole =
  (least: number) =>
  (text: string): number | undefined => {
    const number = /^[+-]?\d{1,10}(\.0*)?$/.test(text.trim()) ? Number(text) : Number.NaN;
    return number >= least && number <= 2_147_483_647 ? number : undefined;
  };

const yesOrNo: Readonly<Record<string, boolean>> = { Y: true, N: false, true: true, false: false };

function words(text: string): string | undefined {
  const plain = text.trim();
  return plain === '' ? undefined : plain;
}

const converters: Readonly<Record<string, Converter>> = {
  dateTime,
  date: (text) => dateTime(text, utc)?.slice(0, 10),
  instant,
  time,
  decimal,
  integer: whole(-2_147_483_648),
  unsignedInt: whole(0),
  positiveInt: whole(1),
  boolean: (text) => yesOrNo[text.trim()],
  code: (text) => words(text.replace(/\s+/g, ' ')),
  uri: (text) => words(text.replace(/\s/g, '')),
  url: (text) => words(text.replace(/\s/g, '')),
  canonical: (text) => words(text.replace(/\s/g, '')),
  base64Binary: base64,
  xhtml: (text) => `<div xmlns="http://www.w3.org/1999/xhtml">${escapedMarkup(text)}</div>`,
};

function base64(text: string): string | undefined {
  const plain = text.replace(/\s/g, '');
  return plain !== '' && plain.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(plain) ? plain : undefined;
}

function escapedMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Makes a v2 text the value of an R4 primitive. `zone`: the offset of times that have none. */
export function converterTo(type: string): Converter {
  return converters[type] ?? words;
}

export function isPrimitive(type: string): boolean {
  return type.charAt(0) === type.charAt(0).toLowerCase();
}
