import { Fault, parseAsWritten } from '#platform/fhir';
import { Element, type Fields } from './element.ts';

/** Resources that say how the Bundle travels, which the message says in its own way. */
const ofTheJourney = new Set(['MessageHeader', 'Composition']);

/** A Bundle whose resources are read from one another. */
export class Bundle {
  readonly #resources: readonly Element[];
  readonly #byReference = new Map<string, Element>();
  readonly type: string;
  /** Bundle.identifier and Bundle.timestamp are read here. */
  readonly head: Element;

  /** @throws Fault `malformed` where the text is no Bundle. */
  constructor(text: string) {
    const { entry, ...head } = parsed(text);
    if (head['resourceType'] !== 'Bundle')
      throw new Fault('malformed', 'This is no Bundle. Give the JSON text of a Bundle of FHIR R4.');
    this.type = String(head['type']);
    this.head = Element.resource(head);
    this.#resources = (Array.isArray(entry) ? (entry as Fields[]) : []).flatMap(({ fullUrl, resource }) =>
      typeof resource === 'object' && resource !== null ? [this.#add(fullUrl, resource as Fields)] : [],
    );
  }

  #add(fullUrl: unknown, fields: Fields): Element {
    const resource = Element.resource(fields);
    if (typeof fullUrl === 'string') this.#byReference.set(fullUrl, resource);
    const id = resource.peek('id');
    if (id !== undefined) this.#byReference.set(`${resource.type}/${id}`, resource);
    return resource;
  }

  /** The resources of a type, in the Bundle's order. */
  all(type: string): readonly Element[] {
    return this.#resources.filter((resource) => resource.type === type);
  }

  /** The resource a Reference leads to, where the Bundle has it: then the Reference itself has no more to say. */
  follow(reference: Element | undefined): Element | undefined {
    const address = reference?.text('reference');
    if (reference === undefined || address === undefined) return undefined;
    const found = address.startsWith('#')
      ? reference.contained(address.slice(1))
      : (this.#byReference.get(address) ?? this.#byReference.get(lastTwo(address)));
    if (found) reference.takeAll();
    return found;
  }

  /** What no field of the message says: `Patient.photo`, `Encounter[2].length`, or `Procedure`, where it is all of it. */
  leftOut(): string[] {
    return this.#resources
      .filter(({ type }) => !ofTheJourney.has(type))
      .flatMap((resource) => {
        const alike = this.all(resource.type);
        const number = alike.length > 1 ? `[${alike.indexOf(resource)}]` : '';
        return resource.unread().map((path) => path.replace(/^[A-Za-z]+/, `$&${number}`));
      });
  }
}

function lastTwo(address: string): string {
  return address
    .replace(/\/_history\/.*$/, '')
    .split('/')
    .slice(-2)
    .join('/');
}

function parsed(text: string): Fields {
  try {
    return parseAsWritten(text) as Fields;
  } catch (cause) {
    throw new Fault('malformed', 'This is no JSON. Give the text of a Bundle of FHIR R4.', { cause });
  }
}
