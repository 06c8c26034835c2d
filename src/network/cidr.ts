/** IPv4 arithmetic: no more than the network needs. */

/** A block of IPv4 addresses, with its first address as a number. */
export interface Cidr {
  readonly first: number;
  readonly mask: number;
  readonly size: number;
}

/** A text like 10.0.0.0/16 as a block, or undefined if it is not one. */
export function parseCidr(text: string): Cidr | undefined {
  const [address, mask, ...rest] = text.split('/');
  const first = parseIp(address);
  if (first === undefined || rest.length > 0 || !/^\d{1,2}$/.test(mask ?? '') || Number(mask) > 32) {
    return undefined;
  }
  const size = 2 ** (32 - Number(mask));
  return first % size === 0 ? { first, mask: Number(mask), size } : undefined;
}

/** An address like 10.0.0.1 as a number, or undefined if it is not one. */
export function parseIp(text: string): number | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every(octet => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256)) {
    return undefined;
  }
  return octets.reduce((number, octet) => number * 256 + Number(octet), 0);
}

/** A block as text. */
export function formatCidr(first: number, mask: number): string {
  return `${[24, 16, 8, 0].map(shift => Math.floor(first / 2 ** shift) % 256).join('.')}/${mask}`;
}

/** Whether two blocks share an address. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.first < other.first + other.size && other.first < one.first + one.size;
}

/** Whether an address lies in a block. */
export function contains(block: Cidr, address: number): boolean {
  return address >= block.first && address < block.first + block.size;
}

/** The mask of the smallest block that holds blocks of these masks, laid one after the other, each starting at a multiple of its size. */
export function maskThatHolds(masks: number[]): number {
  const end = masks.map(mask => 2 ** (32 - mask)).reduce((offset, size) => Math.ceil(offset / size) * size + size, 0);
  return 32 - Math.ceil(Math.log2(end));
}

/** The first `count` parts of a block that is cut into equal parts, as many as the next power of two. */
export function split(block: Cidr, count: number): string[] {
  const bits = Math.ceil(Math.log2(count));
  const size = block.size / 2 ** bits;
  return Array.from({ length: count }, (_, index) => formatCidr(block.first + index * size, block.mask + bits));
}
