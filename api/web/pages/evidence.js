// What a visitor brought: certificate, record envelope, document, policy, or a number. Sorts files by their content,
// never by their name.
import { looksLikeTar } from '../archive/source.js';
import { readAuthorities } from '../verify/authority-file.js';
import { utf8Text } from '../verify/bytes.js';
import { certificateOf } from '../verify/certificate.js';
import { looksLikeReceipt } from '../verify/cose-receipt.js';
import { digestOfBlob, sha256, toDigest } from '../verify/hashing.js';
import { AUTHORITIES_BYTES_MAX, CERTIFICATE_BYTES_MAX, DATED_POLICIES_BYTES_MAX } from '../verify/limits.js';
import { policiesOf } from '../verify/policy-history.js';
import { needsCosigners, policyOfText } from '../verify/policy.js';
import { certificatesInPdf, isPdf, PDF_BYTES_MAX } from './pdf.js';
import { textInImage } from './qr.js';

const IMAGE_BYTES_MAX = 32 * 1024 * 1024;

async function firstBytes(file, most) {
  return new Uint8Array(await file.slice(0, most).arrayBuffer());
}

/** `certificate`, `envelope` or `policy` for a short text of that form, else null. */
function kindOfText(text) {
  const start = text.trimStart();
  if (start.startsWith('{')) {
    if (/"payloadType"/.test(text) && !/"genesis_remainder"/.test(text)) return 'envelope';
    if (/biaozheng-certificate|"genesis_remainder"|c2sp\.org\/tlog-proof/.test(text)) return 'certificate';
    return null;
  }
  const policy = /^(log|witness|group|quorum) /m.test(text) ? policyOfText(text) : null;
  return policy !== null && needsCosigners(policy) ? 'policy' : null;
}

/** Dated policies or timestamp authorities, else null. */
async function whomToTrust(file) {
  const bytes = await firstBytes(file, DATED_POLICIES_BYTES_MAX);
  const start = (utf8Text(bytes.slice(0, 200).filter((byte) => byte < 0x80)) ?? '').trimStart();
  const policies = start.startsWith('{') && start.includes('biaozheng-policies/') && file.size <= DATED_POLICIES_BYTES_MAX ? policiesOf(bytes) : null;
  if (policies !== null) return { kind: 'policies', policies };
  if (file.size > AUTHORITIES_BYTES_MAX || start.startsWith('{')) return null;
  const { anchors, passedOver } = readAuthorities(bytes.length === file.size ? bytes : await firstBytes(file, AUTHORITIES_BYTES_MAX));
  return anchors.length === 0 ? null : { kind: 'authorities', authorities: anchors, passedOver };
}

/** A file that was surely meant as something else than a document to compare, or null. */
function whyNoDocument(head) {
  const start = String.fromCharCode(...head.subarray(0, 80));
  if (/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(start)) return 'private_key';
  return /^-----BEGIN CERTIFICATE/.test(start) ? 'authorities' : null;
}

/** Sorts one file: `{kind, bytes | text | file | policies | authorities}`. `several` means a PDF with more than one certificate;
    `unread` one in which nothing was found that it could be for, with `why`: it is no document to compare unless the record names its
    very digest. `printed` says that the certificate was attached to one, whose page anybody can have printed otherwise. */
export async function sortFile(file) {
  const head = await firstBytes(file, CERTIFICATE_BYTES_MAX + 1);
  if (isPdf(head) && file.size <= PDF_BYTES_MAX) {
    const { found, whyUnread } = await certificatesInPdf(await firstBytes(file, PDF_BYTES_MAX));
    if (found.length > 1) return { kind: 'several' };
    if (found.length === 1) return { kind: 'certificate', bytes: found[0], printed: 'pdf' };
    return whyUnread === null ? { kind: 'document', file } : { kind: 'unread', file, why: whyUnread };
  }
  if (file.size === 0) return { kind: 'unread', file, why: 'empty' };
  if (looksLikeTar(head)) return { kind: 'archive' };
  if (looksLikeReceipt(head)) return { kind: 'receipt', bytes: head };
  if (/^image\//.test(file.type)) {
    const { text, why } = file.size <= IMAGE_BYTES_MAX ? await textInImage(file) : { text: null, why: 'large_picture' };
    return text === null ? { kind: 'unread', file, why } : { kind: 'code', text };
  }
  const trusted = await whomToTrust(file);
  if (trusted !== null) return trusted;
  const text = file.size <= CERTIFICATE_BYTES_MAX ? utf8Text(head) : null;
  const kind = text === null ? null : kindOfText(text);
  if (kind === 'policy') return { kind, text };
  if (kind !== null) return { kind, bytes: head };
  // A JSON file too large to be one, or damaged in the middle, is still most likely meant as a certificate.
  if (/\.cert\.json$/i.test(file.name)) return { kind: 'certificate', bytes: head };
  const why = whyNoDocument(head);
  if (why !== null) return { kind: 'unread', file, why };
  return { kind: 'document', file };
}

export async function documentOf(file, progress) {
  return { ...(await digestOfBlob(file, progress)), name: file.name };
}

/** True for the certificate a code names: by its digest, or in a code without one by the record's number. */
export function isCoded({ record, digest }, certificate) {
  if (digest !== null) return toDigest(sha256(certificate)) === digest;
  try {
    return certificateOf(certificate).record === record;
  } catch {
    return true; // What cannot be read is judged, and said, as itself.
  }
}
