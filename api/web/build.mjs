// Writes what browsers run: `bundle/*.js`, one plain script for each page, and `verify-offline.html`, the verify page as one file
// without any request. After a change of any file of the pages:
//
//   (cd tests/web && npm ci) && node api/web/build.mjs
//
// A test compares the files with what this writes. esbuild (pinned in tests/web/package.json) joins the modules and spells newer syntax
// for Chromium 80; names and lines stay, so that a bundle can be read beside its source. What a browser of that age lacks besides
// stands in pages/older.js.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = new URL('./', import.meta.url);
const { build, stop } = createRequire(new URL('../../tests/web/package.json', import.meta.url))('esbuild-wasm');
const read = (name) => readFileSync(new URL(name, here), 'utf8');
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const ENTRIES = { explorer: 'pages/explorer.js', verify: 'pages/verify-page.js', regulator: 'pages/regulator.js', operator: 'pages/operator.js' };

/** `{name: text}` of every bundle. */
async function bundles() {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(here), entryPoints: ENTRIES, outdir: 'bundle', bundle: true, format: 'iife', target: 'chrome80', charset: 'utf8',
    write: false, legalComments: 'inline', treeShaking: true, logLevel: 'error',
    banner: { js: '// Made by api/web/build.mjs from the files named below; do not edit.\n"use strict";' },
  });
  await stop();
  return Object.fromEntries(outputFiles.map(({ path, text }) => [`bundle/${path.split('/').at(-1)}`, text]));
}

function offlinePage(verify) {
  const inline = (text) => text.replaceAll('</script', '<\\/script');
  const [floor, codes, script] = [read('floor.js'), read('vendor/jsqr/jsQR.js'), verify].map(inline);
  const style = read('style.css');
  const policy = [
    "default-src 'none'", `script-src ${[floor, codes, script].map(hash).join(' ')}`, `style-src ${hash(style)}`, 'img-src blob: data:',
    "connect-src 'none'", "base-uri 'none'", "form-action 'none'",
  ].join('; ');
  let page = read('verify.html');
  const put = (from, to) => {
    if (!page.includes(from)) throw new Error(`verify.html lacks ${from}`);
    page = page.replace(from, () => to);
  };
  put('<html lang="zh-CN"', '<html lang="zh-CN" data-offline');
  put('<meta name="viewport"', `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<meta name="viewport"`);
  put('<link rel="icon" href="icon.svg" type="image/svg+xml">\n', '');
  put('<link rel="stylesheet" href="style.css">', `<style>${style}</style>`);
  put('<script src="floor.js"></script>\n', `<script>${floor}</script>\n`);
  put('<script src="bundle/verify.js" defer></script>\n', '');
  // An inline script is not deferred, so it stands where everything it looks for is there already.
  put('</body>', `<script>${codes}</script>\n<script>${script}</script>\n</body>`);
  page = page.replace(/<nav [\s\S]*?<\/nav>/, '<strong data-en="Offline verification">离线核验</strong>');
  return page.replace(/<p><a href="verify-offline\.html"[\s\S]*?<\/p>\n?/, '');
}

/** `{path: text}` of every file that is made. */
export async function made() {
  const scripts = await bundles();
  return { ...scripts, 'verify-offline.html': offlinePage(scripts['bundle/verify.js']) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(await made())) writeFileSync(new URL(path, here), text);
}
