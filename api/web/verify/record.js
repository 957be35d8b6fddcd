// A record: an envelope whose payload was read. Its id is SHA-256 of DSSE's pre-authentication encoding.
import { equal, hasControl, hex, utf8Length } from './bytes.js';
import { verify } from './ed25519.js';
import { envelopeOfJson, envelopeOfValue, preAuthenticationEncoding } from './envelope.js';
import { digestText, sha256, toDigest } from './hashing.js';
import {
  DOCUMENT_NAME_BYTES_MAX, DOCUMENTS_PER_RECORD_MAX, RECORD_PAYLOAD_BYTES_MAX, SIGNATURES_PER_RECORD_MAX, TOOL_BYTES_MAX,
} from './limits.js';
import { identifier, keyId, publicKey, recordType } from './names.js';
import { listOrAbsent, object, optional, parsed, parseStrict, struct, text, unsigned } from './strict-json.js';

export const RECORD_PAYLOAD_TYPE = 'application/vnd.biaozheng.record+json';
export class RecordError extends Error {}

const digest = parsed(digestText, "'sha256:' and 64 digits");
const org = parsed(identifier, 'an identifier');
const party = struct({ org, key: parsed(publicKey, "'ed25519:' and base64") });
const document = struct({ name: text, digest, size: unsigned, media_type: text });
const shape = struct({
  chain: digest,
  type: parsed(recordType, 'a record type'),
  author: party,
  cosigners: listOrAbsent(party),
  project: optional(org),
  previous: optional(digest),
  made_at_ms: unsigned,
  tool: text,
  documents: listOrAbsent(document),
  body: object,
});

const printable = (value, least, most) => value.length >= least && value.length <= most && /^[\x20-\x7e]*$/.test(value);
const plainName = (name) => name !== '' && name !== '.' && name !== '..' && !/[/\\]/.test(name) && !hasControl(name)
  && utf8Length(name) <= DOCUMENT_NAME_BYTES_MAX;

function readPayload(bytes) {
  if (bytes.length > RECORD_PAYLOAD_BYTES_MAX) throw new RecordError('the payload is too large');
  const payload = shape(parseStrict(bytes));
  const signers = [payload.author, ...payload.cosigners];
  if (signers.length > SIGNATURES_PER_RECORD_MAX) throw new RecordError('too many people sign');
  if (new Set(signers.map((one) => hex(one.key))).size !== signers.length) throw new RecordError('the same key signs twice');
  if (!printable(payload.tool, 1, TOOL_BYTES_MAX)) throw new RecordError("'tool' is 1 to 64 printable ASCII characters");
  const fine = (one) => plainName(one.name) && printable(one.media_type, 3, 127) && one.media_type.includes('/');
  if (payload.documents.length > DOCUMENTS_PER_RECORD_MAX || !payload.documents.every(fine)) {
    throw new RecordError('a document without a plain name and media type, or too many');
  }
  return { payload, signers };
}

export function recordOfEnvelope(envelope) {
  const { payload, signers } = readPayload(envelope.payload);
  if (signers.length !== envelope.signatures.length) {
    throw new RecordError(`the payload names ${signers.length} signers, the envelope has ${envelope.signatures.length}`);
  }
  signers.forEach((one, index) => {
    if (!equal(keyId(one.key), envelope.signatures[index].keyId)) throw new RecordError(`signature ${index} is by another key`);
  });
  const message = preAuthenticationEncoding(envelope.payloadType, envelope.payload);
  return { id: toDigest(sha256(message)), envelope, payload, signers, message };
}

/** Reads a record from JSON bytes; throws when its form is refused. Signatures are not looked at. */
export const recordOfJson = (bytes) => recordOfEnvelope(envelopeOfJson(bytes, RECORD_PAYLOAD_TYPE));
export const recordOfValue = (value, length) => recordOfEnvelope(envelopeOfValue(value, length, RECORD_PAYLOAD_TYPE));

/** Null when the record is of this chain and every signature holds, else why not. */
export async function whyUnsigned(record, chain) {
  if (record.payload.chain !== chain) return `the record is for chain ${record.payload.chain}, this is ${chain}`;
  for (const [index, one] of record.signers.entries()) {
    const holds = await verify(one.key, record.message, record.envelope.signatures[index].bytes);
    if (!holds) return `signature ${index}: does not match the key and the message`;
  }
  return null;
}
