// RFC 6962 over SHA-256: entries, roots, inclusion and consistency (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
import { equal, utf8 } from './bytes.js';
import { digestDigits, sha256 } from './hashing.js';
import { MERKLE_PATH_MAX } from './limits.js';

export const leafHash = (entry) => sha256(Uint8Array.of(0), entry);
export const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

/** What the log holds about a record. */
export const logEntry = (record, height, timeMs, position) =>
  utf8(`biaozheng/entry/v1\n${digestDigits(record)}\n${height}\n${timeMs}\n${position}\n`);
export const genesisEntry = (chain) => utf8(`biaozheng/genesis/v1\n${digestDigits(chain)}\n`);

/** Root of a short list of leaf hashes. */
export function rootOf(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** Null when `leaf` stands at `index` of the tree, else why not. Index and size are BigInt. */
export function whyNotIncluded(leaf, index, size, path, root) {
  if (index >= size) return 'the leaf index is not inside the tree';
  if (path.length > MERKLE_PATH_MAX) return 'the path has the wrong number of hashes';
  let [position, last, hash] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) return 'the path has the wrong number of hashes';
    if (position % 2n === 1n || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2n === 0n && position !== 0n) [position, last] = [position >> 1n, last >> 1n];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  if (last !== 0n) return 'the path has the wrong number of hashes';
  return equal(hash, root) ? null : 'the path leads to another root';
}

/** Root of the first `old` leaves of the tree `(now, nowRoot)`, as the path proves it; null for a path that does not lead
    to `nowRoot`. A power of two has no root of its own in a path: there it is `oldRoot` or null. Sizes are BigInt. */
export function provenPrefix(old, now, path, oldRoot, nowRoot) {
  if (old === 0n || old > now) return null;
  if (old === now) return path.length === 0 ? nowRoot : null;
  if (path.length > MERKLE_PATH_MAX + 1) return null;
  const powerOfTwo = (old & (old - 1n)) === 0n;
  const first = powerOfTwo ? oldRoot : path[0];
  if (first === undefined) return null;
  let [position, last, before, after] = [old - 1n, now - 1n, first, first];
  while (position % 2n === 1n) [position, last] = [position >> 1n, last >> 1n];
  for (const sibling of powerOfTwo ? path : path.slice(1)) {
    if (last === 0n) return null;
    if (position % 2n === 1n || position === last) {
      [before, after] = [nodeHash(sibling, before), nodeHash(sibling, after)];
      while (position % 2n === 0n && position !== 0n) [position, last] = [position >> 1n, last >> 1n];
    } else {
      after = nodeHash(after, sibling);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  return last === 0n && equal(after, nowRoot) ? before : null;
}

/** True when the tree `(old, oldRoot)` is a prefix of `(now, nowRoot)`. Sizes are BigInt. */
export function isConsistent(old, now, path, oldRoot, nowRoot) {
  const found = provenPrefix(old, now, path, oldRoot, nowRoot);
  return found !== null && equal(found, oldRoot);
}
