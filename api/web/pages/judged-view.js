// What a judged certificate says: where its record stands and what the record says, in words; and, for whoever keeps or prints the
// verdict, what was judged, against whom, and when.
import { sha256, toDigest } from '../verify/hashing.js';
import { fingerprint, trustOfPolicy } from '../verify/trust.js';
import { brought } from './anchored.js';
import { contentView, orgsIn, typeName, typeText } from './content.js';
import { byId, element, facts, plain } from './dom.js';
import { clockText, say, timeText } from './language.js';
import { nameOf, orgText } from './names.js';

/** Everybody a record names: its signers and whoever its body speaks of. */
export const orgsOfRecord = (payload) => [payload.author.org, ...payload.cosigners.map((one) => one.org), ...orgsIn(typeName(payload.type), payload.body)];

/** `askNames` asks the node for names, or is null where there is none to ask. */
export function factsOf(result, askNames) {
  const { certificate, record, chain } = result;
  const payload = record?.payload;
  const list = (items) => (items.length === 0 ? null : element('ul', {}, items.map((one) => element('li', {}, one))));
  return [
    facts([
      [say('记录编号', 'Record'), element('span', { class: 'mono' }, certificate.record)],
      [say('类型', 'Type'), payload === undefined ? null : typeText(payload.type)],
      [say('作者', 'Author'), payload === undefined ? null : orgText(payload.author.org)],
      [say('共同签署', 'Signed too by'), payload === undefined ? null : list(payload.cosigners.map((one) => orgText(one.org)))],
      [say('项目', 'Project'), payload?.project ?? null],
      [say('区块时间', 'Block time'), timeText(certificate.block.time_ms)],
      [say('区块高度', 'Height'), String(certificate.block.height)],
      [say('登记的文件', 'Documents it names'), payload === undefined ? null : list(payload.documents.map((one) => `${plain(one.name)} (${one.size} B)`))],
      [say('链指纹', 'Chain fingerprint'), element('strong', { class: 'mono' }, fingerprint(chain))],
    ]),
    ...(payload === undefined ? [] : contentOf(payload, askNames)),
  ];
}

/** What the verified record says. Names of organisations are the node's word and said to be that. */
function contentOf(payload, askNames) {
  const currency = payload.body.get('currency');
  const orgs = orgsOfRecord(payload);
  return [
    element('h3', {}, say('记录内容', 'What the record says')),
    contentView(payload.type, payload.body, typeof currency === 'string' ? currency : null),
    orgs.some((one) => nameOf(one) !== null)
      ? element('p', { class: 'soft' }, say('单位名称取自本站节点的登记，不在证书之内；经核验的是括号里的编号。', 'Names of organisations come from the register of this site’s node and are not in the certificate; what was verified is the number in brackets.'))
      : askNames === null ? null : element('p', {}, element('button', { id: 'names', type: 'button', onclick: askNames }, say('向本站节点查询单位名称', 'Ask this site’s node for the names'))),
  ];
}

/** What was judged, against whom, and when: a printed verdict says it by itself. */
export function judgedFacts(result, online) {
  const { archive, certificate, certificateFrom, documents, policy, policies } = brought;
  if (archive === null && certificate === null) return null;
  const anchorTyped = byId('anchor').value.trim();
  const trust = policy === null ? null : trustOfPolicy(policy);
  const site = brought.policyFrom === 'site' ? say('本站策略', 'this site’s policy') : say('您给的策略文件', 'your policy file');
  const anchor = anchorTyped !== '' ? `${say('您输入的', 'typed in')} ${plain(anchorTyped, 80)}`
    : trust !== null ? `${site} ${fingerprint(trust.origin.chain)}` : policies !== null ? say('您给的带期限的策略', 'your dated policies') : say('无', 'none');
  return [
    element('h2', {}, say('核验说明', 'What was judged, and when')),
    facts([
      [say('核验对象', 'Judged'), archive !== null ? `${say('档案', 'archive')} ${plain(archive.name, 120)}（${archive.size} ${say('个文件', 'files')}）` : `${say('证书', 'certificate')} ${certificateFrom === null ? say('（由节点给出）', '(given by the node)') : plain(certificateFrom, 120)}`],
      [say('记录编号', 'Record'), result.certificate ? element('span', { class: 'mono' }, result.certificate.record) : null],
      [say('证书文件的 SHA-256', 'SHA-256 of the certificate file'), archive !== null ? null : element('span', { class: 'mono' }, toDigest(sha256(certificate)))],
      [say('核对的文件', 'Documents compared'), documents.length === 0 ? null : element('ul', {}, documents.map((one) => element('li', {}, `${plain(one.name, 120)} · ${one.size} B · `, element('span', { class: 'mono' }, one.digest))))],
      [say('信任锚', 'Trust anchor'), anchor],
      [say('核验时间', 'Judged at'), clockText(result.at)],
      [say('核验页面', 'Page'), online ? plain(location.origin, 100) : say('离线核验页（单个文件）', 'offline page (one file)')],
    ]),
  ];
}
