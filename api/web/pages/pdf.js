// Finds the certificate inside a PDF: an attached JSON file, plain or Flate. Reads nothing else of the PDF and runs
// nothing of it. Streams cannot stand inside object streams, so every attachment is found by its dictionary.
import { certificateOf } from '../verify/certificate.js';
import { CERTIFICATE_BYTES_MAX } from '../verify/limits.js';

export const PDF_BYTES_MAX = 64 * 1024 * 1024;
const STREAMS_MAX = 64;
const DICTIONARY_BYTES_MAX = 4096;

export const isPdf = (bytes) => String.fromCharCode(...bytes.subarray(0, 1024)).includes('%PDF-');

function latin1(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return text;
}

/** The dictionary that ends just before `end`, or null. */
function dictionaryBefore(text, end) {
  const part = text.slice(Math.max(0, end - DICTIONARY_BYTES_MAX), end);
  const start = part.lastIndexOf(' obj');
  return start < 0 ? null : part.slice(start + 4);
}

function lengthOf(text, dictionary) {
  const found = /\/Length\s+(\d{1,10})(?:\s+(\d{1,5})\s+R)?/.exec(dictionary);
  if (found === null) return null;
  if (found[2] === undefined) return Number(found[1]);
  const object = new RegExp(`(?:^|[^0-9])${found[1]}\\s+${found[2]}\\s+obj\\s+(\\d{1,10})\\s+endobj`).exec(text);
  return object === null ? null : Number(object[1]);
}

async function inflate(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > CERTIFICATE_BYTES_MAX) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Raw bytes of every embedded file's stream with its dictionary. */
function* embedded(bytes, text) {
  let count = 0;
  for (const found of text.matchAll(/stream\r?\n/g)) {
    if (text.slice(found.index - 3, found.index) === 'end') continue;
    const dictionary = dictionaryBefore(text, found.index);
    if (dictionary === null || !/\/EmbeddedFile\b/.test(dictionary)) continue;
    count += 1;
    if (count > STREAMS_MAX) return;
    const start = found.index + found[0].length;
    const stated = lengthOf(text, dictionary);
    const ends = stated !== null && /^\s*endstream/.test(text.slice(start + stated, start + stated + 16));
    const end = ends ? start + stated : text.indexOf('endstream', start);
    if (end >= start) yield { dictionary, raw: bytes.subarray(start, end) };
  }
}

async function contentOf({ dictionary, raw }) {
  if (!/\/Filter\b/.test(dictionary)) return raw.length <= CERTIFICATE_BYTES_MAX ? raw : null;
  if (!/\/Filter\s*(?:\/FlateDecode|\[\s*\/FlateDecode\s*\])/.test(dictionary) || /\/DecodeParms\b/.test(dictionary)) return null;
  return inflate(raw).catch(() => null);
}

/** `{found, whyUnread}`: every certificate attached to the PDF, as bytes; and, where there is none, why one may have been missed:
    `locked` (encrypted), `broken` (cut off or damaged), `odd_attachment` (an attachment in a form not read here). Null for a PDF that
    was read and has none; `damaged_certificate` says itself. */
export async function certificatesInPdf(bytes) {
  if (bytes.length > PDF_BYTES_MAX) return { found: [], whyUnread: null };
  const text = latin1(bytes);
  const found = [];
  let unread = 0;
  let isDamaged = false;
  for (const one of embedded(bytes, text)) {
    const content = await contentOf(one);
    if (content === null) unread += 1;
    else if (isCertificate(content)) found.push(content);
    else isDamaged ||= latin1(content).includes('biaozheng-certificate/');
  }
  return { found, whyUnread: found.length > 0 ? null : isDamaged ? 'damaged_certificate' : whyUnread(text, unread) };
}

function isCertificate(content) {
  try {
    return certificateOf(content) !== null;
  } catch {
    return false;
  }
}

function whyUnread(text, unread) {
  if (/\/Encrypt\s+\d+\s+\d+\s+R|\/Encrypt\s*<</.test(text)) return 'locked';
  const hasObjects = /\d+\s+\d+\s+obj\b/.test(text);
  if (hasObjects && !text.slice(-2048).includes('%%EOF')) return 'broken';
  return unread > 0 ? 'odd_attachment' : null;
}
