import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadPartners } from '../src/load-partners.ts';

const folder = mkdtempSync(join(tmpdir(), 'septum-partners-'));
const city = { name: 'city', kind: 'fhir', baseUrl: 'https://fhir.city.example/r4' };

describe('the partners of an installation', () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are those of septum.yaml and those of the file', () => {
    const partnersFile = join(folder, 'partners.yaml');
    writeFileSync(partnersFile, '- { name: ward, kind: rest-hook, baseUrl: "https://ward.example/" }\n');
    const partners = loadPartners({ partners: [city], partnersFile });
    expect(partners.names).toEqual(['city', 'ward']);
    expect(partners.of('rest-hook').map(({ name }) => name)).toEqual(['ward']);
    expect(partners.at('https://fhir.city.example/r4/Patient', 'fhir')?.name).toBe('city');
    expect(partners.at('https://fhir.city.example/r4/Patient', 'rest-hook')).toBeUndefined();
    expect(loadPartners({}).names).toEqual([]);
  });

  it('are found by the longest base address', () => {
    const inner = { ...city, name: 'inner', baseUrl: 'https://fhir.city.example/r4/inner' };
    const partners = loadPartners({ partners: [city, inner] });
    expect(partners.at('https://fhir.city.example/r4/inner/hook', 'fhir')?.name).toBe('inner');
    expect(partners.at('https://fhir.city.example/r4/innermost', 'fhir')?.name).toBe('city');
  });

  it.each([
    [{ token: 'x' }, /\[0\] \(city\): token is nothing a partner has\..* never here/],
    [{ name: 'City Hospital' }, /name must be small letters/],
    [{ kind: 'soap' }, /kind must be one of/],
    [{ baseUrl: undefined }, /baseUrl must be a string/],
    [{ baseUrl: 'https://user:word@city.example/' }, /without user, query and fragment/],
    [{ baseUrl: 'https://city.example/?a=b' }, /without user, query and fragment/],
    [{ baseUrl: 'https://City.example/' }, /in its normal spelling/],
    [{ baseUrl: 'ftp://city.example/' }, /must be an http\(s\) URL/],
    [{ baseUrl: 'http://city.example/' }, /Use https:\/\/, or write allowPlain: true/],
    [{ baseUrl: 'http://169.254.169.254/' }, /an address where no partner can be/],
    [{ baseUrl: 'https://10.0.0.1/', network: 'loopback' }, /network is loopback, but .* is private/],
    [{ network: 'any' }, /network must be one of/],
    [{ timeoutMs: 0 }, /timeoutMs must not be less than 100/],
    [{ certFile: '/x' }, /needs both certFile and keyFile/],
    [{ tokenFile: '/nowhere/token' }, /Partner city: "\/nowhere\/token" cannot be read \(ENOENT\)/],
  ])('are refused with what is wrong: %j', (change, says) => {
    expect(() => loadPartners({ partners: [{ ...city, ...change }] })).toThrow(says);
  });

  it('have an address of host and port alone where they take HL7 v2 by MLLP', () => {
    const adt = { name: 'adt', kind: 'mllp', baseUrl: 'mllps://adt.city.example:2575' };
    const named = { receivingApplication: 'EPR', receivingFacility: 'CITY 1' };
    const local = { name: 'local', kind: 'mllp', baseUrl: 'mllp://[::1]:80', ...named };
    const partners = loadPartners({ partners: [adt, local] });
    expect(partners.at('mllps://adt.city.example:2575', 'mllp')?.name).toBe('adt');
    expect(partners.at('mllp://[::1]:80', 'mllp')).toMatchObject({
      name: 'local',
      sender: { application: 'SEPTUM', facility: '' },
      receiver: { application: 'EPR', facility: 'CITY 1' },
    });
    for (const other of [
      'mllp://adt.city.example:2575',
      'mllps://adt.city.example:2576',
      'mllps://adt.city.example:2575/',
      'mllps://adt.city.example:2575/x',
      'mllps://ADT.city.example:2575',
      'mllps://a@adt.city.example:2575',
      'mllps://adt.city.example',
      'https://adt.city.example:2575',
    ])
      expect([other, partners.at(other, 'mllp')]).toEqual([other, undefined]);
  });

  it.each([
    [{ baseUrl: 'https://adt.city.example/' }, /must be an mllps URL/],
    [{ baseUrl: 'mllps://adt.city.example:2575/adt' }, /must be an mllps URL/],
    [{ baseUrl: 'mllps://127.1:2575' }, /must be an mllps URL/],
    [{ baseUrl: 'mllp://adt.city.example:2575' }, /mllp:\/\/ shows patient data .* Use mllps:\/\//],
    [{ baseUrl: 'mllps://169.254.169.254:2575' }, /an address where no partner can be/],
    [{ tokenFile: '/x' }, /MLLP knows no token/],
    [{ kind: 'fhir-push' }, /must be an http\(s\) URL/],
    [{ receivingFacility: 'A|B' }, /receivingFacility must be letters/],
    [
      { kind: 'fhir', baseUrl: 'https://a.example/', sendingFacility: 'A' },
      /sendingFacility is for partners of kind mllp/,
    ],
  ])('by MLLP are refused with what is wrong: %j', (change, says) => {
    const adt = { name: 'adt', kind: 'mllp', baseUrl: 'mllps://adt.city.example:2575' };
    expect(() => loadPartners({ partners: [{ ...adt, ...change }] })).toThrow(says);
  });

  it('are refused when two have one name, and when they are no list', () => {
    expect(() => loadPartners({ partners: [city, city] })).toThrow(/Two partners are named city/);
    expect(() => loadPartners({ partners: { city } })).toThrow(/write a list/);
  });

  it('do not repeat what stands in a file that is not YAML', () => {
    const partnersFile = join(folder, 'broken.yaml');
    writeFileSync(partnersFile, 'token: "topsecret\n- ]');
    expect(() => loadPartners({ partnersFile })).toThrow(/SEPTUM_PARTNERS_FILE is ".*": it is not YAML\.$/);
  });
});
