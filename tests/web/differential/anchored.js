// Certificates of two or three chains with anchors and timestamps, right, odd and wrong: changed before signing, and put
// together from parts that do not belong together.
import { base64, utf8 } from '../../../api/web/verify/bytes.js';
import { sha256, toDigest } from '../../../api/web/verify/hashing.js';
import { makeToken, plainToken } from './authority.js';
import { growth, make, plainParts } from './chain.js';
import { makeChanged } from './parts.js';
import { changedToken } from './token-changes.js';

const CERTIFIED = 5;
const ANCHORED = 'checkpoint.anchored/1';

const RECORD_CHANGES = [
  (payload, random) => { payload.type = random.pick(['tender.published/1', 'checkpoint.anchored/2', ANCHORED]); },
  (payload, random) => { payload.body = random.pick([{}, { chain: payload.body.chain }, { ...payload.body, more: 1 }, { ...payload.body, consistency: [] }, { ...payload.body, consistency: null }, { ...payload.body, consistency: [payload.body.chain] }, { ...payload.body, consistency: ['x'] }]); },
  (payload) => { payload.body = { ...payload.body, chain: `sha256:${'ab'.repeat(32)}` }; },
  (payload, random) => { payload.body = { ...payload.body, checkpoint: random.pick(['', 'x\n', payload.body.checkpoint.replace('\n', '\n0'), payload.body.checkpoint.slice(0, -1), `${payload.body.checkpoint}— x AAAAAAAA\n`]) }; },
];

/** The chain above `child`, with a record that anchors its tree of `size` leaves. */
function above(random, child, label, size, wrong) {
  const signers = wrong && random.chance(25) ? { logging: child.parts.logging, cosigning: child.parts.cosigning.filter(() => random.chance(60)) } : child.parts;
  const note = child.noteOf(child.leavesOf(size), { signedSize: null, logging: signers.logging, cosigning: signers.cosigning });
  const payload = { type: ANCHORED, documents: [], body: { chain: child.chain, checkpoint: note.text } };
  if (wrong && random.chance(40)) random.pick(RECORD_CHANGES)(payload, random);
  const parts = { ...plainParts(), label, payload, size: random.pick([7, 8, 9]), centres: random.chance(30) ? ['city', 'a', 'b'] : ['city', 'a', 'b', '三区'] };
  if (wrong && random.chance(15)) Object.assign(parts, random.pick([{ envelope: false }, { threshold: 2 }, { seconds: 1 }, { cosigning: ['city'] }, { label: child.parts.label }, { chainOf: child.chain }]));
  return make(parts);
}

function step(random, child, size, parent, wrong) {
  let path = growth(child.leavesOf(size), child.parts.size);
  if (wrong && random.chance(25)) path = random.pick([path.slice(1), [...path, path[0] ?? sha256(utf8('x'))], [...path].reverse(), path.map(() => sha256(utf8('y')))]);
  return { certificate: structuredClone(parent.certificate), consistency: path.map(toDigest) };
}

function stamped(random, base, wrong) {
  const parts = wrong ? changedToken(random) : plainToken();
  if (!wrong) Object.assign(parts, { key: random.pick(['p256', 'rsa', 'p384', 'pss']), references: random.pick([['v2'], ['v2'], ['v1'], ['v1', 'v2']]), middle: random.chance(50), root: random.chance(30), by: random.pick(['issuer', 'key']) });
  const made = makeToken(parts, sha256(utf8(base.body)));
  return { text: base64(made.token), authority: made.given ?? (random.chance(80) ? made.root : made.own) };
}

/** A base with anchors above it: `{certificate, …}` as `make` gives it, with `levels` and `authority`. Null where it cannot be signed. */
export function makeAnchored(random) {
  const wrong = random.chance(60);
  const odd = wrong && random.chance(20) ? makeChanged(random) : null;
  const base = odd ?? make({ ...plainParts(), label: 'district', size: CERTIFIED });
  if (odd !== null && (odd.parts.signedSize !== null || odd.parts.size > 12)) return null;
  const certificate = structuredClone(base.certificate);
  const levels = [base];
  const count = random.pick([0, 1, 1, 1, 2, 2, 3]);
  try {
    certificate.anchors = [];
    for (let done = 0; done < count; done += 1) {
      const child = levels.at(-1);
      const size = random.pick([child.parts.size, child.parts.size + 1, child.parts.size + 3, 16]);
      const parent = above(random, child, `level-${done}`, size, wrong);
      certificate.anchors.push(step(random, child, size, parent, wrong));
      levels.push(parent);
    }
    const authorities = [];
    const stamps = count === 0 ? 1 : random.pick([0, 0, 1, 2]);
    for (let done = 0; done < stamps; done += 1) {
      const level = random.below(levels.length);
      const { text, authority } = stamped(random, levels[random.chance(95) ? level : 0], wrong);
      const target = level === 0 ? certificate : certificate.anchors[level - 1].certificate;
      target.timestamps = [...(target.timestamps ?? []), text];
      authorities.push(authority);
    }
    if (wrong && random.chance(20) && count > 0) {
      certificate.anchors = random.pick([
        (all) => [...all].reverse(), (all) => [...all, all[0]], (all) => all.slice(1), (all) => Array.from({ length: random.pick([4, 5]) }, () => all[0]),
        (all) => [{ ...all[0], certificate: { ...all[0].certificate, anchors: random.pick([[], [all[0]], null]) } }, ...all.slice(1)],
        (all) => [{ ...all[0], certificate: certificate.timestamps ? { ...base.certificate } : all[0].certificate }],
      ])(certificate.anchors);
    }
    if (certificate.anchors.length === 0 && random.chance(50)) delete certificate.anchors;
    return { ...base, certificate, levels, authority: [...new Set(authorities)].join('') };
  } catch (error) {
    if (odd === null) throw error;
    return null;
  }
}

const DATINGS = ['claimed', 'proven', undefined];
const AROUND = [1790000000999, 1790000001000, 1790000001001, 1790000002000, 1795455900000, 1795455900001, 1600000000000, 2 ** 53 - 1, undefined, undefined];

/** Dated policies around the times of these certificates, as their file. */
export function history(random, policies) {
  const entries = policies.map((policy) => ({
    policy, from_ms: random.chance(30) ? random.pick(AROUND) : undefined, until_ms: random.chance(60) ? random.pick(AROUND) : undefined,
    last_height: random.chance(20) ? random.pick([0, 11, 12, 13]) : undefined, last_size: random.chance(20) ? random.pick([0, 4, 5, 7, 8]) : undefined,
    dating: random.pick(DATINGS),
  }));
  const file = { format: random.chance(98) ? 'biaozheng-policies/1' : 'x', policies: entries };
  return JSON.stringify(random.chance(98) ? file : { ...file, policies: [] });
}
