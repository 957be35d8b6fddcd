// COSE receipts that the Rust crate signed, in the JavaScript verifier: each holds for its own record, and for nothing else
// and after no change. BIAOZHENG_RECEIPTS: what the example `receipt` of ledger/cose prints.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hex, unhex } from '../../api/web/verify/bytes.js';
import { judgeReceipt } from '../../api/web/verify/cose-receipt.js';
import { leafHash } from '../../api/web/verify/merkle.js';

const all = JSON.parse(readFileSync(process.env.BIAOZHENG_RECEIPTS, 'utf8'));
const asked = (one, more = {}) => ({ leaf: leafHash(unhex(one.entry)), log: one.origin, record: one.record, keys: [{ name: 'key', key: unhex(one.key) }], ...more });

test('each receipt holds, and says tree and signer', async () => {
  assert.ok(all.length >= 3);
  for (const one of all) {
    const found = await judgeReceipt(unhex(one.receipt), asked(one));
    assert.deepEqual([found.why, found.by, String(found.size), String(found.index), found.root && hex(found.root)], [undefined, 'key', String(one.size), String(one.index), one.root]);
  }
});

test('no receipt holds for another record, log, key or leaf', async () => {
  const [one, other] = all;
  for (const more of [{ record: other.record }, { log: `${one.origin.slice(0, -1)}x` }, { keys: asked(other).keys }, { keys: [] }, { leaf: asked(other).leaf }]) {
    const { why } = await judgeReceipt(unhex(one.receipt), asked(one, more));
    assert.notEqual(why, undefined, JSON.stringify(Object.keys(more)));
  }
});

test('every changed bit, every cut and every byte more is refused', async () => {
  const one = all.at(-1);
  const good = unhex(one.receipt);
  const unprotected = [];
  for (let bit = 0; bit < good.length * 8; bit += 1) {
    const changed = good.slice();
    changed[bit >> 3] ^= 1 << (bit & 7);
    const found = await judgeReceipt(changed, asked(one));
    // RFC 9942 signs the root and not the tree's size and the index: some others lead along the same path to the same root.
    if (found.why === undefined) unprotected.push(found);
  }
  assert.ok(unprotected.length <= 8, `${unprotected.length} changes were not noticed`);
  for (const found of unprotected) assert.equal(hex(found.root), one.root, 'what was signed is the same');
  for (let length = 0; length < good.length; length += 1) assert.notEqual((await judgeReceipt(good.slice(0, length), asked(one))).why, undefined);
  assert.notEqual((await judgeReceipt(Uint8Array.from([...good, 0]), asked(one))).why, undefined);
});
