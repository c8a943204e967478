/** FHIR's data types as those of version 2.5.1. https://www.hl7.eu/HL7v2x/v251/std251/ch02a.html */
import type { ComponentContent } from '#platform/hl7v2';
import type { Element } from './element.ts';
import type { Vocabulary } from './vocabulary.ts';

export type Components = readonly ComponentContent[];
/** An HD: namespace, universal id, and what kind of id that is. */
export type Authority = readonly string[];

/** A TS or DT: `2026-11-22T09:30:00+01:00` → `20261122093000+0100`. As precise as it is, but for digits behind 0.1 ms. */
export function moment(text: string | undefined): string | undefined {
  const [, date, hours, fraction = '', zone] =
    /^(\d{4}(?:-\d\d){0,2})(?:T(\d\d:\d\d(?::\d\d)?)(\.\d{1,4})?\d*(Z|[+-]\d\d:\d\d))?$/.exec(text ?? '') ??
    [];
  if (date === undefined) return undefined;
  const plain = (part: string): string => part.replace(/[-:]/g, '');
  if (hours === undefined || zone === undefined) return plain(date);
  const digits = /[1-9]/.test(fraction) ? fraction : '';
  return `${plain(date)}${plain(hours)}${digits}${zone === 'Z' ? '+0000' : zone.replace(':', '')}`;
}

/** CX. https://hl7.org/fhir/uv/v2mappings/STU1/ConceptMap-datatype-cx-to-identifier.html */
export function identifier(from: Element, vocabulary: Vocabulary): Components {
  const system = from.text('system');
  const period = from.one('period');
  return [
    from.text('value'),
    '',
    '',
    vocabulary.authority(system),
    identifierType(from, vocabulary) ?? typesBySystem[system ?? ''],
    '',
    moment(period?.text('start')),
    moment(period?.text('end')),
  ];
}

const typesBySystem: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/sid/us-npi': 'NPI',
  'http://hl7.org/fhir/sid/us-ssn': 'SS',
};

function identifierType(from: Element, vocabulary: Vocabulary): string | undefined {
  for (const coding of from.one('type')?.all('coding') ?? []) {
    const [code, system] = [coding.peek('code'), coding.peek('system')];
    const found =
      system === undefined
        ? vocabulary.plainCodeOf('IdentifierType', code)
        : code && vocabulary.codeOf('IdentifierType', { system, code })?.code;
    if (!found) continue;
    coding.takeAll();
    return found;
  }
  return undefined;
}

/** EI. */
export function entity(from: Element | undefined, vocabulary: Vocabulary): Components | undefined {
  const value = from?.text('value');
  return value === undefined ? undefined : [value, ...beside(vocabulary.authority(from?.text('system')))];
}

/** An HD whose parts are components of their own. */
function beside(authority: Components): Components {
  return [authority[0], authority[1], authority[2]];
}

/** XPN. https://hl7.org/fhir/uv/v2mappings/STU1/ConceptMap-datatype-xpn-to-humanname.html */
export function name(from: Element, vocabulary: Vocabulary): Components {
  const [given, ...middle] = from.texts('given');
  const [suffix, ...titles] = from.texts('suffix');
  const period = from.one('period');
  const family = from.text('family');
  return [
    // A name that has no parts is told all the same, where a name is looked for.
    family ?? (given === undefined ? from.text('text') : undefined),
    given,
    middle.join(' '),
    suffix,
    from.texts('prefix').join(' '),
    '',
    vocabulary.plainCodeOf('NameType', from.text('use')),
    '',
    '',
    '',
    '',
    moment(period?.text('start')),
    moment(period?.text('end')),
    titles.join(' '),
  ];
}

/** XAD. https://hl7.org/fhir/uv/v2mappings/STU1/ConceptMap-datatype-xad-to-address.html */
export function address(from: Element, vocabulary: Vocabulary): Components {
  const [street = from.text('text'), ...others] = from.texts('line');
  const period = from.one('period');
  const use = vocabulary.plainCodeOf('AddressType[Use]', from.text('use'));
  return [
    [street],
    others.join(', '),
    from.text('city'),
    from.text('state'),
    from.text('postalCode'),
    from.text('country'),
    use ?? vocabulary.plainCodeOf('AddressType[Type]', from.text('type')),
    '',
    from.text('district'),
    '',
    '',
    '',
    moment(period?.text('start')),
    moment(period?.text('end')),
  ];
}

/** XTN: the number stands where version 2.5 has it and where it stood before. */
export function contact(from: Element, vocabulary: Vocabulary): Components | undefined {
  const value = from.text('value');
  if (value === undefined) return undefined;
  const [system, use] = [from.text('system'), from.text('use')];
  if (system === 'email')
    return ['', useOf(use, vocabulary) ?? 'NET', vocabulary.plainCodeOf(equipment, system), value];
  if (use === 'mobile' && (system === 'phone' || system === undefined))
    return [value, 'PRS', 'CP', ...before12, value];
  return [value, useOf(use, vocabulary), vocabulary.plainCodeOf(equipment, system), ...before12, value];
}

function useOf(use: string | undefined, vocabulary: Vocabulary): string | undefined {
  return vocabulary.plainCodeOf('TelecommunicationUseCode', use);
}

const equipment = 'TelecommunicationEquipmentType';
const before12: readonly string[] = Array.from({ length: 8 }, () => '');

/** CWE, with the code that the table of the field has where a map leads back to it. */
export function concept(
  from: Element | undefined,
  vocabulary: Vocabulary,
  map?: string,
): Components | undefined {
  if (from === undefined) return undefined;
  const codings = from
    .all('coding')
    .map((element) => ({ element, found: inTable(element, vocabulary, map) }));
  const first = codings.find(({ found }) => found !== undefined) ?? codings[0];
  const second = codings.find((one) => one !== first);
  const [code, display, system, version] = first ? triplet(first.element, vocabulary, first.found) : [];
  const [code2, display2, system2, version2] = second
    ? triplet(second.element, vocabulary, second.found)
    : [];
  const text = from.text('text');
  const all = [code, display, system, code2, display2, system2, version, version2, text];
  return all.every((value) => value === undefined) ? undefined : all;
}

type Found = ReturnType<Vocabulary['codeOf']>;

function inTable(coding: Element, vocabulary: Vocabulary, map: string | undefined): Found {
  const code = coding.peek('code');
  return code === undefined || map === undefined
    ? undefined
    : vocabulary.codeOf(map, { system: coding.peek('system'), code });
}

function triplet(coding: Element, vocabulary: Vocabulary, found: Found): readonly (string | undefined)[] {
  const display = coding.text('display');
  const [code, system, version] = [coding.text('code'), coding.text('system'), coding.text('version')];
  if (found) return [found.code, display, found.table];
  return [code, display, vocabulary.codeSystem(system), version];
}
