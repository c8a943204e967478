/** Bytes that a partner, or a proxy before it, may read as path separators or dots once more decoded. */
const ambiguous = /%(2e|2f|5c|25|00)/i;

/**
 * The URL, if it is written just as the parser would write it: then nobody on the way can read it otherwise. So a user,
 * a default port, a capital host, a backslash, a tab, a dot segment in any coding, and a number for an address, are all
 * refused by one comparison.
 */
export function inNormalSpelling(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = url.href === text && url.username === '' && url.password === '' && !text.includes('#');
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  return plain && web && !ambiguous.test(url.pathname) ? url : undefined;
}

/** Whether a URL is at a base address, or below it: the same origin, and the path whole segment by whole segment. */
export function isBelow(base: URL, url: URL): boolean {
  if (url.origin !== base.origin) return false;
  return url.pathname.startsWith(base.pathname) || `${url.pathname}/` === base.pathname;
}
