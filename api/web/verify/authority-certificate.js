// One certificate of a timestamp authority (RFC 5280, the part timestamps need). Invariant: all of it is read, as it
// stands in DER; what it may not be used for is kept beside it, so that a path through another can still be found.
import { nameOf } from './authority-name.js';
import { checkSignature, NoWebCrypto, signatureKindOf } from './authority-signature.js';
import { equal, utf8Text } from './bytes.js';
import { BIT_STRING, constructed, Der, DerError, GENERAL_TIME, INTEGER, millisecondsOf, OCTET_STRING, primitive, SEQUENCE, UTC_TIME } from './der.js';
import { EXTENSIONS_MAX } from './limits.js';

const [KEY_IDENTIFIER, KEY_USAGE, CONSTRAINTS, NAME_CONSTRAINTS, PURPOSES] = ['2.5.29.14', '2.5.29.15', '2.5.29.19', '2.5.29.30', '2.5.29.37'];
const KNOWN = [KEY_USAGE, CONSTRAINTS, PURPOSES];
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const [DIGITAL_SIGNATURE, NON_REPUDIATION, KEY_CERT_SIGN] = [0, 1, 5];
const A_CERTIFICATE = 'a certificate';

/** A GeneralizedTime is taken for years before 2050 too, as other readers take it: it is signed and has one meaning. */
function timeOf(validity) {
  const { tag, value } = validity.any();
  const text = utf8Text(value) ?? '';
  if (!text.endsWith('Z') || (tag !== UTC_TIME && tag !== GENERAL_TIME)) validity.refuse();
  const digits = text.slice(0, -1);
  const whole = tag === GENERAL_TIME ? digits : `${digits.slice(0, 2) < '50' ? '20' : '19'}${digits}`;
  return millisecondsOf(whole) ?? validity.refuse();
}

/** The extensions of a SEQUENCE's content (RFC 5280 §4.2), each at most once: object → {critical, value}. */
export function extensionsOf(content, what) {
  const [list, found] = [new Der(content, what), new Map()];
  while (!list.isEmpty) {
    const one = list.sequence();
    const [object, critical, value] = [one.object(), one.flag(), one.value(OCTET_STRING)];
    one.end();
    if (found.has(object) || found.size >= EXTENSIONS_MAX) one.refuse('stand twice or are too many');
    found.set(object, { critical, value });
  }
  return found;
}

function certificateExtensions(body) {
  const wrapped = body.optional(constructed(3));
  if (wrapped === null) return new Map();
  const whole = new Der(wrapped, 'the extensions');
  const list = whole.value(SEQUENCE);
  whole.end();
  return extensionsOf(list, 'the extensions');
}

/** Reads the whole of an extension's value, or gives null where there is none. */
function inside(extensions, object, tag, read) {
  const found = extensions.get(object);
  if (found === undefined) return null;
  const whole = new Der(found.value, 'an extension');
  const value = whole.value(tag);
  whole.end();
  return read(value, found.critical);
}

function bitsOf(value) {
  const unused = value[0];
  if (unused === undefined || value.length > 3 || unused > 7 || (value.length === 1 && unused > 0)) throw new DerError('the key usage is not in DER');
  if (value.length > 1 && (value[value.length - 1] & ((1 << unused) - 1)) !== 0) throw new DerError('the key usage is not in DER');
  return (bit) => ((value[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0;
}

function constraintsOf(value) {
  const parts = new Der(value, 'the basic constraints');
  const [authority, depth] = [parts.flag(), parts.optional(INTEGER)];
  parts.end();
  if (depth !== null && !(depth.length === 1 && depth[0] < 0x80) && !(depth.length === 2 && depth[0] === 0 && depth[1] >= 0x80)) parts.refuse();
  return { authority, depth: depth === null ? null : depth[depth.length - 1] };
}

function purposesOf(value, critical) {
  const [rest, list] = [new Der(value, 'the purposes'), []];
  while (!rest.isEmpty) list.push(rest.object());
  return { list, critical };
}

/** A SubjectPublicKeyInfo, of which the same holds as of an algorithm. */
function publicKeyInfo(raw) {
  const parts = Der.ofSequence(raw, 'a key');
  parts.sequence().algorithm();
  parts.value(BIT_STRING);
  parts.end();
}

function whyRefused(extensions) {
  if (extensions.has(NAME_CONSTRAINTS)) return 'it has name constraints, which are not evaluated here (RFC 5280 §4.2.1.10)';
  const unknown = [...extensions].some(([object, { critical }]) => critical && !KNOWN.includes(object));
  return unknown ? 'a critical extension is not known here (RFC 5280 §4.2)' : null;
}

/** What its extensions say of its use. */
function usesOf(extensions) {
  const usage = inside(extensions, KEY_USAGE, BIT_STRING, bitsOf);
  const constraints = inside(extensions, CONSTRAINTS, SEQUENCE, constraintsOf);
  const purposes = inside(extensions, PURPOSES, SEQUENCE, purposesOf);
  const used = (bit) => usage === null || usage(bit);
  const certifies = constraints !== null && constraints.authority && used(KEY_CERT_SIGN);
  return {
    depth: constraints === null ? null : constraints.depth,
    // Purposes of an authority do not bind what it signs: RFC 5280 §4.2.1.12 is about the certificate's own key.
    certifies,
    // For timestamps alone, critically (RFC 3161 §2.3), and for signatures.
    stamps: purposes !== null && purposes.critical && purposes.list.join() === TIME_STAMPING && (used(DIGITAL_SIGNATURE) || used(NON_REPUDIATION)),
    identifier: inside(extensions, KEY_IDENTIFIER, OCTET_STRING, (value) => value),
    refused: whyRefused(extensions),
  };
}

/** Reads a certificate in DER; throws DerError. */
export function linkOf(der) {
  const whole = Der.ofSequence(der, A_CERTIFICATE);
  const [signed, kind, bits] = [whole.any(), whole.any(), whole.value(BIT_STRING)];
  whole.end();
  if (signed.tag !== SEQUENCE || kind.tag !== SEQUENCE) whole.refuse();
  new Der(kind.value, A_CERTIFICATE).algorithm();
  const body = new Der(signed.value, A_CERTIFICATE);
  const version = body.optional(constructed(0));
  if (version !== null && !equal(version, [2, 1, 1]) && !equal(version, [2, 1, 2])) body.refuse();
  const serial = body.any();
  if (serial.tag !== INTEGER || serial.value.length === 0) body.refuse();
  const own = body.any();
  if (own.tag !== SEQUENCE) body.refuse();
  new Der(own.value, A_CERTIFICATE).algorithm();
  const issuer = nameOf(body.any().raw);
  const validity = body.sequence();
  const valid = [timeOf(validity), timeOf(validity) + 999];
  validity.end();
  const subject = nameOf(body.any().raw);
  const key = body.any().raw;
  publicKeyInfo(key);
  body.optional(primitive(1));
  body.optional(primitive(2));
  const extensions = certificateExtensions(body);
  body.end();
  return {
    der, subject, issuer, serial: serial.raw, key, valid, name: subject.shown, issuerName: issuer.shown,
    signed: signed.raw, kind: kind.raw, signedKind: own.raw, signature: bits, ...usesOf(extensions),
  };
}

/** Null where `issuer` may sign certificates and signed this one, else why not. How deep it stands is for the path to say. */
export async function whyNotSignedBy(link, issuer) {
  const why = issuer.refused ?? (issuer.certifies ? null : 'it may not sign certificates');
  if (why !== null) return `certificate '${issuer.name}' is not what its place in the path asks (RFC 5280 §6.1): ${why}`;
  try {
    // Nothing signs the outer one: another spelling of it would be another certificate with the same signature.
    if (!equal(link.kind, link.signedKind)) throw new DerError('its two algorithm fields differ (RFC 5280 §4.1.1.2)');
    if (link.signature[0] !== 0) throw new DerError('it is not in DER');
    await checkSignature(signatureKindOf(Der.ofSequence(link.kind, A_CERTIFICATE)), issuer.key, null, link.signed, link.signature.subarray(1));
  } catch (error) {
    if (error instanceof NoWebCrypto || !(error instanceof DerError)) throw error;
    return `certificate '${link.name}' is not what its place in the path asks (RFC 5280 §6.1): its signature does not hold: ${error.message}`;
  }
  return null;
}

export const isValidAt = (link, time) => link.valid[0] <= time && time <= link.valid[1];
