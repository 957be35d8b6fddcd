// Signatures of timestamp authorities: RSASSA-PKCS1-v1_5 and RSASSA-PSS of 2048 to 4096 bits, ECDSA on P-256, P-384 and
// P-521, with SHA-2, by WebCrypto. Invariant: the algorithm named beside a signature agrees with the key and the digest;
// anything else is refused.
import { sha256, sha384, sha512 } from '../vendor/noble-hashes/sha2.js';
import { concat } from './bytes.js';
import { BIT_STRING, constructed, Der, DerError, INTEGER, NULL, positive, SEQUENCE } from './der.js';

const HASHES = new Map([['2.16.840.1.101.3.4.2.1', 'SHA-256'], ['2.16.840.1.101.3.4.2.2', 'SHA-384'], ['2.16.840.1.101.3.4.2.3', 'SHA-512']]);
const FUNCTIONS = { 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 };
const HASH_BYTES = { 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 };
const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const EC = '1.2.840.10045.2.1';
const CURVES = new Map([
  ['1.2.840.10045.3.1.7', { namedCurve: 'P-256', size: 32 }], ['1.3.132.0.34', { namedCurve: 'P-384', size: 48 }], ['1.3.132.0.35', { namedCurve: 'P-521', size: 66 }],
]);
const [PKCS1, PSS, ECDSA] = ['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'ECDSA'];
const KINDS = new Map([
  [RSA, { scheme: PKCS1, hash: null }],
  ...['SHA-256', 'SHA-384', 'SHA-512'].flatMap((hash, at) => [
    [`1.2.840.113549.1.1.${11 + at}`, { scheme: PKCS1, hash }], [`1.2.840.10045.4.3.${2 + at}`, { scheme: ECDSA, hash }],
  ]),
]);
/** `rsaEncryption` with its NULL. */
const RSA_ALGORITHM = Uint8Array.of(0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0);
const MODULUS_BYTES = [256, 512];
const EXPONENT_MAX = 2n ** 33n - 1n;
/** Where the parameters of RSASSA-PSS do not say (RFC 4055 §3.1). */
const SALT_BYTES_DEFAULT = 20;

/** A signature cannot be checked in this browser at all: that is neither a yes nor a no. */
export class NoWebCrypto extends Error {}

function webCrypto() {
  const { crypto } = globalThis;
  if (crypto === undefined || crypto.subtle === undefined) throw new NoWebCrypto();
  return crypto.subtle;
}

export const digestBy = (hash, bytes) => FUNCTIONS[hash](bytes);

/** SHA-1, for the one reference that RFC 2634 defines as that. */
export const sha1 = async (bytes) => new Uint8Array(await webCrypto().digest('SHA-1', bytes));

function withoutParameters(algorithm) {
  const parameters = algorithm.optional(NULL);
  if (parameters !== null && parameters.length > 0) algorithm.refuse();
  algorithm.end();
}

/** The digest an AlgorithmIdentifier names; parameters are absent or NULL (RFC 5754 §2). */
export function hashOf(algorithm) {
  const found = HASHES.get(algorithm.object());
  withoutParameters(algorithm);
  if (found === undefined) throw new DerError('the digest algorithm is not SHA-256, SHA-384 or SHA-512 (RFC 5754; SHA-1 never)');
  return found;
}

function onlyNumber(value) {
  const inside = new Der(value, 'RSASSA-PSS-params');
  const number = inside.small();
  inside.end();
  return number;
}

/** RSASSA-PSS-params (RFC 4055 §3.1). The default digest is SHA-1, so parameters that leave it out are refused. */
function pssOf(parts) {
  const refused = 'RSASSA-PSS with these parameters is not accepted (RFC 4055 §3.1)';
  const [hashed, masked] = [parts.optional(constructed(0)), parts.optional(constructed(1))];
  if (hashed === null || masked === null) throw new DerError(refused);
  const hash = hashOf(Der.ofSequence(hashed, 'RSASSA-PSS-params'));
  const mask = Der.ofSequence(masked, 'RSASSA-PSS-params');
  if (mask.object() !== MGF1 || hashOf(mask.sequence()) !== hash) throw new DerError(refused);
  mask.end();
  const [salted, trailer] = [parts.optional(constructed(2)), parts.optional(constructed(3))];
  parts.end();
  const saltLength = salted === null ? SALT_BYTES_DEFAULT : onlyNumber(salted);
  // FIPS 186-5 §5.4: at most the digest's length.
  if ((trailer !== null && onlyNumber(trailer) !== 1) || saltLength > HASH_BYTES[hash]) throw new DerError(refused);
  return { scheme: PSS, hash, saltLength };
}

export function signatureKindOf(algorithm) {
  const object = algorithm.object();
  if (object === RSA_PSS) {
    const parameters = algorithm.sequence();
    algorithm.end();
    return pssOf(parameters);
  }
  const found = KINDS.get(object);
  withoutParameters(algorithm);
  if (found === undefined) throw new DerError('the signature algorithm is not accepted (RFC 5754, RFC 4055; SHA-1 never)');
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

function checkRsa(bytes) {
  const parts = Der.ofSequence(bytes, 'the RSA key');
  const [modulus, exponent] = [positive(parts.value(INTEGER)), positive(parts.value(INTEGER))];
  parts.end();
  const size = modulus === null ? 0 : Math.ceil(modulus.toString(16).length / 2);
  if (size < MODULUS_BYTES[0] || size > MODULUS_BYTES[1] || modulus % 2n === 0n
    || exponent === null || exponent < 3n || exponent > EXPONENT_MAX || exponent % 2n === 0n) parts.refuse('is not of 2048 to 4096 bits, or not accepted');
}

/** Whether a key of RSASSA-PSS allows this signature (RFC 4055 §3.3): one without parameters allows each. */
function checkPssKey(algorithm, kind) {
  const given = algorithm.optional(SEQUENCE);
  algorithm.end();
  const allowed = given === null ? null : pssOf(new Der(given, 'RSASSA-PSS-params'));
  if (allowed !== null && (allowed.hash !== kind.hash || allowed.saltLength > kind.saltLength)) throw new DerError('the key is for other RSASSA-PSS parameters (RFC 4055 §3.3)');
}

function rawEcdsa(signature, size) {
  const parts = Der.ofSequence(signature, 'the ECDSA signature');
  const numbers = [parts.value(INTEGER), parts.value(INTEGER)];
  parts.end();
  return concat(...numbers.map((one) => {
    const bytes = positive(one) === null ? parts.refuse() : one.subarray(one[0] === 0 ? 1 : 0);
    if (bytes.length > size) parts.refuse();
    return concat(new Uint8Array(size - bytes.length), bytes);
  }));
}

function curveOf(algorithm, hash) {
  const curve = CURVES.get(algorithm.object());
  if (curve === undefined || !algorithm.isEmpty) throw new DerError('the ECDSA key is not of P-256, P-384 or P-521 (RFC 5480)');
  if (curve.namedCurve === 'P-521' && hash === 'SHA-256') throw new DerError('SHA-256 with P-521 is not accepted (RFC 5480 §4)');
  return curve;
}

const lengthOf = (length) => (length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]);

/** An RSA key as WebCrypto takes it: under `rsaEncryption` whatever it was made for. */
function plainRsa(bytes) {
  const bits = concat(Uint8Array.of(BIT_STRING, ...lengthOf(bytes.length + 1), 0), bytes);
  return concat(Uint8Array.of(SEQUENCE, ...lengthOf(RSA_ALGORITHM.length + bits.length)), RSA_ALGORITHM, bits);
}

/** `{about, key, raw}` for WebCrypto: its name of the algorithm, the key, the signature. */
function forWebCrypto(kind, hash, key, signature) {
  const [object, algorithm, bytes] = partsOf(key);
  if (kind.scheme === ECDSA) {
    if (object !== EC) throw new DerError('the key does not fit the signature algorithm');
    const { namedCurve, size } = curveOf(algorithm, hash);
    return { about: { name: ECDSA, namedCurve, hash }, key, raw: rawEcdsa(signature, size) };
  }
  if (object === RSA) {
    algorithm.value(NULL);
    algorithm.end();
  } else if (object === RSA_PSS && kind.scheme === PSS) checkPssKey(algorithm, kind);
  else throw new DerError('the key does not fit the signature algorithm');
  checkRsa(bytes);
  return { about: { name: kind.scheme, hash, saltLength: kind.saltLength }, key: plainRsa(bytes), raw: signature };
}

/** Throws unless the signature holds. `named` is the digest the surroundings name, or null. */
export async function checkSignature(kind, key, named, message, signature) {
  if (kind.hash !== null && named !== null && kind.hash !== named) throw new DerError('a signature and its digest are a mixed pair');
  const hash = kind.hash ?? named;
  if (hash === null) throw new DerError('a signature names no digest');
  const found = forWebCrypto(kind, hash, key, signature);
  const subtle = webCrypto();
  const handle = await subtle.importKey('spki', found.key, found.about, false, ['verify']).catch((error) => {
    // A curve this browser does not have says nothing about the signature.
    if (error !== null && typeof error === 'object' && error.name === 'NotSupportedError') throw new NoWebCrypto();
    return null;
  });
  if (handle === null || !(await subtle.verify(found.about, handle, found.raw, message).catch(() => false))) throw new DerError('the signature does not hold');
}
