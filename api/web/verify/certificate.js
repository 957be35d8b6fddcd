// The certificate and its steps, in order; a run stops at the first that fails. Names of steps and verdicts are those
// of `biaozheng-verify`.
import { asksParent, parentSteps, timestampSteps } from './anchors.js';
import { NoWebCrypto } from './authority-signature.js';
import { equal, unbase64, utf8 } from './bytes.js';
import { tlogProofOfText } from './checkpoint.js';
import { digestText } from './hashing.js';
import {
  ANCHORS_PER_CERTIFICATE_MAX, CERTIFICATE_BYTES_MAX, TIMESTAMP_TOKEN_BYTES_MAX, TIMESTAMPS_PER_CERTIFICATE_MAX, U32_MAX,
  WITNESSES_PER_CERTIFICATE_MAX,
} from './limits.js';
import { leafHash, logEntry, whyNotIncluded } from './merkle.js';
import { COSIGNATURE_V1, findValid, noteKeyOfText } from './note.js';
import { cosignedUnder, firstForeignLine, needsCosigners, policyOfText, policyText } from './policy.js';
import { judgePolicies } from './policy-history.js';
import { recordOfJson, recordOfValue, whyUnsigned } from './record.js';
import { sameEnvelope } from './envelope.js';
import { anything, compactLength, list, listOrAbsent, parsed, parseStrict, struct, text, unsigned, upTo } from './strict-json.js';
import { chainId, trustOfPolicy } from './trust.js';

export const CERTIFICATE_FORMAT = 'biaozheng-certificate/1';
export const STEPS = ['record', 'chain', 'signatures', 'checkpoint', 'inclusion', 'time', 'timestamp', 'parent', 'anchored', 'consistency', 'anchor', 'document'];
export class Unusable extends Error {}

const digest = parsed(digestText, "'sha256:' and 64 digits");
const token = parsed((one) => {
  const bytes = unbase64(one);
  return bytes !== null && bytes.length > 0 && bytes.length <= TIMESTAMP_TOKEN_BYTES_MAX ? bytes : null;
}, 'a timestamp token in base64');

const shapeWith = (anchor) => struct({
  format: text,
  record: digest,
  envelope: anything,
  block: struct({ height: unsigned, time_ms: unsigned, position: upTo(U32_MAX) }),
  proof: text,
  policy: text,
  genesis_remainder: text,
  anchors: listOrAbsent(anchor),
  timestamps: listOrAbsent(token),
  witnesses: listOrAbsent(text),
});

// A parent's certificate has no anchors of its own, so no depth grows.
const innerShape = shapeWith(() => {
  throw new Unusable('an anchor has anchors of its own');
});
const shape = shapeWith(struct({ certificate: innerShape, consistency: list(digest) }));

/** Reads a certificate strictly; throws Unusable. */
export function certificateOf(bytes) {
  if (bytes.length > CERTIFICATE_BYTES_MAX) throw new Unusable(`the file has more than ${CERTIFICATE_BYTES_MAX} bytes`);
  let certificate;
  try {
    certificate = shape(parseStrict(bytes));
  } catch (error) {
    throw new Unusable(`not a certificate: ${error.message}`);
  }
  const all = [certificate, ...certificate.anchors.map((one) => one.certificate)];
  if (all.some((one) => one.format !== CERTIFICATE_FORMAT)) throw new Unusable('the certificate format is unknown; use a newer verifier');
  if (certificate.anchors.length > ANCHORS_PER_CERTIFICATE_MAX || all.some((one) => one.timestamps.length > TIMESTAMPS_PER_CERTIFICATE_MAX)) {
    throw new Unusable(`at most ${ANCHORS_PER_CERTIFICATE_MAX} anchors and ${TIMESTAMPS_PER_CERTIFICATE_MAX} timestamps`);
  }
  if (all.some((one) => one.witnesses.length > WITNESSES_PER_CERTIFICATE_MAX)) throw new Unusable(`at most ${WITNESSES_PER_CERTIFICATE_MAX} outside witnesses`);
  return certificate;
}

class Stop extends Error {}

class Run {
  constructor(certificate, expected) {
    Object.assign(this, { certificate, expected, steps: [], record: null, chain: null, parents: [], dated: null, anchored: false });
  }

  report(step, outcome, detail, facts = {}) {
    this.steps.push({ step, outcome, detail, ...facts });
  }

  /** Somebody trusted from outside the chain says that the checkpoint existed at this time, Unix milliseconds. */
  dates(time) {
    this.dated = Math.min(time, this.dated ?? time);
  }

  pass(step, detail, facts = {}) {
    this.steps.push({ step, outcome: 'passed', detail, ...facts });
  }

  skip(step, detail) {
    this.steps.push({ step, outcome: 'skipped', detail });
  }

  fail(step, detail) {
    this.steps.push({ step, outcome: 'failed', detail });
    throw new Stop();
  }

  recordStep() {
    const { record: named, envelope } = this.certificate;
    let inside = null;
    try {
      if (envelope !== null) inside = recordOfValue(envelope, compactLength(envelope));
    } catch (error) {
      this.fail('record', error.message);
    }
    const given = this.expected.record;
    const other = [inside, given].find((one) => one !== null && one.id !== named);
    if (other !== undefined) this.fail('record', `the envelope is record ${other.id}, not ${named}`);
    if (inside !== null && given !== null && !sameEnvelope(inside.envelope, given.envelope)) {
      this.fail('record', "the envelope you gave has other signatures than the certificate's");
    }
    this.record = inside ?? given;
    if (this.record === null) this.skip('record', `the body is not public; this certificate is for the digest ${named}`);
    else this.pass('record', `${named}, ${this.record.payload.type} by ${this.record.payload.author.org}`);
  }

  chainStep() {
    const policy = policyOfText(this.certificate.policy);
    if (policy === null) this.fail('chain', 'the policy cannot be read');
    if (policyText(policy) !== this.certificate.policy) this.fail('chain', 'the policy is not in its one canonical form');
    if (digestText(this.certificate.genesis_remainder) === null) this.fail('chain', 'the genesis remainder is not a digest');
    const found = trustOfPolicy(policy);
    if (found === null) this.fail('chain', 'the policy is not one a Biaozheng genesis makes');
    const chain = chainId(found.trust, this.certificate.genesis_remainder);
    if (found.origin.chain !== chain) this.fail('chain', `policy and genesis make chain ${chain}, the log is of ${found.origin.chain}`);
    this.chain = chain;
    this.policy = policy;
    this.pass('chain', `${chain}, log '${found.origin.text}'`);
  }

  async signaturesStep() {
    if (this.record === null) {
      this.skip('signatures', 'the body is not public, so its signatures are not in this file');
      return;
    }
    const why = await whyUnsigned(this.record, this.chain);
    if (why !== null) this.fail('signatures', why);
    const names = this.record.signers.map((one) => one.org);
    this.pass('signatures', `${names.length} of ${names.length}: ${names.join(', ')}`, { names });
  }

  async checkpointStep() {
    this.proof = tlogProofOfText(this.certificate.proof);
    if (this.proof === null) this.fail('checkpoint', 'not a c2sp.org/tlog-proof@v1 with a signed checkpoint');
    const cosigned = await cosignedUnder(this.policy, this.proof.note);
    if (cosigned.why !== undefined) this.fail('checkpoint', cosigned.why);
    const outside = await this.outsideWitnesses();
    const foreign = await firstForeignLine(this.policy, this.proof.note, outside);
    if (foreign !== null) this.fail('checkpoint', `signature line ${foreign} is not a valid one by a key of the policy`);
    this.cosigned = cosigned;
    const names = cosigned.cosigners.map((one) => one.name);
    const beside = outside.map((key) => key.name);
    const more = beside.length === 0 ? '' : `; beside them, by the keys in this file: ${beside.join(', ')}`;
    this.pass('checkpoint', `${names.length} of ${cosigned.known} cosigners: ${names.join(', ')}; tree of ${cosigned.checkpoint.size}${more}`,
      { names, known: cosigned.known, beside });
  }

  /** The keys of the certificate's outside witnesses: each of one spelling, none one of the policy, each with its line. */
  async outsideWitnesses() {
    const outside = [];
    for (const text of this.certificate.witnesses) {
      const key = noteKeyOfText(text);
      if (key === null || key.algorithm !== COSIGNATURE_V1) this.fail('checkpoint', "an outside witness's key text is not one of a cosigner");
      const known = [...this.policy.witnesses.map((one) => one.key), ...outside];
      if (known.some((other) => equal(other.key, key.key))) this.fail('checkpoint', `outside witness '${key.name}' stands twice`);
      if ((await findValid(key, this.proof.note)) === null) this.fail('checkpoint', `outside witness '${key.name}' has no valid line in the checkpoint`);
      outside.push(key);
    }
    return outside;
  }

  inclusionStep() {
    const { record, block } = this.certificate;
    const { size, root } = this.cosigned.checkpoint;
    const leaf = leafHash(logEntry(record, block.height, block.time_ms, block.position));
    const why = whyNotIncluded(leaf, this.proof.index, size, this.proof.path, root);
    if (why !== null) this.fail('inclusion', why);
    this.pass('inclusion', `leaf ${this.proof.index} of ${size}, block ${block.height}, record ${block.position} of it`);
  }

  timeStep() {
    const block = BigInt(Math.floor(this.certificate.block.time_ms / 1000));
    const early = this.cosigned.cosigners.find((one) => one.time < block);
    if (early !== undefined) this.fail('time', `'${early.name}' cosigned at ${early.time} s, before the block's ${block} s`);
    this.pass('time', `block ${block} s, cosigned not before it`);
  }

  /** `parent`: what the trusted parent chain is, or null. */
  async anchorStep(parent) {
    const { chain, policy, policies } = this.expected;
    if (asksParent(this.expected) && parent === null) this.fail('anchor', 'no parent chain of this certificate is the one you trust');
    if (chain !== null && chain !== this.chain) this.fail('anchor', `this is chain ${this.chain}, you expected ${chain}`);
    const dated = policies === null ? null : await judgePolicies(policies, this.proof.note, this.certificate.block.height, this.dated);
    if (dated?.why !== undefined) this.fail('anchor', `under your dated policies: ${dated.why}`);
    const seen = (policy === null ? null : await this.underPolicy(policy)) ?? dated?.seen ?? (chain === null ? null : 'the chain is the one you named') ?? parent;
    if (seen === null) this.skip('anchor', `no policy or chain was given; compare ${this.chain} with a copy you got elsewhere`);
    else this.pass('anchor', seen);
  }

  async underPolicy(policy) {
    if (policyText(policy) === this.certificate.policy) return 'your policy is the very one of the certificate';
    const cosigned = await cosignedUnder(policy, this.proof.note);
    if (cosigned.why !== undefined) this.fail('anchor', `under your policy: ${cosigned.why}`);
    return `your policy's quorum is reached by ${cosigned.cosigners.map((one) => one.name).join(', ')}`;
  }

  documentStep() {
    const { document } = this.expected;
    if (document === null) {
      this.skip('document', 'no document was given');
      return;
    }
    if (this.record === null) this.fail('document', "the record's body is not in reach, so its documents are not known");
    const found = this.record.payload.documents.find((one) => one.digest === document.digest && one.size === document.size);
    if (found === undefined) this.fail('document', `content differs: no document of the record has ${document.digest}`);
    this.pass('document', `${document.digest} is '${found.name}' of the record`, { names: [found.name] });
  }

  async all() {
    try {
      this.recordStep();
      this.chainStep();
      await this.signaturesStep();
      await this.checkpointStep();
      this.inclusionStep();
      this.timeStep();
      await timestampSteps(this);
      const parent = await parentSteps(this, verifyAlone);
      await this.anchorStep(parent);
      this.documentStep();
      const { policy, policies, chain } = this.expected;
      this.anchored = policy !== null || policies !== null || chain !== null || asksParent(this.expected);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    return this;
  }
}

const NOTHING = { policy: null, policies: null, chain: null, parentPolicies: null, parentChain: null, document: null, record: null, authorities: [] };

/** A parent's certificate: by itself, with the same timestamp authorities. */
const verifyAlone = (certificate, authorities) => new Run(certificate, { ...NOTHING, authorities }).all();

function readExpected({ envelope = null, ...given }) {
  const expected = { ...NOTHING, ...Object.fromEntries(Object.entries(given).filter(([, one]) => one !== undefined)) };
  if (expected.policy !== null && !needsCosigners(expected.policy)) throw new Unusable("the policy says 'quorum none': it is no trust anchor");
  try {
    return { ...expected, record: envelope === null ? null : recordOfJson(envelope) };
  } catch (error) {
    throw new Unusable(`the envelope file is not a record's: ${error.message}`);
  }
}

function verdictOf(run, failed, requireAnchor) {
  if (failed === 'record' && run.expected.record !== null && run.expected.record.id !== run.certificate.record) return 'content_differs';
  if (failed === 'document') return run.certificate.envelope === null && run.expected.record === null ? 'unusable' : 'content_differs';
  if (failed !== null) return 'invalid';
  if (run.anchored) return 'valid';
  return requireAnchor ? 'no_trust_anchor' : 'not_anchored';
}

/** Judges certificate bytes. `expected`: parsed policy, `policies` (dated), chain text, `parentPolicies`, `parentChain`,
    timestamp `authorities`, envelope bytes, document {digest, size}; each may be left out. */
export async function judge(bytes, expected = {}, requireAnchor = false) {
  let certificate = null;
  try {
    certificate = certificateOf(typeof bytes === 'string' ? utf8(bytes) : bytes);
    const run = await new Run(certificate, readExpected(expected)).all();
    const failed = run.steps.find((one) => one.outcome === 'failed')?.step ?? null;
    const verdict = verdictOf(run, failed, requireAnchor);
    const { steps, chain, parents, record, anchored, dated } = run;
    // An input that cannot be judged has no failed step: nothing was said about the evidence.
    return { verdict, failedStep: verdict === 'unusable' ? null : failed, steps, chain, parents, record, anchored, dated, certificate };
  } catch (error) {
    const reason = whyUnusable(error);
    return { verdict: 'unusable', failedStep: null, reason, steps: [], chain: null, parents: [], record: null, anchored: false, dated: null, certificate };
  }
}

function whyUnusable(error) {
  if (error instanceof NoWebCrypto) return 'its timestamps cannot be checked on a page without https; use the offline page or biaozheng-verify';
  if (error instanceof Unusable) return error.message;
  throw error;
}
