// @ts-check
// Building and signing records as one party.
import { ed25519 } from '@noble/curves/ed25519';
import { base64, unhex, utf8 } from '../web/verify/bytes.js';
import { envelopeJson, preAuthenticationEncoding } from '../web/verify/envelope.js';
import { digestDigits, digestOfBlob, sha256, toDigest } from '../web/verify/hashing.js';
import { identifier, keyId, recordType } from '../web/verify/names.js';
import { RECORD_PAYLOAD_TYPE, recordOfEnvelope, recordOfJson } from '../web/verify/record.js';

export const TOOL = 'biaozheng-client-js/0.1.0';

/** Why a draft cannot become a record: the caller's mistake, found before anything is sent. */
export class AuthorError extends Error {}

/** @typedef {{ name: string, digest: string, size: number, media_type: string }} DocumentReference */
/** @typedef {{ project?: string | null, previous?: string | null, documents?: readonly DocumentReference[] }} DraftOptions */

/** A signing key made from 32 secret bytes. Never printed. */
export class SecretKey {
  #seed;

  /** @param {Uint8Array} seed */
  constructor(seed) {
    if (seed.length !== 32) throw new AuthorError('an Ed25519 seed has 32 bytes');
    this.#seed = Uint8Array.from(seed);
    /** The public key, 32 bytes. */
    this.public = ed25519.getPublicKey(this.#seed);
  }

  /** A new key from the operating system's generator. */
  static generate() {
    return new SecretKey(ed25519.utils.randomPrivateKey());
  }

  /** Reads the text of a key file as `biaozheng` makes it. @param {string} text */
  static fromText(text) {
    const [, digits] = /^biaozheng-secret-key\/1 ed25519 ([0-9a-f]{64})\r?\n?$/.exec(text) ?? [];
    if (digits === undefined) throw new AuthorError("not a secret key file: 'biaozheng-secret-key/1 ed25519' and 64 digits");
    return new SecretKey(/** @type {Uint8Array} */ (unhex(digits)));
  }

  /** @param {Uint8Array} message */
  sign(message) {
    return ed25519.sign(message, this.#seed);
  }
}

/** One who signs: an organisation, its key, and the chain the records are for. */
export class Author {
  /**
   * @param {string} org
   * @param {SecretKey} key
   * @param {string} chain `sha256:…`
   * @param {string} [tool] which program makes the records
   */
  constructor(org, key, chain, tool = TOOL) {
    if (identifier(org) === null) throw new AuthorError('an organisation is 1 to 64 of A-Z a-z 0-9 . _ : -, first a letter or digit');
    if (digestDigits(chain) === null) throw new AuthorError("a chain is 'sha256:' and 64 lower-case digits");
    this.org = org;
    this.key = key;
    this.chain = chain;
    this.tool = tool;
  }

  /**
   * Starts a record of this type, such as `tender.published/1`.
   * @param {string} type
   * @param {Record<string, unknown>} body
   * @param {DraftOptions} [options]
   */
  record(type, body, options = {}) {
    return new Draft(this, type, body, options);
  }

  party() {
    return { org: this.org, key: `ed25519:${base64(this.key.public)}` };
  }
}

/** A record that is not signed yet. */
export class Draft {
  /** @type {Author[]} */
  #cosigners = [];

  #members;

  /** @param {Author} author @param {string} type @param {Record<string, unknown>} body @param {DraftOptions} options */
  constructor(author, type, body, { project = null, previous = null, documents = [] }) {
    this.author = author;
    this.#members = { type, body, project, previous, documents: [...documents] };
  }

  /** @param {DocumentReference} reference */
  document(reference) {
    this.#members.documents.push(reference);
    return this;
  }

  /** Another who signs the same bytes, after the author, in the order of the calls. @param {Author} cosigner */
  cosign(cosigner) {
    this.#cosigners.push(cosigner);
    return this;
  }

  /** The text that is signed. Members stand in the format's order, absent ones are left out. @param {number} madeAtMs */
  payload(madeAtMs) {
    const { type, body, project, previous, documents } = this.#members;
    const named = documents.map((one) => ({ name: one.name, digest: one.digest, size: one.size, media_type: one.media_type }));
    return jsonText({
      chain: this.author.chain,
      type,
      author: this.author.party(),
      ...(this.#cosigners.length > 0 ? { cosigners: this.#cosigners.map((one) => one.party()) } : {}),
      ...(project !== null ? { project } : {}),
      ...(previous !== null ? { previous } : {}),
      made_at_ms: madeAtMs,
      tool: this.author.tool,
      ...(named.length > 0 ? { documents: named } : {}),
      body,
    });
  }

  /**
   * Signs. The time is the author's own clock: evidence, not an input of any rule. Throws AuthorError.
   * @param {number} [madeAtMs]
   */
  sign(madeAtMs = Date.now()) {
    const foreign = this.#cosigners.find((one) => one.chain !== this.author.chain);
    if (foreign) throw new AuthorError(`a cosigner signs for chain ${foreign.chain}, the author for ${this.author.chain}`);
    if (recordType(String(this.#members.type)) === null) {
      throw new AuthorError('a record type is dotted lower-case words and a version, such as tender.published/1');
    }
    const payload = utf8(this.payload(madeAtMs));
    const message = preAuthenticationEncoding(RECORD_PAYLOAD_TYPE, payload);
    const signatures = [this.author, ...this.#cosigners].map(({ key }) => ({ keyId: keyId(key.public), bytes: key.sign(message) }));
    try {
      return new SignedRecord(recordOfEnvelope({ payloadType: RECORD_PAYLOAD_TYPE, payload, signatures }));
    } catch (error) {
      throw new AuthorError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
}

/** A record whose form was checked: its id, and its envelope as it is sent. */
export class SignedRecord {
  /** @param {ReturnType<typeof recordOfEnvelope>} read */
  constructor(read) {
    /** @type {string} */
    this.id = read.id;
    /** DSSE JSON. @type {string} */
    this.json = envelopeJson(read.envelope);
    Object.freeze(this);
  }

  /** Reads DSSE JSON that was kept; throws when it is not a record's. @param {string} json */
  static fromJson(json) {
    return new SignedRecord(recordOfJson(utf8(json)));
  }
}

/**
 * The compact text of JSON data. `JSON.stringify` alone would leave members out, or write a class's own idea of itself.
 * @param {unknown} value
 * @returns {string}
 */
function jsonText(value) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, jsonText).join(',')}]`;
  const plain = typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!plain) throw new AuthorError(`the body is not JSON data without fractions: ${typeof value}`);
  return `{${Object.entries(/** @type {object} */ (value)).map(([name, one]) => `${JSON.stringify(name)}:${jsonText(one)}`).join(',')}}`;
}

/**
 * Names a document by its content.
 * @param {string} name
 * @param {Uint8Array} content
 * @param {string} mediaType
 * @returns {DocumentReference}
 */
export function documentOf(name, content, mediaType) {
  return { name, digest: toDigest(sha256(content)), size: content.length, media_type: mediaType };
}

/**
 * Names a file by its content, which is read in pieces: a model or a video need not fit into memory.
 * @param {string} name
 * @param {Blob} blob
 * @param {string} mediaType
 * @returns {Promise<DocumentReference>}
 */
export async function documentOfBlob(name, blob, mediaType) {
  return { name, ...(await digestOfBlob(blob)), media_type: mediaType };
}
