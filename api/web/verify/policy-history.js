// Policies with the times in which they held (`biaozheng-policies/1`): a trust anchor that outlives its keys. Invariant: a
// checkpoint is accepted under an entry only when every bound of that entry holds.
import { DATED_POLICIES_BYTES_MAX, DATED_POLICIES_MAX } from './limits.js';
import { cosignedUnder, needsCosigners, policyOfText } from './policy.js';
import { list, optional, parsed, parseStrict, struct, text, unsigned } from './strict-json.js';

const FORMAT = 'biaozheng-policies/1';
const dating = Object.assign(parsed((one) => (['claimed', 'proven'].includes(one) ? one : null), 'claimed or proven'), { absent: 'claimed' });
const shape = struct({
  format: text,
  policies: list(struct({
    policy: parsed(policyOfText, 'a policy'), from_ms: optional(unsigned), until_ms: optional(unsigned),
    last_height: optional(unsigned), last_size: optional(unsigned), dating,
  })),
});

function makesSense({ policy, from_ms: from, until_ms: until, dating: kind }) {
  if (!needsCosigners(policy) || (from !== null && until !== null && from >= until)) return false;
  return kind !== 'proven' || until !== null;
}

/** Reads the file's bytes: a list of entries, or null. */
export function policiesOf(bytes) {
  if (bytes.length > DATED_POLICIES_BYTES_MAX) return null;
  try {
    const { format, policies } = shape(parseStrict(bytes));
    const fine = format === FORMAT && policies.length > 0 && policies.length <= DATED_POLICIES_MAX && policies.every(makesSense);
    return fine ? policies : null;
  } catch {
    return null;
  }
}

/** One policy without an end. */
export const endless = (policy) => [{ policy, from_ms: null, until_ms: null, last_height: null, last_size: null, dating: 'claimed' }];

function whyOutOfTime(entry, cosigned, height, dated) {
  const { from_ms: from, until_ms: until } = entry;
  for (const { name, time } of cosigned.cosigners) {
    // A whole second is meant: it is inside when any instant of it is.
    if (from !== null && time * 1000n + 999n < BigInt(from)) return `'${name}' signed at ${time} s, before the policy held`;
    if (until !== null && time * 1000n >= BigInt(until)) return `'${name}' signed at ${time} s, after the policy's end`;
  }
  if (entry.last_height !== null && height > entry.last_height) return `the record is of block ${height}, the policy's last is ${entry.last_height}`;
  if (entry.last_size !== null && cosigned.checkpoint.size > BigInt(entry.last_size)) return `the tree has ${cosigned.checkpoint.size} leaves, the policy's last has ${entry.last_size}`;
  const proven = entry.dating !== 'proven' || (dated !== null && dated < until);
  return proven ? null : `nobody trusted saw it before the policy's end at ${until} ms`;
}

/** `{seen}` with the entry that held when the checkpoint was signed, else `{why}`. `dated`: Unix milliseconds or null. */
export async function judgePolicies(policies, note, height, dated) {
  let [late, unsigned] = [null, ''];
  for (const [at, entry] of policies.entries()) {
    const cosigned = await cosignedUnder(entry.policy, note);
    const why = cosigned.why === undefined ? whyOutOfTime(entry, cosigned, height, dated) : null;
    if (cosigned.why !== undefined) unsigned = cosigned.why;
    else if (why !== null) late = `policy ${at + 1}'s quorum signed the checkpoint, but ${why}`;
    else return { seen: `policy ${at + 1} of your file: its quorum is reached by ${cosigned.cosigners.map((one) => one.name).join(', ')}` };
  }
  return { why: late ?? `no policy's quorum signed the checkpoint: ${unsigned}` };
}
