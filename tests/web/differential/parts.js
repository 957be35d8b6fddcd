// Certificates that are whole and signed, and wrong or odd in what they say: each changes the parts before signing.
import { unhex } from '../../../api/web/verify/bytes.js';
import { key, make, outsideKey, plainParts } from './chain.js';
import { noteKey } from '../../../api/web/verify/note.js';
import { numbers, structure } from './structure.js';

/** Encodings Ed25519 verifiers disagree about: small order, mixed order, non-canonical, no point at all. */
const ODD_KEYS = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0200000000000000000000000000000000000000000000000000000000000000',
].map(unhex);

const NAMES = ['none', 'quorum-group', 'x+y', 'a b', '', '\u0085', '\ufeff', 'é', 'x'.repeat(129), '标'.repeat(42), '标'.repeat(43), 'city'];
const PAYLOAD_TEXTS = [
  (random, payload) => JSON.stringify(payload, null, 1),
  (random, payload) => structure(random, JSON.stringify(payload)),
  (random, payload) => structure(random, structure(random, JSON.stringify(payload))),
  (random, payload) => JSON.stringify(payload).replace('"made_at_ms":1790000000000', `"made_at_ms":${random.pick(numbers)}`),
  (random, payload) => JSON.stringify(payload).replace('"size":10', `"size":${random.pick(numbers)}`),
  (random, payload) => JSON.stringify(payload).replace('"tender.published/1"', random.pick(['"a/1"', '"a/0"', '"a/01"', '"a/9999"', '"a/10000"', '"a.b_c1/2"', '"1a/1"', '"a..b/1"', '"A/1"', '"a/1/1"', `"${'a'.repeat(62)}/1"`, `"${'a'.repeat(63)}/1"`])),
  (random, payload) => JSON.stringify(payload).replace('公告.pdf', random.pick(['.', '..', 'a/b', 'a\\\\b', 'a\\u0085b', '标'.repeat(85), '标'.repeat(86), 'x', '', '\\u202e', '\\ufeff'])),
  (random, payload) => JSON.stringify({ ...payload, tool: random.pick(['', ' ', '~', '\x7f', 'é', 'x'.repeat(64), 'x'.repeat(65)]) }),
  (random, payload) => JSON.stringify({ ...payload, project: random.pick([null, '-x', 'x'.repeat(64), 'x'.repeat(65), 'a:b.c_d-e', '标', '']) }),
  (random, payload) => JSON.stringify({ ...payload, previous: random.pick([null, payload.chain, payload.chain.toUpperCase(), 'sha256:00', '']) }),
  (random, payload) => JSON.stringify({ ...payload, body: random.pick([{}, [], null, 1, { a: 0.5 }, { a: { b: { c: [1, [2, [3]]] } } }]) }),
  (random, payload) => JSON.stringify({ ...payload, documents: random.pick([[], null, {}, payload.documents.concat(payload.documents)]), cosigners: random.pick([[], null, undefined]) }),
  (random, payload) => `\ufeff${JSON.stringify(payload)}`,
  (random, payload) => `${JSON.stringify(payload)}${random.pick([' ', '\n', '\0', ',', '{}'])}`,
  (random, payload) => JSON.stringify({ ...payload, body: { filler: 'x'.repeat(random.pick([48000, 48500, 48600, 49000, 49152])) } }),
];

const CHANGES = [
  (parts, random) => { parts.threshold = random.pick([0, 1, 2, 3, 4, 5]); },
  (parts, random) => { parts.cosigning = parts.centres.filter(() => random.chance(70)); },
  (parts, random) => { parts.logging = parts.centres.filter(() => random.chance(40)); },
  (parts, random) => { parts.seconds = random.pick([0, 1789999999, 1790000000, 1790000001, 2n ** 64n - 1n]); },
  (parts, random) => { parts.secondsOf = { [random.pick(parts.centres)]: random.pick([0, 1789999999, 1790000000, 2n ** 53n]) }; },
  (parts, random) => { [parts.size, parts.index] = random.pick([[1, 0], [2, 1], [8, 7], [9, 8], [5, 4], [33, 16]]); },
  (parts, random) => { parts.signedSize = random.pick([0, 3, 4, 6, 8, 2n ** 63n, 2n ** 64n - 1n, '07', '+7', 2n ** 64n]); },
  (parts, random) => { parts.label = random.pick(['x', 'X', 'a_b', 'a'.repeat(32), 'a'.repeat(33), '-', '', 'a/b']); },
  (parts, random) => { parts.centres = random.pick([['city'], ['city', 'a'], ['city', 'a', 'b'], ['city', 'a', 'b', '三区', 'e', 'f', 'g'], ['city', 'city', 'a', 'b']]); },
  (parts, random) => { parts.centres = [...parts.centres.slice(0, 3), random.pick(NAMES)]; },
  (parts, random) => { parts.witnessNames = { [random.pick(parts.centres)]: random.pick(NAMES.filter((name) => name !== '')) }; },
  (parts, random) => { parts.cosignerKeys = { [random.pick(parts.centres)]: random.pick(ODD_KEYS) }; },
  (parts, random) => { parts.logKeys = { [random.pick(parts.centres)]: random.pick(ODD_KEYS) }; },
  (parts, random) => { parts.remainder = random.pick([parts.remainder.toUpperCase(), `sha256:${'0'.repeat(64)}`]); },
  (parts, random) => { parts.signers = random.pick([['author', 'b'], ['author', 'author'], Array.from({ length: 33 }, (_, at) => `s${at}`), Array.from({ length: 34 }, (_, at) => `s${at}`)]); },
  (parts, random) => { parts.envelope = random.chance(50); },
  (parts, random) => { parts.payloadType = random.pick(['', 'application/json', 'application/vnd.biaozheng.receipt+json']); },
  (parts) => { parts.chainOf = `sha256:${'ab'.repeat(32)}`; },
  (parts, random) => { parts.height = random.pick([0, 1, 2 ** 53 - 1]); parts.timeMs = random.pick([0, 999, 1000, 2 ** 53 - 1]); },
  (parts, random) => { parts.position = random.pick([0, 2 ** 32 - 1, 2 ** 32]); },
  (parts, random) => { parts.outside = random.pick([['auditor.example'], ['auditor.example', '见证'], Array.from({ length: 8 }, (_, at) => `w${at}`), Array.from({ length: 9 }, (_, at) => `w${at}`)]); },
  (parts, random) => {
    parts.outside = random.pick([[], ['auditor.example'], ['auditor.example', 'auditor.example']]);
    const known = outsideKey('auditor.example').text;
    const log = noteKey('auditor.example', 1, key('outside auditor.example').bytes).text;
    const own = noteKey('city', 4, key('cosigner city').bytes).text;
    parts.outsideNamed = random.pick([[], [known], [known, known], [outsideKey('x').text], [known.toUpperCase()], [log], [own], [known, own], [''], [`${known}=`], null]);
  },
  (parts, random) => {
    const write = random.pick(PAYLOAD_TEXTS);
    parts.payloadText = (payload) => write(random, payload);
  },
];

/** Freshly signed parts with no, one or two changes; null where the parts cannot even be signed. */
export function makeChanged(random) {
  const parts = plainParts();
  const count = random.pick([0, 1, 1, 1, 1, 2, 2]);
  for (let done = 0; done < count; done += 1) {
    // The payload is the richest part: half of the changes are its own.
    (random.chance(40) ? CHANGES.at(-1) : random.pick(CHANGES))(parts, random);
  }
  if (random.chance(20)) parts.envelope = false;
  parts.cosigning = parts.cosigning.filter((name) => parts.centres.includes(name));
  parts.logging = parts.logging.filter((name) => parts.centres.includes(name));
  try {
    return make(parts);
  } catch {
    return null;
  }
}

