import type { Condition } from './tables.ts';

/** What a condition may ask of the message, from where its row stands. */
export interface Scope {
  /** The value at `PID-11.9`, `CWE.3` or, for `PID` alone, whether there is such a segment. */
  value(reference: Reference): string | undefined;
  /** How many repetitions a field has. */
  count(reference: Reference): number;
}

export interface Reference {
  /** A segment (`PID`) or a datatype (`CWE`), whose component is then of the row's own field. */
  readonly name: string;
  readonly isSegment: boolean;
  readonly field: number | undefined;
  readonly component: number | undefined;
}

export type Test = (scope: Scope) => boolean;

/** `OBX-5.3` → segment OBX, field 5, component 3; `CWE.3` → component 3. */
export function parseReference(text: string): Reference {
  const [, name = '', dash, first, second] = /^([A-Z]\w*?)(?:([-.])(\d+)(?:\.(\d+))?)?$/.exec(text) ?? [];
  const numbers = [first, second].map((digits) => (digits === undefined ? undefined : Number(digits)));
  if (dash === '.') return { name, isSegment: false, field: undefined, component: numbers[0] };
  return { name, isSegment: true, field: numbers[0], component: numbers[1] };
}

const compare: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
};

/** A condition made into a function, once. */
export function compileCondition(condition: Condition): Test {
  switch (condition[0]) {
    case 'all':
    case 'any': {
      const tests = (condition.slice(1) as Condition[]).map(compileCondition);
      return condition[0] === 'all'
        ? (scope) => tests.every((test) => test(scope))
        : (scope) => tests.some((test) => test(scope));
    }
    case 'not': {
      const test = compileCondition(condition[1]);
      return (scope) => !test(scope);
    }
    case 'valued': {
      const reference = parseReference(condition[1]);
      return (scope) => scope.value(reference) !== undefined;
    }
    case 'is': {
      const reference = parseReference(condition[1]);
      const values = new Set(condition[2]);
      return (scope) => {
        const value = scope.value(reference);
        return value !== undefined && values.has(value);
      };
    }
    case 'same': {
      const [first, second] = [parseReference(condition[1]), parseReference(condition[2])];
      return (scope) => scope.value(first) === scope.value(second);
    }
    default:
      return compileNumeric(condition);
  }
}

function compileNumeric([what, of, sign, bound]: readonly [string, string, string, number]): Test {
  const reference = parseReference(of);
  const holds = compare[sign];
  if (!holds)
    throw new Error(`A condition compares by ${sign}; it may by ${Object.keys(compare).join(', ')}.`);
  if (what === 'count') return (scope) => holds(scope.count(reference), bound);
  return (scope) => holds(scope.value(reference)?.length ?? 0, bound);
}

/** Whether a condition asks that a field be empty: a literal under it speaks where the field is silent. */
export function asksAbsence(condition: Condition | undefined, from: string): boolean {
  if (condition === undefined) return false;
  if (condition[0] === 'not') return condition[1][0] === 'valued' && condition[1][1] === from;
  if (condition[0] === 'all' || condition[0] === 'any')
    return (condition.slice(1) as Condition[]).some((part) => asksAbsence(part, from));
  return false;
}
