// Writes cases of the differential test with the Rust verifier's judgement of each, for clients in other languages.
// The stream of cases is the web verifier's own (`tests/web/differential`): whole certificates and changed ones, with and
// without anchors and timestamps, and timestamp tokens alone.
//
//   node make-cases.mjs <count> <seed> <cases file> <judgements file>
//
// A case is the nine fields that `ledger/verify/examples/judge_frames.rs` reads. Judgements are one line a case.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cases } from '../web/differential/cases.js';
import { Random } from '../web/differential/random.js';
import { tokenCases } from '../web/differential/tokens.js';

function frame(value) {
  const length = Buffer.alloc(4, 0xff);
  if (value === undefined) return length;
  const bytes = Buffer.from(value);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const [count, seed, casesFile, judgementsFile] = process.argv.slice(2);
const [stream, tokens] = [cases(new Random(Number(seed))), tokenCases(new Random(Number(seed)))];
/** One case of so many is about a timestamp token alone. */
const TOKEN_EVERY = 8;
const frames = [];
for (let done = 0; done < Number(count); done += 1) {
  const one = (done % TOKEN_EVERY === 0 ? tokens : stream).next().value;
  const document = one.document && `${one.document.digest} ${one.document.size}`;
  const { certificate, policy, chain, envelope, policies, parentPolicies, parentChain, authorities } = one;
  frames.push(...[certificate, policy, chain, envelope, document, policies, parentPolicies, parentChain, authorities].map(frame));
}
const input = Buffer.concat(frames);
const run = spawnSync(process.env.BIAOZHENG_JUDGE, { input, maxBuffer: 1 << 28 });
if (run.status !== 0) throw new Error(`the Rust verifier failed: ${run.error ?? run.stderr}`);
writeFileSync(casesFile, input);
writeFileSync(judgementsFile, run.stdout);
