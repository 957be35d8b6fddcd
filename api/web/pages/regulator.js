// The regulator's page: four numbers first, then what needs a look. It reads what everyone may read and nothing else.
import { all, follow, get, offers, path } from './api.js';
import { byId, element, plain, show, table } from './dom.js';
import { durationText, say, speak, startLanguage, timeText } from './language.js';
import { lotPrices } from './prices.js';
import { stageText } from './stages.js';

const AHEAD_MS = 72 * 3600 * 1000;
const PROJECTS_MAX = 1000;
const CLOSE_LOOKS_MAX = 200;
const data = { status: null, projects: [], looked: new Map(), alerts: null, prices: null };

const projectLink = (id) => element('a', { href: `index.html#project=${encodeURIComponent(id)}` }, plain(id));

/** What the node's own alerts would say, from what every visitor can see: until it offers a list. */
function derivedAlerts() {
  const { status, looked } = data;
  const found = (status?.missing_validators ?? []).map((name) => ({ kind: say('节点缺席', 'Validator missing'), about: plain(name), what: say('未连接', 'not connected') }));
  for (const reason of status?.reasons ?? []) found.push({ kind: say('节点未就绪', 'Node not ready'), about: plain(status.name), what: plain(reason) });
  for (const [id, project] of looked) {
    if (project.suspended) found.push({ kind: say('异议未答复', 'Open objection'), about: projectLink(id), what: say('程序暂停', 'suspended') });
    for (const late of project.late ?? []) found.push({ kind: say('逾期', 'Late duty'), about: projectLink(id), what: plain(late) });
  }
  return found;
}

function alertRows() {
  if (data.alerts === null) return derivedAlerts();
  const raised = data.alerts.filter((one) => one.open !== false).map((one) => ({
    kind: plain(one.kind ?? one.code), about: one.project ? projectLink(one.project) : plain((one.organisations ?? []).join(', ')),
    what: plain(say(one.message_zh ?? one.message ?? '', one.message ?? '')),
  }));
  return raised.concat(derivedAlerts());
}

function numbers() {
  const { status } = data;
  if (status === null) return null;
  const up = status.validators - status.missing_validators.length;
  const late = status.last_block_age_ms > 2 * status.heartbeat_ms;
  const entries = [
    [say('距上一区块', 'Since the last block'), `${late ? '⚠ ' : ''}${durationText(status.last_block_age_ms)}`],
    [say('在线验证节点（法定数）', 'Validators up (quorum)'), `${up < status.quorum ? '✗ ' : up < status.validators ? '⚠ ' : ''}${up} / ${status.validators} (${status.quorum})`],
    [say('等待入链的记录', 'Records waiting'), String(status.waiting)],
    [say('预警', 'Alerts'), String(alertRows().length)],
  ];
  return element('dl', { class: 'numbers' }, entries.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
}

function timerRows() {
  const now = data.status === null ? 0 : data.status.block_time_ms + data.status.last_block_age_ms;
  return data.projects
    .filter((one) => one.stage === 'published' && one.deadline_ms > 0 && one.deadline_ms - now < AHEAD_MS)
    .sort((one, other) => one.deadline_ms - other.deadline_ms)
    .map((one) => ({ ...one, left: one.deadline_ms - now }));
}

function render() {
  show(byId('numbers'), numbers());
  show(byId('alerts'), table(say('预警', 'Alerts'), [
    [say('种类', 'Kind'), (one) => `⚠ ${one.kind}`], [say('对象', 'About'), (one) => one.about], [say('说明', 'What'), (one) => one.what],
  ], alertRows(), say('没有', 'none')));
  show(byId('timers'), table(say('72 小时内到期', 'Due within 72 hours'), [
    [say('项目', 'Project'), (one) => projectLink(one.project)], [say('名称', 'Title'), (one) => plain(one.title)], [say('阶段', 'Stage'), (one) => stageText(one.stage)],
    [say('投标截止', 'Deadline'), (one) => timeText(one.deadline_ms)],
    [say('剩余', 'Left'), (one) => (one.left < 0 ? say('⚠ 已过，尚未开标', '⚠ past, not opened') : durationText(one.left))],
  ], timerRows(), say('没有', 'none')));
  show(byId('prices'), data.prices === null ? null : (data.prices.lots ?? []).map(lotPrices));
}

/** Late duties stand in each project's own view; it is read again only when its stage changed. */
async function lookClosely(projects) {
  const ended = ['archived', 'terminated'];
  for (const one of projects.filter((project) => !ended.includes(project.stage)).slice(0, CLOSE_LOOKS_MAX)) {
    data.looked.set(one.project, await get(path('v1', 'projects', one.project)));
  }
}

let height = -1;

async function refresh() {
  try {
    data.status = await get(path('v1', 'status'));
    if (data.status.height !== height) {
      data.projects = await all(path('v1', 'projects'), PROJECTS_MAX);
      if (await offers('/v1/alerts')) data.alerts = (await get('/v1/alerts?limit=200')).items;
      else await lookClosely(data.projects);
      height = data.status.height;
    }
    byId('message').textContent = '';
  } catch (error) {
    byId('message').textContent = `${say('节点没有回答', 'The node does not answer')}：${plain(error.message)}`;
  }
  render();
}

async function showPrices(id) {
  data.prices = null;
  byId('price-message').textContent = '';
  try {
    data.prices = await get(path('v1', 'projects', id));
  } catch (error) {
    byId('price-message').textContent = error.status === 404 ? say('未找到。', 'Not found.') : plain(error.message);
  }
  render();
}

startLanguage();
speak(render);
byId('price-form').addEventListener('submit', (event) => {
  event.preventDefault();
  showPrices(byId('project').value.trim());
});
await follow(refresh);
