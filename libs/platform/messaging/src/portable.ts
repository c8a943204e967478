/** Deeper than this nothing is meant to be: texts carry resources, requests and results are small values. */
const maxDepth = 64;

/** A value that would not arrive in another process as it was sent; the message says where and what, never its content. */
export class NotPortable extends TypeError {}

/**
 * The value as it would arrive in another process: only JSON, deeply frozen, without properties that are undefined.
 * Nothing is copied unless such a property has to go. Throws `NotPortable` for anything that JSON would change: dates,
 * class instances, maps, functions, NaN. Both bindings send only what this returns.
 */
export function portable<Value>(value: Value, what: string): Value {
  if (value === undefined) return value;
  const trail = [what];
  return seal(value, trail) as Value;
}

function seal(value: unknown, trail: string[]): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw refused(trail, 'is not a finite number');
      return value === 0 ? 0 : value;
    case 'object':
      if (value === null) return null;
      if (trail.length > maxDepth)
        throw refused(trail.slice(0, 4), `is nested deeper than ${maxDepth}, or in itself`);
      return Array.isArray(value)
        ? sealArray(value, trail)
        : sealObject(value as Record<string, unknown>, trail);
    default:
      throw refused(
        trail,
        `is ${value === undefined ? 'undefined' : `a ${typeof value}`}, which JSON does not know`,
      );
  }
}

function sealArray(source: readonly unknown[], trail: string[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < source.length; index += 1) {
    const value = source[index];
    if (typeof value === 'string') continue;
    trail.push(String(index));
    const sealed = seal(value, trail);
    trail.pop();
    if (!Object.is(sealed, value)) (copy ??= [...source])[index] = sealed;
  }
  return Object.freeze(copy ?? source);
}

function sealObject(source: Record<string, unknown>, trail: string[]): Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(source);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refused(trail, `is a ${source.constructor?.name ?? 'class instance'}; send a plain object`);
  }
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (typeof value === 'string') continue;
    if (value === undefined) {
      copy ??= { ...source };
      delete copy[key];
      continue;
    }
    trail.push(key);
    const sealed = seal(value, trail);
    trail.pop();
    if (!Object.is(sealed, value)) (copy ??= { ...source })[key] = sealed;
  }
  return Object.freeze(copy ?? source);
}

function refused(trail: readonly string[], reason: string): NotPortable {
  return new NotPortable(`${trail.join('.')} ${reason}.`);
}

/** Texts as they would arrive: an array of strings that UTF-8 can carry, frozen. */
export function portableTexts(texts: readonly string[], what: string): readonly string[] {
  if (Object.isFrozen(texts) && texts.length === 0) return texts;
  for (let index = 0; index < texts.length; index += 1) {
    const text: unknown = texts[index];
    if (typeof text !== 'string') throw new NotPortable(`${what}.${index} is not a string.`);
    if (!text.isWellFormed())
      throw new NotPortable(`${what}.${index} holds half a surrogate pair, which UTF-8 cannot carry.`);
  }
  return Object.freeze(texts);
}
