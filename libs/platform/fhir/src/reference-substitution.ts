/**
 * Replaces links in a resource's text, where the definitions say that there is one: in references, uri, url, oid and
 * uuid elements, and in href and src of the narrative. A string that merely looks like a link stays, and so does a
 * canonical. Everything else keeps every character. https://hl7.org/fhir/R4/http.html#trules
 */
import { isResourceType, typeDefinition } from './definitions.ts';
import { expressionAt } from './expression-at.ts';
import { Fault } from './fault.ts';
import { eachMember, items, maxDepth, skipSpace, stringValue, valueEnd } from './json-scan.ts';
import { primitiveCheck } from './primitives.ts';
import { resourceTypeAt } from './resource-text.ts';

/** From a link as it is written to what takes its place. */
export type Substitutions = Readonly<Record<string, string>>;

export interface SubstitutionOptions {
  /**
   * Of the full URL that the resource has in its Bundle, without type and id and the slash before them: relative links
   * are looked up below it. https://hl7.org/fhir/R4/bundle.html#references
   */
  readonly base?: string | undefined;
  /** Refuses a reference by `urn:uuid:` or `urn:oid:` that nothing takes the place of: it would lead nowhere for ever. */
  readonly mustResolve?: boolean;
}

const linkTypes = new Set(['uri', 'url', 'oid', 'uuid']);

/** What a property leads to: a type with links somewhere in it, a link itself, or XHTML. */
type Place =
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'link'; readonly isReference: boolean }
  | { readonly kind: 'narrative' };

const placesByType = new Map<string, ReadonlyMap<string, Place>>();

function place(owner: string, name: string, type: string): Place | undefined {
  const isReference = owner === 'Reference' && name === 'reference';
  if (isReference || linkTypes.has(type)) return { kind: 'link', isReference };
  if (type === 'xhtml') return { kind: 'narrative' };
  return primitiveCheck(type) ? undefined : { kind: 'type', type };
}

function placesOf(type: string): ReadonlyMap<string, Place> {
  let places = placesByType.get(type);
  if (!places) {
    const found = new Map<string, Place>();
    for (const { name, types, isChoice } of typeDefinition(type)?.elements ?? []) {
      const stem = isChoice ? name.slice(0, -3) : name;
      for (const each of types) {
        const property = isChoice ? stem + each.charAt(0).toUpperCase() + each.slice(1) : stem;
        const leads = place(type, name, each);
        if (leads) found.set(property, leads);
        // The extensions of a primitive may hold links too. https://hl7.org/fhir/R4/json.html#primitive
        if (primitiveCheck(each)) found.set(`_${property}`, { kind: 'type', type: 'Element' });
      }
    }
    placesByType.set(type, (places = found));
  }
  return places;
}

const attribute = /\b(href|src)(\s*=\s*)(\\"|')(.*?)\3/g;

const urn = /^urn:(?:uuid|oid):/i;

/** A link as it is compared: the letter case of a UUID says nothing. https://www.rfc-editor.org/rfc/rfc9562#section-4 */
export function comparableLink(link: string): string {
  return urn.test(link) ? link.toLowerCase() : link;
}

const linkMaps = new WeakMap<Substitutions, ReadonlyMap<string, string>>();

/** A transaction substitutes the same links in each of its resources, so the object may not change after its first use. */
function linkMap(substitutions: Substitutions): ReadonlyMap<string, string> {
  let map = linkMaps.get(substitutions);
  if (!map) {
    map = new Map(Object.entries(substitutions).map(([link, other]) => [comparableLink(link), other]));
    linkMaps.set(substitutions, map);
  }
  return map;
}

class Substitution {
  private readonly text: string;
  private readonly links: ReadonlyMap<string, string>;
  private readonly options: SubstitutionOptions;
  private output = '';
  private copied = 0;

  constructor(text: string, links: ReadonlyMap<string, string>, options: SubstitutionOptions) {
    this.text = text;
    this.links = links;
    this.options = options;
  }

  run(): string {
    this.object(skipSpace(this.text, 0), 'Resource', 0);
    return this.copied === 0 ? this.text : this.output + this.text.slice(this.copied);
  }

  private other(link: string): string | undefined {
    const { base } = this.options;
    return (
      this.links.get(comparableLink(link)) ??
      (base === undefined ? undefined : this.links.get(`${base}/${link}`))
    );
  }

  private refuse(start: number): never {
    const diagnostics =
      'This reference stands for another entry of the Bundle, and none has it as its fullUrl. Add that entry, or refer to Type/id.';
    const expression = expressionAt(this.text, start);
    throw new Fault('invalid', diagnostics, {
      issues: [{ severity: 'error', code: 'invalid', diagnostics, expression }],
    });
  }

  private replace(start: number, end: number, literal: string): void {
    this.output += this.text.slice(this.copied, start) + literal;
    this.copied = end;
  }

  /** Each method answers the index after what it read. */
  private object(start: number, declared: string, depth: number): number {
    const { text } = this;
    const type = declared === 'Resource' ? this.resourceType(start) : declared;
    const places = type === undefined ? undefined : placesOf(type);
    if (!places || text[start] !== '{' || depth > maxDepth) return valueEnd(text, start);
    return eachMember(text, start, (key, at) => {
      const leads = places.get(key);
      return leads ? this.values(at, leads, depth) : valueEnd(text, at);
    });
  }

  private resourceType(start: number): string | undefined {
    const first = /\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"/y;
    first.lastIndex = start;
    const type = first.exec(this.text)?.[1] ?? resourceTypeAt(this.text, start);
    return type !== undefined && isResourceType(type) ? type : undefined;
  }

  private values(start: number, leads: Place, depth: number): number {
    if (this.text[start] !== '[') return this.value(start, leads, depth);
    return items(this.text, start, (at) => this.value(at, leads, depth + 1));
  }

  private value(start: number, leads: Place, depth: number): number {
    if (leads.kind === 'type') return this.object(start, leads.type, depth + 1);
    const end = valueEnd(this.text, start);
    if (this.text[start] !== '"') return end;
    const literal = this.text.slice(start, end);
    if (leads.kind === 'link') {
      const link = stringValue(literal);
      const other = this.other(link);
      if (other !== undefined) this.replace(start, end, JSON.stringify(other));
      else if (leads.isReference && this.options.mustResolve === true && urn.test(link)) this.refuse(start);
      return end;
    }
    const narrative = literal.replace(
      attribute,
      (whole: string, name: string, equals: string, mark: string, link: string) => {
        const other = this.other(stringValue(`"${link}"`));
        return other === undefined
          ? whole
          : `${name}${equals}${mark}${JSON.stringify(other).slice(1, -1)}${mark}`;
      },
    );
    if (narrative !== literal) this.replace(start, end, narrative);
    return end;
  }
}

/** Text that has no reference to refuse, whatever is written with escapes in it. */
const hasNoUrn = (text: string): boolean => !/urn:(?:uuid|oid):|\\u/i.test(text);

/**
 * The text of one resource with its links replaced. Faults: `malformed` for what is no JSON object, `invalid` for a
 * reference that must be resolved and is not, with the expression that leads to it.
 */
export function substituteReferences(
  text: string,
  substitutions: Substitutions,
  options: SubstitutionOptions = {},
): string {
  const links = linkMap(substitutions);
  if (links.size === 0 && (options.mustResolve !== true || hasNoUrn(text))) return text;
  return new Substitution(text, links, options).run();
}
