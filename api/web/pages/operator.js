// The operator's page: where this node stands, whom it sees, which keys it should have, and what it measures.
import { follow, get, getText, path } from './api.js';
import { byId, element, facts, plain, show, table } from './dom.js';
import { durationText, say, speak, startLanguage, timeText } from './language.js';

const data = { status: null, genesis: null, samples: [] };
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

function bytesText(bytes) {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Samples of an OpenMetrics text without labels, with their help. */
function samplesOf(text) {
  const help = new Map();
  const found = [];
  for (const line of text.split('\n')) {
    const told = /^# HELP (\w+) (.*)$/.exec(line);
    if (told !== null) help.set(told[1], told[2]);
    const sample = /^(\w+) (-?[0-9.e+]+)$/.exec(line);
    if (sample === null || /_(sum|count|bucket)$/.test(sample[1])) continue;
    found.push({ name: sample[1], value: Number(sample[2]), help: help.get(sample[1].replace(/_total$/, '')) ?? '' });
  }
  return found;
}

function nodeView(status) {
  const { consensus, next_block: next } = status;
  const disk = data.samples.find((one) => one.name === 'biaozheng_store_disk_bytes');
  return [
    element('p', { class: status.ready ? 'good-text' : 'bad-text' }, status.ready ? say('✓ 就绪', '✓ ready') : `✗ ${say('未就绪', 'not ready')}：${status.reasons.map((one) => plain(one)).join('；')}`),
    facts([
      [say('名称', 'Name'), plain(status.name)], [say('角色', 'Role'), plain(status.role)], [say('版本', 'Version'), plain(status.version)],
      [say('链', 'Chain'), element('span', { class: 'mono' }, plain(status.chain))],
      [say('高度', 'Height'), `${status.height} · ${timeText(status.block_time_ms)} · ${say('距今', 'age')} ${durationText(status.last_block_age_ms)}`],
      [say('历史树 / 已签证', 'History / certified'), `${status.history_size} / ${status.certified_size}`],
      [say('等待的记录', 'Records waiting'), String(status.waiting)],
      [say('共识', 'Consensus'), consensus ? `${say('高度', 'height')} ${consensus.height}，${say('轮次', 'round')} ${consensus.round}，${plain(consensus.step)}，${say('提议者', 'proposer')} ${plain(consensus.proposer ?? '—')}` : null],
      [say('下一区块', 'Next block'), next ? `${plain(next.reason)}${Number.isFinite(next.in_ms) ? ` · ${durationText(next.in_ms)}` : ''}` : null],
      [say('缺席的验证节点', 'Missing validators'), status.missing_validators.length > 0 ? `⚠ ${status.missing_validators.map((one) => plain(one)).join('、')}` : say('无', 'none')],
      [say('账本占用磁盘', 'Ledger on disk'), disk === undefined ? null : bytesText(disk.value)],
    ]),
  ];
}

function render() {
  const { status, genesis, samples } = data;
  show(byId('node'), status === null ? null : nodeView(status));
  show(byId('peers'), table(say('节点', 'Peers'), [
    [say('名称', 'Name'), (one) => plain(one.name)], [say('角色', 'Role'), (one) => (one.validator ? say('验证节点', 'validator') : say('观察节点', 'observer'))],
    [say('连接', 'Connection'), (one) => (one.connected ? say('✓ 已连接', '✓ connected') : say('✗ 未连接', '✗ not connected'))],
  ], status?.peers ?? [], say('没有', 'none')));
  const key = (text) => (text ? element('span', { class: 'mono' }, plain(text)) : null);
  show(byId('keys'), table(say('各节点密钥', 'Keys of the nodes'), [
    [say('节点', 'Node'), (one) => plain(one.name)], [say('共识', 'Consensus'), (one) => key(one.consensus_key)],
    [say('网络', 'Network'), (one) => key(one.network_key)], [say('回执', 'Receipts'), (one) => key(one.api_key)],
  ], genesis?.rest?.nodes ?? [], say('没有', 'none')));
  show(byId('measures'), table(say('度量', 'Measurements'), [
    [say('名称', 'Name'), (one) => plain(one.name)], [say('值', 'Value'), (one) => (/_bytes$/.test(one.name) ? bytesText(one.value) : String(one.value)), 'number'],
    [say('说明', 'Meaning'), (one) => plain(one.help)],
  ], samples, say('没有', 'none')));
}

async function refresh() {
  try {
    const [status, metrics] = await Promise.all([get(path('v1', 'status')), getText(path('metrics'))]);
    Object.assign(data, { status, samples: samplesOf(metrics) });
    data.genesis ??= await get(path('v1', 'genesis'));
    byId('message').textContent = '';
  } catch (error) {
    byId('message').textContent = `${say('节点没有回答', 'The node does not answer')}：${plain(error.message)}`;
  }
  render();
}

startLanguage();
speak(render);
await follow(refresh);
