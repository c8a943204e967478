/** Small pieces of Markdown, the same in every generated page. */

/** A table; a `|` inside a cell would end it, outside code and inside. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

export function code(text) {
  return `\`${text}\``;
}

/** Names as code, with commas; a dash when there are none. */
export function codes(names) {
  return names.length === 0 ? '–' : names.map(code).join(', ');
}

/** The head of a page: what it is, from where, and how to make it again. */
export function head(title, from) {
  return [
    `# ${title}`,
    '',
    `Generated from ${from}. Do not edit: change the code, then \`node tools/generated.mjs\`.`,
    '',
  ];
}

export function page(lines) {
  return `${lines.join('\n').trimEnd()}\n`;
}
