// Certificates of made-up chains with real keys and signatures, every part of which a case may choose.
import { createHash, createPrivateKey, createPublicKey, sign as nodeSign } from 'node:crypto';
import { base64, concat, hex, u64Bytes, utf8 } from '../../../api/web/verify/bytes.js';
import { preAuthenticationEncoding } from '../../../api/web/verify/envelope.js';
import { sha256, toDigest } from '../../../api/web/verify/hashing.js';
import { leafHash, logEntry, rootOf } from '../../../api/web/verify/merkle.js';
import { keyId } from '../../../api/web/verify/names.js';
import { noteKey } from '../../../api/web/verify/note.js';
import { RECORD_PAYLOAD_TYPE } from '../../../api/web/verify/record.js';
import { chainId } from '../../../api/web/verify/trust.js';

const keys = new Map();

/** A key pair that is the same in every run. */
export function key(purpose) {
  if (!keys.has(purpose)) {
    const seed = createHash('sha256').update(`differential ${purpose}`).digest('hex');
    const secret = createPrivateKey({ key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'), format: 'der', type: 'pkcs8' });
    const bytes = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12);
    keys.set(purpose, { secret, bytes: new Uint8Array(bytes) });
  }
  return keys.get(purpose);
}

export const sign = (purpose, message) => new Uint8Array(nodeSign(null, message, key(purpose).secret));
export const keyText = (purpose) => `ed25519:${base64(key(purpose).bytes)}`;
export const REMAINDER = toDigest(sha256(utf8('the rest of a genesis')));
export const DOCUMENT = { digest: toDigest(sha256(utf8('a document'))), size: 10 };

/** What a certificate is made of; a case changes some of it. */
export function plainParts() {
  return {
    label: 'differential', threshold: 3, centres: ['city', 'a', 'b', '三区'], logKeys: {}, cosignerKeys: {}, witnessNames: {},
    remainder: REMAINDER, signers: ['author'], payload: {}, payloadText: null, payloadType: RECORD_PAYLOAD_TYPE, envelope: true,
    size: 7, index: 3, height: 12, timeMs: 1790000000999, position: 2, cosigning: ['city', 'a', 'b'], logging: ['city'],
    seconds: 1790000001, secondsOf: {}, signedSize: null, chainOf: null, outside: [], outsideNamed: null,
  };
}

/** A witness outside the consortium. */
export const outsideKey = (name) => noteKey(name, 4, key(`outside ${name}`).bytes);

/** The policy text of these parts on a chain. */
export function policyFor(parts, chain) {
  const origin = `biaozheng.log/${parts.label}/${chain.slice(7)}`;
  const logs = parts.centres.map((name) => noteKey(origin, 1, parts.logKeys[name] ?? key(`log ${name}`).bytes));
  const witnesses = parts.centres.map((name) => noteKey(parts.witnessNames[name] ?? name, 4, parts.cosignerKeys[name] ?? key(`cosigner ${name}`).bytes));
  const lines = [
    ...logs.map((one) => `log ${one.text}`),
    ...witnesses.map((one, at) => `witness ${parts.centres[at]} ${one.text}`),
    `group quorum-group ${parts.threshold} ${parts.centres.join(' ')}`, 'quorum quorum-group', '',
  ];
  return { text: lines.join('\n'), origin, logs, witnesses };
}

function chainOf(parts) {
  const cosigners = parts.centres.map((name) => ({
    name, cosignerKey: parts.cosignerKeys[name] ?? key(`cosigner ${name}`).bytes, logKey: parts.logKeys[name] ?? key(`log ${name}`).bytes,
  }));
  return chainId({ label: parts.label, threshold: parts.threshold, cosigners }, parts.remainder);
}

function pathTo(leaves, index) {
  if (leaves.length < 2) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...pathTo(left, index), rootOf(right)] : [...pathTo(right, index - split), rootOf(left)];
}

export function payloadOf(parts, chain) {
  const [author, ...cosigners] = parts.signers.map((name) => ({ org: `ORG-${name}`, key: keyText(name) }));
  return {
    chain, type: 'tender.published/1', author, ...(cosigners.length > 0 ? { cosigners } : {}), project: '2026-000001',
    made_at_ms: 1790000000000, tool: 'differential/1', documents: [{ name: '公告.pdf', ...DOCUMENT, media_type: 'application/pdf' }],
    body: { number: 1, title: '道路' }, ...parts.payload,
  };
}

/** RFC 9162: from the tree of the first `old` leaves to that of all. */
export function growth(leaves, old, whole = true) {
  if (old === leaves.length) return whole ? [] : [rootOf(leaves)];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return old <= split ? [...growth(left, old, whole), rootOf(right)] : [...growth(right, old - split, false), rootOf(left)];
}

/** Signs and proves everything; gives the certificate object, the envelope and the texts it is made of. */
export function make(parts) {
  const chain = chainOf(parts);
  const policy = policyFor(parts, chain);
  const payload = utf8(parts.payloadText === null ? JSON.stringify(payloadOf(parts, parts.chainOf ?? chain)) : parts.payloadText(payloadOf(parts, chain)));
  const message = preAuthenticationEncoding(parts.payloadType, payload);
  const signatures = parts.signers.map((name) => ({ keyid: hex(keyId(key(name).bytes)), sig: base64(sign(name, message)) }));
  const envelope = { payloadType: parts.payloadType, payload: base64(payload), signatures };
  const record = toDigest(sha256(message));
  const leavesOf = (size) => {
    const leaves = Array.from({ length: size }, (_, at) => leafHash(utf8(`leaf ${at}`)));
    leaves[parts.index] = leafHash(logEntry(record, parts.height, parts.timeMs, parts.position));
    return leaves;
  };
  const line = (one, bytes) => `— ${one.name} ${base64(concat(one.id, bytes))}\n`;
  const noteOf = (leaves, { signedSize = null, logging, cosigning } = parts) => {
    const body = `${policy.origin}\n${signedSize ?? leaves.length}\n${base64(rootOf(leaves))}\n`;
    const logLines = logging.map((name) => line(policy.logs[parts.centres.indexOf(name)], sign(`log ${name}`, utf8(body))));
    const cosignatures = cosigning.map((name) => {
      const seconds = parts.secondsOf[name] ?? parts.seconds;
      const signed = sign(`cosigner ${name}`, utf8(`cosignature/v1\ntime ${seconds}\n${body}`));
      return line(policy.witnesses[parts.centres.indexOf(name)], concat(u64Bytes(seconds), signed));
    });
    const outside = parts.outside.map((name) => {
      const signed = sign(`outside ${name}`, utf8(`cosignature/v1\ntime ${parts.seconds}\n${body}`));
      return line(outsideKey(name), concat(u64Bytes(parts.seconds), signed));
    });
    return { body, text: `${body}\n${logLines.join('')}${cosignatures.join('')}${outside.join('')}` };
  };
  const leaves = leavesOf(parts.size);
  const note = noteOf(leaves);
  const path = pathTo(leaves, parts.index).map(base64);
  const head = ['c2sp.org/tlog-proof@v1', `index ${parts.index}`, ...path, '', ''].join('\n');
  const certificate = {
    format: 'biaozheng-certificate/1', record, envelope: parts.envelope ? envelope : null,
    block: { height: parts.height, time_ms: parts.timeMs, position: parts.position },
    proof: `${head}${note.text}`, policy: policy.text, genesis_remainder: parts.remainder,
  };
  const named = parts.outsideNamed ?? parts.outside.map((name) => outsideKey(name).text);
  if (parts.outside.length > 0 || parts.outsideNamed !== null) certificate.witnesses = named;
  return { certificate, envelope, chain, policy: policy.text, parts, body: note.body, leavesOf, noteOf };
}

