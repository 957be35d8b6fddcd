// Answers in the shape a node gives (node/src/backend.rs, contracts/src/view.rs), with hostile texts in every free
// field: the pages must show them as text.
export const HOSTILE = '<img src=x onerror="document.title=1">\u202e"\'`{{x}}</script>';
export const PROJECT = '2026-350100-48-01-000123';
const org = '91350100M000100Y43';
const digest = (digit) => `sha256:${digit.repeat(64)}`;
const START = 1_790_000_000_000;
const key = 'ed25519:mTyOVN5grwfWFN46uI2TSsTBRCHuTBzCVl8odm5LEdg=';

const block = (height) => ({
  height, time_ms: START + 2000 * height, hash: digest('b'), previous: digest('a'), proposer: 'city', records: height % 4,
  history_size: height * 2, history_root: 'c'.repeat(64), state_root: digest('d'), rulebook_hash: digest('e'),
});
const bid = (name, price, digit) => ({ bidder: name, number: 0, sealed_at_ms: START + 1000, sealed: digest(digit), revealed: digest(digit), price });

const project = {
  project: PROJECT, title: `道路维修工程 ${HOSTILE}`, code: PROJECT, tenderee: org, agency: null, centre: org, stage: 'evaluated',
  stages: [{ stage: 'registered', time_ms: START }, { stage: 'published', time_ms: START + 1e6 }, { stage: 'opened', time_ms: START + 3e6 }, { stage: 'evaluated', time_ms: START + 4e6 }],
  step: digest('1'), terms: digest('2'), rulebook: digest('3'), method: 'weighted', criteria: [], deadline_ms: START + 2e6, suspended: true,
  late: ['objection_reply_max', HOSTILE], end_reason: null, records: 12, history: digest('4'),
  lots: [{ id: 'L1', title: HOSTILE, estimate: 100000000, ceiling: 120000000, failed: null, ranking: [], award: null,
    bids: [bid('BIDDER-A', 98765432, '5'), bid('BIDDER-B', 99999900, '6'), bid('BIDDER-C', 119000000, '7'), bid('BIDDER-D', null, '8')] },
  { id: 'L2', title: '第二标段', estimate: 1, ceiling: 1, failed: null, ranking: [], award: null, bids: null }],
};

/** What `serve` answers; `height` moves with each call of `status`, as a chain's does. */
export function nodeAnswers() {
  const state = { height: 40 };
  const status = () => ({ body: {
    name: 'city', role: 'validator', version: '0.1.0', chain: digest('0'), height: state.height, block_time_ms: START + 2000 * state.height, last_block_age_ms: 1500,
    heartbeat_ms: 10000, history_size: 81, certified_size: 80, waiting: 3,
    peers: [{ name: 'district-a', validator: true, connected: true }, { name: HOSTILE, validator: false, connected: false }],
    missing_validators: ['三区'], quorum: 3, validators: 4, consensus: { height: 41, round: 0, step: 'Prevote', proposer: 'district-a' },
    next_block: { reason: 'heartbeat', in_ms: 8500 }, ready: true, reasons: [],
  } });
  const listed = { project: PROJECT, title: project.title, stage: 'evaluated', tenderee: org, deadline_ms: project.deadline_ms };
  const open = { project: 'P-2', title: '供水管网', stage: 'published', tenderee: org, deadline_ms: START + 2000 * 40 + 3600_000 };
  const answers = {
    '/openapi.json': { body: { paths: { '/v1/status': {} } } },
    '/v1/status': status,
    '/v1/blocks': () => ({ body: { items: Array.from({ length: 15 }, (_, at) => block(state.height - 14 + at)), next: null } }),
    '/v1/blocks/40': { body: { ...block(40), record_ids: [digest('1')] } },
    '/v1/projects': { body: { items: [listed, open], next: null } },
    [`/v1/projects/${PROJECT}`]: { body: project },
    '/v1/projects/P-2': { body: { ...project, project: 'P-2', title: '供水管网', stage: 'published', late: [], suspended: false, lots: [] } },
    [`/v1/projects/${PROJECT}/records`]: { body: { items: [{ record: digest('1'), height: 3, position: 0, time_ms: START, leaf: 5, public: true, type: 'tender.published/1', author: org, project: PROJECT }], next: null } },
    [`/v1/records/${digest('1')}`]: { body: { record: digest('1'), height: 3, position: 0, time_ms: START, leaf: 5, public: true, type: 'tender.published/1', author: org, project: PROJECT } },
    '/v1/participants': { body: { items: [{ org, name: HOSTILE, identity: null, roles: ['tenderee', HOSTILE], keys: [{ key, from: 1, until: null }], revoked: null }], next: null } },
    [`/v1/participants/${org}`]: { body: { org, name: HOSTILE, identity: null, roles: ['tenderee'], keys: [{ key, from: 1, until: null }], revoked: null } },
    '/v1/genesis': { body: { trust: {}, rest: { nodes: [{ name: HOSTILE, consensus_key: key, network_key: key, api_key: key }] } } },
    '/v1/policy': { body: 'none', type: 'text/plain' },
    '/metrics': { body: '# HELP biaozheng_height Height\n# TYPE biaozheng_height gauge\nbiaozheng_height 40\n# HELP biaozheng_store_disk_bytes Size of the store on disk\nbiaozheng_store_disk_bytes 73400320\nbiaozheng_committed_records_total 81\n# EOF\n', type: 'text/plain' },
  };
  return { answers, state };
}
