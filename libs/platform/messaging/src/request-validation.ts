import { getMetadataStorage, validateSync, ValidationTypes, type ValidationError } from 'class-validator';
import { plainToInstance } from 'class-transformer';
import type { PipeTransform } from '@nestjs/common';
import { Fault, type Issue } from '#platform/fhir';
import type { MessageClass } from './contract.ts';

/** Whether a request satisfies its class; false may only mean "look closer". */
type Check = (request: Record<string, unknown>) => boolean;

/** What is gathered once per class. */
interface Compiled {
  readonly properties: ReadonlySet<string>;
  readonly check: Check;
}

/**
 * Checks a request against the class-validator decorators of its class, as Nest's ValidationPipe does with
 * `whitelist` and `forbidNonWhitelisted`. The request stays the frozen plain object it was.
 *
 * class-validator gathers and sorts the decorators of a class again for every object, which costs more than the rest
 * of a call; so they are gathered once, and its own constraints are asked directly. A request that fails them goes
 * through class-validator itself, which words the issues and has the last word on values. Not on names: it lets
 * `constructor` pass as if it were declared.
 */
export class RequestValidation implements PipeTransform<object, object> {
  readonly #message: MessageClass<object>;
  #compiled: Compiled | undefined;

  constructor(message: MessageClass<object>) {
    this.#message = message;
  }

  transform(request: object): object {
    const { properties, check } = (this.#compiled ??= compile(this.#message));
    const unknown = Object.keys(request).filter((key) => !properties.has(key));
    if (unknown.length === 0 && check(request as Record<string, unknown>)) return request;
    const issues = [...unknown.map(unknownProperty), ...explain(this.#message, request, properties)];
    if (issues.length === 0) return request;
    throw new Fault(
      'bad-parameter',
      `The request is not valid: ${issues[0]?.diagnostics}. Correct it and send it again.`,
      { issues },
    );
  }
}

type PropertyMetadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

function compile(message: MessageClass<object>): Compiled {
  const storage = getMetadataStorage();
  const byName = new Map<string, PropertyMetadata[]>();
  for (const metadata of storage.getTargetValidationMetadatas(message, '', false, false)) {
    const those = byName.get(metadata.propertyName) ?? [];
    byName.set(metadata.propertyName, [...those, metadata]);
  }
  const checks = [...byName].map(([name, metadatas]) => compileProperty(name, metadatas));
  const properties = new Set(byName.keys());
  if (!checks.every((check) => check !== undefined)) return { properties, check: () => false };
  return { properties, check: (request) => checks.every((check) => check(request)) };
}

/** Undefined for what only class-validator itself can check: nested classes, conditions other than IsOptional, promises. */
function compileProperty(name: string, metadatas: readonly PropertyMetadata[]): Check | undefined {
  const optional = metadatas.some(isOptional);
  const tests: Check[] = [];
  for (const metadata of metadatas) {
    if (isOptional(metadata) || metadata.type === ValidationTypes.WHITELIST) continue;
    const test =
      metadata.type === ValidationTypes.CUSTOM_VALIDATION ? compileConstraint(name, metadata) : undefined;
    if (test === undefined) return undefined;
    tests.push(test);
  }
  return (request) => {
    const value = request[name];
    if (optional && (value === undefined || value === null)) return true;
    for (const test of tests) if (!test(request)) return false;
    return true;
  };
}

function isOptional(metadata: PropertyMetadata): boolean {
  return metadata.type === ValidationTypes.CONDITIONAL_VALIDATION && metadata.name === 'isOptional';
}

function compileConstraint(name: string, metadata: PropertyMetadata): Check | undefined {
  const constraints = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls);
  if (metadata.validateIf !== undefined || constraints.length !== 1 || constraints[0]?.async !== false)
    return undefined;
  const { instance } = constraints[0];
  const passes = (value: unknown, object: object): boolean =>
    instance.validate(value, {
      value,
      object,
      property: name,
      constraints: metadata.constraints,
      targetName: '',
    }) === true;
  if (!metadata.each) return (request) => passes(request[name], request);
  return (request) => {
    const value = request[name];
    return Array.isArray(value) ? value.every((item) => passes(item, request)) : passes(value, request);
  };
}

function unknownProperty(name: string): Issue {
  return {
    severity: 'error',
    code: 'value',
    diagnostics: `property ${name} should not exist`,
    expression: name,
  };
}

function explain(message: MessageClass<object>, request: object, properties: ReadonlySet<string>): Issue[] {
  if (properties.size === 0) return [];
  const known = Object.fromEntries(Object.entries(request).filter(([name]) => properties.has(name)));
  const errors = validateSync(plainToInstance(message, known, { exposeUnsetFields: false }), {
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
  });
  return errors.flatMap((error) => issuesOf(error, ''));
}

function issuesOf(error: ValidationError, path: string): Issue[] {
  const expression = path === '' ? error.property : `${path}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((diagnostics): Issue => ({
    severity: 'error',
    code: 'value',
    diagnostics,
    expression,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => issuesOf(child, expression))];
}
