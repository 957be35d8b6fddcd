// Identifiers, record types and public keys as text.
import { unbase64 } from './bytes.js';
import { fieldHash } from './hashing.js';
import { RECORD_TYPE_BYTES_MAX } from './limits.js';

const whole = (pattern) => (text) => (pattern.test(text) ? text : null);

export const identifier = whole(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
const typed = whole(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\/[1-9][0-9]{0,3}$/);
export const recordType = (text) => (text.length <= RECORD_TYPE_BYTES_MAX ? typed(text) : null);

/** The 32 bytes of `ed25519:<base64>`, or null. Whether they are a usable point is another question. */
export function publicKey(text) {
  if (!text.startsWith('ed25519:') || text.length !== 52) return null;
  const bytes = unbase64(text.slice(8));
  return bytes !== null && bytes.length === 32 ? bytes : null;
}

/** The 32 bytes that name a key. */
export const keyId = (key) => fieldHash('biaozheng/key/v1', [Uint8Array.of(1), key]);
