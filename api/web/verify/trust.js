// The trust root of a chain, the policy it makes, and the chain id that names both.
import { u64Bytes, utf8 } from './bytes.js';
import { originOfText } from './checkpoint.js';
import { digestFields, fieldHash, toDigest } from './hashing.js';
import { COSIGNATURE_V1, ED25519, noteKey } from './note.js';
import { PLAIN_GROUP, policyOfText, policyText } from './policy.js';

const FINGERPRINT_DIGITS = 20;
const quorumOf = (count) => Math.floor((count * 2) / 3) + 1;

export function trustDigest({ label, threshold, cosigners }) {
  const fields = cosigners.flatMap((one) =>
    [utf8(one.name), Uint8Array.of(1), one.cosignerKey, Uint8Array.of(1), one.logKey]);
  const head = [utf8(label), u64Bytes(threshold), u64Bytes(cosigners.length)];
  return toDigest(fieldHash('biaozheng/trust/v1', [...head, ...fields]));
}

export function chainId(trust, remainder) {
  const fields = [...digestFields(trustDigest(trust)), ...digestFields(remainder)];
  return toDigest(fieldHash('biaozheng/chain/v1', fields));
}

/** The policy text of a trust root on a chain, or null where names, keys or threshold break the rules. */
export function policyOfTrust({ label, threshold, cosigners }, chain) {
  const origin = originOfText(`biaozheng.log/${label}/${chain.slice(7)}`);
  if (origin === null || threshold < quorumOf(cosigners.length) || threshold > cosigners.length) return null;
  const logs = cosigners.map((one) => noteKey(origin.text, ED25519, one.logKey));
  const keys = cosigners.map((one) => noteKey(one.name, COSIGNATURE_V1, one.cosignerKey));
  if (logs.includes(null) || keys.includes(null)) return null;
  const witnesses = cosigners.map((one, at) => ({ name: one.name, key: keys[at] }));
  const groups = [{ name: PLAIN_GROUP, threshold, members: cosigners.map((one) => one.name) }];
  const text = policyText({ logs, witnesses, groups, quorum: PLAIN_GROUP });
  // Reading it back refuses names and keys that stand twice or mean something in a policy.
  const again = policyOfText(text);
  return again !== null && policyText(again) === text ? text : null;
}

/** `{trust, origin}` of a policy that a genesis makes; null for any other. */
export function trustOfPolicy(policy) {
  const origin = originOfText(policy.logs[0].name);
  if (origin === null || policy.groups.length !== 1 || policy.logs.length !== policy.witnesses.length) return null;
  const cosigners = policy.witnesses.map(({ name, key }, at) =>
    ({ name, cosignerKey: key.key, logKey: policy.logs[at].key }));
  const trust = { label: origin.label, threshold: policy.groups[0].threshold, cosigners };
  return policyOfTrust(trust, origin.chain) === policyText(policy) ? { trust, origin } : null;
}

/** The first 80 bits of a chain id in groups of four digits, for people to compare. */
export const fingerprint = (chain) => chain.slice(7, 7 + FINGERPRINT_DIGITS).match(/.{4}/g).join('-');
