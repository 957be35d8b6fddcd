// C2SP tlog-policy: which log keys and which quorum of named cosigners make a checkpoint trusted.
import { hex, utf8Length, words } from './bytes.js';
import { checkpointOfText } from './checkpoint.js';
import { POLICY_BYTES_MAX, U64_MAX } from './limits.js';
import { COSIGNATURE_V1, ED25519, findValid, isBy, isNoteName, noteKeyOfText, validTime } from './note.js';

export const NO_QUORUM = 'none';
export const PLAIN_GROUP = 'quorum-group';

function threshold(word, count) {
  if (word === 'any') return 1n;
  if (word === 'all') return BigInt(count);
  if (!/^\+?[0-9]+$/.test(word)) return null;
  const value = BigInt(word.replace('+', ''));
  return value <= U64_MAX ? value : null;
}

class Reader {
  constructor() {
    this.logs = [];
    this.witnesses = [];
    this.groups = [];
    this.names = new Set();
    this.quorum = null;
  }

  claim(name) {
    const free = isNoteName(name) && name !== NO_QUORUM && !this.names.has(name);
    this.names.add(name);
    return free;
  }

  /** False for a line that is refused. */
  line([keyword, ...rest]) {
    if (keyword === 'log' && (rest.length === 1 || rest.length === 2)) return this.log(rest[0]);
    if (keyword === 'witness' && (rest.length === 2 || rest.length === 3)) return this.witness(...rest);
    if (keyword === 'group' && rest.length >= 2) return this.group(...rest);
    if (keyword !== 'quorum' || rest.length !== 1 || this.quorum !== null) return false;
    [this.quorum] = rest;
    return this.quorum === NO_QUORUM || this.names.has(this.quorum);
  }

  log(text) {
    const key = noteKeyOfText(text);
    this.logs.push(key);
    return key !== null && key.algorithm === ED25519;
  }

  witness(name, text) {
    const key = noteKeyOfText(text);
    if (key === null || key.algorithm !== COSIGNATURE_V1) return false;
    // The bare key is compared: under two names it would count twice towards the quorum.
    if (this.witnesses.some((other) => hex(other.key.key) === hex(key.key))) return false;
    this.witnesses.push({ name, key });
    return this.claim(name);
  }

  group(name, word, ...members) {
    const needed = threshold(word, members.length);
    if (needed === null || needed === 0n || needed > BigInt(members.length)) return false;
    if (new Set(members).size !== members.length || !members.every((one) => this.names.has(one))) return false;
    this.groups.push({ name, threshold: Number(needed), members });
    return this.claim(name);
  }
}

/** The policy's one canonical text. */
export function policyText({ logs, witnesses, groups, quorum }) {
  return [
    ...logs.map((key) => `log ${key.text}`),
    ...witnesses.map(({ name, key }) => `witness ${name} ${key.text}`),
    ...groups.map((one) => `group ${one.name} ${one.threshold} ${one.members.join(' ')}`),
    `quorum ${quorum}`,
    '',
  ].join('\n');
}

/** Reads a policy, or gives null. */
export function policyOfText(text) {
  if (utf8Length(text) > POLICY_BYTES_MAX) return null;
  const reader = new Reader();
  for (const line of text.split('\n')) {
    const found = words(line);
    if (found.length > 0 && !found[0].startsWith('#') && !reader.line(found)) return null;
  }
  const { logs, witnesses, groups, quorum } = reader;
  return quorum === null || logs.length === 0 ? null : { logs, witnesses, groups, quorum };
}

/** False for `quorum none`: one log key alone would make a checkpoint trusted. */
export const needsCosigners = (policy) => policy.quorum !== NO_QUORUM;

/** `{checkpoint, cosigners: [{name, time}]}` where the policy is satisfied, else `{why}`. */
export async function cosignedUnder(policy, note) {
  const checkpoint = checkpointOfText(note.text);
  if (checkpoint === null) return { why: 'the signed text is not a checkpoint of a Biaozheng log' };
  let logged = false;
  for (const key of policy.logs) {
    logged ||= key.name === checkpoint.origin.text && (await findValid(key, note)) !== null;
  }
  if (!logged) return { why: 'no valid signature by a log key of the policy' };
  const cosigners = [];
  for (const { name, key } of policy.witnesses) {
    const time = await findValid(key, note);
    if (time !== null) cosigners.push({ name, time });
  }
  const reached = new Set(cosigners.map((one) => one.name));
  for (const group of policy.groups) {
    if (group.members.filter((name) => reached.has(name)).length >= group.threshold) reached.add(group.name);
  }
  if (needsCosigners(policy) && !reached.has(policy.quorum)) {
    return { why: `the quorum is not reached: valid cosignatures by ${cosigners.map((one) => one.name).join(', ') || 'nobody'}` };
  }
  return { checkpoint, cosigners, known: policy.witnesses.length };
}

/** Index of the first line that is not a valid one by a key of the policy or of an outside witness, or stands twice;
    null when none is. */
export async function firstForeignLine(policy, note, outside = []) {
  const keys = new Map();
  for (const key of [...policy.logs, ...policy.witnesses.map((one) => one.key), ...outside]) keys.set(`${key.name} ${hex(key.id)}`, key);
  for (const [index, line] of note.lines.entries()) {
    const key = keys.get(`${line.name} ${hex(line.id)}`);
    const repeated = note.lines.slice(0, index).some((other) => isBy(other, line));
    if (key === undefined || repeated || (await validTime(key, note.text, line)) === null) return index;
  }
  return null;
}
