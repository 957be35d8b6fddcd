// Cases for both verifiers: a certificate in bytes with what the verifier brings along.
import { utf8 } from '../../../api/web/verify/bytes.js';
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

/** An endless stream of cases: each base as it is, then changed again and again. */
export function* cases(random) {
  for (;;) {
    const base = makeChanged(random);
    if (base === null) continue;
    yield { certificate: utf8(JSON.stringify(base.certificate)), ...brought(random, base) };
    for (let done = 0; done < MUTATIONS_PER_BASE; done += 1) {
      yield { certificate: mutated(random, base), ...brought(random, base) };
    }
  }
}
