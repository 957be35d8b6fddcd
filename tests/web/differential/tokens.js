// Cases about timestamp tokens alone: the golden certificate with a token that is right, odd or wrong, under dated policies that
// ask for a proven date. So the verdict says whether a token holds and whether it is trusted.
import { readFileSync } from 'node:fs';
import { base64, utf8 } from '../../../api/web/verify/bytes.js';
import { tlogProofOfText } from '../../../api/web/verify/checkpoint.js';
import { sha256 } from '../../../api/web/verify/hashing.js';
import { makeToken, plainToken } from './authority.js';
import { changedToken } from './token-changes.js';

const read = (name) => JSON.parse(readFileSync(new URL(`../../../ledger/verify/tests/golden/${name}`, import.meta.url)));
export const golden = read('anchored.cert.json');
const DIGEST = sha256(utf8(tlogProofOfText(golden.proof).note.text));
const dated = read('district.policies.json');
/** After the time of every token that is made here. */
const UNTIL_MS = 1_900_000_000_000;
const POLICIES = JSON.stringify({ ...dated, policies: dated.policies.map((one) => ({ ...one, until_ms: UNTIL_MS })) });

export const withToken = (token, authorities) => ({ certificate: utf8(JSON.stringify({ ...golden, timestamps: [token] })), policies: POLICIES, authorities });

export function* tokenCases(random) {
  const stranger = makeToken({ ...plainToken(), key: 'other' }, DIGEST).root;
  for (;;) {
    const parts = changedToken(random);
    let made = null;
    try {
      made = makeToken(parts, DIGEST);
    } catch {
      // Parts that no key can sign: RSASSA-PSS with a salt its key forbids.
    }
    if (made !== null) yield withToken(base64(made.token), random.chance(10) ? stranger : made.given ?? (random.chance(80) ? made.root : made.own));
  }
}
