/** A JSON object of FHIR. Numbers are texts, as they were written. */
export type Fields = Readonly<Record<string, unknown>>;

/** Remembers what was read of which object, so that what was not can be told. */
class Reading {
  readonly #read = new Map<object, Set<string>>();

  note(of: object, name: string): void {
    this.#read.set(of, (this.#read.get(of) ?? new Set()).add(name));
  }

  wasRead(of: object): boolean {
    return this.#read.has(of);
  }

  /** The paths of what was not read, each as short as it can be: of an object that was not touched, its own. */
  unread(of: Fields, path: string, apart: ReadonlySet<string> = noFactsAnywhere): string[] {
    const names = this.#read.get(of);
    if (!names) return [path];
    return Object.entries(of)
      .filter(([name]) => !apart.has(name))
      .flatMap(([name, value]) =>
        names.has(name) ? this.#unreadWithin(value, `${path}.${name}`) : [`${path}.${name}`],
      );
  }

  #unreadWithin(value: unknown, path: string): string[] {
    if (!Array.isArray(value)) return isFields(value) ? this.unread(value, path) : [];
    return value.flatMap((item: unknown, at) =>
      isFields(item) ? this.unread(item, value.length > 1 ? `${path}[${at}]` : path) : [],
    );
  }
}

const noFactsAnywhere: ReadonlySet<string> = new Set(['id', 'resourceType']);
/** What a server says of its copy of a resource, and what it says twice. */
const noFacts: ReadonlySet<string> = new Set([...noFactsAnywhere, 'text']);
const noFactsOfMeta: ReadonlySet<string> = new Set(['versionId', 'lastUpdated', 'source', 'profile']);

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A resource or an element of one. Whatever is asked for counts as taken over. */
export class Element {
  readonly #fields: Fields;
  readonly #reading: Reading;
  /** The resource it is of, where contained resources are looked for. */
  readonly resource: Element;

  private constructor(fields: Fields, reading: Reading, resource?: Element) {
    this.#fields = fields;
    this.#reading = reading;
    this.resource = resource ?? this;
  }

  static resource(fields: Fields): Element {
    return new Element(fields, new Reading());
  }

  get type(): string {
    return String(this.#fields['resourceType']);
  }

  text(name: string): string | undefined {
    const value = this.#take(name);
    if (typeof value === 'boolean') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.#take(name);
    return (Array.isArray(value) ? value : []).filter((one): one is string => typeof one === 'string');
  }

  one(name: string): Element | undefined {
    const value = this.#take(name);
    return isFields(value) ? this.#inner(value) : undefined;
  }

  /** The items that are looked at count as read one by one. */
  all(name: string): readonly Element[] {
    const value = this.#take(name);
    return (Array.isArray(value) ? value : []).filter(isFields).map((item) => this.#inner(item));
  }

  extension(url: string): Element | undefined {
    const found = this.all('extension').find((inner) => inner.peek('url') === url);
    found?.text('url');
    return found;
  }

  contained(id: string): Element | undefined {
    return this.resource.all('contained').find((inner) => inner.peek('id') === id);
  }

  /** The same to look at: what is read of it does not count as taken over. */
  get unnoticed(): Element {
    return new Element(this.#fields, new Reading(), this.resource);
  }

  /** A text that is looked at, and not taken over by that. */
  peek(name: string): string | undefined {
    const value = this.#fields[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Says of the element that nothing of it is lost. */
  takeAll(): this {
    for (const [name, value] of Object.entries(this.#fields)) {
      this.#reading.note(this.#fields, name);
      for (const inner of Array.isArray(value) ? value : [value])
        if (isFields(inner)) this.#inner(inner).takeAll();
    }
    return this;
  }

  /** The paths within a resource that were not asked for; of one that was not looked at, its type. */
  unread(): string[] {
    const meta = this.#fields['meta'];
    if (isFields(meta) && this.#reading.wasRead(this.#fields)) {
      this.#reading.note(this.#fields, 'meta');
      for (const name of noFactsOfMeta) this.#reading.note(meta, name);
    }
    return this.#reading.unread(this.#fields, this.type, noFacts);
  }

  #inner(fields: Fields): Element {
    return new Element(fields, this.#reading, this.resource);
  }

  #take(name: string): unknown {
    this.#reading.note(this.#fields, name);
    return this.#fields[name];
  }
}
