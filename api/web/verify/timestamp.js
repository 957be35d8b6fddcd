// RFC 3161 timestamp tokens: CMS SignedData with one signer over a TSTInfo. Invariant: every byte of a token is signed,
// checked or refused; a token under no given anchor is unknown, whatever it says of itself.
import { anchorOf, pathOf } from './authority-path.js';
import { checkSignature, digestBy, hashOf, signatureKindOf } from './authority-signature.js';
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

function certificatesIn(set) {
  const [rest, found] = [new Der(set, 'the list of certificates'), []];
  while (!rest.isEmpty) {
    const { raw } = rest.any();
    if (found.length >= TOKEN_CERTIFICATES_MAX || found.some((one) => equal(one, raw))) rest.refuse('is too long or has one twice');
    found.push(raw);
  }
  return found;
}

/** How the signer names its certificate, as a test of a link. */
function signerTest(info) {
  const version = info.small();
  if (version === 3) {
    const identifier = info.value(primitive(0));
    return (link) => link.identifier !== null && equal(link.identifier, identifier);
  }
  if (version !== 1) info.refuse('is not of version 1 or 3');
  const name = info.sequence();
  const [issuer, serial] = [name.any().raw, name.any().raw];
  name.end();
  return (link) => equal(link.issuer, issuer) && equal(link.serial, serial);
}

function signerOf(info) {
  const isSigner = signerTest(info);
  const digest = info.any().raw;
  const hash = hashOf(Der.ofSequence(digest, 'the digest algorithm'));
  const attributes = info.value(constructed(0));
  const kind = signatureKindOf(info.sequence());
  const signature = info.value(OCTET_STRING);
  info.end(); // Unsigned attributes would be left over.
  return { isSigner, digest, hash, attributes, kind, signature };
}

function signedDataOf(token) {
  const info = Der.ofSequence(token, 'the token');
  if (info.object() !== SIGNED_DATA) info.refuse('is no SignedData');
  const inside = info.value(constructed(0));
  info.end();
  const data = Der.ofSequence(inside, 'SignedData');
  if (data.small() !== 3) data.refuse('is not of version 3');
  const digests = data.value(SET);
  const content = contentOf(data.sequence());
  const certificates = certificatesIn(data.value(constructed(0)));
  const signers = new Der(data.value(SET), 'the list of signers'); // Revocation lists would stand before it.
  data.end();
  const signer = signerOf(signers.sequence());
  signers.end();
  if (!equal(digests, signer.digest)) data.refuse('names other digest algorithms than its signer');
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

function tstInfoOf(content) {
  const info = Der.ofSequence(content, 'TSTInfo');
  if (info.small() !== 1) info.refuse('is not of version 1');
  info.object();
  const imprint = info.sequence();
  const hash = hashOf(imprint.sequence());
  const digest = imprint.value(OCTET_STRING);
  imprint.end();
  if (hash !== 'SHA-256') info.refuse('is not over a SHA-256');
  const serial = info.value(INTEGER);
  const time = genTime(info);
  const accuracy = info.optional(SEQUENCE);
  if (accuracy !== null) checkAccuracy(accuracy);
  info.flag();
  info.optional(INTEGER);
  info.optional(constructed(0));
  info.end(); // Extensions would be left over.
  return { digest, serial, time };
}

/** The first ESSCertIDv2: the signer's own, by RFC 5035. */
function referenceOf(raw) {
  const reference = Der.ofSequence(raw, 'SigningCertificateV2').sequence().sequence();
  const algorithm = reference.optional(SEQUENCE);
  const hash = algorithm === null ? 'SHA-256' : hashOf(new Der(algorithm, 'ESSCertIDv2'));
  return { hash, digest: reference.value(OCTET_STRING) };
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
    else if (name === SIGNING_CERTIFICATE_V2) found.set(name, referenceOf(values.any().raw));
    else if (name === SIGNING_CERTIFICATE) values.any();
    else continue;
    values.end();
  }
  const [kind, digest, reference] = [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2].map((name) => found.get(name) ?? null);
  if (kind !== TST_INFO || digest === null || reference === null) rest.refuse('lack content type, digest or the reference to the signer’s certificate');
  return { digest, reference };
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
  const links = await pathOf(certificates, signer.isSigner, info.time);
  const [own] = links;
  if (!equal(attributes.reference.digest, digestBy(attributes.reference.hash, own.der))) throw new DerError('the signed reference is not of the signer’s certificate');
  if (!own.stamps) throw new DerError('the signer’s certificate is not for timestamps alone, critically');
  await checkSignature(signer.kind, own.key, signer.hash, setOf(signer.attributes), signer.signature);
  const anchor = await anchorOf(links, authorities, info.time);
  return { time: info.time, authority: own.name, serial: hex(info.serial), anchor: anchor?.name ?? null, issuer: links.at(-1).issuerName };
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
