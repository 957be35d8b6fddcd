// Pictures of QR codes by Debian's qrencode, an encoder that shares nothing with the reader under test.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

export function qrPicture(text) {
  const run = spawnSync('qrencode', ['-t', 'PNG', '-s', '6', '-o', '-', text], { maxBuffer: 1 << 22 });
  assert.equal(run.status, 0, String(run.stderr));
  return run.stdout;
}
