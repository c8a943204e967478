/** Narrative for people, as XHTML. https://hl7.org/fhir/R4/narrative.html */
export interface Narrative {
  readonly status: 'generated';
  readonly div: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as XHTML content; the characters that XML 1.0 cannot hold are left out. https://www.w3.org/TR/xml/#charsets */
export function escapeXhtml(text: string): string {
  const printable = text.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Surrogate}/gu, '');
  return printable.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

export function paragraph(text: string): Narrative {
  return wrap(`<p>${escapeXhtml(text)}</p>`);
}

/** A table, under a remark where there is one; a cell that is not known is left empty. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
  remark?: string,
): Narrative {
  const head = columns.map((column) => `<th>${escapeXhtml(column)}</th>`).join('');
  const body = rows.map(
    (row) => `<tr>${row.map((cell) => `<td>${escapeXhtml(cell ?? '')}</td>`).join('')}</tr>`,
  );
  const above = remark === undefined ? '' : `<p>${escapeXhtml(remark)}</p>`;
  return wrap(`${above}<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`);
}

/** What is known of one thing, under its name; what is not known is not told. */
export function pairs(
  caption: string,
  rows: readonly (readonly [name: string, value: string | undefined])[],
): Narrative {
  const body = rows.flatMap(([name, value]) =>
    value === undefined
      ? []
      : `<tr><th scope="row">${escapeXhtml(name)}</th><td>${escapeXhtml(value)}</td></tr>`,
  );
  return wrap(`<table><caption>${escapeXhtml(caption)}</caption><tbody>${body.join('')}</tbody></table>`);
}

function wrap(content: string): Narrative {
  return { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>` };
}
