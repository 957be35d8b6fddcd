// Against a running node, such as `biaozheng start --dev`. Runs when BIAOZHENG_URL is set.
//
// BIAOZHENG_KEY_FILE names the secret key of an organisation (BIAOZHENG_ORG, DEV-CENTRE unless given) that may write;
// without it nothing is written.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Author, Client, documentOf, NotFound, Problem, SecretKey } from '../src/index.js';
import { checkReceipt, genesisOf, judge } from '../src/verify.js';

const { BIAOZHENG_URL: url, BIAOZHENG_KEY_FILE: keyFile, BIAOZHENG_ORG: org = 'DEV-CENTRE' } = process.env;
const skip = url === undefined && 'BIAOZHENG_URL is not set';
const node = url === undefined ? null : new Client(url);

test('genesis, status and policy are of one chain', { skip }, async () => {
  const genesis = genesisOf(await node.genesis());
  assert.equal(genesis.chain, (await node.status()).chain);
  assert.equal(genesis.policy, await node.policy());
});

test('what is not there is not found', { skip }, async () => {
  const id = `sha256:${createHash('sha256').update(randomBytes(8)).digest('hex')}`;
  await assert.rejects(node.record(id), NotFound);
});

test('a record of an unknown organisation is refused', { skip }, async () => {
  const author = new Author('NOBODY-1', SecretKey.generate(), (await node.status()).chain);
  await assert.rejects(node.submit(author.record('evidence.recorded/1', {}).sign()),
    (error) => error instanceof Problem && error.status >= 400 && error.status < 500 && !error.isTemporary);
});

test('a record is certified once and its certificate holds', { skip: skip || (keyFile === undefined && 'BIAOZHENG_KEY_FILE is not set') }, async () => {
  const genesis = await node.genesis();
  const { chain, policy } = genesisOf(genesis);
  const before = (await node.status()).height;
  const author = new Author(org, SecretKey.fromText(readFileSync(keyFile, 'utf8')), chain);
  const reference = documentOf('证据.bin', randomBytes(20), 'application/octet-stream');
  const record = author.record('evidence.recorded/1', { n: randomInt(2 ** 40) }, { documents: [reference] }).sign();
  const [found, again] = [await node.submit(record), await node.submit(record)];
  assert.ok(found.reached('certificate') && again.reached('certificate'));
  assert.deepEqual([found.record, again.record], [record.id, record.id]);
  const receipt = await checkReceipt(new TextEncoder().encode(JSON.stringify(found.receipt)), genesis, chain, record.id);
  assert.equal(receipt?.record, record.id);

  const certificate = await node.waitForCertificate(record.id);
  const expected = { policy, chain, document: { digest: reference.digest, size: reference.size } };
  const judged = await judge(certificate, expected);
  assert.deepEqual([judged.verdict, judged.failedStep], ['valid', null], judged.reason);
  const text = new TextDecoder().decode(certificate);
  assert.equal((await judge(text.replace('"position":', '"position":1'), expected)).verdict, 'invalid');

  const { height } = JSON.parse(text).block;
  assert.ok((await node.block(height)).record_ids.includes(record.id));
  assert.ok((await node.checkpoint()).includes(chain.slice(7)));
  assert.ok(await node.record(record.id));
  const heights = [];
  for await (const block of await node.events({ after: before })) {
    heights.push(block.height);
    if (block.height >= height) break;
  }
  assert.deepEqual(heights, Array.from({ length: height - before }, (_, at) => before + 1 + at));
  assert.equal((await node.blocks().next()).value.height, 1);
});
