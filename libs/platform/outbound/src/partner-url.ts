/** Bytes that a partner, or a proxy before it, may read as path separators or dots once more decoded. */
const ambiguous = /%(2e|2f|5c|25|00)/i;

/** `mllp://host:port` in the clear, `mllps://host:port` over TLS. There is nothing below such an address. */
const mllpForm = /^mllps?:\/\/([^/?#@]+):([1-9]\d{0,4})$/;

/**
 * The URL, if it is written just as the parser would write it: then nobody on the way can read it otherwise. So a user,
 * a default port, a capital host, a backslash, a tab, a dot segment in any coding, and a number for an address, are all
 * refused by one comparison.
 */
export function inNormalSpelling(text: string): URL | undefined {
  const [, host, port] = mllpForm.exec(text) ?? [];
  // Of a scheme that it does not know the parser takes any host as it stands, so that is compared as one of the web.
  if (host !== undefined) return isHost(host, port) ? new URL(text) : undefined;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const plain = url.href === text && url.username === '' && url.password === '' && !text.includes('#');
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  return plain && web && !ambiguous.test(url.pathname) ? url : undefined;
}

function isHost(host: string, port = ''): boolean {
  const web = `http://${host}:${port}/`;
  return URL.canParse(web) && new URL(web).hostname === host;
}

/** Whether a URL is at a base address, or below it: the same origin, and the path whole segment by whole segment. */
export function isBelow(base: URL, url: URL): boolean {
  // `origin` is the word `null` for whatever is not of the web.
  if (url.protocol !== base.protocol || url.host !== base.host) return false;
  return url.pathname.startsWith(base.pathname) || `${url.pathname}/` === base.pathname;
}
