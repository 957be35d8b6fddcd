// One reader a vector file: holds the JavaScript verifier against it and gives back the number of cases.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { blockHash, blockOf, headerOf } from '../../../api/web/verify/block.js';
import { hex, unhex, utf8, utf8Text } from '../../../api/web/verify/bytes.js';
import { judge } from '../../../api/web/verify/certificate.js';
import { checkpointOfText, tlogProofOfText } from '../../../api/web/verify/checkpoint.js';
import { isUsableKey, verify } from '../../../api/web/verify/ed25519.js';
import { decodeEnvelope, encodeEnvelope, envelopeJson, envelopeOfJson, payloadText, preAuthenticationEncoding, sameEnvelope } from '../../../api/web/verify/envelope.js';
import { genesisOf, trustOfValue } from '../../../api/web/verify/genesis.js';
import { genesisEntry, isConsistent, leafHash, logEntry, rootOf, whyNotIncluded } from '../../../api/web/verify/merkle.js';
import { keyId, publicKey } from '../../../api/web/verify/names.js';
import { findValid, noteKeyOfText, noteOfText } from '../../../api/web/verify/note.js';
import { cosignedUnder, policyOfText, policyText } from '../../../api/web/verify/policy.js';
import { receiptOf } from '../../../api/web/verify/receipt.js';
import { RECORD_PAYLOAD_TYPE, recordOfJson, whyUnsigned } from '../../../api/web/verify/record.js';
import { parseStrict } from '../../../api/web/verify/strict-json.js';
import { policyOfTrust, trustDigest, trustOfPolicy } from '../../../api/web/verify/trust.js';

const attempt = (work) => {
  try {
    return work();
  } catch {
    return null;
  }
};
const plain = (value) => JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? Number(one) : one)));
const path = (digits) => [...digits].map(unhex);

function block({ blocks, refused }) {
  for (const one of blocks) {
    const read = blockOf(unhex(one.block));
    const { header, hash, record_leaves, block: whole, ...fields } = one;
    assert.deepEqual(plain(read.header), plain(fields));
    assert.deepEqual(plain(headerOf(unhex(header))), plain(fields));
    assert.equal(blockHash(unhex(header)), hash);
    assert.equal(read.hash, hash);
    assert.deepEqual(read.leaves.map(hex), plain(record_leaves));
    assert.ok(whole.startsWith(header));
  }
  for (const one of refused) assert.equal(blockOf(unhex(one.block)), null, one.name);
  return blocks.length + refused.length;
}

async function certificate(cases) {
  for (const one of cases) {
    const found = await judge(one.certificate, {
      policy: one.policy === undefined ? null : policyOfText(one.policy),
      chain: one.chain ?? null,
      envelope: one.envelope === undefined ? null : utf8(one.envelope),
      document: one.document === undefined ? null : plain(one.document),
    });
    assert.deepEqual([found.verdict, found.failedStep], [one.verdict, one.failed_step], one.name);
  }
  return cases.length;
}

function dsse({ pre_authentication_encodings: encodings, envelopes }) {
  for (const one of encodings) {
    assert.equal(hex(preAuthenticationEncoding(one.payload_type, unhex(one.payload))), one.encoding);
  }
  for (const one of envelopes) {
    const envelope = attempt(() => envelopeOfJson(utf8(one.json), RECORD_PAYLOAD_TYPE));
    assert.equal(envelope === null ? null : hex(encodeEnvelope(envelope)), one.binary, one.name);
    if (envelope === null) continue;
    const [again, rest] = decodeEnvelope(unhex(one.binary), RECORD_PAYLOAD_TYPE);
    assert.ok(rest.length === 0 && sameEnvelope(again, envelope));
    assert.ok(sameEnvelope(envelopeOfJson(utf8(envelopeJson(again)), RECORD_PAYLOAD_TYPE), envelope));
  }
  return encodings.length + envelopes.length;
}

async function ed25519({ keys, signatures }) {
  for (const one of keys) {
    const secret = createPrivateKey({ key: Buffer.from(`302e020100300506032b657004220420${one.seed}`, 'hex'), format: 'der', type: 'pkcs8' });
    assert.equal(createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12).toString('hex'), one.public_key);
    assert.equal(hex(publicKey(one.text)), one.public_key);
    assert.equal(hex(keyId(unhex(one.public_key))), one.key_id);
    assert.ok(isUsableKey(unhex(one.public_key)));
  }
  for (const one of signatures) {
    assert.equal(await verify(unhex(one.public_key), unhex(one.message), unhex(one.signature)), one.valid, `${one.name}: ${one.why}`);
  }
  return keys.length + signatures.length;
}

function merkle({ genesis, entries, roots, inclusions, consistencies }) {
  assert.equal(utf8Text(genesisEntry(genesis.chain)), genesis.entry);
  assert.equal(hex(leafHash(utf8(genesis.entry))), genesis.leaf);
  const leaves = [unhex(genesis.leaf)];
  for (const one of entries) {
    assert.equal(utf8Text(logEntry(one.record, one.height, one.time_ms, one.position)), one.entry);
    assert.equal(hex(leafHash(utf8(one.entry))), one.leaf);
    leaves.push(unhex(one.leaf));
  }
  [...roots].forEach((root, size) => assert.equal(hex(rootOf(leaves.slice(0, size))), root));
  for (const one of inclusions) {
    const why = whyNotIncluded(unhex(one.leaf), BigInt(one.index), BigInt(one.size), path(one.path), unhex(one.root));
    assert.equal(why === null, one.valid, one.name);
  }
  for (const one of consistencies) {
    const holds = isConsistent(BigInt(one.old_size), BigInt(one.new_size), path(one.path), unhex(one.old_root), unhex(one.new_root));
    assert.equal(holds, one.valid, one.name);
  }
  return entries.length + roots.length + inclusions.length + consistencies.length;
}

async function note({ keys, refused_keys: refusedKeys, checkpoints, notes, refused_notes: refusedNotes }) {
  for (const one of keys) {
    const key = noteKeyOfText(one.text);
    assert.deepEqual([key.name, key.algorithm, hex(key.key), hex(key.id)], [one.name, one.algorithm, one.public_key, one.key_id]);
  }
  for (const text of refusedKeys) assert.equal(noteKeyOfText(text), null, text);
  for (const one of checkpoints) {
    const read = checkpointOfText(one.text);
    assert.deepEqual([read?.origin.text ?? null, read === null ? null : Number(read.size), read === null ? null : hex(read.root)],
      [one.origin, one.size, one.root], one.text);
  }
  for (const one of notes) {
    const read = noteOfText(one.note);
    for (const line of one.lines) {
      const time = await findValid(noteKeyOfText(line.key), read);
      assert.equal(time === null ? null : Number(time), line.time, `${one.name}: ${line.key}`);
    }
  }
  for (const text of refusedNotes) assert.equal(noteOfText(text), null, text);
  return keys.length + refusedKeys.length + checkpoints.length + notes.length + refusedNotes.length;
}

async function policy({ genesis, refused_trust: refused, policies, checkpoints }) {
  for (const one of genesis) {
    const read = genesisOf(utf8(one.genesis));
    assert.equal(trustDigest(read.trust), one.trust_digest);
    assert.deepEqual([read.remainder, read.chain, read.policy], [one.remainder, one.chain, one.policy]);
    const { trust, origin } = trustOfPolicy(policyOfText(one.policy));
    assert.deepEqual([trust, origin.chain], [read.trust, one.chain]);
  }
  const zero = `sha256:${'0'.repeat(64)}`;
  for (const one of refused) {
    assert.equal(policyOfTrust(trustOfValue(parseStrict(utf8(JSON.stringify(one.trust)))), zero), null, one.name);
  }
  for (const one of policies) {
    const read = policyOfText(one.text);
    assert.equal(read === null ? null : policyText(read), one.canonical, one.name);
  }
  for (const one of checkpoints) {
    const found = await cosignedUnder(policyOfText(one.policy), noteOfText(one.checkpoint));
    assert.deepEqual(found.cosigners?.map((line) => line.name) ?? null, one.cosigners === null ? null : plain(one.cosigners), one.name);
  }
  return genesis.length + refused.length + policies.length + checkpoints.length;
}

async function receipt(cases) {
  const { base64 } = await import('../../../api/web/verify/bytes.js');
  for (const one of cases) {
    const read = await receiptOf(utf8(one.envelope));
    const shown = read === null ? null : { ...read, key: `ed25519:${base64(read.key)}` };
    assert.deepEqual(shown, one.receipt === null ? null : plain(one.receipt), one.name);
  }
  return cases.length;
}

async function record(cases) {
  for (const one of cases) {
    const read = attempt(() => recordOfJson(utf8(one.envelope)));
    assert.equal(read?.id ?? null, one.id, one.name);
    if (one.payload !== undefined && one.payload !== null && read !== null) assert.equal(payloadText(read.envelope), one.payload);
    const { chain } = one;
    const holds = read !== null && (await whyUnsigned(read, chain)) === null;
    assert.equal(holds, one.verifies, one.name);
  }
  return cases.length;
}

function strictJson(cases) {
  for (const one of cases) {
    const bytes = one.hex === undefined ? utf8(one.text) : unhex(one.hex);
    const valid = attempt(() => ({ value: parseStrict(bytes) })) !== null;
    assert.equal(valid, one.valid, one.name);
  }
  return cases.length;
}

function tlogProof(cases) {
  for (const one of cases) {
    const read = tlogProofOfText(one.text);
    const shown = read === null ? null : {
      index: Number(read.index), path: read.path.map(hex), checkpoint: one.text.slice(one.text.indexOf('\n\n') + 2),
    };
    assert.deepEqual(shown, one.proof === null ? null : plain(one.proof), one.name);
  }
  return cases.length;
}

export const readers = { block, certificate, dsse, ed25519, merkle, note, policy, receipt, record, 'strict-json': strictJson, 'tlog-proof': tlogProof };
