// A static server for the pages, with the headers of `api/src/pages.rs`, and a small API whose answers a test gives.
// The policy text is read from that file, so that what is tested is what is served.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const root = new URL('../../api/web/', import.meta.url);
const source = readFileSync(new URL('../../api/src/pages.rs', import.meta.url), 'utf8');
const policy = /const POLICY: &str = "([^"]+)"/.exec(source)[1].replaceAll(/\\\n\s*/g, '');
const KINDS = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };
const PATHS = new Set([...source.matchAll(/^ {4}(?:HTML|SCRIPT|STYLE|IMAGE|TEXT) "([^"]+)"/gm)].map((one) => `/${one[1]}`));

/** Starts on a free port of loopback. `answers` maps paths (with query) to `{status, body, type}` or a function. */
export async function serve(answers = {}) {
  const asked = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    const path = pathname === '/' ? '/index.html' : pathname;
    if (PATHS.has(path)) {
      response.writeHead(200, { 'content-type': KINDS[path.split('.').at(-1)] ?? 'text/plain', 'content-security-policy': policy, 'x-content-type-options': 'nosniff' });
      response.end(readFileSync(new URL(`.${path}`, root)));
      return;
    }
    asked.push(request.url);
    const answer = answers[decodeURIComponent(request.url)] ?? answers[decodeURIComponent(pathname)] ?? { status: 404, body: { code: 'not_found', detail: 'no such thing' } };
    const { status = 200, body, type = 'application/json' } = typeof answer === 'function' ? answer(new URL(request.url, 'http://x')) : answer;
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  server.unref(); // A test that fails before it stops its server does not keep the run from ending.
  const stop = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  return { origin: `http://127.0.0.1:${server.address().port}`, stop, asked };
}

export const pagePaths = [...PATHS].filter((path) => path.endsWith('.html'));
