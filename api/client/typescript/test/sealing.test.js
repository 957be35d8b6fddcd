// Sealing against the golden vectors of the ledger's own sealer, both ways.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { SecretKey } from '../src/author.js';
import {
  BidIdentity, openInner, openOuter, OpeningProof, seal, sealDummy, SealedEntry, SealError, SealingGroup, sealWithdrawal, sizeClass,
} from '../src/sealing.js';
import { signaturePoint } from '../src/sealing/kem.js';
import { slotLabel, tenderLabel } from '../src/sealing/wire.js';
import { golden, hex, unhex } from './golden.js';

const vectors = golden('ledger/seal/tests/vectors/sealing.json');
const client = golden('ledger/seal/tests/vectors/client.json');
const group = new SealingGroup(vectors.chain, unhex(vectors.group_key));
const key = new SecretKey(new Uint8Array(32).fill(1));
const seed = (byte) => new Uint8Array(32).fill(byte);
const identity = (sequence) => new BidIdentity({ tender: 'T-1', openingNumber: 1, lot: '1', bidder: 'BIDDER-1', bidderKey: key.public, sequence });
const changed = (bytes, at) => bytes.map((byte, place) => (place === at ? byte ^ 1 : byte));

test('labels', () => {
  assert.equal(hex(slotLabel(group.chain, BigInt(vectors.slot))), vectors.slot_label);
  assert.equal(hex(tenderLabel(group.chain, vectors.tender, 1)), vectors.tender_label);
});

test('the golden bid is made and opens', async () => {
  const { entry, proof } = seal(group, vectors.slot, identity(1), unhex(vectors.body), key, seed(9));
  assert.equal(hex(entry.bytes), vectors.entry);
  assert.equal(hex(proof.toBytes()), vectors.proof);
  const again = OpeningProof.fromBytes(unhex(vectors.proof));
  assert.equal(hex(again.toBytes()), vectors.proof);
  assert.equal(await again.opens(group, entry), true);
  assert.equal(hex(again.body), vectors.body);
  assert.doesNotMatch(inspect(proof, { depth: 9 }), /9, 9/);
  const opened = await openOuter(group, vectors.slot, unhex(vectors.slot_signature), entry);
  assert.deepEqual(opened.identity, identity(1));
  assert.equal(hex(openInner(group, unhex(vectors.tender_signature), opened)), vectors.body);
});

test('the golden withdrawal and dummy are made and open', async () => {
  const { entry, proof } = sealWithdrawal(group, vectors.slot, identity(2), 0, key, seed(10));
  assert.equal(hex(entry.bytes), vectors.withdrawal);
  assert.equal(OpeningProof.fromBytes(proof.toBytes()).body, null);
  assert.equal(await proof.opens(group, entry), true);
  const opened = await openOuter(group, vectors.slot, unhex(vectors.slot_signature), entry);
  assert.deepEqual([opened.identity, opened.inner.length], [identity(2), 0]);
  const dummy = sealDummy(group, vectors.slot, 0, seed(11));
  assert.equal(hex(dummy.bytes), vectors.dummy);
  assert.equal(await openOuter(group, vectors.slot, unhex(vectors.slot_signature), dummy), null);
});

function made(one) {
  const ours = new SealingGroup(client.chain, unhex(client.group_key));
  const signer = new SecretKey(unhex(one.bidder_seed));
  const names = { tender: one.tender, openingNumber: one.opening_number, lot: one.lot, bidder: one.bidder, sequence: one.sequence };
  const bidder = new BidIdentity({ ...names, bidderKey: signer.public });
  const body = Uint8Array.from({ length: one.body_bytes }, (_, place) => (place * 7) % 256);
  assert.equal(sizeClass(body.length), one.class);
  if (one.kind === 'bid') return seal(ours, one.slot, bidder, body, signer, unhex(one.seed));
  if (one.kind === 'withdrawal') return sealWithdrawal(ours, one.slot, bidder, one.class, signer, unhex(one.seed));
  return { entry: sealDummy(ours, one.slot, one.class, unhex(one.seed)), proof: null };
}

assert.ok(client.cases.length >= 12 && client.refused_keys.length >= 8);
for (const one of client.cases) {
  test(`${one.kind} of ${one.body_bytes} bytes as the ledger seals it`, () => {
    const { entry, proof } = made(one);
    assert.equal(entry.digest, one.entry);
    const digest = proof && `sha256:${createHash('sha256').update(proof.toBytes()).digest('hex')}`;
    assert.equal(digest, one.proof);
  });
}

for (const one of client.refused_keys) {
  test(`no group key: ${one.why}`, () => assert.throws(() => new SealingGroup(client.chain, unhex(one.key)), SealError));
}

test('what cannot be sealed is refused', () => {
  const refused = (work, pattern) => assert.throws(work, (error) => error instanceof SealError && pattern.test(error.message));
  refused(() => seal(group, 1, identity(1), new Uint8Array(32_765), key), /fits no size class/);
  refused(() => seal(group, 1, identity(1), new Uint8Array(0), new SecretKey(seed(2))), /not the bidder's key/);
  refused(() => seal(group, 1, identity(1), new Uint8Array(0), key, new Uint8Array(31)), /32 bytes/);
  refused(() => sealDummy(group, 2n ** 64n, 0), /slot/);
  refused(() => sealDummy(group, 1.5, 0), /slot/);
  refused(() => sealDummy(group, 1, 4), /class/);
  refused(() => identity(2 ** 32), /below/);
  refused(() => new BidIdentity({ ...identity(1), tender: '标段' }), /tender/);
  refused(() => new SealingGroup('sha256:00', unhex(vectors.group_key)), /chain/);
});

test('changed entries and wrong signatures do not open', async () => {
  const [entry, signature] = [unhex(vectors.entry), unhex(vectors.slot_signature)];
  const open = (bytes, by = signature) => openOuter(group, vectors.slot, by, new SealedEntry(bytes));
  await assert.rejects(open(entry, unhex(vectors.tender_signature)), /not the group's over this slot/);
  assert.throws(() => signaturePoint(signature.map((byte, at) => (at === 0 ? byte ^ 0x80 : byte))), SealError);
  await assert.rejects(open(changed(entry, entry.length - 1)), { code: 'seal.outer_cipher' });
  await assert.rejects(open(changed(entry, 120)), { code: 'seal.outer_key' });
  await assert.rejects(open(entry.slice(1)), SealError);
});

test('a proof of something else does not open the entry', async () => {
  const bytes = unhex(vectors.proof);
  assert.equal(await OpeningProof.fromBytes(bytes).opens(group, new SealedEntry(unhex(vectors.withdrawal))), false);
  for (const damaged of [bytes.slice(0, -1), Uint8Array.of(...bytes, 0), changed(bytes, 4), new Uint8Array(0)]) {
    assert.throws(() => OpeningProof.fromBytes(damaged), SealError);
  }
});
