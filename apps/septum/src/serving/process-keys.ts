import { CallerSigner, CallerVerifier, type PublicKey, type SigningKey } from '#platform/access';
import { openContextDatabase } from '#platform/database';
import { loadPublicKeys, loadSigningKey } from '#platform/edge';
import type { Databases, Topology } from '#platform/runtime';

/** How this process speaks for its callers to others, and believes others. */
export interface ProcessKeys {
  readonly signer: CallerSigner;
  readonly verifier: CallerVerifier;
}

/**
 * The caller keys: the private ones of the parts of this process, the public ones of all. With the bootstrap URL the
 * keys of parts that never ran yet are made too, so that a part started later is believed by those that run already.
 */
export async function loadProcessKeys(databases: Databases, topology: Topology): Promise<ProcessKeys> {
  const known = await asPart(databases, topology.here[0] ?? 'edge', loadPublicKeys);
  const missing =
    databases.bootstrapUrl === undefined ? [] : topology.parts.filter((part) => !hasCallerKey(known, part));
  const own: SigningKey[] = [];
  for (const part of new Set([...missing, ...topology.here])) {
    const key = await asPart(databases, part, (home) => loadSigningKey(home, part, 'caller'));
    if (topology.isHere(part)) own.push(key);
  }
  const keys =
    missing.length === 0 ? known : await asPart(databases, topology.here[0] ?? 'edge', loadPublicKeys);
  const verifier = new CallerVerifier(keys);
  return { verifier, signer: new CallerSigner(own, { verifier }) };
}

function hasCallerKey(keys: readonly PublicKey[], part: string): boolean {
  return keys.some((key) => key.part === part && key.purpose === 'caller');
}

/** The home database shows a private key only to the part it belongs to, so each is asked for under its own login. */
async function asPart<T>(
  databases: Databases,
  part: string,
  work: (home: ReturnType<typeof openContextDatabase>) => Promise<T>,
): Promise<T> {
  const home = openContextDatabase({ url: databases.homeUrlOf(part), context: part, poolSize: 1 });
  try {
    return await work(home);
  } finally {
    await home.close();
  }
}
