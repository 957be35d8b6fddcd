// DSSE envelopes: the JSON at the edge, the binary form inside blocks, and what a signature is over.
import { base64, concat, equal, hex, u32At, unbase64, unhex, utf8, utf8Text } from './bytes.js';
import { ENVELOPE_JSON_BYTES_MAX, RECORD_PAYLOAD_BYTES_MAX, SIGNATURES_PER_RECORD_MAX } from './limits.js';
import { list, parseStrict, struct, text } from './strict-json.js';

export class EnvelopeError extends Error {}

const shape = struct({
  payloadType: text,
  payload: text,
  signatures: list(struct({ keyid: text, sig: text })),
});

/** `DSSEv1 <length of type> <type> <length of payload> <payload>`. */
export function preAuthenticationEncoding(payloadType, payload) {
  const type = utf8(payloadType);
  return concat(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload);
}

function checkCount(count) {
  if (count < 1 || count > SIGNATURES_PER_RECORD_MAX) {
    throw new EnvelopeError(`an envelope has 1 to ${SIGNATURES_PER_RECORD_MAX} signatures`);
  }
}

function checkPayload(length) {
  if (length > RECORD_PAYLOAD_BYTES_MAX) throw new EnvelopeError(`the payload has ${length} bytes, too many`);
}

/** Reads a parsed value (`bytesLength`: of its compact text). Throws EnvelopeError or StrictJsonError. */
export function envelopeOfValue(value, bytesLength, payloadType) {
  if (bytesLength > ENVELOPE_JSON_BYTES_MAX) throw new EnvelopeError(`the envelope has ${bytesLength} bytes, too many`);
  const raw = shape(value);
  if (raw.payloadType !== payloadType) throw new EnvelopeError(`the payload type is not ${payloadType}`);
  checkCount(raw.signatures.length);
  const payload = unbase64(raw.payload);
  if (payload === null) throw new EnvelopeError("'payload' is not canonical standard base64");
  checkPayload(payload.length);
  const signatures = raw.signatures.map(({ keyid, sig }, index) => {
    const [key, bytes] = [keyid.length === 64 ? unhex(keyid) : null, unbase64(sig)];
    if (key === null || bytes === null || bytes.length !== 64) {
      throw new EnvelopeError(`signature ${index}: 'keyid' is 64 hexadecimal digits, 'sig' 64 bytes in base64`);
    }
    return { keyId: key, bytes };
  });
  return { payloadType, payload, signatures };
}

export function envelopeOfJson(bytes, payloadType) {
  if (bytes.length > ENVELOPE_JSON_BYTES_MAX) throw new EnvelopeError(`the envelope has ${bytes.length} bytes, too many`);
  return envelopeOfValue(parseStrict(bytes), bytes.length, payloadType);
}

export function envelopeJson({ payloadType, payload, signatures }) {
  return JSON.stringify({
    payloadType,
    payload: base64(payload),
    signatures: signatures.map((one) => ({ keyid: hex(one.keyId), sig: base64(one.bytes) })),
  });
}

export function sameEnvelope(one, other) {
  return one.payloadType === other.payloadType && equal(one.payload, other.payload)
    && one.signatures.length === other.signatures.length
    && one.signatures.every((line, at) => equal(line.keyId, other.signatures[at].keyId)
      && equal(line.bytes, other.signatures[at].bytes));
}

/** Reads one binary envelope from the front: `[envelope, rest]`. */
export function decodeEnvelope(bytes, payloadType) {
  const need = (length) => {
    if (bytes.length < length) throw new EnvelopeError('the binary envelope is cut short');
  };
  need(1);
  checkCount(bytes[0]);
  const signatures = [];
  let at = 1;
  for (let index = 0; index < bytes[0]; index += 1, at += 97) {
    need(at + 97);
    if (bytes[at + 32] !== 1) throw new EnvelopeError('an unknown signature algorithm');
    signatures.push({ keyId: bytes.slice(at, at + 32), bytes: bytes.slice(at + 33, at + 97) });
  }
  need(at + 4);
  const length = u32At(bytes, at);
  checkPayload(length);
  at += 4;
  need(at + length);
  return [{ payloadType, payload: bytes.slice(at, at + length), signatures }, bytes.subarray(at + length)];
}

export function encodeEnvelope({ payload, signatures }) {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, payload.length);
  const lines = signatures.map((one) => concat(one.keyId, Uint8Array.of(1), one.bytes));
  return concat(Uint8Array.of(signatures.length), ...lines, length, payload);
}

/** The payload as text for people; null when it is not UTF-8. */
export const payloadText = (envelope) => utf8Text(envelope.payload);
