// A tar with one spelling: ustar headers of regular files without owners, one time for all.
// Invariant: a header counts only if `encode` makes the same 512 bytes of what it says.
import { equal, utf8, utf8Length, utf8Text } from '../verify/bytes.js';
import { DOCUMENT_BYTES_MAX } from './limits.js';

export const BLOCK_BYTES = 512;
export const END_BYTES = 1024;

export const padding = (size) => (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;

/** The header of a file, or null when path or size fit none. */
export function encode(path, size) {
  const cut = utf8Length(path) <= 100 ? -1 : path.lastIndexOf('/');
  const [prefix, name] = cut < 0 ? ['', path] : [path.slice(0, cut), path.slice(cut + 1)];
  if (name === '' || utf8Length(name) > 100 || utf8Length(prefix) > 155 || size > DOCUMENT_BYTES_MAX) return null;
  const header = new Uint8Array(BLOCK_BYTES);
  const put = (at, text) => header.set(utf8(text), at);
  put(0, name);
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(148, '        ');
  put(156, '0');
  put(257, 'ustar\x0000');
  put(329, '0000000\0');
  put(337, '0000000\0');
  put(345, prefix);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

const field = (header, at, length) => {
  const bytes = header.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? length : end);
};

/** `{path, size}` of a header, or null. */
export function decode(header) {
  const [name, prefix, size] = [field(header, 0, 100), field(header, 345, 155), field(header, 124, 12)].map(utf8Text);
  if (name === null || prefix === null || size === null || !/^[0-7]{1,11}$/.test(size)) return null;
  const entry = { path: prefix === '' ? name : `${prefix}/${name}`, size: parseInt(size, 8) };
  const again = encode(entry.path, entry.size);
  return again !== null && equal(again, header) ? entry : null;
}

/** What a damaged header most likely names, for people. */
export function likelyName(header) {
  const text = (bytes) => new TextDecoder().decode(bytes);
  const [name, prefix] = [text(field(header, 0, 100)), text(field(header, 345, 155))];
  const path = prefix === '' ? name : `${prefix}/${name}`;
  const cut = path.indexOf('/');
  return cut < 0 ? path : path.slice(cut + 1);
}
