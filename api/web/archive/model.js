// What an archive is made of: certificates in the order of the chain, of one project.
// Invariant: a model holds whole records of one project in chain order; whether signatures hold is `judge`'s business.
import { base64, utf8, utf8Length } from '../verify/bytes.js';
import { checkpointOfText, tlogProofOfText } from '../verify/checkpoint.js';
import { fieldHash, digestFields, toDigest } from '../verify/hashing.js';
import { compact } from '../verify/strict-json.js';
import { CERTIFICATES_BYTES_MAX, DOCUMENTS_MAX, RECORDS_MAX } from './limits.js';

const SEAL_TYPE = 'archive.sealed';

/** The one text of a certificate. */
export function certificateText(certificate) {
  const { format, record, envelope, block, proof, policy, genesis_remainder: remainder, anchors, timestamps } = certificate;
  const text = JSON.stringify;
  const members = [
    ['format', text(format)], ['record', text(record)], ['envelope', compact(envelope)],
    ['block', text({ height: block.height, time_ms: block.time_ms, position: block.position })],
    ['proof', text(proof)], ['policy', text(policy)], ['genesis_remainder', text(remainder)],
  ];
  const anchor = (one) => `{"certificate":${certificateText(one.certificate)},"consistency":${text(one.consistency)}}`;
  if (anchors.length > 0) members.push(['anchors', `[${anchors.map(anchor).join(',')}]`]);
  if (timestamps.length > 0) members.push(['timestamps', text(timestamps.map(base64))]);
  return `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
}

/** A judged certificate with what the archive needs of it; `payload` is null for a closed record. */
export function filed(certificate, record) {
  const proof = tlogProofOfText(certificate.proof);
  const note = certificate.proof.slice(certificate.proof.indexOf('\n\n') + 2);
  const payload = record?.payload ?? null;
  return {
    id: certificate.record, certificate, record, payload, note, size: checkpointOfText(proof.note.text).size,
    name: payload === null ? '' : payload.type.split('/')[0], documents: payload?.documents ?? [],
    text: certificateText(certificate),
  };
}

export const byPlace = (one, other) => one.certificate.block.height - other.certificate.block.height
  || one.certificate.block.position - other.certificate.block.position;

/** Every document the records name, once, in order. */
export const named = ({ records, context }) =>
  [...new Set([...records, ...context].flatMap((one) => one.documents.map((document) => document.digest)))].sort();

/** Chained hash over the records, from zero. */
export function history(records) {
  const zero = `sha256:${'0'.repeat(64)}`;
  const next = (before, one) => toDigest(fieldHash('biaozheng/project-history/v1', [...digestFields(before), ...digestFields(one.id)]));
  return records.reduce(next, zero);
}

/** Why these do not make an archive of one project, or null. */
export function whyNoArchive({ project, records, context, seal }) {
  const own = [...records, ...(seal === null ? [] : [seal])];
  const all = [...own, ...context];
  if (records.length === 0 || records.length + context.length > RECORDS_MAX
    || all.reduce((sum, one) => sum + utf8Length(one.text), 0) > CERTIFICATES_BYTES_MAX) return 'too many records, or certificates that are too large';
  if (new Set(all.map((one) => one.id)).size !== all.length) return 'a record appears twice';
  if (records.every((one) => one.payload === null)) return 'every record is closed';
  const foreign = own.find((one) => one.payload !== null && one.payload.project !== project);
  if (foreign !== undefined) return `record ${foreign.id} is not of project ${project}`;
  const early = own.find((one, at) => at > 0 && byPlace(own[at - 1], one) >= 0);
  if (early !== undefined) return `record ${early.id} does not come after the one before it`;
  const misplaced = records.find((one) => one.name === SEAL_TYPE) ?? (seal === null || seal.name === SEAL_TYPE ? undefined : seal);
  if (misplaced !== undefined) return `record ${misplaced.id} does not seal an archive of this project`;
  return named({ records, context }).length > DOCUMENTS_MAX ? 'too many documents' : null;
}

export const textBytes = (one) => utf8(one.text);
