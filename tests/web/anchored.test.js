// The golden certificate of three chains with a timestamp (`ledger/verify/tests/golden`), in the JavaScript verifier, and
// every bit of its token flipped.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { authoritiesOf } from '../../api/web/verify/authority-file.js';
import { unbase64, utf8 } from '../../api/web/verify/bytes.js';
import { judge } from '../../api/web/verify/certificate.js';
import { tlogProofOfText } from '../../api/web/verify/checkpoint.js';
import { sha256 } from '../../api/web/verify/hashing.js';
import { endless, policiesOf } from '../../api/web/verify/policy-history.js';
import { policyOfText } from '../../api/web/verify/policy.js';
import { judgeToken } from '../../api/web/verify/timestamp.js';

const golden = (name) => new Uint8Array(readFileSync(new URL(`../../ledger/verify/tests/golden/${name}`, import.meta.url)));
const bytes = golden('anchored.cert.json');
const certificate = JSON.parse(Buffer.from(bytes));
const authorities = authoritiesOf(golden('authority.pem'));
const district = policiesOf(golden('district.policies.json'));
const province = endless(policyOfText(Buffer.from(golden('province.policy')).toString()));
const shown = ({ verdict, failedStep }) => `${verdict} ${failedStep ?? '-'}`;

test('a certificate of its day holds for ever, and says by whom', async () => {
  assert.equal(shown(await judge(bytes)), 'not_anchored -');
  assert.equal(shown(await judge(bytes, { policies: district, authorities })), 'valid -');
  assert.equal(shown(await judge(bytes, { policies: district })), 'invalid anchor', 'nobody trusted dates it');
  const found = await judge(bytes, { parentPolicies: province, authorities });
  assert.equal(shown(found), 'valid -');
  assert.equal(found.steps.map((one) => one.step).join(' '), 'record chain signatures checkpoint inclusion time timestamp parent anchored consistency parent anchored consistency anchor document');
  assert.equal(shown(await judge(bytes, { parentPolicies: endless(policyOfText(certificate.policy)) })), 'invalid anchor');
  assert.equal(shown(await judge(bytes, { parentChain: certificate.record })), 'invalid anchor');
  assert.equal(found.steps.find((one) => one.step === 'timestamp').outcome, 'passed');
  assert.ok(found.dated > 1_700_000_000_000);
});

test('every bit of the token', async () => {
  const token = unbase64(certificate.timestamps[0]);
  const over = sha256(utf8(tlogProofOfText(certificate.proof).note.text));
  for (let bit = 0; bit < token.length * 8; bit += 1) {
    const changed = token.slice();
    changed[bit >> 3] ^= 1 << (bit & 7);
    const { why } = await judgeToken(changed, over, authorities);
    assert.notEqual(why, undefined, `bit ${bit}`);
  }
  assert.equal((await judgeToken(token, over, authorities)).why, undefined);
});

test('authorities come from certificates, whatever is around them', () => {
  const pem = Buffer.from(golden('authority.pem')).toString();
  const der = unbase64(pem.replace(/-----.*-----|\s/g, ''));
  // The same certificate again is no other anchor.
  for (const good of [pem + pem, `x\n${pem}`, `${pem}x`, `\ufeff${pem.replace(/\n/g, '\r\n')}`, pem + pem.slice(0, -30)]) assert.equal(authoritiesOf(utf8(good)).length, 1);
  assert.equal(authoritiesOf(der)[0].name, authorities[0].name);
  for (const bad of ['', 'x', pem.replaceAll('CERTIFICATE', 'PRIVATE KEY'), pem.slice(0, -30)]) assert.equal(authoritiesOf(utf8(bad)), null);
  assert.equal(authoritiesOf(der.slice(1)), null);
});

test('dated policies are strict', () => {
  const file = JSON.parse(Buffer.from(golden('district.policies.json')));
  const one = file.policies[0];
  const read = (value) => policiesOf(utf8(JSON.stringify(value)));
  assert.equal(read(file).length, 1);
  for (const bad of [
    { ...file, format: 'biaozheng-policies/2' }, { ...file, policies: [] }, { ...file, policies: Array.from({ length: 65 }, () => one) },
    { ...file, policies: [{ ...one, until_ms: undefined }] }, { ...file, policies: [{ ...one, from_ms: one.until_ms }] },
    { ...file, policies: [{ ...one, dating: null }] }, { ...file, policies: [{ ...one, policy: 'quorum none\n' }] }, { ...file, more: 1 },
  ]) assert.equal(read(bad), null, JSON.stringify(bad).slice(0, 80));
});
