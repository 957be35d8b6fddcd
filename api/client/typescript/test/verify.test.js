// The packed verifier: it is the one of the web pages, and judges as the Rust one through this package's own door.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkReceipt, genesisOf, judge, STEPS } from '../src/verify.js';
import { golden, ROOT } from './golden.js';

test('what is packed is the source, byte for byte', () => {
  for (const folder of ['verify/', 'vendor/noble-ed25519/', 'vendor/noble-hashes/']) {
    const [source, packed] = [new URL(`api/web/${folder}`, ROOT), new URL(`../web/${folder}`, import.meta.url)];
    assert.deepEqual(readdirSync(packed), readdirSync(source));
    for (const name of readdirSync(source)) assert.deepEqual(readFileSync(new URL(name, packed)), readFileSync(new URL(name, source)));
  }
});

test('the golden certificates', async () => {
  const { vectors } = golden('tests/vectors/certificate.json');
  assert.ok(vectors.length > 30);
  for (const one of vectors) {
    const { policy, chain, document } = one;
    const envelope = one.envelope === undefined ? undefined : new TextEncoder().encode(one.envelope);
    const found = await judge(one.certificate, { policy, chain, document, envelope });
    assert.deepEqual([found.verdict, found.failedStep], [one.verdict, one.failed_step], one.name);
    if (found.failedStep !== null) assert.equal(found.steps.at(-1).step, found.failedStep);
    if (found.failedStep !== null || found.verdict === 'unusable') assert.ok(found.reason);
  }
});

test('an anchor can be required, and a wrong one is unusable', async () => {
  const { vectors } = golden('tests/vectors/certificate.json');
  const { certificate } = vectors.find((one) => one.verdict === 'not_anchored');
  assert.equal((await judge(certificate, { requireAnchor: true })).verdict, 'no_trust_anchor');
  assert.equal((await judge(certificate, { chain: 'sha256:00' })).verdict, 'unusable');
  assert.equal((await judge(certificate, { policy: 'nonsense' })).verdict, 'unusable');
});

test('parents and timestamps', async () => {
  const file = (name) => readFileSync(new URL(`ledger/verify/tests/golden/${name}`, ROOT));
  const [certificate, authorities] = [new Uint8Array(file('anchored.cert.json')), new Uint8Array(file('authority.pem'))];
  const [policies, parentPolicies] = [file('district.policies.json').toString(), file('province.policy').toString()];
  const verdict = async (expected) => (await judge(certificate, expected)).verdict;
  const unknown = await judge(certificate);
  assert.deepEqual([unknown.verdict, unknown.dated], ['not_anchored', null]);
  assert.equal(unknown.steps.find((one) => one.step === 'timestamp').outcome, 'unknown');
  assert.equal(await verdict({ policies, authorities }), 'valid');
  assert.equal(await verdict({ policies }), 'invalid');
  const found = await judge(certificate, { parentPolicies, authorities });
  assert.equal(found.verdict, 'valid');
  assert.ok(found.dated > 1_700_000_000_000);
  assert.equal(await verdict({ parentChain: found.chain }), 'invalid');
  assert.equal(await verdict({ parentChain: 'sha256:00' }), 'unusable');
  assert.equal(await verdict({ parentPolicies: 'quorum none\n' }), 'unusable');
  assert.equal(await verdict({ policies: '{}' }), 'unusable');
  assert.equal(await verdict({ authorities: certificate }), 'unusable');
});

test('receipts', async () => {
  const text = golden('tests/vectors/policy.json').vectors.genesis[0].genesis;
  const bytes = new TextEncoder().encode(text);
  const { chain } = genesisOf(bytes);
  let good = 0;
  for (const one of golden('tests/vectors/receipt.json').vectors) {
    const envelope = new TextEncoder().encode(one.envelope);
    const record = one.receipt?.record ?? chain;
    const found = await checkReceipt(envelope, bytes, chain, record);
    const node = JSON.parse(text).rest.nodes.find((it) => it.name === one.receipt?.node);
    // One that does not say how much of the log its node had looked through could never be held against the node.
    const provable = typeof one.receipt?.history_size === 'number';
    const expected = provable && one.receipt.chain === chain && node?.api_key === one.receipt.key;
    assert.equal(found !== null, expected, one.name);
    if (found === null) continue;
    good += 1;
    assert.equal(await checkReceipt(envelope, bytes, chain, chain), null);
    assert.equal(await checkReceipt(envelope, bytes, record, record), null);
  }
  assert.ok(good > 0);
});

const { BIAOZHENG_CASES: cases, BIAOZHENG_JUDGEMENTS: judgements } = process.env;
test('thousands of changed certificates as the Rust verifier', { skip: cases === undefined && 'tests/clients/run makes the cases' }, async (context) => {
  const [data, expected] = [readFileSync(cases), readFileSync(judgements, 'utf8').trimEnd().split('\n')];
  let at = 0;
  const field = () => {
    const length = data.readUInt32BE(at);
    at += 4;
    if (length === 0xffffffff) return undefined;
    at += length;
    return Uint8Array.from(data.subarray(at - length, at));
  };
  const text = (bytes) => (bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  const seen = new Map();
  for (const [index, line] of expected.entries()) {
    const [certificate, policy, chain, envelope, named] = [field(), text(field()), text(field()), field(), text(field())];
    const [policies, parentPolicies, parentChain, authorities] = [text(field()), text(field()), text(field()), field()];
    const [digest, size] = named?.split(' ') ?? [];
    const document = named === undefined ? undefined : { digest, size: Number(size) };
    const found = await judge(certificate, { policy, chain, envelope, document, policies, parentPolicies, parentChain, authorities });
    const shown = `${found.verdict} ${found.failedStep ?? '-'}`;
    assert.equal(shown, line, `case ${index}: ${found.reason}`);
    seen.set(shown, (seen.get(shown) ?? 0) + 1);
  }
  assert.equal(at, data.length);
  context.diagnostic(`${expected.length} cases: ${[...seen].sort().map(([name, count]) => `${name} ${count}`).join(', ')}`);
  if (expected.length < 4000) return;
  for (const step of STEPS) assert.ok([...seen.keys()].some((name) => name.endsWith(` ${step}`)), `no case failed at ${step}`);
});
