// Blocks: a header of 289 bytes and the binary envelopes it orders.
import { hex, u32At, u64At } from './bytes.js';
import { decodeEnvelope, encodeEnvelope } from './envelope.js';
import { digestFields, fieldHash, toDigest } from './hashing.js';
import { BLOCK_BYTES_MAX, BLOCK_RECORDS_MAX } from './limits.js';
import { leafHash, rootOf } from './merkle.js';
import { RECORD_PAYLOAD_TYPE } from './record.js';

export const HEADER_BYTES = 289;
const MAGIC = '425a4231';

/** A header field by field, or null. */
export function headerOf(bytes) {
  if (bytes.length !== HEADER_BYTES || hex(bytes.subarray(0, 4)) !== MAGIC || bytes[288] !== 0) return null;
  const digest = (at) => toDigest(bytes.subarray(at, at + 32));
  const digits = (at) => hex(bytes.subarray(at, at + 32));
  return {
    chain: digest(4), height: u64At(bytes, 36), time_ms: u64At(bytes, 44), previous: digest(52), proposer: digest(84),
    record_count: u32At(bytes, 116), records_root: digits(120), history_size: u64At(bytes, 152), history_root: digits(160),
    state_root: digest(192), validators_hash: digest(224), rulebook_hash: digest(256),
  };
}

export const blockHash = (headerBytes) =>
  toDigest(fieldHash('biaozheng/block/v1', [...digestFields(headerOf(headerBytes).chain), headerBytes]));

/** `{header, hash, leaves}` of a whole block whose records are those its header commits to, or null. */
export function blockOf(bytes) {
  if (bytes.length > BLOCK_BYTES_MAX || bytes.length < HEADER_BYTES) return null;
  const head = bytes.slice(0, HEADER_BYTES);
  const header = headerOf(head);
  if (header === null || header.record_count > BLOCK_RECORDS_MAX) return null;
  const leaves = [];
  let rest = bytes.slice(HEADER_BYTES);
  try {
    for (let index = 0; index < header.record_count; index += 1) {
      const [envelope, after] = decodeEnvelope(rest, RECORD_PAYLOAD_TYPE);
      leaves.push(leafHash(encodeEnvelope(envelope)));
      rest = after.slice();
    }
  } catch {
    return null;
  }
  if (rest.length !== 0 || hex(rootOf(leaves)) !== header.records_root) return null;
  return { header, hash: blockHash(head), leaves };
}
