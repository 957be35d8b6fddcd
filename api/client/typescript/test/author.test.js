// Records made here against the envelopes that the Rust client library signs.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { Author, AuthorError, documentOf, documentOfBlob, SecretKey, SignedRecord } from '../src/index.js';
import { golden, unhex } from './golden.js';

const { vectors } = golden('api/client/tests/vectors/author.json');
const signer = (one, tool) => new Author(one.org, new SecretKey(unhex(one.seed)), one.chain, tool);

function sign(one) {
  const { project, previous, documents } = one;
  const draft = signer(one.author, one.tool).record(one.type, one.body, { project, previous, documents });
  for (const cosigner of one.cosigners) draft.cosign(signer(cosigner, one.tool));
  return draft.sign(one.made_at_ms);
}

test('both kinds of cases are there', () => {
  assert.ok(vectors.filter((one) => one.envelope !== null).length >= 10);
  assert.ok(vectors.filter((one) => one.envelope === null).length >= 15);
});

for (const one of vectors) {
  test(`${one.envelope === null ? 'refused' : 'signed'}: ${one.name}`, () => {
    if (one.envelope === null) {
      assert.throws(() => sign(one), AuthorError);
      return;
    }
    const record = sign(one);
    assert.deepEqual([record.json, record.id], [one.envelope, one.id]);
    assert.deepEqual(SignedRecord.fromJson(one.envelope), record);
  });
}

test('what is not JSON data is refused, and nothing is left out silently', () => {
  const author = new Author('ORG-1', new SecretKey(new Uint8Array(32)), `sha256:${'0'.repeat(64)}`);
  const odd = [{ a: undefined }, { a: () => 1 }, { a: NaN }, { a: 1n }, { a: new Date(0) }, { a: '\ud800' }, { a: 2 ** 60 }, null, 'x', { a: [,] }];
  for (const body of odd) assert.throws(() => author.record('tender.published/1', body).sign(1), AuthorError, inspect(body));
  assert.throws(() => author.record('tender.published/1', {}).sign(-1), AuthorError);
});

test('a blob and its content give the same reference', async () => {
  const content = new Uint8Array(2_500_000).fill(7);
  const reference = await documentOfBlob('招标文件.zip', new Blob([content]), 'application/zip');
  assert.deepEqual(reference, documentOf('招标文件.zip', content, 'application/zip'));
});

test('a key is never printed', () => {
  const author = new Author('ORG-1', new SecretKey(new Uint8Array(32).fill(77)), `sha256:${'0'.repeat(64)}`);
  assert.doesNotMatch(inspect(author, { depth: 9, showHidden: true }) + JSON.stringify(author), /77, 77/);
  assert.notDeepEqual(SecretKey.generate().public, SecretKey.generate().public);
});

test('a key file is read, and nothing like it', () => {
  const text = `biaozheng-secret-key/1 ed25519 ${'0a'.repeat(32)}`;
  const { public: expected } = new SecretKey(new Uint8Array(32).fill(10));
  for (const one of [text, `${text}\n`, `${text}\r\n`]) assert.deepEqual(SecretKey.fromText(one).public, expected);
  for (const one of ['', text.slice(1), `${text}00`, text.toUpperCase(), `${text}\n\n`, text.slice(0, -1)]) {
    assert.throws(() => SecretKey.fromText(one), AuthorError);
  }
});
