import type { Caller } from '#platform/access';
import type { ContextDatabase, CoordinatorTransactions } from '#platform/database';
import { Fault } from '#platform/fhir';
import type { CallOptions, Contract, Messenger, Reply } from '#platform/messaging';
import type { ContextDefinition, Operation } from '#platform/runtime';
import { resourceContracts, transactionContracts } from '#platform/store';

export interface EdgeSettings {
  /** Requests per second and client, bursts of twice that; 0: no limit. */
  readonly rateLimit: number;
  /** Whether the one-use code of the printed URL opens a session. */
  readonly sessions: boolean;
  /** The folder of the built console, served at `/`; absent: none. */
  readonly consoleFolder?: string;
  /** Where clients reach this installation, e.g. `https://fhir.hospital.example`. A free port is known only once it listens. */
  readonly publicUrl: () => string;
}

/** What the interactions of the FHIR API work with: who owns which type, and the way to them. */
export interface Owner {
  readonly context: string;
  readonly resources: ReturnType<typeof resourceContracts>;
  readonly transactions: ReturnType<typeof transactionContracts>;
}

/** One FHIR request while it is answered: of its own, or an entry of a Bundle. */
export interface FhirCall {
  readonly caller: Caller;
  /** Of all FHIR addresses, e.g. `http://127.0.0.1:8080/fhir/R4`. */
  readonly base: string;
  /** W3C trace context, as the client sent it; the messenger continues it, or begins a trace. */
  readonly traceparent: string | undefined;
  /** The conditions and wishes of the request, by lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The way to commit for several contexts at once, where they share this process and a database. */
export interface SharedTransactions {
  readonly transactions: CoordinatorTransactions;
  /** Whether the context runs in this process, on the coordinator's database, and is called without NATS. */
  covers(context: string): boolean;
}

export class Edge {
  readonly messenger: Messenger;
  readonly home: ContextDatabase;
  readonly settings: EdgeSettings;
  readonly contexts: readonly ContextDefinition[];
  /** Every type served, in alphabetical order. */
  readonly types: readonly string[];
  readonly #shared: SharedTransactions | undefined;
  readonly #owners = new Map<string, Owner>();
  readonly #operations = new Map<string, Operation>();

  constructor(
    messenger: Messenger,
    home: ContextDatabase,
    contexts: readonly ContextDefinition[],
    settings: EdgeSettings,
    shared?: SharedTransactions,
  ) {
    this.#shared = shared;
    this.messenger = messenger;
    this.home = home;
    this.contexts = contexts;
    this.settings = settings;
    for (const { name, types, operations } of contexts) {
      const owner: Owner = {
        context: name,
        resources: resourceContracts(name),
        transactions: transactionContracts(name),
      };
      for (const type of types) this.#owners.set(type, owner);
      for (const each of operations ?? []) {
        this.#operations.set(`${each.level}/${each.type ?? ''}/${each.name}`, each);
      }
    }
    this.types = [...this.#owners.keys()].sort();
  }

  /** Throws `not-found` for what is no type of R4. */
  ownerOf(type: string): Owner {
    const owner = this.#owners.get(type);
    if (owner === undefined)
      throw new Fault('not-found', 'There is no such resource type. /fhir/R4/metadata lists them.');
    return owner;
  }

  findOwner(type: string): Owner | undefined {
    return this.#owners.get(type);
  }

  findOperation(level: Operation['level'], type: string | undefined, name: string): Operation | undefined {
    return this.#operations.get(`${level}/${type ?? ''}/${name}`);
  }

  get operations(): readonly Operation[] {
    return [...this.#operations.values()];
  }

  /** The owners of all types, each once. */
  get owners(): readonly Owner[] {
    return [...new Set(this.#owners.values())];
  }

  /** Present when one commit will do for these contexts. */
  coordinatorFor(contexts: readonly string[]): CoordinatorTransactions | undefined {
    const shared = this.#shared;
    return shared !== undefined && contexts.every((each) => shared.covers(each))
      ? shared.transactions
      : undefined;
  }

  call<Request extends object, Result>(
    call: FhirCall,
    contract: Contract<Request, Result>,
    request: Request,
    options: Omit<CallOptions, 'traceparent'> = {},
  ): Promise<Reply<Result>> {
    const { traceparent } = call;
    return this.messenger.call(
      call.caller,
      contract,
      request,
      traceparent === undefined ? options : { ...options, traceparent },
    );
  }
}
