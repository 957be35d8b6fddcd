// The explorer: search first, business before hashes.
import './older.js';
import { all, ApiError, decoded, follow, get, path } from './api.js';
import { orgsIn, payloadOf, typeName, typeText } from './content.js';
import { byId, element, facts, plain, show, table } from './dom.js';
import { countText, Known, reasonText, shown } from './known.js';
import { say, speak, startLanguage, timeText } from './language.js';
import { learn, lookUpNames, orgText } from './names.js';
import { openingView } from './opening.js';
import { recordView, signersOf } from './record-view.js';
import { findByWords, hitsView } from './search.js';
import { marks, markText, stageText } from './stages.js';

const BLOCKS_SHOWN = 15;
const PROJECTS_SHOWN = 20;
const LIST_MAX = 1000;
const data = { projects: new Known(), blocks: new Known(), participants: new Known(), found: null };
/** How many the visitor wants to see; `more` adds to it. */
const wanted = { blocks: BLOCKS_SHOWN, projects: PROJECTS_SHOWN };

const link = (kind, value, text = value) => element('a', { href: `#${kind}=${encodeURIComponent(value)}` }, plain(text, 100));
const orgLink = (org) => link('org', org, orgText(org));
const short = (digest) => `${String(digest).slice(0, 19)}…`;

function timeline(project) {
  return element('ol', { class: 'timeline' }, marks(project).map(([name, at, state]) =>
    element('li', { class: state }, element('div', {}, name), element('div', { class: 'soft' }, markText(state)), at === null ? null : element('div', {}, timeText(at)))));
}

function projectView({ project, records }) {
  const late = (project.late ?? []).map((one) => plain(one)).join('、');
  return [
    element('h2', {}, plain(project.title)), timeline(project),
    project.suspended ? element('p', { class: 'warning' }, say('异议处理中，程序暂停。', 'Suspended: an objection is open.')) : null,
    late === '' ? null : element('p', { class: 'warning' }, `${say('逾期事项', 'Late duties')}：${late}`),
    facts([
      [say('项目编号', 'Project'), plain(project.project)], [say('当前阶段', 'Stage'), stageText(project.stage)],
      [say('招标人', 'Tenderee'), orgLink(project.tenderee)], [say('代理机构', 'Agency'), project.agency ? orgLink(project.agency) : null],
      [say('交易中心', 'Centre'), orgLink(project.centre)], [say('投标截止', 'Deadline'), project.deadline_ms > 0 ? timeText(project.deadline_ms) : null],
      [say('终止原因', 'Reason of the end'), project.end_reason ? plain(project.end_reason) : null],
      [say('认定无效', 'Annulled'), project.annulment ? [orgLink(project.annulment.by), ' ', link('record', project.annulment.record, plain(project.annulment.article))] : null],
      [say('招标方式核准', 'Method approved by'), project.method_approval ? plain(project.method_approval.by) : null],
      [say('重新招标自', 'Tenders again'), project.retender_of ? link('project', project.retender_of) : null],
      [say('已重新招标为', 'Tendered again as'), project.retendered_as ? link('project', project.retendered_as) : null],
    ]),
    openingView(project, records, link),
    table(say('公开的记录', 'Public records'), [
      [say('时间', 'Time'), (one) => timeText(one.time_ms)], [say('类型', 'Type'), (one) => typeText(one.type)],
      [say('作者', 'Author'), (one) => orgLink(one.author)], [say('记录', 'Record'), (one) => link('record', one.record, short(one.record))],
    ], records, say('没有', 'none')),
    records.isCut ? element('p', { class: 'warning' }, say(`只读了前 ${records.length} 条记录；结果可能不全。`, `Only the first ${records.length} records were read; results may be missing.`)) : null,
  ];
}

function blockView(block) {
  return [
    element('h2', {}, `${say('区块', 'Block')} ${block.height}`),
    facts([
      [say('时间', 'Time'), timeText(block.time_ms)], [say('提议者', 'Proposer'), block.proposer ? plain(block.proposer) : null],
      [say('记录数', 'Records'), String(block.records)], [say('哈希', 'Hash'), element('span', { class: 'mono' }, plain(block.hash))],
      [say('状态根', 'State root'), element('span', { class: 'mono' }, plain(block.state_root))],
    ]),
    element('ul', {}, (block.record_ids ?? []).map((id) => element('li', { class: 'mono' }, link('record', id)))),
  ];
}

function participantView(one) {
  return [
    element('h2', {}, plain(one.name ?? one.org)),
    facts([
      [say('编号', 'Id'), plain(one.org)], [say('角色', 'Roles'), one.roles.map((role) => plain(role)).join('、')],
      [say('状态', 'State'), one.revoked ? say('已注销', 'revoked') : say('有效', 'in force')],
    ]),
    table(say('密钥', 'Keys'), [
      [say('公钥', 'Key'), (key) => element('span', { class: 'mono' }, plain(key.key))], [say('自高度', 'From height'), (key) => String(key.from), 'number'],
      [say('至高度', 'Until'), (key) => (key.until === null ? '—' : String(key.until)), 'number'],
    ], one.keys, say('没有', 'none')),
  ];
}

const hitsFound = (hits) => hitsView(hits, link, () => find([['words', hits.text, hits.next]]));

const VIEWS = { project: projectView, record: (found) => recordView(found, link), block: blockView, participant: participantView, hits: hitsFound };

/** Signed by a bidder number, which is nobody in the register. */
const NUMBERED = ['listing.registered', 'listing.offered'];

/** Everybody a project names: its parties, its bidders, and whoever its public records name. */
function orgsOf(project, records) {
  const lots = (project.lots ?? []).flatMap((lot) => [...(lot.bids ?? []), ...(lot.ranking ?? []), ...(lot.award ? [lot.award] : [])]);
  const said = records.flatMap((one) => {
    const payload = payloadOf(one);
    return payload === null ? [] : [...signersOf(payload), ...orgsIn(typeName(one.type), payload.get('body'))];
  });
  return [project.tenderee, project.agency, project.centre, project.annulment?.by, ...lots.map((one) => one.bidder), ...records.filter((one) => !NUMBERED.includes(typeName(one.type))).map((one) => one.author), ...said];
}

/** A record with its project's currency, which a record does not name, and the names of whom it speaks of. */
async function recordOf(id) {
  const record = await get(path('v1', 'records', id));
  const project = record.project ? await get(path('v1', 'projects', record.project)).catch(() => null) : null;
  const payload = payloadOf(record);
  const said = payload === null ? [] : [...signersOf(payload), ...orgsIn(typeName(record.type), payload.get('body'))];
  await lookUpNames([...(NUMBERED.includes(typeName(record.type)) ? [] : [record.author]), ...said]);
  return { record, currency: project?.currency ?? null };
}

async function open(kind, value, after = null) {
  await firstAnswer;
  switch (kind) {
    case 'project': {
      const [project, records] = await Promise.all([get(path('v1', 'projects', value)), all(path('v1', 'projects', value, 'records'), LIST_MAX)]);
      await lookUpNames(orgsOf(project, records));
      return { view: 'project', value: { project, records } };
    }
    case 'record': return { view: 'record', value: await recordOf(value) };
    case 'words': return hitsOf(value, after);
    case 'height': return { view: 'block', value: await get(path('v1', 'blocks', value)) };
    default: return { view: 'participant', value: await get(path('v1', 'participants', value)) };
  }
}

/** Nothing in all of it is said as with an id. */
async function hitsOf(text, after) {
  const hits = await findByWords(text, after);
  if (hits.items.length === 0 && hits.next === null && after === null) throw new ApiError(404, null);
  return { view: 'hits', value: hits };
}

/** What a search may mean, most likely first: an id there is, else words. */
function meanings(text) {
  if (/^(sha256:)?[0-9a-f]{64}$/i.test(text)) return [['record', `sha256:${text.toLowerCase().replace('sha256:', '')}`]];
  const words = text === '' ? [] : [['words', text]];
  if (/^[0-9]{1,15}$/.test(text)) return [['height', text], ['project', text], ['org', text], ...words];
  return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/.test(text) ? [['project', text], ['org', text], ...words] : words;
}

let asked = 0;

async function find(choices) {
  const mine = (asked += 1);
  byId('message').textContent = say('查询中…', 'Searching…');
  data.found = null;
  let problem = say('未找到。', 'Not found.');
  let found = null;
  for (const [kind, value, after] of choices) {
    try {
      found = await open(kind, value, after);
      problem = '';
      break;
    } catch (error) {
      if (error.status === 409) problem = say('已收到，上链中。', 'Received, not in a block yet.');
      else if (error.status !== 404) problem = `${say('读取失败', 'Could not be read')}：${reasonText(error)}`;
    }
  }
  // Another question came meanwhile: its answer is the one to show.
  if (mine !== asked) return;
  data.found = found;
  byId('message').textContent = problem;
  render();
  if (data.found !== null) byId('found').focus();
}

function fromAddress() {
  const named = /^#(project|record|height|org)=(.{1,200})$/.exec(location.hash);
  const value = named === null ? null : decoded(named[2]);
  if (value !== null) find([[named[1], value]]);
}

/** A button for the older part of a list, while there may be one. */
function older(list, more) {
  if (!data[list].has || data[list].value.length < wanted[list] || wanted[list] >= LIST_MAX) return null;
  return element('button', { type: 'button', 'data-older': list, onclick: () => showOlder(list, more) }, say('更早的', 'Older'));
}

async function showOlder(list, more) {
  wanted[list] += more;
  height = -1;
  await refresh();
  document.querySelector(`[data-older="${list}"]`)?.focus();
}

function foundView(found) {
  try {
    return element('section', {}, VIEWS[found.view](found.value));
  } catch (error) {
    return element('section', {}, element('p', { class: 'warning' }, `${say('节点的回答不是预期的形式', 'The node’s answer has not the expected form')}：${plain(error.message)}`));
  }
}

const projectsTable = (projects) => [table(say('项目', 'Projects'), [
  [say('项目', 'Project'), (one) => link('project', one.project, one.title)], [say('编号', 'Id'), (one) => plain(one.project)],
  [say('阶段', 'Stage'), (one) => stageText(one.stage)], [say('投标截止', 'Deadline'), (one) => (one.deadline_ms > 0 ? timeText(one.deadline_ms) : null)],
  [say('登记时间', 'Registered'), (one) => (one.registered_ms > 0 ? timeText(one.registered_ms) : null)],
], projects, say('还没有项目', 'no projects yet')), older('projects', PROJECTS_SHOWN)];

const blocksTable = (blocks) => [table(say('区块', 'Blocks'), [
  [say('高度', 'Height'), (one) => link('height', one.height), 'number'], [say('时间', 'Time'), (one) => timeText(one.time_ms)],
  [say('记录数', 'Records'), (one) => String(one.records), 'number'], [say('提议者', 'Proposer'), (one) => (one.proposer ? plain(one.proposer) : null)],
], blocks, say('还没有区块', 'no blocks yet')), older('blocks', BLOCKS_SHOWN)];

const participantsTable = (participants) => table(say(`参与方（${countText(participants.length, participants.isCut)}）`, `Participants (${countText(participants.length, participants.isCut)})`), [
  [say('名称', 'Name'), (one) => link('org', one.org, one.name ?? one.org)], [say('角色', 'Roles'), (one) => one.roles.map((role) => plain(role)).join('、')],
  [say('状态', 'State'), (one) => (one.revoked ? say('已注销', 'revoked') : say('有效', 'in force'))],
], participants, say('没有', 'none'));

function render() {
  const { found, projects, blocks, participants } = data;
  show(byId('found'), found === null ? null : foundView(found));
  show(byId('projects'), shown(projects, again, projectsTable));
  show(byId('blocks'), shown(blocks, again, blocksTable));
  show(byId('participants'), shown(participants, again, participantsTable));
}

let height = -1;
let saidGone = '';

/** The visitor's own wish to read again, whatever was read before. */
function again() {
  height = -1;
  return refresh();
}

async function refresh() {
  const lists = [data.blocks, data.projects, data.participants];
  try {
    const status = await get(path('v1', 'status'));
    if (status.height === height && lists.every((one) => one.isFresh)) return;
    const answered = await Promise.all([
      data.blocks.ask(() => all(path('v1', 'blocks'), wanted.blocks, 'newest')), data.projects.ask(() => all(path('v1', 'projects'), wanted.projects, 'newest')),
      data.participants.ask(() => all(path('v1', 'participants'), LIST_MAX)),
    ]);
    if (answered.every((one) => one)) height = status.height;
    if (data.participants.has) learn(data.participants.value);
  } catch (error) {
    for (const one of lists) one.fail(error);
  }
  const [failed] = lists.filter((one) => one.problem !== null);
  const gone = failed === undefined ? '' : `${say('节点没有回答', 'The node does not answer')}：${reasonText(failed.problem)}`;
  // What a search said stays, unless the node goes or comes back.
  if (gone !== saidGone) byId('message').textContent = gone;
  saidGone = gone;
  render();
}

startLanguage();
speak(render);
byId('search').addEventListener('submit', (event) => {
  event.preventDefault();
  find(meanings(byId('query').value.trim()));
});
window.addEventListener('hashchange', fromAddress);
const firstAnswer = new Promise((done) => { follow(() => refresh().finally(done)); });
fromAddress();
document.documentElement.dataset.started = '';
