// Who won, at which price: on the project's page, on the record's page and beside a verdict, by name and in yuan. Nothing else than what
// the node publishes, and a record's hostile text stays text.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, openBrowser, openPage } from './browser.js';
import { recordOf, listing, LISTING, TENDER, tender, withProjects } from './results-answers.js';
import { serve } from './server.js';

let browser;
before(async () => { browser = await openBrowser(); });
after(async () => { await browser.close(); });

async function explorer(node, hash) {
  const site = await serve(node.answers);
  const opened = await openPage(browser, `${site.origin}/index.html#${hash}`, { viewport: { width: 1280, height: 900 } });
  await opened.page.waitForSelector('#found section');
  return { ...opened, site, text: () => opened.page.textContent('#found'), rows: (index) => opened.page.locator('#found table').nth(index).locator('tbody tr').evaluateAll((list) => list.map((row) => [...row.cells].map((cell) => cell.textContent))) };
}

async function assertPlain(page) {
  assert.equal(await page.locator('main img, main script, main iframe, [onerror], [style]').count(), 0, 'hostile text became markup');
  assert.doesNotMatch(await page.textContent('main'), /\u202e/, 'a character that turns text around was shown');
}

test('a tender: the winner by name with its price, the ranking, the cheaper bid that was disqualified and why, the contract', async () => {
  const { page, wrong, close, site, text, rows } = await explorer(withProjects(tender()), `project=${TENDER}`);
  const shown = await text();
  assert.match(shown, /中标人福建甲建设有限公司（BIDDER-A）/);
  assert.match(shown, /中标价900,000\.00 元/);
  assert.match(shown, /得分89\.71/);
  assert.match(shown, /合同价895,000\.00 元/);
  assert.match(shown, /东区交易中心（EAST）、福建甲建设有限公司（BIDDER-A） · /, 'who signed the contract');
  const [first, second, third] = await rows(0);
  assert.deepEqual([first[0], first[1], first[2], first[4]], ['1', '福建甲建设有限公司（BIDDER-A）', '900,000.00', '★ 中标']);
  assert.deepEqual([second[0], second[1], second[4]], ['2', '福建丙建设有限公司（BIDDER-C）', '中标候选人']);
  assert.match(third[4], /^✗ 被否决：资质不符/, 'the reason as it was corrected');
  assert.equal(third[2], '800,000.00');
  // Candidates are those publicised after the correction.
  assert.match(await page.textContent('#found ol:not(.timeline)'), /^福建甲建设有限公司（BIDDER-A）福建丙建设有限公司/);
  assert.match(shown, /更正、变更与终止.*修改.*工期改为 90 天.*更正评标结果.*业绩分更正/s);
  await assertPlain(page);
  await assertAccessible(page, 'a tender with its result');
  await page.click('#language');
  assert.match(await text(), /Winner福建甲建设有限公司（BIDDER-A）Awarded price900,000\.00 yuan/);
  assert.deepEqual(wrong, []);
  await close();
  await site.stop();
});

test('a land deal: offers, who is behind each number, the sale and the contract, and never 没有投标', async () => {
  const { page, wrong, close, site, text, rows } = await explorer(withProjects(listing()), `project=${LISTING}`);
  const shown = await text();
  assert.doesNotMatch(shown, /没有投标|有效投标|投标人各自公开/);
  assert.match(shown, /成交（竞得）人福建鎏置业有限公司（LAND）.*成交价5,300,000\.00 元/s);
  assert.match(shown, /成交确认5,300,000\.00 元.*合同价5,300,000\.00 元.*起始价5,000,000\.00 元.*增价幅度100,000\.00 元/s);
  const offers = await rows(0);
  assert.deepEqual(offers.map((row) => row.slice(0, 3)).map(([number, , amount]) => [number, amount]), [['N-9', '5,300,000.00 元'], ['N-7', '5,000,000.00 元']]);
  assert.match(offers[0][1], /福建鎏置业有限公司（LAND）/);
  assert.equal(offers[0][4], '★ 成交');
  await assertPlain(page);
  await assertAccessible(page, 'a land deal');
  assert.ok(!site.asked.some((path) => /participants\/N-/.test(path)), 'a number is nobody in the register');
  assert.deepEqual(wrong, []);
  await close();
  await site.stop();
});

test('before the end of a listing offers stand under numbers, and before the opening of a tender nothing is shown', async () => {
  const running = listing({ stage: 'listed', stages: [{ stage: 'registered', time_ms: 1 }, { stage: 'listed', time_ms: 1 }] });
  running.records.splice(3);
  Object.assign(running.project.lots[0], { ranking: [], award: null, bids: null });
  const one = await explorer(withProjects(running), `project=${LISTING}`);
  assert.deepEqual((await one.rows(0)).map((row) => [row[0], row[1]]), [['N-9', '挂牌截止前不公开'], ['N-7', '挂牌截止前不公开']]);
  assert.match(await one.text(), /● 尚未定标/);
  await one.close();
  await one.site.stop();
  const open = tender({ stage: 'published', stages: [{ stage: 'published', time_ms: 1 }] });
  open.records.splice(2);
  Object.assign(open.project.lots[0], { ranking: [], award: null, bids: null });
  const two = await explorer(withProjects(open), `project=${TENDER}`);
  assert.match(await two.text(), /开标前不公开投标信息/);
  assert.doesNotMatch(await two.text(), /BIDDER-|没有投标/);
  await two.close();
  await two.site.stop();
});

test('a failed lot, an annulled award and an award that took another’s place are said to be that', async () => {
  const replaced = tender();
  replaced.records.splice(7, 1);
  replaced.records.push(recordOf('award.notified/1', 'EAST', TENDER, { lots: [{ lot: 'L1', bid: { bidder: 'BIDDER-C', number: 1 }, price: 95000000, grounds: ['declined'] }] }),
    recordOf('tender.annulled/1', 'REG', TENDER, { article: '条例81', reason: '串通投标', decision: `sha256:${'9'.repeat(64)}` }));
  Object.assign(replaced.project, { stage: 'annulled', annulment: { record: `sha256:${'9'.repeat(64)}`, by: 'REG', complaint: null, article: '条例81', decision: `sha256:${'9'.repeat(64)}` } });
  replaced.project.lots[0].award = { bidder: 'BIDDER-C', number: 1, price: 95000000, score: 8102 };
  replaced.project.lots.push({ id: 'L2', title: '二标', estimate: 1, ceiling: null, failed: true, ranking: [], award: null, bids: [] });
  const { page, close, site, text, rows } = await explorer(withProjects(replaced), `project=${TENDER}`);
  const shown = await text();
  assert.match(shown, /已被监管部门认定无效/);
  assert.match(shown, /中标人福建丙建设有限公司.*越过更优候选人的理由中标候选人放弃中标.*此前的中标通知（已被替代）福建甲建设有限公司（BIDDER-A） 900,000\.00 元/s);
  assert.equal((await rows(0))[1][4], '原中标，已认定无效');
  assert.match(shown, /✗ 本标段招标失败/);
  assert.match(shown, /认定无效条例81：串通投标监管局（REG）/);
  await assertPlain(page);
  await close();
  await site.stop();
});

test('a record says what it says: type in words, every field by name, money in yuan, documents; hostile text bounded', async () => {
  const own = tender();
  const award = own.records[6];
  const odd = recordOf('some.thing/9', 'EAST', TENDER, { unknown_field: 'x\u202e\u200b<img src=x onerror=alert(1)>'.repeat(900), __proto__: 1, deep: [[[[[[[[[[1]]]]]]]]]], many: Array.from({ length: 600 }, (_, at) => ({ lot: String(at) })) });
  own.records.push(odd);
  const { page, wrong, close, site, text } = await explorer(withProjects(own), `record=${award.record}`);
  assert.match(await text(), /中标通知书 · award\.notified\/1/);
  assert.match(await page.textContent('.content'), /标段 1标段L1中标人福建甲建设有限公司（BIDDER-A）中标价900,000\.00 元/);
  assert.match(await text(), /中标通知书\.pdf \(26 B\)/);
  assert.ok((await page.getAttribute('#found a[href$="certificate.pdf"]', 'href')).includes(encodeURIComponent(award.record)));
  await assertAccessible(page, 'a record');
  await page.goto(`${site.origin}/index.html#record=${own.records[0].record}`);
  await page.waitForFunction(() => /投标保证金/.test(document.querySelector('.content')?.textContent ?? ''));
  assert.match(await page.textContent('.content'), /评标办法综合评估法.*投标保证金20,000\.00 元/s);
  await page.goto(`${site.origin}/index.html#record=${odd.record}`);
  await page.waitForFunction(() => /unknown_field/.test(document.querySelector('.content')?.textContent ?? ''));
  const content = await page.textContent('.content');
  assert.ok(content.length < 40_000 && /还有 \d+ 项/.test(content), `${content.length} characters`);
  await assertPlain(page);
  assert.deepEqual(wrong, []);
  await close();
  await site.stop();
});
