import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { issueToken } from '#platform/access';
import { Fault, type Issue } from '#platform/fhir';
import { readRunFile } from '#platform/runtime';
import { homeUrl } from '../../home-url.ts';
import { readSettings } from '../../read-settings.ts';
import { withTokenKey } from '../token.ts';

export interface ApiFlags {
  readonly dataDir?: string;
  readonly server?: string;
  readonly token?: string;
}

/** The options of verbs that talk to a running Septum. */
export function apiFlags(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'where run.json of the running Septum is (SEPTUM_DATA_DIR)')
    .option('--server <url>', 'another Septum, e.g. https://septum.example; needs --token')
    .option('--token <token>', 'a bearer token; without it the local administrator gets one');
}

type OutcomeIssue = Omit<Issue, 'expression'> & { readonly expression?: readonly string[] };

const patienceMs = 120_000;
/** A limit on requests; a part that restarts, or has more to do than it can answer in time. */
const passing = [429, 503, 504];

/** The FHIR API of a running Septum, as a client with a token sees it. */
export class FhirApi {
  readonly base: string;
  readonly #token: string;

  constructor(server: string, token: string) {
    this.base = `${server.replace(/\/$/, '')}/fhir/R4`;
    this.#token = token;
  }

  /** The Septum that runs on the data folder, as its administrator; else the one that is named. */
  static async open({ dataDir, server, token }: ApiFlags): Promise<FhirApi> {
    if (server !== undefined) {
      if (token === undefined)
        throw new Fault(
          'unauthenticated',
          'Another server needs a token: --token, made there by septum token.',
        );
      return new FhirApi(server, token);
    }
    const settings = readSettings(dataDir === undefined ? {} : { dataDir });
    const running = readRunFile(settings.dataDir);
    if (running === undefined)
      throw new Fault('not-found', `Nothing runs on ${settings.dataDir}. Start Septum first: npm start.`);
    const identity = { subject: 'client/administrator', kind: 'client', client: 'administrator' } as const;
    const issue = { ...identity, scopes: ['system/*.cruds'], lifetimeSeconds: 12 * 3600 };
    return new FhirApi(
      running.http,
      token ?? (await withTokenKey(homeUrl(settings), (key) => issueToken(key, issue))),
    );
  }

  async get(path: string): Promise<string> {
    return this.#answer('GET', path);
  }

  async post(path: string, body: string): Promise<string> {
    return this.#answer('POST', path, body);
  }

  /** Waits out what passes by itself; what it asks for may have been done before, as when a connection broke. */
  async #answer(method: string, path: string, body?: string): Promise<string> {
    for (const until = Date.now() + patienceMs; ;) {
      const response = await this.request(method, path, body).catch((error: unknown) => {
        if (Date.now() > until)
          throw new Fault('unavailable', `${this.base} does not answer.`, { cause: error });
      });
      if (response?.ok) return response.text();
      if (response !== undefined && (!passing.includes(response.status) || Date.now() > until)) {
        const issues = await issuesOf(response);
        const said = issues?.map(({ diagnostics }) => diagnostics).join(' ');
        const what =
          said ?? `${method} ${path.split('?')[0]} was answered ${response.status}: ${response.statusText}`;
        throw new Fault('exception', what, issues === undefined ? {} : { issues });
      }
      await sleep(1_000 * Math.min(Number(response?.headers.get('retry-after') ?? 1) || 1, 10));
    }
  }

  /** One request, whatever becomes of it. `path` is below the base of the FHIR API, or a whole URL. */
  request(method: string, path: string, body?: string): Promise<Response> {
    return fetch(path.startsWith('http') ? path : `${this.base}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: 'application/fhir+json',
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** What an OperationOutcome says, each with its place; undefined when the answer is none. */
async function issuesOf(response: Response): Promise<readonly Issue[] | undefined> {
  try {
    const { issue } = JSON.parse(await response.text()) as { issue?: readonly OutcomeIssue[] };
    return issue?.map(({ expression, ...said }) =>
      expression === undefined ? said : { ...said, expression: expression.join(', ') },
    );
  } catch {
    return undefined;
  }
}
