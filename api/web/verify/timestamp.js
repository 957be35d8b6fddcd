// RFC 3161 timestamp tokens: CMS SignedData with one signer over a TSTInfo. Invariant: what is stated is signed by the
// authority, and no change of a token changes it; a token under no given anchor is unknown, whatever it says of itself.
import { extensionsOf, isValidAt, linkOf } from './authority-certificate.js';
import { isSameName, nameOf } from './authority-name.js';
import { trustOf } from './authority-path.js';
import { checkSignature, digestBy, hashOf, sha1, signatureKindOf } from './authority-signature.js';
import { concat, equal, hex, utf8Text } from './bytes.js';
import { constructed, Der, DerError, GENERAL_TIME, INTEGER, millisecondsOf, OCTET_STRING, primitive, SEQUENCE, SET } from './der.js';
import { SIGNED_ATTRIBUTES_MAX, TIMESTAMP_TOKEN_BYTES_MAX, TOKEN_CERTIFICATES_MAX } from './limits.js';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

function contentOf(info) {
  if (info.object() !== TST_INFO) info.refuse('is not about a TSTInfo');
  const inside = new Der(info.value(constructed(0)), 'the content');
  info.end();
  const content = inside.value(OCTET_STRING);
  inside.end();
  return content;
}

/** DER of each certificate, sorted: what the order of a SET says is nothing. */
function certificatesIn(set) {
  const [rest, found] = [new Der(set, 'the list of certificates'), []];
  while (!rest.isEmpty) {
    const { tag, raw } = rest.any();
    if (tag !== SEQUENCE) rest.refuse('has one that is none of X.509 (RFC 5652 §10.2.2)');
    if (found.length >= TOKEN_CERTIFICATES_MAX || found.some((one) => equal(one, raw))) rest.refuse('is too long or has one twice');
    found.push(raw);
  }
  return found.map((raw) => [hex(raw), raw]).sort(([one], [other]) => (one < other ? -1 : 1)).map(([, raw]) => raw);
}

/** How the signer names its certificate, as a test of a link. */
function signerTest(info) {
  const version = info.small();
  if (version === 3) {
    const identifier = info.value(primitive(0));
    return (link) => link.identifier !== null && equal(link.identifier, identifier);
  }
  if (version !== 1) info.refuse('is not of version 1 or 3 (RFC 5652 §5.3)');
  const name = info.sequence();
  const [issuer, serial] = [name.any().raw, name.any().raw];
  name.end();
  // Bit by bit, for nothing signs them.
  return (link) => equal(link.issuer.raw, issuer) && equal(link.serial, serial);
}

function signerOf(info) {
  const isSigner = signerTest(info);
  const hash = hashOf(info.sequence());
  const attributes = info.value(constructed(0));
  const kind = signatureKindOf(info.sequence());
  const signature = info.value(OCTET_STRING);
  if (!info.isEmpty) info.refuse('has unsigned attributes; nothing signs them (RFC 5652 §5.3)');
  return { isSigner, hash, attributes, kind, signature };
}

function signedDataOf(token) {
  const info = Der.ofSequence(token, 'the token');
  if (info.object() !== SIGNED_DATA) info.refuse('is no SignedData');
  const inside = info.value(constructed(0));
  info.end();
  const data = Der.ofSequence(inside, 'SignedData');
  if (data.small() !== 3) data.refuse('is not of version 3 (RFC 5652 §5.1)');
  const digests = new Der(data.value(SET), 'the list of digest algorithms');
  const hash = hashOf(digests.sequence());
  digests.end();
  const content = contentOf(data.sequence());
  // None at all is said by who looks for the signer's.
  const certificates = certificatesIn(data.optional(constructed(0)) ?? new Uint8Array(0));
  if (data.optional(constructed(1)) !== null) data.refuse('has revocation lists; nothing signs them (RFC 5652 §10.2.1)');
  const signers = new Der(data.value(SET), 'the list of signers');
  data.end();
  const signer = signerOf(signers.sequence());
  if (!signers.isEmpty) signers.refuse('has more than one (RFC 3161 §2.4.2)');
  if (hash !== signer.hash) data.refuse('names another digest than its signer (RFC 5652 §5.1)');
  return { content, certificates, signer };
}

function genTime(info) {
  const found = /^([0-9]{14})(?:\.([0-9]{0,8}[1-9]))?Z$/.exec(utf8Text(info.value(GENERAL_TIME)) ?? '');
  const whole = found === null ? null : millisecondsOf(found[1]);
  return whole === null ? info.refuse('has no time of the form YYYYMMDDhhmmss[.f]Z') : whole + Number((found[2] ?? '').padEnd(3, '0').slice(0, 3));
}

function checkAccuracy(bytes) {
  const parts = new Der(bytes, 'the accuracy');
  for (const tag of [INTEGER, primitive(0), primitive(1)]) {
    const number = parts.optional(tag);
    if (number !== null && (number.length === 0 || number.length > 5 || number[0] >= 0x80)) parts.refuse();
  }
  parts.end();
}

/** The imprint's digest, or null where it is none that is known here: SHA-1 is not. */
function imprintHash(algorithm) {
  try {
    return hashOf(algorithm);
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  }
}

/** Signed, and nothing here needs what they say; one that has to be understood is not. */
function checkExtensions(list) {
  if ([...extensionsOf(list, 'extensions of TSTInfo').values()].some(({ critical }) => critical)) {
    throw new DerError('the statement has a critical extension that is not known here (RFC 3161 §2.4.2)');
  }
}

function tstInfoOf(content) {
  const info = Der.ofSequence(content, 'TSTInfo');
  if (info.small() !== 1) info.refuse('is not of version 1');
  info.object();
  const imprint = info.sequence();
  const hash = imprintHash(imprint.sequence());
  const digest = imprint.value(OCTET_STRING);
  imprint.end();
  if (hash !== 'SHA-256') info.refuse('is over no SHA-256 (RFC 3161 §2.4.2): ask the authority for one');
  const serial = info.value(INTEGER);
  const time = genTime(info);
  const accuracy = info.optional(SEQUENCE);
  if (accuracy !== null) checkAccuracy(accuracy);
  info.flag();
  info.optional(INTEGER);
  info.optional(constructed(0));
  const extensions = info.optional(constructed(1));
  if (extensions !== null) checkExtensions(extensions);
  info.end();
  return { digest, serial, time };
}

/** IssuerSerial (RFC 5035 §5): one directory name and the serial number. */
function issuerAndSerial(value) {
  const parts = new Der(value, 'IssuerSerial');
  const names = parts.sequence();
  const issuer = nameOf(names.value(constructed(4)));
  names.end();
  const serial = parts.any().raw;
  parts.end();
  return { issuer, serial };
}

/** The first reference of a SigningCertificate or a SigningCertificateV2: the signer's own (RFC 5035 §3, §4). The first form
    is a SHA-1 by definition: `hash` is null. */
function referenceOf(raw, secondForm) {
  const reference = Der.ofSequence(raw, 'SigningCertificate').sequence().sequence();
  let hash = secondForm ? 'SHA-256' : null;
  const algorithm = secondForm ? reference.optional(SEQUENCE) : null;
  if (algorithm !== null) hash = hashOf(new Der(algorithm, 'ESSCertIDv2'));
  const digest = reference.value(OCTET_STRING);
  const named = reference.optional(SEQUENCE);
  reference.end();
  return { hash, digest, named: named === null ? null : issuerAndSerial(named) };
}

/** True when the reference is to exactly this certificate. That SHA-1 is enough here is said in docs/anchoring.md. */
async function refersTo({ hash, digest, named }, link) {
  if (!equal(digest, hash === null ? await sha1(link.der) : digestBy(hash, link.der))) return false;
  return named === null || (isSameName(named.issuer, link.issuer) && equal(named.serial, link.serial));
}

function attributesOf(set) {
  const rest = new Der(set, 'the signed attributes');
  const found = new Map();
  while (!rest.isEmpty) {
    const attribute = rest.sequence();
    const name = attribute.object();
    const values = new Der(attribute.value(SET), 'a signed attribute');
    attribute.end();
    if (found.has(name) || found.size >= SIGNED_ATTRIBUTES_MAX) rest.refuse('have one twice or are too many');
    found.set(name, null);
    if (name === CONTENT_TYPE) found.set(name, values.object());
    else if (name === MESSAGE_DIGEST) found.set(name, values.value(OCTET_STRING));
    else if (name === SIGNING_CERTIFICATE || name === SIGNING_CERTIFICATE_V2) found.set(name, referenceOf(values.any().raw, name === SIGNING_CERTIFICATE_V2));
    else continue;
    values.end();
  }
  const [kind, digest, ...references] = [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].map((name) => found.get(name) ?? null);
  const given = references.filter((one) => one !== null);
  if (kind !== TST_INFO || digest === null || given.length === 0) rest.refuse('lack content type, digest or the reference to the signer’s certificate (ESSCertID or ESSCertIDv2, RFC 5035, RFC 5816)');
  return { digest, references: given };
}

/** Of the certificates that the token names as the signer's, the place of the one that the signer itself refers to. */
async function signerPlace(links, isSigner, references) {
  let named = false;
  for (const [place, link] of links.entries()) {
    if (!isSigner(link)) continue;
    named = true;
    const refers = await Promise.all(references.map((one) => refersTo(one, link)));
    if (refers.every((one) => one)) return place;
  }
  throw new DerError(named ? 'the signed reference (ESSCertID or ESSCertIDv2, RFC 5035, RFC 5816) is not of the signer’s certificate' : 'the certificate of the signer is not in the token; ask for it with certReq (RFC 3161 §2.4.1)');
}

/** The DER SET OF that was signed: its tag replaces `[0]` (RFC 5652 §5.4). */
function setOf(content) {
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concat(Uint8Array.of(SET, ...head), content);
}

async function stampOf(token, digest, authorities) {
  if (token.length > TIMESTAMP_TOKEN_BYTES_MAX) throw new DerError('the token is too large');
  const { content, certificates, signer } = signedDataOf(token);
  const info = tstInfoOf(content);
  if (!equal(info.digest, digest)) throw new DerError('the token is for another digest');
  const attributes = attributesOf(signer.attributes);
  if (!equal(attributes.digest, digestBy(signer.hash, content))) throw new DerError('the signed digest is not the one of the TSTInfo');
  const links = certificates.map(linkOf);
  const place = await signerPlace(links, signer.isSigner, attributes.references);
  const own = links[place];
  if (own.refused !== null) throw new DerError(`certificate '${own.name}' is not what its place in the path asks (RFC 5280 §6.1): ${own.refused}`);
  if (!own.stamps) throw new DerError('the signer’s certificate is not for timestamps alone, critically (RFC 3161 §2.3), or not for signatures');
  if (!isValidAt(own, info.time)) throw new DerError(`certificate '${own.name}' was not valid at the token's time (RFC 5280 §4.1.2.5)`);
  await checkSignature(signer.kind, own.key, signer.hash, setOf(signer.attributes), signer.signature);
  const { anchor, issuer } = await trustOf(links, place, authorities, info.time);
  return { time: info.time, authority: own.name, serial: hex(info.serial), anchor: anchor === null ? null : anchor.name, issuer };
}

/** `{time, authority, serial, anchor | null, issuer}` of a token that holds, else `{why}`. Throws NoWebCrypto. */
export async function judgeToken(token, digest, authorities) {
  try {
    return await stampOf(token, digest, authorities);
  } catch (error) {
    if (error instanceof DerError) return { why: error.message };
    throw error;
  }
}
