/**
 * Cuts a message into its segments. A carriage return ends one, with or without a line feed; a line feed alone ends one
 * where another segment follows, or nothing. Elsewhere it is part of a text whose sender did not escape it.
 */
export function* segmentTexts(text: string, fieldSeparator: string): Generator<string> {
  const ends = /[\r\n]+/g;
  let start = 0;
  for (let end = ends.exec(text); end; end = ends.exec(text)) {
    const next = end.index + end[0].length;
    if (!end[0].includes('\r') && !beginsSegment(text, next, fieldSeparator)) continue;
    if (end.index > start) yield text.slice(start, end.index);
    start = next;
  }
  if (start < text.length) yield text.slice(start);
}

function beginsSegment(text: string, at: number, fieldSeparator: string): boolean {
  if (at === text.length) return true;
  const after = text.charAt(at + 3);
  return (
    (after === fieldSeparator || after === '' || after === '\r' || after === '\n') &&
    isSegmentName(text.slice(at, at + 3))
  );
}

export function isSegmentName(name: string): boolean {
  return /^[A-Z][A-Z0-9]{2}$/.test(name);
}
