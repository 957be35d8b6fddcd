// Whether everybody is shown the same history: this node's checkpoint against the one of the last visit and against one
// of another node, judged here. A fork is proven by two cosigned checkpoints of one size with two roots, or by a path
// that shows another beginning of the larger tree; a path that shows nothing proves nothing.
//
// Invariant: what was kept gives way only to a larger tree that begins with it, under the same policy, or to the
// visitor's own word. In every other state it is the evidence, and it stays on the screen too.
import { equal, unhex } from '../verify/bytes.js';
import { noteOfText } from '../verify/note.js';
import { provenPrefix } from '../verify/merkle.js';
import { cosignedUnder, policyOfText } from '../verify/policy.js';
import { getText, get } from './api.js';
import { say } from './language.js';

const KEPT = 'biaozheng-checkpoint';

/** `{policy, text}` of the last visit, or null. */
function kept() {
  try {
    const value = JSON.parse(localStorage.getItem(KEPT) ?? 'null');
    return typeof value?.policy === 'string' && typeof value.text === 'string' ? value : null;
  } catch {
    return null; // Storage may be forbidden or hold something else: this visit is then the first.
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(value));
  } catch { /* as above */ }
}

/** The visitor's own word: from now on what this view shows is what the next is compared with. */
export const adopt = ({ policyText, text }) => keep({ policy: policyText, text });

/** `{checkpoint, cosigners, known}` of a note that the policy's quorum signed, or `{why}`. */
async function read(policyText, text) {
  const policy = policyOfText(policyText);
  if (policy === null) return { why: 'the policy cannot be read' };
  const note = noteOfText(text.endsWith('\n') ? text : `${text}\n`);
  return note === null ? { why: 'not a signed checkpoint' } : cosignedUnder(policy, note);
}

/** `same`, `split`, `absent` (this node has no tree of the larger size) or `unproven`, for two checkpoints of one log. */
async function relation(one, other) {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  let path = [];
  if (small.size !== large.size) {
    try {
      const answer = await get(`/v1/consistency?from=${small.size}&to=${large.size}`);
      path = Array.isArray(answer.path) ? answer.path.map((hash) => unhex(String(hash))) : [null];
    } catch (error) {
      if (error.status === 404) return 'absent';
      throw error;
    }
  }
  const found = path.some((hash) => hash?.length !== 32) ? null : provenPrefix(small.size, large.size, path, small.root, large.root);
  if (found === null) return 'unproven';
  return equal(found, small.root) ? 'same' : 'split';
}

const summary = ({ checkpoint, cosigners, known }) => ({ size: String(checkpoint.size), names: cosigners.map((one) => one.name), known });

/** What the node shows now, against a checkpoint that its policy's quorum signed. */
async function against(known, knownPolicy, now, policyText) {
  if (known.checkpoint.origin.text !== now.checkpoint.origin.text) return 'other';
  const found = await relation(now.checkpoint, known.checkpoint);
  if (found === 'absent') return known.checkpoint.size > now.checkpoint.size ? 'behind' : 'unproven';
  return found === 'same' && knownPolicy !== policyText ? 'policy' : found;
}

async function shownNow() {
  const [policyText, text] = [await getText('/v1/policy'), await getText('/v1/checkpoint')];
  return { policyText, text, ...(await read(policyText, text)) };
}

/** The node's newest checkpoint, held against the one this browser saw last. */
export async function ownView() {
  const before = kept();
  const known = before === null ? { why: 'none' } : await read(before.policy, before.text);
  const evidence = known.why === undefined ? before.text : null;
  const old = known.why === undefined ? String(known.checkpoint.size) : null;
  const now = await shownNow().catch((error) => {
    // Without evidence a node that has no checkpoint yet is only new.
    if (error.status === 404 && evidence !== null) return { why: 'this node shows no checkpoint any more' };
    throw error;
  });
  const { policyText, text } = now;
  if (now.why !== undefined) return { state: 'bad', why: now.why, before: old, evidence };
  const state = evidence === null ? 'first' : await against(known, before.policy, now, policyText);
  if (state === 'first' || (state === 'same' && now.checkpoint.size >= known.checkpoint.size)) keep({ policy: policyText, text });
  return { state, ...summary(now), before: old, text, policyText, evidence: ['first', 'same'].includes(state) ? null : evidence };
}

/** Another node's checkpoint against this node's. */
export async function compareWith(text) {
  const here = await shownNow();
  const other = await read(here.policyText, text.trim());
  const why = other.why ?? here.why;
  if (why !== undefined) return { state: 'bad', why };
  const [ours, theirs] = [here.checkpoint, other.checkpoint];
  const found = await relation(ours, theirs);
  const state = found !== 'absent' ? found : theirs.size > ours.size ? 'later' : 'unproven';
  return { state, here: String(ours.size), other: String(theirs.size) };
}

const WORDS = {
  first: ['● 本浏览器首次见到本节点的检查点；已记住，下次据此比对', '● first checkpoint of this node that this browser sees; kept to compare with the next'],
  same: ['✓ 同一份历史：较小的账本是较大账本的开头', '✓ the same history: the smaller ledger is the beginning of the larger one'],
  later: ['… 对方比本节点新；待本节点跟上后再比对', '… the other is ahead of this node; compare again once this one has caught up'],
  behind: ['? 无法判断：本节点给出的账本比本浏览器以前所见的短，且证明不了两者一致。以前的检查点已保留。稍后再看；若一直如此，请运行 biaozheng audit',
    '? cannot tell: this node shows a shorter ledger than this browser has seen, and no proof that one begins with the other. The earlier checkpoint is kept. Look again later; if it stays so, run biaozheng audit'],
  unproven: ['? 无法判断：本节点给出的一致性证明不成立，这既不证明分叉也不证明一致。以前的检查点已保留。请运行 biaozheng audit',
    '? cannot tell: the consistency proof this node gives does not hold, which proves neither a fork nor one history. The earlier checkpoint is kept. Run biaozheng audit'],
  policy: ['? 历史相接，但签名策略与以前所见的不同。请与另一节点或印刷件核对新策略；以前的检查点已保留',
    '? the history continues, but the signing policy is another than before. Compare the new one with another node or with print; the earlier checkpoint is kept'],
  other: ['? 这是另一条链：与本浏览器以前在此处所见的不是同一本账。以前的检查点已保留', '? this is another chain than the one this browser saw here before. The earlier checkpoint is kept'],
  split: ['✗ 历史不一致：两份检查点都由法定数签名，却互不为对方的开头。请保存两份检查点并运行 biaozheng audit',
    '✗ SPLIT VIEW: the quorum signed both checkpoints, and neither begins with the other. Keep both and run biaozheng audit'],
  bad: ['✗ 检查点不成立', '✗ the checkpoint does not hold'],
  unread: ['? 未能比对：读取本节点的检查点失败', '? not compared: this node’s checkpoint could not be read'],
};

export const splitWords = (state) => say(...WORDS[state]);
export const splitKind = (state) => ({ same: 'good-text', first: '', later: '', split: 'bad-text', bad: 'bad-text' })[state] ?? 'warning';
