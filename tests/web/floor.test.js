// The floor of browsers, on real builds: every page runs, and the verify page, served and from the disk, judges good and bad
// evidence rightly. Chromium 80 in every run; 86, 92 and 109, and 78 below the floor, where tests/web/floor/run installed them. What
// cannot run says so, in both languages.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser, openPage } from './browser.js';
import { isInstalled, startOld } from './old-browser.js';
import { pdfByQpdf } from './pdf-maker.js';
import { qrPicture } from './qr-maker.js';
import { TENDER, tender, withProjects } from './results-answers.js';
import { serve } from './server.js';

const vectors = JSON.parse(readFileSync(new URL('../vectors/certificate.json', import.meta.url))).vectors;
const { policy } = JSON.parse(readFileSync(new URL('../vectors/policy.json', import.meta.url))).vectors.genesis[0];
const good = vectors.find((one) => one.verdict === 'valid' && one.policy !== undefined);
const record = JSON.parse(good.certificate).record;
const golden = (name) => readFileSync(new URL(`../../ledger/verify/tests/golden/${name}`, import.meta.url));
const offline = new URL('../../api/web/verify-offline.html', import.meta.url).href;
const all = process.env.BIAOZHENG_FLOOR === 'all';
const versions = all ? [80, 86, 92, 109] : [80];

let folder;
const path = (name) => join(folder, name);
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'biaozheng-floor-'));
  const bad = JSON.parse(good.certificate);
  const files = {
    'good.cert.json': good.certificate, 'consortium.policy': policy, 'bad.cert.json': JSON.stringify({ ...bad, block: { ...bad.block, height: bad.block.height + 1 } }),
    'forged.cert.json': good.certificate.replace(/("sig":")(.)/, (_, head, letter) => `${head}${letter === 'A' ? 'B' : 'A'}`),
    'good.pdf': pdfByQpdf(good.certificate, ['--stream-data=compress', '--recompress-flate']), 'notice.pdf': '%PDF-1.7 notice of tender\n', 'other.pdf': '%PDF-1.7 another\n',
    'code.png': qrPicture(`biaozheng:v1?record=${record.slice(7)}&certificate=${createHash('sha256').update(good.certificate).digest('hex')}`),
    'blurred.png': readFileSync(new URL('given/code-blurred.png', import.meta.url)),
    'anchored.cert.json': golden('anchored.cert.json'), 'province.policy': golden('province.policy'), 'authority.pem': golden('authority.pem'),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(path(name), content);
});
after(() => rmSync(folder, { recursive: true }));

/** Every kind of evidence, right and wrong. */
async function judgesRightly(page) {
  const is = async (expected, ...names) => assert.deepEqual(await page.give(...names.map(path)), expected, names.join());
  await is(['valid', null], 'consortium.policy', 'good.cert.json');
  await is(['invalid', 'inclusion'], 'bad.cert.json');
  await is(['invalid', 'signatures'], 'forged.cert.json');
  await is(['valid', null], 'good.pdf');
  await is(['valid', null], 'code.png');
  await is(['valid', null], 'blurred.png');
  await is(['valid', null], 'notice.pdf');
  await is(['content_differs', 'document'], 'other.pdf');
  await page.run("document.getElementById('again').click()");
  await is(['valid', null], 'anchored.cert.json', 'province.policy', 'authority.pem');
  assert.deepEqual(page.wrong, []);
}

for (const version of versions) {
  test(`Chromium ${version}: every page runs, and the verify page judges good and bad evidence rightly`, async () => {
    assert.ok(isInstalled(version), `Chromium ${version} is not installed; run tests/web/floor/run`);
    const browser = await startOld(version);
    assert.match(browser.product, new RegExp(`Chrome/${version}\\.`));
    const node = withProjects(tender());
    node.answers['/v1/policy'] = { body: policy, type: 'text/plain' };
    node.answers['/v1/checkpoint'] = { status: 404, body: { code: 'not_found', detail: 'none yet' } };
    node.answers[`/v1/records/${record}/certificate`] = { body: good.certificate };
    const site = await serve(node.answers);
    const shows = { [`/index.html#project=${TENDER}`]: ['#found', '中标人福建甲建设有限公司'], '/regulator.html': ['#alerts', '报价等差'], '/operator.html': ['#peers', 'district-a'] };
    for (const [address, [place, text]] of Object.entries(shows)) {
      const page = await browser.open(`${site.origin}${address}`);
      await page.until(`document.querySelector('${place}').textContent.includes('${text}')`, address);
      assert.equal(await page.run("document.getElementById('starting') === null"), true, `${address} took its notice away`);
      assert.deepEqual(page.wrong.filter((one) => !/status of 404/.test(one)), [], address);
      await page.close();
    }
    const served = await browser.open(`${site.origin}/verify.html`);
    await served.until("document.getElementById('anchor-now').textContent.includes('信任锚来自本站')");
    await judgesRightly(served);
    await served.close();
    const alone = await browser.open(offline);
    await alone.until("document.documentElement.hasAttribute('data-started')");
    await judgesRightly(alone);
    await alone.close();
    await browser.close();
    await site.stop();
  });
}

test('Chromium 78 is below the floor, and every page says so there', { skip: all ? false : 'tests/web/floor/run has it' }, async () => {
  const browser = await startOld(78);
  const site = await serve(withProjects().answers);
  for (const address of [...['index', 'verify', 'regulator', 'operator'].map((name) => `${site.origin}/${name}.html`), offline]) {
    const page = await browser.open(address);
    await page.until("document.querySelector('#starting[role=alert]') !== null", address);
    assert.match(await page.run("document.getElementById('starting').textContent"), /没有在您的浏览器中启动.*Chromium 内核 80.*did not start/, address);
    await page.close();
  }
  await browser.close();
  await site.stop();
});

test('a page that cannot run says so in both languages, and which browser to take', async () => {
  const browser = await openBrowser();
  const site = await serve(withProjects().answers);
  for (const name of ['index', 'verify', 'regulator', 'operator']) {
    const { page, close } = await openPage(browser, 'about:blank');
    // What an older browser meets: a spelling it does not know, somewhere in the bundle.
    await page.route('**/bundle/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'const broken = a ??????? b;' }));
    await page.goto(`${site.origin}/${name}.html`);
    const box = page.locator('#starting[role=alert]');
    await box.waitFor();
    assert.match(await box.textContent(), /没有在您的浏览器中启动.*Chromium 内核 80.*did not start.*Chromium 80.*Browser: Mozilla.*SyntaxError/);
    await close();
    // Without any script the page says by itself what it needs.
    const plain = await openPage(browser, `${site.origin}/${name}.html`, { javaScriptEnabled: false });
    assert.match(await plain.page.locator('#starting').textContent(), /Chromium 80/);
    await plain.close();
  }
  await browser.close();
  await site.stop();
});
