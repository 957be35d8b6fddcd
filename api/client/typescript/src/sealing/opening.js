// @ts-check
// Opening entries after the group has signed: anybody can, with what stands on chain. Every failure is the sealer's
// doing and has the code the ledger gives it.
import { hex, concat, utf8 } from '../../web/verify/bytes.js';
import { isUsableKey, verify } from '../../web/verify/ed25519.js';
import { isSignature, openKey, signaturePoint } from './kem.js';
import { BID, BidIdentity, DUMMY, innerContent, outerContent, WITHDRAWAL } from './layers.js';
import { classBytes, KEM_BYTES, OUTER_OVERHEAD_BYTES, Reader, SealError, sizeClass, slotLabel, SUITE, TAG_BYTES } from './wire.js';

/** @typedef {import('./layers.js').SealingGroup} SealingGroup */

/** An entry or a bid that does not open; `code` is the ledger's. */
export class OpeningFailure extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** A bid whose body is still shut, or a withdrawal (`inner` is empty). @typedef {{ identity: BidIdentity, inner: Uint8Array }} OpenedEntry */

const nothing = (/** @type {Uint8Array} */ bytes) => bytes.every((byte) => byte === 0);

/**
 * What an entry is under the group's signature over its slot; null is a dummy. Throws OpeningFailure.
 * @param {SealingGroup} group
 * @param {number | bigint} slot
 * @param {Uint8Array} signature
 * @param {import('./seal.js').SealedEntry} entry
 * @returns {Promise<OpenedEntry | null>}
 */
export async function openOuter(group, slot, signature, entry) {
  const [point, at] = [signaturePoint(signature), BigInt(slot)];
  if (!isSignature(group.point, slotLabel(group.chain, at), point)) throw new SealError("the signature is not the group's over this slot");
  const reader = new Reader(entry.bytes);
  if (hex(reader.take(5)) !== hex(concat(utf8('BZSE'), SUITE))) {
    throw new SealError('these bytes are not a sealed entry, or of a suite this program does not know');
  }
  const number = reader.u8();
  const size = classBytes(number);
  if (reader.u64() !== at) throw new SealError('the entry is of another slot');
  const [kem, sealed] = [reader.take(KEM_BYTES), reader.take(size + OUTER_OVERHEAD_BYTES + TAG_BYTES)];
  reader.end();
  const key = openKey(point, kem);
  if (key === null) throw new OpeningFailure('seal.outer_key');
  const plain = outerContent(group, number, at, key, kem, sealed);
  if (plain === null) throw new OpeningFailure('seal.outer_cipher');
  return read(group, at, size + KEM_BYTES + TAG_BYTES, plain);
}

/** @param {SealingGroup} group @param {bigint} slot @param {number} innerBytes @param {Uint8Array} plain */
async function read(group, slot, innerBytes, plain) {
  const reader = new Reader(plain);
  const kind = reader.u8();
  if (kind === DUMMY && nothing(plain)) return null;
  let found;
  try {
    if (kind !== BID && kind !== WITHDRAWAL) throw new SealError('an unknown kind');
    found = { identity: BidIdentity.read(reader), inner: reader.field(innerBytes), signature: reader.take(64) };
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new OpeningFailure('seal.outer_form');
  }
  const { identity, inner, signature } = found;
  if (!nothing(reader.rest())) throw new OpeningFailure('seal.outer_form');
  if (inner.length !== (kind === BID ? innerBytes : 0)) throw new OpeningFailure('seal.inner_form');
  if (!isUsableKey(identity.bidderKey)) throw new OpeningFailure('seal.bidder_key');
  if (!(await verify(identity.bidderKey, identity.signedMessage(group, slot, kind, inner), signature))) {
    throw new OpeningFailure('seal.bidder_signature');
  }
  return { identity, inner };
}

/**
 * The body under the group's signature over the tender's opening. Throws OpeningFailure.
 * @param {SealingGroup} group @param {Uint8Array} signature @param {OpenedEntry} opened
 */
export function openInner(group, signature, { identity, inner }) {
  const point = signaturePoint(signature);
  if (!isSignature(group.point, identity.label(group), point)) throw new SealError("the signature is not the group's over this opening");
  let key;
  try {
    key = openKey(point, inner.slice(0, KEM_BYTES));
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new OpeningFailure('seal.inner_form');
  }
  if (key === null) throw new OpeningFailure('seal.inner_key');
  const plain = innerContent(group, identity, key, inner);
  if (plain === null) throw new OpeningFailure('seal.inner_cipher');
  const reader = new Reader(plain);
  try {
    const body = reader.field(plain.length);
    // One body has one class, or its author could choose among several entries of the same meaning.
    if (nothing(reader.rest()) && classBytes(sizeClass(body.length)) === plain.length) return body;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
  }
  throw new OpeningFailure('seal.inner_padding');
}
