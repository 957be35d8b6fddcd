// Changes of a text that keep most of it: single bytes, JSON structure, and the spelling of what it holds.
import { base64, unbase64 } from '../../../api/web/verify/bytes.js';

export const numbers = ['-1', '-0', '0', '1', '01', '+1', '1.0', '1e3', '1E0', '4294967295', '4294967296', '9007199254740991', '9007199254740992',
  '-9007199254740991', '18446744073709551615', '18446744073709551616', '99999999999999999999999', 'NaN', '0x10', '1_0', '-', '1.', '.5'];
export const texts = ['null', 'true', 'false', '""', '[]', '{}', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\u00e9"', '"\\x"', '"\t"',
  '"\\/"', '"\u2028"', "'x'", 'nul', 'undefined', '[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]', '{"a":1,"a":2}', '{"__proto__":1}', '[1,]', '{"a":1,}', '"\ud800"'];

/** Places of JSON tokens outside and inside strings: enough to cut at sensible joints. */
function tokens(text) {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?[0-9.eE+]+|true|false|null|[{}[\],:]/g)];
}

const cut = (text, from, to, put = '') => text.slice(0, from) + put + text.slice(to);

/** `"name":value` members with their whole extent, at any depth. */
function members(text) {
  const found = [];
  const all = tokens(text);
  all.forEach((token, at) => {
    if (token[0][0] !== '"' || all[at + 1]?.[0] !== ':') return;
    let [depth, end] = [0, at + 2];
    for (; end < all.length; end += 1) {
      if ('{['.includes(all[end][0])) depth += 1;
      if ('}]'.includes(all[end][0])) depth -= 1;
      if (depth <= 0) break;
    }
    const last = all[Math.min(end, all.length - 1)];
    found.push({ name: token[0], start: token.index, value: all[at + 2]?.index ?? token.index, end: last.index + last[0].length });
  });
  return found;
}

const escaped = (text) => `"${[...text.slice(1, -1)].map((one) => (one.length === 1 ? `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}` : one)).join('')}"`;

const CHANGES = [
  (random, text, one) => cut(text, one.start, one.end + (text[one.end] === ',' ? 1 : 0)),
  (random, text, one) => cut(text, one.end, one.end, `,${text.slice(one.start, one.end)}`),
  (random, text, one) => cut(text, one.start, one.start, `"${random.pick(['extra', '__proto__', 'constructor', ''])}":1,`),
  (random, text, one) => cut(text, one.value, one.end, random.pick(texts)),
  (random, text, one) => cut(text, one.value, one.end, random.pick(numbers)),
  (random, text, one) => cut(text, one.value, one.end, `[${text.slice(one.value, one.end)}]`),
  (random, text, one) => cut(text, one.value, one.end, `{"a":${text.slice(one.value, one.end)}}`),
  (random, text, one) => cut(text, one.start, one.start + one.name.length, escaped(one.name)),
  (random, text, one) => cut(text, one.value, one.value, random.pick([' ', '\n\t\r', '\u00a0', '\v', '/**/', '\ufeff'])),
  (random, text, one, other) => (one.end < other.start
    ? text.slice(0, one.value) + text.slice(other.value, other.end) + text.slice(one.end, other.value) + text.slice(one.value, one.end) + text.slice(other.end)
    : cut(text, one.value, one.end, text.slice(other.value, other.end))),
  (random, text, one, other) => (one.end < other.start
    ? text.slice(0, one.start) + text.slice(other.start, other.end) + text.slice(one.end, other.start) + text.slice(one.start, one.end) + text.slice(other.end)
    : text),
  (random, text, one) => {
    const value = text.slice(one.value, one.end);
    return value[0] === '"' && value.length < 400 ? cut(text, one.value, one.end, escaped(value)) : text.toUpperCase();
  },
];

/** One change of JSON structure. */
export function structure(random, text) {
  const all = members(text);
  if (all.length === 0) return `${text}${random.pick(texts)}`;
  const [one, other] = [random.pick(all), random.pick(all)];
  return random.pick(CHANGES)(random, text, one, other);
}

/** S + L in the last 32 bytes: the same signature to a verifier that does not look. */
function plusOrder(bytes) {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const tail = bytes.subarray(Math.max(0, bytes.length - 32));
  let value = tail.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n) + order;
  for (let at = 0; at < tail.length; at += 1, value >>= 8n) tail[at] = Number(value & 255n);
  return bytes;
}

const BASE64 = [
  (random, text) => text.replace(/=+$/, ''),
  (random, text) => `${text}=`,
  (random, text) => text.replaceAll('+', '-').replaceAll('/', '_'),
  (random, text) => `${text.slice(0, 4)}${random.pick([' ', '\\n', '\t', '.'])}${text.slice(4)}`,
  // A spare bit in the last letter before the padding: the same bytes to a lenient reader.
  (random, text) => text.replace(/(.)(=+)$/, (_, letter, padding) => String.fromCharCode(letter.charCodeAt(0) + 1) + padding),
  (random, text) => {
    const bytes = unbase64(text) ?? new Uint8Array(1);
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    return base64(bytes);
  },
  (random, text) => base64((unbase64(text) ?? new Uint8Array(1)).slice(1)),
  (random, text) => base64(plusOrder(unbase64(text) ?? new Uint8Array(64))),
  (random, text) => base64(Uint8Array.of(...(unbase64(text) ?? []).slice(0, 3000), 0)),
];

/** One change of something written in base64. */
export function spelling(random, text) {
  const all = [...text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)];
  if (all.length === 0) return text;
  const one = random.pick(all);
  return cut(text, one.index, one.index + one[0].length, random.pick(BASE64)(random, one[0]));
}

/** One change of lines inside a proof or policy, in its JSON spelling (`\n`). */
export function lines(random, text) {
  const field = random.pick(['"proof":"', '"policy":"']);
  const from = text.indexOf(field) + field.length;
  const to = text.indexOf('"', from);
  const all = text.slice(from, to).split('\\n');
  const [one, other] = [random.below(all.length), random.below(all.length)];
  switch (random.below(7)) {
    case 0: all.splice(one, 1); break;
    case 1: all.splice(other, 0, all[one]); break;
    case 2: [all[one], all[other]] = [all[other], all[one]]; break;
    case 3: all[one] = `${random.pick([' ', '#', '\\t', '— ', '\\u0085', '\\r'])}${all[one]}`; break;
    case 4: all[one] = `${all[one]}${random.pick([' ', ' x', '\\r', '\\u2028', '=', ' https://x.example'])}`; break;
    case 5: all[one] = all[one].replace(/[0-9]+/, (digits) => random.pick(['0', `0${digits}`, `+${digits}`, String(Number(digits) + 1), '18446744073709551616', digits])); break;
    default: all.splice(one, 0, random.pick(['', '# x', 'quorum none', 'extra AAAA', 'group x any city', '— x AAAAAAAA', 'index 1']));
  }
  return text.slice(0, from) + all.join('\\n') + text.slice(to);
}

/** One change of single bytes, as bytes: it may break UTF-8. */
export function damaged(random, bytes) {
  const at = random.below(bytes.length);
  switch (random.below(6)) {
    case 0: return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1));
    case 1: return Uint8Array.of(...bytes.subarray(0, at), bytes[at], ...bytes.subarray(at));
    case 2: return bytes.slice(0, at);
    default: {
      const changed = bytes.slice();
      changed[at] ^= 1 << random.below(8);
      return changed;
    }
  }
}
