// The files of a bag, from a tar or a folder the visitor gave. Nothing is unpacked: a file is a piece of the Blob.
// Invariant: names that could leave the bag are findings and never opened.
import { Unusable } from '../verify/certificate.js';
import { FILES_MAX } from './limits.js';
import { inOrder, isBagPath } from './path.js';
import { BLOCK_BYTES, decode, END_BYTES, likelyName, padding } from './tar.js';

const MAGIC = [0x75, 0x73, 0x74, 0x61, 0x72, 0, 0x30, 0x30];
const MAGIC_AT = 257;

const bytesOf = async (blob, from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer());
const tooMany = () => new Unusable(`the archive has more than ${FILES_MAX} files`);

/** True for bytes that begin like a tar. One damaged bit does not make an archive something else. */
export const looksLikeTar = (head) => MAGIC.filter((byte, at) => head[MAGIC_AT + at] === byte).length >= 6;

/** Files of a folder: `[{path, file}]`, paths from the bag's own folder on. */
export function folderSource(entries) {
  const source = { files: new Map(), findings: [], folder: null };
  const sorted = [...entries].sort((one, other) => inOrder(one.path, other.path));
  for (const { path, file } of sorted) {
    if (isBagPath(path)) source.files.set(path, file);
    else source.findings.push({ path, kind: 'added', reason: 'not a plain file with a name this archive could have' });
    if (source.files.size + source.findings.length > FILES_MAX) throw tooMany();
  }
  return source;
}

/** Finds every file of a tar; stops with a finding at the first thing that is not in its one form. */
export async function tarSource(blob) {
  if (!looksLikeTar(await bytesOf(blob, 0, BLOCK_BYTES))) throw new Unusable('neither a folder nor a tar of an archive');
  const source = { files: new Map(), findings: [], folder: null };
  const find = (path, reason) => source.findings.push({ path, kind: 'changed', reason });
  let [at, last] = [0, ''];
  while (blob.size - at > END_BYTES) {
    if (source.files.size >= FILES_MAX) throw tooMany();
    const header = await bytesOf(blob, at, at + BLOCK_BYTES);
    const entry = decode(header);
    const start = at + BLOCK_BYTES;
    const end = start + (entry?.size ?? 0);
    const next = end + padding(entry?.size ?? 0);
    const place = entry === null || next > blob.size ? null : placeOf(source, entry.path, last);
    if (place === null || (await bytesOf(blob, end, next)).some((byte) => byte !== 0)) {
      find(likelyName(header) || `(byte ${at})`, `the tar is damaged or not in its one form at byte ${at}; nothing after it was read`);
      return source;
    }
    source.files.set(place, blob.slice(start, end));
    [at, last] = [next, place];
  }
  const tail = await bytesOf(blob, at, blob.size);
  if (tail.length !== END_BYTES || tail.some((byte) => byte !== 0)) find(`(byte ${at})`, 'the tar does not end with its two empty blocks');
  return source;
}

/** The path inside the bag's folder, if it is the folder of all and comes after the path before it. */
function placeOf(source, path, last) {
  const cut = path.indexOf('/');
  if (cut < 0) return null;
  source.folder ??= path.slice(0, cut);
  const inside = path.slice(cut + 1);
  return source.folder === path.slice(0, cut) && isBagPath(inside) && inside > last ? inside : null;
}
