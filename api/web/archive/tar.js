// Headers of a tar, by whatever program it was packed: ustar, pax, GNU or Version 7.
// Invariant: a header counts only if its checksum holds, so that a changed bit in any header is noticed.
import { utf8Text } from '../verify/bytes.js';

export const BLOCK_BYTES = 512;
export const END_BYTES = 1024;
/** Longest data of a header that is about the next member: its name, or pax records. */
export const ABOUT_BYTES_MAX = 64 * 1024;

const USTAR = [0x75, 0x73, 0x74, 0x61, 0x72, 0];
const CHECKSUM = [148, 156];

export const padding = (size) => (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;

const toZero = (bytes) => {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end);
};
const lossy = (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

function octal(bytes) {
  const digits = lossy(bytes).replace(/^ +/, '');
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : null;
}

/** Six digits, a zero and a space as nearly all write it; or seven digits and one of the two. */
function checksum(field) {
  const [last, before] = [field[7], field[6]];
  if (last === 0x20 && before === 0) return octal(field.subarray(0, 6));
  return last === 0 || last === 0x20 ? octal(field.subarray(0, 7)) : null;
}

/** Octal digits, or as GNU writes large numbers: bytes behind a first bit that is set. */
function sizeOf(field) {
  if (field[0] >= 0x80) {
    if (field[0] !== 0x80 || field.subarray(1, 6).some((byte) => byte !== 0)) return null;
    return field.subarray(6).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  const begin = field.findIndex((byte) => byte !== 0x20);
  const digits = field.subarray(Math.max(begin, 0));
  const end = digits.findIndex((byte) => byte === 0 || byte === 0x20);
  return octal(digits.subarray(0, end < 0 ? digits.length : end));
}

const KINDS = { 1: 'link', 2: 'link', 5: 'folder', D: 'folder', L: 'longName', K: 'longLink', x: 'extended', X: 'extended', g: 'global', 7: 'file' };

function kindOf(flag, path) {
  if (flag === 0 || flag === 0x30) return path.endsWith('/') ? 'folder' : 'file';
  return KINDS[String.fromCharCode(flag)] ?? 'other';
}

/** `{path, size, kind}` of a header, or null. */
export function decode(header) {
  const sum = header.reduce((total, byte, at) => total + (at >= CHECKSUM[0] && at < CHECKSUM[1] ? 0x20 : byte), 0);
  const ustar = USTAR.every((byte, at) => header[257 + at] === byte);
  // The older forms fill with spaces, where a changed bit of a zero would go unnoticed.
  if ((ustar && header[CHECKSUM[0]] === 0x20) || checksum(header.subarray(...CHECKSUM)) !== sum) return null;
  const path = nameOf(header, ustar);
  const size = sizeOf(header.subarray(124, 136));
  return size === null ? null : { path, size, kind: kindOf(header[156], path) };
}

function nameOf(header, withPrefix) {
  const [name, prefix] = [lossy(toZero(header.subarray(0, 100))), withPrefix ? lossy(toZero(header.subarray(345, 500))) : ''];
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** A path without the folder of all. */
export const inside = (path) => {
  const plain = path.replace(/^(\.\/)+/, '');
  const cut = plain.indexOf('/');
  return cut < 0 ? plain : plain.slice(cut + 1);
};

/** What a damaged header most likely names, for people. */
export const likelyName = (header) => inside(nameOf(header, true));

/** The name GNU wrote as data. */
export const longName = (data) => lossy(toZero(data));

/** A decimal number of a pax record, as the other verifiers read it: at most 15 digits, which a Number holds. Null for others. */
export const number = (text) => (/^\+?[0-9]{1,15}$/.test(text) ? Number(text) : null);

/** `[keyword, value]` of the records of a pax header, or null where one is not `<length> <keyword>=<value>\n`. */
export function records(data) {
  const found = [];
  let at = 0;
  while (at < data.length && data[at] !== 0) {
    const space = data.indexOf(0x20, at);
    const digits = space < 0 ? '' : lossy(data.subarray(at, space));
    const length = number(digits);
    const end = at + length;
    if (length === null || end > data.length || end <= space + 1 || data[end - 1] !== 0x0a) return null;
    const record = data.subarray(space + 1, end - 1);
    const equals = record.indexOf(0x3d);
    const keyword = equals < 0 ? null : utf8Text(record.subarray(0, equals));
    if (keyword === null) return null;
    found.push([keyword, lossy(record.subarray(equals + 1))]);
    at = end;
  }
  return found;
}
