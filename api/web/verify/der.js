// Reading DER one element after another, in the order a structure has them. Invariant: definite minimal lengths and
// one-byte tags only, no recursion, and `end` refuses what is left over.
import { equal, hex } from './bytes.js';

export class DerError extends Error {}

export const BOOLEAN = 1;
export const INTEGER = 2;
export const BIT_STRING = 3;
export const OCTET_STRING = 4;
export const NULL = 5;
export const OBJECT = 6;
export const UTF8_STRING = 0x0c;
export const PRINTABLE_STRING = 0x13;
export const IA5_STRING = 0x16;
export const VISIBLE_STRING = 0x1a;
export const BMP_STRING = 0x1e;
export const UTC_TIME = 0x17;
export const GENERAL_TIME = 0x18;
export const SEQUENCE = 0x30;
export const SET = 0x31;
/** Tags of the universal class that DER gives a form to; any other is refused, wherever it stands. */
const UNIVERSAL = new Set([1, 2, 3, 4, 5, 6, 9, 0x0a, 0x0c, 0x0d, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x1a, 0x1b, 0x1e, 0x30, 0x31]);
export const constructed = (number) => 0xa0 | number;
export const primitive = (number) => 0x80 | number;

export class Der {
  constructor(bytes, what) {
    Object.assign(this, { bytes, what, at: 0 });
  }

  /** Over the elements of the one SEQUENCE that `bytes` are. */
  static ofSequence(bytes, what) {
    const whole = new Der(bytes, what);
    const inside = whole.sequence();
    whole.end();
    return inside;
  }

  refuse(why = 'is not in the DER it should be') {
    throw new DerError(`${this.what} ${why}`);
  }

  /** The next element: `{tag, value, raw}`. */
  any() {
    const { bytes, at } = this;
    const [tag, first] = [bytes[at], bytes[at + 1]];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || first === 0x80 || first > 0x83) this.refuse();
    if (tag < 0x40 && !UNIVERSAL.has(tag)) this.refuse();
    const count = first > 0x80 ? first - 0x80 : 0;
    let length = count === 0 ? first : 0;
    for (let step = 0; step < count; step += 1) length = length * 256 + (bytes[at + 2 + step] ?? this.refuse());
    if (count > 0 && length < (count === 1 ? 0x80 : 256 ** (count - 1))) this.refuse();
    const start = at + 2 + count;
    if (start + length > bytes.length) this.refuse();
    this.at = start + length;
    return { tag, value: bytes.subarray(start, this.at), raw: bytes.subarray(at, this.at) };
  }

  /** The value of the next element where it has this tag, else null. */
  optional(tag) {
    return this.bytes[this.at] === tag ? this.any().value : null;
  }

  value(tag) {
    return this.optional(tag) ?? this.refuse();
  }

  sequence() {
    return new Der(this.value(SEQUENCE), this.what);
  }

  /** An object identifier in dotted form. */
  object() {
    return dotted(this.value(OBJECT)) ?? this.refuse();
  }

  /** An AlgorithmIdentifier's elements: an object and at most one parameter. What they mean is judged where they are used. */
  algorithm() {
    this.object();
    if (!this.isEmpty) this.any();
    this.end();
  }

  /** A small INTEGER that is not negative. */
  small() {
    const value = this.value(INTEGER);
    return value.length === 1 && value[0] < 0x80 ? value[0] : this.refuse();
  }

  /** BOOLEAN DEFAULT FALSE. DER leaves FALSE out; that it is written is taken, for others write it in what they sign. */
  flag() {
    const value = this.optional(BOOLEAN);
    if (value === null || equal(value, [0])) return false;
    return equal(value, [0xff]) || this.refuse();
  }

  get isEmpty() {
    return this.at === this.bytes.length;
  }

  end() {
    if (!this.isEmpty) this.refuse('has something left over');
  }
}

function dotted(bytes) {
  // The first two arcs stand in one byte: a second arc has at most 39, also below 2.
  if (bytes.length === 0 || bytes.length > 39 || bytes[0] > 119 || bytes.at(-1) >= 0x80) return null;
  const arcs = [];
  let [arc, fresh] = [0, true];
  for (const byte of bytes) {
    if (fresh && byte === 0x80) return null;
    arc = arc * 128 + (byte & 0x7f);
    if (arc > 0xffff_ffff) return null;
    fresh = byte < 0x80;
    if (fresh) {
      if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
      else arcs.push(arc);
      arc = 0;
    }
  }
  return arcs.join('.');
}

/** A positive INTEGER in its one encoding as BigInt, or null. */
export function positive(bytes) {
  if (bytes.length === 0 || bytes[0] >= 0x80 || (bytes.length > 1 && bytes[0] === 0 && bytes[1] < 0x80)) return null;
  const value = BigInt(`0x${hex(bytes)}`);
  return value > 0n ? value : null;
}

const days = (year, month) => (month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);

/** Unix milliseconds of `YYYYMMDDhhmmss` (1970 and later), or null. */
export function millisecondsOf(text) {
  if (!/^[0-9]{14}$/.test(text)) return null;
  const [year, month, day, hour, minute, second] = [[0, 4], [4, 6], [6, 8], [8, 10], [10, 12], [12, 14]].map(([from, to]) => Number(text.slice(from, to)));
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days(year, month) || hour > 23 || minute > 59 || second > 59) return null;
  let whole = day - 1;
  for (let one = 1970; one < year; one += 1) whole += days(one, 2) + 337;
  for (let one = 1; one < month; one += 1) whole += days(year, one);
  return (((whole * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}
