// A node that answers what a test wants, over a real socket: what a real one does only when it is full or failing.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';

export const json = (value, status = 200, headers = {}) => ({ status, headers, body: JSON.stringify(value) });

export const problem = (status, code, members = {}, headers = {}) =>
  json({ type: `urn:biaozheng:problem:${code}`, title: 'T', status, detail: 'D', code, ...members }, status, headers);

/** Gives the answers in order; null hangs up without one. `work` gets the address and the requests as they come. */
export async function withNode(answers, work) {
  const [left, requests] = [[...answers], []];
  const server = createServer({ keepAlive: false }, async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    const answer = left.shift();
    if (answer === undefined || answer === null) {
      request.socket.destroy();
      return;
    }
    const { status = 200, headers = {}, body: text = '{}', cut = false } = answer;
    response.writeHead(status, { connection: 'close', ...headers });
    if (!cut) {
      response.end(text);
      return;
    }
    response.write(text, () => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const found = await work(`http://127.0.0.1:${server.address().port}`, requests);
    assert.deepEqual(left, [], 'answers were not asked for');
    return found;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
