// Tokens of made-up authorities that have the form of real ones' (`ledger/timestamp/tests/golden/timestamp.json`), in the JavaScript verifier:
// each is judged as the vectors say, in whatever order its certificates stand, and no flipped bit states anything else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { linkOf } from '../../api/web/verify/authority-certificate.js';
import { readAuthorities } from '../../api/web/verify/authority-file.js';
import { unbase64, unhex } from '../../api/web/verify/bytes.js';
import { judgeToken } from '../../api/web/verify/timestamp.js';

const vectors = JSON.parse(readFileSync(new URL('../../ledger/timestamp/tests/golden/timestamp.json', import.meta.url)));
const digest = unhex(vectors.digest);
/** Every bit where there is time, else one of so many. */
const STRIDE = process.env.TIMESTAMP_STRIDE === undefined ? 257 : Number(process.env.TIMESTAMP_STRIDE);
const read = ({ token, authorities }) => ({ token: unbase64(token), anchors: readAuthorities(new TextEncoder().encode(authorities)).anchors });

for (const shape of vectors.shapes) {
  test(`${shape.name}: ${shape.about}`, async () => {
    const { token, anchors } = read(shape);
    const found = await judgeToken(token, digest, anchors);
    const { time, authority, anchor, serial, why } = found;
    assert.deepEqual({ time, authority, anchor, serial, why }, { time: shape.time_ms, authority: shape.authority, anchor: shape.anchor, serial: shape.serial, why: undefined });
    assert.equal((await judgeToken(token, digest, [])).anchor, null, 'nobody is trusted');
    assert.notEqual((await judgeToken(token, new Uint8Array(32), anchors)).why, undefined, 'another digest');
    for (const turned of orders(token)) {
      const again = await judgeToken(turned, digest, anchors);
      assert.deepEqual([again.anchor, again.issuer], [found.anchor, found.issuer], `another order: ${again.why}`);
    }
    let free = 0;
    for (let bit = shape.name.length % STRIDE; bit < token.length * 8; bit += STRIDE) {
      const changed = token.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      const other = await judgeToken(changed, digest, anchors);
      if (other.why !== undefined) continue;
      free += 1;
      assert.deepEqual([other.time, other.authority, other.serial], [found.time, found.authority, found.serial], `bit ${bit}`);
      assert.ok(other.anchor === found.anchor || other.anchor === null, `bit ${bit}: trusted through ${other.anchor}`);
      assert.ok(isBeside(shape, token, bit >> 3), `bit ${bit} is free`);
    }
    if (certificatesOf(token).length === 1) assert.equal(free, 0, `${free} bits`);
  });
}

/** True inside a certificate of the token that is not the signer's: what nobody who is reached signed is free. */
function isBeside(shape, token, at) {
  return certificatesOf(token).some(({ from, to, link }) => from <= at && at < to && link.name !== shape.authority);
}

/** The token with its certificates turned and reversed: their lengths are the same all in all. */
function orders(token) {
  const found = certificatesOf(token);
  const turns = found.map((_, turn) => [...found.slice(turn), ...found.slice(0, turn)]);
  return [...turns, ...turns.map((one) => [...one].reverse())].map((order) => {
    const turned = token.slice();
    turned.set(Buffer.concat(order.map(({ from, to }) => token.subarray(from, to))), found[0].from);
    return turned;
  });
}

/** Certificates of a token by their place in it. */
function certificatesOf(token) {
  const found = [];
  for (let from = 0; from + 4 < token.length; from += 1) {
    if (token[from] !== 0x30 || token[from + 1] !== 0x82) continue;
    const to = from + 4 + token[from + 2] * 256 + token[from + 3];
    try {
      found.push({ from, to, link: linkOf(token.subarray(from, to)) });
      from = to - 1;
    } catch { /* not one */ }
  }
  return found;
}

for (const one of vectors.refused) {
  test(`refused: ${one.name}, by ${one.standard}`, async () => {
    const { token, anchors } = read(one);
    const { why } = await judgeToken(token, digest, anchors);
    assert.ok(why?.includes(one.standard), why);
  });
}

test('files of authorities', () => {
  for (const { name, file, anchors, passed_over: passedOver } of vectors.files) {
    const found = readAuthorities(unbase64(file));
    assert.deepEqual([found.anchors.length, found.passedOver.map(({ place }) => place)], [anchors, passedOver], name);
    assert.equal(found.why === null, anchors > 0, name);
  }
});
