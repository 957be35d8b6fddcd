// @ts-check
// One HTTP exchange with `fetch`: bounded in time and in bytes, its failures told apart. Redirects are not followed: a
// node is named by its own address.
import { AddressError, ClientError, problemOf, unavailable, Unexpected, Unreachable } from './errors.js';

/** Largest answer taken into memory: above the largest page, block list and certificate. */
export const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
const PROBLEM_BYTES_MAX = 64 * 1024;
const ACCEPT = 'application/json, application/problem+json, */*';

/** @param {number} ms @returns {Promise<void>} */
export const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

/**
 * How long and how often to try while a fault is temporary; the same bytes are sent again, never signed again.
 * @typedef {{ totalMs: number, pauseFirstMs: number, pauseMaxMs: number }} Patience
 */

/** @type {Readonly<Patience>} */
export const PATIENCE = Object.freeze({ totalMs: 60_000, pauseFirstMs: 100, pauseMaxMs: 5_000 });

/** Pauses between tries: they double, and are never shorter than the node asked for. */
export class Pauses {
  /** @param {Patience} patience */
  constructor(patience) {
    this.patience = patience;
    this.restart();
  }

  restart() {
    this.started = performance.now();
    this.pause = this.patience.pauseFirstMs;
  }

  leftMs() {
    return Math.max(0, this.patience.totalMs - (performance.now() - /** @type {number} */ (this.started)));
  }

  /** Waits, or gives back false at once where patience would end first. @param {number | null} askedS */
  async next(askedS) {
    const wait = askedS === null ? /** @type {number} */ (this.pause) : askedS * 1000;
    if (wait >= this.leftMs()) return false;
    await sleep(wait);
    this.pause = Math.min(/** @type {number} */ (this.pause) * 2, this.patience.pauseMaxMs);
    return true;
  }
}

/**
 * One request. Path segments are escaped, so an id from elsewhere cannot become another path.
 * @typedef {object} Call
 * @property {readonly string[]} path
 * @property {Readonly<Record<string, string>>} [query]
 * @property {string} [body] sent as POST
 * @property {number} [timeoutMs] for the whole exchange; of a stream, the longest silence
 * @property {Readonly<Record<string, string>>} [headers]
 */

/** @param {string} text */
function segment(text) {
  // A segment of dots alone would name another folder even when it is escaped.
  if (text === '' || text === '.' || text === '..') throw new AddressError(`'${text}' cannot be a part of an address`);
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

export class Transport {
  /** @param {string} address */
  constructor(address) {
    let url;
    try {
      url = new URL(address);
    } catch (error) {
      throw new AddressError(`'${address}' is not a node's address; write http://HOST:PORT or https://HOST`, error);
    }
    const plain = url.search === '' && url.hash === '' && url.username === '' && url.password === '';
    if (!['http:', 'https:'].includes(url.protocol) || !plain) {
      throw new AddressError(`'${address}' is not a node's address; write http://HOST:PORT or https://HOST`);
    }
    this.base = url.href.replace(/\/+$/, '');
  }

  /** @param {Call} call */
  url({ path, query = {} }) {
    const words = new URLSearchParams(query).toString();
    return `${this.base}/${path.map(segment).join('/')}${words === '' ? '' : `?${words}`}`;
  }

  /**
   * A successful answer's body in pieces. The time allowed begins anew with every piece where `streaming`.
   * @param {Call} call
   * @param {boolean} [streaming]
   * @returns {AsyncGenerator<Uint8Array, void, undefined>}
   */
  async* pieces(call, streaming = false) {
    const url = this.url(call);
    const abort = new AbortController();
    const alarm = () => setTimeout(() => abort.abort(), call.timeoutMs ?? 30_000);
    let timer = alarm();
    try {
      const response = await this.#answer(url, call, abort.signal);
      const reader = response.body?.getReader();
      while (reader !== undefined) {
        const { done, value } = await reader.read();
        if (done) return;
        if (streaming) {
          clearTimeout(timer);
          timer = alarm();
        }
        yield value;
      }
    } catch (error) {
      if (error instanceof ClientError) throw error;
      throw new Unreachable(`cannot reach ${url}: ${abort.signal.aborted ? 'no answer in time' : reason(error)}`, error);
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  /** @param {string} url @param {Call} call @param {AbortSignal} signal */
  async #answer(url, call, signal) {
    const headers = { accept: ACCEPT, ...(call.body === undefined ? {} : { 'content-type': 'application/json' }), ...call.headers };
    const method = call.body === undefined ? 'GET' : 'POST';
    const response = await fetch(url, { method, body: call.body, headers, redirect: 'manual', signal });
    if (response.ok) return response;
    const body = await limited(url, readable(response), PROBLEM_BYTES_MAX);
    const found = problemOf(response.status, new TextDecoder().decode(body), response.headers);
    if (found !== null) throw found;
    // A browser hides where a redirect leads.
    if ((response.status >= 300 && response.status < 400) || response.type === 'opaqueredirect') {
      throw new Unexpected(`${url} answered with a redirect (${response.status}) ${whereTo(url, response)}, which is not followed; give that address if you trust it 该地址重定向，请核对后改用新地址`);
    }
    throw unavailable(response.status, response.headers)
      ?? new Unexpected(`unexpected answer from ${url}: HTTP ${response.status} without a problem description`);
  }

  /** The body of a successful answer. @param {Call} call */
  bytes(call) {
    return limited(this.url(call), this.pieces(call), ANSWER_BYTES_MAX);
  }
}

/** @param {string} url @param {Response} response */
function whereTo(url, response) {
  const location = response.headers.get('location');
  if (location === null) return 'to nowhere';
  try {
    return `to ${new URL(location, url).href.slice(0, 200)}`;
  } catch {
    return 'to nowhere';
  }
}

/** @param {Response} response */
async function* readable(response) {
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/**
 * @param {string} url
 * @param {AsyncIterable<Uint8Array>} pieces
 * @param {number} most
 */
async function limited(url, pieces, most) {
  const held = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > most) throw new Unexpected(`unexpected answer from ${url}: more than ${most} bytes`);
    held.push(piece);
  }
  const whole = new Uint8Array(length);
  held.reduce((at, piece) => {
    whole.set(piece, at);
    return at + piece.length;
  }, 0);
  return whole;
}

/** The innermost cause is the one that helps. @param {unknown} error */
function reason(error) {
  let found = error;
  while (found instanceof Error && found.cause !== undefined) found = found.cause;
  return found instanceof Error ? found.message : String(found);
}
