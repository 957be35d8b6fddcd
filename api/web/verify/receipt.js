// A receipt: a node's signed promise that a record will stand in the ledger by a certain time.
import { equal } from './bytes.js';
import { verify } from './ed25519.js';
import { envelopeOfJson, preAuthenticationEncoding } from './envelope.js';
import { digestText } from './hashing.js';
import { keyId, publicKey } from './names.js';
import { optional, parsed, parseStrict, struct, text, unsigned } from './strict-json.js';

const PAYLOAD_TYPE = 'application/vnd.biaozheng.receipt+json';
const digest = parsed(digestText, "'sha256:' and 64 digits");
const shape = struct({
  chain: digest, record: digest, node: text, key: parsed(publicKey, 'a public key'), received_at_ms: unsigned, promised_by_ms: unsigned,
  history_size: optional(unsigned),
});

/** The receipt where its signature holds, else null. Whether the key is a node's is for the caller to compare. */
export async function receiptOf(bytes) {
  try {
    const envelope = envelopeOfJson(bytes, PAYLOAD_TYPE);
    const receipt = shape(parseStrict(envelope.payload));
    // Receipts of before this member have none.
    if (receipt.history_size === null) delete receipt.history_size;
    const [one] = envelope.signatures;
    if (envelope.signatures.length !== 1 || !equal(one.keyId, keyId(receipt.key))) return null;
    const message = preAuthenticationEncoding(PAYLOAD_TYPE, envelope.payload);
    return (await verify(receipt.key, message, one.bytes)) ? receipt : null;
  } catch {
    return null;
  }
}
