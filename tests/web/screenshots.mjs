// Writes the pictures of docs/web.md: a deliberate command, no test. They show the real nodes of a demo that keeps serving:
//
//   scripts/demo --out /tmp/demo                             in another terminal, until it says that the nodes serve
//   tests/web/screenshots-prepare /tmp/demo           alerts, and tenders that are open
//   node tests/web/screenshots.mjs /tmp/demo
//
// Certificates, archives and the policy are those the demo left in its folder. A folder that lacks one of them ends this.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { file, give, openBrowser, openPage } from './browser.js';

const BYTES_MAX = 200 * 1024;
const demo = process.argv[2];
assert.ok(demo && existsSync(join(demo, 'consortium')), 'name the folder a running demo was told to use (--out)');
const out = (name) => new URL(`../../docs/images/${name}.png`, import.meta.url).pathname;
/** The API is the first address of a node's configuration. */
const apiOf = (name) => `http://${/^listen = "([^"]+)"/m.exec(readFileSync(join(demo, 'consortium/nodes', name, 'config.toml'), 'utf8'))[1]}`;
const node = apiOf('regulator');
const get = async (path) => {
  const answer = await fetch(`${node}${path}`);
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer;
};

/** Those projects whose lots were opened to several bidders; the first of them with the most. */
async function busiest() {
  const { items } = await (await get('/v1/projects?limit=200&order=newest')).json();
  const all = await Promise.all(items.map(async ({ project }) => (await get(`/v1/projects/${project}`)).json()));
  const bids = (one) => Math.max(0, ...one.lots.map((lot) => (lot.bids ?? []).filter((bid) => bid.price !== null).length));
  return all.sort((one, other) => bids(other) - bids(one))[0];
}

const project = await busiest();
const { items: records } = await (await get(`/v1/projects/${encodeURIComponent(project.project)}/records?limit=200`)).json();
const record = records.find((one) => one.type === 'award.notified/1') ?? records.at(-1);
const certificate = await (await get(`/v1/records/${record.record}/certificate`)).text();
const policy = readFileSync(join(demo, 'consortium/policy.txt'), 'utf8');
const archives = readdirSync(join(demo, 'archives')).filter((name) => name.endsWith('.tar'));
const offline = new URL('../../api/web/verify-offline.html', import.meta.url).href;

const browser = await openBrowser(['--lang=zh-CN'], { LANGUAGE: 'zh_CN' });
async function shot(address, name, work, viewport) {
  const { page, wrong, close } = await openPage(browser, address.startsWith('file:') ? address : `${node}${address}`, { viewport });
  await work(page);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: out(name) });
  const { size } = statSync(out(name));
  assert.ok(size <= BYTES_MAX, `${name} has ${size} bytes`);
  assert.deepEqual(wrong.filter((text) => !/status of 404/.test(text)), [], name);
  console.log(`${name}  ${size} bytes`);
  await close();
}
const to = (selector) => (page) => page.locator(selector).evaluate((one) => one.closest('section').scrollIntoView());
const shows = (page, selector) => page.waitForSelector(selector, { timeout: 20_000 });
const english = (page) => page.click('#language');

const damaged = certificate.replace(/("time_ms":)(\d)/, (_, name, digit) => `${name}${(Number(digit) + 1) % 10}`);
const judged = (...files) => async (page) => {
  await give(page, ...files, file('consortium.policy', policy));
  await page.locator('#verdict').evaluate((one) => one.scrollIntoView());
};
await shot('/verify.html', 'web-verify-start', (page) => shows(page, '#anchor-now strong'), { width: 800, height: 900 });
await shot(offline, 'web-verify', judged(file('a.cert.json', certificate)), { width: 700, height: 760 });
await shot(offline, 'web-verify-phone', judged(file('a.cert.json', damaged)), { width: 360, height: 640 });
const archive = readFileSync(join(demo, 'archives', archives[0]));
await shot(offline, 'web-archive', judged(file(archives[0], archive)), { width: 700, height: 640 });
const changed = Buffer.from(archive);
changed[changed.indexOf('"required": true') + 12] ^= 1;
await shot(offline, 'web-archive-changed', judged(file(archives[0], changed)), { width: 800, height: 760 });

await shot('/index.html', 'web-explorer', (page) => shows(page, '#blocks td a'), { width: 900, height: 900 });
await shot('/index.html', 'web-project', async (page) => {
  await page.fill('#query', project.project);
  await page.press('#query', 'Enter');
  await shows(page, '.timeline');
  await to('#found h2')(page);
}, { width: 900, height: 900 });
await shot('/index.html', 'web-explorer-phone', (page) => shows(page, '#blocks td a'), { width: 360, height: 640 });
await shot('/regulator.html', 'web-regulator', async (page) => {
  await shows(page, '#alerts details');
  await page.locator('#alerts summary').first().click();
}, { width: 900, height: 900 });
await shot('/regulator.html', 'web-timers', async (page) => { await shows(page, '#timers td'); await to('#timers')(page); }, { width: 900, height: 420 });
await shot('/regulator.html', 'web-flags', async (page) => { await shows(page, '#flags svg.chart'); await to('#flags')(page); }, { width: 900, height: 760 });
await shot('/regulator.html', 'web-prices', async (page) => {
  await page.fill('#project', project.project);
  await page.press('#project', 'Enter');
  await shows(page, '#prices svg.chart');
  await to('#prices')(page);
}, { width: 900, height: 760 });
await shot('/regulator.html', 'web-split-view', async (page) => {
  await shows(page, '#split dl');
  await page.fill('#other', await (await fetch(`${apiOf('east')}/v1/checkpoint`)).text());
  await page.click('#compare-form button');
  await shows(page, '#compared p');
  await page.locator('#other').evaluate((one) => { one.scrollTop = 0; });
  await to('#split')(page);
}, { width: 900, height: 640 });
await shot('/regulator.html', 'web-consortium', async (page) => { await shows(page, '#consortium td'); await english(page); await to('#consortium')(page); }, { width: 900, height: 560 });
await shot('/operator.html', 'web-operator', async (page) => { await shows(page, '#keys td'); await shows(page, '#peers td'); }, { width: 900, height: 1100 });
await browser.close();
