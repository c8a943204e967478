import type { ContextDatabase } from '#platform/database';
import { issueOneUseCode } from '#platform/edge';

/** An address of the edge at `url` that opens one session of the console; demo only. */
export async function signInUrl(home: ContextDatabase, url: string): Promise<string> {
  const code = await issueOneUseCode(home, {
    subject: 'Practitioner/demo',
    kind: 'user',
    client: 'console',
    scopes: ['user/*.cruds'],
  });
  return `${url}/session/start?code=${code}`;
}
