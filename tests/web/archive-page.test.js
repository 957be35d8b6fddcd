// Every form of evidence in the served verify page after its server has stopped, and whole archives: as sealed, and with
// each kind of fault named with its file and step.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { tarSource } from '../../api/web/archive/source.js';
import { fingerprint } from '../../api/web/verify/trust.js';
import { relist } from './archives/changes.js';
import { assertAccessible, dropPaths, file, give, openBrowser, openPage, verdict } from './browser.js';
import { pdfByQpdf } from './pdf-maker.js';
import { qrPicture } from './qr-maker.js';
import { serve } from './server.js';

const folder = process.env.BIAOZHENG_ARCHIVES;
const tar = readFileSync(join(folder, 'supervised.tar'));
const archivePolicy = readFileSync(join(folder, 'supervised.policy'), 'utf8');
const vectors = JSON.parse(readFileSync(new URL('../vectors/certificate.json', import.meta.url))).vectors;
const chains = JSON.parse(readFileSync(new URL('../vectors/policy.json', import.meta.url))).vectors;
const good = vectors.find((one) => one.verdict === 'valid' && one.policy !== undefined);
const { chain, policy } = chains.genesis[0];
const record = JSON.parse(good.certificate).record;
const DOCUMENT = '%PDF-1.7 notice of tender\n';

let browser;
let scratch;
let files;
before(async () => {
  browser = await openBrowser();
  scratch = mkdtempSync(join(tmpdir(), 'biaozheng-bag-'));
  const source = await tarSource(new Blob([tar]));
  files = new Map(await Promise.all([...source.files].map(async ([path, blob]) => [path, Buffer.from(await blob.arrayBuffer())])));
});
after(async () => {
  await browser.close();
  rmSync(scratch, { recursive: true });
});

function onDisk(name, content) {
  const root = join(scratch, name);
  rmSync(root, { recursive: true, force: true });
  for (const [path, bytes] of content) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
  return root;
}

/** The served page of a node with this policy, whose server is gone. */
async function stoppedPage(policyText) {
  const site = await serve({ '/v1/policy': { body: policyText, type: 'text/plain' } });
  const opened = await openPage(browser, `${site.origin}/verify.html`, { viewport: { width: 800, height: 900 } });
  await opened.page.waitForSelector('#anchor-now strong');
  await opened.page.waitForFunction(() => globalThis.jsQR !== undefined);
  await site.stop();
  return opened;
}

async function giveFolder(page, path) {
  await page.evaluate(() => document.getElementById('verdict').removeAttribute('data-verdict'));
  await page.setInputFiles('#folder', path);
  return verdict(page);
}

const findings = (page) => page.locator('#facts tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].slice(0, 3).map((cell) => cell.textContent)));

const pointer = (bytes) => `biaozheng:v1?record=${record.slice(7)}&log=biaozheng.log/x/${chain.slice(7)}&certificate=${bytes}`;
const sha256 = async (text) => Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('hex');

test('with the server stopped a good certificate of each form is valid', async () => {
  const code = file('code.png', qrPicture(pointer(await sha256(good.certificate))), 'image/png');
  const certificate = file('a.cert.json', good.certificate);
  const forms = {
    JSON: [certificate],
    PDF: [file('c.pdf', pdfByQpdf(good.certificate, []))],
    'QR picture and certificate': [code, certificate],
    'certificate and QR picture': [certificate, code],
    'QR picture and PDF': [code, file('c.pdf', pdfByQpdf(good.certificate, []))],
    'document and certificate': [certificate, file('notice.pdf', DOCUMENT)],
  };
  const { page, wrong, close } = await stoppedPage(policy);
  for (const [name, given] of Object.entries(forms)) {
    const found = await give(page, ...given);
    assert.deepEqual([found.verdict, found.text.slice(0, 1)], ['valid', '✓'], name);
    await page.click('#again');
  }
  assert.deepEqual(wrong, []);
  await close();
});

test('with the server stopped a COSE receipt beside the certificate holds, a changed one does not', async () => {
  const [one, other] = JSON.parse(readFileSync(process.env.BIAOZHENG_RECEIPTS, 'utf8'));
  const { page, wrong, close } = await stoppedPage(one.policy);
  const receipt = Buffer.from(one.receipt, 'hex');
  assert.equal((await give(page, file('r.cose', receipt))).verdict, 'unusable', 'a receipt alone does not say its place');
  assert.equal((await give(page, file('a.cert.json', one.certificate))).verdict, 'valid');
  assert.equal(await page.locator('#steps li.passed[data-step=receipt]').count(), 1);
  for (const bytes of [Buffer.from(other.receipt, 'hex'), receipt.map((byte, at) => (at === receipt.length - 1 ? byte ^ 1 : byte))]) {
    await page.click('#again');
    const found = await give(page, file('a.cert.json', one.certificate), file('r.cose', bytes));
    assert.deepEqual([found.verdict, found.failed], ['invalid', 'receipt']);
  }
  await assertAccessible(page, 'a certificate with a receipt');
  assert.deepEqual(wrong, []);
  await close();
});

test('with the server stopped a code of another certificate, and another document, are named', async () => {
  const { page, close } = await stoppedPage(policy);
  const other = file('code.png', qrPicture(pointer('0'.repeat(64))), 'image/png');
  assert.equal((await give(page, file('a.cert.json', good.certificate), other)).verdict, 'unusable', 'nobody answers for the other number');
  await page.click('#again');
  assert.equal((await give(page, other)).verdict, 'unusable');
  assert.equal((await give(page, file('a.cert.json', good.certificate))).verdict, 'content_differs');
  await page.click('#again');
  const wrong = await give(page, file('a.cert.json', good.certificate), file('notice.pdf', `${DOCUMENT}x`));
  assert.deepEqual([wrong.verdict, wrong.failed], ['content_differs', 'document']);
  await close();
});

test('with the server stopped an archive is judged as a tar, as a folder chosen and as a folder dropped', async () => {
  const { page, wrong, close } = await stoppedPage(archivePolicy);
  const judged = await give(page, file('archive.tar', tar));
  assert.deepEqual([judged.verdict, judged.text.slice(0, 1)], ['valid', '✓']);
  assert.equal(await page.locator('#steps li.passed').count(), 5);
  assert.match(await page.textContent('#facts'), /2026-350100-48-01-000777/);
  await assertAccessible(page, 'a good archive');
  const root = onDisk('good', files);
  await page.click('#again');
  assert.equal((await giveFolder(page, root)).verdict, 'valid');
  await page.click('#again');
  await dropPaths(page, '#drop', [root]);
  assert.equal((await verdict(page)).verdict, 'valid');
  await page.click('#again');
  assert.equal((await giveFolder(page, onDisk('nothing', [['a/b.txt', 'x']]))).verdict, 'unusable');
  assert.deepEqual(wrong, []);
  await close();
});

test('each kind of fault of an archive is named with its file and refused at its step', async () => {
  const paths = [...files.keys()];
  const document = paths.find((path) => path.startsWith('data/documents/'));
  const certificate = paths.find((path) => path.startsWith('data/certificates/'));
  const flipped = (path) => { const bytes = Buffer.from(files.get(path)); bytes[Math.floor(bytes.length / 2)] ^= 1; return bytes; };
  const without = (path) => { const left = new Map(files); left.delete(path); return left; };
  const edited = (path, from, to) => new Map(files).set(path, Buffer.from(files.get(path).toString().replace(from, to)));
  const cases = [
    ['a document deleted', without(document), 'manifests', ['✗ 缺失', document]],
    ['a document changed', new Map(files).set(document, flipped(document)), 'manifests', ['✗ 改动', document]],
    ['a file added', new Map(files).set('data/extra.txt', Buffer.from('x')), 'manifests', ['✗ 多出', 'data/extra.txt']],
    ['a name that leaves the bag', new Map(files).set('data/.hidden', Buffer.from('x')), 'container', ['✗ 多出', 'data/.hidden']],
    ['a certificate changed, manifests written anew', relist(edited(certificate, '"height":1', '"height":2')), 'certificates', ['✗ 不符', certificate]],
    ['the catalogue changed, manifests written anew', relist(edited('data/catalogue.json', '"required": true', '"required": false')), 'contents', ['✗ 改动', 'data/catalogue.json']],
    ['a record and all that follows from it left out', relist(without(certificate)), 'contents', null],
    ['no sealing record, manifests written anew', relist(without('seal/archive-sealed.json')), null, null],
  ];
  const { page, wrong, close } = await stoppedPage(archivePolicy);
  for (const [name, content, step, finding] of cases) {
    const found = await giveFolder(page, onDisk('changed', content));
    if (step === null) {
      assert.equal(found.verdict, 'not_sealed', name);
      continue;
    }
    assert.deepEqual([found.verdict, found.failed], ['invalid', step], name);
    const rows = await findings(page);
    if (finding !== null) assert.ok(rows.some(([kind, path]) => kind === finding[0] && path === finding[1]), `${name}: ${JSON.stringify(rows)}`);
  }
  await assertAccessible(page, 'a bad archive');
  assert.deepEqual(wrong, []);
  await close();
});

test('an archive without anchor is not called valid; a printed fingerprint is enough', async () => {
  const offline = new URL('../../api/web/verify-offline.html', import.meta.url);
  const { page, wrong, close } = await openPage(browser, offline.href, { offline: true });
  assert.equal((await give(page, file('a.tar', tar))).verdict, 'not_anchored');
  const own = /biaozheng\.log\/[a-z0-9-]+\/([0-9a-f]{64})/.exec(archivePolicy)[1];
  const type = async (text) => {
    await page.evaluate(() => document.getElementById('verdict').removeAttribute('data-verdict'));
    await page.fill('#anchor', text);
    await page.press('#anchor', 'Enter');
    return verdict(page);
  };
  assert.equal((await type(fingerprint(`sha256:${own}`))).verdict, 'valid');
  assert.deepEqual([(await type('ffff-ffff-ffff-ffff-ffff')).failed], ['certificates']);
  assert.equal((await give(page, file('p', archivePolicy))).verdict, 'invalid', 'the wrong fingerprint still stands');
  await type('');
  assert.equal((await verdict(page)).verdict, 'valid');
  assert.deepEqual(wrong, []);
  await close();
});
