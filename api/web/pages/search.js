// Search by words: what `GET /v1/search` finds, a page of looking at a time.
import { get } from './api.js';
import { element, plain, table } from './dom.js';
import { say } from './language.js';
import { stageText } from './stages.js';

const HITS_MAX = 50;
/** A page looks at 1,000 projects and participants. */
const PAGES_MAX = 20;
const CHARACTERS_MAX = 80;

/** `{text, items, next}`: hits after a cursor, until there are enough of them or enough was looked at. */
export async function findByWords(text, after = null) {
  const items = [];
  let next = after;
  let pages = 0;
  do {
    const query = [`q=${encodeURIComponent([...text].slice(0, CHARACTERS_MAX).join(''))}`, `limit=${HITS_MAX - items.length}`, next === null ? '' : `&after=${encodeURIComponent(next)}`];
    const page = await get(`/v1/search?${query[0]}&${query[1]}${query[2]}`);
    items.push(...page.items);
    next = page.next ?? null;
    pages += 1;
  } while (next !== null && items.length < HITS_MAX && pages < PAGES_MAX);
  return { text, items, next };
}

const KINDS = { project: ['项目', 'project'], participant: ['参与方', 'participant'] };

/** `link(kind, value, text)` makes a link of the explorer; `more` continues the search. */
export function hitsView({ text, items, next }, link, more) {
  return [
    element('h2', {}, `${say('查询结果', 'Found')}：${plain(text, 80)}`),
    table(say('名称中有这些字的项目与参与方', 'Projects and participants with these words'), [
      [say('名称', 'Title or name'), (one) => link(one.kind === 'project' ? 'project' : 'org', one.id, one.title || one.id)],
      [say('种类', 'Kind'), (one) => say(...(KINDS[one.kind] ?? [plain(one.kind), plain(one.kind)]))], [say('编号', 'Id'), (one) => plain(one.id)],
      [say('阶段或角色', 'Stage or roles'), (one) => (one.stage ? stageText(one.stage) : one.roles.map((role) => plain(role)).join('、'))],
    ], items, say('到此为止没有', 'none so far')),
    next === null ? null : element('button', { id: 'more-hits', type: 'button', onclick: more }, say('继续查找', 'Search on')),
  ];
}
