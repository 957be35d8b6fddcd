// The pages as a running node serves them, in Chromium: the node's own PDF and the code printed on it in its verify page,
// and every other page once with what the node really answers. Run by tests/live/run beside a node (node.py).
//
// Needs what tests/web/run needs, and of Debian poppler-utils (pdftoppm).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible, file, give, openBrowser, openPage } from '../web/browser.js';
import { printedOver } from '../web/pdf-maker.js';

const url = process.env.BIAOZHENG_URL;
const written = JSON.parse(readFileSync(process.env.BIAOZHENG_RECORDS));
const { tender } = written;
const [record] = written.records;
const offline = new URL('../../api/web/verify-offline.html', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'biaozheng-pages-'));

let browser;

before(async () => { browser = await openBrowser(); });
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function bytes(path) {
  const answer = await fetch(`${url}${path}`);
  assert.equal(answer.status, 200, path);
  return Buffer.from(await answer.arrayBuffer());
}

/** A page of the node with everything that went wrong on it, refusals of its policy among them. */
async function open(path, options = {}) {
  const answer = await fetch(`${url}${path.split('#')[0]}`);
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'.*script-src 'self'/, path);
  const opened = await openPage(browser, 'about:blank', { viewport: { width: 1280, height: 900 }, ...options });
  const { page, wrong } = opened;
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  page.on('requestfailed', (request) => request.failure()?.errorText !== 'net::ERR_ABORTED' && wrong.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => response.status() >= 400 && wrong.push(`${response.url()} ${response.status()}`));
  await page.goto(`${url}${path}`);
  return opened;
}

const shows = (page, selector, text) => page.waitForFunction(([where, what]) => document.querySelector(where)?.textContent.includes(what), [selector, text]);

/** The page as a printer would show it. */
function printed(pdf, name) {
  writeFileSync(join(folder, `${name}.pdf`), pdf);
  const run = spawnSync('pdftoppm', ['-r', '200', '-png', `${name}.pdf`, name], { cwd: folder });
  assert.equal(run.status, 0, String(run.stderr));
  const pictures = readdirSync(folder).filter((one) => one.startsWith(`${name}-`) && one.endsWith('.png'));
  assert.equal(pictures.length, 1, 'one page');
  return readFileSync(join(folder, pictures[0]));
}

test('the node’s own PDF, altered or not, and the code printed on it', async () => {
  const pdf = await bytes(`/v1/records/${record}/certificate.pdf`);
  const document = await bytes(`/v1/records/${record}/documents/${written.document}`);
  const { page, wrong, close } = await open('/verify.html');
  await shows(page, '#anchor-now', '信任锚来自本站');
  assert.equal((await give(page, file('certificate.pdf', pdf, 'application/pdf'))).text, '✓ 验证通过');
  assert.match(await page.textContent('#facts'), new RegExp(`${record}.*evidence\\.recorded/1.*招标公告\\.pdf`, 's'));
  assert.match(await page.textContent('#printed'), /PDF 页面上印的文字没有核对/);
  assert.equal((await give(page, file('招标公告.pdf', document))).verdict, 'valid', 'the document beside the PDF');
  assert.equal((await give(page, file('招标公告.pdf', Buffer.concat([document, Buffer.from(' ')])))).verdict, 'content_differs');
  await page.click('#again');
  const altered = printedOver(pdf, 'Record: sha256:0000, winner LIVE-B3');
  assert.equal((await give(page, file('altered.pdf', altered, 'application/pdf'))).verdict, 'valid');
  assert.ok(await page.isVisible('#printed'), 'nothing tells an altered page but this sentence');
  // The picture of the page alone: the record is looked up, and the log it names is this node's.
  await page.click('#again');
  const picture = file('page.png', printed(pdf, 'page'), 'image/png');
  assert.equal((await give(page, picture)).verdict, 'valid');
  assert.match(await page.textContent('#facts'), new RegExp(record));
  assert.ok(await page.isHidden('#warning'), await page.textContent('#warning'));
  // With the PDF it was printed from.
  await page.click('#again');
  assert.equal((await give(page, file('certificate.pdf', pdf, 'application/pdf'), picture)).verdict, 'valid');
  assert.deepEqual(wrong, []);
  await assertAccessible(page, 'a node’s own PDF');
  await close();
});

test('the offline page judges the node’s PDF with the node’s policy, with no network', async () => {
  const [pdf, policy] = [await bytes(`/v1/records/${record}/certificate.pdf`), await bytes('/v1/policy')];
  const other = await bytes(`/v1/records/${written.records[1]}/certificate.pdf`);
  const { page, wrong, close } = await openPage(browser, offline.href, { offline: true });
  assert.equal((await give(page, file('c.pdf', pdf))).verdict, 'not_anchored');
  assert.equal((await give(page, file('p.policy', policy))).verdict, 'valid');
  const picture = file('page.png', printed(pdf, 'offline'), 'image/png');
  assert.equal((await give(page, picture)).verdict, 'valid');
  assert.equal((await give(page, file('c.pdf', other), picture)).verdict, 'content_differs', 'the code of one record beside the PDF of another');
  assert.deepEqual(wrong, []);
  await close();
});

test('explorer: blocks by events, a tender with its opening, search by words and by ids', async () => {
  const { page, wrong, close } = await open('/index.html');
  await shows(page, '#projects', tender.title);
  await shows(page, '#participants', '示范区建设局');
  const top = () => page.locator('#blocks tbody tr td').first().textContent().then(Number);
  const height = await top();
  assert.ok(height > 10);
  const search = async (text) => {
    await page.fill('#query', text);
    await page.press('#query', 'Enter');
  };
  await search('维修工程(二期)');
  await shows(page, '#found', '查询结果');
  await page.click('#found tbody a');
  await shows(page, '#found', '开标记录');
  const found = await page.textContent('#found');
  for (const part of ['98,765,432', 'LIVE-B3', '路面标段', '3 份，其中已开启 3 份', '投标人各自公开', 'DEV-CENTRE', '已评标', 'tender.published/1', 'bid.revealed/1']) assert.ok(found.includes(part), part);
  await page.click(`#found a[href="#record=${encodeURIComponent(tender.opened)}"] >> nth=0`);
  await shows(page, '#found', 'bids.opened/1');
  await page.goto(`${url}/index.html#project=${tender.open}`);
  await shows(page, '#found', '开标前不公开投标信息');
  await search('道路 有限公司');
  await shows(page, '#found', '第3道路工程有限公司');
  await search(record);
  await shows(page, '#found', 'evidence.recorded/1');
  await search('1');
  await shows(page, '#found', '状态根');
  await assertAccessible(page, 'explorer of a node');
  assert.deepEqual(wrong, []);
  await search('没有这样的工程');
  await shows(page, '#message', '未找到');
  await close();
});

test('explorer follows a node’s blocks by its events and asks only when there is one', async () => {
  const { page, wrong, close } = await openPage(browser, 'about:blank');
  const asked = [];
  const streams = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  page.on('response', (response) => response.url().endsWith('/v1/events') && streams.push([response.status(), response.headers()['content-type']]));
  await page.goto(`${url}/index.html`);
  await page.waitForFunction(() => Number(document.querySelector('#blocks tbody td')?.textContent) > 0);
  const height = Number(await page.locator('#blocks tbody td').first().textContent());
  // A heartbeat's block comes by itself.
  await page.waitForFunction((old) => Number(document.querySelector('#blocks tbody td').textContent) > old, height, { timeout: 60_000 });
  const now = Number(await page.locator('#blocks tbody td').first().textContent());
  assert.deepEqual(streams.map(([status, kind]) => [status, kind.split(';')[0]]), [[200, 'text/event-stream']]);
  const status = asked.filter((one) => one === '/v1/status').length;
  assert.ok(status <= now - height + 3, `asked ${status} times over ${now - height} blocks: by events, not by the clock`);
  assert.deepEqual(wrong, []);
  await close();
});

test('regulator: health, limits that run, prices, and the same history on the second visit', async () => {
  const { page, wrong, close } = await open('/regulator.html');
  await shows(page, '#numbers', '1 / 1 (1)');
  await shows(page, '#consortium', '✓ 本节点就绪');
  await shows(page, '#timers', tender.open_title);
  await shows(page, '#split', '首次见到');
  await page.fill('#project', tender.project);
  await page.press('#project', 'Enter');
  await shows(page, '#prices', '119,000,000');
  assert.equal(await page.locator('#prices svg.chart rect').count(), 3);
  await page.reload();
  await shows(page, '#split', '同一份历史');
  await page.fill('#other', (await bytes('/v1/checkpoint')).toString());
  await page.click('#compare-form button');
  await shows(page, '#compared', '同一份历史');
  await assertAccessible(page, 'regulator’s page of a node');
  assert.deepEqual(wrong, []);
  await close();
});

test('operator: the node, its disk, its keys and its measurements', async () => {
  const { page, wrong, close } = await open('/operator.html');
  await shows(page, '#keys', 'ed25519:');
  await shows(page, '#disks', 'GiB');
  const rows = await page.locator('#keys tbody tr').count();
  assert.ok(rows >= 4, `${rows} keys`);
  assert.match(await page.textContent('main'), /dev/);
  await assertAccessible(page, 'operator’s page of a node');
  assert.deepEqual(wrong, []);
  await close();
});

test('the node’s policy refuses what is not the page’s own', async () => {
  const { page, wrong, close } = await open('/index.html');
  await shows(page, '#projects', tender.title);
  const refused = page.waitForEvent('console', (message) => /Content Security Policy|refused by the policy/.test(message.text()));
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.ran = true';
    document.head.append(script);
    return globalThis.ran === true;
  });
  assert.equal(ran, false);
  await refused;
  assert.notDeepEqual(wrong, [], 'and the tests here would see it');
  await close();
});
