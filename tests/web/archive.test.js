// Whole archives: the JavaScript verifier and `biaozheng-verify --archive` name the same files for the same faults, over
// archives of every ending in which every file was deleted, changed, hidden and moved.
// BIAOZHENG_ARCHIVES: a folder that the example `write_archives` filled. BIAOZHENG_VERIFY: the program.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ARCHIVE_STEPS, judgeArchive } from '../../api/web/archive/judge.js';
import { safeName } from '../../api/web/archive/path.js';
import { folderSource, tarSource } from '../../api/web/archive/source.js';
import { number, records } from '../../api/web/archive/tar.js';
import { Unusable } from '../../api/web/verify/certificate.js';
import { policyOfText } from '../../api/web/verify/policy.js';
import { Sm3, sm3 } from '../../api/web/verify/sm3.js';
import { folderChanges, packedAgain, tarChanges } from './archives/changes.js';
import { Random } from './differential/random.js';

const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 20260901);
const folder = process.env.BIAOZHENG_ARCHIVES;
const names = readdirSync(folder).filter((name) => name.endsWith('.tar')).map((name) => name.slice(0, -4));
/** Those that are changed in every way; of the others, and of these, the whole is judged. */
const CHANGED = ['plain', 'closed', 'supervised'];
const scratch = mkdtempSync(join(tmpdir(), 'biaozheng-archives-'));
const seenSteps = new Map();
let compared = 0;
after(() => rmSync(scratch, { recursive: true }));

test('a number of pax has fifteen digits at most, as ledger/archive reads it', () => {
  const numbers = [
    ['0', 0], ['+12', 12], ['000000000000012', 12], ['999999999999999', 999999999999999], ['0000000000000012', null], ['1000000000000000', null],
    ['', null], ['+', null], ['++1', null], ['-1', null], ['1e3', null], [' 1', null],
  ];
  for (const [text, value] of numbers) assert.equal(number(text), value, text);
  assert.equal(records(Buffer.from('0000000000000022 a=bc\n')), null, 'also the length of a record');
  assert.deepEqual(records(Buffer.from('000000000000021 a=bc\n')), [['a', 'bc']]);
});

const policyPath = (name) => join(folder, `${name}.policy`);
const tarOf = (name) => readFileSync(join(folder, `${name}.tar`));
const filesOf = async (name) => {
  const { files } = await tarSource(new Blob([tarOf(name)]));
  return new Map(await Promise.all([...files].map(async ([path, blob]) => [path, new Uint8Array(await blob.arrayBuffer())])));
};

/** Control characters as the program prints them; the page has its own way, `plain`. */
const printable = (text) => text.replace(/[\x00-\x1f\x7f-\x9f]/g, (one) =>
  ({ '\0': '\\0', '\t': '\\t', '\r': '\\r', '\n': '\\n' })[one] ?? `\\u{${one.codePointAt(0).toString(16)}}`);
const shown = ({ verdict, findings }) => [verdict, ...findings.map(({ path, kind }) => `${kind} ${printable(path)}`)];

function byRust(path, policy) {
  const run = spawnSync(process.env.BIAOZHENG_VERIFY, ['--archive', path, '--json', ...(policy === null ? [] : ['--policy', policy])], { maxBuffer: 1 << 26 });
  const report = JSON.parse(run.stdout);
  assert.equal(run.status, report.exit_code);
  return shown(report);
}

async function byJavaScript(source, policy) {
  try {
    const found = await judgeArchive(await source(), { policy: policy === null ? null : policyOfText(readFileSync(policy, 'utf8')) });
    for (const one of found.findings) seenSteps.set(one.step, (seenSteps.get(one.step) ?? 0) + 1);
    assert.equal(found.failedStep === null, found.findings.length === 0);
    return shown(found);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return ['unusable'];
  }
}

async function compare(what, path, source, policy) {
  const [rust, javascript] = [byRust(path, policy), await byJavaScript(source, policy)];
  assert.deepEqual(javascript, rust, `seed ${SEED}: ${what}`);
  compared += 1;
  return rust;
}

/** Writes the files as a folder, and gives it and the source of the same files. */
function asFolder(files) {
  const root = join(scratch, 'bag');
  rmSync(root, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
  return [root, () => folderSource([...files].map(([path, bytes]) => ({ path, file: new Blob([bytes]) })))];
}

test('SM3 is that of GB/T 32905 and of openssl, in one piece and in many', () => {
  const digest = (bytes) => Buffer.from(sm3(bytes)).toString('hex');
  assert.equal(digest(Buffer.from('abc')), '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
  assert.equal(digest(Buffer.from('abcd'.repeat(16))), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732');
  const random = new Random(SEED);
  for (let length = 0; length < 200; length += 7) {
    const bytes = Uint8Array.from({ length }, () => random.below(256));
    const stock = spawnSync('openssl', ['dgst', '-sm3', '-r'], { input: bytes });
    assert.equal(digest(bytes), String(stock.stdout).slice(0, 64), `${length} bytes`);
    const pieces = new Sm3();
    for (const byte of bytes) pieces.update(Uint8Array.of(byte));
    assert.equal(Buffer.from(pieces.digest()).toString('hex'), digest(bytes));
  }
});

test('names of documents lose their teeth as in the archive’s own crate', () => {
  const source = readFileSync(new URL('../../ledger/archive/src/path.rs', import.meta.url), 'utf8');
  const cases = /for \(name, safe\) in \[([^]*?)\n {8}\]/.exec(source)[1].matchAll(/\("((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\)/g);
  const plain = (text) => text.replace(/\\u\{([0-9a-f]+)\}/g, (_, code) => String.fromCodePoint(parseInt(code, 16))).replace(/\\n/g, '\n');
  let count = 0;
  for (const [, name, safe] of cases) {
    assert.equal(safeName(plain(name)), plain(safe), name);
    count += 1;
  }
  assert.ok(count >= 10, `${count} cases`);
});

test('as sealed each archive holds, as a tar and as a folder; without anchor or seal it is not called valid', async () => {
  assert.ok(names.length >= 6, String(names));
  for (const name of names) {
    const verdict = name === 'unsealed' ? 'not_sealed' : 'valid';
    const [path, source] = asFolder(await filesOf(name));
    const tar = () => tarSource(new Blob([tarOf(name)]));
    assert.deepEqual(await compare(`${name}.tar`, join(folder, `${name}.tar`), tar, policyPath(name)), [verdict]);
    assert.deepEqual(await compare(name, path, source, policyPath(name)), [verdict]);
    assert.deepEqual(await compare(name, path, source, null), [name === 'unsealed' ? 'not_sealed' : 'not_anchored']);
    const foreign = policyPath(names[(names.indexOf(name) + 1) % names.length]);
    assert.equal((await compare(`${name}, policy of another chain`, path, source, foreign))[0], 'invalid');
  }
});

test('every file deleted, changed, added, swapped, hidden: the same findings', async () => {
  const random = new Random(SEED);
  for (const name of CHANGED) {
    for (const [what, files] of folderChanges(await filesOf(name), random)) {
      const [path, source] = asFolder(files);
      const [verdict] = await compare(`${name} ${what}`, path, source, policyPath(name));
      // Swapped with itself, or a manifest that was written anew as it was: nothing changed.
      const same = /manifest-.*, manifests written anew$/.test(what) || /^(.*) and \1 swapped/.test(what);
      assert.ok(verdict !== 'valid' || same, `${name} ${what}`);
    }
  }
});

test('packed again by other programs they are judged by their contents', async () => {
  const path = join(scratch, 'packed.tar');
  const judged = async (what, bytes) => {
    writeFileSync(path, bytes);
    return compare(what, path, () => tarSource(new Blob([bytes])), policyPath('plain'));
  };
  const files = await filesOf('plain');
  for (const [what, bytes] of packedAgain(files, scratch, '2026-350100-48-01-000123')) assert.deepEqual(await judged(what, bytes), ['valid'], what);
  for (const [what, bytes] of packedAgain(new Map(files).set('data/keys.json', Buffer.from('{}')), scratch, '下载 (1)')) {
    assert.deepEqual((await judged(what, bytes)).slice(0, 2), ['invalid', 'changed data/keys.json'], what);
  }
  const random = new Random(SEED + 2);
  for (const [what, bytes] of [...packedAgain(files, scratch, 'x')].slice(0, 9)) {
    for (const [how, changed] of tarChanges(bytes, random, 6)) await judged(`${what}, ${how}`, changed);
  }
  const packed = gzipSync(tarOf('plain'));
  assert.deepEqual(await judged('gzip', packed), ['unusable']);
});

test('tars with a changed bit, cut and made longer: the same findings', async (context) => {
  const random = new Random(SEED + 1);
  const path = join(scratch, 'changed.tar');
  for (const name of CHANGED) {
    for (const [what, bytes] of tarChanges(tarOf(name), random, 40)) {
      writeFileSync(path, bytes);
      const [verdict] = await compare(`${name} ${what}`, path, () => tarSource(new Blob([bytes])), policyPath(name));
      assert.notEqual(verdict, 'valid', `${name} ${what}`);
    }
  }
  for (const step of ARCHIVE_STEPS) assert.ok(seenSteps.get(step) > 5, `no case failed at ${step}`);
  context.diagnostic(`${compared} archives, findings by step: ${JSON.stringify(Object.fromEntries(seenSteps))}`);
});
