// The way from a certificate's checkpoint up through parent chains, and timestamps over it. Invariant: each level is a
// whole certificate, verified as one; the list is flat and short. A token that does not hold fails the certificate; one
// that holds under nobody's trust is unknown.
import { unhex, utf8 } from './bytes.js';
import { digestDigits, digestText, sha256 } from './hashing.js';
import { MERKLE_PATH_MAX } from './limits.js';
import { isConsistent } from './merkle.js';
import { noteOfText } from './note.js';
import { judgePolicies } from './policy-history.js';
import { cosignedUnder } from './policy.js';
import { listOrAbsent, parsed, struct, text } from './strict-json.js';
import { judgeToken } from './timestamp.js';

const ANCHORED_TYPE = 'checkpoint.anchored/1';
const digest = parsed(digestText, "'sha256:' and 64 digits");
const anchoredShape = struct({ chain: digest, checkpoint: text, consistency: listOrAbsent(digest) });

/** Reports every token of a run's certificate. */
export async function timestampSteps(run) {
  const over = sha256(utf8(run.proof.note.text));
  for (const token of run.certificate.timestamps) {
    const found = await judgeToken(token, over, run.expected.authorities);
    if (found.why !== undefined) run.fail('timestamp', found.why);
    const facts = { names: [found.authority], time: found.time };
    if (found.anchor === null) {
      run.report('timestamp', 'unknown', `${found.time} ms by '${found.authority}', issued by '${found.issuer}', which is none of the authorities you trust`, facts);
    } else {
      run.dates(found.time);
      run.pass('timestamp', `${found.time} ms by '${found.authority}', serial ${found.serial}, under your '${found.anchor}'`, facts);
    }
  }
}

/** The parent's certificate, as a certificate of its own. */
async function parentStep(run, number, anchor, seen, verifyInner) {
  const inner = await verifyInner(anchor.certificate, run.expected.authorities);
  const failed = inner.steps.find((one) => one.outcome === 'failed');
  if (failed !== undefined) run.fail('parent', `level ${number}: ${failed.step}: ${failed.detail}`);
  const { record, chain, policy, proof, cosigned } = inner;
  if (record === null) run.fail('parent', `level ${number}: the anchoring record is not in its certificate`);
  if (seen.includes(chain)) run.fail('parent', `level ${number}: chain ${chain} stands below itself`);
  const { block } = anchor.certificate;
  run.pass('parent', `level ${number}: ${anchor.certificate.record} is in ${chain}, block ${block.height} at ${block.time_ms} ms`, { names: [proof.note.text.split('\n')[0].split('/')[1]] });
  // A timestamp above this checkpoint is one of it too: the anchoring record is under that root.
  run.steps.push(...inner.steps.filter((one) => one.step === 'timestamp'));
  if (inner.dated !== null) run.dates(inner.dated);
  return { record, chain, policy, note: proof.note, checkpoint: cosigned.checkpoint, block };
}

/** What the anchoring record says, and that the tree below is the beginning of the anchored one. */
async function anchoredStep(run, number, level, below, anchor) {
  const { payload } = level.record;
  if (payload.type !== ANCHORED_TYPE) run.fail('anchored', `level ${number}: the record is a ${payload.type}`);
  let body;
  try {
    body = anchoredShape(payload.body);
  } catch (error) {
    run.fail('anchored', `level ${number}: the record's body is not an anchored checkpoint: ${error.message}`);
  }
  if (body.chain !== below.chain) run.fail('anchored', `level ${number}: it anchors chain ${body.chain}`);
  const note = noteOfText(body.checkpoint);
  if (note === null) run.fail('anchored', `level ${number}: the anchored checkpoint is no signed note`);
  const cosigned = await cosignedUnder(below.policy, note);
  if (cosigned.why !== undefined) run.fail('anchored', `level ${number}: ${cosigned.why}`);
  const [anchored, own] = [cosigned.checkpoint, below.checkpoint];
  if (anchored.origin.text !== own.origin.text) run.fail('anchored', `level ${number}: it is of log '${anchored.origin.text}'`);
  run.pass('anchored', `level ${number}: tree of ${anchored.size}, by ${payload.author.org}`);
  const path = anchor.consistency.map((one) => unhex(digestDigits(one)));
  if (path.length > MERKLE_PATH_MAX + 1 || !isConsistent(own.size, anchored.size, path, own.root, anchored.root)) {
    run.fail('consistency', `level ${number}: the proof does not show that the tree of ${own.size} is the beginning of that of ${anchored.size}`);
  }
  run.pass('consistency', `level ${number}: the tree of ${own.size} is the beginning of that of ${anchored.size}`);
}

export const asksParent = ({ parentPolicies, parentChain }) => parentPolicies !== null || parentChain !== null;

/** What is trusted about a level, where the visitor asked for a parent and this is it; else null. */
async function whatTrusts(run, level, number) {
  const { parentPolicies, parentChain } = run.expected;
  if (!asksParent(run.expected) || (parentChain !== null && parentChain !== level.chain)) return null;
  let seen = 'the one you named';
  if (parentPolicies !== null) {
    const judged = await judgePolicies(parentPolicies, level.note, level.block.height, run.dated);
    if (judged.why !== undefined) return null;
    ({ seen } = judged);
  }
  return `parent chain ${level.chain} at level ${number} anchors this one: ${seen}`;
}

/** Verifies every level; gives what the trusted parent is, or null. `verifyInner` verifies one certificate alone. */
export async function parentSteps(run, verifyInner) {
  let below = { chain: run.chain, policy: run.policy, checkpoint: run.cosigned.checkpoint };
  const seen = [run.chain];
  let trusted = null;
  for (const [at, anchor] of run.certificate.anchors.entries()) {
    const level = await parentStep(run, at + 1, anchor, seen, verifyInner);
    await anchoredStep(run, at + 1, level, below, anchor);
    if (trusted === null) {
      trusted = await whatTrusts(run, level, at + 1);
      // A block time of the chain that is trusted; those of the levels below are only claims.
      if (trusted !== null) run.dates(level.block.time_ms);
    }
    seen.push(level.chain);
    run.parents.push(level.chain);
    below = level;
  }
  return trusted;
}
