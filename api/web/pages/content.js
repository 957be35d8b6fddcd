// What a record says, in words: every field of its body with its name, money in yuan, times of Beijing, organisations by name.
//
// Invariant: nothing of the body is left out without saying so, and a field this page does not know is shown by its own name.
// The text of a record is its author's: it becomes text, bounded, with characters that hide or reorder made visible.
import { unbase64 } from '../verify/bytes.js';
import { compact, parseStrict } from '../verify/strict-json.js';
import { element, plain, plainLines } from './dom.js';
import { FIELDS, TYPES, WORDS } from './fields.js';
import { say, timeText } from './language.js';
import { orgText } from './names.js';
import { currencyText, moneyText } from './stages.js';

const DEPTH_MAX = 8;
const ROWS_MAX = 400;
const TEXT_CHARACTERS_MAX = 4000;

/** `[kind, zh, en]` of a field in its place; an unknown one keeps its name. */
function fieldOf(name, parent, type) {
  for (const one of [`${name}@${parent}`, `${name}@${type}`, name]) if (Object.hasOwn(FIELDS, one)) return FIELDS[one];
  return ['text', plain(name, 60), plain(name, 60)];
}

/** Money as people write it. A record does not name its currency: where nobody else does, the number of minor units is said too. */
export function amountText(minor, currency) {
  if (!Number.isSafeInteger(minor) || minor < 0) return raw(minor);
  if (currency === null || currency === undefined) {
    return say(`${moneyText(minor, 'CNY')} 元（以人民币计；记录所载为 ${minor} 个最小货币单位，币种见项目公告）`,
      `${moneyText(minor, 'CNY')} yuan (if in CNY; the record says ${minor} minor units of the currency of the notice)`);
  }
  return `${moneyText(minor, currency)} ${currencyText(currency)}`;
}

/** Hundredths of a point. */
export const scoreText = (score) => (Number.isSafeInteger(score) && score >= 0 ? `${Math.floor(score / 100)}.${String(score % 100).padStart(2, '0')}` : raw(score));

/** A bid's name: whose, and which of several. */
export const bidText = ({ bidder, number = 1 }) => (number > 1 ? `${orgText(bidder)} ${say(`第 ${number} 份`, `no. ${number}`)}` : orgText(bidder));
const isBid = (value) => value instanceof Map && typeof value.get('bidder') === 'string' && [...value.keys()].every((one) => one === 'bidder' || (one === 'number' && typeof value.get(one) === 'number'));
/** A value that this page has no better words for, as JSON. */
const raw = (value) => plain(compact(value), TEXT_CHARACTERS_MAX);

function scalarText(value, kind, currency) {
  if (isBid(value)) return bidText(Object.fromEntries(value));
  if (typeof value === 'boolean') return value ? say('是', 'yes') : say('否', 'no');
  if (kind === 'money' && typeof value === 'number') return amountText(value, currency);
  if (kind === 'score' && typeof value === 'number') return scoreText(value);
  if (kind === 'permille' && typeof value === 'number') return `${value}‰`;
  if (kind === 'time' && typeof value === 'number') return timeText(value) === '—' ? plain(value, 40) : timeText(value);
  if (kind === 'org' && typeof value === 'string') return orgText(value);
  if (kind === 'word' && typeof value === 'string' && Object.hasOwn(WORDS, value)) return say(...WORDS[value]);
  if (value === null) return say('无', 'none');
  return typeof value === 'string' ? plainLines(value, TEXT_CHARACTERS_MAX) : raw(value);
}

const isScalar = (value) => value === null || typeof value !== 'object' || isBid(value);

/** The body as `{depth, name, value, kind}` rows in its own order; an object that stands in a list begins with its place. */
export function rowsOf(type, body, currency) {
  const rows = [];
  let left = 0;
  const add = (depth, name, value, kind) => {
    if (rows.length >= ROWS_MAX) left += 1;
    else rows.push({ depth, name, value, kind });
  };
  const walk = (name, value, parent, depth) => {
    const [kind, zh, en] = fieldOf(name, parent, type);
    const title = say(zh, en);
    if (isScalar(value)) return add(depth, title, scalarText(value, kind, currency), kind);
    if (depth >= DEPTH_MAX) return add(depth, title, raw(value), kind);
    if (!Array.isArray(value)) {
      add(depth, title, null, kind);
      return entries(value, name, depth + 1);
    }
    if (value.every(isScalar)) {
      const texts = value.map((one, at) => (kind === 'ranked' ? `${at + 1}. ` : '') + scalarText(one, kind, currency));
      return add(depth, title, texts.length === 0 ? say('无', 'none') : texts.join(kind === 'ranked' ? '　' : '、'), kind);
    }
    value.forEach((one, at) => {
      add(depth, `${title} ${at + 1}`, isScalar(one) ? scalarText(one, kind, currency) : null, kind);
      if (!isScalar(one)) (Array.isArray(one) ? one.forEach((inner) => walk(name, inner, parent, depth + 1)) : entries(one, name, depth + 1));
    });
    return undefined;
  };
  const entries = (object, parent, depth) => object.forEach((value, name) => walk(name, value, parent, depth));
  entries(body, type, 0);
  if (left > 0) rows.push({ depth: 0, name: say('未列出', 'Not shown'), value: say(`还有 ${left} 项，见记录原文`, `${left} more; see the record itself`), kind: 'text' });
  return rows;
}

/** Every organisation a body names, so that their names can be looked up. */
export function orgsIn(type, body) {
  const found = [];
  const walk = (value, name, parent, depth) => {
    if (depth > DEPTH_MAX || found.length > ROWS_MAX) return;
    if (Array.isArray(value)) value.forEach((one) => walk(one, name, parent, depth + 1));
    else if (isBid(value)) found.push(value.get('bidder'));
    else if (value instanceof Map) value.forEach((inner, one) => walk(inner, one, name, depth + 1));
    else if (typeof value === 'string' && fieldOf(name, parent, type)[0] === 'org') found.push(value);
  };
  walk(body, '', '', 0);
  return found;
}

/** A listed record's payload as a Map, or null where its body is not public or cannot be read. */
export function payloadOf(record) {
  const text = record?.envelope?.payload;
  const bytes = typeof text === 'string' ? unbase64(text) : null;
  if (bytes === null) return null;
  try {
    const payload = parseStrict(bytes);
    return payload instanceof Map && payload.get('body') instanceof Map ? payload : null;
  } catch {
    return null; // What cannot be read is judged by the verify page; here it is only not shown.
  }
}

export const typeName = (type) => String(type ?? '').replace(/\/[0-9]+$/, '');

/** A type as people name it, with its own name beside it. */
export function typeText(type) {
  const name = typeName(type);
  return Object.hasOwn(TYPES, name) ? `${say(...TYPES[name])} · ${plain(type, 80)}` : plain(type, 80);
}

/** The body as a list of terms, indented as it is nested. */
export function contentView(type, body, currency) {
  const rows = rowsOf(typeName(type), body, currency);
  if (rows.length === 0) return element('p', { class: 'soft' }, say('正文没有内容。', 'The body is empty.'));
  return element('dl', { class: 'facts content' }, rows.map(({ depth, name, value, kind }) => [
    element('dt', { class: `depth${Math.min(depth, 4)}` }, name), element('dd', { class: kind === 'id' ? 'mono' : null }, value ?? ''),
  ]));
}
