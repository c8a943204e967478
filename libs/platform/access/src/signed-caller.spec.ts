import { describe, expect, it } from '@jest/globals';
import { sign } from 'node:crypto';
import { Fault } from '#platform/fhir';
import type { Caller } from './caller.ts';
import { CallerSigner, CallerVerifier } from './signed-caller.ts';
import { generateSigningKey, type PublicKey } from './signing-key.ts';

const edge = generateSigningKey('edge', 'caller');
const medications = generateSigningKey('medications', 'caller');
const nurse: Caller = {
  subject: 'Practitioner/1',
  kind: 'user',
  client: 'client/console',
  scopes: ['user/*.rs'],
  patients: ['p1', 'p2'],
  purposeOfUse: 'TREAT',
  breakGlass: false,
};
const system = (part: string): Caller => ({
  subject: `system/${part}`,
  kind: 'system',
  client: `system/${part}`,
  scopes: ['system/*.cruds'],
  purposeOfUse: 'HOPERAT',
  breakGlass: false,
});

let now = Date.UTC(2026, 0, 1);
const clock = () => now;
const verifierOf = (...keys: PublicKey[]) => new CallerVerifier(keys, { clock });

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault && error.kind === 'unauthenticated') return error.message;
    throw error;
  }
  throw new Error('It was admitted.');
}

/** An envelope that says whatever a spec wants, honestly signed. */
function envelope(content: object, key = edge): string {
  const body = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${body}.${sign(null, Buffer.from(body), key.privateKey).toString('base64url')}`;
}

describe('a signed caller', () => {
  it('arrives as it was, frozen', () => {
    const verified = verifierOf(edge).verify(new CallerSigner([edge], { clock }).sign(nurse));
    expect(verified).toEqual(nurse);
    expect(
      Object.isFrozen(verified) && Object.isFrozen(verified.scopes) && Object.isFrozen(verified.patients),
    ).toBe(true);
  });

  it('is signed once and verified once while it is fresh', () => {
    const signer = new CallerSigner([edge], { clock });
    const verifier = verifierOf(edge);
    const text = signer.sign(nurse);
    expect(signer.sign(nurse)).toBe(text);
    expect(verifier.verify(text)).toBe(verifier.verify(text));
    now += 31_000;
    expect(signer.sign(nurse)).not.toBe(text);
  });

  it('expires after a minute, also when it was verified before', () => {
    const text = new CallerSigner([edge], { clock }).sign(nurse);
    const verifier = verifierOf(edge);
    verifier.verify(text);
    now += 71_000;
    expect(refusal(() => verifier.verify(text))).toContain('expired');
    expect(refusal(() => verifierOf(edge).verify(text))).toContain('expired');
  });

  it('is refused when it comes from the future', () => {
    const text = new CallerSigner([edge], { clock: () => now + 60_000 }).sign(nurse);
    expect(refusal(() => verifierOf(edge).verify(text))).toContain('clocks');
  });

  it('is refused when one letter of it is another one', () => {
    const text = new CallerSigner([edge], { clock }).sign(nurse);
    const verifier = verifierOf(edge);
    for (let index = 0; index < text.length - 2; index += 7) {
      const changed = text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);
      expect(refusal(() => verifier.verify(changed))).toContain('refused');
    }
  });

  it.each(['', '.', 'a.b', 'e30.', `${Buffer.from('null').toString('base64url')}.x`])(
    'is refused when it is %j',
    (text) => {
      expect(refusal(() => verifierOf(edge).verify(text))).toContain('refused');
    },
  );

  it('is refused from a key that is not known, or is for something else', () => {
    const text = new CallerSigner([edge], { clock }).sign(nurse);
    expect(refusal(() => verifierOf(medications).verify(text))).toContain('key');
    expect(refusal(() => verifierOf({ ...edge, purpose: 'token' }).verify(text))).toContain('key');
  });

  it('is refused when it is no caller', () => {
    const iat = Math.floor(now / 1000);
    const broken = envelope({
      caller: { ...nurse, patients: 'p1' },
      iat,
      exp: iat + 60,
      part: 'edge',
      kid: edge.keyId,
    });
    expect(refusal(() => verifierOf(edge).verify(broken))).toContain('refused');
  });
});

describe('a part', () => {
  it('speaks for itself', () => {
    const text = new CallerSigner([medications], { clock }).sign(system('medications'));
    expect(verifierOf(medications).verify(text).subject).toBe('system/medications');
  });

  it('does not sign for anybody else', () => {
    const signer = new CallerSigner([medications], { clock });
    expect(refusal(() => signer.sign(nurse))).toContain('may speak');
    expect(refusal(() => signer.sign(system('patients')))).toContain('may speak');
  });

  it('is not believed when it does', () => {
    const iat = Math.floor(now / 1000);
    for (const caller of [nurse, system('patients'), { ...system('medications'), kind: 'user' }]) {
      const text = envelope(
        { caller, iat, exp: iat + 60, part: 'medications', kid: medications.keyId },
        medications,
      );
      expect(refusal(() => verifierOf(medications).verify(text))).toContain('may not speak');
    }
  });

  it('is not believed when it says that it is the edge', () => {
    const iat = Math.floor(now / 1000);
    const text = envelope(
      { caller: nurse, iat, exp: iat + 60, part: 'edge', kid: medications.keyId },
      medications,
    );
    expect(refusal(() => verifierOf(medications, edge).verify(text))).toContain('may not speak');
  });

  it('passes on the envelope of the call it serves', () => {
    const verifier = verifierOf(edge);
    const signer = new CallerSigner([medications], { clock, verifier });
    const text = new CallerSigner([edge], { clock }).sign(nurse);
    const served = verifier.verify(text);
    expect(signer.sign(served)).toBe(text);
    expect(refusal(() => signer.sign({ ...served }))).toContain('may speak');
  });
});
