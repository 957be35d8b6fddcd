// A genesis document: its trust root, the digest of the rest, and the chain id of both. Reads only what names the
// chain; whether nodes and participants make sense is the nodes' business.
import { utf8 } from './bytes.js';
import { fieldHash, toDigest } from './hashing.js';
import { GENESIS_BYTES_MAX } from './limits.js';
import { publicKey } from './names.js';
import { compact, list, object, optional, parsed, parseStrict, struct, text, unsigned } from './strict-json.js';
import { chainId, policyOfTrust } from './trust.js';

const key = parsed(publicKey, 'a public key');
const keyText = parsed((one) => (publicKey(one) === null ? null : one), 'a public key');
const trustShape = struct({ label: text, threshold: unsigned, cosigners: list(struct({ name: text, cosigner_key: key, log_key: key })) });
const nodeShape = struct({ name: text, consensus_key: optional(keyText), network_key: keyText, api_key: keyText });
const shape = struct({ trust: object, rest: object });
const restShape = struct({
  version: unsigned, created_at_ms: unsigned, nonce: text, time: struct({ precision_ms: unsigned, delay_ms: unsigned }),
  nodes: list(nodeShape), participants: list((one) => one),
});

/** The trust root of a parsed value; throws StrictJsonError. */
export function trustOfValue(value) {
  const { label, threshold, cosigners } = trustShape(value);
  return { label, threshold, cosigners: cosigners.map((one) => ({ name: one.name, cosignerKey: one.cosigner_key, logKey: one.log_key })) };
}

function remainderOf(value) {
  const rest = restShape(value);
  // The digest is over the members in the order of the format, whatever the order in the file.
  const nodes = rest.nodes.map((one) => Object.fromEntries(Object.entries(one).filter(([, held]) => held !== null)));
  const parts = Object.entries({ ...rest, nodes }).map(([name, one]) =>
    `${JSON.stringify(name)}:${name === 'participants' ? compact(one) : JSON.stringify(one)}`);
  return toDigest(fieldHash('biaozheng/genesis-rest/v1', [utf8(`{${parts.join(',')}}`)]));
}

/** `{trust, remainder, chain, policy}` of a genesis text, or null. */
export function genesisOf(bytes) {
  if (bytes.length > GENESIS_BYTES_MAX) return null;
  try {
    const genesis = shape(parseStrict(bytes));
    const [trust, remainder] = [trustOfValue(genesis.trust), remainderOf(genesis.rest)];
    const chain = chainId(trust, remainder);
    const policy = policyOfTrust(trust, chain);
    return policy === null ? null : { trust, remainder, chain, policy };
  } catch {
    return null;
  }
}
