// @ts-check
// Server-sent events of a node: one for each block, in order, without a gap, over as many connections as it takes.
import { ClientError, Unexpected, Unreachable } from './errors.js';
import { Pauses } from './transport.js';

/** A node sends a comment every 15 seconds; silence for longer is a dead connection. */
const IDLE_MS = 45_000;
const EVENT_LENGTH_MAX = 4 * 1024 * 1024;

/** @typedef {{ id: string, name: string, data: string }} Event */
/** @typedef {{ height: number, time_ms: number } & Record<string, unknown>} Block */

/**
 * Reads events; one cut off by the stream's end is none.
 * @param {AsyncIterable<Uint8Array>} pieces
 * @returns {AsyncGenerator<Event, void, undefined>}
 */
export async function* parseEvents(pieces) {
  const decoder = new TextDecoder();
  let [rest, id, name] = ['', '', ''];
  /** @type {string[]} */
  let data = [];
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > EVENT_LENGTH_MAX) throw new Unexpected("an event's line is too long");
    for (const line of lines.map((one) => one.replace(/\r$/, ''))) {
      const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (line === '') {
        if (data.length > 0) yield { id, name: name || 'message', data: data.join('\n') };
        [name, data] = ['', []];
      } else if (field === 'id') id = value;
      else if (field === 'event') name = value;
      else if (field === 'data') data.push(value);
    }
  }
}

/** Blocks after a height, each once and in order. Goes on after every temporary fault, for ever. */
export class BlockStream {
  #transport;

  #patience;

  /**
   * @param {import('./transport.js').Transport} transport
   * @param {number} after
   * @param {import('./transport.js').Patience} patience
   */
  constructor(transport, after, patience) {
    this.#transport = transport;
    this.#patience = patience;
    /** Height of the last block given out: what a later stream goes on after. */
    this.last = after;
  }

  /** @returns {AsyncGenerator<Block, void, undefined>} */
  async* [Symbol.asyncIterator]() {
    // Only faults in a row use up patience; a stream that goes on giving blocks may last for ever.
    const pauses = new Pauses({ ...this.#patience, totalMs: this.#patience.totalMs + IDLE_MS });
    for (;;) {
      /** @type {ClientError} */
      let fault = new Unreachable('the node ended the stream');
      try {
        for await (const block of this.#connection()) {
          yield block;
          pauses.restart();
        }
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        fault = error;
      }
      if (!fault.isTemporary || !(await pauses.next(fault.retryAfterS))) throw fault;
    }
  }

  async* #connection() {
    const headers = { accept: 'text/event-stream', 'last-event-id': String(this.last) };
    const pieces = this.#transport.pieces({ path: ['v1', 'events'], headers, timeoutMs: IDLE_MS }, true);
    for await (const event of parseEvents(pieces)) {
      if (event.name === 'block') yield this.#block(event);
    }
  }

  /** @param {Event} event @returns {Block} */
  #block(event) {
    if (event.id !== String(this.last + 1)) throw new Unexpected(`the node sent block '${event.id}' after block ${this.last}`);
    let block;
    try {
      block = JSON.parse(event.data);
    } catch (error) {
      throw new Unexpected(`block ${event.id} is not JSON`, error);
    }
    if (block?.height !== this.last + 1) throw new Unexpected(`the event of block ${event.id} holds another block`);
    this.last += 1;
    return block;
  }
}
