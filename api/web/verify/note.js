// C2SP signed notes: text, an empty line, lines `— name base64(key id ‖ signature)`; key texts `name+hash+base64`.
import { base64, concat, equal, hasControl, hasSpace, hex, u64At, unbase64, utf8, utf8Length } from './bytes.js';
import { verify } from './ed25519.js';
import { sha256 } from './hashing.js';
import { NOTE_BYTES_MAX, NOTE_NAME_BYTES_MAX, NOTE_SIGNATURES_MAX } from './limits.js';

export const ED25519 = 1;
export const COSIGNATURE_V1 = 4;

export const isNoteName = (name) => name !== '' && utf8Length(name) <= NOTE_NAME_BYTES_MAX
  && !hasSpace(name) && !hasControl(name) && !name.includes('+');

/** A key with its name and id, or null for a name C2SP does not allow. */
export function noteKey(name, algorithm, key) {
  if (!isNoteName(name)) return null;
  const id = sha256(utf8(name), Uint8Array.of(0x0a, algorithm), key).slice(0, 4);
  return { name, algorithm, key, id, text: `${name}+${hex(id)}+${base64(concat(Uint8Array.of(algorithm), key))}` };
}

export function noteKeyOfText(text) {
  const [first, second] = [text.indexOf('+'), text.indexOf('+', text.indexOf('+') + 1)];
  if (first < 0 || second < 0) return null;
  const bytes = unbase64(text.slice(second + 1));
  if (bytes === null || bytes.length !== 33 || (bytes[0] !== ED25519 && bytes[0] !== COSIGNATURE_V1)) return null;
  const key = noteKey(text.slice(0, first), bytes[0], bytes.slice(1));
  return key !== null && key.text === text ? key : null;
}

function signatureLine(line) {
  if (!line.startsWith('— ')) return null;
  const space = line.indexOf(' ', 2);
  const name = line.slice(2, space);
  const bytes = space < 0 || !isNoteName(name) ? null : unbase64(line.slice(space + 1));
  return bytes === null || bytes.length < 4 ? null : { name, id: bytes.slice(0, 4), bytes: bytes.slice(4) };
}

/** `{text, lines}` of a signed note, or null. Nothing is verified. */
export function noteOfText(note) {
  if (utf8Length(note) > NOTE_BYTES_MAX || !note.endsWith('\n') || hasControl(note.replaceAll('\n', ''))) return null;
  const gap = note.lastIndexOf('\n\n');
  const block = gap < 0 ? '' : note.slice(gap + 2);
  if (!block.endsWith('\n')) return null;
  const lines = block.slice(0, -1).split('\n');
  if (lines.length > NOTE_SIGNATURES_MAX) return null;
  const read = lines.map(signatureLine);
  return read.includes(null) ? null : { text: note.slice(0, gap + 1), lines: read };
}

export const isBy = (line, key) => line.name === key.name && equal(line.id, key.id);

/** Time in seconds (BigInt; 0 for algorithm 1) of a line by this key, or null where it does not hold. */
export async function validTime(key, text, line) {
  if (key.algorithm === ED25519) return (await verify(key.key, utf8(text), line.bytes)) ? 0n : null;
  if (line.bytes.length !== 72) return null;
  const time = u64At(line.bytes, 0);
  const holds = await verify(key.key, utf8(`cosignature/v1\ntime ${time}\n${text}`), line.bytes.subarray(8));
  return holds ? time : null;
}

/** The first line by this key decides, as everywhere. */
export async function findValid(key, note) {
  const line = note.lines.find((one) => isBy(one, key));
  return line === undefined ? null : validTime(key, note.text, line);
}
