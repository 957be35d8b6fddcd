// @ts-check
// Sealing what a bidder enters, and the proof that opens it without the group.
//
// Invariant: an entry is a deterministic map of the seed and the content, so whoever is shown them later can make it
// again and compare.
import { randomBytes } from '@noble/hashes/utils';
import { concat, equal, hex, utf8 } from '../../web/verify/bytes.js';
import { verify } from '../../web/verify/ed25519.js';
import { sha256, toDigest } from '../../web/verify/hashing.js';
import { BID, BidIdentity, DUMMY, sealInner, sealOuter, WITHDRAWAL } from './layers.js';
import { classBytes, field, LENGTH_BYTES, Reader, SealError, SEED_BYTES, sizeClass, u64 } from './wire.js';

/** @typedef {import('./layers.js').SealingGroup} SealingGroup */
/** @typedef {import('../author.js').SecretKey} SecretKey */

const PROOF_MAGIC = concat(utf8('BZOP'), Uint8Array.of(1));
const PROOF_BYTES_MAX = 512 + 32_768;
const NOTHING = new Uint8Array(0);

/** A seed from the operating system's generator. One seed seals one thing. */
export const freshSeed = () => randomBytes(SEED_BYTES);

/** What is entered on chain: it tells its slot and size class and nothing else. */
export class SealedEntry {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    /** Names the entry. @type {string} */
    this.digest = toDigest(sha256(bytes));
  }
}

/** Opens one entry without the group. Before the opening it is as secret as the bid. */
export class OpeningProof {
  #parts;

  /**
   * @param {{ slot: bigint, number: number, kind: number, identity: BidIdentity, body: Uint8Array, signature: Uint8Array, seed: Uint8Array }} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  get identity() {
    return this.#parts.identity;
  }

  /** The body, or null for a withdrawal. */
  get body() {
    return this.#parts.kind === BID ? this.#parts.body : null;
  }

  toBytes() {
    const { slot, number, kind, identity, body, signature, seed } = this.#parts;
    return concat(PROOF_MAGIC, u64(slot), Uint8Array.of(number, kind), identity.toBytes(), field(body), signature, seed);
  }

  /** Throws SealError for anything but a proof in canonical form. @param {Uint8Array} bytes */
  static fromBytes(bytes) {
    const reader = new Reader(bytes);
    if (bytes.length > PROOF_BYTES_MAX || hex(reader.take(5)) !== hex(PROOF_MAGIC)) {
      throw new SealError('these bytes are not an opening proof, or a version of it this program does not know');
    }
    const [slot, number, kind] = [reader.u64(), reader.u8(), reader.u8()];
    const most = classBytes(number) - LENGTH_BYTES;
    const [identity, body, signature, seed] = [BidIdentity.read(reader), reader.field(most), reader.take(64), reader.take(SEED_BYTES)];
    reader.end();
    const inForm = kind === BID ? sizeClass(body.length) === number : kind === WITHDRAWAL && body.length === 0;
    if (!inForm) throw new SealError('an opening proof whose body does not fit its kind and class');
    return new OpeningProof({ slot, number, kind, identity, body, signature, seed });
  }

  /** True when the content, sealed again, is this entry, and the bidder signed it. @param {SealingGroup} group @param {SealedEntry} entry */
  async opens(group, entry) {
    const { slot, number, kind, identity, body, signature, seed } = this.#parts;
    const inner = kind === BID ? sealInner(group, identity, number, body, seed) : NOTHING;
    const again = sealOuter(group, slot, number, content(kind, identity, inner, signature), seed);
    if (!equal(again, entry.bytes)) return false;
    return /** @type {Promise<boolean>} */ (verify(identity.bidderKey, identity.signedMessage(group, slot, kind, inner), signature));
  }
}

/** @param {number} kind @param {BidIdentity} identity @param {Uint8Array} inner @param {Uint8Array} signature */
const content = (kind, identity, inner, signature) => concat(Uint8Array.of(kind), identity.toBytes(), field(inner), signature);

/** @param {number | bigint} slot @param {Uint8Array} seed */
function checked(slot, seed) {
  if (typeof slot === 'number' && !Number.isSafeInteger(slot)) throw new SealError('a slot is a whole number; beyond 2^53 give a BigInt');
  if (BigInt(slot) < 0n || BigInt(slot) >= 2n ** 64n) throw new SealError('a slot is a number below 2^64');
  if (seed.length !== SEED_BYTES) throw new SealError(`a seed has ${SEED_BYTES} bytes`);
  return BigInt(slot);
}

/** @param {SealingGroup} group @param {bigint} slot @param {number} kind @param {BidIdentity} identity @param {Uint8Array} inner @param {SecretKey} key */
function sign(group, slot, kind, identity, inner, key) {
  if (!equal(key.public, identity.bidderKey)) throw new SealError("the signing key is not the bidder's key");
  return key.sign(identity.signedMessage(group, slot, kind, inner));
}

/**
 * Seals a bid or, with a higher sequence, its replacement. Keep the proof as secret as the bid.
 * @param {SealingGroup} group
 * @param {number | bigint} slot
 * @param {BidIdentity} identity
 * @param {Uint8Array} body
 * @param {SecretKey} key
 * @param {Uint8Array} [seed]
 */
export function seal(group, slot, identity, body, key, seed = freshSeed()) {
  const at = checked(slot, seed);
  const number = sizeClass(body.length);
  const inner = sealInner(group, identity, number, body, seed);
  const signature = sign(group, at, BID, identity, inner, key);
  const entry = new SealedEntry(sealOuter(group, at, number, content(BID, identity, inner, signature), seed));
  return { entry, proof: new OpeningProof({ slot: at, number, kind: BID, identity, body, signature, seed }) };
}

/**
 * Seals a withdrawal in an entry of any class; the class of the bid it withdraws is a good choice.
 * @param {SealingGroup} group
 * @param {number | bigint} slot
 * @param {BidIdentity} identity
 * @param {number} number
 * @param {SecretKey} key
 * @param {Uint8Array} [seed]
 */
export function sealWithdrawal(group, slot, identity, number, key, seed = freshSeed()) {
  const at = checked(slot, seed);
  classBytes(number);
  const signature = sign(group, at, WITHDRAWAL, identity, NOTHING, key);
  const entry = new SealedEntry(sealOuter(group, at, number, content(WITHDRAWAL, identity, NOTHING, signature), seed));
  return { entry, proof: new OpeningProof({ slot: at, number, kind: WITHDRAWAL, identity, body: NOTHING, signature, seed }) };
}

/**
 * Seals nothing, in an entry nobody can tell from a bid before the opening.
 * @param {SealingGroup} group
 * @param {number | bigint} slot
 * @param {number} number
 * @param {Uint8Array} [seed]
 */
export function sealDummy(group, slot, number, seed = freshSeed()) {
  return new SealedEntry(sealOuter(group, checked(slot, seed), number, Uint8Array.of(DUMMY), seed));
}
