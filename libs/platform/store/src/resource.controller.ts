import { Controller, Inject, type Type } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Handles, type CallScope, type Reply } from '#platform/messaging';
import { CountResources, importContracts, ImportResources, type Imported } from './contract/import.ts';
import {
  ReadCompartment,
  ReadHistory,
  ReadResource,
  ReadResources,
  resourceContracts,
  SearchResources,
  WriteResource,
  WriteResources,
  type Found,
  type Stored,
  type WriteResult,
  type Written,
} from './contract/resource.ts';
import type { ResourceStore } from './resource-store.ts';
import { entriesOf } from './write/write-entry.ts';

/** Provide the context's `ResourceStore` under this. */
export const ResourceStoreToken = Symbol('ResourceStore');

/** A controller class that answers the resource and import contracts of one context from its store. */
export function resourceController(context: string): Type<object> {
  const resources = resourceContracts(context);
  const imports = importContracts(context);

  @Controller()
  class ResourceController {
    private readonly store: ResourceStore;

    constructor(@Inject(ResourceStoreToken) store: ResourceStore) {
      this.store = store;
    }

    @Handles(resources.read)
    read(caller: Caller, request: ReadResource): Promise<Reply<Stored>> {
      return this.store.read(caller, request);
    }

    @Handles(resources.readMany)
    readMany(caller: Caller, request: ReadResources): Promise<Reply<readonly Stored[]>> {
      return this.store.readMany(caller, request);
    }

    @Handles(resources.search)
    search(caller: Caller, request: SearchResources): Promise<Reply<Found>> {
      return this.store.search(caller, request);
    }

    @Handles(resources.history)
    history(caller: Caller, request: ReadHistory): Promise<Reply<Found>> {
      return this.store.history(caller, request);
    }

    @Handles(resources.compartment)
    compartment(caller: Caller, request: ReadCompartment): Promise<Reply<Found>> {
      return this.store.compartment(caller, request);
    }

    @Handles(resources.write)
    write(caller: Caller, request: WriteResource, scope: CallScope): Promise<Reply<Written>> {
      return this.store.write(caller, request, scope.texts[0], scope.traceparent);
    }

    @Handles(resources.writeMany)
    writeMany(
      caller: Caller,
      { writes }: WriteResources,
      { texts, traceparent }: CallScope,
    ): Promise<Reply<readonly WriteResult[]>> {
      return this.store.writeMany(caller, entriesOf(writes, texts), traceparent);
    }

    @Handles(imports.import)
    import(caller: Caller, request: ImportResources, scope: CallScope): Promise<Reply<Imported>> {
      return this.store.import(caller, request, scope.texts);
    }

    @Handles(imports.counts)
    counts(caller: Caller, request: CountResources): Promise<Reply<Readonly<Record<string, number>>>> {
      return this.store.counts(caller, request);
    }
  }

  return ResourceController;
}
