import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { House } from '#platform/testing';

/**
 * The one address under which others know a hospital, whichever of its processes answer behind it. It is open before the
 * hospital is, so that two can be told of each other.
 */
export class FrontDoor {
  readonly #server = createServer((asked, answer) => this.#pass(asked, answer));
  #house: House | undefined;

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get fhir(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/fhir/R4`;
  }

  leadTo(house: House): void {
    this.#house = house;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const behind = this.#house?.url ?? '';
    if (behind === '') return void answer.writeHead(502).end();
    const { method, headers, url } = asked;
    const passed = request(new URL(url ?? '/', behind), { method, headers, agent: false }, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(answer);
    });
    passed.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    asked.pipe(passed);
  }
}
