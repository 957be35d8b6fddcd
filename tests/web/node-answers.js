// Answers in the shape a node gives (node/src/serve/backend.rs, contracts/src/shown.rs), with hostile texts in every free
// field: the pages must show them as text.
import { checkpoints } from './fork.js';

export const HOSTILE = '<img src=x onerror="document.title=1">\u202e"\'`{{x}}</script>';
export const PROJECT = '2026-350100-48-01-000123';
const org = '91350100M000100Y43';
const digest = (digit) => `sha256:${digit.repeat(64)}`;
const START = 1_790_000_000_000;
const key = 'ed25519:mTyOVN5grwfWFN46uI2TSsTBRCHuTBzCVl8odm5LEdg=';

const DAY = 24 * 3600 * 1000;

const alert = (digit, more) => ({
  alert: digest(digit), by: 'REG', due_ms: START + DAY, disposed: null, open: true, kind: 'collusion.equal_steps', severity: 'medium',
  message: HOSTILE, message_zh: `报价等差 ${HOSTILE}`, project: PROJECT, organisations: ['BIDDER-A', 'BIDDER-B'], raised_ms: START,
  records: [digest('5'), digest('6')], formula: `b − a = c − b ${HOSTILE}`, threshold: '4 prices', found: HOSTILE, rules: { version: 3, digest: digest('9') }, disposition: null, ...more,
});
const alerts = [
  alert('a', {}),
  alert('b', { kind: 'timer.contract_max', severity: 'high', raised_ms: START + 40 * DAY, due_ms: START - 3600_000 }),
  alert('c', { kind: 'R018', severity: 'low', project: null, raised_ms: START + 80 * DAY, open: false, disposed: digest('d'),
    disposition: { record: digest('d'), disposition: 'explained', reason: `已核实 ${HOSTILE}`, by: 'REG', time_ms: START + 81 * DAY } }),
];
const timer = (more) => ({
  project: PROJECT, title: `道路维修工程 ${HOSTILE}`, stage: 'awarded', tenderee: org, centre: org, rule: 'contract_max', article: `招标投标法46 ${HOSTILE}`, limit: '"30d"',
  from_ms: START, due_ms: START + 2000 * 40 - 1000, about: null, rulebook: digest('3'), ...more,
});
const timers = [
  timer({}), timer({ project: 'P-2', title: '供水管网', stage: 'published', rule: 'deadline', article: null, limit: '', due_ms: START + 2000 * 40 + 3600_000 }),
  timer({ project: 'P-3', rule: 'regulator_report_max', due_ms: START + 10 * DAY }), timer({ project: 'P-4', rule: 'publicity_min', due_ms: START }),
];
const page = (items) => ({ body: { items, next: null } });

const block = (height) => ({
  height, time_ms: START + 2000 * height, hash: digest('b'), previous: digest('a'), proposer: 'city', records: height % 4,
  history_size: height * 2, history_root: 'c'.repeat(64), state_root: digest('d'), rulebook_hash: digest('e'),
});
const bid = (name, price, digit) => ({ bidder: name, number: 0, sealed_at_ms: START + 1000, sealed: digest(digit), revealed: digest(digit), price });

const project = {
  project: PROJECT, title: `道路维修工程 ${HOSTILE}`, code: PROJECT, tenderee: org, agency: null, centre: org, stage: 'evaluated',
  stages: [{ stage: 'registered', time_ms: START }, { stage: 'published', time_ms: START + 1e6 }, { stage: 'opened', time_ms: START + 3e6 }, { stage: 'evaluated', time_ms: START + 4e6 }],
  step: digest('1'), terms: digest('2'), rulebook: digest('3'), method: 'weighted', criteria: [], deadline_ms: START + 2e6, suspended: true,
  late: ['objection_reply_max', HOSTILE], end_reason: null, retender_of: 'P-0', retendered_as: null,
  annulment: { record: digest('9'), by: org, complaint: null, article: `条例81 ${HOSTILE}`, decision: digest('9') },
  method_approval: { by: `发改委 ${HOSTILE}`, document: digest('9') }, records: 12, history: digest('4'),
  lots: [{ id: 'L1', title: HOSTILE, estimate: 100000000, ceiling: 120000000, failed: null, ranking: [], award: null,
    bids: [bid('BIDDER-A', 98765432, '5'), bid('BIDDER-B', 99999900, '6'), bid('BIDDER-C', 119000000, '7'), { ...bid('BIDDER-D', null, '8'), revealed: null }] },
  { id: 'L2', title: '第二标段', estimate: 1, ceiling: 1, failed: null, ranking: [], award: null, bids: null }],
};

/** Firms of the register beside the one of the list. */
export const NAMES = { 'BIDDER-A': '福建甲建设有限公司', 'BIDDER-B': '福建乙建设有限公司', 'BIDDER-C': '福建丙建设有限公司', 'BIDDER-D': '福建丁建设有限公司', EAST: '东区交易中心', REG: '监管局', LAND: '福建鎏置业有限公司', HOME: `房产 ${HOSTILE}` };

const firms = Object.fromEntries(Object.entries(NAMES).map(([id, name]) => [id, { org: id, name, identity: null, roles: ['bidder'], keys: [], revoked: null }]));

/** As a node searches, in pages that look at one thing each: the first hit comes on the second page. */
const SEARCHED = [
  { kind: 'project', id: 'P-0', title: '桥梁', stage: 'published', roles: [] }, { kind: 'project', id: PROJECT, title: `道路维修工程 ${HOSTILE}`, stage: 'evaluated', roles: [] },
  { kind: 'participant', id: org, title: `道路公司 ${HOSTILE}`, stage: null, roles: ['tenderee', HOSTILE] },
];

function searchAnswer(url) {
  const at = Number(url.searchParams.get('after') ?? 0);
  const items = SEARCHED.slice(at, at + 1).filter((one) => one.title.includes(url.searchParams.get('q')));
  return { body: { items, next: at + 1 < SEARCHED.length ? String(at + 1) : null } };
}

/** What `serve` answers; `height` moves with each call of `status`, as a chain's does. */
export function nodeAnswers() {
  const state = { height: 40 };
  const status = () => ({ body: {
    name: 'city', role: 'validator', version: '0.1.0', chain: digest('0'), height: state.height, block_time_ms: START + 2000 * state.height, last_block_age_ms: 1500,
    heartbeat_ms: 10000, history_size: 81, certified_size: 80, waiting: 3,
    peers: [{ name: 'district-a', validator: true, connected: true, height: 12, tree_size: 80, told_ms: START }, { name: HOSTILE, validator: false, connected: false, height: null, tree_size: null, told_ms: null }],
    missing_validators: ['三区'], quorum: 3, validators: 4, consensus: { height: 41, round: 0, step: 'Prevote', proposer: 'district-a' },
    next_block: { reason: 'heartbeat', in_ms: 8500 }, engine_dropped_messages: 4, own_clock_ahead_ms: null,
    clocks_off: [{ name: 'district-a', ahead_ms: 5003, refused: 12 }], ready: true, reasons: [],
  } });
  const listed = { project: PROJECT, title: project.title, stage: 'evaluated', tenderee: org, deadline_ms: project.deadline_ms, registered_ms: START };
  const open = { project: 'P-2', title: '供水管网', stage: 'published', tenderee: org, deadline_ms: START + 2000 * 40 + 3600_000, registered_ms: 0 };
  const answers = {
    '/openapi.json': { body: { paths: { '/v1/status': {} } } },
    '/v1/status': status,
    '/v1/blocks': (url) => {
      const [limit, order] = [Number(url.searchParams.get('limit')), url.searchParams.get('order')];
      const items = Array.from({ length: Math.min(limit, 40) }, (_, at) => block(order === 'newest' ? state.height - at : at + 1));
      return { body: { items, next: null } };
    },
    '/v1/alerts': page(alerts),
    '/v1/timers': page(timers),
    '/v1/chains': page([
      { chain: digest('e'), title: `区链 ${HOSTILE}`, split: digest('f'), newest: { size: 12, root: digest('1'), record: digest('1'), time_ms: START, by: org }, count: 3, retired: null },
      { chain: digest('d'), title: '二区', split: null, newest: null, count: 0, retired: null },
    ]),
    '/v1/operator': { body: {
      time_ms: START, disks: [{ holds: 'ledger', free_bytes: 5e9, total_bytes: 1e11 }, { holds: HOSTILE, free_bytes: 9e10, total_bytes: 1e11 }], ledger_bytes: 73400320, key_days: 730,
      keys: ['consensus', 'cosigner', 'log', 'network', HOSTILE].map((purpose, at) => ({ purpose, key, made_ms: START, valid_until_ms: [START + 400 * DAY, START + 59.5 * DAY, START + 29.5 * DAY, START + 6.5 * DAY, START - DAY][at] })),
      groups: [{ purpose: 'tokens', record: digest('7'), epoch: 1, valid_until_ms: null }],
    } },
    '/v1/checkpoint': () => state.noCheckpoint ?? ({ body: state.checkpoint ?? checkpoints.first, type: 'text/plain' }),
    '/v1/consistency': () => state.noProof ?? ({ body: { path: state.path ?? checkpoints.path } }),
    '/v1/blocks/40': { body: { ...block(40), record_ids: [digest('1')] } },
    '/v1/projects': { body: { items: [listed, open], next: null } },
    [`/v1/projects/${PROJECT}`]: { body: project },
    '/v1/projects/P-2': { body: { ...project, project: 'P-2', title: '供水管网', stage: 'published', late: [], suspended: false, lots: [] } },
    [`/v1/projects/${PROJECT}/records`]: { body: { items: [{ record: digest('1'), height: 3, position: 0, time_ms: START, leaf: 5, public: true, type: 'tender.published/1', author: org, project: PROJECT },
      { record: digest('2'), height: 9, position: 0, time_ms: START + 3e6, leaf: 9, public: true, type: 'bids.opened/1', author: 'EAST', project: PROJECT }], next: null } },
    [`/v1/records/${digest('1')}`]: { body: { record: digest('1'), height: 3, position: 0, time_ms: START, leaf: 5, public: true, type: 'tender.published/1', author: org, project: PROJECT } },
    '/v1/search': searchAnswer,
    '/v1/participants': { body: { items: [{ org, name: HOSTILE, identity: null, roles: ['tenderee', HOSTILE], keys: [{ key, from: 1, until: null }], revoked: null }, ...Object.values(firms)], next: null } },
    [`/v1/participants/${org}`]: { body: { org, name: HOSTILE, identity: null, roles: ['tenderee'], keys: [{ key, from: 1, until: null }], revoked: null } },
    ...Object.fromEntries(Object.keys(firms).map((id) => [`/v1/participants/${id}`, { body: firms[id] }])),
    '/v1/genesis': { body: { trust: {}, rest: { nodes: [{ name: HOSTILE, consensus_key: key, network_key: key, api_key: key }] } } },
    '/v1/policy': () => ({ body: state.policy ?? checkpoints.policy, type: 'text/plain' }),
    '/metrics': { body: '# HELP biaozheng_height Height\n# TYPE biaozheng_height gauge\nbiaozheng_height 40\n# HELP biaozheng_store_disk_bytes Size of the store on disk\nbiaozheng_store_disk_bytes 73400320\nbiaozheng_committed_records_total 81\n# EOF\n', type: 'text/plain' },
  };
  return { answers, state };
}
