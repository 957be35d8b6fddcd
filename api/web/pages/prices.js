// Prices of one lot as a bar chart and the same numbers as a table: the chart is for the eye, the table for everyone.
import { element, plain, svg, table } from './dom.js';
import { bidText } from './content.js';
import { say } from './language.js';
import { nameOf } from './names.js';
import { currencyText, moneyText } from './stages.js';

const [WIDTH, BAR, GAP, NAMES, VALUES] = [720, 22, 8, 190, 130];

function chart(bids, most, title, currency) {
  const height = bids.length * (BAR + GAP) + GAP;
  const bars = bids.map((bid, index) => {
    const y = GAP + index * (BAR + GAP);
    const width = Math.max(1, Math.round((bid.price / most) * (WIDTH - NAMES - VALUES)));
    return svg('g', {},
      svg('text', { x: NAMES - 8, y: y + 16, 'text-anchor': 'end' }, plain(nameOf(bid.bidder) ?? bid.bidder, 14)),
      svg('rect', { x: NAMES, y, width, height: BAR, class: index === 0 ? 'first' : null }),
      svg('text', { x: NAMES + width + 6, y: y + 16 }, moneyText(bid.price, currency)));
  });
  return svg('svg', { class: 'chart', viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': title }, bars);
}

const permille = (part, whole) => (whole > 0 ? `${((part / whole) * 100).toFixed(2)}%` : '—');

/** The lowest price need not be the one that won. */
const wonText = (bid, lot) => (lot.award && lot.award.bidder === bid.bidder && (lot.award.number ?? 1) === (bid.number ?? 1) ? `★ ${say('中标', 'won')}` : null);

/** Chart, spread and table of one lot. */
export function lotPrices(lot, currency) {
  const title = `${say('标段', 'Lot')} ${plain(lot.id)} ${plain(lot.title)}`;
  const bids = (lot.bids ?? []).filter((bid) => Number.isSafeInteger(bid.price)).sort((one, other) => one.price - other.price);
  if (lot.bids === null || lot.bids === undefined) return element('p', {}, `${title}：${say('开标前不公开报价。', 'prices are not shown before the opening.')}`);
  if (bids.length === 0) return element('p', {}, `${title}：${say('没有有效报价。', 'no usable price.')}`);
  const [lowest, highest] = [bids[0].price, bids.at(-1).price];
  const closest = bids.slice(1).reduce((least, bid, at) => Math.min(least, bid.price - bids[at].price), Infinity);
  return element('div', {},
    element('h3', {}, title), chart(bids, highest, `${title}: ${say('报价从低到高', 'prices, lowest first')}`, currency),
    element('p', {}, `${say('最高比最低高', 'Highest above lowest')} ${permille(highest - lowest, lowest)}${bids.length > 1 ? `；${say('最接近的两家相差', 'closest two differ by')} ${moneyText(closest, currency)}` : ''}`),
    table(`${title} · ${say(`报价（${currencyText(currency)}）`, `prices (${currencyText(currency)})`)}`, [
      [say('投标人', 'Bidder'), (bid) => bidText(bid)], [say('结果', 'Outcome'), (bid) => wonText(bid, lot)], [say('报价', 'Price'), (bid) => moneyText(bid.price, currency), 'number'],
      [say('高于最低', 'Above lowest'), (bid) => permille(bid.price - lowest, lowest), 'number'],
      [say('占最高限价', 'Of the ceiling'), (bid) => (Number.isSafeInteger(lot.ceiling) ? permille(bid.price, lot.ceiling) : null), 'number'],
    ], bids, ''));
}
