// A Chromium for the tests, with every message of a page kept: a refused script, style or request shows up there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

const QUIET = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Every browser has a new empty profile of its own, which the library makes and removes. */
export const openBrowser = (more = [], env = {}) =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...QUIET, ...more], env: { ...process.env, ...env } });

/** A page with the list of what went wrong on it. */
export async function openPage(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(error.message));
  await page.goto(address);
  return { page, wrong, close: () => context.close() };
}

export const file = (name, content, mimeType = 'application/octet-stream') => ({ name, mimeType, buffer: Buffer.from(content) });

/** Gives files to the drop zone's input and waits for the verdict. */
export async function give(page, ...files) {
  await page.evaluate(() => document.getElementById('verdict').removeAttribute('data-verdict'));
  await page.setInputFiles('#files', files);
  return verdict(page);
}

export async function verdict(page) {
  await page.waitForSelector('#verdict[data-verdict]:not([data-verdict=working])', { state: 'attached' });
  const failed = await page.locator('#steps li.failed').evaluateAll((list) => list.map((one) => one.dataset.step));
  return { verdict: await page.getAttribute('#verdict', 'data-verdict'), text: (await page.textContent('#verdict')).trim(), failed: failed[0] ?? null };
}

/** No serious finding of axe. It runs outside the page's own policy, in an isolated world of the tests. */
export async function assertAccessible(page, name) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
  const run = async (expression, awaitPromise = false) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, contextId: executionContextId, awaitPromise, returnByValue: true });
    assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
    return result.value;
  };
  await run(`${axe};0`);
  const found = await run(`axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify({passes: r.passes.length, violations: r.violations.map((v) => [v.impact, v.id, v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary)])}))`, true);
  const { passes, violations } = JSON.parse(found);
  assert.ok(passes > 10, `${name}: axe looked at ${passes} rules only`);
  assert.deepEqual(violations.filter(([impact]) => ['serious', 'critical'].includes(impact)), [], name);
  await session.detach();
}

/** Drops files and folders of the disk on an element, as a hand would. */
export async function dropPaths(page, selector, paths) {
  await page.evaluate(() => document.getElementById('verdict').removeAttribute('data-verdict'));
  await page.locator(selector).scrollIntoViewIfNeeded();
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data });
  }
  await session.detach();
}
