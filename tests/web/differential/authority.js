// Timestamp authorities and tokens (RFC 3161) written from the standards with a small DER writer and real keys, every
// part of which a case may choose.
import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { concat, utf8 } from '../../../api/web/verify/bytes.js';

const bytes = (value) => new Uint8Array(value);

export function der(tag, ...parts) {
  const content = concat(...parts.map((one) => bytes(one)));
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concat(Uint8Array.of(tag, ...head), content);
}

export const sequence = (...parts) => der(0x30, ...parts);
export const set = (...parts) => der(0x31, ...parts);
export const octets = (value) => der(4, value);
export const integer = (...value) => der(2, value);
export const NULL = Uint8Array.of(5, 0);

export function object(text) {
  const [first, second, ...rest] = text.split('.').map(Number);
  const seven = (arc) => (arc < 128 ? [arc] : [...seven(Math.floor(arc / 128)).map((one) => one | 0x80), arc % 128]);
  return der(6, [first * 40 + second, ...rest].flatMap(seven));
}

const HASHES = { sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3', sha1: '1.3.14.3.2.26' };
const RSA_KINDS = { sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13', sha1: '1.2.840.113549.1.1.5' };
const EC_KINDS = { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4', sha1: '1.2.840.10045.4.1' };
const hashed = (hash, value) => bytes(createHash(hash).update(value).digest());
export const hashAlgorithm = (hash, parameters = false) => sequence(object(HASHES[hash]), ...(parameters ? [NULL] : []));

const pairs = new Map();
const curve = (namedCurve) => () => generateKeyPairSync('ec', { namedCurve });
const modulus = (modulusLength) => () => generateKeyPairSync('rsa', { modulusLength });
/** `pss` signs with RSASSA-PSS under an ordinary RSA key, `psskey` under one that is for nothing else. */
const KEYS = {
  p256: curve('P-256'), p384: curve('P-384'), p521: curve('P-521'), k256: curve('secp256k1'), other: curve('P-256'),
  rsa: modulus(2048), rsa3072: modulus(3072), rsa4096: modulus(4096), short: modulus(1024), pss: modulus(2048),
  psskey: () => generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 32 }),
  anypss: () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
};

function keyOf(who, kind) {
  const name = `${who} ${kind}`;
  if (!pairs.has(name)) pairs.set(name, KEYS[kind]());
  return pairs.get(name);
}

const isPss = (kind) => kind.endsWith('pss') || kind === 'psskey';
const isRsa = (kind) => kind.startsWith('rsa') || kind === 'short';
const MGF1 = '1.2.840.113549.1.1.8';
export const SALT_BYTES = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };
/** RSASSA-PSS with its parameters, each of which may be another. */
export const pssAlgorithm = (hash, { mask = hash, salt = SALT_BYTES[hash], trailer = [] } = {}) => sequence(object('1.2.840.113549.1.1.10'), sequence(
  der(0xa0, hashAlgorithm(hash, true)), der(0xa1, sequence(object(MGF1), hashAlgorithm(mask, true))), ...(salt === 20 ? [] : [der(0xa2, integer(salt))]), ...trailer));
export function signatureAlgorithm(kind, hash) {
  if (isPss(kind)) return pssAlgorithm(hash);
  return isRsa(kind) ? sequence(object(RSA_KINDS[hash]), NULL) : sequence(object(EC_KINDS[hash]));
}

export function signed(kind, hash, value, key, saltLength = SALT_BYTES[hash]) {
  return bytes(sign(hash, value, isPss(kind) ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } : key));
}

export const USAGE = '2.5.29.15';
export const extension = (name, critical, value) => sequence(object(name), ...(critical ? [der(1, [0xff])] : []), octets(value));
export const purposes = (critical, ...names) => extension('2.5.29.37', critical, sequence(...names.map(object)));
export const usage = (critical, ...value) => extension(USAGE, critical, der(3, value));
export const constraints = (...value) => extension('2.5.29.19', true, sequence(...value));
export const identifier = (who) => hashed('sha1', utf8(who)).slice(0, 20);
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
export const nameOf = (who, tag = 0x0c) => sequence(set(sequence(object('2.5.4.3'), der(tag, utf8(who)))));

/** A certificate for `who` by `issuer`. */
export function certificateFor(who, issuer, { key, issuerKey, hash = 'sha256', extensions, from = '200101000000Z', until = '20600101000000Z', serial = [1], version = [2], subject = nameOf(who), issuerName = nameOf(issuer), outer = null }) {
  const algorithm = signatureAlgorithm(issuerKey, hash);
  const time = (text) => (text.length === 13 ? der(0x17, utf8(text)) : der(0x18, utf8(text)));
  const body = sequence(
    der(0xa0, integer(...version)), integer(...serial), algorithm, issuerName, sequence(time(from), time(until)), subject,
    keyOf(who, key).publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(extension('2.5.29.14', false, octets(identifier(who))), ...extensions)),
  );
  // What stands beside the signature is signed by nobody.
  return sequence(body, outer ?? algorithm, der(3, [0], signed(issuerKey, hash, body, keyOf(issuer, issuerKey).privateKey)));
}

export const CA = [constraints(der(1, [0xff])), usage(true, 2, 0b100)];
export const STAMPS = [usage(true, 7, 0x80), purposes(true, TIME_STAMPING)];

/** What a token is made of; a case changes some of it. */
export function plainToken() {
  return {
    key: 'p256', hash: 'sha256', certificateHash: 'sha256', parameters: false, middle: false, root: false, by: 'issuer', rsaPlain: false,
    stampExtensions: STAMPS, middleExtensions: CA, rootExtensions: CA, signer: {}, extra: [], certificates: null,
    info: { version: [1], hash: 'sha256', time: '20261123174500Z', more: [], digest: null }, imprintParameters: true,
    contentType: '1.2.840.113549.1.9.16.1.4', eContent: '1.2.840.113549.1.9.16.1.4', referenceHash: 'sha256', references: ['v2'], referenceSerial: null, salt: null, attributes: (all) => all,
    signedDigest: null, signatureOf: (value) => value, tail: [], afterCertificates: [], version: [3], signerVersion: null, digests: null, algorithm: null, authorities: null,
  };
}

const roots = new Map();
function rootOf(parts) {
  const name = `${parts.key} ${parts.rootExtensions === CA}`;
  if (!roots.has(name) || parts.rootExtensions !== CA) {
    roots.set(name, certificateFor('root', 'root', { key: parts.key, issuerKey: parts.key, extensions: parts.rootExtensions }));
  }
  return roots.get(name);
}

export const pem = (certificate, label = 'CERTIFICATE') => `-----BEGIN ${label}-----\n${Buffer.from(certificate).toString('base64').match(/.{1,64}/g).join('\n')}\n-----END ${label}-----\n`;

function infoOf(parts, digest) {
  const { info } = parts;
  return sequence(integer(...info.version), object('1.2.3.4.1'),
    sequence(hashAlgorithm(info.hash, parts.imprintParameters), octets(info.digest ?? digest)), integer(0x0a, 0x11), der(0x18, utf8(info.time)), ...info.more);
}

/** A signed reference to the signer's certificate: `v1` of RFC 2634, `v2` of RFC 5035. */
function referenceOf(form, parts, own, upper) {
  const named = parts.referenceSerial === null ? [] : [sequence(sequence(der(0xa4, nameOf(parts.referenceSerial.issuer ?? upper))), integer(...(parts.referenceSerial.serial ?? [7])))];
  if (form === 'v1') return ['1.2.840.113549.1.9.16.2.12', sequence(sequence(sequence(octets(hashed('sha1', own)), ...named)))];
  const algorithm = parts.referenceHash === 'sha256' ? [] : [hashAlgorithm(parts.referenceHash)];
  return ['1.2.840.113549.1.9.16.2.47', sequence(sequence(sequence(...algorithm, octets(hashed(parts.referenceHash, own)), ...named)))];
}

/** A token over a digest, and PEM of the root it is under. */
export function makeToken(parts, digest) {
  const upper = parts.middle ? 'middle' : 'root';
  const about = { key: parts.key, issuerKey: parts.key, hash: parts.certificateHash };
  const own = certificateFor('authority', upper, { ...about, extensions: parts.stampExtensions, serial: [7], ...parts.signer });
  const middle = parts.middle ? [certificateFor('middle', 'root', { ...about, extensions: parts.middleExtensions })] : [];
  const root = rootOf(parts);
  const info = infoOf(parts, digest);
  const attribute = (name, value) => sequence(object(name), set(value));
  const attributes = concat(...parts.attributes([
    attribute('1.2.840.113549.1.9.3', object(parts.contentType)),
    attribute('1.2.840.113549.1.9.4', octets(parts.signedDigest ?? hashed(parts.hash, info))),
    ...parts.references.map((form) => attribute(...referenceOf(form, parts, own, upper))),
  ]));
  const key = keyOf('authority', parts.key).privateKey;
  const signature = parts.signatureOf(signed(parts.key, parts.hash, der(0x31, attributes), key, parts.salt ?? undefined));
  const algorithm = parts.algorithm ?? (parts.rsaPlain && isRsa(parts.key) ? sequence(object('1.2.840.113549.1.1.1'), NULL) : signatureAlgorithm(parts.key, parts.hash));
  const digestAlgorithm = hashAlgorithm(parts.hash, parts.parameters);
  const id = parts.by === 'issuer' ? sequence(nameOf(upper), integer(7)) : der(0x80, identifier('authority'));
  const signer = sequence(integer(...(parts.signerVersion ?? [parts.by === 'issuer' ? 1 : 3])), id, digestAlgorithm, der(0xa0, attributes), algorithm, octets(signature), ...parts.tail);
  const issue = (who, issuer, more) => certificateFor(who, issuer, { ...about, extensions: CA, ...more });
  const certificates = parts.certificates?.({ own, middle, root, issue }) ?? [own, ...middle, ...(parts.root ? [root] : []), ...parts.extra];
  const data = sequence(integer(...parts.version), set(parts.digests ?? digestAlgorithm), sequence(object(parts.eContent), der(0xa0, octets(info))),
    der(0xa0, ...certificates), ...parts.afterCertificates, set(signer));
  return { token: sequence(object('1.2.840.113549.1.7.2'), der(0xa0, data)), root: pem(root), own: pem(own), given: parts.authorities?.({ own, middle, root, issue }) ?? null };
}
