// The files of a bag, from a tar or a folder the visitor gave. Nothing is unpacked: a file is a piece of the Blob.
// Invariant: names that could leave the bag are findings and never opened.
import { Unusable } from '../verify/certificate.js';
import { DOCUMENT_BYTES_MAX, FILES_MAX } from './limits.js';
import { inOrder, isBagPath } from './path.js';
import { ABOUT_BYTES_MAX, BLOCK_BYTES, decode, END_BYTES, inside, likelyName, longName, number, padding, records } from './tar.js';

/** `ustar` of POSIX and of GNU. */
const MAGICS = [[0x75, 0x73, 0x74, 0x61, 0x72, 0, 0x30, 0x30], [0x75, 0x73, 0x74, 0x61, 0x72, 0x20, 0x20, 0]];
const MAGIC_AT = 257;
const MEMBERS_MAX = 4 * FILES_MAX;
/** Empty blocks behind the end: a whole tape's block is usual. */
const TAIL_BYTES_MAX = 16 * 1024 * 1024;
const NO_END = 'the tar does not end with its two empty blocks';
/** First bytes of what packs a tar once more. */
const PACKERS = {
  gzip: [0x1f, 0x8b], zip: [0x50, 0x4b, 3, 4], bzip2: [0x42, 0x5a, 0x68], xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
  zstd: [0x28, 0xb5, 0x2f, 0xfd], '7-Zip': [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], RAR: [0x52, 0x61, 0x72, 0x21, 0x1a, 7],
};

const bytesOf = async (blob, from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer());
const tooMany = () => new Unusable(`the archive has more than ${FILES_MAX} files`);

/** The program that packed these bytes once more, or undefined. */
export const packedBy = (head) => Object.keys(PACKERS).find((name) => PACKERS[name].every((byte, at) => head[at] === byte));

/** True for bytes that begin like a tar. One damaged bit does not make an archive something else; the oldest have no magic. */
export const looksLikeTar = (head) => head.length >= BLOCK_BYTES
  && (MAGICS.some((magic) => magic.filter((byte, at) => head[MAGIC_AT + at] === byte).length >= 6) || decode(head.subarray(0, BLOCK_BYTES)) !== null);

/** Files of a folder: `[{path, file}]`, paths from the bag's own folder on. */
export function folderSource(entries) {
  const source = { files: new Map(), findings: [] };
  const sorted = [...entries].sort((one, other) => inOrder(one.path, other.path));
  for (const { path, file } of sorted) {
    if (isBagPath(path)) source.files.set(path, file);
    else source.findings.push({ path, kind: 'added', reason: 'not a plain file with a name this archive could have' });
    if (source.files.size + source.findings.length > FILES_MAX) throw tooMany();
  }
  return source;
}

/** Finds every file of a tar, by whatever program it was packed; stops with a finding at the first damage. */
export async function tarSource(blob) {
  const head = await bytesOf(blob, 0, BLOCK_BYTES);
  const packer = packedBy(head);
  if (packer !== undefined) throw new Unusable(`the archive is packed by ${packer}: unpack it, and give the tar or the folder that was in it`);
  if (!looksLikeTar(head)) throw new Unusable('neither a folder nor a tar of an archive');
  const source = { files: new Map(), findings: [] };
  const members = [];
  const find = (path, kind, reason) => source.findings.push({ path, kind, reason });
  await index(blob, members, find);
  place(members, source.files, find);
  if (source.files.size + source.findings.length > FILES_MAX) throw tooMany();
  return source;
}

const badForm = (what) => new Unusable(`this is a tar with ${what}, which is not read here: unpack it with the program that made it, and give the folder`);
const ABOUT = new Set(['longName', 'longLink', 'extended', 'global']);

/** Every member that is a file: the name it claims, and its bytes. */
async function index(blob, members, find) {
  let [at, about] = [0, {}];
  for (let count = 0; count < MEMBERS_MAX; count += 1) {
    if (blob.size - at < BLOCK_BYTES) return find(`(byte ${at})`, 'changed', NO_END);
    const header = await bytesOf(blob, at, at + BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) return (await isEnd(blob, at)) ? undefined : find(`(byte ${at})`, 'changed', NO_END);
    const said = decode(header);
    const size = said === null ? 0 : ABOUT.has(said.kind) ? said.size : about.size ?? said.size;
    const [start, end] = [at + BLOCK_BYTES, at + BLOCK_BYTES + size];
    const next = end + padding(size);
    const damaged = said === null || size > DOCUMENT_BYTES_MAX || next > blob.size;
    if (damaged || (await bytesOf(blob, end, next)).some((byte) => byte !== 0)) {
      return find(likelyName(header) || `(byte ${at})`, 'changed', `the tar is damaged at byte ${at}; nothing after it was read`);
    }
    at = next;
    if (ABOUT.has(said.kind)) {
      if (size > ABOUT_BYTES_MAX) throw badForm('records longer than any name');
      note(about, said.kind, await bytesOf(blob, start, end));
      continue;
    }
    const path = about.path ?? said.path;
    about = {};
    if (said.kind === 'other') throw badForm('a sparse or special file, or a part of a volume');
    if (said.kind === 'link') find(inside(path), 'added', 'a link');
    if (said.kind === 'file' && !path.endsWith('/')) members.push({ path, file: blob.slice(start, end) });
  }
  throw tooMany();
}

/** What a header says about the next member. */
function note(about, kind, data) {
  if (kind === 'longName') about.path = longName(data);
  if (kind !== 'extended' && kind !== 'global') return;
  const found = records(data);
  if (found === null) throw badForm('pax records that cannot be read');
  for (const [keyword, value] of found) {
    if (keyword.startsWith('GNU.sparse.')) throw badForm('a sparse file');
    if (keyword !== 'path' && keyword !== 'size') continue;
    if (kind === 'global') throw badForm('names or sizes that hold for all files');
    const said = keyword === 'size' ? number(value) : value;
    if (said === null) throw badForm('pax records that cannot be read');
    about[keyword] = said;
  }
}

/** Nothing but zeros is behind the end, and at least the two blocks. */
async function isEnd(blob, at) {
  const tail = blob.size - at;
  if (tail < END_BYTES || tail > TAIL_BYTES_MAX || tail % BLOCK_BYTES !== 0) return false;
  return (await bytesOf(blob, at, blob.size)).every((byte) => byte === 0);
}

/** Gives each file its place in the bag: under the folder that has `bagit.txt`, or where there is none the first one. */
function place(members, files, find) {
  const paths = members.map(({ path }) => path.replace(/^(\.\/)+/, ''));
  const bare = paths.includes('bagit.txt');
  const topOf = (path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : null);
  const folder = paths.length === 0 ? null : topOf(paths[0]);
  paths.forEach((path, at) => {
    const ours = bare || (folder !== null && topOf(path) === folder);
    const name = bare || !ours ? path : path.slice(folder.length + 1);
    if (!ours || !isBagPath(name)) find(name, 'added', 'not a file with a name this archive could have');
    else if (files.has(name)) find(name, 'changed', 'it is twice in the tar');
    else files.set(name, members[at].file);
  });
}
