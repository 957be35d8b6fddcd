// Cases for both verifiers: a certificate in bytes with what the verifier brings along.
import { utf8 } from '../../../api/web/verify/bytes.js';
import { history, makeAnchored } from './anchored.js';
import { DOCUMENT, make, plainParts } from './chain.js';
import { makeChanged } from './parts.js';
import { damaged, lines, spelling, structure } from './structure.js';

const MUTATIONS_PER_BASE = 24;
const stranger = make({ ...plainParts(), label: 'stranger' });

const POLICIES = [
  (base) => base.policy,
  (base) => `# ours\r\n\n${base.policy.replaceAll(' ', '\u3000 ')}`,
  (base) => base.policy.replace('group quorum-group 3', 'group quorum-group all'),
  (base) => base.policy.replace('group quorum-group 3', 'group quorum-group any'),
  (base) => base.policy.replace('group quorum-group 3', 'group quorum-group +03'),
  (base) => base.policy.replace(/group .*\nquorum .*/, 'group x 1 a b\ngroup quorum-group 2 x city\nquorum quorum-group'),
  (base) => base.policy.replace('quorum quorum-group', 'quorum city'),
  (base) => base.policy.replace('quorum quorum-group', 'quorum none'),
  (base) => base.policy.replace(/^log.*\n/, ''),
  (base) => base.policy.replaceAll(' ', '\u0085'),
  (base) => base.policy.replaceAll(' ', ' \ufeff'),
  () => stranger.policy,
  () => 'quorum none\n',
];

/** What the verifier brings along: mostly right, sometimes wrong, sometimes nothing. */
function brought(random, base) {
  const about = {};
  if (random.chance(40)) about.policy = random.chance(60) ? base.policy : random.pick(POLICIES)(base);
  if (random.chance(30)) about.chain = random.chance(85) ? base.chain : stranger.chain;
  if (random.chance(base.certificate.envelope === null ? 60 : 15)) {
    const own = JSON.stringify(base.envelope);
    const other = JSON.stringify(stranger.envelope);
    about.envelope = utf8(random.pick([own, own, own, other, spelling(random, own), structure(random, own)]));
  }
  if (random.chance(30)) about.document = random.pick([DOCUMENT, DOCUMENT, { ...DOCUMENT, size: 11 }, { ...DOCUMENT, digest: stranger.chain }]);
  if (base.levels === undefined && !random.chance(5)) return about;
  return { ...about, ...broughtAbove(random, base) };
}

/** Parents, dated policies and authorities. */
function broughtAbove(random, base) {
  const about = {};
  const levels = base.levels ?? [base, stranger];
  const top = random.pick(levels.length > 1 ? levels.slice(1) : levels);
  if (random.chance(30)) about.parentChain = random.chance(85) ? top.chain : stranger.chain;
  if (random.chance(30)) about.parentPolicies = history(random, random.pick([[top.policy], [stranger.policy, top.policy], [stranger.policy], levels.map((one) => one.policy)]));
  if (random.chance(30)) about.policies = history(random, random.pick([[base.policy], [stranger.policy, base.policy], [base.policy, base.policy], [stranger.policy]]));
  if (base.authority && random.chance(60)) about.authorities = base.authority;
  return about;
}

function mutated(random, base) {
  const text = JSON.stringify(base.certificate, null, random.chance(10) ? 2 : 0);
  switch (random.below(10)) {
    case 0: case 1: return utf8(structure(random, text));
    case 2: return utf8(structure(random, structure(random, text)));
    case 3: case 4: return utf8(spelling(random, text));
    case 5: case 6: return utf8(lines(random, text));
    case 7: {
      const changed = structuredClone(base.certificate);
      const [from, to] = [random.pick(Object.keys(changed)), random.pick(Object.keys(changed))];
      changed[to] = random.chance(50) ? changed[from] : stranger.certificate[to];
      return utf8(JSON.stringify(changed));
    }
    default: return damaged(random, utf8(text));
  }
}

/** A change of an anchor or token: single bits of DER, and parts of one level put into another. */
function mutatedAbove(random, base) {
  const changed = structuredClone(base.certificate);
  const all = [changed, ...(changed.anchors ?? []).map((one) => one.certificate)];
  const stamps = all.flatMap((one) => (one.timestamps ?? []).map((_, at) => [one.timestamps, at]));
  if (stamps.length > 0 && random.chance(50)) {
    const [list, at] = random.pick(stamps);
    list[at] = Buffer.from(damaged(random, new Uint8Array(Buffer.from(list[at], 'base64')))).toString('base64');
  } else {
    const [from, to] = [random.pick(all), random.pick(all)];
    const name = random.pick(['record', 'envelope', 'block', 'proof', 'policy', 'genesis_remainder', 'timestamps']);
    if (random.chance(70) && from[name] !== undefined) to[name] = from[name];
    else if (changed.anchors?.length > 0) {
      const anchor = random.pick(changed.anchors);
      anchor.consistency = random.pick([[], [...anchor.consistency, changed.record], anchor.consistency.slice(1), Array.from({ length: random.pick([64, 65]) }, () => changed.record), null]);
    }
  }
  return utf8(JSON.stringify(changed));
}

function* changes(random, base, count, change) {
  yield { certificate: utf8(JSON.stringify(base.certificate)), ...brought(random, base) };
  for (let done = 0; done < count; done += 1) yield { certificate: change(random, base), ...brought(random, base) };
}

const MUTATIONS_PER_ANCHORED = 4;
const ANCHORED_PER_BASE = 2;

/** An endless stream of cases: each base as it is, then changed again and again; with and without anchors. */
export function* cases(random) {
  for (;;) {
    const base = makeChanged(random);
    if (base !== null) yield* changes(random, base, MUTATIONS_PER_BASE, mutated);
    for (let done = 0; done < ANCHORED_PER_BASE; done += 1) {
      const anchored = makeAnchored(random);
      if (anchored !== null) yield* changes(random, anchored, MUTATIONS_PER_ANCHORED, (...both) => (random.chance(60) ? mutatedAbove : mutated)(...both));
    }
  }
}
