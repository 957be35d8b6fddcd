// Charts as inline SVG, each beside a table that says the same: a picture alone tells nothing to a screen reader.
import { svg } from './dom.js';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [720, 240, 40, 34, 14];
const LABELS_MAX = 12;

/** Marks of an axis from 0 to at least `most`: at most six, 1, 2 or 5 times a power of ten apart. */
function ticks(most) {
  let step = 1;
  for (let at = 0; most / step > 5; at += 1) step *= at % 3 === 1 ? 2.5 : 2;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step);
}

/** Stacked columns. `columns`: `[{label, values}]`, values in the order of `classes`, the first one lowest. */
export function stackedColumns(title, columns, classes) {
  const most = Math.max(1, ...columns.map((one) => one.values.reduce((sum, value) => sum + value, 0)));
  const marks = ticks(most);
  const top = marks.at(-1);
  const room = (WIDTH - LEFT - 8) / Math.max(columns.length, 1);
  const [width, y] = [Math.min(44, room * 0.7), (value) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * value) / top];
  const every = Math.ceil(columns.length / LABELS_MAX);
  const lines = marks.flatMap((mark) => [
    svg('line', { class: 'grid', x1: LEFT, x2: WIDTH - 8, y1: y(mark), y2: y(mark) }),
    svg('text', { x: LEFT - 6, y: y(mark) + 4, 'text-anchor': 'end' }, String(mark)),
  ]);
  const bars = columns.flatMap(({ label, values }, index) => {
    const middle = LEFT + room * (index + 0.5);
    let sum = 0;
    const parts = values.map((value, at) => {
      sum += value;
      return value === 0 ? null : svg('rect', { class: classes[at], x: middle - width / 2, y: y(sum), width, height: y(sum - value) - y(sum) });
    });
    return [...parts, index % every === 0 ? svg('text', { x: middle, y: HEIGHT - BOTTOM + 18, 'text-anchor': 'middle' }, label) : null];
  });
  return svg('svg', { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': title }, lines, bars);
}

/** A bar of this share (0 to 1) for a cell of a table; the number stands beside it. */
export function shareBar(share, kind) {
  const part = Math.max(0, Math.min(1, share));
  return svg('svg', { class: 'share', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: 'whole', x: 0, y: 0, width: 100, height: 10 }), svg('rect', { class: kind, x: 0, y: 0, width: 100 * part, height: 10 }));
}
