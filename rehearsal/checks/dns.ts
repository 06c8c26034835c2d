import { randomInt } from 'crypto';
import { createSocket } from 'dgram';

/** What a DNS server says. */
export interface DnsAnswer {
  /** 0, or 3 where there is no such name. */
  readonly code: number;
  /** Of the first record: of the answer, or of the authority, which says for how long there is no such name. */
  readonly ttl?: number;
}

const TYPE_A = 1;
const CLASS_INTERNET = 1;
const RECURSION_DESIRED = 0x0100;

/**
 * Asks a DNS server of this machine for the address of a name, as dig does: Node's own resolver does not show the life of a negative answer.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-4
 */
export function dig(port: number, name: string, milliseconds = 3000): Promise<DnsAnswer> {
  const id = randomInt(2 ** 16);
  const socket = createSocket('udp4');
  return new Promise<DnsAnswer>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer to ${name} within ${milliseconds} ms`)), milliseconds);
    socket.on('error', reject);
    socket.on('message', message => {
      if (message.readUInt16BE(0) === id) {
        clearTimeout(timer);
        resolve(read(message));
      }
    });
    socket.send(query(id, name), port, '127.0.0.1');
  }).finally(() => socket.close());
}

function query(id: number, name: string): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4); // one question
  const labels = name.split('.').map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, TYPE_A, 0, CLASS_INTERNET])]);
}

function read(message: Buffer): DnsAnswer {
  const code = message.readUInt8(3) % 16;
  const records = message.readUInt16BE(6) + message.readUInt16BE(8);
  const question = afterName(message, 12) + 4;
  return records === 0 ? { code } : { code, ttl: message.readUInt32BE(afterName(message, question) + 4) };
}

/** A name ends with an empty label, or points to where it goes on. */
function afterName(message: Buffer, start: number): number {
  let at = start;
  for (let length = message[at]; length !== 0; length = message[at]) {
    if (length >= 0xc0) {
      return at + 2;
    }
    at += length + 1;
  }
  return at + 1;
}
