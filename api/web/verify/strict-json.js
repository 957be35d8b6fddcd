// Strict JSON: what two parsers could read differently is refused. Objects become Maps, so that no member name
// (such as __proto__) means anything and the order stays.
import { utf8Length, utf8Text } from './bytes.js';
import { JSON_DEPTH_MAX, JSON_MEMBERS_MAX } from './limits.js';

export class StrictJsonError extends Error {}

const SHORT = new Map([['"', '"'], ['\\', '\\'], ['/', '/'], ['b', '\b'], ['f', '\f'], ['n', '\n'], ['r', '\r'], ['t', '\t']]);

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  refuse(why) {
    throw new StrictJsonError(`not strict JSON: ${why} at character ${this.at}`);
  }

  space() {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at += 1;
  }

  take(token) {
    if (!this.text.startsWith(token, this.at)) this.refuse(`expected ${token}`);
    this.at += token.length;
  }

  value(depth) {
    this.space();
    switch (this.text[this.at]) {
      case '{': return this.object(depth + 1);
      case '[': return this.array(depth + 1);
      case '"': return this.string();
      case 't': this.take('true'); return true;
      case 'f': this.take('false'); return false;
      case 'n': this.take('null'); return null;
      default: return this.number();
    }
  }

  number() {
    const pattern = /-?(0|[1-9][0-9]*)/y;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) this.refuse('no value');
    const after = this.text[this.at + found[0].length];
    if (after !== undefined && '.eE0123456789'.includes(after)) this.refuse('a number that is not a plain integer');
    const value = Number(found[0]);
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.refuse('an integer beyond 2^53 - 1, or -0');
    this.at += found[0].length;
    return value;
  }

  string() {
    this.at += 1;
    let out = '';
    for (;;) {
      const plain = /[^"\\\x00-\x1f]*/y;
      plain.lastIndex = this.at;
      out += plain.exec(this.text)[0];
      this.at = plain.lastIndex;
      const mark = this.text[this.at];
      this.at += 1;
      if (mark === '"') return out;
      if (mark !== '\\') this.refuse('a control character or no end of string');
      out += this.escape();
    }
  }

  escape() {
    const letter = this.text[this.at];
    this.at += 1;
    if (letter !== 'u') return SHORT.get(letter) ?? this.refuse('an unknown escape');
    const unit = this.unit();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit > 0xdbff) this.refuse('a lone surrogate');
    this.take('\\u');
    const low = this.unit();
    if (low < 0xdc00 || low > 0xdfff) this.refuse('a lone surrogate');
    return String.fromCharCode(unit, low);
  }

  unit() {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.refuse('a damaged escape');
    this.at += 4;
    return parseInt(digits, 16);
  }

  /** Reads members between the opening and the closing mark. */
  members(close, depth, one) {
    if (depth > JSON_DEPTH_MAX) this.refuse(`nested deeper than ${JSON_DEPTH_MAX}`);
    this.at += 1;
    this.space();
    if (this.text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (let count = 1; ; count += 1) {
      if (count > JSON_MEMBERS_MAX) this.refuse(`more than ${JSON_MEMBERS_MAX} members`);
      this.space();
      one();
      this.space();
      const mark = this.text[this.at];
      if (mark !== ',' && mark !== close) this.refuse('no comma');
      this.at += 1;
      if (mark === close) return;
    }
  }

  array(depth) {
    const items = [];
    this.members(']', depth, () => items.push(this.value(depth)));
    return items;
  }

  object(depth) {
    const members = new Map();
    this.members('}', depth, () => {
      if (this.text[this.at] !== '"') this.refuse('no member name');
      const name = this.string();
      this.space();
      this.take(':');
      if (members.has(name)) this.refuse('a repeated key');
      members.set(name, this.value(depth));
    });
    return members;
  }
}

/** Parses UTF-8 bytes. Throws StrictJsonError. */
export function parseStrict(bytes) {
  const text = utf8Text(bytes);
  if (text === null) throw new StrictJsonError('not strict JSON: not UTF-8');
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.space();
  if (reader.at !== text.length) reader.refuse('something after the value');
  return value;
}

/** The compact text of a parsed value, members in their order. */
export function compact(value) {
  if (value instanceof Map) {
    return `{${[...value].map(([name, one]) => `${JSON.stringify(name)}:${compact(one)}`).join(',')}}`;
  }
  return Array.isArray(value) ? `[${value.map(compact).join(',')}]` : JSON.stringify(value);
}

export const compactLength = (value) => utf8Length(compact(value));

/** Kinds a member can have: each gives back the value as used, or throws. */
function kind(test, name) {
  return (value) => {
    if (!test(value)) throw new StrictJsonError(`expected ${name}`);
    return value;
  };
}

export const text = kind((value) => typeof value === 'string', 'a text');
export const anything = kind(() => true, 'a value');
export const unsigned = kind((value) => typeof value === 'number' && value >= 0, 'a number not below 0');
export const object = kind((value) => value instanceof Map, 'an object');
export const upTo = (most) => kind((value) => typeof value === 'number' && value >= 0 && value <= most, 'a small number');
export const list = (one) => (value) => {
  if (!Array.isArray(value)) throw new StrictJsonError('expected a list');
  return value.map(one);
};
export const optional = (one) => Object.assign((value) => (value === null ? null : one(value)), { absent: null });
export const listOrAbsent = (one) => Object.assign(list(one), { absent: Object.freeze([]) });
export const parsed = (parse, name) => (value) => {
  const result = typeof value === 'string' ? parse(value) : null;
  if (result === null) throw new StrictJsonError(`expected ${name}`);
  return result;
};

/** Reads an object with exactly these members into a plain record; unknown and missing members throw. */
export const struct = (members) => (value) => {
  if (!(value instanceof Map)) throw new StrictJsonError('expected an object');
  const known = Object.keys(members);
  for (const name of value.keys()) {
    if (!known.includes(name)) throw new StrictJsonError(`unknown member ${JSON.stringify(name.slice(0, 40))}`);
  }
  const out = {};
  for (const name of known) {
    if (value.has(name)) out[name] = members[name](value.get(name));
    else if (members[name].absent !== undefined) out[name] = members[name].absent;
    else throw new StrictJsonError(`missing member '${name}'`);
  }
  return out;
};
