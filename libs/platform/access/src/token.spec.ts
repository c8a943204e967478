import { describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import {
  decodePrivateKey,
  decodePublicKey,
  encodePrivateKey,
  encodePublicKey,
  generateSigningKey,
} from './signing-key.ts';
import { issueToken, TokenVerifier } from './token.ts';

const key = generateSigningKey('edge', 'token');
const request = {
  subject: 'client/monitor',
  kind: 'client',
  client: 'client/monitor',
  scopes: ['system/*.rs'],
  lifetimeSeconds: 60,
} as const;
const verifier = (now: () => number = Date.now) =>
  new TokenVerifier((keyId) => Promise.resolve(keyId === key.keyId ? key.publicKey : undefined), now);
const unauthenticated = expect.objectContaining({ kind: 'unauthenticated' });

describe('bearer tokens', () => {
  it('become the caller they were issued for', async () => {
    const caller = await verifier().verify(await issueToken(key, request));
    expect(caller).toEqual({
      subject: 'client/monitor',
      kind: 'client',
      client: 'client/monitor',
      scopes: ['system/*.rs'],
      purposeOfUse: 'TREAT',
      breakGlass: false,
    });
    expect(Object.isFrozen(caller)).toBe(true);
  });

  it('keep the patients they are confined to, none included', async () => {
    const caller = await verifier().verify(await issueToken(key, { ...request, patients: [] }));
    expect(caller.patients).toEqual([]);
  });

  it('are recalled without verification until they expire', async () => {
    let now = Date.now();
    const tokens = verifier(() => now);
    const token = await issueToken(key, request, now);
    expect(tokens.recall(token)).toBeUndefined();
    const caller = await tokens.verify(token);
    expect(tokens.recall(token)).toBe(caller);
    now += 61_000;
    expect(tokens.recall(token)).toBeUndefined();
    await expect(tokens.verify(token)).rejects.toEqual(unauthenticated);
  });

  it('are refused when changed, of another key, unsigned, of another kind or for another audience', async () => {
    const token = await issueToken(key, request);
    const stranger = { ...generateSigningKey('edge', 'token'), keyId: key.keyId };
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: key.keyId })).toString(
      'base64url',
    );
    const changed = Buffer.from(
      Buffer.from(payload, 'base64url').toString().replace('monitor', 'manager'),
    ).toString('base64url');
    const claims = { client_id: 'a', scope: 'system/*.cruds', kind: 'client' };
    const foreign = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.keyId })
      .setIssuer('septum')
      .setAudience('another')
      .setSubject('client/a')
      .setExpirationTime('1h')
      .sign(key.privateKey);
    const system = await new SignJWT({ ...claims, kind: 'system' })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.keyId })
      .setIssuer('septum')
      .setAudience('septum')
      .setSubject('system/edge')
      .setExpirationTime('1h')
      .sign(key.privateKey);
    const endless = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.keyId })
      .setIssuer('septum')
      .setAudience('septum')
      .setSubject('client/a')
      .sign(key.privateKey);
    const bad = [
      `${header}.${changed}.${signature}`,
      await issueToken(stranger, request),
      await issueToken(generateSigningKey('edge', 'token'), request),
      `${unsigned}.${payload}.`,
      foreign,
      system,
      endless,
      'x.y.z',
      '',
    ];
    for (const each of bad) await expect(verifier().verify(each)).rejects.toEqual(unauthenticated);
  });

  it('are signed with keys that survive being kept as text', async () => {
    const kept = {
      ...key,
      publicKey: decodePublicKey(encodePublicKey(key.publicKey)),
      privateKey: decodePrivateKey(encodePrivateKey(key.privateKey)),
    };
    await expect(verifier().verify(await issueToken(kept, request))).resolves.toMatchObject({
      subject: 'client/monitor',
    });
  });
});
