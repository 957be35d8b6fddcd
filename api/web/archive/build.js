// From records and documents to the files of a bag: every file but the documents follows from the records, the
// certificates and the list of documents at hand, byte for byte.
import { base64, hex, utf8 } from '../verify/bytes.js';
import { envelopeJson } from '../verify/envelope.js';
import { sha256, toDigest } from '../verify/hashing.js';
import { keyId } from '../verify/names.js';
import { policyOfText } from '../verify/policy.js';
import { sm3 } from '../verify/sm3.js';
import { trustOfPolicy } from '../verify/trust.js';
import { beijing, catalogue, completeness } from './catalogue.js';
import { itemOf } from './items.js';
import { ALGORITHMS, manifestBytes, manifestName } from './manifest.js';
import { history, named, textBytes } from './model.js';
import { inOrder, isPayload, safeName } from './path.js';

const jsonBytes = (value) => utf8(`${JSON.stringify(value, null, 2)}\n`);
const compareBytes = (one, other) => inOrder(hex(utf8(one)), hex(utf8(other)));

/** A file made here, with its digests; a document has those of its content. */
const made = (bytes) => ({ bytes, size: bytes.length, sha256: hex(sha256(bytes)), sm3: hex(sm3(bytes)) });

/** Builds the archive: `{folder, files, records, history, missing}`; `facts`: `{sm3, size}` by digest. */
export function build(archive, facts) {
  const files = new Map();
  const put = (path, bytes) => files.set(path, made(bytes));
  const places = placeDocuments(archive, facts, files);
  putRecords(archive, put);
  put('data/keys.json', jsonBytes(keys(archive)));
  put('data/catalogue.json', jsonBytes(catalogue(archive, facts, places)));
  put('data/completeness.json', jsonBytes(completeness(archive, facts)));
  putTags(archive, files, put);
  putManifests(files, put);
  return {
    folder: archive.project.replaceAll(':', '_'), files, records: archive.records.length, history: history(archive.records),
    missing: named(archive).filter((digest) => !facts.has(digest)),
  };
}

/** Each document once, where the first record that names it puts it. */
function placeDocuments({ records, context }, facts, files) {
  const places = new Map();
  for (const one of [...records, ...context]) {
    for (const { digest, name } of one.documents) {
      const found = facts.get(digest);
      if (found === undefined || places.has(digest)) continue;
      const path = `data/documents/${itemOf(one.name).stage}/${digest.slice(7)}-${safeName(name)}`;
      files.set(path, { size: found.size, sha256: digest.slice(7), sm3: found.sm3 });
      places.set(digest, path);
    }
  }
  return places;
}

function putRecords({ records, context }, put) {
  const lines = records.filter((one) => one.record !== null).map((one) => `${envelopeJson(one.record.envelope)}\n`);
  put('data/records.jsonl', utf8(lines.join('')));
  for (const one of records) put(`data/certificates/${one.id.slice(7)}.json`, textBytes(one));
  for (const one of context) put(`data/context/${one.id.slice(7)}.json`, textBytes(one));
  for (const { note, size } of [...records, ...context]) {
    const bytes = utf8(note);
    put(`data/checkpoints/${String(size).padStart(20, '0')}-${hex(sha256(bytes)).slice(0, 16)}.txt`, bytes);
  }
}

const chainOf = ({ records }) => records.find((one) => one.payload !== null)?.payload.chain ?? '';

/** Whose signatures are in the archive, and under which policy they stand. */
function keys(archive) {
  const [signers, policies] = [new Map(), new Map()];
  for (const one of [...archive.records, ...archive.context]) {
    for (const { org, key } of one.record?.signers ?? []) {
      const name = `${org} ${hex(key)}`;
      if (!signers.has(name)) signers.set(name, { org, key: `ed25519:${base64(key)}`, key_id: toDigest(keyId(key)), first_record: one.id });
    }
    const { policy, genesis_remainder: remainder } = one.certificate;
    const origin = trustOfPolicy(policyOfText(policy))?.origin.text ?? null;
    policies.set(JSON.stringify([policy, remainder]), { origin, policy, genesis_remainder: remainder });
  }
  const sorted = [...policies.values()].sort((one, other) => compareBytes(one.policy, other.policy) || inOrder(one.genesis_remainder, other.genesis_remainder));
  return { format: 'biaozheng-keys/1', chain: chainOf(archive), policies: sorted, signers: [...signers].sort(([one], [other]) => inOrder(one, other)).map(([, one]) => one) };
}

function putTags(archive, files, put) {
  const payload = [...files].filter(([path]) => isPayload(path));
  const octets = payload.reduce((sum, [, one]) => sum + one.size, 0);
  const [date] = beijing(archive.records.at(-1).certificate.block.time_ms).split(' ');
  put('bagit.txt', utf8('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'));
  put('bag-info.txt', utf8([
    'Bag-Software-Agent: biaozheng-archive/1', `Bagging-Date: ${date}`, `Biaozheng-Chain: ${chainOf(archive)}`,
    `Biaozheng-History: ${history(archive.records)}`, `Biaozheng-Records: ${archive.records.length}`,
    `External-Identifier: ${archive.project}`, `Payload-Oxum: ${octets}.${payload.length}`, '',
  ].join('\n')));
  if (archive.seal !== null) put('seal/archive-sealed.json', textBytes(archive.seal));
}

function putManifests(files, put) {
  for (const tags of [false, true]) {
    const listed = [...files].filter(([path]) => isPayload(path) !== tags && !path.startsWith('tagmanifest-')).sort(([one], [other]) => inOrder(one, other));
    for (const algorithm of ALGORITHMS) put(manifestName(algorithm, tags), manifestBytes(listed.map(([path, one]) => [path, one[algorithm]])));
  }
}
