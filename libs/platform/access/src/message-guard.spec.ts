import { describe, expect, it } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Fault } from '#platform/fhir';
import type { Caller } from './caller.ts';
import { MessageGuard, type GuardedCall } from './message-guard.ts';
import { CallerSigner, CallerVerifier } from './signed-caller.ts';
import { generateSigningKey } from './signing-key.ts';

const key = generateSigningKey('edge', 'caller');
const caller: Caller = {
  subject: 'client/monitor',
  kind: 'client',
  client: 'client/monitor',
  scopes: ['system/*.rs'],
  purposeOfUse: 'HOPERAT',
  breakGlass: false,
};
const contract = { context: 'ward', pattern: 'ward.bed.admit.v1' };
const arriving = (part: Partial<GuardedCall>): GuardedCall => ({
  contract,
  request: {},
  caller: undefined,
  ...part,
});

function pass(guard: MessageGuard, call: GuardedCall, type = 'rpc'): boolean {
  const context = new ExecutionContextHost([call, call]);
  context.setType(type);
  return guard.canActivate(context);
}

describe('the message guard', () => {
  it('admits a caller of this process', () => {
    expect(pass(new MessageGuard(), arriving({ caller }))).toBe(true);
  });

  it('puts the verified caller of another process where handlers find it', () => {
    const call = arriving({ signedCaller: new CallerSigner([key]).sign(caller) });
    expect(pass(new MessageGuard({ verifier: new CallerVerifier([key]) }), call)).toBe(true);
    expect(call.caller).toEqual(caller);
  });

  it.each<[string, Partial<GuardedCall>]>([
    ['no caller', {}],
    ['an empty envelope', { signedCaller: '' }],
    ['an envelope beside a caller', { signedCaller: 'x.y', caller }],
    ['something that is no caller', { caller: { subject: 'x' } as Caller }],
  ])('refuses %s', (_what, part) => {
    const guard = new MessageGuard({ verifier: new CallerVerifier([key]) });
    expect(() => pass(guard, arriving(part))).toThrow(expect.objectContaining({ kind: 'unauthenticated' }));
  });

  it('admits nobody from outside without a verifier', () => {
    const call = arriving({ signedCaller: new CallerSigner([key]).sign(caller) });
    expect(() => pass(new MessageGuard(), call)).toThrow(Fault);
  });

  it('asks whether the caller may call the contract, with the verified caller', () => {
    const asked: unknown[] = [];
    const guard = new MessageGuard({
      verifier: new CallerVerifier([key]),
      authorise: (...question) => {
        asked.push(question);
        throw new Fault('forbidden', 'No.');
      },
    });
    const call = arriving({ signedCaller: new CallerSigner([key]).sign(caller), request: { bed: '1' } });
    expect(() => pass(guard, call)).toThrow(expect.objectContaining({ kind: 'forbidden' }));
    expect(asked).toEqual([[caller, contract, { bed: '1' }]]);
  });

  it('stands only before messages', () => {
    expect(() => pass(new MessageGuard(), arriving({ caller }), 'http')).toThrow(Fault);
  });
});
