/** Narrative (XHTML) as lines for a person: a row of a table is a line, its cells stand behind one another. */
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

const breaks = /^\/?(p|div|br|tr|table|thead|tbody|ul|ol|li|h[1-6]|dl|dt|dd|caption|pre|blockquote)$/;

export function readable(div: string | undefined): string {
  const text = (div ?? '')
    .replace(/<!--[^]*?-->/g, '')
    .replace(/\s+/g, ' ')

    .replace(/<(t[dh])\b([^<>]*)\/>/gi, '<$1></$1>')
    .replace(/<(\/?[A-Za-z][A-Za-z0-9]*)\b[^<>]*>/g, (_, tag: string) => markOf(tag.toLowerCase()));
  return text
    .split('\n')
    .map((line) => plain(line))
    .filter((line) => line !== '')
    .join('\n');
}

function markOf(tag: string): string {
  if (tag === 'li') return '\n- ';
  // The cells of a row are told apart, and an empty one keeps its place.
  if (tag === '/td' || tag === '/th') return '\t';
  return breaks.test(tag) ? '\n' : '';
}

function plain(line: string): string {
  const cells = line.split('\t').map((cell) => decoded(cell).replaceAll('\u00a0', ' ').trim());
  if (cells.length > 1 && cells.at(-1) === '') cells.pop();
  const isEmpty = cells.every((cell) => cell === '');
  return isEmpty ? '' : cells.map((cell) => cell || '-').join('; ');
}

function decoded(text: string): string {
  return text.replace(/&(#x?[0-9A-Fa-f]{1,6}|[a-z]+);/g, (whole, name: string) => {
    if (!name.startsWith('#')) return entities[name] ?? whole;
    const code = name.startsWith('#x') ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
