// A record's page in the explorer: what it says, in words, before where it stands; and the forms of its certificate.
import { contentView, payloadOf, typeText } from './content.js';
import { element, facts, plain } from './dom.js';
import { say, timeText } from './language.js';
import { orgText } from './names.js';

/** Everybody who signed beside the author. */
export const signersOf = (payload) => (payload?.get('cosigners') ?? []).map((one) => one?.get?.('org')).filter((one) => typeof one === 'string');

/** `link(kind, value, text)` makes a link of the explorer; `currency` is its project's, or null where nobody said it. */
export function recordView({ record, currency }, link) {
  const orgLink = (org) => link('org', org, orgText(org));
  const payload = payloadOf(record);
  const documents = payload?.get('documents') ?? [];
  return [
    element('h2', {}, record.type ? typeText(record.type) : say('记录', 'Record')),
    facts([
      [say('编号', 'Number'), element('span', { class: 'mono' }, plain(record.record))], [say('类型', 'Type'), record.type ? typeText(record.type) : null],
      [say('作者', 'Author'), record.author ? orgLink(record.author) : null],
      [say('共同签署', 'Signed too by'), signersOf(payload).length === 0 ? null : signersOf(payload).flatMap((one, at) => [at === 0 ? '' : '、', orgLink(one)])],
      [say('项目', 'Project'), record.project ? link('project', record.project) : null],
      [say('高度', 'Height'), link('height', record.height)], [say('时间', 'Time'), timeText(record.time_ms)],
      [say('公开', 'Public'), record.public ? say('是', 'yes') : say('否，开标前不公开', 'no, closed until the opening')],
      [say('登记的文件', 'Documents it names'), documents.length === 0 ? null : element('ul', {}, documents.map((one) => documentItem(one)))],
    ]),
    element('h3', {}, say('记录内容', 'What it says')),
    payload === null ? element('p', { class: 'soft' }, record.public ? say('节点没有给出正文。', 'The node does not give its body.') : say('正文未公开。', 'Its body is not public.')) : contentView(record.type, payload.get('body'), currency),
    element('p', { class: 'row' },
      element('a', { href: `verify.html#record=${encodeURIComponent(record.record)}` }, say('核验它的证书', 'Verify its certificate')),
      element('a', { href: `/v1/records/${encodeURIComponent(record.record)}/certificate.pdf` }, say('打印用证书（PDF）', 'Certificate for print (PDF)')),
      element('a', { href: `/v1/records/${encodeURIComponent(record.record)}/certificate`, download: `${String(record.record).replace('sha256:', '')}.cert.json` }, say('证书文件', 'Certificate file'))),
  ];
}

/** A document by its name; only a node that was given it has its bytes. */
function documentItem(one) {
  const [name, digest, size] = ['name', 'digest', 'size'].map((part) => one?.get?.(part));
  return element('li', {}, `${plain(name, 255)} (${plain(size, 20)} B) `, element('span', { class: 'mono soft' }, plain(digest, 80)));
}
