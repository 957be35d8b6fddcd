// C2SP tlog-checkpoint (`origin\nsize\nbase64(root)\n`) and tlog-proof (index, path, signed checkpoint).
import { u64Text, unbase64, utf8Length } from './bytes.js';
import { MERKLE_PATH_MAX, TLOG_PROOF_BYTES_MAX } from './limits.js';
import { noteOfText } from './note.js';

/** `{text, label, chain}` of `biaozheng.log/<label>/<64 hex>`, or null. */
export function originOfText(text) {
  const found = /^biaozheng\.log\/([a-z0-9-]{1,32})\/([0-9a-f]{64})$/.exec(text);
  return found === null ? null : { text, label: found[1], chain: `sha256:${found[2]}` };
}

const hashOfText = (text) => {
  const bytes = unbase64(text);
  return bytes !== null && bytes.length === 32 ? bytes : null;
};

export function checkpointOfText(text) {
  const lines = text.split('\n');
  if (lines.length !== 4 || lines[3] !== '') return null;
  const [origin, size, root] = [originOfText(lines[0]), u64Text(lines[1]), hashOfText(lines[2])];
  return origin === null || size === null || root === null ? null : { origin, size, root };
}

const HEADER = 'c2sp.org/tlog-proof@v1';

/** `{index, path, note}`, or null. The optional `extra` line is refused. */
export function tlogProofOfText(text) {
  const gap = text.indexOf('\n\n');
  if (gap < 0 || utf8Length(text) > TLOG_PROOF_BYTES_MAX) return null;
  const [header, second = '', ...rest] = text.slice(0, gap).split('\n');
  if (header !== HEADER || !second.startsWith('index ') || rest.length > MERKLE_PATH_MAX) return null;
  const [index, path, note] = [u64Text(second.slice(6)), rest.map(hashOfText), noteOfText(text.slice(gap + 2))];
  return index === null || note === null || path.includes(null) ? null : { index, path, note };
}
