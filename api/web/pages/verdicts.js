// The words of the verify page: one line for the verdict, one sentence for each step, in both languages.
import { say } from './language.js';

/** `[class, sign, zh, en]`. Green stands beside nothing but a verdict with a trust anchor. */
const VERDICTS = {
  valid: ['good', '✓', '验证通过', 'VALID'],
  content_differs: ['bad', '✗', '内容不一致', 'CONTENT DIFFERS'],
  invalid: ['bad', '✗', '验证不通过', 'INVALID'],
  not_found: ['wait', '?', '未找到', 'NOT FOUND'],
  pending: ['wait', '…', '上链中', 'PENDING'],
  not_anchored: ['wait', '?', '无法判定（缺少信任锚）', 'UNDECIDED (no trust anchor)'],
  not_sealed: ['wait', '?', '无法判定（档案尚未封存）', 'UNDECIDED (not sealed)'],
  unusable: ['wait', '?', '无法判定（输入无法使用）', 'UNDECIDED (unusable input)'],
  working: ['wait', '…', '正在核验', 'WORKING'],
};

export function verdictWords(verdict) {
  const [kind, sign, zh, en] = VERDICTS[verdict];
  return { kind, text: `${sign} ${say(zh, en)}` };
}

const MEANINGS = {
  valid: ['这条记录已入链且未被改动。这不说明其内容是否属实。', 'The record stands in the ledger, unchanged. Whether what it says is true is another question.'],
  content_differs: ['您给的文件（或记录信封）不是证书所说的那一份。', 'The document (or envelope) you gave is not the one the certificate speaks of.'],
  invalid: ['证据不成立，请勿采信。未通过的步骤见下。', 'The evidence does not hold. Do not rely on it. The step that failed is named below.'],
  not_found: ['本节点的账本中没有这个编号的记录。', 'This node’s ledger has no record with this number.'],
  pending: ['节点已收到，还没有进入经共同签名的检查点；稍后再查。', 'The node has it, but no cosigned checkpoint covers it yet; ask again soon.'],
  not_anchored: ['各步自洽，但只用了证书自带的策略，任何人都能自造这样一条链。请给出信任锚（策略文件、链编号或印刷的链指纹）。',
    'The steps agree with one another, but only the certificate’s own policy was used, and anybody can make up such a chain. Give a trust anchor: a policy file, the chain id, or the fingerprint in print.'],
  unusable: ['没有作出判断：', 'Nothing was judged: '],
  working: ['请稍候。', 'Please wait.'],
};

const PRINTED = {
  pdf: ['注意：您给的是 PDF。核验的只是其中所附的证书；PDF 页面上印的文字没有核对，任何人都能改动它。以下面列出的内容为准。',
    'Mind: you gave a PDF. Only the certificate attached to it was verified; the text printed on its page was not checked, and anybody can change it. What is listed below counts.'],
  code: ['注意：二维码只指出是哪条记录；纸面或图片上印的文字没有核对，任何人都能改动它。以下面列出的内容为准。',
    'Mind: the code only says which record it is; the text printed around it was not checked, and anybody can change it. What is listed below counts.'],
};

/** What was not checked of a printed page, or nothing. */
export const printedWords = (printed) => (printed === null ? '' : say(...PRINTED[printed]));

export const meaningOf = (verdict) => say(...MEANINGS[verdict]);

const TITLES = {
  record: ['记录与编号', 'Record and its number'], chain: ['所属的链', 'Chain it belongs to'], signatures: ['作者签名', 'Signatures of its authors'],
  checkpoint: ['各中心共同签名', 'Signatures of the centres'], inclusion: ['在账本中的位置', 'Place in the ledger'], time: ['时间', 'Time'],
  timestamp: ['时间戳', 'Timestamp'], parent: ['上级链的证书', 'The parent chain’s certificate'], anchored: ['上级链登记的检查点', 'Checkpoint the parent holds'],
  consistency: ['账本只增不改', 'The ledger only grew'], anchor: ['信任锚', 'Trust anchor'], document: ['文件核对', 'Your document'], receipt: ['COSE 回执', 'COSE receipt'],
};

const PASSED = {
  record: ['记录内容与编号相符。', 'The record’s content matches its number.'],
  chain: ['签名规则与创世文件算出的就是这条链的编号。', 'The signing rules and the genesis give exactly this chain’s id.'],
  signatures: ['署名各方都签了这份内容：', 'Everyone it names signed this very content: '],
  checkpoint: ['签名的中心已达法定数：', 'The quorum of centres signed: '],
  inclusion: ['记录就在各中心签名确认的账本里，高度与时间都被证明。', 'The record is in the ledger the centres signed; its height and time are proven.'],
  time: ['签名时间不早于区块时间。', 'The centres signed no earlier than the block’s time.'],
  timestamp: ['联盟之外、您信任的时间戳机构证明当时已有此账本：', 'An authority outside the consortium, which you trust, saw this ledger at that time: '],
  parent: ['上级链收录了这条链的检查点：', 'The parent chain holds this chain’s checkpoint: '],
  anchored: ['上级链登记的检查点由本链法定数签名。', 'The checkpoint it holds is signed by this chain’s own quorum.'],
  consistency: ['上级链登记的账本以本证书的账本开头。', 'The ledger it holds begins with the certificate’s.'],
  anchor: ['与您另行取得的信任锚一致。', 'It agrees with the trust anchor you brought.'],
  document: ['您的文件就是记录登记的那一份：', 'Your file is the one the record names: '],
  receipt: ['单个签名方证明记录在账本里（不代替法定数）：', 'One signer says that the record is in the ledger, which is no quorum: '],
};

const FAILED = {
  record: ['记录内容与编号不符，或格式被改动。', 'The record’s content does not match its number, or its form was changed.'],
  chain: ['签名规则不是这条链自己的。', 'The signing rules are not this chain’s own.'],
  signatures: ['有署名方的签名对不上这份内容。', 'A signature does not belong to this content.'],
  checkpoint: ['各中心的签名不足或有误。', 'The centres’ signatures are too few or wrong.'],
  inclusion: ['这个高度、时间、位置的记录不在签名确认的账本里。', 'A record of this height, time and place is not in the signed ledger.'],
  time: ['有中心在区块之前就签了名。', 'A centre signed before the block’s time.'],
  timestamp: ['时间戳不成立。', 'A timestamp does not hold.'],
  parent: ['上级链的证书不成立。', 'The parent chain’s certificate does not hold.'],
  anchored: ['上级链登记的不是这条链的检查点。', 'What the parent holds is no checkpoint of this chain.'],
  consistency: ['上级链登记的账本与本证书的账本对不上。', 'The ledger the parent holds does not begin with the certificate’s.'],
  anchor: ['与您的信任锚不符：这可能是另一条链。', 'It disagrees with your trust anchor: this may be another chain.'],
  document: ['您的文件不是记录登记的文件：', 'Your file is not one the record names: '],
  receipt: ['回执不是这条记录的，或被改动。', 'The receipt is not this record’s, or was changed.'],
};

const SKIPPED = {
  record: ['记录正文未公开，证书只证明其编号。', 'The body is not public; the certificate speaks of its number only.'],
  signatures: ['正文未公开，签名不在证书里。', 'The body is not public, so its signatures are not here.'],
  anchor: ['没有给出信任锚。', 'No trust anchor was given.'],
  document: ['没有给出要核对的文件。', 'No document was given.'],
};

const UNKNOWN = {
  timestamp: ['时间戳本身成立，但出具机构不在您信任之列：', 'The timestamp holds by itself; its authority is none you trust: '],
};

const SIGNS = { passed: ['✓', '成立', 'holds'], failed: ['✗', '不成立', 'fails'], skipped: ['–', '未核对', 'not checked'], unknown: ['?', '不作数', 'does not count'] };

/** Everything the page shows about one step. */
export function stepWords({ step, outcome, names = [], known }) {
  const [sign, zh, en] = SIGNS[outcome];
  const sentence = say(...{ passed: PASSED, failed: FAILED, skipped: SKIPPED, unknown: UNKNOWN }[outcome][step]);
  const count = known === undefined ? '' : `${names.length}/${known} `;
  return { title: say(...TITLES[step]), sign: `${sign} ${say(zh, en)}`, sentence: (['passed', 'unknown'].includes(outcome) || step === 'document') && names.length > 0 ? `${sentence}${count}${names.join('、')}` : sentence };
}
