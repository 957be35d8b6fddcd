// What must hold of the files themselves: vendored code is the published code, nothing turns text into markup, no
// file asks another origin, and the lock file names no registry.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { made } from '../../api/web/build.mjs';
import { ITEMS_COUNT, itemOf, STAGES } from '../../api/web/archive/items.js';
import { FIELDS, TYPES, WORDS } from '../../api/web/pages/fields.js';
import { RULES } from '../../api/web/pages/rules.js';

const web = new URL('../../api/web/', import.meta.url);
const read = (name, base = web) => readFileSync(new URL(name, base), 'utf8');
const inside = (folder) => readdirSync(new URL(folder, web)).filter((name) => /\.(js|html|css)$/.test(name)).map((name) => folder + name);

test('vendored files are byte for byte those of the locked packages', () => {
  const copies = {
    'vendor/noble-ed25519/index.js': '@noble/ed25519/index.js', 'vendor/noble-ed25519/LICENSE': '@noble/ed25519/LICENSE',
    ...Object.fromEntries(['sha2.js', '_md.js', '_u64.js', 'utils.js', 'LICENSE'].map((name) => [`vendor/noble-hashes/${name}`, `@noble/hashes/${name}`])),
    'vendor/jsqr/jsQR.js': 'jsqr/dist/jsQR.js', 'vendor/jsqr/LICENSE': 'jsqr/LICENSE',
  };
  for (const [copy, original] of Object.entries(copies)) {
    assert.equal(read(copy), read(`node_modules/${original}`, import.meta.url), copy);
  }
  const vendored = readdirSync(new URL('vendor/', web), { recursive: true, withFileTypes: true }).filter((one) => one.isFile() && one.name !== 'README.md').length;
  assert.equal(vendored, Object.keys(copies).length, 'no file without an original');
});

test('what browsers run is what build.mjs makes of the modules', async () => {
  const files = await made();
  assert.deepEqual(Object.keys(files).filter((name) => name.startsWith('bundle/')).sort(), inside('bundle/').sort());
  for (const [name, text] of Object.entries(files)) assert.ok(read(name) === text, `${name} is old; run: node api/web/build.mjs`);
});

test('bundles are spelled for the floor of browsers and can be read', () => {
  for (const name of inside('bundle/')) {
    const text = read(name);
    assert.doesNotMatch(text, /\?\?=|\|\|=|&&=|^await |\bstatic \{|\.#\w/m, name);
    const lines = text.split('\n');
    assert.ok(lines.every((line) => line.length < 2000) && text.length / lines.length < 120, `${name} was minified`);
    assert.match(text, /^ {2}\/\/ pages\/older\.js$/m, `${name} lacks what old browsers lack`);
  }
  // The notice itself must run where nothing else does: no syntax younger than ES5.
  assert.doesNotMatch(read('floor.js').replace(/^\/\/.*$/gm, ''), /=>|`|\b(?:let|const|class|async|await)\b|\.\.\./);
});

test('fields, words and titles of records are those of the PDF, and every record type and field has one', () => {
  const rows = read('../../ledger/pdf/src/fields.tsv', web).split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
  assert.ok(rows.every((row) => row.length === 4 && row.every((part) => part !== '')));
  const of = (sign) => Object.fromEntries(rows.filter(([name]) => name.startsWith(sign)).map(([name, , zh, en]) => [name.slice(1), [zh, en]]));
  assert.deepEqual([of('='), of('!')], [WORDS, TYPES]);
  assert.deepEqual(Object.fromEntries(rows.filter(([name]) => !/^[=!]/.test(name)).map(([name, ...rest]) => [name, rest])), FIELDS);
  const types = [...read('../../contracts/src/records/table.rs', web).matchAll(/^ {4}"([a-z_.]+)\/\d+": /gm)].map(([, name]) => name);
  assert.ok(types.length > 80);
  assert.deepEqual(types.filter((name) => !Object.hasOwn(TYPES, name)), []);
  const lacking = [];
  for (const file of readdirSync(new URL('../../contracts/src/', web), { recursive: true }).filter((name) => name.endsWith('.rs'))) {
    const source = read(`../../contracts/src/${file}`, web);
    for (const [, fields] of source.matchAll(/#\[serde\(deny_unknown_fields\)\]\npub struct \w+ \{([^]*?)\n\}/g)) {
      lacking.push(...[...fields.matchAll(/^ {4}pub (\w+):/gm)].map(([, name]) => name).filter((name) => !Object.hasOwn(FIELDS, name)).map((name) => `${file} ${name}`));
    }
  }
  assert.deepEqual(lacking, [], 'a field without a name for people');
});

test('no page code turns text into markup or code, or keeps script and style in a page', () => {
  const scripts = [...inside('pages/'), ...inside('verify/'), ...inside('archive/')];
  assert.ok(scripts.length > 25);
  for (const name of scripts) {
    assert.doesNotMatch(read(name), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|setHTML|javascript:/, name);
    assert.doesNotMatch(read(name), /https?:\/\/(?!www\.w3\.org\/2000\/svg)[a-z]/, `${name} names another origin`);
  }
  for (const name of inside('').filter((one) => one.endsWith('.html') && one !== 'verify-offline.html')) {
    assert.doesNotMatch(read(name), /<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|https?:\/\//, name);
  }
});

test('verification asks no network and reads no clock', () => {
  for (const name of [...inside('verify/'), ...inside('archive/')]) assert.doesNotMatch(read(name), /fetch\(|XMLHttpRequest|WebSocket|EventSource|\bDate\b(?!:)|performance\.|Math\.random|document\.(?:get|query|create|cookie|body)|\bwindow\b|localStorage/, name);
});

test('files stay small', () => {
  const tables = ['pages/fields.js'];
  for (const name of [...inside('pages/'), ...inside('verify/'), ...inside('archive/')]) assert.ok(read(name).split('\n').length <= 400 || tables.includes(name), name);
});

test('versions are exact and the lock file names no registry', () => {
  for (const folder of ['./', './floor/']) {
    const { devDependencies } = JSON.parse(read(`${folder}package.json`, import.meta.url));
    for (const [name, version] of Object.entries(devDependencies)) assert.match(version, /^(?:npm:[a-z@/-]+@)?\d+\.\d+\.\d+$/, name);
    const lock = read(`${folder}package-lock.json`, import.meta.url);
    assert.doesNotMatch(lock, /"resolved"|https?:\/\/(?!(?:opencollective|github|paulmillr|www\.patreon|www\.buymeacoffee|tidelift|feross)[./])/);
    // What the packages with a browser inside depend on is never run: one file of each is read.
    const idle = /^node_modules\/(?:lambdafs|chromium-\d+\/node_modules)(?:\/|$)/;
    const direct = Object.keys(JSON.parse(lock).packages).filter((name) => name !== '' && !idle.test(name));
    if (folder === './') assert.deepEqual(direct.map((name) => name.slice('node_modules/'.length)).sort(), Object.keys(devDependencies).sort());
  }
});

test('the archive’s table of record types is the one of its own crate', () => {
  const source = read('../../ledger/archive/src/stage.rs', web);
  const folders = Object.fromEntries([...source.matchAll(/Self::(\w+) => "([^"]+)"/g)].map(([, name, folder]) => [name, folder]));
  const pattern = /item\(\s*"([^"]+)",\s*Stage::(\w+),\s*\("([^"]+)", "([^"]+)"\),\s*Needed::(\w+),\s*(true|false),?\s*\)/g;
  const items = [...source.matchAll(pattern)].map(([, name, stage, titleZh, titleEn, needed, withDocument]) =>
    ({ name, stage: folders[stage], titleZh, titleEn, needed: needed.toLowerCase(), withDocument: withDocument === 'true' }));
  assert.ok(items.length > 60 && items.length === source.match(/^ {4}item\(/gm).length, `${items.length} items`);
  for (const one of items) assert.deepEqual(itemOf(one.name), one);
  assert.equal(ITEMS_COUNT, items.length, 'no item more');
  for (const [, name, zh, en] of source.matchAll(/Self::(\w+) => \("([^"]+)", "([^"]+)"\)/g)) assert.deepEqual(STAGES[folders[name]], [zh, en]);
});

test('titles of the supervision rules are those of their crate', () => {
  const words = read('../../contracts/supervision/src/words.rs', web);
  const rows = [...words.matchAll(/^ {4}"([^"]+)", "[^"]+", "([^"]+)", "([^"]+)";$/gm)].map(([, id, en, zh]) => [id, [zh, en]]);
  // Duties stand in the rows of the rulebook's parameters.
  const folder = new URL('../../contracts/src/rulebook/parameters/', import.meta.url);
  for (const file of readdirSync(folder).sort()) {
    const limits = readFileSync(new URL(file, folder), 'utf8').matchAll(/rule: "([^"]+)",[^}]*?title: "([^"]+)",\s*title_zh: "([^"]+)"/g);
    for (const [, id, en, zh] of limits) rows.push([id, [zh, en]]);
  }
  assert.ok(rows.length >= 50);
  assert.deepEqual(RULES, Object.fromEntries(rows));
});
