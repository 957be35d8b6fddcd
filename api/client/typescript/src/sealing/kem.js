// @ts-check
// A layer's key, encrypted to a label: Boneh-Franklin with the Fujisaki-Okamoto transform over BLS12-381.
//
// The bytes are those of the ledger's library: signatures in G1, keys in G2, targets hashed to G1, and the pairing's
// value as that library writes it.
//
//   U 96, point of G2 | V 32 | W 32
import { chacha20 } from '@noble/ciphers/chacha';
import { bls12_381 as bls } from '@noble/curves/bls12-381';
import { expand_message_xmd as expandMessage } from '@noble/curves/abstract/hash-to-curve';
import { sha256 as hash } from '@noble/hashes/sha2';
import { concat, equal, hex, utf8 } from '../../web/verify/bytes.js';
import { sha256 } from '../../web/verify/hashing.js';
import { KEM_BYTES, SealError } from './wire.js';

const G1 = bls.G1.ProjectivePoint;
const G2 = bls.G2.ProjectivePoint;
const { Fp12 } = bls.fields;
const NAMESPACE = utf8('biaozheng/threshold/v1');
const TARGET = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_';
const RANDOMNESS = 'TLE_BLS12381_XMD:SHA-256_SSWU_RO_H3_';
const SCALAR_BYTES = 48;

/** @typedef {InstanceType<typeof G1>} G1Point */
/** @typedef {InstanceType<typeof G2>} G2Point */

/**
 * The point with exactly this encoding, of the group and not its neutral element.
 * @template {G1Point | G2Point} P
 * @param {{ fromHex: (bytes: string) => P }} Point
 * @param {Uint8Array} bytes
 * @param {number} length
 * @param {string} what
 * @returns {P}
 */
function point(Point, bytes, length, what) {
  if (bytes.length !== length) throw new SealError(`${what} has ${length} bytes`);
  try {
    const found = Point.fromHex(hex(bytes));
    found.assertValidity();
    if (equal(found.toRawBytes(true), bytes) && !found.equals(/** @type {any} */ (found.subtract(/** @type {any} */ (found))))) return found;
  } catch {
    // Said below, whatever the library's reason.
  }
  throw new SealError(`these bytes are not ${what}`);
}

/** @param {Uint8Array} bytes */
export const keyPoint = (bytes) => point(G2, bytes, 96, 'a group key');
/** @param {Uint8Array} bytes */
export const signaturePoint = (bytes) => point(G1, bytes, 48, 'a group signature');

/** The label as a point of G1; its namespace stands before it, behind its length. @param {Uint8Array} label */
export const targetPoint = (label) =>
  /** @type {G1Point} */ (bls.G1.hashToCurve(concat(Uint8Array.of(NAMESPACE.length), NAMESPACE, label), { DST: TARGET }));

/** @param {bigint} value */
function coordinate(value) {
  const out = new Uint8Array(48);
  for (let at = 47, left = value; at >= 0; at -= 1, left >>= 8n) out[at] = Number(left & 255n);
  return out;
}

/** H2: the pairing's value by powers of w, each as two numbers. @param {ReturnType<typeof bls.pairing>} value */
function mask({ c0, c1 }) {
  const powers = [c0.c0, c1.c0, c0.c1, c1.c1, c0.c2, c1.c2];
  return sha256(utf8('h2'), ...powers.flatMap((one) => [coordinate(one.c0), coordinate(one.c1)]));
}

/** @param {Uint8Array} one @param {Uint8Array} other */
const xor = (one, other) => one.map((byte, at) => byte ^ /** @type {number} */ (other[at]));

/** H3: the scalar by RFC 9380's hash to field. @param {Uint8Array} sigma @param {Uint8Array} key */
function randomness(sigma, key) {
  const bytes = expandMessage(concat(sigma, key), utf8(RANDOMNESS), SCALAR_BYTES, hash);
  return BigInt(`0x${hex(bytes)}`) % bls.fields.Fr.ORDER;
}

/**
 * Encrypts a layer's key to a label; gives the KEM ciphertext.
 * @param {G2Point} group @param {Uint8Array} label @param {Uint8Array} key @param {Uint8Array} seed
 */
export function sealKey(group, label, key, seed) {
  // The first 32 bytes of the ChaCha20 stream under the seed, counter and nonce zero.
  const sigma = chacha20(seed, new Uint8Array(12), new Uint8Array(32));
  const scalar = randomness(sigma, key);
  const value = bls.pairing(targetPoint(label), group.multiply(scalar));
  return concat(G2.BASE.multiply(scalar).toRawBytes(true), xor(sigma, mask(value)), xor(key, sha256(utf8('h4'), sigma)));
}

/**
 * The layer's key under the group's signature over its label, or null.
 * @param {G1Point} signature @param {Uint8Array} kem
 */
export function openKey(signature, kem) {
  if (kem.length !== KEM_BYTES) throw new SealError(`a KEM ciphertext has ${KEM_BYTES} bytes`);
  const value = bls.pairing(signature, keyPoint(kem.slice(0, 96)));
  const sigma = xor(kem.slice(96, 128), mask(value));
  const key = xor(kem.slice(128), sha256(utf8('h4'), sigma));
  const again = G2.BASE.multiply(randomness(sigma, key)).toRawBytes(true);
  return equal(again, kem.slice(0, 96)) ? key : null;
}

/** True when the group signed exactly this label. @param {G2Point} group @param {Uint8Array} label @param {G1Point} signature */
export const isSignature = (group, label, signature) =>
  Fp12.eql(bls.pairing(targetPoint(label), group), bls.pairing(signature, G2.BASE));
