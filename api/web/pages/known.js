// What a page knows: an answer, or that it has none yet, or why the newest question failed. Nothing known is never shown as
// nought: a list without an answer is no empty list, and a count of it is a dash.
import { element, plain } from './dom.js';
import { clockText, say } from './language.js';

/** Why an answer is missing, as people read it. */
export function reasonText(error) {
  if (error.code === 'unreachable') return say('连不上节点', 'the node cannot be reached');
  return `${error.status ? `HTTP ${error.status} ` : ''}${plain(error.message, 300)}`;
}

export class Known {
  constructor() {
    Object.assign(this, { has: false, value: null, problem: null, at: 0 });
  }

  /** Asks; an answer takes the place of the last one, a failure leaves it and is remembered beside it. */
  async ask(question) {
    try {
      const value = await question();
      Object.assign(this, { has: true, value, problem: null, at: Date.now() });
    } catch (error) {
      this.problem = error;
    }
    return this.problem === null;
  }

  fail(error) {
    this.problem = error;
  }

  /** The newest answer there is and nothing failed since. */
  get isFresh() {
    return this.has && this.problem === null;
  }
}

/** What to say of a missing or old answer, with a button to ask again; null while the newest answer is shown. */
export function gap(known, retry) {
  if (known.isFresh) return null;
  if (known.problem === null) return element('p', { class: 'soft', 'data-known': 'reading' }, say('读取中…', 'reading…'));
  const failed = `${say('读取失败', 'could not be read')}：${reasonText(known.problem)}`;
  const old = known.has ? say(`。以下是 ${clockText(known.at)} 读到的内容。`, `. What follows was read at ${clockText(known.at)}.`) : '';
  return element('p', { class: 'warning', 'data-known': known.has ? 'old' : 'failed' }, failed, old, ' ',
    element('button', { type: 'button', onclick: retry }, say('重试', 'Try again')));
}

/** The view of an answer, under what must be said of it; without an answer only that. */
export const shown = (known, retry, view) => [gap(known, retry), known.has ? view(known.value) : null];

/** A number of a list that is there; a list that was cut says that there are more. */
export const countText = (count, isCut) => (isCut ? say(`至少 ${count}`, `at least ${count}`) : String(count));
