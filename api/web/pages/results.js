// What became of each lot, read from the project's own records: candidates, disqualified bids, award, contract, offers and sale of a
// listing; and what was changed afterwards. Three bids without the winner make a reader take the lowest, which may have lost.
//
// Invariant: nothing here but what the node's project and public records say, and an award that was annulled is said to be that.
import { amountText, bidText, payloadOf, scoreText, typeName } from './content.js';
import { WORDS } from './fields.js';
import { element, facts, plain, plainLines, table } from './dom.js';
import { say, timeText } from './language.js';
import { orgText } from './names.js';

const short = (digest) => `${String(digest).slice(0, 19)}…`;
const TEXT_MAX = 600;
const ENDED = ['failed', 'terminated', 'annulled'];

/** Maps to plain objects, for bodies whose form the ledger has checked. */
const plainOf = (value) => {
  if (value instanceof Map) return Object.fromEntries([...value].filter(([name]) => name !== '__proto__').map(([name, one]) => [name, plainOf(one)]));
  return Array.isArray(value) ? value.map(plainOf) : value;
};

/** Every public record of these types, oldest first: `{record, time, author, type, body}`. */
function bodies(records, ...types) {
  return records.filter((one) => types.includes(typeName(one.type))).flatMap((one) => {
    const payload = payloadOf(one);
    return payload === null ? [] : [{ record: one.record, time: one.time_ms, author: one.author, type: typeName(one.type), body: plainOf(payload.get('body')), signers: signersOf(payload) }];
  });
}

const signersOf = (payload) => [payload.get('author'), ...(payload.get('cosigners') ?? [])].map((one) => one?.get?.('org')).filter((one) => typeof one === 'string');

/** The newest of the found ones that speaks of this lot, with what it says of it. */
function newestOf(found, lot) {
  for (const one of [...found].reverse()) {
    const said = Array.isArray(one.body.lots) ? one.body.lots.find((part) => part?.lot === lot) : one.body.lot === lot ? one.body : undefined;
    if (said !== undefined) return { ...one, said };
  }
  return null;
}

/** Everything the records say of every lot. */
export function resultsOf(project, records) {
  const of = (...types) => bodies(records, ...types);
  const reports = of('evaluation.reported', 'result.corrected').map((one) => ({ ...one, body: one.type === 'result.corrected' ? one.body.report ?? {} : one.body }));
  const found = {
    reports, publicised: of('candidates.publicised'), awards: of('award.notified'), contracts: of('contract.signed'), closings: of('listing.closed'),
    offers: of('listing.offered'), deals: of('deal.confirmed'), published: of('tender.published', 'listing.published'),
  };
  /** Candidates publicised before a correction are those of the result that was corrected. */
  const current = (one, report) => (one !== null && report !== null && one.time < report.time ? null : one);
  return new Map((project.lots ?? []).map((lot) => [lot.id, {
    report: newestOf(found.reports, lot.id), candidates: current(newestOf(found.publicised, lot.id), newestOf(found.reports, lot.id)), award: newestOf(found.awards, lot.id),
    awards: found.awards.filter((one) => newestOf([one], lot.id) !== null), contract: newestOf(found.contracts, lot.id), closing: newestOf(found.closings, lot.id),
    numbers: new Map(found.closings.flatMap((one) => (one.body.numbers ?? []).map((entry) => [entry.number, entry.bidder]))),
    offers: found.offers.filter((one) => one.body.lot === lot.id), deal: newestOf(found.deals, lot.id), published: newestOf(found.published.map((one) => ({ ...one, body: { lots: (one.body.lots ?? []).map((part) => ({ ...part, lot: part.id })) } })), lot.id),
  }]));
}

const same = (one, other) => one?.bidder === other?.bidder && (one?.number ?? 1) === (other?.number ?? 1);
export const isListing = (project) => (project.stages ?? []).some((one) => one.stage === 'listed');

/** Place, score and outcome of one bid. */
export function outcomeOf(bid, lot, results, project) {
  const at = (lot.ranking ?? []).findIndex((one) => same(one, bid));
  const ranked = at < 0 ? null : lot.ranking[at];
  const refused = (results?.report?.said.disqualified ?? []).find((one) => same(one.bid, bid));
  const isWinner = lot.award !== null && lot.award !== undefined && same(lot.award, bid);
  const isCandidate = (results?.candidates?.said.candidates ?? []).some((one) => same(one, bid));
  const place = at < 0 ? null : String(at + 1);
  const score = ranked?.score === undefined || ranked?.score === null ? null : scoreText(ranked.score);
  let outcome = null;
  if (refused !== undefined) outcome = `✗ ${say('被否决', 'disqualified')}：${plain(refused.reason, TEXT_MAX)}`;
  else if (isWinner) outcome = project.stage === 'annulled' ? say('原中标，已认定无效', 'had won; annulled') : `★ ${say('中标', 'won')}`;
  else if (isCandidate) outcome = say('中标候选人', 'candidate');
  else if (at >= 0) outcome = say('未中标', 'did not win');
  else if (bid.revealed === null) outcome = say('未开启，不参加评标', 'stayed shut, not evaluated');
  if (outcome !== null && !isWinner && at >= 0 && (lot.award ?? null) === null && refused === undefined && !isCandidate) outcome = say('已评标，尚未定标', 'evaluated, no award yet');
  return { place, score, outcome };
}

function awardFacts(lot, results, project, link) {
  const { currency } = project;
  const { award } = lot;
  const record = results?.award ?? results?.closing ?? null;
  const other = (results?.awards ?? []).slice(0, -1);
  const grounds = (results?.award?.said.grounds ?? []).map((one) => (Object.hasOwn(WORDS, one) ? say(...WORDS[one]) : plain(one, 60))).join('、');
  const names = isListing(project) ? [say('成交（竞得）人', 'Sold to'), say('成交价', 'Price of the deal')] : [say('中标人', 'Winner'), say('中标价', 'Awarded price')];
  return [
    [names[0], [element('strong', {}, link('org', award.bidder, orgText(award.bidder))), award.number > 1 ? say(`（第 ${award.number} 份投标）`, ` (bid no. ${award.number})`) : '']],
    [names[1], element('strong', {}, amountText(award.price, currency))],
    [say('得分', 'Score'), award.score === undefined || award.score === null ? null : scoreText(award.score)],
    [isListing(project) ? say('成交记录', 'Record of the sale') : say('中标通知', 'Notice of award'), record === null ? null : [timeText(record.time), ' ', link('record', record.record, short(record.record))]],
    [say('越过更优候选人的理由', 'Grounds for passing over better ones'), grounds],
    [say('此前的中标通知（已被替代）', 'Earlier awards (replaced)'), other.length === 0 ? null : other.map((one) => {
      const said = newestOf([one], lot.id).said;
      return element('div', {}, `${bidText(said.bid)} ${amountText(said.price, currency)} `, link('record', one.record, short(one.record)));
    })],
  ];
}

/** How a lot ended, in words, before the table of its bids. */
export function lotHeadline(lot, results, project, link) {
  const { currency } = project;
  const contract = results?.contract ?? null;
  const deal = results?.deal ?? null;
  const candidates = results?.candidates?.said.candidates ?? [];
  const isOver = ENDED.includes(project.stage);
  const annulled = project.annulment ? element('p', { class: 'warning' }, say('该项目已被监管部门认定无效：下列结果不再有效。', 'A regulator annulled this project: the results below no longer stand.')) : null;
  const price = (results?.published?.said.starting_price ?? null) === null ? [] : [[say('起始价', 'Starting price'), amountText(results.published.said.starting_price, currency)], [say('增价幅度', 'Increment'), amountText(results.published.said.increment ?? null, currency)]];
  let state = null;
  if (lot.failed) state = element('p', { class: 'bad-text' }, isListing(project) ? say('✗ 未成交（流拍）', '✗ not sold') : say('✗ 本标段招标失败', '✗ this lot failed'));
  else if (!lot.award) state = element('p', {}, isOver ? say('没有结果：程序已结束。', 'No result: the procedure ended.') : say('● 尚未定标', '● no award yet'));
  return [
    annulled, state,
    facts([
      ...(lot.award ? awardFacts(lot, results, project, link) : []),
      [say('中标候选人（按名次）', 'Candidates, best first'), candidates.length === 0 ? null : element('ol', {}, candidates.map((one) => element('li', {}, link('org', one.bidder, bidText(one)))))],
      [say('候选人公示', 'Candidates publicised'), results?.candidates ? [timeText(results.candidates.time), ' ', link('record', results.candidates.record, short(results.candidates.record))] : null],
      [say('成交确认', 'Deal confirmed'), deal === null ? null : [`${amountText(deal.said.price, currency)} · ${timeText(deal.time)} `, link('record', deal.record, short(deal.record))]],
      [say('合同价', 'Contract price'), contract === null ? null : element('strong', {}, amountText(contract.said.price, currency))],
      [say('合同', 'Contract'), contract === null ? null : [`${contract.signers.map(orgText).join('、')} · ${timeText(contract.time)} `, link('record', contract.record, short(contract.record))]],
      [say('履约保证金', 'Performance bond'), contract === null || !contract.said.performance_bond ? null : amountText(contract.said.performance_bond, currency)],
      ...(isListing(project) ? price : [[say('估算价', 'Estimate'), lot.estimate > 0 ? amountText(lot.estimate, currency) : null]]),
      [say('最高限价', 'Ceiling'), lot.ceiling > 0 ? amountText(lot.ceiling, currency) : null],
    ]),
  ];
}

/** Offers of a listing: under numbers while it runs, with the bidders behind them once it was closed. */
export function offersTable(lot, results, project, link) {
  const offers = [...results.offers].sort((one, other) => other.body.amount - one.body.amount || one.time - other.time);
  const winner = results.closing?.said.winner ?? null;
  // An offer is signed by the number, not by the firm.
  const bidder = (one) => results.numbers.get(one.author) ?? null;
  return table(`${say('标的', 'Lot')} ${plain(lot.id)} ${plain(lot.title)} · ${say('报价', 'Offers')}`, [
    [say('号牌', 'Number'), (one) => plain(one.author, 64)],
    [say('竞买人', 'Bidder'), (one) => (bidder(one) === null ? say('挂牌截止前不公开', 'not shown before the end') : link('org', bidder(one), orgText(bidder(one))))],
    [say('报价', 'Offer'), (one) => amountText(one.body.amount, project.currency), 'number'], [say('时间', 'At'), (one) => timeText(one.time)],
    [say('结果', 'Outcome'), (one) => (winner !== null && winner.number === one.author && winner.price === one.body.amount ? `★ ${say('成交', 'sold')}` : null)],
    [say('记录', 'Record'), (one) => link('record', one.record, short(one.record))],
  ], offers, say('没有报价', 'no offers'));
}

const CHANGES = {
  'tender.clarified': ['澄清', 'clarified'], 'tender.amended': ['修改', 'amended'], 'result.corrected': ['更正评标结果', 'result corrected'],
  'tender.failed': ['招标失败', 'failed'], 'tender.terminated': ['终止', 'terminated'], 'tender.annulled': ['认定无效', 'annulled'], 'award.notified': ['中标通知', 'award'],
};

/** What was changed, corrected or annulled, newest last. An award is listed where another one took its place. */
export function changesTable(records, link) {
  const found = bodies(records, ...Object.keys(CHANGES).filter((one) => one !== 'award.notified'));
  const awards = bodies(records, 'award.notified');
  const all = [...found, ...(awards.length > 1 ? awards : [])].sort((one, other) => one.time - other.time);
  if (all.length === 0) return null;
  const said = ({ body }) => [
    body.article ? `${plain(body.article, 200)}：` : '', plainLines(body.reason ?? body.ground ?? body.text ?? '', TEXT_MAX),
    Number.isSafeInteger(body.deadline_ms) ? ` ${say('新的截止时间', 'new deadline')} ${timeText(body.deadline_ms)}` : '',
    ...(body.lots ?? []).map((one) => (one.bid ? element('div', {}, `${plain(one.lot, 64)}：${bidText(one.bid)}`) : '')),
  ];
  return table(say('更正、变更与终止', 'Corrections, changes and endings'), [
    [say('时间', 'Time'), (one) => timeText(one.time)], [say('事项', 'What'), (one) => say(...CHANGES[one.type])], [say('内容', 'What it says'), said],
    [say('作者', 'Author'), (one) => link('org', one.author, orgText(one.author))], [say('记录', 'Record'), (one) => link('record', one.record, short(one.record))],
  ], all, '');
}
