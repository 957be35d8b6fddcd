// The JavaScript and the Rust verifier judge the same certificates: verdict and failed step agree on every one.
// BIAOZHENG_JUDGE names the built example `judge_frames`; DIFFERENTIAL_CASES and DIFFERENTIAL_SEED are optional.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { authoritiesOf } from '../../api/web/verify/authority-file.js';
import { utf8, utf8Text } from '../../api/web/verify/bytes.js';
import { judge, STEPS } from '../../api/web/verify/certificate.js';
import { useWebCrypto } from '../../api/web/verify/ed25519.js';
import { policiesOf } from '../../api/web/verify/policy-history.js';
import { policyOfText } from '../../api/web/verify/policy.js';
import { cases } from './differential/cases.js';
import { Random } from './differential/random.js';
import { tokenCases, withToken } from './differential/tokens.js';

const COUNT = Number(process.env.DIFFERENTIAL_CASES ?? 100_000);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 20260901);
const PLAIN_COUNT = Math.min(COUNT, 500);
const TOKEN_COUNT = Math.min(Math.ceil(COUNT / 8), 5000);
const BATCH = 2500;

function frame(value) {
  const length = Buffer.alloc(4, 0xff);
  if (value === undefined) return length;
  const bytes = Buffer.from(value);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function byRust(batch) {
  const input = Buffer.concat(batch.flatMap((one) => [
    frame(one.certificate), frame(one.policy), frame(one.chain), frame(one.envelope),
    frame(one.document && `${one.document.digest} ${one.document.size}`),
    frame(one.policies), frame(one.parentPolicies), frame(one.parentChain), frame(one.authorities),
  ]));
  const run = spawnSync(process.env.BIAOZHENG_JUDGE, { input, maxBuffer: 1 << 26 });
  assert.equal(run.status, 0, String(run.stderr));
  return String(run.stdout).trimEnd().split('\n');
}

async function byJavaScript(one) {
  const policy = one.policy === undefined ? null : policyOfText(one.policy);
  if (one.policy !== undefined && policy === null) return 'unusable -';
  const [policies, parentPolicies] = [one.policies, one.parentPolicies].map((text) => (text === undefined ? undefined : policiesOf(utf8(text))));
  const { chain, envelope, document, parentChain } = one;
  const authorities = one.authorities === undefined ? [] : authoritiesOf(utf8(one.authorities));
  if (policies === null || parentPolicies === null || authorities === null) return 'unusable -';
  const found = await judge(one.certificate, { policy, policies, parentPolicies, parentChain, authorities, chain, envelope, document });
  return `${found.verdict} ${found.failedStep ?? '-'}`;
}

async function compare(count, seed) {
  const stream = cases(new Random(seed));
  const seen = new Map();
  for (let done = 0; done < count;) {
    const batch = Array.from({ length: Math.min(BATCH, count - done) }, () => stream.next().value);
    const expected = byRust(batch);
    assert.equal(expected.length, batch.length);
    for (const [at, one] of batch.entries()) {
      const found = await byJavaScript(one);
      const shown = { ...one, certificate: Buffer.from(one.certificate).toString('latin1') };
      assert.equal(found, expected[at], `seed ${seed}, case ${done + at}: ${JSON.stringify(shown)}`);
      seen.set(found, (seen.get(found) ?? 0) + 1);
    }
    done += batch.length;
  }
  return seen;
}

test(`${COUNT} certificates, WebCrypto`, async (context) => {
  assert.ok(useWebCrypto(true), 'this Node.js has WebCrypto');
  const seen = await compare(COUNT, SEED);
  context.diagnostic(`seed ${SEED}: ${[...seen].sort().map(([name, count]) => `${name} ${count}`).join(', ')}`);
  if (COUNT < 10_000) return;
  for (const step of STEPS) assert.ok([...seen.keys()].some((name) => name.endsWith(` ${step}`)), `no case failed at ${step}`);
  for (const whole of ['valid -', 'not_anchored -', 'unusable -']) assert.ok(seen.get(whole) > COUNT / 200, `too few ${whole}`);
});

test('a timestamp token with any bit changed: both say the same', async (context) => {
  const golden = JSON.parse(readFileSync(new URL('../../ledger/verify/tests/golden/anchored.cert.json', import.meta.url)));
  const token = Buffer.from(golden.timestamps[0], 'base64');
  // All of them where there is time for 100,000 certificates.
  const stride = COUNT >= 100_000 ? 1 : 37;
  const changed = [];
  for (let bit = SEED % stride; bit < token.length * 8; bit += stride) {
    const bytes = Buffer.from(token);
    bytes[bit >> 3] ^= 1 << (bit & 7);
    changed.push({ bit, certificate: utf8(JSON.stringify({ ...golden, timestamps: [bytes.toString('base64')] })) });
  }
  for (let at = 0; at < changed.length; at += BATCH) {
    const batch = changed.slice(at, at + BATCH);
    const expected = byRust(batch);
    for (const [place, one] of batch.entries()) assert.equal(await byJavaScript(one), expected[place], `bit ${one.bit}`);
  }
  context.diagnostic(`${changed.length} of ${token.length * 8} bits`);
});

test(`${TOKEN_COUNT} tokens, trusted or not: both say the same`, async (context) => {
  const stream = tokenCases(new Random(SEED));
  const batch = Array.from({ length: TOKEN_COUNT }, () => stream.next().value);
  const seen = new Map();
  for (const [at, expected] of byRust(batch).entries()) {
    const found = await byJavaScript(batch[at]);
    assert.equal(found, expected, `seed ${SEED}, token ${at}: ${utf8Text(batch[at].certificate)} under ${batch[at].authorities}`);
    seen.set(found, (seen.get(found) ?? 0) + 1);
  }
  context.diagnostic([...seen].map(([name, count]) => `${name} ${count}`).join(', '));
  for (const one of ['valid -', 'invalid anchor', 'invalid timestamp']) assert.ok(seen.get(one) > 0, `no ${one}`);
});

test('tokens of every authority’s form, whole and with bits changed: both say the same', async (context) => {
  const { shapes, refused } = JSON.parse(readFileSync(new URL('../../ledger/timestamp/tests/golden/timestamp.json', import.meta.url)));
  const stride = COUNT >= 100_000 ? 131 : 2003;
  let judged = 0;
  for (const { name, token, authorities } of [...shapes, ...refused]) {
    const whole = Buffer.from(token, 'base64');
    const cases = [{ bit: 'none', ...withToken(token, authorities) }];
    for (let bit = SEED % stride; bit < whole.length * 8; bit += stride) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] ^= 1 << (bit & 7);
      cases.push({ bit, ...withToken(bytes.toString('base64'), authorities) });
    }
    const expected = byRust(cases);
    for (const [place, one] of cases.entries()) assert.equal(await byJavaScript(one), expected[place], `${name}: bit ${one.bit}`);
    judged += cases.length;
  }
  context.diagnostic(`${judged} tokens`);
});

test(`${PLAIN_COUNT} certificates, plain JavaScript`, async () => {
  assert.equal(useWebCrypto(false), false);
  await compare(PLAIN_COUNT, SEED + 1);
});
