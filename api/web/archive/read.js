// Reads a file of an archive once, in pieces, under both algorithms.
import { hex } from '../verify/bytes.js';
import { startSha256 } from '../verify/hashing.js';
import { Sm3 } from '../verify/sm3.js';

const CHUNK_BYTES = 1024 * 1024;

/** `{size, sha256, sm3, bytes}`, digests in hexadecimal; `bytes` only where they are to be kept. */
export async function digestsOf(blob, keep) {
  const [sha256, sm3, parts] = [startSha256(), new Sm3(), []];
  for (let at = 0; at < blob.size; at += CHUNK_BYTES) {
    const piece = new Uint8Array(await blob.slice(at, at + CHUNK_BYTES).arrayBuffer());
    if (piece.length !== Math.min(CHUNK_BYTES, blob.size - at)) throw new Error('the file changed while it was read');
    sha256.update(piece);
    sm3.update(piece);
    if (keep) parts.push(piece);
  }
  const bytes = keep ? new Uint8Array(await new Blob(parts).arrayBuffer()) : null;
  return { size: blob.size, sha256: hex(sha256.digest()), sm3: hex(sm3.digest()), bytes };
}
