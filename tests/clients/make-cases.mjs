// Writes cases of the differential test with the Rust verifier's judgement of each, for clients in other languages.
// The stream of cases is the web verifier's own (`tests/web/differential`): whole certificates and changed ones.
//
//   node make-cases.mjs <count> <seed> <cases file> <judgements file> [plain]
//
// A case is five fields: the first of the nine that `ledger/verify/examples/judge_frames.rs` reads, which gets the others
// as absent. Judgements are one line a case. `plain` leaves out certificates with anchors or timestamps, which the
// Python client does not read.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cases } from '../web/differential/cases.js';
import { Random } from '../web/differential/random.js';

function frame(value) {
  const length = Buffer.alloc(4, 0xff);
  if (value === undefined) return length;
  const bytes = Buffer.from(value);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const [count, seed, casesFile, judgementsFile, plain] = process.argv.slice(2);
const stream = cases(new Random(Number(seed)));
const beyond = /"(anchors|timestamps)"/;
const absent = Array.from({ length: 4 }, () => frame(undefined));
const [frames, framesOfNine] = [[], []];
for (let done = 0; done < Number(count);) {
  const one = stream.next().value;
  if (plain !== undefined && beyond.test(Buffer.from(one.certificate).toString('latin1'))) continue;
  done += 1;
  const document = one.document && `${one.document.digest} ${one.document.size}`;
  const five = [one.certificate, one.policy, one.chain, one.envelope, document].map(frame);
  frames.push(...five);
  framesOfNine.push(...five, ...absent);
}
const input = Buffer.concat(framesOfNine);
const run = spawnSync(process.env.BIAOZHENG_JUDGE, { input, maxBuffer: 1 << 28 });
if (run.status !== 0) throw new Error(`the Rust verifier failed: ${run.error ?? run.stderr}`);
writeFileSync(casesFile, Buffer.concat(frames));
writeFileSync(judgementsFile, run.stdout);
