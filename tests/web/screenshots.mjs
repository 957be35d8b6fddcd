// Writes the pictures of docs/web.md: `node tests/web/screenshots.mjs`. A deliberate command, no test.
import { readFileSync } from 'node:fs';
import { file, give, openBrowser, openPage } from './browser.js';
import { nodeAnswers, PROJECT } from './node-answers.js';
import { serve } from './server.js';

const out = (name) => new URL(`../../docs/images/${name}.png`, import.meta.url).pathname;
const vectors = JSON.parse(readFileSync(new URL('../vectors/certificate.json', import.meta.url))).vectors;
const good = vectors.find((one) => one.verdict === 'valid' && one.policy !== undefined);
const bad = vectors.find((one) => one.failed_step === 'checkpoint');
const node = nodeAnswers();
const clean = JSON.parse(JSON.stringify(node.answers[`/v1/projects/${PROJECT}`].body).replaceAll(/ ?<img[^]*?<\\?\/script>/g, ''));
clean.late = clean.late.filter((one) => one !== '');
node.answers[`/v1/projects/${PROJECT}`] = { body: clean };
const site = await serve(node.answers);
const browser = await openBrowser();
const shot = async (path, name, work, viewport = { width: 800, height: 1000 }) => {
  const { page, close } = await openPage(browser, path.startsWith('file:') ? path : `${site.origin}${path}`, { viewport });
  await work(page);
  await page.screenshot({ path: out(name) });
  await close();
};
const offline = new URL('../../api/web/verify-offline.html', import.meta.url).href;
const judged = (one) => async (page) => {
  await give(page, file('a.cert.json', one.certificate), file('p', good.policy));
  await page.locator('#verdict').evaluate((node) => node.scrollIntoView());
};
await shot(offline, 'web-verify', judged(good), { width: 700, height: 640 });
await shot(offline, 'web-verify-phone', judged(bad), { width: 360, height: 640 });
await shot('/index.html', 'web-explorer', async (page) => {
  await page.fill('#query', PROJECT);
  await page.press('#query', 'Enter');
  await page.waitForSelector('.timeline');
}, { width: 800, height: 800 });
await shot('/regulator.html', 'web-regulator', (page) => page.waitForSelector('#alerts td:nth-child(3)'), { width: 800, height: 640 });
await shot('/regulator.html', 'web-prices', async (page) => {
  await page.fill('#project', PROJECT);
  await page.press('#project', 'Enter');
  await page.waitForSelector('svg.chart');
  await page.locator('#prices').evaluate((node) => node.scrollIntoView());
}, { width: 800, height: 420 });
await browser.close();
await site.stop();
