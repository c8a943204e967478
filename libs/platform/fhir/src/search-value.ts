/**
 * One search value, by the type of its parameter. https://hl7.org/fhir/R4/search.html#ptypes
 */
import { dateInterval } from './date-interval.ts';
import { isResourceType, type SearchParameterDefinition } from './definitions.ts';
import { Fault } from './fault.ts';
import { idForm } from './id.ts';
import { numberInterval } from './number-interval.ts';
import { parseReference } from './reference-value.ts';
import type { SearchValue } from './search-request.ts';
import { searchText } from './search-text.ts';

export interface ValueContext {
  readonly name: string;
  readonly parameter: SearchParameterDefinition;
  /** From a modifier: `subject:Patient`. */
  readonly targetType?: string;
  readonly ownBase?: string | undefined;
}

const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
type Prefix = (typeof prefixes)[number];

function bad(name: string, expected: string): Fault {
  return new Fault('bad-parameter', `The value of ${name} cannot be read: write ${expected}.`);
}

/** Cuts at a separator that no backslash precedes; the parts keep their escapes. */
export function cut(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** https://hl7.org/fhir/R4/search.html#escaping */
function unescape(text: string, name: string): string {
  if (!text.includes('\\')) return text;
  if (/\\(?:[^,|$\\]|$)/.test(text.replace(/\\\\/g, '')))
    throw bad(name, 'a backslash only before , | $ or another backslash');
  return text.replace(/\\([,|$\\])/g, '$1');
}

function withPrefix(text: string, name: string): { prefix?: Prefix; rest: string } {
  const letters = /^[a-z]{2}(?=[-+0-9])/.exec(text)?.[0];
  if (letters === undefined) return { rest: text };
  const prefix = prefixes.find((each) => each === letters);
  if (!prefix) throw bad(name, `one of the prefixes ${prefixes.join(', ')} or none`);
  return { prefix, rest: text.slice(2) };
}

function token(text: string, { name }: ValueContext): SearchValue {
  const parts = cut(text, '|').map((part) => unescape(part, name));
  if (parts.length > 2)
    throw bad(name, 'code, |code, system| or system|code, with \\| for a bar that belongs to the value');
  if (parts.length === 1) return { value: parts[0]! };
  const [system, code] = parts as [string, string];
  if (code !== '') return { system, value: code };
  if (system === '') throw bad(name, 'a system, a code, or both around the bar');
  return { system };
}

function date(text: string, { name }: ValueContext): SearchValue {
  const { prefix, rest } = withPrefix(unescape(text, name), name);
  if (!dateInterval(rest))
    throw bad(
      name,
      'YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with Z or an offset (a plus sign as %2B)',
    );
  return prefix ? { prefix, value: rest } : { value: rest };
}

function number(text: string, { name }: ValueContext): SearchValue {
  const { prefix, rest } = withPrefix(unescape(text, name), name);
  if (!numberInterval(rest)) throw bad(name, 'a number such as 5.4 or 1e2');
  return prefix ? { prefix, value: rest } : { value: rest };
}

function quantity(text: string, context: ValueContext): SearchValue {
  const [amount = '', ...unit] = cut(text, '|').map((part) => unescape(part, context.name));
  if (unit.length !== 0 && unit.length !== 2)
    throw bad(context.name, 'number, number|system|code or number||unit');
  const [system, code] = unit;
  const value = number(amount, context);
  if (system === undefined || (system === '' && code === '')) return value;
  // A system alone would have to be left out, and a search that leaves something out finds too much.
  if (!code) throw bad(context.name, 'number|system|code, with a code behind the second bar');
  return { ...value, system, code };
}

/** The one type that a bare id of the parameter can mean. */
function impliedTarget({ code, targets, expression }: SearchParameterDefinition): string | undefined {
  const named = new Set(
    [...(expression ?? '').matchAll(/resolve\(\) is ([A-Za-z]+)/g)].map(([, type]) => type),
  );
  if (named.size === 1) return [...named][0];
  if (code === 'patient') return 'Patient';
  return targets?.length === 1 && isResourceType(targets[0]!) ? targets[0] : undefined;
}

function reference(text: string, { name, parameter, targetType, ownBase }: ValueContext): SearchValue {
  const value = unescape(text, name);
  if (idForm.test(value)) {
    const implied = targetType ?? impliedTarget(parameter);
    return implied === undefined ? { value } : { value, targetType: implied };
  }
  const { type, id, url } = parseReference(value, ownBase);
  if (targetType !== undefined && type !== targetType) throw bad(name, `the id of a ${targetType}`);
  if (id !== undefined) return { value: id, targetType: type! };
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(value)) throw bad(name, 'an id, Type/id or an absolute URL');
  return { value: url!, isUrl: true };
}

function string(text: string, { name }: ValueContext): SearchValue {
  const value = unescape(text, name);
  if (searchText(value) === '') throw bad(name, 'at least one letter or digit');
  return { value };
}

function plain(text: string, { name }: ValueContext): SearchValue {
  return { value: unescape(text, name) };
}

const readers = { token, string, date, reference, uri: plain, number, quantity };

/** One of the values between a parameter's commas. Faults: `bad-parameter`, naming the parameter and what may stand there. */
export function searchValue(text: string, context: ValueContext): SearchValue {
  const read = readers[context.parameter.type as keyof typeof readers];
  if (text === '') throw bad(context.name, 'a value, or leave the parameter out');
  return read(text, context);
}
