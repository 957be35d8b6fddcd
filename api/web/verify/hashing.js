// SHA-256, digests as text, and hashing of structured data: a domain tag and length-prefixed fields.
import { sha256 as hash } from '../vendor/noble-hashes/sha2.js';
import { concat, hex, u64Bytes, unhex, utf8 } from './bytes.js';

export const sha256 = (...parts) => hash(parts.length === 1 ? parts[0] : concat(...parts));

/** The 64 digits of `sha256:…`, or null for any other spelling. */
export function digestDigits(text) {
  return /^sha256:[0-9a-f]{64}$/.test(text) ? text.slice(7) : null;
}

/** A digest text as it is, or null. */
export const digestText = (text) => (digestDigits(text) === null ? null : text);
export const toDigest = (bytes) => `sha256:${hex(bytes)}`;

/** A digest as two fields: algorithm and bytes. */
export const digestFields = (text) => [Uint8Array.of(1), unhex(digestDigits(text))];

/** H(tag, field, …): SHA-256 over each length as eight bytes and each field. */
export function fieldHash(domain, fields) {
  const hasher = hash.create();
  for (const field of [utf8(domain), ...fields]) hasher.update(u64Bytes(field.length)).update(field);
  return hasher.digest();
}

/** SHA-256 of bytes that come in pieces: `update`, then `digest`. */
export const startSha256 = () => hash.create();

const CHUNK_BYTES = 1024 * 1024;

/** Digest and size of a Blob or File of any size, in pieces; `progress` gets the bytes read so far. */
export async function digestOfBlob(blob, progress = () => {}) {
  const hasher = startSha256();
  let size = 0;
  while (size < blob.size) {
    const piece = new Uint8Array(await blob.slice(size, size + CHUNK_BYTES).arrayBuffer());
    if (piece.length === 0) throw new Error('the file changed while it was read');
    hasher.update(piece);
    size += piece.length;
    progress(size);
  }
  return { digest: toDigest(hasher.digest()), size };
}
