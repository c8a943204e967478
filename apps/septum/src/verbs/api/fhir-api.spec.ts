import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FhirApi } from './fhir-api.ts';

describe('the API as a verb calls it', () => {
  let server: Server;
  afterEach(() => void server.close());

  async function answering(...answers: ((response: ServerResponse) => void)[]): Promise<FhirApi> {
    let asked = 0;
    server = createServer((_, response) => answers[asked++]!(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FhirApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
  }
  const refused = (status: number, body: string) => (response: ServerResponse) =>
    void response.writeHead(status).end(body);

  it('waits out a part that restarts', async () => {
    const api = await answering(
      refused(503, '{}'),
      refused(504, '{}'),
      (response) => void response.end('there'),
    );
    expect(await api.post('$rules-add', '{}')).toBe('there');
  });

  it('tells what is wrong, and where', async () => {
    const issue = {
      severity: 'error',
      code: 'invalid',
      diagnostics: 'Write a code.',
      expression: ['Bundle.a'],
    };
    const api = await answering(refused(422, JSON.stringify({ issue: [issue] })));
    await expect(api.post('$rules-add', '{}')).rejects.toMatchObject({
      message: 'Write a code.',
      issues: [{ diagnostics: 'Write a code.', expression: 'Bundle.a' }],
    });
  });

  it('tells the status of an answer that says no more', async () => {
    const api = await answering(refused(502, '<html>'));
    await expect(api.get('Patient/1?x=y')).rejects.toMatchObject({
      message: 'GET Patient/1 was answered 502: Bad Gateway',
    });
  });
});
