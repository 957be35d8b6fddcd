// Building pages. Invariant: text becomes a text node and nothing else; there is no way from a text to markup here.
const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined));
  return node;
}

export const element = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
export const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
export const byId = (id) => document.getElementById(id);
export const show = (node, ...children) => node.replaceChildren(...children.flat(Infinity).filter((one) => one !== null));

/** A table: columns are `[heading, value of a row, 'number'?]`. */
export function table(caption, columns, rows, empty) {
  const head = columns.map(([heading, , kind]) => element('th', { scope: 'col', class: kind }, heading));
  const cells = (row) => columns.map(([, value, kind]) => element('td', { class: kind }, value(row) ?? '—'));
  const body = rows.length > 0
    ? rows.map((row) => element('tr', {}, cells(row)))
    : [element('tr', {}, element('td', { colspan: columns.length, class: 'soft' }, empty))];
  // A region that scrolls sideways on a phone can be reached with the keyboard.
  return element('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': caption },
    element('table', {}, element('caption', {}, caption), element('thead', {}, element('tr', {}, head)), element('tbody', {}, body)));
}

/** A definition list of `[name, value]`; values that are absent are left out. */
export function facts(pairs) {
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return element('dl', { class: 'facts' }, given.map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
}

/** What hides, reorders or merges text: controls, format characters, fillers, tags, lone surrogates. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;

/** A file name, title or other text of somebody else: bounded, and without characters that reorder or hide text. */
export function plain(text, most = 300) {
  const whole = [...String(text ?? '').slice(0, 2 * most + 2)];
  const clean = whole.slice(0, most).join('').replace(HIDDEN, '\ufffd');
  return whole.length > most ? `${clean}…` : clean;
}

/** The same for a text of several lines. */
export const plainLines = (text, most) => {
  const lines = String(text ?? '').slice(0, 2 * most + 2).split('\n').map((line) => plain(line, most));
  return plainCut(lines.join('\n'), most);
};

function plainCut(text, most) {
  const whole = [...text];
  return whole.length > most ? `${whole.slice(0, most).join('')}…` : text;
}
