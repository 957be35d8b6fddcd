// Names of certificates (RFC 5280 §4.1.2.4). Invariant: a name only says which keys to try; whether one signed is for the
// signature to say. Texts are compared as RFC 5280 §7.1 asks, in the part that authorities need: whatever string type,
// without regard to the case of ASCII letters and to the number of spaces.
import { hex, utf8Text } from './bytes.js';
import { BMP_STRING, Der, IA5_STRING, PRINTABLE_STRING, SET, UTF8_STRING, VISIBLE_STRING } from './der.js';

const COMMON_NAME = '2.5.4.3';
const ASCII = [PRINTABLE_STRING, IA5_STRING, VISIBLE_STRING];

function textOf(tag, value) {
  if (tag === UTF8_STRING || (ASCII.includes(tag) && value.every((byte) => byte < 0x80))) return utf8Text(value);
  if (tag !== BMP_STRING || value.length % 2 !== 0) return null;
  let text = '';
  for (let at = 0; at < value.length; at += 2) {
    const unit = value[at] * 256 + value[at + 1];
    if (unit >= 0xd800 && unit <= 0xdfff) return null;
    text += String.fromCharCode(unit);
  }
  return text;
}

const folded = (text) => text.split(/[ \t-\r]+/).filter((word) => word !== '').join(' ').replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** `{raw, compared, shown}`: the bytes, a text that is equal for the same names, and the last common name for people. */
export function nameOf(raw) {
  let shown = hex(raw).slice(0, 40);
  const compared = [];
  const sets = Der.ofSequence(raw, 'a name');
  while (!sets.isEmpty) {
    const [set, pairs] = [new Der(sets.value(SET), 'a name'), []];
    while (!set.isEmpty) {
      const pair = set.sequence();
      const object = pair.object();
      const { tag, value, raw: whole } = pair.any();
      pair.end();
      const text = textOf(tag, value);
      if (object === COMMON_NAME) shown = utf8Text(value) ?? shown;
      pairs.push(text === null ? `${object}#${hex(whole)}` : `${object}=${folded(text)}`);
    }
    compared.push(pairs.sort());
  }
  return { raw, compared: JSON.stringify(compared), shown };
}

export const isSameName = (one, other) => one.compared === other.compared;
