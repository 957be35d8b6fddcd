// @ts-check
// Certificates, receipts and policies, verified offline: the verifier of the web pages, packed as it is.
import { readAuthorities } from '../web/verify/authority-file.js';
import { utf8 } from '../web/verify/bytes.js';
import { digestDigits } from '../web/verify/hashing.js';
import { judge as judgeWith, STEPS } from '../web/verify/certificate.js';
import { genesisOf } from '../web/verify/genesis.js';
import { needsCosigners, policyOfText } from '../web/verify/policy.js';
import { endless, policiesOf } from '../web/verify/policy-history.js';
import { receiptOf } from '../web/verify/receipt.js';
import { fingerprint } from '../web/verify/trust.js';

export { fingerprint, genesisOf, receiptOf, STEPS };

/** @typedef {'record' | 'chain' | 'signatures' | 'checkpoint' | 'inclusion' | 'time' | 'timestamp' | 'parent' | 'anchored' | 'consistency' | 'anchor' | 'document'} StepName */
/** @typedef {{ step: StepName, outcome: 'passed' | 'skipped' | 'failed' | 'unknown', detail: string }} Step */

/**
 * What the verifier brings along, none of it taken from the certificate.
 * @typedef {object} Expectations
 * @property {string} [policy] your own copy of the chain's policy
 * @property {string} [chain] the chain you expect
 * @property {Uint8Array} [envelope] the record's envelope, where the certificate has none
 * @property {{ digest: string, size: number }} [document] a document that the record should name
 * @property {string} [policies] dated policies (`biaozheng-policies/1`), or one policy
 * @property {string} [parentPolicies] a parent chain's, likewise: what its quorum took in is then trusted
 * @property {string} [parentChain] the parent chain you expect
 * @property {Uint8Array} [authorities] certificates of timestamp authorities you trust, PEM, or one in DER
 * @property {boolean} [requireAnchor]
 */

/**
 * @typedef {object} Judgement
 * @property {'valid' | 'not_anchored' | 'invalid' | 'content_differs' | 'no_trust_anchor' | 'unusable'} verdict
 * @property {StepName | null} failedStep
 * @property {string | null} reason
 * @property {readonly Step[]} steps
 * @property {string | null} chain
 * @property {number | null} dated the earliest Unix milliseconds by which the checkpoint existed, as somebody outside its
 *   chain says whom you trust: a timestamp authority or a parent chain
 */

/** @param {string} reason @returns {Judgement} */
const unusable = (reason) => ({ verdict: 'unusable', failedStep: null, reason, steps: [], chain: null, dated: null });

/** @param {string} text */
function historyOf(text) {
  if (text.trimStart().startsWith('{')) return policiesOf(utf8(text));
  const policy = policyOfText(text);
  return policy !== null && needsCosigners(policy) ? endless(policy) : null;
}

const isChain = (/** @type {string} */ text) => digestDigits(text) !== null;
const CHAIN_FORM = "a chain is 'sha256:' and 64 lower-case digits";

/**
 * Judges a certificate, step by step, as `biaozheng-verify` does. Touches no network, disk or clock.
 * @param {Uint8Array | string} certificate
 * @param {Expectations} [expected]
 * @returns {Promise<Judgement>}
 */
export async function judge(certificate, expected = {}) {
  const { chain = null, envelope = null, document = null, parentChain = null, requireAnchor = false } = expected;
  const policy = expected.policy === undefined ? null : policyOfText(expected.policy);
  if (expected.policy !== undefined && policy === null) return unusable('the policy you gave cannot be read');
  if ([chain, parentChain].some((one) => one !== null && !isChain(one))) return unusable(CHAIN_FORM);
  const policies = expected.policies === undefined ? null : historyOf(expected.policies);
  const parentPolicies = expected.parentPolicies === undefined ? null : historyOf(expected.parentPolicies);
  if ((expected.policies !== undefined && policies === null) || (expected.parentPolicies !== undefined && parentPolicies === null)) {
    return unusable('neither a policy with a quorum nor a file of dated ones');
  }
  const read = expected.authorities === undefined ? null : readAuthorities(expected.authorities);
  if (read !== null && read.why !== null) return unusable(`the file of timestamp authorities: ${read.why}`);
  const authorities = read?.anchors ?? [];
  const brought = { policy, policies, chain, parentPolicies, parentChain, envelope, document, authorities };
  const found = await judgeWith(certificate, brought, requireAnchor);
  const steps = /** @type {Step[]} */ (found.steps.map((/** @type {Step} */ one) => ({ step: one.step, outcome: one.outcome, detail: one.detail })));
  const failed = steps.find((one) => one.outcome === 'failed');
  return /** @type {Judgement} */ ({
    verdict: found.verdict, failedStep: found.failedStep, reason: found.reason ?? failed?.detail ?? null, steps, chain: found.chain, dated: found.dated,
  });
}

/** @typedef {{ chain: string, record: string, node: string, key: Uint8Array, received_at_ms: number, promised_by_ms: number, history_size?: number }} Receipt */

/**
 * Checks a node's receipt: the promise must be for this record, on this chain, by the key of that node in the genesis.
 * Gives back the receipt, or null where it proves nothing.
 * @param {Uint8Array} receipt DSSE JSON
 * @param {Uint8Array} genesis the chain's genesis document
 * @param {string} chain the chain it must make
 * @param {string} record
 * @returns {Promise<Receipt | null>}
 */
export async function checkReceipt(receipt, genesis, chain, record) {
  const found = /** @type {Receipt | null} */ (await receiptOf(receipt));
  const root = genesisOf(genesis);
  if (found === null || root === null || root.chain !== chain || found.chain !== chain || found.record !== record) return null;
  if (found.promised_by_ms < found.received_at_ms) return null;
  // On a long log nobody could prove that a promise was broken which does not say how much of it the node had looked through.
  if ((found.history_size ?? null) === null) return null;
  const { rest } = JSON.parse(new TextDecoder().decode(genesis));
  const key = `ed25519:${btoa(String.fromCharCode(...found.key))}`;
  return rest.nodes.some((/** @type {any} */ one) => one.name === found.node && one.api_key === key) ? found : null;
}
