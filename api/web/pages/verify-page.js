// The verify page: takes what the visitor has, judges it in this browser, and says it in plain words.
import './older.js';
import { utf8 } from '../verify/bytes.js';
import { digestText } from '../verify/hashing.js';
import { needsCosigners, policyOfText } from '../verify/policy.js';
import { fingerprint, trustOfPolicy } from '../verify/trust.js';
import { brought, foreignLog, forget, judgeBrought, judgeBroughtArchive, logOfCertificate, typedAnchor, withReceipts } from './anchored.js';
import { decoded, getText, path } from './api.js';
import { archiveFacts, archiveMeaning, archiveStepWords } from './archive-view.js';
import { byId, element, plain, show } from './dom.js';
import { chosen, dropped } from './dropped.js';
import { isCoded } from './evidence.js';
import { reasonText } from './known.js';
import { say, speak, startLanguage } from './language.js';
import { lookUpNames } from './names.js';
import { factsOf, judgedFacts, orgsOfRecord } from './judged-view.js';
import { meaningOfCode, reader, textFromCamera } from './qr.js';
import { compareAnyway, takeAll, whyText } from './taking.js';
import { meaningOf, printedWords, stepWords, verdictWords } from './verdicts.js';

const PENDING_TRIES_MAX = 20;
/** Blocks of a file of authorities that are named one by one. */
const PASSED_OVER_SHOWN = 5;
/** Verdicts about a certificate, beside which a printed page may be believed. */
const JUDGED = ['valid', 'not_anchored', 'invalid', 'content_differs'];
const online = /^https?:$/.test(location.protocol) && document.documentElement.dataset.offline === undefined;
let shown = { verdict: null };
let round = 0;
let isAnchorAsked = false;

async function run() {
  const mine = (round += 1);
  const typed = typedAnchor(byId('anchor').value);
  if (typed?.wrong) return set({ verdict: 'unusable', reason: () => say('信任锚应为 sha256: 加 64 位，或 20 位链指纹。', 'an anchor is sha256: and 64 digits, or a fingerprint of 20 digits.') });
  if (brought.archive !== null) return runArchive(mine, typed);
  if (brought.certificate === null) {
    if (brought.receipts.length > 0) set({ verdict: 'unusable', reason: () => say('还需要回执所指记录的证书。', 'the certificate of the receipt’s record is still missing.') });
    if (brought.unread.length > 0) set({ verdict: 'unusable', reason: () => brought.unread.map((one) => `${plain(one.name, 80)}：${whyText(one)}`).join('；') });
    if (brought.documents.length > 0) set({ verdict: 'unusable', reason: () => say('还需要这份文件的证书。', 'the certificate of this document is still missing.') });
    if (brought.code !== null && !online) set({ verdict: 'unusable', reason: () => say('二维码只有编号；离线页面还需要证书文件。', 'the code holds a number only; this offline page needs the certificate file too.') });
    return undefined;
  }
  if (brought.code !== null && !isCoded(brought.code, brought.certificate)) {
    return set({ verdict: 'content_differs', reason: () => say('二维码指的是另一份证书。', ' The code names another certificate.') });
  }
  set({ verdict: 'working' });
  const result = await withReceipts(await judgeBrought(typed));
  // A newer question has been asked meanwhile: its answer counts.
  return mine === round ? set({ ...result, reason: result.reason === undefined ? undefined : () => result.reason }) : undefined;
}

async function runArchive(mine, typed) {
  set({ verdict: 'working' });
  try {
    const judged = await judgeBroughtArchive(typed, (done, total) => {
      byId('progress').textContent = done >= total ? '' : `${say('正在核对档案', 'checking the archive')} ${Math.floor((100 * done) / total)}%`;
    });
    return mine === round ? set({ ...judged, archive: true }) : undefined;
  } catch (error) {
    return mine === round ? set({ verdict: 'unusable', reason: () => error.message }) : undefined;
  }
}

function set(result) {
  shown = { ...result, at: Date.now() };
  render();
  if (online && brought.certificateFrom === null && shown.record && proven(shown)) learnNames(shown);
}

/** The certificate’s own facts may be shown: only a document differs, or only an anchor is missing. */
function proven({ verdict, failedStep }) {
  return ['valid', 'not_anchored'].includes(verdict) || (verdict === 'content_differs' && failedStep === 'document');
}

/** Names of whom the record speaks of, from the node of a served page: beside the verdict, never part of it. A certificate that was
    brought is judged without a word to the node, so names are asked for at a click only. */
async function learnNames(result) {
  await lookUpNames(orgsOfRecord(result.record.payload));
  if (shown.record === result.record) render();
}

const wordsOf = (step) => (shown.archive ? archiveStepWords(step) : stepWords({ ...step, names: step.names?.map((name) => plain(name, 80)) }));

function stepItem(step) {
  const words = wordsOf(step);
  return element('li', { class: step.outcome, 'data-step': step.step },
    element('span', { class: 'sign' }, words.sign), element('strong', {}, `${words.title}：`), words.sentence,
    step.detail === undefined ? null : element('details', {}, element('summary', {}, say('技术细节', 'Technical detail')), element('p', { class: 'mono soft' }, plain(step.detail, 800))));
}

function render() {
  renderAnchor();
  renderGiven();
  const { verdict } = shown;
  byId('result').hidden = verdict === null;
  if (verdict === null) return;
  const words = verdictWords(verdict);
  byId('verdict').className = `verdict ${words.kind}`;
  byId('verdict').dataset.verdict = verdict;
  byId('verdict').textContent = words.text;
  const title = (shown.failedStep ?? null) === null ? null : wordsOf({ step: shown.failedStep, outcome: 'failed' }).title;
  const failed = title === null ? '' : say(` 未通过：${title}。`, ` Failed: ${title}.`);
  const meaning = shown.archive ? archiveMeaning(verdict) : meaningOf(verdict);
  byId('meaning').textContent = `${meaning}${failed}${shown.reason === undefined ? '' : plain(shown.reason(), 400)}`;
  const unread = shown.archive || !JUDGED.includes(verdict) ? '' : printedWords(brought.printed);
  byId('printed').hidden = unread === '';
  byId('printed').textContent = unread;
  show(byId('steps'), (shown.steps ?? []).map(stepItem));
  show(byId('facts'), shown.archive ? archiveFacts(shown) : shown.certificate && proven(shown) ? factsOf(shown, online ? () => learnNames(shown) : null) : null);
  byId('details').hidden = (shown.steps ?? []).length === 0;
  show(byId('judged'), shown.archive || JUDGED.includes(verdict) ? judgedFacts(shown, online) : null);
}

function renderAnchor() {
  const { policy, policyFrom, policies, authorities } = brought;
  const trust = policy === null ? null : trustOfPolicy(policy);
  const from = policyFrom === 'site'
    ? say('信任锚来自本站。请把链指纹与印刷件或另一个节点核对一次：', 'The trust anchor comes from this site. Compare its chain fingerprint once with print or another node: ')
    : say('信任锚是您给的策略文件，链指纹：', 'The trust anchor is your policy file; chain fingerprint: ');
  const dated = policies === null ? null : say(`信任锚是您给的带期限的策略文件（${policies.length} 条）。`, `The trust anchor is your file of ${policies.length} dated policies.`);
  const own = policy === null
    ? dated ?? noAnchorYet()
    : [from, element('strong', { class: 'mono' }, trust === null ? say('（不是标准策略）', '(not a plain policy)') : fingerprint(trust.origin.chain))];
  const stamps = authorities.length === 0 ? [] : [' ', say('您信任的时间戳机构：', 'Timestamp authorities you trust: '), authorities.map((one) => plain(one.name, 80)).join('、')];
  const unused = (brought.passedOver ?? []).map(({ place, why }) => say(`；文件中第 ${place} 块未采用：${plain(why, 200)}`, `; block ${place} of that file is not used: ${plain(why, 200)}`)).slice(0, PASSED_OVER_SHOWN);
  show(byId('anchor-now'), own, stamps, unused);
}

/** Without an anchor: it is being read, it could not be read, or there is none. */
function noAnchorYet() {
  if (online && !isAnchorAsked) return say('正在读取本站的信任锚…', 'Reading the trust anchor of this site…');
  if (brought.siteProblem === null) return say('还没有信任锚。', 'No trust anchor yet.');
  return [`${say('本站的信任锚读取失败', 'The trust anchor of this site could not be read')}：${reasonText(brought.siteProblem)} `,
    element('button', { type: 'button', onclick: askAnchorAgain }, say('重试', 'Try again'))];
}

function renderGiven() {
  const { archive, certificate, envelope, documents } = brought;
  const items = [
    archive === null ? null : `${say('档案', 'archive')}：${plain(archive.name)} · ${archive.size} ${say('个文件', 'files')}`,
    certificate === null ? null : say('证书已就绪', 'certificate ready'),
    envelope === null ? null : say('记录信封已就绪', 'record envelope ready'),
    brought.receipts.length === 0 ? null : say(`COSE 回执 ${brought.receipts.length} 份`, `COSE receipts: ${brought.receipts.length}`),
    ...documents.map((one) => `${say('待核对文件', 'document')}：${plain(one.name)} · ${one.size} B · ${one.digest}`),
  ].filter((one) => one !== null);
  show(byId('given'), items.map((one) => element('li', { class: 'mono' }, one)), brought.unread.map(unreadItem));
}

/** A file in which nothing was found, with the way to compare it all the same. */
function unreadItem(one) {
  const compare = () => {
    compareAnyway(one);
    run();
  };
  return element('li', { class: 'warning', 'data-unread': one.why }, `${plain(one.name, 120)}：${whyText(one)}${say('。它没有参与核验，证书的结论不受影响。', '. It took no part; the verdict of the certificate stays.')} `,
    one.digest === undefined || one.why === 'private_key' || one.why === 'empty' ? null : element('button', { type: 'button', onclick: compare }, say('它就是要核对的文件', 'It is the document to compare')));
}

/** What the visitor should know, a line each; nothing for an empty list. */
function warn(lines) {
  byId('warning').hidden = lines.length === 0;
  byId('warning').textContent = lines.join('\n');
}

async function takeFiles(files, folder = null) {
  warn([]);
  try {
    const { code, warnings } = await takeAll(files, await folder);
    warn(warnings);
    await (code === null ? run() : takeCode(code, 'code', warnings));
  } catch (error) {
    set({ verdict: 'unusable', reason: () => error.message });
  }
}

/** `printed`: a code stands on paper or in a picture; a link does not. */
async function takeCode(text, printed = 'code', warnings = []) {
  const found = meaningOfCode(text, location.origin);
  if (found === null) {
    // A stranger's code says nothing of the certificate at hand.
    await run();
    return warn([...warnings, say('二维码里没有记录编号或证书，没有拿它与证书核对。', 'The code holds neither a record number nor a certificate; nothing was held against it.')]);
  }
  if (found.certificate !== undefined) {
    Object.assign(brought, { certificate: utf8(found.certificate), certificateFrom: say('二维码', 'QR code'), printed: 'code' });
    return run();
  }
  warnOfCode(found, warnings);
  byId('number').value = found.record;
  brought.code = { record: found.record, digest: found.digest };
  brought.printed ??= printed;
  // A certificate at hand is held against the code; without one, or with another record's, the node is asked.
  const atHand = brought.certificate !== null && isCoded(brought.code, brought.certificate);
  await (atHand || !online ? run() : lookUp(found.record));
  return warnOfCode(found, warnings);
}

/** Another site, or another chain than the anchor's and the certificate's: said before and again after judging, since the
    certificate of a chain below the trusted one is good. */
function warnOfCode({ foreign, log }, warnings) {
  const said = [...warnings];
  if (foreign) said.push(say(`注意：二维码指向外部网站 ${plain(foreign, 80)}，本页不会打开它，只取其中的编号。`, `Careful: the code points to another site, ${plain(foreign, 80)}. This page does not open it and takes only the number.`));
  const typed = typedAnchor(byId('anchor').value);
  const elsewhere = log === null ? null : foreignLog(log, typed?.wrong ? null : typed);
  const certified = brought.certificate === null ? null : logOfCertificate(brought.certificate);
  const name = elsewhere?.chain ? fingerprint(elsewhere.chain) : plain(log, 100);
  if (elsewhere !== null && !(shown.verdict === 'valid' && certified === log)) {
    said.push(say(`注意：二维码写的是另一条链（${name}），不是您信任的链。在这里查不到它的记录，不说明它不存在；请核对纸面上的链指纹。`, `Careful: the code names another chain (${name}) than the one you trust. That nothing is found here says nothing about it; compare the fingerprint in print.`));
  } else if (log !== null && certified !== null && certified !== log) {
    said.push(say('注意：二维码写的链与证书所属的链不同。', 'Careful: the code names another chain than the certificate is of.'));
  }
  warn(said);
}


async function lookUp(text, tries = 0) {
  const id = text.trim().toLowerCase();
  const record = id.startsWith('sha256:') ? id : `sha256:${id}`;
  if (digestText(record) === null) return set({ verdict: 'unusable', reason: () => say('编号是 sha256: 加 64 位十六进制。', 'a number is sha256: and 64 hexadecimal digits.') });
  if (!online) return set({ verdict: 'unusable', reason: () => say('离线页面不联网，不能按编号查；请给出证书文件。', 'this offline page asks no network; give the certificate file.') });
  const mine = (round += 1);
  set({ verdict: 'working' });
  try {
    const text = await getText(path('v1', 'records', record, 'certificate'));
    if (mine !== round) return undefined;
    // The node's certificate may stand under a later checkpoint than the one the code was printed with.
    Object.assign(brought, { archive: null, code: null, certificate: utf8(text), certificateFrom: null });
    return await run();
  } catch (error) {
    return mine === round ? notThere(error, text, tries, mine) : undefined;
  }
}

function notThere(error, text, tries, mine) {
  Object.assign(brought, { certificate: null, certificateFrom: null });
  if (error.status === 409) {
    set({ verdict: 'pending' });
    if (tries < PENDING_TRIES_MAX) setTimeout(() => mine === round && lookUp(text, tries + 1), 2000);
  } else if (error.status === 410) {
    set({ verdict: 'not_found', reason: () => say(`节点收到后拒绝了它：${error.message}`, ` The node refused it after receiving it: ${error.message}`) });
  } else if (error.status === 404) {
    set({ verdict: 'not_found' });
  } else {
    set({ verdict: 'unusable', reason: () => say(`节点没有回答：${reasonText(error)}`, `the node did not answer: ${reasonText(error)}`) });
  }
}

async function siteAnchor() {
  if (!online) return;
  try {
    const policy = policyOfText(await getText(path('v1', 'policy')));
    if (policy !== null && needsCosigners(policy) && brought.policy === null) [brought.policy, brought.policyFrom] = [policy, 'site'];
    brought.siteProblem = null;
  } catch (error) {
    brought.siteProblem = error;
  }
  isAnchorAsked = true;
  render();
}

/** The visitor asks for the site's anchor again; what was judged without it is judged anew. */
async function askAnchorAgain() {
  await siteAnchor();
  if (brought.policyFrom === 'site' && shown.verdict !== null) await run();
}

let camera = null;

async function scan() {
  if (camera !== null) return camera.abort();
  camera = new AbortController();
  byId('camera').hidden = false;
  try {
    const text = await textFromCamera(byId('camera'), camera.signal);
    if (text !== null) await takeCode(text);
  } catch {
    warn([say('摄像头不可用；请拍照后把图片放进来。', 'There is no camera here; take a picture and drop it.')]);
  } finally {
    byId('camera').hidden = true;
    camera = null;
  }
  return undefined;
}

function listen() {
  const drop = byId('drop');
  byId('files').addEventListener('change', (event) => takeFiles([...event.target.files]));
  for (const name of ['dragover', 'dragleave', 'drop']) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle('over', name === 'dragover');
      if (name !== 'drop') return;
      const { files, folder } = dropped(event.dataTransfer);
      takeFiles(files, folder);
    });
  }
  byId('folder').addEventListener('change', (event) => takeFiles([], chosen(event.target.files)));
  byId('scan').addEventListener('click', scan);
  byId('number-form').addEventListener('submit', (event) => {
    event.preventDefault();
    warn([]);
    brought.printed = null;
    lookUp(byId('number').value);
  });
  byId('anchor').addEventListener('change', run);
  byId('anchor-form').addEventListener('submit', (event) => {
    event.preventDefault();
    run();
  });
  byId('print').addEventListener('click', () => window.print());
  byId('again').addEventListener('click', () => {
    forget();
    byId('files').value = '';
    byId('folder').value = '';
    round += 1;
    warn([]);
    set({ verdict: null });
    byId('files').focus();
  });
}

async function start() {
  startLanguage();
  speak(render);
  listen();
  byId('number-form').hidden = !online;
  await siteAnchor();
  reader().catch(() => {}); // Said when a code is given.
  const named = /^#(?:record|id)=(.+)$/.exec(location.hash);
  const code = named === null || !online ? null : decoded(named[0].slice(1));
  if (code !== null) await takeCode(code, null);
}

start();
document.documentElement.dataset.started = '';
