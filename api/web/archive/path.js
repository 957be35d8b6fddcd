// Paths inside a bag, and what becomes of a name that a stranger chose.
// Invariant: a path is relative, has no empty, `.` or `..` part and only characters every file system keeps. They are all
// of the basic plane, so JavaScript's order of texts is the order of their bytes.
import { utf8Length } from '../verify/bytes.js';
import { PATH_BYTES_MAX, PATH_DEPTH_MAX, PATH_PART_BYTES_MAX, SAFE_NAME_BYTES_MAX } from './limits.js';

const PLAIN = /^[A-Za-z0-9._\u3400-\u4dbf\u4e00-\u9fff-]$/;
const PART = /^(?!\.)[A-Za-z0-9._\u3400-\u4dbf\u4e00-\u9fff-]+(?<!\.)$/;

export const inOrder = (one, other) => (one < other ? -1 : Number(one > other));

/** True for a path a file of a bag can have. */
export function isBagPath(text) {
  const parts = text.split('/');
  return utf8Length(text) <= PATH_BYTES_MAX && parts.length <= PATH_DEPTH_MAX
    && parts.every((part) => PART.test(part) && utf8Length(part) <= PATH_PART_BYTES_MAX);
}

export const isPayload = (path) => path.startsWith('data/');
export const isDocument = (path) => path.startsWith('data/documents/');

const withoutDots = (text) => text.replace(/^\.+/, '').replace(/\.+$/, '');

/** The readable end of a document's file name: at most 35 bytes, of which the ending is kept. */
export function safeName(name) {
  const clean = withoutDots([...name].map((one) => (PLAIN.test(one) ? one : '_')).join(''));
  const dot = clean.lastIndexOf('.');
  const last = dot < 0 ? '' : clean.slice(dot + 1);
  const [stem, ending] = /^[\x00-\x7f]{1,8}$/.test(last) ? [clean.slice(0, dot), `.${last}`] : [clean, ''];
  const room = SAFE_NAME_BYTES_MAX - ending.length;
  let out = '';
  for (const one of stem) {
    if (utf8Length(out) + utf8Length(one) > room) break;
    out += one;
  }
  return `${withoutDots(out) || 'document'}${ending}`;
}
