// Certificates of timestamp authorities (RFC 5280, the part timestamps need): reading one, the path from a signer
// upwards, and the anchors a visitor trusts. Invariant: every certificate of a token is in the path, signed by the next;
// a critical extension that is not known here refuses it. Names are compared byte for byte.
import { checkSignature, NoWebCrypto, signatureKindOf } from './authority-signature.js';
import { equal, hex, unbase64, utf8Text } from './bytes.js';
import { BIT_STRING, constructed, Der, DerError, GENERAL_TIME, INTEGER, millisecondsOf, OCTET_STRING, primitive, SEQUENCE, SET, UTC_TIME } from './der.js';
import { AUTHORITIES_BYTES_MAX, AUTHORITIES_MAX } from './limits.js';

const [KEY_IDENTIFIER, KEY_USAGE, CONSTRAINTS, PURPOSES] = ['2.5.29.14', '2.5.29.15', '2.5.29.19', '2.5.29.37'];
const KNOWN = [KEY_USAGE, CONSTRAINTS, PURPOSES];
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const COMMON_NAME = '2.5.4.3';
const [DIGITAL_SIGNATURE, NON_REPUDIATION, KEY_CERT_SIGN] = [0, 1, 5];

/** The last common name of a Name, for people; nothing is decided by it. */
function nameOf(raw) {
  let found = hex(raw).slice(0, 40);
  const sets = Der.ofSequence(raw, 'a name');
  while (!sets.isEmpty) {
    const set = new Der(sets.value(SET), 'a name');
    while (!set.isEmpty) {
      const pair = set.sequence();
      const [object, { value }] = [pair.object(), pair.any()];
      pair.end();
      if (object === COMMON_NAME) found = utf8Text(value) ?? found;
    }
  }
  return found;
}

function timeOf(validity) {
  const { tag, value } = validity.any();
  const text = utf8Text(value) ?? '';
  if (!text.endsWith('Z') || (tag !== UTC_TIME && tag !== GENERAL_TIME)) validity.refuse();
  const digits = text.slice(0, -1);
  // One spelling of a time (RFC 5280 §4.1.2.5): the short one for every year it can name.
  if (tag === GENERAL_TIME && digits < '2050') validity.refuse();
  const whole = tag === GENERAL_TIME ? digits : `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}`;
  return millisecondsOf(whole) ?? validity.refuse();
}

function extensionsOf(body) {
  const found = new Map();
  const wrapped = body.optional(constructed(3));
  if (wrapped === null) return found;
  const list = Der.ofSequence(wrapped, 'the extensions');
  while (!list.isEmpty) {
    const one = list.sequence();
    const [object, critical, value] = [one.object(), one.flag(), one.value(OCTET_STRING)];
    one.end();
    if (found.has(object)) one.refuse('stand twice');
    if (critical && !KNOWN.includes(object)) throw new DerError('a critical extension of a certificate is not known here');
    found.set(object, { critical, value });
  }
  return found;
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
  if (value.length > 1 && (value.at(-1) & ((1 << unused) - 1)) !== 0) throw new DerError('the key usage is not in DER');
  return (bit) => ((value[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0;
}

function constraintsOf(value) {
  const parts = new Der(value, 'the basic constraints');
  const [authority, depth] = [parts.flag(), parts.optional(INTEGER)];
  parts.end();
  if (depth !== null && !(depth.length === 1 && depth[0] < 0x80) && !(depth.length === 2 && depth[0] === 0 && depth[1] >= 0x80)) parts.refuse();
  return { authority, depth: depth === null ? null : depth.at(-1) };
}

function purposesOf(value) {
  const [list, found] = [new Der(value, 'the purposes'), []];
  while (!list.isEmpty) found.push(list.object());
  return found;
}

/** An AlgorithmIdentifier: an object and at most one parameter. What they mean is judged where they are used. */
function algorithm(parts) {
  parts.object();
  if (!parts.isEmpty) parts.any();
  parts.end();
}

/** A SubjectPublicKeyInfo, of which the same holds. */
function publicKeyInfo(raw) {
  const parts = Der.ofSequence(raw, 'a key');
  algorithm(parts.sequence());
  parts.value(BIT_STRING);
  parts.end();
}

/** Reads a certificate in DER; throws DerError. */
export function linkOf(der) {
  const whole = Der.ofSequence(der, 'a certificate');
  const signed = whole.any();
  const kind = whole.any();
  const bits = whole.value(BIT_STRING);
  whole.end();
  if (signed.tag !== SEQUENCE || kind.tag !== SEQUENCE) whole.refuse();
  const body = new Der(signed.value, 'a certificate');
  const version = body.optional(constructed(0));
  if (version !== null && !equal(version, [2, 1, 1]) && !equal(version, [2, 1, 2])) body.refuse();
  const serial = body.any();
  if (serial.tag !== INTEGER || serial.value.length === 0) body.refuse();
  algorithm(body.sequence());
  const issuer = body.any().raw;
  const validity = body.sequence();
  const valid = [timeOf(validity), timeOf(validity) + 999];
  validity.end();
  const [subject, key] = [body.any().raw, body.any().raw];
  body.optional(primitive(1));
  body.optional(primitive(2));
  const extensions = extensionsOf(body);
  body.end();
  nameOf(issuer);
  publicKeyInfo(key);
  algorithm(Der.ofSequence(kind.raw, 'a certificate'));
  const usage = inside(extensions, KEY_USAGE, BIT_STRING, bitsOf);
  const constraints = inside(extensions, CONSTRAINTS, SEQUENCE, constraintsOf);
  const purposes = inside(extensions, PURPOSES, SEQUENCE, (value, critical) => critical && purposesOf(value).join() === TIME_STAMPING);
  return {
    der, subject, issuer, serial: serial.raw, key, valid, name: nameOf(subject), issuerName: nameOf(issuer),
    identifier: inside(extensions, KEY_IDENTIFIER, OCTET_STRING, (value) => value),
    signed: signed.raw, kind: kind.raw, signature: bits,
    certifies: (constraints?.authority ?? false) && (usage === null || usage(KEY_CERT_SIGN)),
    depth: constraints?.depth ?? null,
    // For timestamps alone, critically (RFC 3161 §2.3), and for signatures.
    stamps: (purposes ?? false) && (usage === null || usage(DIGITAL_SIGNATURE) || usage(NON_REPUDIATION)),
  };
}

/** Throws unless `issuer`, with `below` authorities between it and the signer, signed this certificate. */
async function checkSignedBy(link, issuer, below) {
  if (!issuer.certifies) throw new DerError(`'${issuer.name}' may not sign certificates`);
  if (issuer.depth !== null && below > issuer.depth) throw new DerError(`'${issuer.name}' allows fewer authorities below it`);
  if (link.signature[0] !== 0) throw new DerError('a certificate signature is not in DER');
  await checkSignature(signatureKindOf(Der.ofSequence(link.kind, 'a certificate')), issuer.key, null, link.signed, link.signature.subarray(1));
}

const isValidAt = (link, time) => link.valid[0] <= time && time <= link.valid[1];

function takeOut(list, place) {
  const found = list[place];
  const last = list.pop();
  if (place < list.length) list[place] = last;
  return found;
}

/** The signer and all other certificates of the token in order above it, each verified and valid at `time`. */
export async function pathOf(certificates, isSigner, time) {
  const rest = certificates.map(linkOf);
  const place = rest.findIndex(isSigner);
  if (place < 0) throw new DerError('the certificate of the signer is not in the token');
  const links = [takeOut(rest, place)];
  for (;;) {
    const top = links.at(-1);
    const above = rest.findIndex((one) => equal(one.subject, top.issuer));
    if (above < 0) break;
    await checkSignedBy(top, rest[above], links.length - 1);
    links.push(takeOut(rest, above));
  }
  if (rest.length > 0) throw new DerError('the token holds a certificate that is not of the signer’s path');
  const top = links.at(-1);
  if (links.length > 1 && equal(top.subject, top.issuer)) await checkSignedBy(top, top, links.length - 2);
  const late = links.find((one) => !isValidAt(one, time));
  if (late !== undefined) throw new DerError(`certificate '${late.name}' was not valid at the token's time`);
  return links;
}

/** The anchor that stands in the path or signed its top, or null. */
export async function anchorOf(links, anchors, time) {
  let found = anchors.find((anchor) => links.some((link) => equal(link.der, anchor.der)));
  const top = links.at(-1);
  for (const anchor of anchors) {
    if (found !== undefined) break;
    if (!equal(anchor.subject, top.issuer)) continue;
    const holds = await checkSignedBy(top, anchor, links.length - 1).then(() => true, (error) => {
      if (error instanceof NoWebCrypto) throw error;
      return false;
    });
    if (holds) found = anchor;
  }
  return found !== undefined && isValidAt(found, time) ? found : null;
}

const BLOCK = /^-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\s*/;

/** Trust anchors from PEM with one or more certificates and nothing else, or DER of one; null for any other bytes. */
export function authoritiesOf(bytes) {
  if (bytes.length === 0 || bytes.length > AUTHORITIES_BYTES_MAX) return null;
  try {
    if (bytes[0] === SEQUENCE) return [linkOf(bytes)];
    const found = [];
    for (let rest = utf8Text(bytes) ?? ''; rest !== '';) {
      const block = BLOCK.exec(rest);
      const der = block === null ? null : unbase64(block[1].replace(/[\r\n]/g, ''));
      if (der === null || found.length >= AUTHORITIES_MAX) return null;
      found.push(linkOf(der));
      rest = rest.slice(block[0].length);
    }
    return found.length > 0 ? found : null;
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  }
}
