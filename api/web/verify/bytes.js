// Bytes and their texts. Invariant: one meaning has one spelling; a second one is refused (null), never repaired.
const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

export const utf8 = (text) => encoder.encode(text);

/** The text of UTF-8 bytes, a byte order mark kept as a character; null when they are not UTF-8. */
export function utf8Text(bytes) {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** Length of a text in bytes of UTF-8, without building them. */
export function utf8Length(text) {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x800) length += unit >= 0xd800 && unit <= 0xdfff ? 1 : 2;
    else if (unit >= 0x80) length += 1;
  }
  return length;
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function hex(bytes) {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Bytes of lower-case hexadecimal digits, or null. */
export function unhex(digits) {
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/.test(digits)) return null;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

export function base64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const quad = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
    const given = bytes.length - at;
    text += quad.map((value, place) => (place <= given ? ALPHABET[value] : '=')).join('');
  }
  return text;
}

/** Standard base64 with padding, no white space, no spare bits; anything else is null. */
export function unbase64(text) {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  for (let place = 0; place < text.length; place += 4) {
    const last = place + 4 === text.length ? padding : 0;
    let group = 0;
    for (let step = 0; step < 4; step += 1) {
      const value = step >= 4 - last ? 0 : VALUES.get(text[place + step]);
      if (value === undefined) return null;
      group = group * 64 + value;
    }
    if ((last === 1 && (group & 0xff) !== 0) || (last === 2 && (group & 0xffff) !== 0)) return null;
    for (let step = 0; step < 3 - last; step += 1) {
      out[at] = (group >> (16 - 8 * step)) & 0xff;
      at += 1;
    }
  }
  return out;
}

/** A number below 2^64 as eight big-endian bytes. */
export function u64Bytes(value) {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}

export const u64At = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at);
export const u32At = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

/** A canonical decimal below 2^64 as BigInt, or null. */
export function u64Text(text) {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) return null;
  const value = BigInt(text);
  return value < 2n ** 64n ? value : null;
}

/** What Unicode and Rust call white space; JavaScript's \s has U+FEFF more and U+0085 less. */
const SPACE = '\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACES = new RegExp(`[${SPACE}]+`);
const HAS_SPACE = new RegExp(`[${SPACE}]`);
export const words = (line) => line.split(SPACES).filter((word) => word !== '');
export const hasSpace = (text) => HAS_SPACE.test(text);
/** General category Cc. */
export const hasControl = (text) => /[\x00-\x1f\x7f-\x9f]/.test(text);
