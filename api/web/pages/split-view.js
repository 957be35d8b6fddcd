// Whether everybody is shown the same history: this node's checkpoint against the one of the last visit and against one
// of another node, judged here. A fork shows as two cosigned checkpoints of which neither begins with the other.
import { unhex } from '../verify/bytes.js';
import { noteOfText } from '../verify/note.js';
import { isConsistent } from '../verify/merkle.js';
import { cosignedUnder, policyOfText } from '../verify/policy.js';
import { getText, get } from './api.js';
import { say } from './language.js';

const KEPT = 'biaozheng-checkpoint';

const kept = () => {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? 'null');
  } catch {
    return null; // Storage may be forbidden or hold something else: this visit is then the first.
  }
};

function keep(value) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(value));
  } catch { /* as above */ }
}

/** `{checkpoint, cosigners, known}` of a note that the policy's quorum signed, or `{why}`. */
async function read(policy, text) {
  const note = noteOfText(text.endsWith('\n') ? text : `${text}\n`);
  return note === null ? { why: 'not a signed checkpoint' } : cosignedUnder(policy, note);
}

/** `same`, `split` or `later` (this node does not have that much yet), for two checkpoints of one log. */
async function relation(here, other) {
  const [small, large] = here.size < other.size ? [here, other] : [other, here];
  if (small.size === large.size) return isConsistent(small.size, large.size, [], small.root, large.root) ? 'same' : 'split';
  try {
    const { path } = await get(`/v1/consistency?from=${small.size}&to=${large.size}`);
    return isConsistent(small.size, large.size, path.map(unhex), small.root, large.root) ? 'same' : 'split';
  } catch (error) {
    if (error.status === 404) return 'later';
    throw error;
  }
}

const summary = ({ checkpoint, cosigners, known }) => ({ size: String(checkpoint.size), names: cosigners.map((one) => one.name), known });

/** The node's newest checkpoint, held against the one this browser saw last. */
export async function ownView() {
  const policyText = await getText('/v1/policy');
  const policy = policyOfText(policyText);
  const text = await getText('/v1/checkpoint');
  const now = policy === null ? { why: 'the node’s policy cannot be read' } : await read(policy, text);
  if (now.why !== undefined) return { state: 'bad', why: now.why };
  const before = kept();
  const known = before !== null && before.policy === policyText ? await read(policy, before.text) : { why: 'none' };
  const state = known.why === undefined ? await relation(now.checkpoint, known.checkpoint) : 'first';
  // A split stays on the screen: the older checkpoint is the evidence and is not replaced.
  if (state !== 'split') keep({ policy: policyText, text });
  return { state, ...summary(now), before: known.why === undefined ? String(known.checkpoint.size) : null, text, evidence: state === 'split' ? before.text : null };
}

/** Another node's checkpoint against this node's. */
export async function compareWith(text) {
  const policy = policyOfText(await getText('/v1/policy'));
  const [here, other] = [await read(policy, await getText('/v1/checkpoint')), await read(policy, text.trim())];
  if (other.why !== undefined) return { state: 'bad', why: other.why };
  if (here.why !== undefined) return { state: 'bad', why: here.why };
  return { state: await relation(here.checkpoint, other.checkpoint), here: String(here.checkpoint.size), other: String(other.checkpoint.size) };
}

const WORDS = {
  first: ['● 本浏览器首次见到本节点的检查点；已记住，下次据此比对', '● first checkpoint of this node that this browser sees; kept to compare with the next'],
  same: ['✓ 同一份历史：较小的账本是较大账本的开头', '✓ the same history: the smaller ledger is the beginning of the larger one'],
  later: ['… 对方比本节点新；待本节点跟上后再比对', '… the other is ahead of this node; compare again once this one has caught up'],
  split: ['✗ 历史不一致：两份检查点都由法定数签名，却互不为对方的开头。请保存两份检查点并运行 biaozheng audit',
    '✗ SPLIT VIEW: the quorum signed both checkpoints, and neither begins with the other. Keep both and run biaozheng audit'],
  bad: ['✗ 检查点不成立', '✗ the checkpoint does not hold'],
};

export const splitWords = (state) => say(...WORDS[state]);
export const splitKind = (state) => ({ same: 'good-text', split: 'bad-text', bad: 'bad-text' })[state] ?? '';
