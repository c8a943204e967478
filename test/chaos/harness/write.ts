import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from './api.ts';
import type { HouseUnderFire } from './house-under-fire.ts';
import { ledgerSystem, valueHash, type Ledger, type LedgerEntry, type Outcome } from './ledger.ts';

/** A resource that can be asked to carry the name of its write. */
export type Resource = { readonly resourceType: string } & Readonly<Record<string, unknown>>;

export interface WriteOptions {
  /** Attempts with the same key before the client gives up not knowing. */
  readonly attempts?: number;
  readonly limitMs?: number;
}

/** Creates; entered into the ledger with what the client came to know. */
export async function create(
  house: HouseUnderFire,
  ledger: Ledger,
  resource: Resource,
  options?: WriteOptions,
): Promise<LedgerEntry> {
  const key = randomUUID();
  const named = { ...resource, identifier: [{ system: ledgerSystem, value: key }] };
  const entry = { op: 'create' as const, key, values: { [key]: valueHash(named) } };
  return send(house, ledger, entry, { method: 'POST', path: resource.resourceType, body: named }, options);
}

/** Updates the version that the client says it saw, or writes the first one under the client's id. */
export async function update(
  house: HouseUnderFire,
  ledger: Ledger,
  resource: Resource & { readonly id: string },
  seenVersion: number | undefined,
  options?: WriteOptions,
): Promise<LedgerEntry> {
  const key = randomUUID();
  const named = { ...resource, identifier: [{ system: ledgerSystem, value: key }] };
  const path = `${resource.resourceType}/${resource.id}`;
  const seen = seenVersion === undefined ? {} : { seenVersion };
  const entry = { op: 'update' as const, key, resource: path, values: { [key]: valueHash(named) }, ...seen };
  const headers = seenVersion === undefined ? {} : { 'if-match': `W/"${seenVersion}"` };
  return send(house, ledger, entry, { method: 'PUT', path, body: named, headers }, options);
}

/** Creates all of them or none, the first being what the others refer to as `urn:uuid:first`. */
export async function transaction(
  house: HouseUnderFire,
  ledger: Ledger,
  resources: readonly Resource[],
  options?: WriteOptions,
): Promise<LedgerEntry> {
  const key = randomUUID();
  const values: Record<string, string> = {};
  const entries = resources.map((resource, index) => {
    const write = `${key}#${index}`;
    const named = { ...resource, identifier: [{ system: ledgerSystem, value: write }] };
    values[write] = valueHash(named);
    const fullUrl = index === 0 ? firstUrl : `urn:uuid:${randomUUID()}`;
    return { fullUrl, resource: named, request: { method: 'POST', url: resource.resourceType } };
  });
  const body = { resourceType: 'Bundle', type: 'transaction', entry: entries };
  return send(house, ledger, { op: 'transaction', key, values }, { method: 'POST', path: '', body }, options);
}

/** By this the resources of a transaction refer to its first one. */
export const firstUrl = 'urn:uuid:00000000-0000-4000-8000-000000000001';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

type Asked = Pick<LedgerEntry, 'op' | 'key' | 'resource' | 'values' | 'seenVersion'>;

async function send(
  house: HouseUnderFire,
  ledger: Ledger,
  asked: Asked,
  { method, path, body, headers }: Request,
  { attempts = 1, limitMs = 10_000 }: WriteOptions = {},
): Promise<LedgerEntry> {
  const called = Date.now();
  const statuses: number[] = [];
  const all = { ...headers, 'idempotency-key': asked.key };
  for (;;) {
    const answer = await attempt(house, method, path, { body, headers: all, limitMs });
    statuses.push(answer.status);
    const outcome = outcomeOf(statuses);
    if (outcome === 'unknown' && isOpen(answer.status) && statuses.length < attempts) {
      await sleep(100 + 50 * Math.min(statuses.length, 10));
      continue;
    }
    const told = outcome === 'ok' ? toldOf(asked, answer.body) : {};
    return ledger.add({ ...asked, ...told, called, returned: Date.now(), outcome, statuses });
  }
}

/** No answer, or one that says "later": whether it was done is not known. */
function isOpen(status: number): boolean {
  return status === 0 || status >= 500 || status === 429;
}

/** A refusal is one only if no earlier attempt was left open: that one may have been done. */
function outcomeOf(statuses: readonly number[]): Outcome {
  const last = statuses.at(-1)!;
  if (last >= 200 && last < 300) return 'ok';
  return statuses.some(isOpen) ? 'unknown' : 'fail';
}

function toldOf({ op }: Asked, body: Readonly<Record<string, unknown>>): Partial<LedgerEntry> {
  if (op === 'transaction') return {};
  const { versionId } = body['meta'] as { versionId: string };
  return { resource: `${String(body['resourceType'])}/${String(body['id'])}`, version: Number(versionId) };
}
