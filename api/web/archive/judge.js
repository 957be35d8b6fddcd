// Judges a whole archive: every file against both manifests, every certificate, every file but the documents against
// what is built again from the certificates, and number, history and manifest against the record that sealed it.
// Verdicts, kinds and paths are those of `biaozheng-verify --archive`.
// Invariants: a file that was deleted, added or changed is named. Only an archive whose seal is certified is valid.
import { judge, Unusable } from '../verify/certificate.js';
import { compact } from '../verify/strict-json.js';
import { CERTIFICATE_BYTES_MAX } from '../verify/limits.js';
import { build } from './build.js';
import { CERTIFICATES_BYTES_MAX, TEXT_BYTES_MAX } from './limits.js';
import { ALGORITHMS, manifestName, readManifest } from './manifest.js';
import { byPlace, filed, named, whyNoArchive } from './model.js';
import { inOrder, isDocument, isPayload } from './path.js';
import { digestsOf } from './read.js';

const SEAL = 'seal/archive-sealed.json';
const CERTIFICATES = 'data/certificates/';
const CONTEXT = 'data/context/';
/** What is looked at, in order; each finding names its step. */
export const ARCHIVE_STEPS = ['container', 'manifests', 'certificates', 'contents', 'seal'];

const isCertificate = (path) => path === SEAL || path.startsWith(CERTIFICATES) || path.startsWith(CONTEXT);

class Check {
  constructor(source, anchor) {
    Object.assign(this, { source, anchor, seen: new Map(), findings: new Map() });
    this.contents = { project: null, chain: null, records: 0, documents: 0, files: source.files.size, missing: [], sealed: false };
    this.done = new Set(['container', 'manifests', 'certificates']);
    this.failed = new Set(source.findings.length > 0 ? ['container'] : []);
    for (const one of source.findings) this.findings.set(one.path, { step: 'container', ...one });
  }

  /** The first finding of a path counts: it is the most direct one. A step that meets it again has failed as well. */
  find(step, path, kind, reason) {
    this.failed.add(step);
    if (!this.findings.has(path)) this.findings.set(path, { step, path, kind, reason });
  }

  async scan(progress) {
    const total = [...this.source.files.values()].reduce((sum, blob) => sum + blob.size, 0);
    let [kept, done] = [0, 0];
    for (const [path, blob] of this.source.files) {
      const limit = isCertificate(path) ? CERTIFICATE_BYTES_MAX : TEXT_BYTES_MAX;
      const keep = (isCertificate(path) || (!isPayload(path) && path.includes('manifest-'))) && blob.size <= limit;
      const one = await digestsOf(blob, keep);
      kept += one.bytes?.length ?? 0;
      if (kept > 2 * CERTIFICATES_BYTES_MAX) throw new Unusable('the archive’s certificates are too large');
      this.seen.set(path, one);
      done += blob.size;
      progress(done, total);
    }
  }

  /** Holds the files against both manifests, and the manifests against each other. */
  manifests(tags) {
    const listed = new Map();
    for (const algorithm of ALGORITHMS) {
      const name = manifestName(algorithm, tags);
      const file = this.seen.get(name);
      const read = file === undefined ? null : readManifest(file.bytes ?? new Uint8Array());
      if (read === null) this.find('manifests', name, 'missing', 'every archive has this manifest');
      else if (read.entries === undefined) this.find('manifests', name, 'changed', `line ${read.line} is not '<64 lower-case hexadecimal digits>  <path>', in order of the paths`);
      else listed.set(algorithm, read.entries);
    }
    const covered = [...this.seen.keys()].filter((path) => isPayload(path) !== tags && !path.startsWith('tagmanifest-'));
    const paths = new Set([...covered, ...[...listed.values()].flatMap((entries) => [...entries.keys()])]);
    for (const path of [...paths].sort(inOrder)) this.oneFile(path, listed, tags);
    return listed;
  }

  /** Where both manifests agree against the file, the file is wrong; where one agrees with it, the other is. */
  oneFile(path, listed, tags) {
    const seen = this.seen.get(path);
    const wrong = [...listed].filter(([algorithm, entries]) => entries.get(path) !== seen?.[algorithm]).map(([algorithm]) => algorithm);
    if (wrong.length === 0 && listed.size > 0) return;
    if (wrong.length < listed.size) {
      for (const algorithm of wrong) this.find('manifests', manifestName(algorithm, tags), 'changed', `its line for ${path} is not what the other manifest says`);
      return;
    }
    const names = wrong.map((algorithm) => manifestName(algorithm, tags)).join(' and ');
    const isNamed = [...listed.values()].some((entries) => entries.has(path));
    if (seen === undefined) this.find('manifests', path, 'missing', `listed in ${names}, and not there`);
    else if (isNamed) this.find('manifests', path, 'changed', `its bytes are not those listed in ${names}`);
    else this.find('manifests', path, 'added', 'no manifest lists it');
  }

  /** The certificates under a prefix that hold, in the order of the chain, each one judged. */
  async certificates(prefix) {
    const good = [];
    const { policy = null, policies = null, chain = null } = this.anchor;
    for (const [path, { bytes }] of [...this.seen].filter(([path]) => path.startsWith(prefix))) {
      const found = await judge(bytes ?? new Uint8Array(), { policy, policies, chain });
      if (found.verdict !== 'valid' && found.verdict !== 'not_anchored') {
        const failed = found.steps.find((one) => one.outcome === 'failed');
        this.find('certificates', path, 'invalid', failed === undefined ? found.reason : `${failed.step}: ${failed.detail}`);
        continue;
      }
      this.contents.chain ??= found.chain;
      const isNamed = path === SEAL || path.endsWith(`${found.certificate.record.slice(7)}.json`);
      if (!isNamed) this.find('certificates', path, 'invalid', 'it is another record’s certificate');
      else if (found.chain !== this.contents.chain) this.find('certificates', path, 'invalid', 'it is of another chain than the others');
      else good.push(filed(found.certificate, found.record));
    }
    return good.sort(byPlace);
  }

  /** Builds the archive again from its certificates, and compares. */
  async rebuild(payload) {
    const before = this.findings.size;
    const records = await this.certificates(CERTIFICATES);
    const context = await this.certificates(CONTEXT);
    const seal = (await this.certificates(SEAL)).pop() ?? null;
    const lost = [...this.findings.values()].some((one) => one.kind === 'missing' && isCertificate(one.path));
    const whole = this.findings.size === before && !lost;
    const project = records.find((one) => (one.payload?.project ?? null) !== null)?.payload.project;
    if (project === undefined) return this.find('certificates', 'data/certificates', 'missing', 'there is no certificate of a project’s record');
    Object.assign(this.contents, { project, records: records.length });
    const archive = { project, records, context, seal };
    const why = whyNoArchive(archive);
    if (why !== null) return this.find('certificates', 'data/certificates', 'invalid', why);
    const built = build(archive, this.facts(archive, payload));
    this.contents.missing = built.missing;
    if (whole) this.compare(built);
    return seal === null ? undefined : this.seal(seal, built);
  }

  /** The documents at hand by their bytes; a lost one that the manifests list counts as there: it is named already. */
  facts(archive, payload) {
    const facts = new Map();
    const wanted = new Set(named(archive));
    for (const [path, seen] of this.seen) {
      const digest = `sha256:${seen.sha256}`;
      if (isDocument(path) && wanted.has(digest)) facts.set(digest, { sm3: seen.sm3, size: seen.size });
    }
    this.contents.documents = facts.size;
    const sizes = new Map(archive.records.flatMap((one) => one.documents).reverse().map((one) => [one.digest, one.size]));
    for (const [path, digits] of payload.get('sha256') ?? []) {
      const [digest, sm3] = [`sha256:${digits}`, payload.get('sm3')?.get(path)];
      const size = sizes.get(digest);
      if (isDocument(path) && sm3 !== undefined && size !== undefined && !facts.has(digest)) facts.set(digest, { sm3, size });
    }
    return facts;
  }

  compare(built) {
    this.done.add('contents');
    for (const [path, { sha256 }] of built.files) {
      const seen = this.seen.get(path);
      if (seen === undefined) this.find('contents', path, 'missing', 'the certificates ask for it');
      else if (seen.sha256 !== sha256) this.find('contents', path, 'changed', 'it is not what follows from the certificates and documents');
    }
    for (const path of this.seen.keys()) if (!built.files.has(path)) this.find('contents', path, 'added', 'no record asks for it');
  }

  /** Number and chained hash of the records, the manifest and the missing documents, as the chain has them. */
  seal(certificate, built) {
    this.done.add('seal');
    const body = certificate.payload?.body;
    if (body === undefined) return;
    const manifest = this.seen.get(manifestName('sha256', false));
    const checks = { records: built.records, history: built.history, manifest: manifest === undefined ? null : `sha256:${manifest.sha256}`, missing: built.missing };
    let same = true;
    for (const [member, found] of Object.entries(checks)) {
      const stated = body.has(member) ? body.get(member) : member === 'missing' ? [] : null;
      if (compact(stated) === compact(found)) continue;
      this.find('seal', SEAL, 'invalid', `'${member}' is ${compact(stated)} in the sealing record, ${compact(found)} here`);
      same = false;
    }
    this.contents.sealed = same;
  }
}

function verdictOf({ findings, contents }, anchored) {
  if (findings.length > 0) return 'invalid';
  if (!contents.sealed) return 'not_sealed';
  return anchored ? 'valid' : 'not_anchored';
}

/** Outcome of each step. What was not reached, because certificates fail or there is no seal, is skipped. */
function stepsOf({ failed, done }) {
  return ARCHIVE_STEPS.map((step) => ({ step, outcome: failed.has(step) ? 'failed' : done.has(step) ? 'passed' : 'skipped' }));
}

/** Judges the files of a source (`tarSource`, `folderSource`). `anchor`: policy, dated policies or chain. Throws Unusable. */
export async function judgeArchive(source, anchor = {}, progress = () => {}) {
  const check = new Check(source, anchor);
  await check.scan(progress);
  const payload = check.manifests(false);
  check.manifests(true);
  await check.rebuild(payload);
  const judged = { findings: [...check.findings.values()].sort((one, other) => inOrder(one.path, other.path)), contents: check.contents };
  const anchored = [anchor.policy, anchor.policies, anchor.chain].some((one) => one !== null && one !== undefined);
  const steps = stepsOf(check);
  return { ...judged, steps, failedStep: steps.find((one) => one.outcome === 'failed')?.step ?? null, verdict: verdictOf(judged, anchored) };
}
