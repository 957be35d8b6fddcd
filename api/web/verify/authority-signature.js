// Signatures of timestamp authorities: RSASSA-PKCS1-v1_5 of 2048 to 4096 bits and ECDSA P-256, with SHA-2, by WebCrypto.
// Invariant: the algorithm named beside a signature agrees with the key and the digest; anything else is refused.
import { sha256, sha384, sha512 } from '../vendor/noble-hashes/sha2.js';
import { concat } from './bytes.js';
import { BIT_STRING, Der, DerError, INTEGER, NULL, positive } from './der.js';

const HASHES = new Map([['2.16.840.1.101.3.4.2.1', 'SHA-256'], ['2.16.840.1.101.3.4.2.2', 'SHA-384'], ['2.16.840.1.101.3.4.2.3', 'SHA-512']]);
const FUNCTIONS = { 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 };
const RSA = '1.2.840.113549.1.1.1';
const EC = '1.2.840.10045.2.1';
const P256 = '1.2.840.10045.3.1.7';
const KINDS = new Map([
  [RSA, { rsa: true, hash: null }],
  ...['SHA-256', 'SHA-384', 'SHA-512'].flatMap((hash, at) => [
    [`1.2.840.113549.1.1.${11 + at}`, { rsa: true, hash }], [`1.2.840.10045.4.3.${2 + at}`, { rsa: false, hash }],
  ]),
]);
const MODULUS_BYTES = [256, 512];
const COORDINATE_BYTES = 32;
const EXPONENT_MAX = 2n ** 33n - 1n;

/** A signature cannot be checked in this browser at all: that is neither a yes nor a no. */
export class NoWebCrypto extends Error {}

export const digestBy = (hash, bytes) => FUNCTIONS[hash](bytes);

function withoutParameters(algorithm) {
  const parameters = algorithm.optional(NULL);
  if (parameters !== null && parameters.length > 0) algorithm.refuse();
  algorithm.end();
}

/** The digest an AlgorithmIdentifier names; parameters are absent or NULL. */
export function hashOf(algorithm) {
  const found = HASHES.get(algorithm.object());
  withoutParameters(algorithm);
  if (found === undefined) throw new DerError('the digest algorithm is not SHA-256, SHA-384 or SHA-512');
  return found;
}

export function signatureKindOf(algorithm) {
  const found = KINDS.get(algorithm.object());
  withoutParameters(algorithm);
  if (found === undefined) throw new DerError('the signature algorithm is not accepted');
  return found;
}

/** `[algorithm object, its parameters, key bytes]` of a SubjectPublicKeyInfo. */
function partsOf(key) {
  const info = Der.ofSequence(key, 'the public key');
  const algorithm = info.sequence();
  const bits = info.value(BIT_STRING);
  info.end();
  if (bits[0] !== 0) info.refuse();
  return [algorithm.object(), algorithm, bits.subarray(1)];
}

function checkRsa(algorithm, bytes) {
  algorithm.value(NULL);
  algorithm.end();
  const parts = Der.ofSequence(bytes, 'the RSA key');
  const [modulus, exponent] = [positive(parts.value(INTEGER)), positive(parts.value(INTEGER))];
  parts.end();
  const size = modulus === null ? 0 : Math.ceil(modulus.toString(16).length / 2);
  if (size < MODULUS_BYTES[0] || size > MODULUS_BYTES[1] || modulus % 2n === 0n
    || exponent === null || exponent < 3n || exponent > EXPONENT_MAX || exponent % 2n === 0n) parts.refuse('is not accepted');
}

function rawEcdsa(signature) {
  const parts = Der.ofSequence(signature, 'the ECDSA signature');
  const numbers = [parts.value(INTEGER), parts.value(INTEGER)];
  parts.end();
  return concat(...numbers.map((one) => {
    const bytes = positive(one) === null ? parts.refuse() : one.subarray(one[0] === 0 ? 1 : 0);
    if (bytes.length > COORDINATE_BYTES) parts.refuse();
    return concat(new Uint8Array(COORDINATE_BYTES - bytes.length), bytes);
  }));
}

/** Throws unless the signature holds. `named` is the digest the surroundings name, or null. */
export async function checkSignature(kind, key, named, message, signature) {
  if (kind.hash !== null && named !== null && kind.hash !== named) throw new DerError('a signature and its digest are a mixed pair');
  const hash = kind.hash ?? named;
  const [object, algorithm, bytes] = partsOf(key);
  if (hash === null || object !== (kind.rsa ? RSA : EC)) throw new DerError('the key does not fit the signature algorithm');
  if (kind.rsa) checkRsa(algorithm, bytes);
  else if (algorithm.object() !== P256 || !algorithm.isEmpty) throw new DerError('the ECDSA key is not of P-256');
  const raw = kind.rsa ? signature : rawEcdsa(signature);
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) throw new NoWebCrypto();
  const about = kind.rsa ? { name: 'RSASSA-PKCS1-v1_5', hash } : { name: 'ECDSA', namedCurve: 'P-256', hash };
  const handle = await subtle.importKey('spki', key, about, false, ['verify']).catch(() => null);
  if (handle === null || !(await subtle.verify(about, handle, raw, message).catch(() => false))) throw new DerError('the signature does not hold');
}
