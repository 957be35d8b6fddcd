// What the visitor has and trusts, and which of it is about the certificate's own chain and which about a parent of it.
// `printed`: what stands around the certificate and was not judged, a PDF's page (`pdf`) or the paper of a code (`code`).
import { judgeArchive } from '../archive/judge.js';
import { equal } from '../verify/bytes.js';
import { certificateOf, judge } from '../verify/certificate.js';
import { checkpointOfText, originOfText, tlogProofOfText } from '../verify/checkpoint.js';
import { judgeReceipt } from '../verify/cose-receipt.js';
import { digestText } from '../verify/hashing.js';
import { leafHash, logEntry } from '../verify/merkle.js';
import { policyOfText } from '../verify/policy.js';
import { endless } from '../verify/policy-history.js';
import { fingerprint } from '../verify/trust.js';

/** `certificateFrom`: the file's name, or null where the node gave it. `documents`: to be compared. `unread`: files in which nothing was
    found, compared only where the record names their very bytes. `siteProblem`: why the site's own policy could not be read. */
export const brought = {
  archive: null, code: null, receipts: [], certificate: null, certificateFrom: null, printed: null, envelope: null, documents: [], unread: [],
  policy: null, policyFrom: null, policies: null, authorities: [], siteProblem: null,
};

/** The visitor begins anew; whom the visitor trusts stays. */
export const forget = () => Object.assign(brought, {
  archive: null, code: null, receipts: [], certificate: null, certificateFrom: null, printed: null, envelope: null, documents: [], unread: [],
});

/** What the visitor typed as an anchor: a whole chain id, or the printed fingerprint. */
export function typedAnchor(typed) {
  const text = typed.trim().toLowerCase();
  if (text === '') return null;
  const whole = text.startsWith('sha256:') ? text : `sha256:${text}`;
  if (digestText(whole) !== null) return { chain: whole };
  const digits = text.replace(/[\s-]/g, '');
  return /^[0-9a-f]{20}$/.test(digits) ? { fingerprint: digits.match(/.{4}/g).join('-') } : { wrong: true };
}

const chainOf = (policy) => originOfText(policy.logs[0].name)?.chain ?? null;

/** Why a code's log is not one the visitor trusts: `{log, chain}`; null where it is, or where nobody is trusted yet.
    `chain` is null for a log whose name is none of ours. */
export function foreignLog(log, typed) {
  const { policy, policies } = brought;
  const chain = originOfText(log)?.chain ?? null;
  const trusted = [...(policy === null ? [] : [policy]), ...(policies ?? []).map((one) => one.policy)].map(chainOf);
  const isTyped = chain !== null && (typed?.chain === chain || typed?.fingerprint === fingerprint(chain));
  const nobody = trusted.length === 0 && typed === null;
  // What was typed stands above a file: it alone is the anchor then.
  const own = typed === null ? trusted.includes(chain) : isTyped;
  return chain !== null && (own || nobody) ? null : { log, chain };
}

/** The log the certificate is of, or null for what cannot be read. */
export function logOfCertificate(bytes) {
  try {
    return policyOfText(certificateOf(bytes).policy)?.logs[0].name ?? null;
  } catch {
    return null;
  }
}

/** The one chain a typed anchor means. A printed fingerprint is 80 bits, which nobody can search for a second time. */
function meant(typed, chains) {
  if (typed === null) return null;
  if (typed.chain !== undefined) return typed.chain;
  const found = chains.find((chain) => fingerprint(chain) === typed.fingerprint);
  return found ?? `sha256:${typed.fingerprint.replaceAll('-', '').padEnd(64, '0')}`;
}

const namesBytes = (record, file) => (record?.payload.documents ?? []).some((one) => one.digest === file.digest && one.size === file.size);

/** Judges the certificate, and every document against it. An anchor of a chain that holds its checkpoint (as the certificate proves)
    is a parent's. */
export async function judgeBrought(typed) {
  const { certificate, policy, policies, envelope, authorities } = brought;
  const { chain: own, parents, record } = await judge(certificate, { envelope, authorities });
  const chain = meant(typed, own === null ? [] : [own, ...parents]);
  const isParent = (one) => one !== own && parents.includes(one);
  const abovePolicy = policy !== null && isParent(chainOf(policy));
  const abovePolicies = policies !== null && !policies.some((one) => chainOf(one.policy) === own) && policies.some((one) => isParent(chainOf(one.policy)));
  const expected = {
    envelope, authorities,
    ...(isParent(chain) ? { parentChain: chain } : { chain }),
    ...(abovePolicy ? { parentPolicies: endless(policy) } : { policy }),
    ...(abovePolicies ? { parentPolicies: policies } : { policies }),
  };
  const documents = [...brought.documents, ...brought.unread.filter((one) => one.digest !== undefined && namesBytes(record, one))];
  return judgeDocuments(documents, (document) => judge(certificate, document === null ? expected : { ...expected, document }));
}

/** One verdict over all documents: the first that differs is it, and every document has its step, with the file's own name. */
async function judgeDocuments(documents, judgeWith) {
  if (documents.length <= 1) return named(await judgeWith(documents[0] ?? null), documents[0]);
  const results = [];
  for (const one of documents) results.push(named(await judgeWith(one), one, true));
  const differs = results.find((one) => one.failedStep === 'document');
  const isDocument = (step) => step.step === 'document';
  const steps = [...(results[0].steps ?? []).filter((one) => !isDocument(one)), ...results.flatMap((one) => (one.steps ?? []).filter(isDocument))];
  return { ...(differs ?? results[0]), steps };
}

/** The step of a document names the visitor's own file: the only name there is where it differs, and one of several where it does not. */
function named(result, file, isOneOfSeveral = false) {
  if (file === undefined || (result.failedStep !== 'document' && !isOneOfSeveral)) return result;
  const names = ({ outcome, names: [own] = [] }) => (outcome === 'passed' ? [`${own}（${file.name}）`] : [file.name]);
  return { ...result, steps: (result.steps ?? []).map((one) => (one.step === 'document' ? { ...one, names: names(one) } : one)) };
}

/** Every receipt beside the certificate as a step of its own: one signer's word over a tree that holds the record. Adds
    nothing to the certificate's quorum, but one that does not hold, or shows another tree of the same size, is invalid. */
export async function withReceipts(result) {
  const { certificate } = result;
  if (brought.receipts.length === 0 || !['valid', 'not_anchored'].includes(result.verdict)) return result;
  const policy = policyOfText(certificate.policy);
  const { note } = tlogProofOfText(certificate.proof);
  const own = checkpointOfText(note.text);
  const keys = [...policy.logs.map(({ name, key }) => ({ name, key })), ...policy.witnesses.map(({ name, key }) => ({ name, key: key.key }))];
  const { height, time_ms: time, position } = certificate.block;
  const entry = leafHash(logEntry(certificate.record, height, time, position));
  const steps = [];
  for (const bytes of brought.receipts) {
    const found = await judgeReceipt(bytes, { leaf: entry, log: policy.logs[0].name, record: certificate.record, keys });
    const split = found.why === undefined && found.size === own.size && !equal(found.root, own.root);
    const why = split ? 'its tree has the size of the certificate’s and another root' : found.why;
    steps.push(why === undefined ? { step: 'receipt', outcome: 'passed', detail: `tree of ${found.size}, signed by ${found.by}`, names: [found.by] } : { step: 'receipt', outcome: 'failed', detail: why });
  }
  const failed = steps.some((one) => one.outcome === 'failed');
  return { ...result, steps: [...result.steps, ...steps], ...(failed ? { verdict: 'invalid', failedStep: 'receipt' } : {}) };
}

/** Judges the archive: its own chain's anchor only, a parent's says nothing about its seal. A printed fingerprint is held
    against the chain its certificates are of. */
export async function judgeBroughtArchive(typed, progress) {
  const { archive, policy, policies } = brought;
  const ask = (chain) => judgeArchive(archive.source, { policy, policies, chain }, progress);
  if (typed?.fingerprint === undefined) return ask(typed?.chain ?? null);
  const { contents } = await judgeArchive(archive.source, {}, progress);
  return ask(meant(typed, contents.chain === null ? [] : [contents.chain]));
}
