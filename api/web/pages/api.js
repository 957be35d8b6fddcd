// The node's HTTP API, read only. Every path here stands in openapi.json; what a route may not offer yet is asked of
// the node's own description first, so that nothing is called that is not there.
const TEXT_CHARACTERS_MAX = 8 * 1024 * 1024;
const POLL_MS = 3000;

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `HTTP ${status}`);
    Object.assign(this, { status, code: problem?.code ?? null, stage: problem?.stage ?? null });
  }
}

async function ask(path) {
  const unreachable = () => { throw new ApiError(0, { code: 'unreachable', detail: 'the node cannot be reached' }); };
  const answer = await fetch(path, { headers: { accept: 'application/json, text/plain;q=0.9' }, credentials: 'omit', redirect: 'error' }).catch(unreachable);
  const text = await answer.text().catch(unreachable);
  if (text.length > TEXT_CHARACTERS_MAX) throw new ApiError(answer.status, { detail: 'the answer is too long' });
  return { answer, text };
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** JSON of a path; throws ApiError. */
export async function get(path) {
  const { answer, text } = await ask(path);
  const value = json(text);
  if (!answer.ok) throw new ApiError(answer.status, value);
  if (value === null) throw new ApiError(answer.status, { detail: 'the answer is not JSON' });
  return value;
}

/** Text of a path; throws ApiError. */
export async function getText(path) {
  const { answer, text } = await ask(path);
  if (!answer.ok) throw new ApiError(answer.status, json(text));
  return text;
}

export const path = (...parts) => `/${parts.map((one) => encodeURIComponent(String(one))).join('/')}`;

/** A part of the address as its text; null where it is damaged. */
export function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const PAGE_MAX = 200;

/** All pages of a list, at most `most` items; `order` is `newest` or the list's own. `isCut` on the list: there are more. */
export async function all(base, most, order = null) {
  const items = [];
  let after = null;
  do {
    const query = [`limit=${Math.min(PAGE_MAX, most)}`, order === null ? '' : `&order=${order}`, after === null ? '' : `&after=${encodeURIComponent(after)}`];
    const page = await get(`${base}?${query.join('')}`);
    items.push(...page.items);
    after = page.next ?? null;
  } while (after !== null && items.length < most);
  return Object.assign(items.slice(0, most), { isCut: after !== null || items.length > most });
}

let description = null;

/** True when this node's description names the route. */
export async function offers(route) {
  description ??= get('/openapi.json').catch(() => ({ paths: {} }));
  return Object.hasOwn((await description).paths ?? {}, route);
}

/** Calls `refresh` now and whenever something new may be there: by server-sent events where the node offers them,
    by asking every few seconds where not. Not while the page is hidden. */
export async function follow(refresh) {
  let running = false;
  const once = async () => {
    if (running || document.hidden) return;
    running = true;
    try {
      await refresh();
    } finally {
      running = false;
    }
  };
  await once();
  if (typeof EventSource === 'function' && await offers('/v1/events')) {
    const events = new EventSource('/v1/events');
    events.addEventListener('message', once);
    events.addEventListener('block', once);
    events.addEventListener('open', once);
    // A refused stream is not asked for again by the browser: from then on by asking.
    events.addEventListener('error', () => {
      once(); // A node that went away is said at once, not when it is back.
      if (events.readyState === EventSource.CLOSED) setInterval(once, POLL_MS);
    });
    return 'events';
  }
  setInterval(once, POLL_MS);
  return 'polling';
}
