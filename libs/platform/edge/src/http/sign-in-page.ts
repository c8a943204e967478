import type { Fault } from '#platform/fhir';
import type { FhirReply, FhirRequest } from './fhir-request.ts';

const signInPath = '/session/start';

/** Whether a person reads the answer: a browser that opened the printed address of the console. */
export function isSignIn({ routeOptions, headers }: FhirRequest): boolean {
  return routeOptions.url === signInPath && (headers.accept ?? '').includes('text/html');
}

/** Why the console did not open, as a page. */
export function sendSignInPage(fault: Fault, reply: FhirReply): void {
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    .send(page(escaped(fault.message)));
}

function page(message: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Septum: not signed in</title>
    <style>body { font: 16px/1.55 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
  </head>
  <body>
    <main>
      <h1>Not signed in</h1>
      <p>${message}</p>
      <p>If you are signed in already in this browser: <a href="/">to the console</a>.</p>
    </main>
  </body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
