// Writes verify-offline.html: the verify page as one file without any request, for use from disk. Run by hand after a
// change of the page (`node api/web/build-offline.mjs`); a test compares the file with what this writes.
//
// The modules are joined in the order of their imports, each in a function of its own. This understands the import
// and export forms used here and in the vendored files and stops at any other.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = new URL('./', import.meta.url);
const read = (name) => readFileSync(new URL(name, here), 'utf8');
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const IMPORT = /^import (?:\* as (\w+)|\{([^}]*)\}) from ['"](\.[^'"]+)['"];\n/gm;
const EXPORT_LIST = /^export \{([^}]*)\};?\n?/gm;
const EXPORT = /^export (async function\*?|function\*?|class|const) (\w+)/gm;

const names = (list) => list.split(',').map((one) => one.trim()).filter((one) => one !== '');

function moduleOf(name, done) {
  if (done.has(name)) return;
  let text = read(name);
  const url = new URL(name, here);
  const exported = [...text.matchAll(EXPORT)].map((one) => one[2]);
  const imports = [...text.matchAll(IMPORT)].map(([, whole, list, from]) => {
    const path = new URL(from, url).href.slice(here.href.length);
    moduleOf(path, done);
    return { whole, list, variable: done.get(path).variable };
  });
  text = text.replace(IMPORT, '').replace(EXPORT, '$1 $2').replace(EXPORT_LIST, (_, list) => {
    exported.push(...names(list));
    return '';
  });
  if (/^\s*(import|export) /m.test(text.replace(/\/\*[\s\S]*?\*\//g, ''))) throw new Error(`${name}: a form of import or export this does not know`);
  const heads = imports.map(({ whole, list, variable }) => `const ${whole ?? `{ ${names(list ?? '').map((one) => one.replace(/ as /, ': ')).join(', ')} }`} = ${variable};\n`);
  const variable = `module${done.size}`;
  const wait = /^await /m.test(text);
  done.set(name, { variable, text: `// ${name}\nconst ${variable} = ${wait ? 'await (async ' : '('}() => {\n${heads.join('')}${text}\nreturn { ${exported.join(', ')} };\n})();\n` });
}

/** The whole file. */
export function offlinePage() {
  const done = new Map();
  moduleOf('pages/verify-page.js', done);
  const script = [...done.values()].map((one) => one.text).join('\n').replaceAll('</script', '<\\/script');
  const codes = read('vendor/jsqr/jsQR.js').replaceAll('</script', '<\\/script');
  const style = read('style.css');
  const policy = [
    "default-src 'none'", `script-src ${hash(script)} ${hash(codes)}`, `style-src ${hash(style)}`, 'img-src blob: data:',
    "connect-src 'none'", "base-uri 'none'", "form-action 'none'",
  ].join('; ');
  const put = (page, from, to) => {
    if (!page.includes(from)) throw new Error(`verify.html lacks ${from}`);
    return page.replace(from, () => to);
  };
  let page = read('verify.html');
  page = put(page, '<html lang="zh-CN"', '<html lang="zh-CN" data-offline');
  page = put(page, '<meta name="viewport"', `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<meta name="viewport"`);
  page = put(page, '<link rel="icon" href="icon.svg" type="image/svg+xml">\n', '');
  page = put(page, '<link rel="stylesheet" href="style.css">', `<style>${style}</style>`);
  page = put(page, '<script type="module" src="pages/verify-page.js"></script>', `<script>${codes}</script>\n<script type="module">${script}</script>`);
  page = page.replace(/<nav [\s\S]*?<\/nav>/, '<strong data-en="Offline verification">离线核验</strong>');
  return page.replace(/<p><a href="verify-offline\.html"[\s\S]*?<\/p>\n?/, '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(new URL('verify-offline.html', here), offlinePage());
