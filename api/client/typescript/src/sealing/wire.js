// @ts-check
// How sealing writes bytes: big-endian numbers, fields behind their length in four bytes; and what a group signs.
import { concat, u64Bytes, unhex, utf8 } from '../../web/verify/bytes.js';
import { digestDigits, fieldHash } from '../../web/verify/hashing.js';

export const SUITE = Uint8Array.of(1);
export const SIZE_CLASS_BYTES = [1_024, 4_096, 16_384, 32_768];
export const OUTER_OVERHEAD_BYTES = 512;
export const LENGTH_BYTES = 4;
export const KEM_BYTES = 160;
export const TAG_BYTES = 16;
export const SEED_BYTES = 32;

/** Why something cannot be sealed, or bytes are not of their form. */
export class SealError extends Error {}

/** @param {number} value */
export function u32(value) {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value);
  return out;
}

/** @param {number | bigint} value */
export const u64 = (value) => u64Bytes(value);

/** The bytes behind their length. @param {Uint8Array} bytes */
export const field = (bytes) => concat(u32(bytes.length), bytes);

/** @param {...Uint8Array} parts */
export const fields = (...parts) => concat(...parts.map(field));

/** @param {string} chain @returns {Uint8Array} */
export function chainBytes(chain) {
  const digits = digestDigits(chain);
  if (digits === null) throw new SealError("a chain is 'sha256:' and 64 lower-case digits");
  return /** @type {Uint8Array} */ (unhex(digits));
}

/** The bytes with zeros behind them. @param {Uint8Array} bytes @param {number} length */
export function padded(bytes, length) {
  const out = new Uint8Array(length);
  out.set(bytes);
  return out;
}

/** Reads from the front; refuses what is cut short, too long, or left over. */
export class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  /** @param {number} length */
  take(length) {
    if (this.at + length > this.bytes.length) throw new SealError('the bytes end too early');
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }

  u8 = () => /** @type {number} */ (this.take(1)[0]);

  u32 = () => new DataView(this.take(4).buffer).getUint32(0);

  u64 = () => new DataView(this.take(8).buffer).getBigUint64(0);

  /** @param {number} limit */
  field(limit) {
    const length = this.u32();
    if (length > limit) throw new SealError(`a field takes at most ${limit} bytes, not ${length}`);
    return this.take(length);
  }

  rest() {
    return this.take(this.bytes.length - this.at);
  }

  end() {
    if (this.at !== this.bytes.length) throw new SealError('bytes are left over');
  }
}

/** What the group signs to open the outer layers of a time slot. @param {string} chain @param {bigint} slot */
export const slotLabel = (chain, slot) => fields(utf8('slot'), chainBytes(chain), u64(slot));

/**
 * What the group signs to open the bodies of one tender's bids.
 * @param {string} chain @param {string} tender @param {number} number
 */
export const tenderLabel = (chain, tender, number) => fields(utf8('tender'), chainBytes(chain), utf8(tender), u32(number));

/** The smallest class a body fits. @param {number} bodyBytes */
export function sizeClass(bodyBytes) {
  const found = SIZE_CLASS_BYTES.findIndex((size) => bodyBytes <= size - LENGTH_BYTES);
  if (found < 0) throw new SealError(`a body of ${bodyBytes} bytes fits no size class; name a document by its digest instead`);
  return found;
}

/** Bytes of the padded body of a class; refuses numbers that name none. @param {number} number @returns {number} */
export function classBytes(number) {
  const size = SIZE_CLASS_BYTES[number];
  if (size === undefined) throw new SealError(`there is no size class ${number}`);
  return size;
}

/** Another seed for one purpose and context. @param {Uint8Array} seed @param {string} purpose @param {Uint8Array} context */
export const derive = (seed, purpose, context) =>
  /** @type {Uint8Array} */ (fieldHash('biaozheng/seal/seed/v1', [utf8(purpose), seed, context]));
