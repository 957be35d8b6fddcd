// What a node answers of a tender that the dearer of three bids won, and of a land deal: the cases in which pages named nobody.
import { HOSTILE, nodeAnswers } from './node-answers.js';

const START = 1_790_000_000_000;
const digest = (digit) => `sha256:${String(digit).repeat(64).slice(0, 64)}`;
export const TENDER = 'SYN-WORKS';
export const LISTING = 'SYN-LAND';

let count = 0;
/** A public record as the node lists it, with the payload its author signed. */
export function recordOf(type, author, project, body, more = {}) {
  count += 1;
  const id = `sha256:${count.toString(16).padStart(64, 'a')}`;
  const payload = JSON.stringify({
    chain: digest(0), type, author: { org: author, key: 'ed25519:mTyOVN5grwfWFN46uI2TSsTBRCHuTBzCVl8odm5LEdg=' },
    cosigners: (more.cosigners ?? []).map((org) => ({ org, key: 'ed25519:mTyOVN5grwfWFN46uI2TSsTBRCHuTBzCVl8odm5LEdg=' })), project, previous: null, made_at_ms: START,
    tool: 'test', documents: more.documents ?? [], body,
  });
  return {
    record: id, height: count, position: 0, time_ms: START + count * 1e6, leaf: count, public: true, type, author, project,
    envelope: { payloadType: 'application/vnd.biaozheng.record+json', payload: Buffer.from(payload).toString('base64'), signatures: [] },
  };
}

const name = (bidder, number = 1) => ({ bidder, number });
const bid = (bidder, price, digit, number = 1) => ({ bidder, number, sealed_at_ms: START, sealed: digest(digit), revealed: digest(digit), price });

/** B1 won with 900,000; B2 was cheaper and disqualified; B3 dearer. The result was corrected once and the award replaced once. */
export function tender(more = {}) {
  const report = (reason) => ({ lots: [{ lot: 'L1', ranking: [{ bidder: 'BIDDER-A', number: 1, price: 90000000, score: 8971 }, { bidder: 'BIDDER-C', number: 1, price: 95000000, score: 8102 }], disqualified: [{ bid: name('BIDDER-B'), reason }] }] });
  const records = [
    recordOf('tender.published/1', 'EAST', TENDER, { rulebook: digest(3), currency: 'CNY', notice: `公告\n${HOSTILE}`, lots: [{ id: 'L1', title: '道路', estimate: 100000000, ceiling: 110000000 }], documents_from_ms: START, documents_until_ms: START + 1, deadline_ms: START + 2, method: 'weighted', criteria: [{ id: 'price', weight_permille: 600, price: true }], bid_bond: 2000000 }),
    recordOf('tender.amended/1', 'EAST', TENDER, { text: `工期改为 90 天 ${HOSTILE}`, deadline_ms: START + 5e6 }),
    recordOf('evaluation.reported/1', 'EAST', TENDER, report('暂定')),
    recordOf('candidates.publicised/1', 'EAST', TENDER, { lots: [{ lot: 'L1', candidates: [name('BIDDER-C'), name('BIDDER-A')] }] }),
    recordOf('result.corrected/1', 'EAST', TENDER, { ground: 'objective_differs', reason: '业绩分更正', corrections: [{ member: 'M1', lot: 'L1', bid: name('BIDDER-A'), criterion: 'past', points: 90 }], report: report(`资质不符 ${HOSTILE}`) }),
    recordOf('candidates.publicised/1', 'EAST', TENDER, { lots: [{ lot: 'L1', candidates: [name('BIDDER-A'), name('BIDDER-C')] }] }),
    recordOf('award.notified/1', 'EAST', TENDER, { lots: [{ lot: 'L1', bid: name('BIDDER-A'), price: 90000000 }] }, { documents: [{ name: '中标通知书.pdf', digest: digest(7), size: 26, media_type: 'application/pdf' }] }),
    recordOf('contract.signed/1', 'EAST', TENDER, { lot: 'L1', price: 89500000, performance_bond: 9000000, contract: digest(8) }, { cosigners: ['BIDDER-A'] }),
  ];
  const project = {
    project: TENDER, title: '合成工程', code: TENDER, tenderee: 'EAST', agency: null, centre: 'EAST', stage: 'contracted',
    stages: [{ stage: 'registered', time_ms: START }, { stage: 'published', time_ms: START + 1 }, { stage: 'opened', time_ms: START + 2 }, { stage: 'awarded', time_ms: START + 3 }],
    step: digest(1), terms: digest(2), rulebook: digest(3), currency: 'CNY', method: 'weighted', criteria: [], deadline_ms: START + 2, suspended: false, late: [], end_reason: '', annulment: null,
    retender_of: null, retendered_as: null, method_approval: null, records: 12, history: digest(4), sealed_by: 'group',
    lots: [{ id: 'L1', title: '道路', estimate: 100000000, ceiling: 110000000, failed: false, ranking: report('').lots[0].ranking, award: { bidder: 'BIDDER-A', number: 1, price: 90000000, score: 8971 },
      bids: [bid('BIDDER-A', 90000000, 5), bid('BIDDER-B', 80000000, 6), bid('BIDDER-C', 95000000, 7)] }], ...more,
  };
  return { project, records };
}

export function listing(more = {}) {
  const records = [
    recordOf('listing.published/1', 'EAST', LISTING, { rulebook: digest(3), currency: 'CNY', notice: '挂牌公告', asset: 'land_use_right', lots: [{ id: 'P1', title: '地块', starting_price: 500000000, increment: 10000000 }], bond: 100000000, registration_until_ms: START, listing_from_ms: START, listing_until_ms: START + 9 }),
    recordOf('listing.offered/1', 'N-7', LISTING, { lot: 'P1', amount: 500000000 }),
    recordOf('listing.offered/1', 'N-9', LISTING, { lot: 'P1', amount: 530000000 }),
    recordOf('listing.closed/1', 'EAST', LISTING, { numbers: [{ number: 'N-7', bidder: 'HOME', salt: '00' }, { number: 'N-9', bidder: 'LAND', salt: '01' }], lots: [{ lot: 'P1', winner: { number: 'N-9', bidder: 'LAND', price: 530000000 } }] }),
    recordOf('deal.confirmed/1', 'EAST', LISTING, { lot: 'P1', price: 530000000, confirmation: digest(8) }, { cosigners: ['LAND'] }),
    recordOf('contract.signed/1', 'EAST', LISTING, { lot: 'P1', price: 530000000, performance_bond: 0, contract: digest(9) }, { cosigners: ['LAND'] }),
  ];
  const project = {
    ...tender().project, project: LISTING, title: '合成地块', code: LISTING, stages: [{ stage: 'registered', time_ms: START }, { stage: 'listed', time_ms: START }, { stage: 'listing_closed', time_ms: START }], sealed_by: null,
    lots: [{ id: 'P1', title: '地块', estimate: 0, ceiling: null, failed: false, ranking: [{ bidder: 'LAND', number: 1, price: 530000000 }, { bidder: 'HOME', number: 1, price: 500000000 }], award: { bidder: 'LAND', number: 1, price: 530000000 }, bids: [] }], ...more,
  };
  return { project, records };
}

/** A node with these projects and every record of them. */
export function withProjects(...projects) {
  const node = nodeAnswers();
  for (const { project, records } of projects) {
    node.answers[`/v1/projects/${project.project}`] = { body: project };
    node.answers[`/v1/projects/${project.project}/records`] = { body: { items: records, next: null } };
    for (const one of records) node.answers[`/v1/records/${one.record}`] = { body: one };
  }
  return node;
}
