// The opening of a project: who opened by which record, and each lot's bids with the records that sealed and opened them.
import { element, facts, plain, table } from './dom.js';
import { say, timeText } from './language.js';
import { currencyText, moneyText } from './stages.js';

const OPENING = /^bids\.opened\//;
const short = (digest) => `${String(digest).slice(0, 19)}…`;

/** What opened a bid; `link(kind, value, text)` makes a link of the explorer. */
function openedBy(bid, link) {
  return bid.revealed ? link('record', bid.revealed, short(bid.revealed)) : say('未开启', 'stayed shut');
}

function lotTable(lot, currency, link) {
  const bids = lot.bids ?? [];
  const caption = `${say('标段', 'Lot')} ${plain(lot.id)} ${plain(lot.title)}`;
  return table(caption, [
    [say('投标人', 'Bidder'), (bid) => link('org', bid.bidder)],
    [say(`报价（${currencyText(currency)}）`, `Price (${currencyText(currency)})`), (bid) => moneyText(bid.price, currency), 'number'],
    [say('递交时间', 'Sealed at'), (bid) => timeText(bid.sealed_at_ms)],
    [say('密封记录', 'Sealed by'), (bid) => link('record', bid.sealed, short(bid.sealed))],
    [say('开启记录', 'Opened by'), (bid) => openedBy(bid, link)],
  ], bids, lot.bids === null ? say('开标前不公开投标信息', 'bids are not shown before the opening') : say('没有投标', 'no bids'));
}

/** Who held the opening, by which record, and how many of the standing bids came to be readable. */
function heldBy(project, records, link) {
  const lots = (project.lots ?? []).filter((lot) => lot.bids !== null);
  const held = records.filter((one) => OPENING.test(one.type ?? ''));
  if (held.length === 0 && lots.length === 0) return null;
  const bids = lots.flatMap((lot) => lot.bids);
  const count = bids.filter((bid) => bid.revealed).length;
  return [
    element('h3', {}, say('开标', 'Opening')),
    facts([
      ...held.flatMap((one) => [
        [say('开标记录', 'Opening record'), link('record', one.record, short(one.record))],
        [say('主持开标', 'Held by'), link('org', one.author)], [say('开标时间', 'Held at'), timeText(one.time_ms)],
      ]),
      [say('开启方式', 'Opened by'), project.sealed_by === 'group' ? say('链上门限小组统一解密', 'the chain’s threshold group, all at once') : say('投标人各自公开', 'each bidder')],
      [say('有效投标', 'Standing bids'), lots.length === 0 ? null : say(`${bids.length} 份，其中已开启 ${count} 份`, `${bids.length}, of which ${count} were opened`)],
    ]),
  ];
}

export const openingView = (project, records, link) => [
  heldBy(project, records, link), (project.lots ?? []).map((lot) => lotTable(lot, project.currency, link)),
];
