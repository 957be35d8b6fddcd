// The verify page: takes what the visitor has, judges it in this browser, and says it in plain words.
import { folderSource, tarSource } from '../archive/source.js';
import { utf8 } from '../verify/bytes.js';
import { digestText } from '../verify/hashing.js';
import { needsCosigners, policyOfText } from '../verify/policy.js';
import { fingerprint, trustOfPolicy } from '../verify/trust.js';
import { brought, foreignLog, judgeBrought, judgeBroughtArchive, logOfCertificate, typedAnchor, withReceipts } from './anchored.js';
import { decoded, getText, path } from './api.js';
import { archiveFacts, archiveMeaning, archiveStepWords } from './archive-view.js';
import { byId, element, facts, plain, show } from './dom.js';
import { chosen, dropped, looksLikeBag } from './dropped.js';
import { documentOf, isCoded, sortFile } from './evidence.js';
import { say, speak, startLanguage, timeText } from './language.js';
import { meaningOfCode, reader, textFromCamera } from './qr.js';
import { meaningOf, printedWords, stepWords, verdictWords } from './verdicts.js';

const PENDING_TRIES_MAX = 20;
const RECEIPTS_MAX = 16;
/** Blocks of a file of authorities that are named one by one. */
const PASSED_OVER_SHOWN = 5;
/** Verdicts about a certificate, beside which a printed page may be believed. */
const JUDGED = ['valid', 'not_anchored', 'invalid', 'content_differs'];
const online = /^https?:$/.test(location.protocol) && document.documentElement.dataset.offline === undefined;
let shown = { verdict: null };
let round = 0;

async function run() {
  const mine = (round += 1);
  const typed = typedAnchor(byId('anchor').value);
  if (typed?.wrong) return set({ verdict: 'unusable', reason: () => say('信任锚应为 sha256: 加 64 位，或 20 位链指纹。', 'an anchor is sha256: and 64 digits, or a fingerprint of 20 digits.') });
  if (brought.archive !== null) return runArchive(mine, typed);
  if (brought.certificate === null) {
    if (brought.receipts.length > 0) set({ verdict: 'unusable', reason: () => say('还需要回执所指记录的证书。', 'the certificate of the receipt’s record is still missing.') });
    if (brought.document !== null) set({ verdict: 'unusable', reason: () => say('还需要这份文件的证书。', 'the certificate of this document is still missing.') });
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
  shown = result;
  render();
}

function proven({ verdict, failedStep }) {
  return ['valid', 'not_anchored'].includes(verdict) || (verdict === 'content_differs' && failedStep === 'document');
}

function factsOf(result) {
  const { certificate, record, chain } = result;
  const payload = record?.payload;
  return facts([
    [say('记录编号', 'Record'), element('span', { class: 'mono' }, certificate.record)],
    [say('类型', 'Type'), payload === undefined ? null : plain(payload.type)],
    [say('作者', 'Author'), payload === undefined ? null : plain(payload.author.org)],
    [say('项目', 'Project'), payload?.project ?? null],
    [say('区块时间', 'Block time'), timeText(certificate.block.time_ms)],
    [say('区块高度', 'Height'), String(certificate.block.height)],
    [say('登记的文件', 'Documents it names'), payload === undefined || payload.documents.length === 0 ? null
      : element('ul', {}, payload.documents.map((one) => element('li', {}, `${plain(one.name)} (${one.size} B)`)))],
    [say('链指纹', 'Chain fingerprint'), element('strong', { class: 'mono' }, fingerprint(chain))],
  ]);
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
  show(byId('facts'), shown.archive ? archiveFacts(shown) : shown.certificate && proven(shown) ? factsOf(shown) : null);
  byId('details').hidden = (shown.steps ?? []).length === 0;
}

function renderAnchor() {
  const { policy, policyFrom, policies, authorities } = brought;
  const trust = policy === null ? null : trustOfPolicy(policy);
  const from = policyFrom === 'site'
    ? say('信任锚来自本站。请把链指纹与印刷件或另一个节点核对一次：', 'The trust anchor comes from this site. Compare its chain fingerprint once with print or another node: ')
    : say('信任锚是您给的策略文件，链指纹：', 'The trust anchor is your policy file; chain fingerprint: ');
  const dated = policies === null ? null : say(`信任锚是您给的带期限的策略文件（${policies.length} 条）。`, `The trust anchor is your file of ${policies.length} dated policies.`);
  const own = policy === null
    ? dated ?? say('还没有信任锚。', 'No trust anchor yet.')
    : [from, element('strong', { class: 'mono' }, trust === null ? say('（不是标准策略）', '(not a plain policy)') : fingerprint(trust.origin.chain))];
  const stamps = authorities.length === 0 ? [] : [' ', say('您信任的时间戳机构：', 'Timestamp authorities you trust: '), authorities.map((one) => plain(one.name, 80)).join('、')];
  const unused = (brought.passedOver ?? []).map(({ place, why }) => say(`；文件中第 ${place} 块未采用：${plain(why, 200)}`, `; block ${place} of that file is not used: ${plain(why, 200)}`)).slice(0, PASSED_OVER_SHOWN);
  show(byId('anchor-now'), own, stamps, unused);
}

function renderGiven() {
  const { archive, certificate, envelope, document } = brought;
  const items = [
    archive === null ? null : `${say('档案', 'archive')}：${plain(archive.name)} · ${archive.size} ${say('个文件', 'files')}`,
    certificate === null ? null : say('证书已就绪', 'certificate ready'),
    envelope === null ? null : say('记录信封已就绪', 'record envelope ready'),
    brought.receipts.length === 0 ? null : say(`COSE 回执 ${brought.receipts.length} 份`, `COSE receipts: ${brought.receipts.length}`),
    document === null ? null : `${say('待核对文件', 'document')}：${plain(document.name)} · ${document.size} B · ${document.digest}`,
  ].filter((one) => one !== null);
  show(byId('given'), items.map((one) => element('li', { class: 'mono' }, one)));
}

function warn(text) {
  byId('warning').hidden = text === null;
  byId('warning').textContent = text ?? '';
}

async function takeDocument(file) {
  brought.document = await documentOf(file, (bytes) => {
    byId('progress').textContent = `${say('正在计算摘要', 'hashing')} ${Math.floor((100 * bytes) / file.size)}%`;
  });
  byId('progress').textContent = '';
}

/** Takes one thing; gives the text of a code, which is asked about after everything else was taken. */
async function takeOne(file) {
  const found = await sortFile(file);
  switch (found.kind) {
    case 'certificate': Object.assign(brought, { certificate: found.bytes, printed: found.printed ?? null, archive: null }); break;
    case 'envelope': brought.envelope = found.bytes; break;
    case 'policy': Object.assign(brought, { policy: policyOfText(found.text), policyFrom: 'visitor', policies: null }); break;
    case 'policies': Object.assign(brought, { policy: null, policyFrom: null, policies: found.policies }); break;
    case 'authorities': Object.assign(brought, { authorities: found.authorities, passedOver: found.passedOver }); break;
    case 'archive': takeArchive(file.name, await tarSource(file)); break;
    case 'code': return found.text;
    case 'receipt': brought.receipts = [...brought.receipts, found.bytes].slice(-RECEIPTS_MAX); break;
    case 'several': warn(say('这份 PDF 里有不止一份证书，无法判断用哪一份。', 'This PDF has more than one certificate attached.')); break;
    default: await takeDocument(file);
  }
  return null;
}

function takeArchive(name, source) {
  Object.assign(brought, { archive: { name, source, size: source.files.size }, certificate: null, printed: null, envelope: null, document: null });
}

async function takeFolder(folder) {
  if (folder === null || folder.length === 0) return;
  if (!looksLikeBag(folder)) throw new Error(say('这个文件夹不是项目档案；请选档案自己的文件夹。', 'this folder is no archive; choose the archive’s own folder.'));
  takeArchive(say('文件夹', 'folder'), folderSource(folder));
}

async function takeFiles(files, folder = null) {
  warn(null);
  try {
    let code = null;
    for (const file of files) code = (await takeOne(file)) ?? code;
    await takeFolder(await folder);
    await (code === null ? run() : takeCode(code));
  } catch (error) {
    set({ verdict: 'unusable', reason: () => error.message });
  }
}

/** `printed`: a code stands on paper or in a picture; a link does not. */
async function takeCode(text, printed = 'code') {
  const found = meaningOfCode(text, location.origin);
  if (found === null) return warn(say('二维码里没有记录编号或证书。', 'The code holds neither a record number nor a certificate.'));
  if (found.certificate !== undefined) {
    Object.assign(brought, { certificate: utf8(found.certificate), printed: 'code' });
    return run();
  }
  warnOfCode(found);
  byId('number').value = found.record;
  brought.code = { record: found.record, digest: found.digest };
  brought.printed ??= printed;
  // A certificate at hand is held against the code; without one, or with another record's, the node is asked.
  const atHand = brought.certificate !== null && isCoded(brought.code, brought.certificate);
  await (atHand || !online ? run() : lookUp(found.record));
  return warnOfCode(found);
}

/** Another site, or another chain than the anchor's and the certificate's: said before and again after judging, since the
    certificate of a chain below the trusted one is good. */
function warnOfCode({ foreign, log }) {
  const said = [];
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
  warn(said.length === 0 ? null : said.join(' '));
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
    Object.assign(brought, { archive: null, code: null, certificate: utf8(text) });
    return await run();
  } catch (error) {
    return mine === round ? notThere(error, text, tries, mine) : undefined;
  }
}

function notThere(error, text, tries, mine) {
  brought.certificate = null;
  if (error.status === 409) {
    set({ verdict: 'pending' });
    if (tries < PENDING_TRIES_MAX) setTimeout(() => mine === round && lookUp(text, tries + 1), 2000);
  } else if (error.status === 410) {
    set({ verdict: 'not_found', reason: () => say(`节点收到后拒绝了它：${error.message}`, ` The node refused it after receiving it: ${error.message}`) });
  } else if (error.status === 404) {
    set({ verdict: 'not_found' });
  } else {
    set({ verdict: 'unusable', reason: () => say(`节点没有回答：${error.message}`, `the node did not answer: ${error.message}`) });
  }
}

async function siteAnchor() {
  if (!online) return;
  try {
    const policy = policyOfText(await getText(path('v1', 'policy')));
    if (policy !== null && needsCosigners(policy) && brought.policy === null) [brought.policy, brought.policyFrom] = [policy, 'site'];
  } catch { /* Without the site's policy the page says that an anchor is missing. */ }
  render();
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
    warn(say('摄像头不可用；请拍照后把图片放进来。', 'There is no camera here; take a picture and drop it.'));
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
    warn(null);
    brought.printed = null;
    lookUp(byId('number').value);
  });
  byId('anchor').addEventListener('change', run);
  byId('anchor-form').addEventListener('submit', (event) => {
    event.preventDefault();
    run();
  });
  byId('again').addEventListener('click', () => {
    Object.assign(brought, { archive: null, code: null, receipts: [], certificate: null, printed: null, envelope: null, document: null });
    byId('files').value = '';
    byId('folder').value = '';
    round += 1;
    warn(null);
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

await start();
