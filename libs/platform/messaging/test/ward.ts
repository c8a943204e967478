import { AsyncLocalStorage } from 'node:async_hooks';
import { Controller, Inject } from '@nestjs/common';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { Caller } from '#platform/access';
import { Fault, type FaultKind } from '#platform/fhir';
import { contract, Handles, reply, type CallScope, type Reply } from '#platform/messaging';

/** A context made for these specs: `ward`. */
export class Admit {
  @IsString() @MaxLength(20) bed!: string;
  @IsOptional() @IsInt() @Min(1) @Max(9) priority?: number;
  @IsOptional() @IsArray() @ArrayMaxSize(5) @IsString({ each: true }) tags?: string[];
  @IsOptional() @IsObject() details?: Record<string, unknown>;
}
export class Misbehave {
  @IsIn(['fault', 'error', 'hang', 'wait', 'date', 'instance', 'nothing', 'mutate', 'surrogate'])
  how!: string;
  @IsOptional() @IsString() kind?: string;
  @IsOptional() @IsInt() ms?: number;
}
export class Nothing {
  @IsOptional() @IsString() note?: string;
}

export interface Admitted {
  readonly bed: string;
  readonly priority: number | null;
  readonly subject: string;
  readonly traceparent: string;
  readonly remainingMs: number;
}

export const wardContracts = {
  admit: contract<Admit, Admitted>('ward', 'bed.admit', Admit, { idempotent: true }),
  echo: contract<Admit, Admit>('ward', 'bed.echo', Admit, { idempotent: true }),
  misbehave: contract<Misbehave, object>('ward', 'bed.misbehave', Misbehave),
  ambient: contract<Nothing, { store: string }>('ward', 'bed.ambient', Nothing),
  unanswered: contract<Nothing, object>('ward', 'bed.unanswered', Nothing),
};

/** Told apart from handlers' own scopes: what a handler must not see of its caller. */
export const ambient = new AsyncLocalStorage<string>();

/** Counts what the handlers really did, so that a spec can tell an answer from an effect. */
export class WardBook {
  admitted = 0;
  aborted = 0;
  running = 0;
  mostRunning = 0;
}

@Controller()
export class WardController {
  constructor(@Inject(WardBook) private readonly book: WardBook) {}

  @Handles(wardContracts.admit)
  async admit(caller: Caller, request: Admit, scope: CallScope): Promise<Reply<Admitted>> {
    this.book.admitted += 1;
    return reply({
      bed: request.bed,
      priority: request.priority ?? null,
      subject: caller.subject,
      traceparent: scope.traceparent,
      remainingMs: scope.deadline - Date.now(),
    });
  }

  @Handles(wardContracts.echo)
  async echo(_caller: Caller, request: Admit, scope: CallScope): Promise<Reply<Admit>> {
    return reply(request, scope.texts);
  }

  @Handles(wardContracts.ambient)
  async ambient(): Promise<Reply<{ store: string }>> {
    await Promise.resolve();
    return reply({ store: ambient.getStore() ?? 'none' });
  }

  @Handles(wardContracts.misbehave)
  async misbehave(_caller: Caller, request: Misbehave, scope: CallScope): Promise<Reply<object>> {
    this.book.running += 1;
    this.book.mostRunning = Math.max(this.book.mostRunning, this.book.running);
    try {
      return await misbehaviour[request.how as keyof typeof misbehaviour](request, scope, this.book);
    } finally {
      this.book.running -= 1;
    }
  }
}

class Bed {
  constructor(readonly name: string) {}
}

type Misbehaviour = (request: Misbehave, scope: CallScope, book: WardBook) => Promise<Reply<object>>;

const misbehaviour = {
  fault: async ({ kind }) => {
    throw new Fault(kind as FaultKind, `A fault of kind ${kind}.`, {
      issues: [
        { severity: 'error', code: 'value', diagnostics: 'The bed is taken.', expression: 'Location.id' },
      ],
      retryAfterSeconds: 7,
    });
  },
  error: async () => {
    throw new TypeError('secret: Ann Example lies in bed 4');
  },
  hang: (_request, scope, book) =>
    new Promise((resolve) => {
      scope.signal.addEventListener('abort', () => {
        book.aborted += 1;
        resolve(reply({}));
      });
    }),
  wait: async ({ ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return reply({ waited: ms });
  },
  date: async () => reply({ at: new Date(0) }),
  instance: async () => reply({ bed: new Bed('4') }),
  nothing: async () => undefined as unknown as Reply<object>,
  mutate: async (request) => {
    request.how = 'changed';
    return reply({});
  },
  surrogate: async () => reply({}, ['\ud800']),
} satisfies Record<string, Misbehaviour>;
