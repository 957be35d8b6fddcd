// A real Chromium of an older version, out of the npm packages that carry one packed with brotli, spoken to by the DevTools protocol
// over a pipe. The test library of browser.js asks for newer ones.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const WAIT_MS = 60_000;

/** The packed program of a version; null where its package is not installed. */
function packed(version) {
  const [folder, name] = version === 80 ? ['./', 'chrome-aws-lambda'] : ['./floor/', `chromium-${version}`];
  const file = new URL(`${folder}node_modules/${name}/bin/chromium.br`, import.meta.url);
  return existsSync(file) ? file : null;
}

export const isInstalled = (version) => packed(version) !== null;

/** Unpacks once; the folder is named by the version of the package, so a newer one is unpacked anew. */
function unpacked(version) {
  const from = packed(version);
  const { version: ofPackage } = createRequire(import.meta.url)(new URL('../package.json', from).pathname);
  const folder = join(process.env.BIAOZHENG_CACHE ?? join(homedir(), '.cache/biaozheng'), 'chromium');
  const program = join(folder, `chromium-${version}-${ofPackage}`);
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const partial = `${program}.${process.pid}`;
    writeFileSync(partial, brotliDecompressSync(readFileSync(from)));
    chmodSync(partial, 0o755);
    renameSync(partial, program);
  }
  return program;
}

class Pipe {
  constructor(child) {
    Object.assign(this, { child, count: 0, waiting: new Map(), listeners: [], rest: '' });
    child.stdio[4].setEncoding('utf8');
    child.stdio[4].on('data', (text) => this.take(text));
    child.on('exit', (code) => { for (const { reject } of this.waiting.values()) reject(new Error(`the browser ended with ${code}`)); });
  }

  take(text) {
    const parts = (this.rest + text).split('\0');
    this.rest = parts.pop();
    for (const part of parts) {
      const { id, result, error, method, params } = JSON.parse(part);
      if (id === undefined) this.listeners.forEach((one) => one(method, params));
      else if (error !== undefined) this.waiting.get(id)?.reject(new Error(error.message));
      else this.waiting.get(id)?.resolve(result);
      this.waiting.delete(id);
    }
  }

  send(method, params = {}, sessionId = undefined) {
    this.count += 1;
    const id = this.count;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${method}: no answer`)), WAIT_MS);
      const done = (settle) => (value) => { clearTimeout(late); settle(value); };
      this.waiting.set(id, { resolve: done(resolve), reject: done(reject) });
      this.child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }
}

/** `{version, open, close}`; `open(address)` gives a page with `run`, `until`, `give`, `wrong`. */
export async function startOld(version) {
  const profile = mkdtempSync(join(tmpdir(), 'biaozheng-old-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'];
  const child = spawn(unpacked(version), flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const pipe = new Pipe(child);
  const { product } = await pipe.send('Browser.getVersion');
  const close = async () => {
    const ended = new Promise((done) => { child.on('exit', done); });
    await pipe.send('Browser.close').catch(() => child.kill('SIGKILL'));
    await ended;
    rmSync(profile, { recursive: true, force: true });
  };
  return { product, close, open: (address) => openOld(pipe, address) };
}

async function openOld(pipe, address) {
  const { targetId } = await pipe.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await pipe.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, params) => pipe.send(method, params, sessionId);
  const wrong = [];
  pipe.listeners.push((method, params) => {
    if (method === 'Runtime.exceptionThrown') wrong.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Log.entryAdded' && params.entry.level === 'error') wrong.push(`${params.entry.text} ${params.entry.url ?? ''}`);
  });
  await Promise.all(['Runtime.enable', 'Log.enable', 'Page.enable', 'DOM.enable'].map((one) => send(one)));
  await send('Page.navigate', { url: address });
  const run = async (expression) => {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const until = async (expression, what = expression) => {
    for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
      if (await run(expression).catch(() => false)) return;
      await new Promise((done) => { setTimeout(done, 50); });
    }
    throw new Error(`${what}: not within ${WAIT_MS} ms; ${await run('document.body.innerText').catch(String)}; ${wrong.join('; ')}`);
  };
  const give = async (...paths) => {
    await run("document.getElementById('verdict').removeAttribute('data-verdict')");
    const { root } = await send('DOM.getDocument');
    const { nodeId } = await send('DOM.querySelector', { nodeId: root.nodeId, selector: '#files' });
    await send('DOM.setFileInputFiles', { nodeId, files: paths });
    const verdict = "document.getElementById('verdict').dataset.verdict";
    await until(`${verdict} !== undefined && ${verdict} !== 'working'`, `a verdict on ${paths}`);
    return run(`[${verdict}, (document.querySelector('#steps li.failed') || {dataset: {}}).dataset.step || null]`);
  };
  return { run, until, give, wrong, close: () => pipe.send('Target.closeTarget', { targetId }) };
}
