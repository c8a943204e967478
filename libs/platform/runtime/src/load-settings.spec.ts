import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadSettings } from './load-settings.ts';
import { settingsReference } from './settings-reference.ts';

const parts = ['edge', 'patients', 'medications'];
const load = (environment: Record<string, string>, file?: string) =>
  loadSettings({ environment, parts, ...(file === undefined ? {} : { file }) });

describe('settings', () => {
  it('binds to the loopback address in demo and to all in production, unless told', () => {
    expect(load({}).httpHost).toBe('127.0.0.1');
    expect(load({ SEPTUM_PROFILE: 'production' }).httpHost).toBe('0.0.0.0');
    expect(load({ SEPTUM_HTTP_HOST: '10.0.0.1' }).httpHost).toBe('10.0.0.1');
  });

  it('takes the flag before the environment before septum.yaml', () => {
    const file = 'httpPort: 1\nmllpPort: 2\nlogLevel: debug\n';
    const settings = loadSettings({
      flags: { httpPort: 3 },
      environment: { SEPTUM_HTTP_PORT: '4', SEPTUM_MLLP_PORT: '5' },
      file,
      parts,
    });
    expect([settings.httpPort, settings.mllpPort, settings.logLevel]).toEqual([3, 5, 'debug']);
  });

  it('reads lists and the databases of single contexts', () => {
    const settings = load({
      SEPTUM_EXCEPT: 'medications, patients',
      SEPTUM_MEDICATIONS_DATABASE_URL: 'postgres://a@b/c',
    });
    expect(settings.except).toEqual(['medications', 'patients']);
    expect(settings.databaseUrls).toEqual({ medications: 'postgres://a@b/c' });
  });

  it('reads the listeners of HL7 v2, each with what it leaves out', () => {
    const file = 'mllpListeners:\n  - name: laboratory\n    port: 2576\n    processingIds: [P, T]\n';
    expect(load({}, file).mllpListeners).toMatchObject([
      {
        name: 'laboratory',
        port: 2576,
        host: '127.0.0.1',
        characterSet: 'ASCII',
        processingIds: ['P', 'T'],
        allowPlain: false,
      },
    ]);
  });

  it.each([
    ['{ name: lab, port: 70000 }', /^mllpListeners: \[0\]\.port .*65535\.$/],
    ['{ name: Lab 1, port: 1 }', /^mllpListeners: \[0\]\.name must be a name of small letters/],
    ['{ name: lab, port: 1, processingIds: [X] }', /^mllpListeners: \[0\]\.processingIds /],
    ['{ name: lab, port: 1, certificat: x }', /^mllpListeners: \[0\]\.certificat .*should not exist/],
    ['{ name: lab, port: 1 }, { name: lab, port: 2 }', /^mllpListeners: two are named lab/],
    ['{ name: mllp, port: 1 }', /^mllpListeners: two are named mllp/],
    [
      '{ name: lab, port: 1, certificateFile: a.pem }',
      /^mllpListeners: lab .*both certificateFile and keyFile/,
    ],
    ['{ name: lab, port: 1, keyFile: a.key }', /^mllpListeners: lab .*both certificateFile and keyFile/],
    [
      '{ name: lab, port: 1, clientAuthoritiesFile: a.pem }',
      /^mllpListeners: lab .*clientAuthoritiesFile.*both certificateFile and keyFile/,
    ],
  ])('refuses the listener %s', (listener, told) => {
    expect(() => load({}, `mllpListeners: [${listener}]`)).toThrow(told);
  });

  it('lets the variables of the scripts and of other programs be', () => {
    expect(load({ SEPTUM_TEST_DATA: '../shared', PATH: '/bin' }).httpPort).toBe(8080);
  });

  it.each([
    [{ SEPTUM_HTPP_PORT: '1' }, /^SEPTUM_HTPP_PORT is not a setting of Septum\. Known: SEPTUM_PROFILE, /],
    [{ SEPTUM_PHARMACY_DATABASE_URL: 'postgres://a/b' }, /^SEPTUM_PHARMACY_DATABASE_URL is not a setting/],
    [{ SEPTUM_HTTP_PORT: '80a' }, /^SEPTUM_HTTP_PORT is "80a": write a whole number from 0 to 65535\.$/],
    [{ SEPTUM_POOL_SIZE: '0' }, /^SEPTUM_POOL_SIZE is 0: write a whole number from 1 to 200\.$/],
    [{ SEPTUM_HTTP_PORT: '65536' }, /^SEPTUM_HTTP_PORT is 65536: .*65535/],
    [
      { SEPTUM_PUBLIC_URL: 'fhir.hospital.example' },
      /^SEPTUM_PUBLIC_URL is "fhir\.hospital\.example": must be/,
    ],
    [{ SEPTUM_PUBLIC_URL: 'https://fhir.hospital.example/' }, /^SEPTUM_PUBLIC_URL .* without a slash/],
    [{ SEPTUM_PROFILE: 'test' }, /^SEPTUM_PROFILE is "test": .*demo, production/],
    [
      { SEPTUM_EDGE_DATABASE_URL: 'sqlite:x' },
      /^SEPTUM_EDGE_DATABASE_URL \(its value is secret\): must be a postgres:\/\/ URL\.$/,
    ],
    [
      { SEPTUM_DATABASE_URL: 'mysql://user:secret@host/db' },
      /^SEPTUM_DATABASE_URL \(its value is secret\): must be a postgres:\/\/ URL\.$/,
    ],
  ])('refuses %j with one line', (environment, message) => {
    expect(() => load(environment)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) }),
    );
    expect(() => load(environment)).not.toThrow(/\n/);
  });

  it('refuses an unknown key of septum.yaml, and what is no list of settings', () => {
    expect(() => load({}, 'http_port: 1')).toThrow('septum.yaml: http_port is not a setting of Septum.');
    expect(() => load({}, '- 1')).toThrow('septum.yaml must hold settings');
  });

  it('documents every setting', () => {
    const reference = settingsReference();
    expect(reference).toContain('| `SEPTUM_HTTP_PORT` | `httpPort` | `8080` |');
    expect(reference).toContain('| `SEPTUM_TEST_DATA` |');
    const committed = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'generated', 'settings.md');
    // When this fails: npx septum settings > docs/generated/settings.md
    expect(readFileSync(committed, 'utf8')).toBe(reference);
  });
});
