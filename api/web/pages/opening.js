// The opening of a project and what became of each lot: who opened by which record, the result, and each lot's bids, ranked, with the
// records that sealed and opened them; of a listing the offers.
import { bidText } from './content.js';
import { element, facts, plain, table } from './dom.js';
import { say, timeText } from './language.js';
import { orgText } from './names.js';
import { changesTable, isListing, lotHeadline, offersTable, outcomeOf, resultsOf } from './results.js';
import { currencyText, moneyText } from './stages.js';

const OPENING = /^bids\.opened\//;
const short = (digest) => `${String(digest).slice(0, 19)}…`;

/** What opened a bid; `link(kind, value, text)` makes a link of the explorer. */
function openedBy(bid, link) {
  return bid.revealed ? link('record', bid.revealed, short(bid.revealed)) : say('未开启', 'stayed shut');
}

/** In the order of the result: the ranking first, then those that were disqualified or stayed shut. */
function inOrder(bids, lot, outcome) {
  const place = (bid) => Number(outcome(bid).place ?? Infinity);
  return [...bids].sort((one, other) => (place(one) === place(other) ? 0 : place(one) - place(other)));
}

function lotTable(lot, results, project, link) {
  const { currency } = project;
  const outcome = (bid) => outcomeOf(bid, lot, results, project);
  const caption = `${say('标段', 'Lot')} ${plain(lot.id)} ${plain(lot.title)} · ${say('投标与排名', 'bids and ranking')}`;
  return table(caption, [
    [say('名次', 'Place'), (bid) => outcome(bid).place, 'number'],
    [say('投标人', 'Bidder'), (bid) => link('org', bid.bidder, bidText(bid))],
    [say(`报价（${currencyText(currency)}）`, `Price (${currencyText(currency)})`), (bid) => moneyText(bid.price, currency), 'number'],
    [say('得分', 'Score'), (bid) => outcome(bid).score, 'number'], [say('结果', 'Outcome'), (bid) => outcome(bid).outcome],
    [say('递交时间', 'Sealed at'), (bid) => timeText(bid.sealed_at_ms)],
    [say('密封记录', 'Sealed by'), (bid) => link('record', bid.sealed, short(bid.sealed))],
    [say('开启记录', 'Opened by'), (bid) => openedBy(bid, link)],
  ], inOrder(lot.bids ?? [], lot, outcome), lot.bids === null ? say('开标前不公开投标信息', 'bids are not shown before the opening') : say('没有投标', 'no bids'));
}

function lotView(lot, results, project, link) {
  return [
    element('h3', {}, `${isListing(project) ? say('标的', 'Lot') : say('标段', 'Lot')} ${plain(lot.id)} ${plain(lot.title)}`),
    lotHeadline(lot, results, project, link),
    isListing(project) ? offersTable(lot, results, project, link) : lotTable(lot, results, project, link),
  ];
}

/** Who held the opening, by which record, and how many of the standing bids came to be readable. */
function heldBy(project, records, link) {
  const lots = (project.lots ?? []).filter((lot) => lot.bids !== null);
  const held = records.filter((one) => OPENING.test(one.type ?? ''));
  if (isListing(project) || (held.length === 0 && lots.length === 0)) return null;
  const bids = lots.flatMap((lot) => lot.bids);
  const count = bids.filter((bid) => bid.revealed).length;
  return [
    element('h3', {}, say('开标', 'Opening')),
    facts([
      ...held.flatMap((one) => [
        [say('开标记录', 'Opening record'), link('record', one.record, short(one.record))],
        [say('主持开标', 'Held by'), link('org', one.author, orgText(one.author))], [say('开标时间', 'Held at'), timeText(one.time_ms)],
      ]),
      [say('开启方式', 'Opened by'), project.sealed_by === 'group' ? say('链上门限小组统一解密', 'the chain’s threshold group, all at once') : say('投标人各自公开', 'each bidder')],
      [say('有效投标', 'Standing bids'), lots.length === 0 ? null : say(`${bids.length} 份，其中已开启 ${count} 份`, `${bids.length}, of which ${count} were opened`)],
    ]),
  ];
}

export function openingView(project, records, link) {
  const results = resultsOf(project, records);
  return [
    (project.lots ?? []).map((lot) => lotView(lot, results.get(lot.id), project, link)), changesTable(records, link), heldBy(project, records, link),
  ];
}
