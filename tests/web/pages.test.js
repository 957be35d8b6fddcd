// Explorer, regulator's and operator's page in Chromium: they show what a node answers, hostile text stays text, the
// page's own policy refuses nothing it needs, axe finds nothing serious, in both languages and on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, openBrowser, openPage } from './browser.js';
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
  assert.deepEqual(pagePaths.toSorted?.() ?? [...pagePaths].sort(), Object.keys(ready).sort());
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
  assert.ok((await page.textContent('#found')).includes(HOSTILE.slice(0, 20)));
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
  await page.goto(`${site.origin}/index.html#project=%`);
  await page.goto(`${site.origin}/index.html#height=40`);
  await shows(page, '#found', '区块');
  assert.deepEqual(wrong.filter((text) => !/status of 404/.test(text)), []);
  await close();
});

test('explorer follows the chain by asking, and by events where the node describes them', async () => {
  const { page, close } = await openPage(browser, `${site.origin}/index.html`);
  await shows(page, '#blocks', '40');
  node.state.height = 41;
  await shows(page, '#blocks', '41');
  assert.ok(!site.asked.includes('/v1/events'), 'a route the node does not describe is not asked for');
  await close();
  const live = nodeAnswers();
  live.answers['/openapi.json'] = { body: { paths: { '/v1/events': {} } } };
  live.answers['/v1/events'] = { type: 'text/event-stream', body: 'retry: 200\nevent: block\ndata: {}\n\n' };
  const second = await serve(live.answers);
  const { page: other, close: closeOther } = await openPage(browser, `${second.origin}/index.html`);
  await shows(other, '#blocks', '40');
  live.state.height = 52;
  await shows(other, '#blocks', '52');
  assert.ok(second.asked.includes('/v1/events'));
  await closeOther();
  await second.stop();
});

test('regulator: four numbers first, alerts, deadlines, prices as chart and table', async () => {
  const { page, wrong, close } = await openPage(browser, `${site.origin}/regulator.html`);
  await shows(page, '#alerts', 'objection_reply_max');
  assert.equal(await page.locator('#numbers dd').count(), 4);
  assert.match(await page.textContent('#numbers'), /3 \/ 4 \(3\)/);
  assert.match(await page.textContent('#alerts'), /三区/);
  assert.match(await page.textContent('#timers'), /供水管网/);
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
  await shows(page, '#node', '70.0 MiB');
  await shows(page, '#keys', 'ed25519:');
  assert.match(await page.textContent('#peers'), /district-a/);
  await assertPlain(page);
  await own.stop();
  await shows(page, '#message', '节点没有回答');
  await close();
});
