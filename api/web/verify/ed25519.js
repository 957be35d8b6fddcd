// Strict Ed25519, as the ledger's own: the key is the canonical encoding of a point of the prime-order group; S is
// below the group order; R is byte for byte the encoding of [S]B - [k]A and not of small order.
//
// WebCrypto engines differ in what they accept, so their yes counts only together with a canonical R of the
// prime-order group: then the equation with and without cofactor say the same. Their no is a no.
import { Point } from '../vendor/noble-ed25519/index.js';
import { sha512 } from '../vendor/noble-hashes/sha2.js';
import { concat, equal, hex } from './bytes.js';

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const REMEMBERED_MAX = 512;

function littleEndian(bytes) {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) value = value * 256n + BigInt(bytes[at]);
  return value;
}

/** The point of the prime-order group with exactly this encoding, or null. */
function decode(bytes) {
  try {
    const point = Point.fromBytes(bytes, false);
    return equal(point.toBytes(), bytes) && !point.isSmallOrder() && point.isTorsionFree() ? point : null;
  } catch {
    return null;
  }
}

/** Remembers the last few results of a pure function of bytes: the same keys stand in every certificate. */
function remembering(compute) {
  const memory = new Map();
  return (bytes) => {
    const name = hex(bytes);
    if (!memory.has(name)) {
      if (memory.size >= REMEMBERED_MAX) memory.delete(memory.keys().next().value);
      memory.set(name, compute(bytes));
    }
    return memory.get(name);
  };
}

const prepare = remembering(decode);
const isCleanPoint = remembering((bytes) => decode(bytes) !== null);

/** True for a key that may sign anything at all. */
export const isUsableKey = (key) => key.length === 32 && prepare(key) !== null;

function verifyPlainly(key, message, signature) {
  const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
  const k = littleEndian(sha512(concat(r, key, message))) % ORDER;
  const ours = (s === 0n ? Point.ZERO : Point.BASE.multiply(s, false)).subtract(
    k === 0n ? Point.ZERO : prepare(key).multiply(k, false),
  );
  return !ours.isSmallOrder() && equal(ours.toBytes(), r);
}

let subtle = globalThis.crypto?.subtle;
const imported = remembering((key) =>
  subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']).catch(() => null));

/** Chooses the engine: tests run both. Gives back whether WebCrypto is used. */
export function useWebCrypto(wanted) {
  subtle = wanted ? globalThis.crypto?.subtle : undefined;
  return subtle !== undefined;
}

/** The signature check. Never throws. */
export async function verify(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64 || !isUsableKey(key)) return false;
  if (littleEndian(signature.subarray(32)) >= ORDER) return false;
  const handle = subtle === undefined ? null : await imported(key);
  if (handle === null) return verifyPlainly(key, message, signature);
  const holds = await subtle.verify({ name: 'Ed25519' }, handle, signature, message).catch(() => null);
  if (holds === null) return verifyPlainly(key, message, signature);
  return holds && isCleanPoint(signature.subarray(0, 32));
}
