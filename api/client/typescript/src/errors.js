// @ts-check
// What can go wrong between a client and a node, told apart by what the caller can do about it.

const TEMPORARY = [408, 429, 502, 503, 504];

/** Why a call gave no result. */
export class ClientError extends Error {
  /** True when the same call may succeed later. @type {boolean} */
  isTemporary = false;

  /** Seconds the node asks to wait before the next try. @type {number | null} */
  retryAfterS = null;

  /** @param {string} message @param {unknown} [cause] */
  constructor(message, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/** The node's address, or a part of it, is unusable; no call was made. */
export class AddressError extends ClientError {}

/** No answer. A submitted record may or may not have arrived; sending it again is safe. */
export class Unreachable extends ClientError {
  isTemporary = true;
}

/** The answer is not one this client knows: another program listens there, or another version. */
export class Unexpected extends ClientError {}

/** The node answered that it will not, and why (RFC 9457), with the rule that refused where a rule did. */
export class Problem extends ClientError {
  /**
   * @param {number} status
   * @param {Record<string, unknown>} members
   * @param {Headers} headers
   */
  constructor(status, members, headers) {
    const text = (/** @type {string} */ name) => (typeof members[name] === 'string' ? /** @type {string} */ (members[name]) : null);
    const requestId = headers.get('x-request-id');
    super(shown(status, text, requestId));
    this.status = status;
    /** Stable, for programs. */
    this.code = text('code') ?? '';
    this.title = text('title') ?? '';
    this.detail = text('detail') ?? '';
    /** The rule's name in the rulebook, its value, and the article of law behind it. */
    this.rule = text('rule');
    this.value = text('value');
    this.article = text('article');
    this.messageZh = text('message_zh');
    /** How far the record is, where that is the matter. */
    this.stage = text('stage');
    /** Quote it to the node's operator. */
    this.requestId = requestId;
    this.retryAfterS = seconds(headers);
    this.isTemporary = TEMPORARY.includes(status);
  }
}

/** The node does not know it, or does not show it. */
export class NotFound extends Problem {}

/** The record is known and has not come as far as was asked for: ask again. */
export class Pending extends Problem {}

/** The record was refused after its receipt. */
export class Gone extends Problem {}

/** A rule of trading refused the record; `rule`, `value` and `article` say which. */
export class Refused extends Problem {}

/** The node is full, standing or starting. */
export class Busy extends Problem {}

const KINDS = new Map([[404, NotFound], [410, Gone], [422, Refused], [429, Busy], [503, Busy]]);

/**
 * @param {number} status
 * @param {(name: string) => string | null} text
 * @param {string | null} requestId
 */
function shown(status, text, requestId) {
  const known = ['rule', 'value', 'article'].filter((name) => text(name)).map((name) => `${name} ${text(name)}`);
  return [
    `${text('code')}: ${text('detail') || text('title')}`,
    ...(text('message_zh') ? [text('message_zh')] : []),
    ...(known.length > 0 ? [`[${known.join(', ')}]`] : []),
    `(HTTP ${status}${requestId ? `, request ${requestId}` : ''})`,
  ].join(' ');
}

/** However long a node asks to be left alone. */
const RETRY_AFTER_MAX_S = 7 * 24 * 3600;

/**
 * Retry-After (RFC 9110, 10.2.3): seconds, or a date in any of the three forms of 5.6.7. A date is held against the server's
 * own Date where there is one, so that a clock that is off changes nothing.
 * @param {Headers} headers
 */
function seconds(headers) {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^[0-9]+$/.test(text)) return Math.min(Number(text), RETRY_AFTER_MAX_S);
  const until = moment(text);
  if (until === null) return null;
  const now = moment(headers.get('date')?.trim() ?? '') ?? Date.now();
  return Math.min(Math.max((until - now) / 1000, 0), RETRY_AFTER_MAX_S);
}

const DATE = /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$|^[A-Z][a-z]+day, [0-9]{2}-[A-Z][a-z]{2}-[0-9]{2} [0-9:]{8} GMT$/;
const OLDEST = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}$/;

/** Milliseconds, or null. @param {string} text */
function moment(text) {
  // The oldest form names no zone; all three are GMT.
  const found = DATE.test(text) ? Date.parse(text) : OLDEST.test(text) ? Date.parse(`${text} GMT`) : NaN;
  return Number.isNaN(found) ? null : found;
}

/**
 * What a proxy before a node that is away says in its own words; null for every other status.
 * @param {number} status
 * @param {Headers} headers
 */
export function unavailable(status, headers) {
  if (!TEMPORARY.includes(status)) return null;
  const Kind = KINDS.get(status) ?? Problem;
  return new Kind(status, { code: 'unavailable', title: 'what stands before the node says that it is away 节点前的代理暂不可用' }, headers);
}

/**
 * The typed problem of an answer, or null where its body is none.
 * @param {number} status
 * @param {string} body
 * @param {Headers} headers
 */
export function problemOf(status, body, headers) {
  let members;
  try {
    members = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof members?.code !== 'string' || members.code === '') return null;
  const Kind = members.code === 'pending' ? Pending : KINDS.get(status) ?? Problem;
  return new Kind(status, members, headers);
}
