// Nothing known is not nought: before the first answer, and when the node fails, every page says that it does not know, in every list
// and every count; a verdict on a certificate is not touched by a file in which nothing was found.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { assertAccessible, file, give, openBrowser, openPage } from './browser.js';
import { nodeAnswers } from './node-answers.js';
import { pdfByQpdf, pdfWith } from './pdf-maker.js';
import { qrPicture } from './qr-maker.js';
import { serve } from './server.js';

const offline = new URL('../../api/web/verify-offline.html', import.meta.url);
const given = (name) => readFileSync(new URL(`given/${name}`, import.meta.url));
const LISTS = { '/index.html': ['#projects', '#blocks', '#participants'], '/regulator.html': ['#alerts', '#timers', '#flags', '#consortium', '#split'], '/operator.html': ['#node', '#peers', '#disks', '#keys', '#genesis', '#measures'] };
/** What would say that there is nothing, or that all is well. */
const NOUGHT = /还没有|没有$|（0）|未处置 0|共 0|✓|\bnone\b|no projects|0 open/;

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser.close(); });

const failing = { status: 500, body: { code: 'store', detail: 'the store cannot be read <b>' } };

/** Every answer of the node held back until `release` is called. */
function heldBack(answers) {
  let release;
  const gate = new Promise((done) => { release = done; });
  return { gate, release, answers };
}

for (const [path, places] of Object.entries(LISTS)) {
  test(`${path}: unknown before the first answer, and with reason and a way to ask again when the node fails`, async () => {
    const site = await serve(nodeAnswers().answers);
    const { page, close } = await openPage(browser, 'about:blank', { viewport: { width: 1280, height: 900 } });
    const held = heldBack();
    await page.route(/\/(?:v1|metrics|openapi\.json)/, async (route) => {
      await held.gate;
      await route.continue();
    });
    await page.goto(`${site.origin}${path}`);
    await page.waitForSelector(`${places[0]} [data-known=reading]`);
    for (const place of places) {
      assert.equal((await page.textContent(place)).replace('读取中…读取中…', '读取中…'), '读取中…', place);
    }
    assert.doesNotMatch(await page.textContent('main'), NOUGHT);
    if (path === '/regulator.html') assert.deepEqual(await page.locator('#numbers dd').allTextContents(), ['—', '—', '—', '— · —']);
    await assertAccessible(page, `${path} before the first answer`);
    held.release();
    await page.waitForFunction((all) => all.every((one) => document.querySelector(one).querySelector('[data-known]') === null), places);
    await close();
    await site.stop();

    // From the start nobody answers, or answers with a failure; then it comes back at a click.
    const own = nodeAnswers();
    const good = { ...own.answers };
    for (const name of Object.keys(own.answers)) if (!name.startsWith('/openapi')) own.answers[name] = failing;
    const second = await serve(own.answers);
    const { page: other, close: closeOther } = await openPage(browser, `${second.origin}${path}`, { viewport: { width: 1280, height: 900 } });
    for (const place of places) {
      await other.waitForSelector(`${place} [data-known=failed]`);
      assert.match(await other.textContent(place), /读取失败：HTTP 500 the store cannot be read <b>.*重试/, place);
    }
    assert.doesNotMatch(await other.textContent('main'), NOUGHT);
    assert.match(await other.textContent('#message'), /节点没有回答/);
    await assertAccessible(other, `${path} of a failing node`);
    Object.assign(own.answers, good);
    await other.click(`${places[0]} [data-known=failed] button`);
    await other.waitForFunction((all) => all.every((one) => document.querySelector(one).querySelector('[data-known]') === null), places);
    // The node goes away: what was read stays, and it is said when it was read.
    await second.stop();
    await other.waitForSelector(`${places[0]} [data-known=old]`, { timeout: 15_000 });
    assert.match(await other.textContent(places[0]), /读取失败：连不上节点。以下是 .* 读到的内容/);
    if (path === '/regulator.html') assert.deepEqual(await other.locator('#numbers dd').allTextContents(), ['—', '—', '—', '— · —'], 'no number of now from a node that is gone');
    await closeOther();
  });
}

test('one list that fails does not hide the others, and its count is unknown', async () => {
  const own = nodeAnswers();
  own.answers['/v1/timers'] = failing;
  const site = await serve(own.answers);
  const { page, close } = await openPage(browser, `${site.origin}/regulator.html`);
  await page.waitForSelector('#timers [data-known=failed]');
  await page.waitForSelector('#alerts tbody tr');
  assert.match((await page.locator('#numbers dd').allTextContents())[3], /^⚠ 2 · —$/);
  await close();
  await site.stop();
});

test('a list that was cut is counted as at least so many', async () => {
  const own = nodeAnswers();
  const one = own.answers['/v1/alerts'].body.items[0];
  own.answers['/v1/alerts'] = (url) => ({ body: { items: Array.from({ length: 200 }, () => one), next: `${url.searchParams.get('after') ?? ''}x` } });
  const site = await serve(own.answers);
  const { page, close } = await openPage(browser, `${site.origin}/regulator.html`);
  await page.waitForSelector('#alerts tbody tr');
  assert.match(await page.textContent('#alerts caption'), /未处置 至少 1000，共 至少 1000/);
  await close();
  await site.stop();
});

test('verify page: the site’s anchor is being read, could not be read, and comes at a click', async () => {
  const answers = { '/v1/policy': failing };
  const site = await serve(answers);
  const { page, close } = await openPage(browser, `${site.origin}/verify.html`);
  await page.waitForFunction(() => /读取失败：HTTP 500/.test(document.getElementById('anchor-now').textContent));
  answers['/v1/policy'] = { body: String(given('consortium.policy')), type: 'text/plain' };
  await page.click('#anchor-now button');
  await page.waitForFunction(() => /信任锚来自本站/.test(document.getElementById('anchor-now').textContent));
  await close();
  await site.stop();
});

test('a file in which nothing is found is said, and the verdict of the certificate stays', async () => {
  const certificate = String(given('good.cert.json'));
  const whole = pdfByQpdf(certificate, []);
  const locked = pdfByQpdf(certificate, ['--encrypt', 'x', 'y', '256', '--']);
  const files = {
    no_code: file('code-blurred.png', given('code-blurred.png'), 'image/png'),
    no_picture: file('photo.heic', Buffer.from('\0\0\0\x18ftypheic'), 'image/heic'),
    empty: file('empty.pdf', ''),
    locked: file('locked.pdf', locked),
    broken: file('cut.pdf', whole.subarray(0, Math.floor(whole.length * 0.6))),
    odd_attachment: file('odd.pdf', pdfWith([{ filter: '/Filter /LZWDecode', bytes: Buffer.from('x'), indirect: false }])),
    damaged_certificate: file('damaged.pdf', pdfWith([{ filter: '/Filter /FlateDecode', bytes: deflateSync(certificate.slice(0, -40)), indirect: false }])),
    private_key: file('a.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'),
    envelope: file('record.json', '{"payloadType":"application/vnd.biaozheng.record+json","payload":"AA==","signatures":[]}'),
  };
  const { page, wrong, close } = await openPage(browser, offline.href);
  const policy = file('consortium.policy', given('consortium.policy'));
  const good = file('good.cert.json', certificate);
  const said = () => page.locator('#given li[data-unread]').evaluateAll((list) => list.map((one) => one.dataset.unread));
  for (const [why, one] of Object.entries(files)) {
    for (const order of [[good, one], [one, good]]) {
      await page.click('#again', { force: true }).catch(() => {});
      assert.equal((await give(page, policy, ...order)).text, '✓ 验证通过', `${why}, together`);
      assert.deepEqual(await said(), [why]);
      assert.match(await page.textContent('#given'), /它没有参与核验，证书的结论不受影响/);
    }
    assert.equal((await give(page, one)).text, '✓ 验证通过', `${why}, afterwards`);
    assert.deepEqual(await said(), [why]);
  }
  await assertAccessible(page, 'a file in which nothing was found');
  // Without a certificate it is the reason why nothing was judged.
  await page.click('#again');
  assert.equal((await give(page, files.no_code)).verdict, 'unusable');
  assert.match(await page.textContent('#meaning'), /图片里没有找到二维码/);
  // The visitor may say that the picture is the document itself: then it is compared.
  await give(page, good, policy, files.no_code);
  await page.evaluate(() => document.getElementById('verdict').removeAttribute('data-verdict'));
  await page.click('#given li[data-unread] button');
  await page.waitForSelector('#verdict[data-verdict=content_differs]');
  assert.match(await page.textContent('#steps li.failed'), /code-blurred\.png/);
  assert.deepEqual(wrong, []);
  await close();
});

test('several files dropped together: every document is compared and named, and of two certificates it is said which was judged', async () => {
  const { page, close } = await openPage(browser, offline.href);
  const vectors = JSON.parse(readFileSync(new URL('../vectors/certificate.json', import.meta.url))).vectors;
  const { policy } = JSON.parse(readFileSync(new URL('../vectors/policy.json', import.meta.url))).vectors.genesis[0];
  const good = vectors.find((one) => one.verdict === 'valid' && one.policy !== undefined);
  const certificate = file('a.cert.json', good.certificate);
  const right = file('notice.pdf', '%PDF-1.7 notice of tender\n');
  const other = file('other.docx', 'PK another');
  for (const order of [[right, other], [other, right]]) {
    await page.reload();
    const found = await give(page, certificate, file('p', policy), ...order);
    assert.deepEqual([found.verdict, found.failed], ['content_differs', 'document']);
    assert.equal(await page.locator('#steps li[data-step=document]').count(), 2);
    assert.match(await page.textContent('#steps li.failed'), /other\.docx/);
    assert.match(await page.textContent('#steps li.passed[data-step=document]'), /notice\.pdf/);
  }
  await page.reload();
  const bad = file('b.cert.json', good.certificate.replace(/"height":(\d+)/, (_, height) => `"height":${Number(height) + 1}`));
  assert.equal((await give(page, file('p', policy), certificate, bad)).verdict, 'invalid');
  assert.match(await page.textContent('#warning'), /2 份证书；这里只用最后一份：b\.cert\.json/);
  assert.match(await page.textContent('#judged'), /核验对象证书 b\.cert\.json/);
  // A stranger's code beside a certificate is no reason not to judge it.
  await page.reload();
  assert.equal((await give(page, file('p', policy), certificate, file('menu.png', qrPicture('https://menu.example/7'), 'image/png'))).verdict, 'valid');
  assert.match(await page.textContent('#warning'), /没有拿它与证书核对/);
  await close();
});

test('the printed verdict says what was judged, against whom and when, and what the record says', async () => {
  const { page, close } = await openPage(browser, offline.href);
  await give(page, file('good.cert.json', given('good.cert.json')), file('consortium.policy', given('consortium.policy')));
  await page.emulateMedia({ media: 'print' });
  const visible = async (selector) => page.isVisible(selector);
  assert.deepEqual([await visible('#verdict'), await visible('#judged'), await visible('#facts'), await visible('#steps')], [true, true, true, true]);
  assert.deepEqual([await visible('#drop'), await visible('#print'), await visible('#anchor-form')], [false, false, false]);
  assert.match(await page.textContent('#judged'), /核验对象证书 good\.cert\.json记录编号sha256:[0-9a-f]{64}证书文件的 SHA-256sha256:[0-9a-f]{64}信任锚您给的策略文件 (?:[0-9a-f]{4}-){4}[0-9a-f]{4}核验时间\d{4}-\d\d-\d\d \d\d:\d\d:\d\d （本机时钟）核验页面离线核验页/);
  assert.match(await page.textContent('#facts'), /记录内容/);
  await close();
});
