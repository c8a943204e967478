import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, Min, ValidateIf, ValidateNested } from 'class-validator';
import { Fault } from '#platform/fhir';
import { RequestValidation } from './request-validation.ts';

class Line {
  @IsString() drug!: string;
  @IsInt() @Min(1) amount!: number;
}
class Order {
  @IsString() ward!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}
class Urgent extends Line {
  @IsOptional() @IsString() reason?: string;
}
class Conditional {
  @IsString() kind!: string;
  @ValidateIf(({ kind }: Conditional) => kind === 'other') @IsString() text?: string;
}
class Empty {}

function issuesOf(message: new () => object, request: object): (string | undefined)[] {
  try {
    new RequestValidation(message).transform(Object.freeze(request));
    return [];
  } catch (error) {
    if (error instanceof Fault && error.kind === 'bad-parameter')
      return error.issues.map((issue) => issue.expression);
    throw error;
  }
}

describe('the validation of a request', () => {
  it('looks into nested classes', () => {
    const good = { ward: '1', lines: [{ drug: 'a', amount: 1 }] };
    expect(issuesOf(Order, good)).toEqual([]);
    expect(issuesOf(Order, { ward: '1', lines: [{ drug: 'a', amount: 0 }] })).toEqual(['lines.0.amount']);
    expect(issuesOf(Order, { ward: '1', lines: [{ drug: 'a', amount: 1, note: '' }] })).toEqual([
      'lines.0.note',
    ]);
  });

  it('knows the decorators of the classes a class extends', () => {
    expect(issuesOf(Urgent, { drug: 'a', amount: 1, reason: 'b' })).toEqual([]);
    expect(issuesOf(Urgent, { drug: 1, amount: 1, reason: 2 })).toEqual(['reason', 'drug']);
  });

  it('asks conditions', () => {
    expect(issuesOf(Conditional, { kind: 'known', text: 4 })).toEqual([]);
    expect(issuesOf(Conditional, { kind: 'other', text: 4 })).toEqual(['text']);
  });

  it('admits nothing where nothing is declared', () => {
    expect(issuesOf(Empty, {})).toEqual([]);
    expect(issuesOf(Empty, { a: 1 })).toEqual(['a']);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'does not take %s for declared',
    (name) => {
      const request = JSON.parse(`{"drug":"a","amount":1,${JSON.stringify(name)}:{"admin":true}}`) as object;
      expect(issuesOf(Line, request)).toEqual([name]);
    },
  );

  it('repeats no value', () => {
    const validation = new RequestValidation(Line);
    try {
      validation.transform({ drug: 'canary', amount: 'canary', extra: 'canary' });
      throw new Error('It was admitted.');
    } catch (error) {
      const { message, issues } = error as Fault;
      expect(issues.map(({ expression }) => expression)).toEqual(['extra', 'amount', 'amount']);
      expect(JSON.stringify([message, issues])).not.toContain('canary');
    }
  });
});
