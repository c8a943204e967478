import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  type KeyObject,
} from 'node:crypto';

/** What a key signs: the callers a part sends over NATS, or the installation's bearer tokens. */
export type KeyPurpose = 'caller' | 'token';

/** The public half of an Ed25519 key, with whom it belongs to. */
export interface PublicKey {
  readonly keyId: string;
  readonly part: string;
  readonly purpose: KeyPurpose;
  readonly publicKey: KeyObject;
}

/** An Ed25519 key pair of one part of this installation. */
export interface SigningKey extends PublicKey {
  readonly privateKey: KeyObject;
}

export function generateSigningKey(part: string, purpose: KeyPurpose): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { keyId: randomUUID(), part, purpose, publicKey, privateKey };
}

/** A key as it is kept: base64url of its DER form (SPKI). */
export function encodePublicKey(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64url');
}

export function decodePublicKey(encoded: string): KeyObject {
  return createPublicKey({ key: Buffer.from(encoded, 'base64url'), type: 'spki', format: 'der' });
}

/** A key as it is kept: base64url of its DER form (PKCS #8). */
export function encodePrivateKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'der' }).toString('base64url');
}

export function decodePrivateKey(encoded: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(encoded, 'base64url'), type: 'pkcs8', format: 'der' });
}
