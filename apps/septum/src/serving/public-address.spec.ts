import { describe, expect, it } from '@jest/globals';
import { loadSettings, topology } from '#platform/runtime';
import { PublicAddress } from './public-address.ts';

const parts = ['edge', 'patients'];

function address(environment: Record<string, string>, only: readonly string[] = []): PublicAddress {
  return new PublicAddress(loadSettings({ environment, parts }), topology(parts, { only, except: [] }));
}

describe('the address of the installation', () => {
  it('is what the setting says, in every process', () => {
    const named = { SEPTUM_PUBLIC_URL: 'https://fhir.hospital.example/septum' };
    for (const only of [[], ['edge'], ['patients']]) {
      const known = address(named, only);
      known.listensAt('http://127.0.0.1:9');
      expect(known.fhirBase).toBe('https://fhir.hospital.example/septum/fhir/R4');
    }
  });

  it('is where the edge of a demo listens, and what a part without the edge does not know', () => {
    expect(address({ SEPTUM_HTTP_PORT: '8081' }).url).toBe('http://127.0.0.1:8081');
    expect(address({ SEPTUM_HTTP_HOST: '0.0.0.0' }).url).toBe('http://localhost:8080');
    expect(address({ SEPTUM_HTTP_HOST: '::1' }).url).toBe('http://[::1]:8080');
    expect(address({}, ['patients']).fhirBase).toBeUndefined();
  });

  it('is known of a free port once it is taken', () => {
    const free = address({ SEPTUM_HTTP_PORT: '0' });
    expect(free.fhirBase).toBeUndefined();
    free.listensAt('http://127.0.0.1:4711');
    expect(free.fhirBase).toBe('http://127.0.0.1:4711/fhir/R4');
  });

  it('is not guessed in production', () => {
    expect(() => address({ SEPTUM_PROFILE: 'production' })).toThrow(/^SEPTUM_PUBLIC_URL is missing/);
  });
});
