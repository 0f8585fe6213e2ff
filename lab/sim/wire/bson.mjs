/**
 * BSON (bsonspec.org) as far as the server commands of wire-protocol.mjs need it: numbers are int32 where they fit and
 * double otherwise, bigint is int64, Date is UTC datetime, and a Timestamp is written and read as itself.
 */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- a BSON type that must be told apart from a number
export class Timestamp {
  constructor(seconds, increment) {
    this.seconds = seconds;
    this.increment = increment;
  }
}

export function encode(document) {
  const parts = Object.entries(document)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => element(name, value));
  const body = Buffer.concat([...parts, Buffer.from([0])]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(body.length + 4);
  return Buffer.concat([size, body]);
}

function element(name, value) {
  const [type, bytes] = typed(value);
  return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), bytes]);
}

function typed(value) {
  if (value === null) return [0x0a, Buffer.alloc(0)];
  if (typeof value === 'boolean') return [0x08, Buffer.from([value ? 1 : 0])];
  if (typeof value === 'string') return [0x02, string(value)];
  if (typeof value === 'bigint') return [0x12, int64(value)];
  if (value instanceof Date) return [0x09, int64(BigInt(value.getTime()))];
  if (value instanceof Timestamp) return [0x11, int64((BigInt(value.seconds) << 32n) | BigInt(value.increment))];
  if (Array.isArray(value)) return [0x04, encode(Object.fromEntries(value.entries()))];
  if (typeof value === 'object') return [0x03, encode(value)];
  const bytes = Buffer.alloc(Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 4 : 8);
  if (bytes.length === 4) bytes.writeInt32LE(value);
  else bytes.writeDoubleLE(value);
  return [bytes.length === 4 ? 0x10 : 0x01, bytes];
}

function string(value) {
  const text = Buffer.from(`${value}\0`);
  const size = Buffer.alloc(4);
  size.writeInt32LE(text.length);
  return Buffer.concat([size, text]);
}

function int64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** Reads the document at `start`. A type that is not known here throws. */
export function decode(buffer, start = 0) {
  const end = start + buffer.readInt32LE(start) - 1;
  const document = {};
  for (let at = start + 4; at < end;) {
    const type = buffer[at];
    const close = buffer.indexOf(0, at + 1);
    const name = buffer.toString('utf8', at + 1, close);
    const [value, size] = read(buffer, type, close + 1);
    document[name] = value;
    at = close + 1 + size;
  }
  return document;
}

function read(buffer, type, at) {
  switch (type) {
    case 0x01:
      return [buffer.readDoubleLE(at), 8];
    case 0x02:
      return [buffer.toString('utf8', at + 4, at + 3 + buffer.readInt32LE(at)), 4 + buffer.readInt32LE(at)];
    case 0x03:
      return [decode(buffer, at), buffer.readInt32LE(at)];
    case 0x04:
      return [Object.values(decode(buffer, at)), buffer.readInt32LE(at)];
    case 0x05:
      return [buffer.subarray(at + 5, at + 5 + buffer.readInt32LE(at)), 5 + buffer.readInt32LE(at)];
    case 0x07:
      return [buffer.toString('hex', at, at + 12), 12];
    case 0x08:
      return [buffer[at] === 1, 1];
    case 0x09:
      return [new Date(Number(buffer.readBigInt64LE(at))), 8];
    case 0x0a:
      return [null, 0];
    case 0x10:
      return [buffer.readInt32LE(at), 4];
    case 0x11:
      return [new Timestamp(buffer.readUInt32LE(at + 4), buffer.readUInt32LE(at)), 8];
    case 0x12:
      return [buffer.readBigInt64LE(at), 8];
    default:
      throw new Error(`BSON type 0x${type.toString(16)} is not simulated`);
  }
}
