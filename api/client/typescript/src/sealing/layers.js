// @ts-check
// The two layers of an entry, and who bids on what.
//
//   outer:  kind 1 | identity | field(inner) | signature 64 | zeros     kind 0 dummy, 1 bid, 2 withdrawal
//   inner:  KEM 160 | ciphertext of: body length 4 | body | zeros
import { chacha20poly1305 } from '@noble/ciphers/chacha';
import { concat, utf8, utf8Text } from '../../web/verify/bytes.js';
import { sha256 } from '../../web/verify/hashing.js';
import { U32_MAX } from '../../web/verify/limits.js';
import { identifier } from '../../web/verify/names.js';
import { keyPoint, sealKey } from './kem.js';
import {
  chainBytes, classBytes, derive, field, fields, KEM_BYTES, OUTER_OVERHEAD_BYTES, padded, SealError, slotLabel, SUITE, tenderLabel, u32, u64,
} from './wire.js';

export const DUMMY = 0;
export const BID = 1;
export const WITHDRAWAL = 2;
const IDENTIFIER_BYTES_MAX = 64;
/** Zero because every key is fresh and seals one text. */
const NONCE = new Uint8Array(12);

/** The chain an entry belongs to and the key of the group that can open it. */
export class SealingGroup {
  /** @param {string} chain @param {Uint8Array} key 96 bytes */
  constructor(chain, key) {
    this.chain = chain;
    this.chainBytes = chainBytes(chain);
    this.key = key;
    this.point = keyPoint(key);
  }
}

/**
 * @typedef {object} BidNames
 * @property {string} tender
 * @property {number} openingNumber
 * @property {string} lot
 * @property {string} bidder
 * @property {Uint8Array} bidderKey Ed25519, 32 bytes
 * @property {number} sequence a higher one replaces a lower one of the same bidder and lot
 */

/** What both layers of a bid are bound to. */
export class BidIdentity {
  /** @param {BidNames} names */
  constructor({ tender, openingNumber, lot, bidder, bidderKey, sequence }) {
    if ([tender, lot, bidder].some((one) => identifier(one) === null)) {
      throw new SealError('tender, lot and bidder are 1 to 64 of A-Z a-z 0-9 . _ : -');
    }
    if (bidderKey.length !== 32) throw new SealError("a bidder's key has 32 bytes");
    if (![openingNumber, sequence].every((one) => Number.isInteger(one) && one >= 0 && one <= U32_MAX)) {
      throw new SealError('opening number and sequence are numbers below 2^32');
    }
    this.tender = tender;
    this.openingNumber = openingNumber;
    this.lot = lot;
    this.bidder = bidder;
    this.bidderKey = bidderKey;
    this.sequence = sequence;
  }

  toBytes() {
    return concat(
      field(utf8(this.tender)), u32(this.openingNumber), field(utf8(this.lot)),
      field(utf8(this.bidder)), this.bidderKey, u32(this.sequence),
    );
  }

  /** @param {import('./wire.js').Reader} reader */
  static read(reader) {
    const name = () => utf8Text(reader.field(IDENTIFIER_BYTES_MAX)) ?? '';
    const [tender, openingNumber, lot, bidder] = [name(), reader.u32(), name(), name()];
    return new BidIdentity({ tender, openingNumber, lot, bidder, bidderKey: reader.take(32), sequence: reader.u32() });
  }

  /**
   * What the bidder signs: an entry taken out of one slot cannot be put into a later one.
   * @param {SealingGroup} group @param {bigint} slot @param {number} kind @param {Uint8Array} inner
   */
  signedMessage(group, slot, kind, inner) {
    return fields(utf8('biaozheng/sealed-bid/v1'), SUITE, group.chainBytes, u64(slot), Uint8Array.of(kind), this.toBytes(), sha256(inner));
  }

  /** @param {SealingGroup} group */
  label(group) {
    return tenderLabel(group.chain, this.tender, this.openingNumber);
  }
}

/**
 * A layer copied under another name, lot, tender or sequence does not open.
 * @param {SealingGroup} group @param {BidIdentity} identity @param {Uint8Array} kem
 */
function innerData(group, identity, kem) {
  return fields(
    utf8('biaozheng/sealed-inner/v1'), SUITE, group.chainBytes, group.key, utf8(identity.tender), u32(identity.openingNumber),
    utf8(identity.lot), utf8(identity.bidder), identity.bidderKey, u32(identity.sequence), identity.label(group), sha256(kem),
  );
}

/** @param {SealingGroup} group @param {number} number @param {bigint} slot @param {Uint8Array} kem */
function outerData(group, number, slot, kem) {
  const start = [utf8('biaozheng/sealed-outer/v1'), SUITE, group.chainBytes, group.key, Uint8Array.of(number)];
  return fields(...start, slotLabel(group.chain, slot), sha256(kem));
}

/** @param {Uint8Array} key @param {Uint8Array} sealed @param {Uint8Array} data */
function decrypt(key, sealed, data) {
  try {
    return chacha20poly1305(key, NONCE, data).decrypt(sealed);
  } catch {
    return null;
  }
}

/**
 * The padded body under a key sealed to the tender's own opening.
 * @param {SealingGroup} group @param {BidIdentity} identity @param {number} number @param {Uint8Array} body @param {Uint8Array} seed
 */
export function sealInner(group, identity, number, body, seed) {
  const key = derive(seed, 'inner key', body);
  const kem = sealKey(group.point, identity.label(group), key, derive(seed, 'inner kem', body));
  const plain = padded(field(body), classBytes(number));
  return concat(kem, chacha20poly1305(key, NONCE, innerData(group, identity, kem)).encrypt(plain));
}

/** The padded body, or null. @param {SealingGroup} group @param {BidIdentity} identity @param {Uint8Array} key @param {Uint8Array} inner */
export const innerContent = (group, identity, key, inner) =>
  decrypt(key, inner.slice(KEM_BYTES), innerData(group, identity, inner.slice(0, KEM_BYTES)));

/**
 * The whole entry; `content` is what stands before the zeros.
 * @param {SealingGroup} group @param {bigint} slot @param {number} number @param {Uint8Array} content @param {Uint8Array} seed
 */
export function sealOuter(group, slot, number, content, seed) {
  const plain = padded(content, classBytes(number) + OUTER_OVERHEAD_BYTES);
  const key = derive(seed, 'outer key', plain);
  const kem = sealKey(group.point, slotLabel(group.chain, slot), key, derive(seed, 'outer kem', plain));
  const sealed = chacha20poly1305(key, NONCE, outerData(group, number, slot, kem)).encrypt(plain);
  return concat(utf8('BZSE'), SUITE, Uint8Array.of(number), u64(slot), kem, sealed);
}

/**
 * The padded content, or null.
 * @param {SealingGroup} group @param {number} number @param {bigint} slot @param {Uint8Array} key @param {Uint8Array} kem @param {Uint8Array} sealed
 */
export const outerContent = (group, number, slot, key, kem, sealed) => decrypt(key, sealed, outerData(group, number, slot, kem));
