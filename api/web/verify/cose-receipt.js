// COSE receipts (RFC 9942): one signer's word that a record stands in the history tree.
//
//   18([<<{1: -8, 4: kid, 15: {1: iss, 2: sub}, 395: 1}>>, {396: {-1: [<<[tree_size, leaf_index, [path…]]>>]}}, nil, signature])
//
// Invariant: one spelling. What was read is written again, and a receipt that is not those very bytes is refused.
import { concat, equal, utf8 } from './bytes.js';
import { verify } from './ed25519.js';
import { MERKLE_PATH_MAX } from './limits.js';
import { nodeHash } from './merkle.js';
import { keyId } from './names.js';

export const RECEIPT_BYTES_MAX = 4096;
const SIGNATURE_BYTES = 64;

/** Head of a CBOR item of this major type, in its shortest form; `value` is a BigInt below 2^64. */
function head(major, value) {
  const width = value < 24n ? 0 : value < 256n ? 1 : value < 65_536n ? 2 : value < 4_294_967_296n ? 4 : 8;
  const out = new Uint8Array(1 + width);
  out[0] = (major << 5) | (width === 0 ? Number(value) : { 1: 24, 2: 25, 4: 26, 8: 27 }[width]);
  for (let at = width; at > 0; at -= 1) out[at] = Number((value >> BigInt(8 * (width - at))) & 255n);
  return out;
}

const number = (value) => head(0, value);
const bytes = (value) => concat(head(2, BigInt(value.length)), value);
const text = (value) => concat(head(3, BigInt(utf8(value).length)), utf8(value));

/** The protected header of a receipt by this key. */
function protectedHeader(key, log, record) {
  const claims = concat(Uint8Array.of(0xa2, 0x01), text(log), Uint8Array.of(0x02), text(record));
  return concat(Uint8Array.of(0xa4, 0x01, 0x27, 0x04), bytes(keyId(key)), Uint8Array.of(0x0f), claims, Uint8Array.of(0x19, 0x01, 0x8b, 0x01));
}

const proofBytes = ({ size, index, path }) => concat(head(4, 3n), number(size), number(index), head(4, BigInt(path.length)), ...path.map(bytes));

/** The one spelling of a receipt. */
export function receiptBytes(key, log, record, proof, signature) {
  const unprotected = concat(Uint8Array.of(0xa1, 0x19, 0x01, 0x8c, 0xa1, 0x20, 0x81), bytes(proofBytes(proof)));
  return concat(Uint8Array.of(0xd2, 0x84), bytes(protectedHeader(key, log, record)), unprotected, Uint8Array.of(0xf6), bytes(signature));
}

class Reader {
  constructor(whole, at) {
    Object.assign(this, { whole, at });
  }

  /** The value of a head of this major type, or null. */
  head(major) {
    const first = this.whole[this.at];
    if (first === undefined || first >> 5 !== major) return null;
    const small = first & 31;
    const width = { 24: 1, 25: 2, 26: 4, 27: 8 }[small] ?? 0;
    if (small > 27 || this.at + 1 + width > this.whole.length) return null;
    let value = width === 0 ? BigInt(small) : 0n;
    for (let at = 1; at <= width; at += 1) value = (value << 8n) | BigInt(this.whole[this.at + at]);
    this.at += 1 + width;
    return value;
  }

  bytes() {
    const length = this.head(2);
    if (length === null || length > BigInt(this.whole.length - this.at)) return null;
    this.at += Number(length);
    return this.whole.slice(this.at - Number(length), this.at);
  }
}

/** `{size, index, path}` of the proof's bytes, or null. */
function proofOf(whole) {
  const reader = new Reader(whole, 1);
  if (whole[0] !== 0x83) return null;
  const [size, index, count] = [reader.head(0), reader.head(0), reader.head(4)];
  if (size === null || index === null || count === null || count < 1n || count > BigInt(MERKLE_PATH_MAX)) return null;
  const path = Array.from({ length: Number(count) }, () => reader.bytes());
  return path.every((hash) => hash?.length === 32) ? { size, index, path } : null;
}

/** RFC 9162 section 2.1.3.2: the root the path leads to, or null. The signature over it decides. */
function rootOf(leaf, { size, index, path }) {
  if (index >= size) return null;
  let [place, last, root] = [index, size - 1n, leaf];
  for (const hash of path) {
    if (last === 0n) return null;
    if (place % 2n === 1n || place === last) {
      root = nodeHash(hash, root);
      while (place % 2n === 0n && place !== 0n) [place, last] = [place >> 1n, last >> 1n];
    } else {
      root = nodeHash(root, hash);
    }
    [place, last] = [place >> 1n, last >> 1n];
  }
  return last === 0n ? root : null;
}

/** True for bytes that begin like a receipt: a tagged COSE_Sign1 of four members. */
export const looksLikeReceipt = (whole) => whole.length <= RECEIPT_BYTES_MAX && whole[0] === 0xd2 && whole[1] === 0x84;

/** Judges a receipt of this leaf, log and record by one of these keys (`[{name, key}]`): `{size, index, root, by}` or `{why}`. */
export async function judgeReceipt(whole, { leaf, log, record, keys }) {
  if (!looksLikeReceipt(whole)) return { why: 'not a COSE receipt in its one form' };
  const reader = new Reader(whole, 2);
  const header = reader.bytes();
  const signer = header === null ? undefined : keys.find(({ key }) => equal(protectedHeader(key, log, record), header));
  if (signer === undefined) return { why: 'it is not of this record and log by a key of the policy' };
  reader.at += 7;
  const proof = proofOf(reader.bytes() ?? new Uint8Array());
  reader.at += 1;
  const signature = reader.bytes();
  if (proof === null || signature?.length !== SIGNATURE_BYTES) return { why: 'no inclusion proof of tree size, leaf index and path' };
  if (!equal(receiptBytes(signer.key, log, record, proof, signature), whole)) return { why: 'another spelling, or something beside the proof' };
  const root = rootOf(leaf, proof);
  if (root === null) return { why: 'the path does not lead from the entry to a root' };
  const signed = concat(Uint8Array.of(0x84), text('Signature1'), bytes(header), bytes(new Uint8Array()), bytes(root));
  if (!await verify(signer.key, signed, signature)) return { why: 'the signature does not hold' };
  return { size: proof.size, index: proof.index, root, by: signer.name };
}
