// A TypeScript program of somebody else's: the packed package gives types and runs.
// @ts-expect-error There are no types of Node.js here.
import { readFileSync } from 'node:fs';
import { Author, Client, SecretKey, type SignedRecord } from '@biaozheng/client';
import { seal, SealingGroup, SealError, type SealedEntry } from '@biaozheng/client/sealing';
import { judge, type Judgement } from '@biaozheng/client/verify';

declare const process: { argv: string[] };

const chain = `sha256:${'0'.repeat(64)}`;
const record: SignedRecord = new Author('ORG-1', SecretKey.generate(), chain).record('tender.published/1', { number: 1 }).sign(1);
const client: Client = new Client('http://127.0.0.1:8600');
const found: Judgement = await judge('{}');
const sealer: (...given: Parameters<typeof seal>) => { entry: SealedEntry } = seal;
// @ts-expect-error A chain is a text.
const wrong = () => new Author('ORG-1', SecretKey.generate(), 1);

const [file = ''] = process.argv.slice(2);
const { vectors } = JSON.parse(readFileSync(file, 'utf8'));
const valid = vectors.find((one: { verdict: string }) => one.verdict === 'valid');
const { verdict } = await judge(valid.certificate, { policy: valid.policy, chain: valid.chain });
let refused = false;
try {
  new SealingGroup(chain, new Uint8Array(96));
} catch (error) {
  refused = error instanceof SealError;
}
if (verdict !== 'valid' || found.verdict !== 'unusable' || !refused || !record.id.startsWith('sha256:') || client.baseUrl === '') {
  throw new Error('the packed package does not work');
}
console.log(`packed package: ${verdict}, ${typeof sealer}, ${typeof wrong}`);
