import { type Fields, all, fields, words } from '#platform/fhir';
import { number, conceptText } from './element.ts';
import { unitName } from './drug-name.ts';

/** One instruction of a regimen in numbers that can be compared; what is not said is absent. */
export interface Dose {
  /** What is taken each time: `50 mg`, `1 tablet`, `1 to 2 tablet`. */
  readonly amount?: string;
  /** How many times in 24 hours; less than 1 for what is taken on some days. */
  readonly timesADay?: number;
  readonly asNeeded: boolean;
  /** The instruction in words, in one spelling. */
  readonly text?: string;
}

export type Regimen = readonly Dose[];

/** Whether two regimens prescribe the same. `unknown`: what is said does not tell. */
export type RegimenDifference = 'same' | 'other' | 'unknown';

const hours: Readonly<Record<string, number>> = {
  s: 1 / 3600,
  min: 1 / 60,
  h: 1,
  d: 24,
  wk: 168,
  mo: 730.5,
  a: 8766,
};

/** https://terminology.hl7.org/CodeSystem-v3-GTSAbbreviation.html: how often a day each stands for. */
const abbreviations: Readonly<Record<string, number>> = {
  AM: 1,
  PM: 1,
  QD: 1,
  BED: 1,
  BID: 2,
  TID: 3,
  QID: 4,
  QOD: 1 / 2,
  Q1H: 24,
  Q2H: 12,
  Q3H: 8,
  Q4H: 6,
  Q6H: 4,
  Q8H: 3,
  WK: 1 / 7,
};

/** What is counted and not measured: with one strength known, an amount of it is an amount of the substance. */
const counted = /^(?:|1|\{?(?:tablet|tablets|tab|tabs|tbl|capsule|capsules|cap|caps|pill|pills)\}?)$/;
const milligrams: Readonly<Record<string, number>> = { mg: 1, g: 1_000, mcg: 0.001 };

/**
 * The regimen of a Dosage element that may repeat. https://hl7.org/fhir/R4/dosage.html
 *
 * @param strengths Of the product, as in `DrugName`: one of them makes two tablets of 25 mg and one of 50 mg the same.
 */
export function regimenOf(dosages: unknown, strengths: readonly string[] = []): Regimen {
  return all(dosages).map((dosage) => {
    const amount = amountOf(dosage, strengths);
    const timesADay = timesADayOf(fields(dosage['timing']));
    const said = words(dosage['text']) ?? words(dosage['patientInstruction']);
    return {
      ...(amount === undefined ? {} : { amount }),
      ...(timesADay === undefined ? {} : { timesADay: rounded(timesADay) }),
      asNeeded: dosage['asNeededBoolean'] === true || dosage['asNeededCodeableConcept'] !== undefined,
      ...(said === undefined
        ? {}
        : {
            text: said
              .toLowerCase()
              .replace(/[\s.,;]+/g, ' ')
              .trim(),
          }),
    };
  });
}

/**
 * Compares by numbers where both have them, else by words where both have those. Symmetric, and independent of the order
 * of the instructions; a regimen is never other than itself.
 */
export function compareRegimens(a: Regimen, b: Regimen): RegimenDifference {
  if (a.length === 0 || b.length === 0) return 'unknown';
  const [one, other] = [canonical(a), canonical(b)];
  if (one === other) return a.every(isTold) ? 'same' : 'unknown';
  if (a.length === 1 && b.length === 1) return compareDoses(a[0]!, b[0]!);
  return [...a, ...b].every(isMeasured) || [...a, ...b].every(({ text }) => text !== undefined)
    ? 'other'
    : 'unknown';
}

function compareDoses(a: Dose, b: Dose): RegimenDifference {
  const parts = [compareAmounts(a.amount, b.amount), compare(a.timesADay, b.timesADay)];
  if (parts.includes('other')) return 'other';
  if (parts.every((part) => part === 'same')) return a.asNeeded === b.asNeeded ? 'same' : 'other';
  if (a.text === undefined || b.text === undefined) return 'unknown';
  if (a.text === b.text) return 'same';
  // Other words may say the same; a person compares them. Numbers that agree as far as they go are not overruled.
  return parts.includes('same') ? 'unknown' : 'other';
}

function compareAmounts(a: string | undefined, b: string | undefined): RegimenDifference {
  if (a !== undefined && b !== undefined && kind(a) !== kind(b)) return 'unknown';
  return compare(a, b);
}

function compare(a: unknown, b: unknown): RegimenDifference {
  if (a === undefined || b === undefined) return 'unknown';
  return a === b ? 'same' : 'other';
}

/** The unit: a millilitre and a milligram cannot be compared. */
function kind(amount: string): string {
  return amount.slice(amount.lastIndexOf(' ') + 1);
}

function canonical(regimen: Regimen): string {
  const doses = regimen.map((dose) => {
    const { amount, timesADay, asNeeded, text } = dose;
    return JSON.stringify(
      isMeasured(dose) ? [amount, timesADay, asNeeded] : [amount, timesADay, asNeeded, text],
    );
  });
  return doses.toSorted().join('\n');
}

function isMeasured({ amount, timesADay }: Dose): boolean {
  return amount !== undefined && timesADay !== undefined;
}

function isTold(dose: Dose): boolean {
  return isMeasured(dose) || dose.text !== undefined;
}

function amountOf(dosage: Fields, strengths: readonly string[]): string | undefined {
  const [rate] = all(dosage['doseAndRate']);
  const range = fields(rate?.['doseRange']);
  const low = quantity(range['low'], strengths);
  const high = quantity(range['high'], strengths);
  if (low !== undefined && high !== undefined) return `${low[0]} to ${high[0]} ${high[1]}`;
  return quantity(rate?.['doseQuantity'], strengths)?.join(' ');
}

function quantity(value: unknown, strengths: readonly string[]): readonly [string, string] | undefined {
  const { value: amount, code, unit } = fields(value);
  const count = number(amount);
  if (count === undefined) return undefined;
  const named = unitName(words(code) ?? words(unit) ?? '');
  const [strength, ...more] = strengths;
  const [, each, of] = /^(\d+(?:\.\d+)?) (\S+)$/.exec(strength ?? '') ?? [];
  if (counted.test(named) && more.length === 0 && of !== undefined && of in milligrams) {
    return [String(rounded(count * Number(each) * milligrams[of]!)), 'mg'];
  }
  if (named in milligrams) return [String(rounded(count * milligrams[named]!)), 'mg'];
  return [String(rounded(count)), counted.test(named) ? 'piece' : named];
}

function timesADayOf(timing: Fields): number | undefined {
  const repeat = fields(timing['repeat']);
  const times = listLength(repeat['timeOfDay']) ?? number(repeat['frequency']);
  const days = listLength(repeat['dayOfWeek']);
  const hoursOfPeriod = (number(repeat['period']) ?? NaN) * (hours[String(repeat['periodUnit'])] ?? NaN);
  if (days !== undefined) return ((times ?? 1) * days) / 7;
  if (!Number.isNaN(hoursOfPeriod) && hoursOfPeriod > 0) return ((times ?? 1) * 24) / hoursOfPeriod;
  if (listLength(repeat['timeOfDay']) !== undefined) return times;
  const codes = all(fields(timing['code'])['coding']).map(({ code }) => String(code));
  const abbreviation = [...codes, conceptText(timing['code']) ?? ''].find(
    (each) => each.toUpperCase() in abbreviations,
  );
  return abbreviation === undefined ? undefined : abbreviations[abbreviation.toUpperCase()];
}

function listLength(value: unknown): number | undefined {
  return Array.isArray(value) && value.length > 0 ? value.length : undefined;
}

/** Sums of decimal fractions are not exact; nobody doses by the tenth digit. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
