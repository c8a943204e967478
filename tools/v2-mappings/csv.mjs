/** The records of a CSV text (RFC 4180), each with the line of the file it begins on. */
export function csvRecords(text) {
  const records = [];
  let cells = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let begins = 1;
  const endRecord = () => {
    records.push({ line: begins, cells: [...cells, cell.replace(/\r$/, '')] });
    cells = [];
    cell = '';
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\n') line++;
    if (quoted && char === '"' && text[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      cells.push(cell);
      cell = '';
    } else if (char === '\n' && !quoted) {
      endRecord();
      begins = line;
    } else cell += char;
  }
  if (cell !== '' || cells.length > 0) endRecord();
  return records;
}
