/**
 * X.509 certificates for tests, made with Node's own signatures: Node cannot make them, and a test should not need openssl
 * to be there. https://www.rfc-editor.org/rfc/rfc5280
 */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

export interface TestCertificate {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

const der = (tag: number, ...contents: Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...contents: Uint8Array[]) => der(0x30, ...contents);
const identifier = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const integer = (value: number) => der(0x02, Buffer.of(value));
const time = (text: string) => der(0x18, Buffer.from(text));

const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'));
const commonName = (name: string) =>
  sequence(der(0x31, sequence(identifier('550403'), der(0x0c, Buffer.from(name)))));
const extension = (id: string, value: Buffer) => sequence(identifier(id), der(0x04, value));

function certificate(
  subject: string,
  issuer: string,
  publicKey: KeyObject,
  signer: KeyObject,
  isAuthority: boolean,
): string {
  const extensions = sequence(
    extension('551d13', sequence(...(isAuthority ? [der(0x01, Buffer.of(0xff))] : []))),
    // subjectAltName: the address 127.0.0.1
    extension('551d11', sequence(der(0x87, Buffer.of(127, 0, 0, 1)))),
  );
  const content = sequence(
    der(0xa0, integer(2)),
    integer(isAuthority ? 1 : 2),
    ecdsaWithSha256,
    commonName(issuer),
    sequence(time('20200101000000Z'), time('20991231000000Z')),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', content, signer));
  const body = sequence(content, ecdsaWithSha256, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

/** An authority, and who it vouches for. */
export function testAuthority(name: string): {
  readonly certificate: string;
  issue(subject: string): TestCertificate;
} {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    certificate: certificate(name, name, own.publicKey, own.privateKey, true),
    issue(subject) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        certificate: certificate(subject, name, publicKey, own.privateKey, false),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}
