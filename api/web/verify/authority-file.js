// The certificates a visitor trusts for timestamps, from a file of theirs: PEM (RFC 7468) with whatever text around, or DER
// of one. Invariant: what cannot be used is passed over and told, and costs no other certificate of the file.
import { linkOf, TIME_STAMPING } from './authority-certificate.js';
import { equal, unbase64 } from './bytes.js';
import { constructed, Der, DerError, SEQUENCE } from './der.js';
import { AUTHORITIES_BYTES_MAX, AUTHORITIES_MAX } from './limits.js';

const LINE = /^-----(BEGIN|END) (.{0,64})-----$/;
const CERTIFICATE = ['CERTIFICATE', 'X509 CERTIFICATE'];
const ANY_PURPOSE = '2.5.29.37.0';
const TRUSTED = 'TRUSTED CERTIFICATE';

/** Bytes as text, one letter for each. */
function letters(bytes) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 8192) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return pieces.join('');
}

function decoded(begun, label, text) {
  if (begun !== label) return { label: begun, why: 'its END line is of something else' };
  const der = unbase64(text);
  return der === null ? { label: begun, why: 'its text is not base64' } : { label: begun, der };
}

/** All blocks of a text, in order: `{label, der | why}`. */
function blocksOf(text) {
  const found = [];
  let [open, body] = [null, []];
  for (const line of text.replace(/^\xef\xbb\xbf/, '').split(/[\r\n]/)) {
    if (found.length > AUTHORITIES_MAX) break;
    const trimmed = line.replace(/^[ \t\f]+|[ \t\f]+$/g, '');
    const mark = LINE.exec(trimmed);
    if (mark === null) {
      if (open !== null) body.push(trimmed);
    } else if (mark[1] === 'BEGIN') {
      if (open !== null) found.push({ label: open, why: 'it has no END line' });
      [open, body] = [mark[2], []];
    } else if (open !== null) {
      found.push(decoded(open, mark[2], body.join('')));
      open = null;
    }
  }
  if (open !== null) found.push({ label: open, why: 'it has no END line' });
  return found;
}

function namesStamps(list) {
  const rest = new Der(list, 'trust settings');
  let found = false;
  while (!rest.isEmpty) {
    const object = rest.object();
    found = found || object === TIME_STAMPING || object === ANY_PURPOSE;
  }
  return found;
}

/** The certificate before OpenSSL's trust settings, or null where these are about other purposes than timestamps. */
function beforeTrust(bytes) {
  const whole = new Der(bytes, 'a trusted certificate');
  const certificate = whole.any().raw;
  if (whole.isEmpty) return certificate;
  const settings = whole.sequence();
  whole.end();
  const [trusts, rejects] = [settings.optional(SEQUENCE), settings.optional(constructed(0))].map((list) => (list === null ? null : namesStamps(list)));
  return (trusts ?? true) && !(rejects ?? false) ? certificate : null;
}

function anchorOf({ label, der, why }) {
  if (why !== undefined) throw new DerError(why);
  if (label !== TRUSTED && !CERTIFICATE.includes(label)) throw new DerError('it is named as something else than a certificate');
  const certificate = label === TRUSTED ? beforeTrust(der) : der;
  if (certificate === null) throw new DerError('OpenSSL’s trust beside it keeps it from timestamps');
  const link = linkOf(certificate);
  if (link.refused !== null) throw new DerError(`certificate '${link.name}': ${link.refused}`);
  return link;
}

/** What a file holds; `why` is null, or why there is no anchor in it.
    @returns {{ anchors: any[], passedOver: { place: number, why: string }[], why: string | null }} */
export function readAuthorities(bytes) {
  const nothing = (why) => ({ anchors: [], passedOver: [], why });
  if (bytes.length === 0 || bytes.length > AUTHORITIES_BYTES_MAX) return nothing(`it has no bytes, or more than ${AUTHORITIES_BYTES_MAX}`);
  const text = letters(bytes);
  let blocks = [];
  if (text.includes('-----BEGIN ')) blocks = blocksOf(text);
  else if (bytes[0] === SEQUENCE) blocks = [{ label: CERTIFICATE[0], der: bytes }];
  if (blocks.length > AUTHORITIES_MAX) return nothing(`it has more than ${AUTHORITIES_MAX} certificates`);
  const [anchors, passedOver] = [[], []];
  blocks.forEach((block, at) => {
    try {
      const link = anchorOf(block);
      // The same certificate twice is one anchor.
      if (!anchors.some((known) => equal(known.der, link.der))) anchors.push(link);
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      passedOver.push({ place: at + 1, why: error.message });
    }
  });
  if (anchors.length > 0) return { anchors, passedOver, why: null };
  const [first] = passedOver;
  const why = first === undefined
    ? 'there is no certificate in it: X.509 in PEM, with or without text around, or one in DER'
    : `no certificate in it can be used; the first: block ${first.place} of the file: ${first.why}`;
  return { anchors, passedOver, why };
}

/** The anchors of a file, or null where there is none in it. */
export function authoritiesOf(bytes) {
  const { anchors } = readAuthorities(bytes);
  return anchors.length > 0 ? anchors : null;
}
