// Manifests of a bag: `<64 hex>  <path>`, one line a file, sorted by path. One spelling; any other is refused.
import { utf8, utf8Text } from '../verify/bytes.js';
import { FILES_MAX } from './limits.js';
import { isBagPath } from './path.js';

export const ALGORITHMS = ['sha256', 'sm3'];
export const manifestName = (algorithm, tags) => `${tags ? 'tag' : ''}manifest-${algorithm}.txt`;

/** `entries`: `[path, digits]` in order. */
export const manifestBytes = (entries) => utf8(entries.map(([path, digits]) => `${digits}  ${path}\n`).join(''));

/** Digits by path, or `{line}` for the line that is refused, counted from 1. */
export function readManifest(bytes) {
  const text = utf8Text(bytes);
  if (text === null) return { line: 0 };
  const entries = new Map();
  const lines = text.split('\n');
  const rest = lines.pop();
  if (rest !== '') lines.push(rest);
  let last = '';
  for (const [index, line] of lines.entries()) {
    const found = /^([0-9a-f]{64}) {2}(.*)$/s.exec(line);
    if (found === null || !isBagPath(found[2]) || found[2] <= last || entries.size >= FILES_MAX) return { line: index + 1 };
    [, , last] = found;
    entries.set(last, found[1]);
  }
  return rest === '' ? { entries } : { line: entries.size };
}
