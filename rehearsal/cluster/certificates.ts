/* eslint-disable no-bitwise -- an encoding is about bits */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'crypto';

const DAY_MS = 24 * 3600 * 1000;
const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
};

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority that lives as long as a rehearsal. */
export class Authority implements Certificate {
  readonly certificate: string;
  readonly key: string;
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  constructor(private readonly name: string) {
    this.key = pemKey(this.keys.privateKey);
    this.certificate = this.sign(name, this.keys.publicKey, [
      extension(OID.basicConstraints, sequence(element(0x01, Buffer.from([0xff]))), true),
      extension(OID.keyUsage, bits([0b1000_0110]), true), // digitalSignature, keyCertSign, cRLSign
    ]);
  }

  /** A certificate of a server. */
  issue(name: string, dnsNames: string[], addresses: string[]): Certificate {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      key: pemKey(keys.privateKey),
      certificate: this.sign(name, keys.publicKey, [
        extension(OID.basicConstraints, sequence(), true),
        extension(OID.keyUsage, bits([0b1000_0000]), true), // digitalSignature
        extension(OID.extendedKeyUsage, sequence(objectId(OID.serverAuth))),
        extension(OID.subjectAltName, sequence(
          ...dnsNames.map(dns => element(0x82, Buffer.from(dns))),
          ...addresses.map(address => element(0x87, Buffer.from(address.split('.').map(Number)))),
        )),
      ]),
    };
  }

  private sign(subject: string, publicKey: KeyObject, extensions: Buffer[]): string {
    const algorithm = sequence(objectId(OID.ecdsaWithSha256));
    const now = Date.now();
    const signed = sequence(
      element(0xa0, integer(Buffer.from([2]))), // version 3
      integer(randomBytes(16)),
      algorithm,
      commonName(this.name),
      sequence(time(now - DAY_MS), time(now + 30 * DAY_MS)),
      commonName(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      element(0xa3, sequence(
        ...extensions,
        // Python's ssl module asks for both since 3.13.
        extension(OID.subjectKeyIdentifier, element(0x04, identifier(publicKey))),
        extension(OID.authorityKeyIdentifier, sequence(element(0x80, identifier(this.keys.publicKey)))),
      )),
    );
    const signature = sign('sha256', signed, this.keys.privateKey);
    const der = sequence(signed, algorithm, element(0x03, Buffer.concat([Buffer.from([0]), signature])));
    return pem('CERTIFICATE', der);
  }
}

/** Keys that sign the tokens of service accounts, as PEM. */
export function signingKeys(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey: pemKey(privateKey), publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

function pemKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}

function identifier(key: KeyObject): Buffer {
  return createHash('sha1').update(key.export({ type: 'spki', format: 'der' })).digest();
}

// What follows writes DER, the encoding of X.509 certificates: a tag, a length, a content.

function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(size: number): Buffer {
  if (size < 0x80) {
    return Buffer.from([size]);
  }
  return size < 0x100 ? Buffer.from([0x81, size]) : Buffer.from([0x82, size >> 8, size & 0xff]);
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

/** A whole number that is not negative. */
function integer(value: Buffer): Buffer {
  return element(0x02, value[0] & 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value);
}

function bits(bytes: number[]): Buffer {
  const last = bytes[bytes.length - 1];
  const unused = 31 - Math.clz32(last & -last); // zeros at its end
  return element(0x03, Buffer.from([unused, ...bytes]));
}

function objectId(id: string): Buffer {
  const [first, second, ...rest] = id.split('.').map(Number);
  const base128 = (arc: number): number[] => {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) {
      digits.unshift(left & 0x7f | 0x80);
    }
    return digits;
  };
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function time(milliseconds: number): Buffer {
  return element(0x18, Buffer.from(new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '')));
}

function commonName(name: string): Buffer {
  return sequence(element(0x31, sequence(objectId(OID.commonName), element(0x0c, Buffer.from(name)))));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  const flag = critical ? [element(0x01, Buffer.from([0xff]))] : [];
  return sequence(objectId(id), ...flag, element(0x04, value));
}
