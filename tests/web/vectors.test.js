// Every golden vector, read by the JavaScript verifier with WebCrypto and again with the plain engine. A file without
// a reader, a member nobody looks at, and an empty list fail the run.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readers } from './vectors/readers.js';
import { useWebCrypto } from '../../api/web/verify/ed25519.js';

const folder = new URL('../vectors/', import.meta.url);

/** Notes which members of a vector are looked at. */
function watched(value, seen, path) {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, name) {
      const one = target[name];
      if (typeof name === 'symbol' || !Object.hasOwn(target, name) || name === 'length') return one;
      seen.add(`${path}/${name}`);
      return watched(one, seen, `${path}/${name}`);
    },
  });
}

function* leaves(value, path) {
  if (value === null || typeof value !== 'object') yield path;
  else for (const [name, one] of Object.entries(value)) yield* leaves(one, `${path}/${name}`);
}

test('every file has a reader and every reader a file', () => {
  assert.deepEqual(readdirSync(folder).sort(), Object.keys(readers).map((name) => `${name}.json`).sort());
});

for (const webCrypto of [true, false]) {
  for (const [name, read] of Object.entries(readers)) {
    test(`${name}, ${webCrypto ? 'WebCrypto' : 'plain JavaScript'}`, async () => {
      assert.equal(useWebCrypto(webCrypto), webCrypto);
      const file = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
      assert.deepEqual(Object.keys(file), ['about', 'regenerate', 'vectors']);
      const seen = new Set();
      const cases = await read(watched(file.vectors, seen, ''));
      assert.ok(cases > 4, `${cases} cases`);
      const unread = [...leaves(file.vectors, '')].filter((path) => !seen.has(path) && !path.endsWith('/name') && !path.endsWith('/why'));
      assert.deepEqual(unread, []);
    });
  }
}
