import type { Provider, Type } from '@nestjs/common';
import { IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { contract, type Contract, type EventType } from '#platform/messaging';
import { Partners, type Exit } from '#platform/outbound';
import type { WriteRule } from '#platform/store';
import type { Door } from './door.ts';

/** A FHIR operation as its context receives it; a POST's body is `texts[0]`, the answer is the reply's `texts[0]`. */
export class InvokeOperation {
  @IsOptional() @IsString() @MaxLength(64) type?: string;
  @IsOptional() @IsString() @MaxLength(64) id?: string;
  /** What the addresses of the API begin with, for links: `https://fhir.hospital.example/fhir/R4`. */
  @IsString() @MaxLength(2_048) base!: string;
  /** The query parameters, each with its values in order. */
  @IsObject() parameters!: Record<string, string[]>;
}

/** A `$operation` that a context offers. https://hl7.org/fhir/R4/operations.html */
export interface Operation {
  /** Without the dollar sign. */
  readonly name: string;
  readonly level: 'system' | 'type' | 'instance';
  /** The type it is invoked on, which may be another context's: `Patient/$medication-history` is answered by `medications`. */
  readonly type?: string;
  /** Whether GET is allowed: only for operations that change nothing without a body, and nothing more when called twice with one. */
  readonly readOnly: boolean;
  readonly contract: Contract<InvokeOperation, object>;
  /** Media types that it answers beside FHIR JSON; the parameter `_format` is one of them when a client asks for it. */
  readonly formats?: readonly string[];
  /** One sentence for the CapabilityStatement. */
  readonly documentation: string;
  /** The canonical URL of its definition, where somebody else defined it. */
  readonly definition?: string;
}

export function operation(context: string, declaration: Omit<Operation, 'contract'>): Operation {
  const name = ['operation', declaration.type?.toLowerCase(), declaration.name].filter(Boolean).join('.');
  return Object.freeze({
    ...declaration,
    contract: contract<InvokeOperation, object>(context, name, InvokeOperation, {
      idempotent: declaration.readOnly,
    }),
  });
}

/** What a context that publishes events of its own tells after its commit. */
export interface Relay {
  poke(): void;
}

export const RelayToken = Symbol('Relay');

/** All that Septum needs to know of a bounded context. A context without rules of its own gives a name and its types. */
export interface ContextDefinition {
  readonly name: string;
  /** The FHIR R4 resource types it owns; each type has exactly one owner. */
  readonly types: readonly string[];
  /** Rules of care; by a function where they ask which partners there are. */
  readonly rules?: readonly WriteRule[] | ((partners: Partners) => readonly WriteRule[]);
  readonly operations?: readonly Operation[];
  /** What it answers beyond plain FHIR and its operations: each needs a handler among `controllers`. */
  readonly contracts?: readonly Contract<object, unknown>[];
  /** Nest controllers (`@Handles` requests, `@Hears` events) and providers beyond plain FHIR. */
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  /** Ways in that are no contracts, such as a socket of another protocol: Nest providers, opened once all contexts take calls. */
  readonly doors?: readonly Type<Door>[];
  /** For what it calls other systems: each a reason, the one that the audit records. With any, Nest gives it `OutboundHttp` and `OutboundMllp`. */
  readonly exits?: readonly Exit[];
  readonly capabilities?: Capabilities;
  /** The contexts whose contracts it calls. The graph has no cycles. */
  readonly needs?: readonly string[];
  readonly publishes?: readonly EventType<object>[];
  readonly hears?: readonly EventType<object>[];
  /** TypeORM migrations and entities of its own tables, after those of the store. */
  readonly migrations?: readonly Type[];
  readonly entities?: readonly Type[];
}

/** What the CapabilityStatement says of a context beyond its types and operations. */
export interface Capabilities {
  /** CapabilityStatements of guides that it conforms to. */
  readonly instantiates?: readonly string[];
  /** By type: members of `rest.resource` such as `supportedProfile` and `extension`. */
  readonly types?: Readonly<Record<string, object>>;
}

/** The rules of a context in an installation with these partners. */
export function rulesOf(
  { rules = [] }: ContextDefinition,
  partners = new Partners([]),
): readonly WriteRule[] {
  return typeof rules === 'function' ? rules(partners) : rules;
}

export function defineContext(definition: ContextDefinition): ContextDefinition {
  return Object.freeze(definition);
}
