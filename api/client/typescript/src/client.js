// @ts-check
// A node's HTTP interface, one method a route. `api/openapi.json` is the contract.
//
// Reads and submissions are tried again while a fault is temporary. A record is accepted once by its id, so sending the
// very same bytes again is safe.
import { sha256, toDigest } from '../web/verify/hashing.js';
import { ClientError, NotFound, Pending, Unexpected } from './errors.js';
import { BlockStream } from './events.js';
import { PATIENCE, Pauses, Transport } from './transport.js';

/** @typedef {'receipt' | 'committed' | 'certificate'} Wait */
/** @typedef {Record<string, any>} Json an object of the node's; members that are not named are passed over */
/** @typedef {import('./transport.js').Patience} Patience */

const STAGES = new Map([['received', 0], ['committed', 1], ['certified', 2]]);
const NEEDED = { receipt: 0, committed: 1, certificate: 2 };
/** How much longer than the node waits the client waits for its answer. */
const WAIT_GRACE_MS = 5_000;
/** Longest single wait asked of a node. */
const WAIT_MAX_MS = 25_000;

/** The answer to a submission. */
export class Submission {
  /** @param {Json} answer */
  constructor(answer) {
    /** @type {string} */
    this.record = answer.record;
    /** `received`, `committed` or `certified`. @type {string} */
    this.stage = typeof answer.stage === 'string' ? answer.stage : 'received';
    /** The node's signed promise, DSSE JSON; null where the record stood in the ledger already. @type {Json | null} */
    this.receipt = answer.receipt ?? null;
    /** Where it stood already when it was submitted: then nothing is promised. @type {{ height: number, time_ms: number, position: number } | null} */
    this.block = answer.block ?? null;
    /** Where it was waited for. @type {Json | null} */
    this.certificate = answer.certificate ?? null;
  }

  /** True when the record has come as far as was waited for. @param {Wait} wait */
  reached(wait) {
    return (STAGES.get(this.stage) ?? 0) >= NEEDED[wait];
  }
}

const isObject = (/** @type {unknown} */ value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A node's client. */
export class Client {
  #transport;

  #patience;

  #timeoutMs;

  /**
   * @param {string} baseUrl `http://HOST:PORT`
   * @param {{ patience?: Partial<Patience>, timeoutMs?: number }} [options]
   */
  constructor(baseUrl, { patience = {}, timeoutMs = 30_000 } = {}) {
    this.#transport = new Transport(baseUrl);
    this.#patience = { ...PATIENCE, ...patience };
    this.#timeoutMs = timeoutMs;
  }

  get baseUrl() {
    return this.#transport.base;
  }

  // Records

  /**
   * Submits until the record has come as far as `wait` asks.
   *
   * May fall short of `wait` when patience ends after a receipt: see `Submission.reached`. Throws ClientError: at once
   * for what another try cannot change, such as `Refused`, else the last fault when patience ends.
   * @param {import('./author.js').SignedRecord} record
   * @param {{ wait?: Wait, patience?: Partial<Patience> }} [options]
   */
  async submit(record, { wait = 'certificate', patience = {} } = {}) {
    const pauses = new Pauses({ ...this.#patience, ...patience });
    /** @type {Submission | null} */
    let best = null;
    for (;;) {
      /** @type {ClientError | null} */
      let fault = null;
      try {
        const earlier = best?.receipt ?? null;
        best = await this.#submitOnce(record, wait, pauses.leftMs());
        // Once the record stands the node gives no receipt any more; that of an earlier try is kept.
        best.receipt ??= earlier;
        if (best.reached(wait)) return best;
      } catch (error) {
        if (!(error instanceof ClientError) || !error.isTemporary) throw error;
        fault = error;
      }
      if (await pauses.next(fault?.retryAfterS ?? null)) continue;
      if (best !== null) return best; // A receipt outlives a later fault.
      throw fault;
    }
  }

  /** @param {import('./author.js').SignedRecord} record @param {Wait} wait @param {number} leftMs */
  async #submitOnce(record, wait, leftMs) {
    const waitsMs = Math.floor(Math.min(leftMs, WAIT_MAX_MS));
    const waiting = wait !== 'receipt';
    const query = { wait, ...(waiting ? { timeout_ms: String(waitsMs) } : {}) };
    const timeoutMs = waiting ? waitsMs + WAIT_GRACE_MS : this.#timeoutMs;
    const answer = this.#object(await this.#transport.bytes({ path: ['v1', 'records'], query, body: record.json, timeoutMs }));
    if (answer.record !== record.id) throw new Unexpected(`${this.baseUrl} answered about record ${answer.record}, not ${record.id}`);
    const stands = isObject(answer.block) && (STAGES.get(answer.stage) ?? 0) >= NEEDED.committed;
    const promised = isObject(answer.receipt) && (answer.block === undefined || answer.block === null);
    const whole = promised || (stands && (answer.receipt === undefined || answer.receipt === null));
    if (!whole || !(answer.certificate === undefined || answer.certificate === null || isObject(answer.certificate))) {
      throw new Unexpected(`${this.baseUrl} answered with neither a receipt nor the block the record stands in`);
    }
    return new Submission(answer);
  }

  /** State, place and, where it is public, the envelope. @param {string} id */
  record(id) {
    return this.#get(['v1', 'records', id]);
  }

  /** The certificate byte for byte. Throws `Pending` while the record waits for its checkpoint. @param {string} id */
  certificate(id) {
    return this.#bytes(['v1', 'records', id, 'certificate']);
  }

  /**
   * The certificate as soon as there is one. Throws `Pending` when patience ends before.
   * @param {string} id
   * @param {Partial<Patience>} [patience]
   */
  async waitForCertificate(id, patience = {}) {
    const pauses = new Pauses({ ...this.#patience, ...patience });
    for (;;) {
      try {
        return await this.certificate(id);
      } catch (error) {
        // The node asked may not have heard of a record that another one received.
        if (!(error instanceof Pending || error instanceof NotFound)) throw error;
        if (!(await pauses.next(error.retryAfterS))) throw error;
      }
    }
  }

  // Projects, participants, rulebooks

  /** All projects in the order of their ids, page after page. */
  projects() {
    return this.#pages(['v1', 'projects']);
  }

  /** Stage, terms, lots; bids only after the opening. @param {string} id */
  project(id) {
    return this.#get(['v1', 'projects', id]);
  }

  /** What the project's next record must name as `previous`. @param {string} id */
  projectHeads(id) {
    return this.#get(['v1', 'projects', id, 'heads']);
  }

  /** A project's public records in the order of the chain, page after page. @param {string} id */
  projectRecords(id) {
    return this.#pages(['v1', 'projects', id, 'records']);
  }

  participants() {
    return this.#pages(['v1', 'participants']);
  }

  /** Roles and keys. @param {string} org */
  participant(org) {
    return this.#get(['v1', 'participants', org]);
  }

  /** A rulebook's text exactly as published; its digest is compared. @param {string} digest */
  async rulebook(digest) {
    const text = await this.#bytes(['v1', 'rulebooks', digest]);
    if (toDigest(sha256(text)) !== digest) throw new Unexpected(`the text of rulebook ${digest} has another digest`);
    return this.#text(text);
  }

  // The chain

  /** Blocks from the first on, page after page. */
  blocks() {
    return this.#pages(['v1', 'blocks']);
  }

  /** Header and the ids of its records. @param {number} height */
  block(height) {
    return this.#get(['v1', 'blocks', String(height)]);
  }

  /** The newest cosigned checkpoint, a C2SP signed note. */
  async checkpoint() {
    return this.#text(await this.#bytes(['v1', 'checkpoint']));
  }

  /** The proof that the tree of `to` leaves continues the one of `from`. @param {number} from @param {number} to */
  consistency(from, to) {
    return this.#get(['v1', 'consistency'], { from: String(from), to: String(to) });
  }

  /** The genesis. Trust it only after comparing its chain (`genesisOf` of `./verify`) with a known one. */
  genesis() {
    return this.#bytes(['v1', 'genesis']);
  }

  /** The C2SP policy. Hand it to verifiers by a way that does not pass this node. */
  async policy() {
    return this.#text(await this.#bytes(['v1', 'policy']));
  }

  /** Where this node and, as far as it sees, the chain stand. */
  status() {
    return this.#get(['v1', 'status']);
  }

  /**
   * Blocks after a height, or from the newest on, then as they are committed. Reconnects and misses none.
   * @param {{ after?: number, patience?: Partial<Patience> }} [options]
   */
  async events({ after, patience = {} } = {}) {
    const start = after ?? (await this.status()).height;
    return new BlockStream(this.#transport, start, { ...this.#patience, ...patience });
  }

  // Exchanges

  /** @param {readonly string[]} path @param {Record<string, string>} [query] */
  async #bytes(path, query = {}) {
    const pauses = new Pauses(this.#patience);
    for (;;) {
      try {
        return await this.#transport.bytes({ path, query, timeoutMs: this.#timeoutMs });
      } catch (error) {
        if (!(error instanceof ClientError) || !error.isTemporary || !(await pauses.next(error.retryAfterS))) throw error;
      }
    }
  }

  /** @param {readonly string[]} path @param {Record<string, string>} [query] */
  async #get(path, query = {}) {
    return this.#object(await this.#bytes(path, query));
  }

  /** @param {readonly string[]} path @returns {AsyncGenerator<Json, void, undefined>} */
  async* #pages(path) {
    /** @type {string | null} */
    let after = null;
    for (;;) {
      const page = await this.#get(path, after === null ? {} : { after });
      const next = page.next ?? null;
      if (!Array.isArray(page.items) || (next !== null && typeof next !== 'string')) {
        throw new Unexpected(`unexpected answer from ${this.baseUrl}: no page at ${path.join('/')}`);
      }
      yield* page.items;
      if (next === null || next === after) return;
      after = next;
    }
  }

  /** @param {Uint8Array} bytes */
  #text(bytes) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      throw new Unexpected(`unexpected answer from ${this.baseUrl}: not UTF-8`, error);
    }
  }

  /** @param {Uint8Array} bytes @returns {Json} */
  #object(bytes) {
    let value;
    try {
      value = JSON.parse(this.#text(bytes));
    } catch (error) {
      if (error instanceof ClientError) throw error;
      throw new Unexpected(`unexpected answer from ${this.baseUrl}: not JSON`, error);
    }
    if (!isObject(value)) throw new Unexpected(`unexpected answer from ${this.baseUrl}: not an object`);
    return value;
  }
}
