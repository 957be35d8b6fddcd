// Explorer, regulator's and operator's page in Chromium: they show what a node answers, hostile text stays text, the
// page's own policy refuses nothing it needs, axe finds nothing serious, in both languages and on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, openBrowser, openPage } from './browser.js';
import { checkpoints } from './fork.js';
import { HOSTILE, nodeAnswers, PROJECT } from './node-answers.js';
import { pagePaths, serve } from './server.js';

let browser;
let site;
const node = nodeAnswers();

before(async () => {
  browser = await openBrowser();
  site = await serve(node.answers);
});
after(async () => {
  await browser.close();
  await site.stop();
});

const shows = (page, selector, text) => page.waitForFunction(([where, what]) => document.querySelector(where)?.textContent.includes(what), [selector, text]);

async function assertPlain(page) {
  assert.equal(await page.locator('main img, main script, main iframe, [onerror], [style]').count(), 0, 'hostile text became markup');
  assert.doesNotMatch(await page.textContent('main'), /\u202e/, 'a character that turns text around was shown');
}

test('every page: accessible, wide and narrow, in both languages, with no refused script, style or request', async () => {
  const ready = { '/index.html': '#projects tbody', '/regulator.html': '#numbers dd', '/operator.html': '#peers tbody', '/verify.html': '#anchor-now', '/verify-offline.html': '#anchor-now' };
  assert.deepEqual([...pagePaths].sort(), Object.keys(ready).sort());
  // Served, the offline page is a download; from disk it is looked at in the tests of the verify page.
  for (const path of pagePaths.filter((one) => one !== '/verify-offline.html')) {
    for (const width of [360, 1280]) {
      const { page, wrong, close } = await openPage(browser, `${site.origin}${path}`, { viewport: { width, height: 800 } });
      await page.waitForFunction((where) => document.querySelector(where)?.textContent.trim() !== '' && document.querySelector(where) !== null, ready[path]);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${path} is wider than ${width}`);
      await assertAccessible(page, `${path} ${width}`);
      await page.click('#language');
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
      assert.doesNotMatch(await page.textContent('h1'), /[\u4e00-\u9fff]/u);
      await assertAccessible(page, `${path} ${width} in English`);
      assert.deepEqual(wrong, [], path);
      await close();
    }
  }
});

test('explorer: project with timeline and prices, record, block, participant, nothing', async () => {
  const { page, wrong, close } = await openPage(browser, `${site.origin}/index.html`);
  await shows(page, '#projects', '道路维修工程');
  const search = async (text) => {
    await page.fill('#query', text);
    await page.press('#query', 'Enter');
  };
  await search(PROJECT);
  await shows(page, '#found', '987,654.32');
  assert.deepEqual(await page.locator('.timeline li').evaluateAll((list) => list.map((one) => one.className)), ['done', 'done', 'done', 'done', 'current']);
  assert.match(await page.textContent('#found'), /objection_reply_max/);
  assert.match(await page.textContent('#found'), /开标前不公开投标信息/);
  assert.match(await page.textContent('#found'), /条例81[^]*发改委[^]*P-0/);
  assert.ok((await page.textContent('#found')).includes(HOSTILE.slice(0, 20)));
  assert.match(await page.textContent('#found'), /开标记录.*主持开标.*EAST.*投标人各自公开.*4 份，其中已开启 3 份/s);
  assert.equal(await page.locator(`#found a[href="#record=${encodeURIComponent(`sha256:${'2'.repeat(64)}`)}"]`).count(), 2, 'beside the list, the opening’s own place');
  assert.match((await page.locator('#found tbody tr').filter({ hasText: 'BIDDER-D' }).textContent()), /未开启/);
  await assertPlain(page);
  await assertAccessible(page, 'a project');
  await search(`sha256:${'1'.repeat(64)}`);
  await shows(page, '#found', 'tender.published/1');
  await search('40');
  await shows(page, '#found', '提议者');
  await search('91350100M000100Y43');
  await shows(page, '#found', 'ed25519:');
  await assertPlain(page);
  await search('NO-SUCH');
  await shows(page, '#message', '未找到');
  assert.equal(await page.textContent('#found'), '');
  // Words in a title or name, over as many pages as it takes; hostile ones stay text.
  await search('道路');
  await shows(page, '#found', '查询结果：道路');
  assert.deepEqual(await page.locator('#found tbody tr').evaluateAll((rows) => rows.map((row) => row.cells[1].textContent)), ['项目', '参与方']);
  await assertPlain(page);
  await assertAccessible(page, 'hits');
  await page.click('#found tbody a >> nth=0');
  await shows(page, '#found', '987,654.32');
  await search('没有这样的工程');
  await shows(page, '#message', '未找到');
  assert.ok(site.asked.some((url) => decodeURIComponent(url).startsWith('/v1/search?q=没有这样的工程&limit=50&after=2')));
  await page.goto(`${site.origin}/index.html#project=%`);
  await page.goto(`${site.origin}/index.html#height=40`);
  await shows(page, '#found', '区块');
  assert.deepEqual(wrong.filter((text) => !/status of 404/.test(text)), []);
  await close();
});

test('explorer follows the chain by asking, and by events where the node describes them', async () => {
  const { page, close } = await openPage(browser, `${site.origin}/index.html`);
  await shows(page, '#blocks tbody td', '40');
  node.state.height = 41;
  await shows(page, '#blocks tbody td', '41');
  assert.ok(!site.asked.includes('/v1/events'), 'a route the node does not describe is not asked for');
  await close();
  const live = nodeAnswers();
  live.answers['/openapi.json'] = { body: { paths: { '/v1/events': {} } } };
  live.answers['/v1/events'] = { type: 'text/event-stream', body: 'retry: 200\nevent: block\ndata: {}\n\n' };
  const second = await serve(live.answers);
  const { page: other, close: closeOther } = await openPage(browser, `${second.origin}/index.html`);
  await shows(other, '#blocks tbody td', '40');
  live.state.height = 52;
  await shows(other, '#blocks tbody td', '52');
  assert.ok(second.asked.includes('/v1/events'));
  await closeOther();
  await second.stop();
});

test('regulator: four numbers first, alerts, deadlines, prices as chart and table', async () => {
  const { page, wrong, close } = await openPage(browser, `${site.origin}/regulator.html`);
  await shows(page, '#alerts', '报价等差');
  assert.equal(await page.locator('#numbers dd').count(), 4);
  assert.match(await page.textContent('#numbers'), /3 \/ 4 \(3\)[^]*2 · 1/);
  assert.match(await page.textContent('#consortium'), /district-a[^]*✓ 在线[^]*12/);
  const rows = await page.locator('#alerts tbody tr').evaluateAll((list) => list.map((row) => row.textContent));
  assert.match(rows[0], /⚠ 高.*合同未按时签订.*✗ 逾期/s, 'the gravest open one first');
  assert.match(rows[2], /✓ 已处置/);
  await page.locator('#alerts summary').nth(1).click();
  for (const text of ['b − a = c − b', '4 prices', '3 · sha256:9999', '尚未处置', '处置期限']) assert.ok(rows[1].includes(text), text);
  for (const text of ['已说明 · REG', '已核实']) assert.ok(rows[2].includes(text), text);
  assert.equal(await page.locator('#alerts details').nth(1).locator('a[href^="index.html#record="]').count(), 3);
  const limits = await page.locator('#timers tbody tr').evaluateAll((list) => list.map((row) => row.textContent));
  assert.equal(limits.length, 2, 'what is far off, and an end that is no duty, are left out');
  assert.match(limits[0], /✗ 逾期.*签订合同.*招标投标法46/s);
  assert.match(limits[1], /⚠ 还有.*供水管网/s);
  assert.equal(await page.locator('#flags svg.chart rect').count(), 3);
  assert.match(await page.textContent('#flags'), /R018 仅有一家投标/);
  assert.match(await page.textContent('#split'), /首次见到[^]*已证明分叉[^]*未见分叉/);
  await page.fill('#project', PROJECT);
  await page.press('#project', 'Enter');
  await shows(page, '#prices', '1,190,000.00');
  assert.equal(await page.locator('#prices svg.chart rect').count(), 3, 'three of four bids have a price');
  assert.match(await page.textContent('#prices'), /20\.49%/);
  await assertPlain(page);
  await assertAccessible(page, 'prices');
  assert.deepEqual(wrong, []);
  await close();
});

test('operator: node, peers, disk, keys; a node that does not answer is said', async () => {
  const own = await serve(nodeAnswers().answers);
  const { page, close } = await openPage(browser, `${own.origin}/operator.html`);
  await shows(page, '#disks', '70.0 MiB');
  await shows(page, '#keys', 'ed25519:');
  const ends = await page.locator('#keys tbody tr').evaluateAll((list) => list.map((row) => row.cells[1].textContent));
  assert.deepEqual(ends.map((one) => one.slice(0, 1)), ['✓', '⚠', '⚠', '✗', '✗', '无']);
  assert.match(ends[1], /不足 60 天/);
  assert.match(ends[2], /不足 30 天/);
  assert.match(ends[3], /不足 7 天/);
  assert.match(await page.textContent('#disks'), /✗ 4\.7 GiB \(5%\)/);
  assert.match(await page.textContent('#peers'), /⚠ 12/);
  assert.match(await page.textContent('#node'), /⚠ district-a 5 秒 快 \(被拒区块 12\)/);
  assert.match(await page.textContent('#node'), /⚠ 4/);
  assert.match(await page.textContent('#peers'), /district-a/);
  await assertPlain(page);
  await own.stop();
  await shows(page, '#message', '节点没有回答');
  await close();
});

test('regulator: the same history, a later one, a fork and a forged checkpoint are told apart in the browser', async () => {
  const live = nodeAnswers();
  const own = await serve(live.answers);
  const { page, close } = await openPage(browser, `${own.origin}/regulator.html`);
  await shows(page, '#split', '首次见到');
  await page.reload();
  await shows(page, '#split', '同一份历史');
  const compare = async (text) => {
    await page.evaluate(() => document.getElementById('compared').replaceChildren());
    await page.fill('#other', text);
    await page.click('#compare-form button');
    await page.waitForSelector('#compared p');
    return page.textContent('#compared');
  };
  assert.match(await compare(checkpoints.first), /同一份历史/);
  assert.match(await compare(checkpoints.later), /同一份历史.*7 · 12/);
  assert.match(await compare(checkpoints.later.replace(/\n12\n/, '\n13\n')), /检查点不成立/, 'a changed size is not signed');
  assert.match(await compare('x'), /检查点不成立/);
  live.state.path = checkpoints.forkPath;
  assert.match(await compare(checkpoints.fork), /历史不一致/);
  live.state.checkpoint = checkpoints.fork;
  live.state.height += 1;
  await shows(page, '#split', '历史不一致');
  await page.reload();
  await shows(page, '#split', '历史不一致');
  assert.ok((await page.textContent('#split')).includes(checkpoints.first.split('\n')[2]), 'the older checkpoint is the evidence and stays');
  await assertAccessible(page, 'a split view');
  await close();
  await own.stop();
});

test('regulator: what was kept stays through everything but a proven larger tree or the visitor’s word', async () => {
  const live = nodeAnswers();
  const own = await serve(live.answers);
  const { page, wrong, close } = await openPage(browser, `${own.origin}/regulator.html`);
  const root = (text) => text.split('\n')[2];
  const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem('biaozheng-checkpoint')).text);
  const look = async (state, words) => {
    Object.assign(live.state, { checkpoint: undefined, path: undefined, noProof: undefined, policy: undefined, noCheckpoint: undefined }, state);
    await page.reload();
    await shows(page, '#split', words);
  };
  await shows(page, '#split', '首次见到');
  const absent = { status: 404, body: { code: 'not_found', detail: 'no such pair of tree sizes' } };
  // A fork smaller than what was kept: the node has no tree of that size and proves nothing.
  await look({ checkpoint: checkpoints.smallFork, noProof: absent }, '无法判断');
  assert.equal(await kept(), checkpoints.first);
  assert.equal((await page.textContent('#kept')).trim(), checkpoints.first.trim(), 'and is on the screen');
  // Once it has grown, the fork is seen for what it is.
  await look({ checkpoint: checkpoints.sameSizeFork }, '历史不一致');
  await look({ checkpoint: checkpoints.fork, path: checkpoints.forkPath }, '历史不一致');
  // One bad path is no proof of a fork; neither is none at all, nor one that is not even hashes.
  for (const path of [[...checkpoints.path].reverse(), [], ['zz'], 'x', null]) {
    await look({ checkpoint: checkpoints.later, path: path ?? undefined, noProof: path === null ? absent : undefined }, '无法判断');
    assert.doesNotMatch(await page.textContent('#split'), /历史不一致/);
  }
  assert.equal(await kept(), checkpoints.first);
  // An earlier checkpoint of the same history does not take its place.
  await look({ checkpoint: checkpoints.earlier, path: checkpoints.earlierPath }, '同一份历史');
  assert.equal(await kept(), checkpoints.first);
  // A new policy, and another chain, do not pass as a first visit.
  await look({ checkpoint: checkpoints.later, policy: checkpoints.otherPolicy }, '签名策略与以前所见的不同');
  assert.equal(await kept(), checkpoints.first);
  await assertAccessible(page, 'evidence kept');
  await look({ checkpoint: checkpoints.otherChain.text, policy: checkpoints.otherChain.policy }, '另一条链');
  assert.equal(root(await kept()), root(checkpoints.first));
  // A checkpoint that does not hold leaves the evidence on the screen.
  await look({ checkpoint: checkpoints.later.replace(/\n12\n/, '\n13\n') }, '检查点不成立');
  assert.equal((await page.textContent('#kept')).trim(), checkpoints.first.trim());
  await look({ noCheckpoint: absent }, 'no checkpoint any more');
  assert.equal((await page.textContent('#kept')).trim(), checkpoints.first.trim());
  // The larger tree that begins with it is taken; and the visitor may decide to go on without the evidence.
  await look({ checkpoint: checkpoints.later }, '同一份历史');
  assert.equal(await kept(), checkpoints.later);
  await look({ checkpoint: checkpoints.otherChain.text, policy: checkpoints.otherChain.policy }, '另一条链');
  await page.click('#adopt');
  await shows(page, '#split', '同一份历史');
  assert.equal(await kept(), checkpoints.otherChain.text);
  // What is no checkpoint in the storage is no evidence and breaks nothing.
  await page.evaluate(() => localStorage.setItem('biaozheng-checkpoint', '{"policy":"x","text":7}'));
  await look({}, '首次见到');
  assert.deepEqual(wrong.filter((text) => !/status of 404/.test(text)), []);
  await close();
  await own.stop();
});

test('regulator: a bad path beside another node’s checkpoint is no proof', async () => {
  const live = nodeAnswers();
  const own = await serve(live.answers);
  const { page, close } = await openPage(browser, `${own.origin}/regulator.html`);
  await shows(page, '#split', '首次见到');
  const compare = async (text) => {
    await page.evaluate(() => document.getElementById('compared').replaceChildren());
    await page.fill('#other', text);
    await page.click('#compare-form button');
    await page.waitForSelector('#compared p');
    return page.textContent('#compared');
  };
  live.state.path = [...checkpoints.path].reverse();
  assert.match(await compare(checkpoints.later), /无法判断/);
  live.state.noProof = { status: 404, body: { code: 'not_found', detail: 'none' } };
  assert.match(await compare(checkpoints.later), /对方比本节点新/);
  assert.match(await compare(checkpoints.earlier), /无法判断/, 'this node has the larger tree and proves nothing');
  assert.match(await compare(checkpoints.sameSizeFork), /历史不一致/);
  await close();
  await own.stop();
});

test('explorer: older blocks at a click, newest first', async () => {
  const { page, close } = await openPage(browser, `${site.origin}/index.html`);
  await shows(page, '#blocks', String(node.state.height));
  const heights = () => page.locator('#blocks tbody tr').evaluateAll((list) => list.map((row) => Number(row.cells[0].textContent)));
  const first = await heights();
  assert.deepEqual(first, Array.from({ length: 15 }, (_, at) => node.state.height - at));
  await page.click('[data-older=blocks]');
  await page.waitForFunction(() => document.querySelectorAll('#blocks tbody tr').length === 30);
  assert.equal((await heights())[29], node.state.height - 29);
  assert.ok(site.asked.some((url) => url.startsWith('/v1/projects?') && url.includes('order=newest')));
  await close();
});
