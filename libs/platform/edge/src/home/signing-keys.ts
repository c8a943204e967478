import type { KeyObject } from 'node:crypto';
import {
  decodePrivateKey,
  decodePublicKey,
  encodePrivateKey,
  encodePublicKey,
  generateSigningKey,
  type KeyPurpose,
  type PublicKey,
  type SigningKey,
} from '#platform/access';
import type { ContextDatabase } from '#platform/database';

interface PublicRow {
  readonly key_id: string;
  readonly part: string;
  readonly purpose: KeyPurpose;
  readonly public_key: string;
}

const readPublic = {
  name: 'edge.signing-keys.public',
  text: 'select key_id, part, purpose, public_key from edge.signing_key where retired_at is null',
};

function toPublicKey(row: PublicRow): PublicKey {
  return {
    keyId: row.key_id,
    part: row.part,
    purpose: row.purpose,
    publicKey: decodePublicKey(row.public_key),
  };
}

/** The public keys of all parts, from the home database; any part's login may read them. */
export async function loadPublicKeys(home: ContextDatabase): Promise<PublicKey[]> {
  return (await home.query<PublicRow>('*', readPublic)).map(toPublicKey);
}

/**
 * The key of one part of this installation, made at its first start. `home` must be logged in as that part: nobody
 * else may read the private half.
 */
export async function loadSigningKey(
  home: ContextDatabase,
  part: string,
  purpose: KeyPurpose,
): Promise<SigningKey> {
  return (await findOwnKey(home, part, purpose)) ?? (await makeKey(home, part, purpose));
}

async function findOwnKey(
  home: ContextDatabase,
  part: string,
  purpose: KeyPurpose,
): Promise<SigningKey | undefined> {
  const [row] = await home.query<PublicRow & { private_key: string }>('*', {
    name: 'edge.signing-keys.own',
    text: `select key_id, part, purpose, public_key, private_key from edge.signing_key join edge.signing_secret using (key_id)
            where part = $1 and purpose = $2 and retired_at is null`,
    values: [part, purpose],
  });
  return row === undefined
    ? undefined
    : { ...toPublicKey(row), privateKey: decodePrivateKey(row.private_key) };
}

/** Two copies of a part may start at once: one makes the key, the other finds it. */
async function makeKey(home: ContextDatabase, part: string, purpose: KeyPurpose): Promise<SigningKey> {
  const made = generateSigningKey(part, purpose);
  await home.transact('*', async (transaction) => {
    const inserted = await transaction.query({
      text: `insert into edge.signing_key (key_id, part, purpose, public_key) values ($1, $2, $3, $4)
             on conflict (part, purpose) where retired_at is null do nothing returning key_id`,
      values: [made.keyId, part, purpose, encodePublicKey(made.publicKey)],
    });
    if (inserted.length === 0) return;
    await transaction.query({
      text: 'insert into edge.signing_secret (key_id, private_key) values ($1, $2)',
      values: [made.keyId, encodePrivateKey(made.privateKey)],
    });
  });
  const key = await findOwnKey(home, part, purpose);
  if (key === undefined)
    throw new Error(`The ${purpose} key of ${part} belongs to another role. Log in as ${part}.`);
  return key;
}

/** An unknown key is looked for again after so long: whoever invents key ids must not make us ask each time. */
const unknownForMs = 10_000;
/** A known key is believed for so long: then it may have been retired. */
const knownForMs = 60_000;

/** Finds the public halves of the installation's token keys in the home database, for `TokenVerifier`. */
export function tokenKeyFinder(home: ContextDatabase, now: () => number = Date.now) {
  let keys = new Map<string, KeyObject>();
  let loadedAt = -Infinity;
  let loading: Promise<void> | undefined;
  const load = async (): Promise<void> => {
    const asked = now();
    const all = await loadPublicKeys(home);
    // Only the edge issues tokens; another part's key opens nothing here.
    const tokenKeys = all.filter(({ part, purpose }) => part === 'edge' && purpose === 'token');
    keys = new Map(tokenKeys.map((key) => [key.keyId, key.publicKey]));
    loadedAt = asked;
  };
  return async (keyId: string): Promise<KeyObject | undefined> => {
    const age = now() - loadedAt;
    if (loading !== undefined || age >= (keys.has(keyId) ? knownForMs : unknownForMs)) {
      // Requests that arrive together wait for the same look.
      loading ??= load().finally(() => (loading = undefined));
      await loading;
    }
    return keys.get(keyId);
  };
}
