// The client against a node that is full, failing, lying, or gone.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  AddressError, Author, Busy, Client, Gone, NotFound, Pending, Problem, Refused, SecretKey, Unexpected, Unreachable,
} from '../src/index.js';
import { problemOf } from '../src/errors.js';
import { golden } from './golden.js';
import { json, problem, withNode } from './node.js';

const digest = (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const QUICK = { totalMs: 10_000, pauseFirstMs: 1, pauseMaxMs: 10 };
const RECORD = new Author('ORG-1', new SecretKey(new Uint8Array(32).fill(1)), digest('chain')).record('evidence.recorded/1', {}).sign(1);
const submission = (stage, more = {}) => json({ record: RECORD.id, stage, receipt: { payload: '' }, ...more }, 201);
const client = (url, patience = QUICK) => new Client(url, { patience });

async function failure(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
}

async function all(items) {
  const found = [];
  for await (const one of items) found.push(one);
  return found;
}

test('a submission sends the same bytes again until it is certified', async () => {
  const answers = [null, problem(503, 'not_ready'), submission('received'), submission('certified', { certificate: { a: 1 } })];
  await withNode(answers, async (url, requests) => {
    const found = await client(url).submit(RECORD);
    assert.ok(found.reached('certificate'));
    assert.deepEqual(found.certificate, { a: 1 });
    assert.deepEqual([requests.length, ...new Set(requests.map((one) => one.body))], [4, RECORD.json]);
    for (const one of requests) assert.match(one.line, /^POST \/v1\/records\?wait=certificate&timeout_ms=[0-9]+$/);
  });
});

test('a refusal by a rule is final and says which', async () => {
  const members = { rule: 'bid_deadline', value: '2026', article: '招标投标法 28', message_zh: '已过投标截止时间' };
  await withNode([problem(422, 'bid_late', members, { 'x-request-id': 'r-1' })], async (url) => {
    const found = await failure(() => client(url).submit(RECORD));
    assert.ok(found instanceof Refused && !found.isTemporary);
    assert.equal(found.message, 'bid_late: D 已过投标截止时间 [rule bid_deadline, value 2026, article 招标投标法 28] (HTTP 422, request r-1)');
    assert.deepEqual([found.name, found.rule, found.messageZh], ['Refused', 'bid_deadline', '已过投标截止时间']);
  });
});

test('Retry-After is kept', async () => {
  await withNode([problem(429, 'full', {}, { 'retry-after': '1' }), submission('committed')], async (url) => {
    const started = performance.now();
    assert.equal((await client(url).submit(RECORD, { wait: 'committed' })).stage, 'committed');
    assert.ok(performance.now() - started >= 999);
  });
});

test('a node that asks for more patience than there is ends the call', async () => {
  await withNode([problem(503, 'not_ready', {}, { 'retry-after': '3600' })], async (url) => {
    const found = await failure(() => client(url).status());
    assert.ok(found instanceof Busy);
    assert.equal(found.retryAfterS, 3600);
  });
});

test('Retry-After as a date is held against the server\'s own clock', () => {
  const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
  const asked = (retry, from = date) => problemOf(503, '{"code":"not_ready"}', new Headers({ 'retry-after': retry, date: from }))?.retryAfterS;
  for (const one of ['Sun, 06 Nov 1994 08:50:37 GMT', 'Sunday, 06-Nov-94 08:50:37 GMT', 'Sun Nov  6 08:50:37 1994']) assert.equal(asked(one), 60);
  assert.equal(asked('Sun, 06 Nov 1994 08:00:00 GMT'), 0);
  assert.equal(asked('Sat, 06 Nov 2094 08:00:00 GMT'), 604_800);
  assert.equal(asked('99999999999999'), 604_800);
  assert.equal(asked('Sun, 06 Nov 1994 08:50:37 GMT', 'nonsense'), 0);
  for (const nothing of ['soon', '-1', '1.5', '2026-11-30T00:00:00Z', 'Sun, 99 Nov 1994 08:50:37 GMT']) assert.equal(asked(nothing), null);
});

test('a proxy whose node is away is temporary, and a redirect says where to', async () => {
  const page = (status, headers = {}) => ({ status, headers, body: '<html>' });
  await withNode([page(502)], async (url) => {
    const found = await failure(() => client(url, { totalMs: 5, pauseFirstMs: 10, pauseMaxMs: 10 }).status());
    assert.ok(found instanceof Problem && found.isTemporary && found.status === 502);
  });
  await withNode([page(308, { location: '/elsewhere' })], async (url) => {
    const found = await failure(() => client(url).status());
    assert.ok(found instanceof Unexpected);
    assert.ok(found.message.includes(`(308) to ${url}/elsewhere`), found.message);
  });
});

test('a receipt outlives a later fault', async () => {
  await withNode([submission('received'), problem(503, 'not_ready', {}, { 'retry-after': '60' })], async (url) => {
    const found = await client(url).submit(RECORD);
    assert.deepEqual([found.reached('committed'), found.receipt], [false, { payload: '' }]);
  });
});

test('a record that stands already has a block and no receipt', async () => {
  const block = { height: 7, time_ms: 1790000000000, position: 0 };
  await withNode([submission('committed', { receipt: null, block })], async (url) => {
    const found = await client(url).submit(RECORD, { wait: 'receipt' });
    assert.deepEqual([found.receipt, found.block, found.reached('committed')], [null, block, true]);
  });
  await withNode([submission('received'), submission('certified', { receipt: null, block })], async (url) => {
    const found = await client(url).submit(RECORD);
    assert.deepEqual(found.receipt, { payload: '' }, 'that of the first try');
  });
  for (const lie of [{ receipt: null }, { receipt: null, block, stage: 'received' }]) {
    await withNode([submission('committed', lie)], async (url) => {
      assert.ok((await failure(() => client(url).submit(RECORD, { wait: 'receipt' }))) instanceof Unexpected);
    });
  }
});

test('an answer about another record, or without a receipt, is refused', async () => {
  const lies = [json({ record: digest('x'), stage: 'certified', receipt: {} }, 201), json({ record: RECORD.id }, 201), json([], 201)];
  for (const one of lies) await withNode([one], async (url) => assert.ok(await failure(() => client(url).submit(RECORD)) instanceof Unexpected));
});

test('problems have types', async () => {
  for (const [status, code, Kind] of [[404, 'not_found', NotFound], [409, 'pending', Pending], [410, 'refused', Gone], [400, 'query', Problem]]) {
    await withNode([problem(status, code)], async (url) => {
      const found = await failure(() => client(url).record(RECORD.id));
      assert.deepEqual([found.constructor, found.status, found.code], [Kind, status, code]);
    });
  }
});

test('a certificate is waited for and kept byte for byte', async () => {
  const body = '{ "format": "biaozheng-certificate/1" }\n';
  await withNode([problem(404, 'not_found'), problem(409, 'pending', { stage: 'committed' }), { body }], async (url, requests) => {
    assert.equal(Buffer.from(await client(url).waitForCertificate(RECORD.id)).toString(), body);
    assert.equal(requests[0].line, `GET /v1/records/${RECORD.id}/certificate`);
  });
  await withNode([problem(409, 'pending')], async (url) => {
    assert.ok(await failure(() => client(url).waitForCertificate(RECORD.id, { totalMs: 0 })) instanceof Pending);
  });
});

test('answers of another program are told apart', async () => {
  const odd = [
    { body: '<html>' }, { body: '[]' }, { body: Buffer.of(0xff) }, { status: 500, body: 'oops' }, { status: 404, body: '{"status":404}' },
    { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }, { body: '['.repeat(100_000) },
  ];
  for (const one of odd) await withNode([one], async (url) => assert.ok(await failure(() => client(url).status()) instanceof Unexpected));
});

test('an answer cut short is asked for again', async () => {
  await withNode([{ body: '{"height":', headers: { 'content-length': '90' }, cut: true }, json({ height: 7 })], async (url) => {
    assert.deepEqual(await client(url).status(), { height: 7 });
  });
});

test('nobody there', async () => {
  const url = await withNode([], async (address) => address);
  assert.ok(await failure(() => client(url, { ...QUICK, totalMs: 50 }).status()) instanceof Unreachable);
});

test('pages are read to the last', async () => {
  await withNode([json({ items: [{ id: 1 }, { id: 2 }], next: 'a b' }), json({ items: [{ id: 3 }] })], async (url, requests) => {
    assert.deepEqual((await all(client(url).projects())).map((one) => one.id), [1, 2, 3]);
    assert.equal(requests[1].line, 'GET /v1/projects?after=a+b');
  });
});

test('a rulebook with other text is refused', async () => {
  await withNode([{ body: 'text' }, { body: 'other' }], async (url) => {
    assert.equal(await client(url).rulebook(digest('text')), 'text');
    assert.ok(await failure(() => client(url).rulebook(digest('text'))) instanceof Unexpected);
  });
});

test('an id cannot become another path', async () => {
  await withNode([json({})], async (url, requests) => {
    await client(url).project('../status?x=1#y');
    assert.equal(requests[0].line, 'GET /v1/projects/..%2Fstatus%3Fx%3D1%23y');
  });
  for (const id of ['', '.', '..']) assert.ok(await failure(() => client('http://127.0.0.1:1').project(id)) instanceof AddressError);
});

test('bad addresses', () => {
  for (const one of ['127.0.0.1:80', 'ftp://x', 'http://', 'http://x?y', 'http://x:99999', 'http://u@x']) {
    assert.throws(() => new Client(one), AddressError, one);
  }
});

const event = (height, holds = height) => `id: ${height}\nevent: block\ndata: ${JSON.stringify({ height: holds, records: 0 })}\n\n`;

test('a stream goes on where it was cut', async () => {
  const answers = [
    json({ height: 4 }), { body: `: hello\n\n${event(5)}${event(6)}id: 7\nevent: blo` }, null, problem(503, 'busy', {}, { 'retry-after': '0' }),
    { body: `${event(7).replaceAll('\n', '\r\n')}event: other\ndata: x\n\n${event(8)}` },
  ];
  await withNode(answers, async (url, requests) => {
    const [stream, heights] = [await client(url).events(), []];
    for await (const block of stream) {
      heights.push(block.height);
      if (block.height === 8) break;
    }
    assert.deepEqual([heights, stream.last], [[5, 6, 7, 8], 8]);
    assert.deepEqual(requests.slice(1).map((one) => one.headers['last-event-id']), ['4', '6', '6', '6']);
  });
});

test('a gap, a repeat, another block or a fault that stays ends the stream', async () => {
  for (const body of [event(6), event(5) + event(5), event(5, 6), 'id: 5\nevent: block\ndata: {\n\n']) {
    await withNode([{ body }], async (url) => {
      const stream = await client(url).events({ after: 4 });
      assert.ok(await failure(() => all(stream)) instanceof Unexpected);
    });
  }
  await withNode([problem(400, 'query')], async (url) => {
    const stream = await client(url).events({ after: 4 });
    assert.ok(await failure(() => all(stream)) instanceof Problem);
  });
});

test('every route of the client is in the contract', async () => {
  const contract = golden('api/openapi.json').paths;
  const calls = {
    '/v1/records': (it) => it.submit(RECORD, { wait: 'receipt' }),
    '/v1/records/{id}': (it) => it.record('x'),
    '/v1/records/{id}/certificate': (it) => it.certificate('x'),
    '/v1/projects': (it) => all(it.projects()),
    '/v1/projects/{id}': (it) => it.project('x'),
    '/v1/projects/{id}/heads': (it) => it.projectHeads('x'),
    '/v1/projects/{id}/records': (it) => all(it.projectRecords('x')),
    '/v1/participants': (it) => all(it.participants()),
    '/v1/participants/{org}': (it) => it.participant('x'),
    '/v1/blocks': (it) => all(it.blocks()),
    '/v1/blocks/{height}': (it) => it.block(7),
    '/v1/checkpoint': (it) => it.checkpoint(),
    '/v1/consistency': (it) => it.consistency(1, 2),
    '/v1/genesis': (it) => it.genesis(),
    '/v1/policy': (it) => it.policy(),
    '/v1/status': (it) => it.status(),
  };
  for (const [path, call] of Object.entries(calls)) {
    await withNode([json({ items: [], record: RECORD.id, stage: 'received', receipt: {} })], async (url, requests) => {
      await call(client(url));
      const [method, target] = requests[0].line.split(' ');
      const [given, query = ''] = target.split('?');
      assert.equal(given, path.replace(/\{(id|org)\}/, 'x').replace('{height}', '7'));
      const known = (contract[path][method.toLowerCase()].parameters ?? []).map((one) => one.name);
      for (const name of new URLSearchParams(query).keys()) assert.ok(known.includes(name), `${path}: ${name}`);
    });
  }
});
