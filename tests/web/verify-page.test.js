// The verify page in Chromium: every golden certificate by file, the single-file page from disk with no server at all,
// and what only a page does: PDF attachments, QR pictures, numbers, foreign codes, fingerprints.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { fingerprint } from '../../api/web/verify/trust.js';
import { assertAccessible, file, give, openBrowser, openPage, verdict } from './browser.js';
import { pdfByQpdf, pdfWith, printedOver } from './pdf-maker.js';
import { qrPicture } from './qr-maker.js';
import { serve } from './server.js';

const vectors = JSON.parse(readFileSync(new URL('../vectors/certificate.json', import.meta.url))).vectors;
const chainVectors = JSON.parse(readFileSync(new URL('../vectors/policy.json', import.meta.url))).vectors;
const offline = new URL('../../api/web/verify-offline.html', import.meta.url);
const good = vectors.find((one) => one.verdict === 'valid' && one.policy !== undefined);
const record = JSON.parse(good.certificate).record;
const { chain, policy } = chainVectors.genesis[0];
const DOCUMENT = '%PDF-1.7 notice of tender\n';

let browser;
let server;
const pending = { status: 409, body: { code: 'pending', detail: 'later', stage: 'received' } };

before(async () => {
  browser = await openBrowser();
  server = await serve({ '/v1/policy': { body: policy, type: 'text/plain' } });
});
after(async () => {
  await browser.close();
  await server.stop();
});

test('every golden certificate has its verdict and step in the offline file, with no server and no request', async () => {
  const { page, wrong, close } = await openPage(browser, offline.href, { offline: true });
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  for (const one of vectors) {
    await page.reload();
    requests.length = 0;
    if (one.chain !== undefined) await page.fill('#anchor', one.chain);
    const files = [file('a.cert.json', one.certificate)];
    if (one.policy !== undefined) files.push(file('consortium.policy', one.policy));
    if (one.envelope !== undefined) files.push(file('record.json', one.envelope));
    if (one.document !== undefined) continue; // A digest without its bytes: the test with the document follows.
    const found = await give(page, ...files);
    assert.deepEqual([found.verdict, found.failed], [one.verdict, one.failed_step], one.name);
    assert.equal(found.text.startsWith('✓'), one.verdict === 'valid', 'green and the tick stand beside an anchored verdict only');
    assert.deepEqual(requests, []);
  }
  assert.deepEqual(wrong, []);
  await close();
});

test('the document itself, in pieces, right and wrong', async () => {
  const { page, close } = await openPage(browser, offline.href);
  assert.equal((await give(page, file('notice.pdf', DOCUMENT))).verdict, 'unusable');
  assert.equal((await give(page, file('a.cert.json', good.certificate), file('p', policy))).verdict, 'valid');
  const wrongDocument = await give(page, file('notice.pdf', `${DOCUMENT} `));
  assert.deepEqual([wrongDocument.verdict, wrongDocument.failed], ['content_differs', 'document']);
  const large = await give(page, file('large.bin', Buffer.alloc(5_000_000, 7)));
  assert.deepEqual([large.verdict, large.failed], ['content_differs', 'document']);
  await close();
});

test('a certificate travels in a PDF, plain or compressed', async () => {
  const { page, close } = await openPage(browser, offline.href);
  for (const [name, filter, bytes] of [['plain', '', Buffer.from(good.certificate)], ['flate', '/Filter /FlateDecode', deflateSync(good.certificate)]]) {
    for (const indirect of [false, true]) {
      await page.reload();
      const found = await give(page, file('c.pdf', pdfWith([{ filter, bytes, indirect }])), file('p', policy));
      assert.equal(found.verdict, 'valid', `${name}, ${indirect ? 'indirect' : 'direct'} length`);
    }
  }
  for (const options of [['--stream-data=uncompress'], ['--object-streams=generate', '--compress-streams=y'], ['--linearize']]) {
    await page.reload();
    const found = await give(page, file('c.pdf', pdfByQpdf(good.certificate, options)), file('p', policy));
    assert.equal(found.verdict, 'valid', `qpdf ${options}`);
  }
  await page.reload();
  const part = { filter: '', bytes: Buffer.from(good.certificate), indirect: false };
  await page.setInputFiles('#files', [file('two.pdf', pdfWith([part, part]))]);
  await page.waitForSelector('#warning:not([hidden])');
  await page.reload();
  const bomb = { filter: '/Filter /FlateDecode', bytes: deflateSync(Buffer.alloc(60_000_000)), indirect: false };
  assert.equal((await give(page, file('bomb.pdf', pdfWith([bomb])))).verdict, 'unusable', 'a PDF without certificate is a document');
  await close();
});

test('the printed page of a PDF is not judged, and the page says so', async () => {
  const { page, wrong, close } = await openPage(browser, offline.href);
  const said = () => page.locator('#printed:visible').allTextContents();
  const own = pdfByQpdf(good.certificate, []);
  const altered = printedOver(own, 'Winner: ORG-FORGED, 1.00 CNY');
  assert.notDeepEqual(altered, own);
  assert.equal((await give(page, file('c.pdf', altered), file('p', policy))).verdict, 'valid', 'the certificate in it is a good one');
  assert.match((await said()).join(), /印的文字没有核对.*以下面列出的内容为准/);
  assert.match(await page.textContent('#facts'), new RegExp(record), 'what counts is shown');
  await assertAccessible(page, 'a PDF');
  await page.click('#language');
  assert.match((await said()).join(), /printed on its page was not checked/);
  await page.click('#language');
  assert.equal((await give(page, file('a.cert.json', good.certificate))).verdict, 'valid');
  assert.deepEqual(await said(), [], 'the file itself is judged whole');
  assert.equal((await give(page, file('code.png', qrPicture(`biaozheng:v1?record=${record.slice(7)}`), 'image/png'))).verdict, 'valid');
  assert.match((await said()).join(), /二维码只指出/);
  assert.equal((await give(page, file('c.pdf', own))).verdict, 'valid');
  assert.match((await said()).join(), /您给的是 PDF/, 'an unaltered one cannot be told from an altered one');
  await page.click('#again');
  assert.deepEqual(await said(), []);
  assert.deepEqual(wrong, []);
  await close();
});

test('numbers: found, not found, pending, refused; the anchor is the site’s and says so', async () => {
  const site = await serve({
    '/v1/policy': { body: policy, type: 'text/plain' },
    [`/v1/records/${record}/certificate`]: { body: good.certificate },
    [`/v1/records/sha256:${'1'.repeat(64)}/certificate`]: pending,
    [`/v1/records/sha256:${'2'.repeat(64)}/certificate`]: { status: 410, body: { code: 'bid.late', detail: 'after the deadline <img src=x onerror=alert(1)>' } },
  });
  const { page, wrong, close } = await openPage(browser, `${site.origin}/verify.html`);
  await page.waitForFunction((text) => document.getElementById('anchor-now').textContent.includes(text), fingerprint(chain));
  const ask = async (number) => {
    await page.evaluate(() => document.getElementById('verdict').removeAttribute('data-verdict'));
    await page.fill('#number', number);
    await page.press('#number', 'Enter');
    return (await verdict(page)).verdict;
  };
  assert.equal(await ask(record), 'valid');
  assert.equal(await ask(`sha256:${'3'.repeat(64)}`), 'not_found');
  assert.equal(await ask(`sha256:${'1'.repeat(64)}`), 'pending');
  assert.equal(await ask(`sha256:${'2'.repeat(64)}`), 'not_found');
  assert.equal(await page.locator('main img').count(), 0, 'a refusal is text');
  assert.equal(await ask('nonsense'), 'unusable');
  assert.deepEqual(wrong.filter((text) => !/Failed to load resource: the server responded with a status of 4/.test(text)), []);
  await page.goto(`${site.origin}/index.html`);
  await page.goto(`${site.origin}/verify.html#record=${record}`);
  assert.equal((await verdict(page)).verdict, 'valid');
  assert.ok(await page.isHidden('#printed'), 'a link was followed, no paper read');
  // The server goes away: what is loaded keeps judging, and a number says that nobody answered.
  await site.stop();
  assert.equal((await give(page, file('a.cert.json', good.certificate))).verdict, 'valid');
  assert.equal(await ask(record), 'unusable');
  await close();
});

test('a code from another site is not opened, and its origin is named', async () => {
  const site = await serve({ '/v1/policy': { body: policy, type: 'text/plain' }, [`/v1/records/${record}/certificate`]: { body: good.certificate } });
  const { page, close } = await openPage(browser, `${site.origin}/verify.html`);
  await page.waitForFunction((text) => document.getElementById('anchor-now').textContent.includes(text), fingerprint(chain));
  const elsewhere = [];
  page.on('request', (request) => request.url().startsWith(site.origin) || request.url().startsWith('blob:') || elsewhere.push(request.url()));
  const picture = (text) => file('code.png', qrPicture(text), 'image/png');
  assert.equal((await give(page, picture(`https://evil.example/verify.html#record=${record}`))).verdict, 'valid');
  assert.match(await page.textContent('#warning'), /https:\/\/evil\.example/);
  assert.ok(await page.isVisible('#warning'));
  assert.equal((await give(page, picture(`${site.origin}/verify.html#record=${record}`))).verdict, 'valid');
  assert.ok(await page.isHidden('#warning'));
  assert.deepEqual(elsewhere, []);
  await close();
  await site.stop();
});

test('a code of another chain is named, before anything is believed of it', async () => {
  const site = await serve({ '/v1/policy': { body: policy, type: 'text/plain' }, [`/v1/records/${record}/certificate`]: { body: good.certificate } });
  const { page, close } = await openPage(browser, `${site.origin}/verify.html`);
  await page.waitForFunction((text) => document.getElementById('anchor-now').textContent.includes(text), fingerprint(chain));
  const own = policy.split(' ')[1].split('+')[0];
  const otherChain = `sha256:${'7'.repeat(64)}`;
  const foreign = `biaozheng.log/elsewhere/${'7'.repeat(64)}`;
  const code = (log, id = record) => file('code.png', qrPicture(`biaozheng:v1?record=${id.slice(7)}&log=${log}&certificate=${createHash('sha256').update(good.certificate).digest('hex')}`), 'image/png');
  const warning = () => page.locator('#warning:visible').allTextContents();
  assert.equal((await give(page, code(own))).verdict, 'valid');
  assert.deepEqual(await warning(), [], 'the own chain is no cause for a warning');
  await page.click('#again');
  assert.equal((await give(page, code(foreign, `sha256:${'4'.repeat(64)}`))).verdict, 'not_found');
  await page.waitForSelector('#warning:not([hidden])');
  assert.match((await warning()).join(), /另一条链（7777-7777-7777-7777-7777）/);
  // With the record and certificate of this chain and the log of another it is a lie, whatever else holds.
  assert.equal((await give(page, code(foreign))).verdict, 'valid');
  await page.waitForFunction(() => /另一条链/.test(document.getElementById('warning').textContent));
  assert.equal((await give(page, code('biaozheng.log/<img src=x>'))).verdict, 'valid');
  await page.waitForFunction(() => /另一条链/.test(document.getElementById('warning').textContent));
  assert.equal(await page.locator('main img').count(), 0);
  await page.click('#again');
  assert.deepEqual(await warning(), []);
  // What the visitor types is the anchor: the code is held against that.
  await page.fill('#anchor', fingerprint(otherChain));
  assert.equal((await give(page, code(foreign), file('a.cert.json', good.certificate))).verdict, 'invalid');
  await page.waitForFunction(() => /与证书所属的链不同/.test(document.getElementById('warning').textContent));
  await page.click('#language');
  assert.equal((await give(page, code(own), file('a.cert.json', good.certificate))).verdict, 'invalid');
  await page.waitForFunction(() => /names another chain/.test(document.getElementById('warning').textContent));
  await close();
  // Without an anchor there is only the certificate to compare with.
  const { page: alone, close: closeAlone } = await openPage(browser, offline.href);
  assert.equal((await give(alone, code(own), file('a.cert.json', good.certificate))).verdict, 'not_anchored');
  assert.ok(await alone.isHidden('#warning'));
  assert.equal((await give(alone, code(foreign), file('a.cert.json', good.certificate))).verdict, 'not_anchored');
  await alone.waitForFunction(() => /与证书所属的链不同/.test(document.getElementById('warning').textContent));
  await closeAlone();
  await site.stop();
});

test('a code of a chain below the trusted one is no foreign one', async () => {
  const golden = (name) => readFileSync(new URL(`../../ledger/verify/tests/golden/${name}`, import.meta.url));
  const anchored = JSON.parse(golden('anchored.cert.json'));
  const log = anchored.policy.split(' ')[1].split('+')[0];
  const { page, close } = await openPage(browser, offline.href);
  const code = file('code.png', qrPicture(`biaozheng:v1?record=${anchored.record.slice(7)}&log=${log}`), 'image/png');
  assert.equal((await give(page, file('a.cert.json', golden('anchored.cert.json')), file('province.policy', golden('province.policy')), code)).verdict, 'valid');
  await page.waitForSelector('#warning', { state: 'hidden' });
  await close();
});

test('a printed fingerprint is an anchor, a wrong one is not', async () => {
  const { page, close } = await openPage(browser, offline.href);
  const type = async (text) => {
    await page.evaluate(() => document.getElementById('verdict').removeAttribute('data-verdict'));
    await page.fill('#anchor', text);
    await page.press('#anchor', 'Enter');
    return verdict(page);
  };
  assert.equal((await give(page, file('a.cert.json', good.certificate))).verdict, 'not_anchored');
  assert.equal((await type(fingerprint(chain).toUpperCase())).verdict, 'valid');
  const other = await type(fingerprint(chain).replace(/^..../, 'ffff'));
  assert.deepEqual([other.verdict, other.failed], ['invalid', 'anchor']);
  assert.equal((await type('0d2e')).verdict, 'unusable');
  await close();
});

test('in English, with the keyboard, and without WebCrypto', async () => {
  const { page, wrong, close } = await openPage(browser, offline.href);
  await page.addInitScript(() => { Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined }); });
  await page.reload();
  assert.equal(await page.evaluate(() => globalThis.crypto.subtle), undefined);
  await page.focus('#language');
  await page.keyboard.press('Enter');
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  const found = await give(page, file('a.cert.json', good.certificate), file('p', policy));
  assert.equal(found.text, '✓ VALID');
  assert.doesNotMatch(await page.textContent('#steps'), /[\u4e00-\u9fff]{2}/u);
  assert.deepEqual(wrong, []);
  await assertAccessible(page, 'verify-offline.html in English');
  await close();
});

test('anchors and timestamps: a parent’s policy, dated policies and authorities by file', async () => {
  const golden = (name) => readFileSync(new URL(`../../ledger/verify/tests/golden/${name}`, import.meta.url));
  const { page, wrong, close } = await openPage(browser, offline.href, { offline: true });
  const certificate = file('a.cert.json', golden('anchored.cert.json'));
  assert.deepEqual([(await give(page, certificate)).verdict], ['not_anchored']);
  assert.equal(await page.locator('#steps li.unknown[data-step=timestamp]').count(), 1, 'a token of nobody’s trust is not called good');
  assert.equal((await give(page, file('p', policy))).failed, 'anchor');
  assert.equal((await give(page, file('province.policy', golden('province.policy')))).verdict, 'valid');
  assert.equal((await give(page, file('d.json', golden('district.policies.json')))).failed, 'anchor', 'its end asks for a proven date');
  assert.equal((await give(page, file('tsa.pem', golden('authority.pem')))).verdict, 'valid');
  assert.equal(await page.locator('#steps li.passed[data-step=timestamp]').count(), 1);
  assert.match(await page.textContent('#anchor-now'), /Test Root/);
  // Of a file with a damaged block the others count, and the page says which does not.
  const pem = golden('authority.pem').toString();
  assert.equal((await give(page, file('both.pem', Buffer.from(`Certificate:\n${pem.replace('MII', 'M*I')}${pem}`)))).verdict, 'valid');
  assert.match(await page.textContent('#anchor-now'), /Test Root.*第 1 块未采用/);
  await assertAccessible(page, 'verify with anchors');
  assert.deepEqual(wrong, []);
  await close();
});
