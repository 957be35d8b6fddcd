// The certificate and its steps, in order; a run stops at the first that fails. Names of steps and verdicts are those
// of `biaozheng-verify`.
import { utf8 } from './bytes.js';
import { tlogProofOfText } from './checkpoint.js';
import { digestText } from './hashing.js';
import { CERTIFICATE_BYTES_MAX, U32_MAX } from './limits.js';
import { leafHash, logEntry, whyNotIncluded } from './merkle.js';
import { cosignedUnder, firstForeignLine, needsCosigners, policyOfText, policyText } from './policy.js';
import { recordOfJson, recordOfValue, whyUnsigned } from './record.js';
import { sameEnvelope } from './envelope.js';
import { anything, compactLength, parsed, parseStrict, struct, text, unsigned, upTo } from './strict-json.js';
import { chainId, trustOfPolicy } from './trust.js';

export const CERTIFICATE_FORMAT = 'biaozheng-certificate/1';
export const STEPS = ['record', 'chain', 'signatures', 'checkpoint', 'inclusion', 'time', 'anchor', 'document'];
export class Unusable extends Error {}

const shape = struct({
  format: text,
  record: parsed(digestText, "'sha256:' and 64 digits"),
  envelope: anything,
  block: struct({ height: unsigned, time_ms: unsigned, position: upTo(U32_MAX) }),
  proof: text,
  policy: text,
  genesis_remainder: text,
});

/** Reads a certificate strictly; throws Unusable. */
export function certificateOf(bytes) {
  if (bytes.length > CERTIFICATE_BYTES_MAX) throw new Unusable(`the file has more than ${CERTIFICATE_BYTES_MAX} bytes`);
  let certificate;
  try {
    certificate = shape(parseStrict(bytes));
  } catch (error) {
    throw new Unusable(`not a certificate: ${error.message}`);
  }
  if (certificate.format !== CERTIFICATE_FORMAT) throw new Unusable('the certificate format is unknown; use a newer verifier');
  return certificate;
}

class Stop extends Error {}

class Run {
  constructor(certificate, expected) {
    Object.assign(this, { certificate, expected, steps: [], record: null, chain: null, anchored: false });
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
    const foreign = await firstForeignLine(this.policy, this.proof.note);
    if (foreign !== null) this.fail('checkpoint', `signature line ${foreign} is not a valid one by a key of the policy`);
    this.cosigned = cosigned;
    const names = cosigned.cosigners.map((one) => one.name);
    this.pass('checkpoint', `${names.length} of ${cosigned.known} cosigners: ${names.join(', ')}; tree of ${cosigned.checkpoint.size}`,
      { names, known: cosigned.known });
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

  async anchorStep() {
    const { chain, policy } = this.expected;
    if (chain !== null && chain !== this.chain) this.fail('anchor', `this is chain ${this.chain}, you expected ${chain}`);
    if (policy === null) {
      if (chain === null) this.skip('anchor', `no policy or chain was given; compare ${this.chain} with a copy you got elsewhere`);
      else this.pass('anchor', 'the chain is the one you named');
      return;
    }
    if (policyText(policy) === this.certificate.policy) {
      this.pass('anchor', 'your policy is the very one of the certificate');
      return;
    }
    const cosigned = await cosignedUnder(policy, this.proof.note);
    if (cosigned.why !== undefined) this.fail('anchor', `under your policy: ${cosigned.why}`);
    this.pass('anchor', `your policy's quorum is reached by ${cosigned.cosigners.map((one) => one.name).join(', ')}`);
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
      await this.anchorStep();
      this.documentStep();
      this.anchored = this.expected.policy !== null || this.expected.chain !== null;
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
    }
    return this;
  }
}

function readExpected({ policy = null, chain = null, envelope = null, document = null }) {
  if (policy !== null && !needsCosigners(policy)) throw new Unusable("the policy says 'quorum none': it is no trust anchor");
  try {
    return { policy, chain, document, record: envelope === null ? null : recordOfJson(envelope) };
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

/** Judges certificate bytes. `expected`: parsed policy, chain text, envelope bytes, document {digest, size}. */
export async function judge(bytes, expected = {}, requireAnchor = false) {
  let certificate = null;
  try {
    certificate = certificateOf(typeof bytes === 'string' ? utf8(bytes) : bytes);
    const run = await new Run(certificate, readExpected(expected)).all();
    const failed = run.steps.find((one) => one.outcome === 'failed')?.step ?? null;
    const verdict = verdictOf(run, failed, requireAnchor);
    const { steps, chain, record, anchored } = run;
    // An input that cannot be judged has no failed step: nothing was said about the evidence.
    return { verdict, failedStep: verdict === 'unusable' ? null : failed, steps, chain, record, anchored, certificate };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return { verdict: 'unusable', failedStep: null, reason: error.message, steps: [], chain: null, record: null, anchored: false, certificate };
  }
}
