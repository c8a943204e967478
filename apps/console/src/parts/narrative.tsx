import { createElement, Fragment, type ReactNode } from 'react';

/** What a narrative may hold, of what FHIR allows; anything else shows only its text. https://hl7.org/fhir/R4/narrative.html */
const allowed = new Set(
  'b big blockquote br caption dd div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre q small span strong sub sup table tbody td tfoot th thead tr u ul'.split(
    ' ',
  ),
);
const never = new Set(['script', 'style', 'iframe', 'object', 'embed', 'form']);

function rendered(node: Node, key: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (!(node instanceof Element)) return null;
  const name = node.localName.toLowerCase();
  if (never.has(name)) return null;
  const children = [...node.childNodes].map(rendered);
  if (!allowed.has(name)) return <Fragment key={key}>{children}</Fragment>;
  const scope = name === 'th' ? { scope: node.getAttribute('scope') ?? 'col' } : {};
  return createElement(name, { key, ...scope }, ...children);
}

/** XHTML out of a resource, rebuilt from its allowed elements without any attribute: nothing in it can run or load. */
export function Narrative({ div }: { div: string }) {
  const parsed = new DOMParser().parseFromString(div, 'application/xhtml+xml');
  if (parsed.querySelector('parsererror'))
    return <p className="quiet">This section’s text cannot be read.</p>;
  return <div className="narrative">{rendered(parsed.documentElement, 0)}</div>;
}
