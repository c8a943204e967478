/**
 * The pseudo-code of the tables' condition column, read into a small expression:
 *
 *   ["valued", "PID-7"]  ["is", "EVN-4", ["U"]]  ["count", "OBX-5", ">", 1]  ["length", "PID-7", ">", 8]
 *   ["same", "PID-11.9", "PID-12"]  ["not", x]  ["all", …]  ["any", …]
 *
 * A name alone, as in `PID-33 AND PID-34 VALUED`, means what the next one says of itself. A condition without a name
 * speaks of the row's own field.
 */

/** Spelling slips of the tables, and the words they use for one another. */
const spellings = [
  [/^\s*if\b/i, ''],
  [/\b(and|or) if\b/gi, '$1'],
  [/\(\s*if\b/gi, '('],
  [/PL3\.NOT/g, 'PL.3 NOT'],
  [/ PRT-6 AREA NOT/g, ' PRT-6 NOT'],
  [/VALUED (XCN\.20)/g, 'VALUED AND $1'],
  [/VALUED ERROR$/g, 'VALUED'],
  [/\bLST\.count\b|\bcount\b/gi, 'COUNT'],
  [/\b(IS )?VALUED NOT EQUAL (?=[A-Z])/gi, 'DIFFERS '],
  [/\bDOES NOT EXIST\b|\bIS EMPTY\b/gi, 'NOT VALUED'],
  [/\b(NOT )?EQUAL(S)?( TO)?\b/gi, '$1IS'],
  [/\bIS NOT IN\b/gi, 'NOT IN'],
  [/\bIS IN\b/gi, 'IN'],
  [/\bIS NOT VALUED\b/gi, 'NOT VALUED'],
  [/\bIS VALUED\b/gi, 'VALUED'],
  [/\bVALUE\b/gi, 'VALUED'],
  [/\bNOT IS\b|\bIS NOT\b/gi, 'ISNOT'],
  [/\bNOT (?=")/gi, 'ISNOT '],
  [/\b(LESS THAN OR)( IS)?\b/gi, '<='],
  [/\bGREATER THAN\b/gi, '>'],
  [/\bISNOT\b/g, '!='],
  [/\b(IS)\b/gi, '='],
  [
    /\b([A-Z][A-Z0-9]{1,2})\.(\d)/g,
    (whole, name, digit) => (segments.has(name) ? `${name}-${digit}` : whole),
  ],
  [/\b([A-Z]{2,3})-(\d)/g, (whole, name, digit) => (datatypes.has(name) ? `${name}.${digit}` : whole)],
];
const segments = new Set(['ORC', 'OBR', 'OBX', 'PID', 'PV1']);
const datatypes = new Set(['HD', 'XON', 'CX', 'CWE', 'XTN', 'XPN']);

const token = /\s*(\(|\)|,|<=|>=|!=|=|<|>|"\d+"|[A-Za-z][A-Za-z0-9]*(?:[-.]\d+(?:\.\d+)?)?|\d+)/y;

function tokens(text) {
  const found = [];
  token.lastIndex = 0;
  let at = 0;
  while (at < text.trimEnd().length) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) throw new Error(`unreadable at ${at}`);
    found.push(match[1]);
    at = token.lastIndex;
  }
  return found;
}

const isLiteral = (word) => word?.startsWith('"') ?? false;
const isName = (word) => /^[A-Z]/.test(word ?? '') && !/^(AND|OR|NOT|IN|VALUED|COUNT|LENGTH)$/i.test(word);

class Reader {
  constructor(words, own, literals) {
    this.words = words;
    this.own = own;
    this.literals = literals;
  }
  take() {
    return this.words.shift();
  }
  next(word) {
    const is = this.words[0]?.toUpperCase() === word;
    if (is) this.words.shift();
    return is;
  }
  any() {
    return this.chain('any', 'OR', () => this.chain('all', 'AND', () => this.single()));
  }
  /** `a AND b VALUED`: what is said of the last is said of those before it. */
  chain(kind, word, part) {
    const parts = [part()];
    while (this.next(word)) parts.push(part());
    const last = parts.at(-1);
    if (parts.length === 1) return parts[0];
    return [kind, ...parts.map((one) => (typeof one === 'string' ? sayOf(last, one) : one))];
  }
  single() {
    if (this.next('(')) {
      const inner = this.any();
      this.next(')');
      return inner;
    }
    const name = isName(this.words[0]) ? this.take() : this.own;
    if (!name) throw new Error('nothing is named');
    if (this.next('NOT')) {
      if (this.next('VALUED')) return ['not', ['valued', name]];
      if (this.next('IN')) return ['not', ['is', name, this.list()]];
      throw new Error('NOT what?');
    }
    if (this.next('VALUED')) return ['valued', name];
    if (this.next('IN')) return ['is', name, this.list()];
    if (this.next('COUNT')) return ['count', name, this.take(), Number(this.number())];
    if (this.next('LENGTH')) return ['length', name, this.take(), Number(this.number())];
    if (this.next('DIFFERS')) return ['all', ['valued', name], ['not', ['same', name, this.take()]]];
    if (this.next('=')) return ['is', name, [this.literal()]];
    if (this.next('!=')) return ['not', ['is', name, [this.literal()]]];
    return name;
  }
  number() {
    this.next('=');
    return this.take();
  }
  literal() {
    const word = this.take();
    if (!isLiteral(word)) throw new Error('a literal is missing');
    return this.literals[Number(word.slice(1, -1))];
  }
  list() {
    if (!this.next('(')) throw new Error('a list is missing');
    const items = [];
    do items.push(this.literal());
    while (this.next(','));
    this.next(')');
    return items;
  }
}

function sayOf(said, name) {
  if (said[0] === 'valued') return ['valued', name];
  if (said[0] === 'not' && said[1][0] === 'valued') return ['not', ['valued', name]];
  if (said[0] === 'is' || said[0] === 'not') return ['valued', name];
  throw new Error(`${name} stands alone`);
}

/** The expression, undefined for an empty text. Throws when the text cannot be read. `own`: the row's field. */
export function condition(text, own) {
  if (text.trim() === '' || /^[a-z]{1,2}$/.test(text.trim())) return undefined;
  // The words of a literal are no words of the language: `EQUALS "IS"`.
  const literals = [];
  const kept = text
    .replace(/ X"\)/g, ' "X")')
    .replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => `"${literals.push(double ?? single) - 1}"`);
  const plain = spellings.reduce((so, [from, to]) => so.replace(from, to), kept);
  const reader = new Reader(tokens(plain), own, literals);
  const read = reader.any();
  while (reader.next(')'));
  if (reader.words.length > 0 || typeof read === 'string') throw new Error('words are left over');
  return read;
}
