// Made by api/web/build.mjs from the files named below; do not edit.
"use strict";
(() => {
  // pages/older.js
  var add = (owner, name, value) => {
    if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
  };
  function at(index) {
    const whole = Math.trunc(index) || 0;
    return this[whole < 0 ? this.length + whole : whole];
  }
  for (const owner of [Array.prototype, String.prototype, Object.getPrototypeOf(Uint8Array.prototype)]) add(owner, "at", at);
  add(Object, "hasOwn", (object2, name) => Object.prototype.hasOwnProperty.call(Object(object2), name));
  add(String.prototype, "replaceAll", function replaceAll(from, to) {
    if (from instanceof RegExp) {
      if (!from.flags.includes("g")) throw new TypeError("replaceAll needs a global pattern");
      return this.replace(from, to);
    }
    const literal = String(from).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return this.replace(new RegExp(literal, "g"), typeof to === "function" ? to : () => String(to));
  });
  if (typeof Element === "function") {
    add(Element.prototype, "replaceChildren", function replaceChildren(...nodes) {
      while (this.lastChild !== null) this.removeChild(this.lastChild);
      this.append(...nodes);
    });
  }

  // pages/dom.js
  var SVG = "http://www.w3.org/2000/svg";
  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null && value !== void 0) node.setAttribute(name, String(value));
    }
    node.append(...children.flat(Infinity).filter((one) => one !== null && one !== void 0));
    return node;
  }
  var element = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
  var svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
  var byId = (id) => document.getElementById(id);
  var show = (node, ...children) => node.replaceChildren(...children.flat(Infinity).filter((one) => one !== null));
  function table(caption, columns, rows, empty) {
    const head = columns.map(([heading, , kind2]) => element("th", { scope: "col", class: kind2 }, heading));
    const cells = (row) => columns.map(([, value, kind2]) => element("td", { class: kind2 }, value(row) ?? "—"));
    const body = rows.length > 0 ? rows.map((row) => element("tr", {}, cells(row))) : [element("tr", {}, element("td", { colspan: columns.length, class: "soft" }, empty))];
    return element(
      "div",
      { class: "table", tabindex: 0, role: "region", "aria-label": caption },
      element("table", {}, element("caption", {}, caption), element("thead", {}, element("tr", {}, head)), element("tbody", {}, body))
    );
  }
  function facts(pairs) {
    const given = pairs.filter(([, value]) => value !== null && value !== void 0 && value !== "");
    return element("dl", { class: "facts" }, given.map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  }
  var HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;
  function plain(text2, most = 300) {
    const whole = [...String(text2 ?? "").slice(0, 2 * most + 2)];
    const clean2 = whole.slice(0, most).join("").replace(HIDDEN, "�");
    return whole.length > most ? `${clean2}…` : clean2;
  }

  // pages/charts.js
  var [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [720, 240, 40, 34, 14];
  var LABELS_MAX = 12;
  function ticks(most) {
    let step = 1;
    for (let at2 = 0; most / step > 5; at2 += 1) step *= at2 % 3 === 1 ? 2.5 : 2;
    return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at2) => at2 * step);
  }
  function stackedColumns(title, columns, classes) {
    const most = Math.max(1, ...columns.map((one) => one.values.reduce((sum, value) => sum + value, 0)));
    const marks = ticks(most);
    const top = marks.at(-1);
    const room = (WIDTH - LEFT - 8) / Math.max(columns.length, 1);
    const [width, y] = [Math.min(44, room * 0.7), (value) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top];
    const every = Math.ceil(columns.length / LABELS_MAX);
    const lines = marks.flatMap((mark) => [
      svg("line", { class: "grid", x1: LEFT, x2: WIDTH - 8, y1: y(mark), y2: y(mark) }),
      svg("text", { x: LEFT - 6, y: y(mark) + 4, "text-anchor": "end" }, String(mark))
    ]);
    const bars = columns.flatMap(({ label: label2, values }, index) => {
      const middle = LEFT + room * (index + 0.5);
      let sum = 0;
      const parts = values.map((value, at2) => {
        sum += value;
        return value === 0 ? null : svg("rect", { class: classes[at2], x: middle - width / 2, y: y(sum), width, height: y(sum - value) - y(sum) });
      });
      return [...parts, index % every === 0 ? svg("text", { x: middle, y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, label2) : null];
    });
    return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title }, lines, bars);
  }

  // pages/language.js
  var KEPT = "biaozheng-language";
  function remembered() {
    try {
      return localStorage.getItem(KEPT);
    } catch {
      return null;
    }
  }
  var english = remembered() === "en";
  var listeners = [];
  var say = (zh, en) => english ? en : zh;
  function speak(render2) {
    listeners.push(render2);
    render2();
  }
  function apply() {
    var _a3;
    document.documentElement.lang = english ? "en" : "zh-CN";
    for (const node of document.querySelectorAll("[data-en]")) {
      (_a3 = node.dataset).zh ?? (_a3.zh = node.textContent);
      node.textContent = english ? node.dataset.en : node.dataset.zh;
    }
    document.title = english ? document.documentElement.dataset.titleEn : document.documentElement.dataset.titleZh;
  }
  function startLanguage() {
    document.documentElement.dataset.titleZh = document.title;
    document.getElementById("language").addEventListener("click", () => {
      english = !english;
      try {
        localStorage.setItem(KEPT, english ? "en" : "zh");
      } catch {
      }
      apply();
      for (const render2 of listeners) render2();
    });
    apply();
  }
  function timeText(ms) {
    if (!Number.isSafeInteger(ms) || ms < 0 || ms > 864e13 - 288e5) return "—";
    const shifted = new Date(ms + 8 * 3600 * 1e3).toISOString();
    return `${shifted.slice(0, 10)} ${shifted.slice(11, 19)} UTC+8`;
  }
  function durationText(ms) {
    const seconds = Math.round(ms / 1e3);
    if (seconds < 120) return say(`${seconds} 秒`, `${seconds} s`);
    const minutes = Math.round(seconds / 60);
    if (minutes < 120) return say(`${minutes} 分钟`, `${minutes} min`);
    const hours = Math.round(minutes / 60);
    return hours < 72 ? say(`${hours} 小时`, `${hours} h`) : say(`${Math.round(hours / 24)} 天`, `${Math.round(hours / 24)} d`);
  }
  function clockText(ms) {
    const two = (number) => String(number).padStart(2, "0");
    const date = new Date(ms);
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${say("（本机时钟）", "(clock of this device)")}`;
  }

  // pages/known.js
  function reasonText(error) {
    if (error.code === "unreachable") return say("连不上节点", "the node cannot be reached");
    return `${error.status ? `HTTP ${error.status} ` : ""}${plain(error.message, 300)}`;
  }
  var Known = class {
    constructor() {
      Object.assign(this, { has: false, value: null, problem: null, at: 0 });
    }
    /** Asks; an answer takes the place of the last one, a failure leaves it and is remembered beside it. */
    async ask(question) {
      try {
        const value = await question();
        Object.assign(this, { has: true, value, problem: null, at: Date.now() });
      } catch (error) {
        this.problem = error;
      }
      return this.problem === null;
    }
    fail(error) {
      this.problem = error;
    }
    /** The newest answer there is and nothing failed since. */
    get isFresh() {
      return this.has && this.problem === null;
    }
  };
  function gap(known, retry) {
    if (known.isFresh) return null;
    if (known.problem === null) return element("p", { class: "soft", "data-known": "reading" }, say("读取中…", "reading…"));
    const failed = `${say("读取失败", "could not be read")}：${reasonText(known.problem)}`;
    const old = known.has ? say(`。以下是 ${clockText(known.at)} 读到的内容。`, `. What follows was read at ${clockText(known.at)}.`) : "";
    return element(
      "p",
      { class: "warning", "data-known": known.has ? "old" : "failed" },
      failed,
      old,
      " ",
      element("button", { type: "button", onclick: retry }, say("重试", "Try again"))
    );
  }
  var shown = (known, retry, view) => [gap(known, retry), known.has ? view(known.value) : null];
  var countText = (count, isCut) => isCut ? say(`至少 ${count}`, `at least ${count}`) : String(count);

  // pages/rules.js
  var RULES = {
    "timer.doc_sale_min": ["招标文件发售期不足", "The documents were on offer for too short a time"],
    "timer.bid_prep_min": ["投标准备时间不足", "Bidders had too little time to prepare"],
    "amendment.late": ["临近投标截止修改招标文件", "The documents were changed shortly before the deadline"],
    "timer.prequal_prep_min": ["资格预审申请准备时间不足", "Applicants had too little time to prepare"],
    "timer.prequal_clarify_lead": ["临近截止修改资格预审文件", "The prequalification was changed shortly before its deadline"],
    "timer.objection_reply_max": ["异议未按时答复", "An objection was not answered in time"],
    "timer.objection_opening_reply_max": ["开标异议未当场答复", "An objection to the opening was not answered on the spot"],
    "timer.sealing_signature_window": ["门限组未按时解密投标", "The group did not open the sealed bids in time"],
    "timer.reveal_window": ["未按时开标", "The bids were not opened in time"],
    "timer.randomness_window": ["抽取随机数参与方未按时提交", "A party of the draw stayed silent"],
    "timer.publicity_start": ["中标候选人未按时公示", "The candidates were not publicised in time"],
    "timer.publicity_min": ["公示期未满即定标", "The award came before the publicity period was over"],
    "timer.award_max": ["未按时定标", "The award was not decided in time"],
    "timer.contract_max": ["合同未按时签订", "The contract was not signed in time"],
    "timer.regulator_report_max": ["未按时提交招标投标情况书面报告", "The regulator was not told in time"],
    "timer.contract_filing_max": ["合同未按时备案", "The contract was not filed in time"],
    "timer.bond_refund_on_withdraw": ["撤回投标后保证金未按时退还", "The bond of a withdrawn bid was not returned in time"],
    "timer.bond_refund_after_contract": ["合同签订后保证金未按时退还", "A bond was not returned in time after the contract"],
    "timer.complaint_accept_max": ["投诉未按时决定是否受理", "A complaint was neither accepted nor declined in time"],
    "timer.complaint_decide_max": ["投诉未按时作出处理决定", "A complaint was not decided in time"],
    "timer.listing_notice_min": ["挂牌（拍卖）公告期不足", "The notice of the listing was too short"],
    "timer.notice_equity_min": ["产权转让信息披露期不足", "The disclosure of a transfer of equity was too short"],
    "timer.notice_capital_increase_min": ["企业增资信息披露期不足", "The disclosure of a capital increase was too short"],
    "timer.notice_assets_min": ["资产转让信息披露期不足", "The disclosure of a transfer of assets was too short"],
    "timer.notice_assets_large_min": ["大额资产转让信息披露期不足", "The disclosure of a large transfer of assets was too short"],
    "timer.listing_period_min": ["挂牌（竞价）期不足", "Offers were taken for too short a time"],
    "timer.viewing_min": ["拍卖标的展示时间不足", "What is auctioned was not shown long enough"],
    "timer.extension_window": ["延时竞价期未满即结束", "The listing was closed while the last offer could be answered"],
    "timer.result_publicity_max": ["成交结果未按时公布", "The result of the listing was not made public in time"],
    "timer.archive_retention_min": ["档案保存期限不足", "The archive is promised for too short a time"],
    "award.not_rank_1": ["中标人不是排名第一的候选人", "The award did not go to the first of the ranking"],
    "result.override": ["已有有效排名而宣布招标失败", "A valid ranking was set aside"],
    "collusion.same_device": ["不同投标人的投标文件由同一设备编制", "Different bidders used the same device"],
    "collusion.same_address": ["不同投标人使用同一网络地址", "Different bidders used the same network address"],
    "collusion.same_author": ["不同投标人的投标文件作者相同", "Bids of different bidders have the same author"],
    "collusion.same_preparer": ["不同投标人的投标由同一人编制或办理", "Bids of different bidders were prepared by the same person"],
    "collusion.same_bond_account": ["不同投标人的投标保证金由同一账户转出", "Bid bonds of different bidders came from the same account"],
    "collusion.equal_steps": ["不同投标人的报价呈等差规律", "Prices of different bidders rise in equal steps"],
    "collusion.constant_ratio": ["不同投标人的报价呈等比规律", "Prices of different bidders rise by a constant ratio"],
    "R003": ["投标期过短", "Short submission period"],
    "R018": ["仅有一家投标", "Single bid received"],
    "R024": ["次低报价过于接近中标价", "Price close to winning bid"],
    "R025": ["频繁陪标", "Excessive unsuccessful bids"],
    "R028": ["不同投标人报价相同", "Identical bid prices"],
    "R030": ["逾期投标中标", "Late bid won"],
    "R035": ["除中标人外均被否决", "All except winning bid disqualified"],
    "R036": ["最低报价被否决", "Lowest bid disqualified"],
    "R038": ["否决投标比例过高", "Excessive disqualified bids"],
    "R048": ["供应品类异常庞杂", "Heterogeneous supplier"],
    "R058": ["中标价显著低于次低报价", "Heavily discounted bid"]
  };
  function ruleText(rule) {
    if (!Object.hasOwn(RULES, rule)) return plain(rule, 80);
    const title = say(...RULES[rule]);
    return /^R\d{3}$/.test(rule) ? `${rule} ${title}` : title;
  }

  // pages/alerts.js
  var SEVERITIES = ["high", "medium", "low"];
  var HOUR_MS = 3600 * 1e3;
  var DAY_MS = 24 * HOUR_MS;
  var COLUMNS_MAX = 24;
  var COLUMNS_MIN = 8;
  var SEVERITY = { high: ["⚠ 高", "⚠ high"], medium: ["◆ 中", "◆ medium"], low: ["○ 低", "○ low"] };
  var DISPOSITION = {
    dismissed: ["查无问题", "dismissed"],
    explained: ["已说明", "explained"],
    remedied: ["已整改", "remedied"],
    confirmed: ["查实", "confirmed"],
    referred: ["移送", "referred"]
  };
  var severityText = (one) => Object.hasOwn(SEVERITY, one) ? say(...SEVERITY[one]) : plain(one, 20);
  var link = (kind2, value, text2 = value) => element("a", { href: `index.html#${kind2}=${encodeURIComponent(value)}` }, plain(text2, 60));
  var links = (kind2, values) => (values ?? []).slice(0, 50).flatMap((one, at2) => [at2 === 0 ? "" : "、", link(kind2, one, kind2 === "record" ? `${one.slice(0, 19)}…` : one)]);
  function disposed(one) {
    const { disposition: how } = one;
    if (how === null || how === void 0) return null;
    const name = Object.hasOwn(DISPOSITION, how.disposition) ? say(...DISPOSITION[how.disposition]) : plain(how.disposition, 40);
    return `✓ ${name} · ${plain(how.by, 64)} · ${timeText(how.time_ms)}：${plain(how.reason, 600)}`;
  }
  function dueText(one, now2) {
    if (!one.open) return say("✓ 已处置", "✓ disposed of");
    const left = one.due_ms - now2;
    return left < 0 ? say(`✗ 逾期 ${durationText(-left)}`, `✗ ${durationText(-left)} overdue`) : say(`还有 ${durationText(left)}`, `${durationText(left)} left`);
  }
  function explanation(one) {
    return element("details", {}, element("summary", {}, say("说明", "Explanation")), facts([
      [say("说明", "What it says"), plain(say(one.message_zh, one.message), 1e3)],
      [say("规则", "Rule"), element("span", { class: "mono" }, plain(one.kind, 80))],
      [say("计算方法", "Formula"), plain(one.formula, 1e3)],
      [say("阈值", "Threshold"), plain(one.threshold, 300)],
      [say("实际", "Found"), plain(one.found, 600)],
      [say("依据的记录", "Records"), (one.records ?? []).length > 0 ? links("record", one.records) : null],
      [say("涉及单位", "Organisations"), (one.organisations ?? []).length > 0 ? links("org", one.organisations) : null],
      [say("规则版本", "Version of the rules"), one.rules ? `${one.rules.version} · ${plain(one.rules.digest, 80)}` : null],
      [say("提出", "Raised"), `${timeText(one.raised_ms)} · ${plain(one.by, 64)}`],
      [say("处置期限", "To be disposed of by"), timeText(one.due_ms)],
      [say("处置", "Disposition"), disposed(one) ?? say("尚未处置", "not disposed of yet")],
      [say("预警记录", "Record"), link("record", one.alert)]
    ]));
  }
  var weight = (one) => SEVERITIES.indexOf(one.severity);
  var sorted = (alerts) => [...alerts].sort((one, other) => Number(other.open) - Number(one.open) || weight(one) - weight(other) || one.due_ms - other.due_ms);
  function alertsTable(alerts, now2) {
    const [open, whole] = [alerts.filter((one) => one.open).length, alerts.length].map((one) => countText(one, alerts.isCut));
    return table(say(`预警（未处置 ${open}，共 ${whole}）`, `Alerts (${open} open of ${whole})`), [
      [say("严重程度", "Severity"), (one) => severityText(one.severity)],
      [say("规则", "Rule"), (one) => ruleText(one.kind)],
      [say("对象", "About"), (one) => one.project ? link("project", one.project) : links("org", one.organisations)],
      [say("处置", "Disposition"), (one) => dueText(one, now2)],
      [say("依据", "Why"), (one) => explanation(one)]
    ], sorted(alerts), say("没有", "none"));
  }
  function spans(alerts) {
    var _a3;
    const times = alerts.map((one) => one.raised_ms);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const units = [HOUR_MS / 6, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS, 365 * DAY_MS];
    const place = (time, unit2) => Math.floor((time + 8 * HOUR_MS) / unit2);
    const unit = units.find((one) => place(last, one) - place(first, one) < COLUMNS_MAX) ?? units.at(-1);
    const start = Math.min(place(first, unit), place(last, unit) - COLUMNS_MIN + 1);
    const columns = Array.from({ length: Math.min(place(last, unit) - start + 1, COLUMNS_MAX * 4) }, (_, at2) => ({ from: (start + at2) * unit - 8 * HOUR_MS, unit, alerts: [] }));
    for (const one of alerts) (_a3 = columns[place(one.raised_ms, unit) - start]) == null ? void 0 : _a3.alerts.push(one);
    return columns;
  }
  var label = ({ from, unit }) => unit < DAY_MS ? timeText(from).slice(5, 16) : timeText(from).slice(5, 10);
  function alertsOverTime(alerts) {
    if (alerts.length === 0) return element("p", { class: "soft" }, say("还没有预警。", "No alerts yet."));
    const columns = spans(alerts);
    const count = (list, severity) => list.filter((one) => one.severity === severity).length;
    const title = say("各时段提出的预警", "Alerts raised over time");
    const bars = columns.map((one) => ({ label: label(one), values: SEVERITIES.map((severity) => count(one.alerts, severity)) }));
    const rules = [...new Set(alerts.map((one) => one.kind))].map((kind2) => ({ kind: kind2, all: alerts.filter((one) => one.kind === kind2) }));
    const number = (name, value) => [name, (one) => String(value(one)), "number"];
    return [
      element("p", { class: "legend" }, SEVERITIES.map((one) => element("span", { class: `key ${one}` }, severityText(one)))),
      stackedColumns(title, bars, SEVERITIES),
      table(title, [
        [say("起始时间", "From"), (one) => timeText(one.from)],
        ...SEVERITIES.map((severity) => number(severityText(severity), (one) => count(one.alerts, severity)))
      ], columns.filter((one) => one.alerts.length > 0), ""),
      table(say("各规则", "By rule"), [
        [say("规则", "Rule"), (one) => ruleText(one.kind)],
        number(say("全部", "All"), (one) => one.all.length),
        number(say("未处置", "Open"), (one) => one.all.filter((alert) => alert.open).length)
      ], rules.sort((one, other) => other.all.length - one.all.length), "")
    ];
  }

  // pages/api.js
  var TEXT_CHARACTERS_MAX = 8 * 1024 * 1024;
  var POLL_MS = 3e3;
  var ApiError = class extends Error {
    constructor(status, problem) {
      super((problem == null ? void 0 : problem.detail) ?? `HTTP ${status}`);
      Object.assign(this, { status, code: (problem == null ? void 0 : problem.code) ?? null, stage: (problem == null ? void 0 : problem.stage) ?? null });
    }
  };
  async function ask(path2) {
    const unreachable = () => {
      throw new ApiError(0, { code: "unreachable", detail: "the node cannot be reached" });
    };
    const answer = await fetch(path2, { headers: { accept: "application/json, text/plain;q=0.9" }, credentials: "omit", redirect: "error" }).catch(unreachable);
    const text2 = await answer.text().catch(unreachable);
    if (text2.length > TEXT_CHARACTERS_MAX) throw new ApiError(answer.status, { detail: "the answer is too long" });
    return { answer, text: text2 };
  }
  function json(text2) {
    try {
      return JSON.parse(text2);
    } catch {
      return null;
    }
  }
  async function get(path2) {
    const { answer, text: text2 } = await ask(path2);
    const value = json(text2);
    if (!answer.ok) throw new ApiError(answer.status, value);
    if (value === null) throw new ApiError(answer.status, { detail: "the answer is not JSON" });
    return value;
  }
  async function getText(path2) {
    const { answer, text: text2 } = await ask(path2);
    if (!answer.ok) throw new ApiError(answer.status, json(text2));
    return text2;
  }
  var path = (...parts) => `/${parts.map((one) => encodeURIComponent(String(one))).join("/")}`;
  var PAGE_MAX = 200;
  async function all(base, most, order = null) {
    const items = [];
    let after = null;
    do {
      const query = [`limit=${Math.min(PAGE_MAX, most)}`, order === null ? "" : `&order=${order}`, after === null ? "" : `&after=${encodeURIComponent(after)}`];
      const page = await get(`${base}?${query.join("")}`);
      items.push(...page.items);
      after = page.next ?? null;
    } while (after !== null && items.length < most);
    return Object.assign(items.slice(0, most), { isCut: after !== null || items.length > most });
  }
  var description = null;
  async function offers(route) {
    description ?? (description = get("/openapi.json").catch(() => ({ paths: {} })));
    return Object.hasOwn((await description).paths ?? {}, route);
  }
  async function follow(refresh2) {
    let running = false;
    const once = async () => {
      if (running || document.hidden) return;
      running = true;
      try {
        await refresh2();
      } finally {
        running = false;
      }
    };
    await once();
    if (typeof EventSource === "function" && await offers("/v1/events")) {
      const events = new EventSource("/v1/events");
      events.addEventListener("message", once);
      events.addEventListener("block", once);
      events.addEventListener("open", once);
      events.addEventListener("error", () => {
        once();
        if (events.readyState === EventSource.CLOSED) setInterval(once, POLL_MS);
      });
      return "events";
    }
    setInterval(once, POLL_MS);
    return "polling";
  }

  // pages/names.js
  var LOOKED_UP_MAX = 100;
  var names = /* @__PURE__ */ new Map();
  var isWhole = false;
  async function lookUpNames(orgs) {
    if (isWhole) return;
    const missing = [...new Set(orgs)].filter((one) => typeof one === "string" && one !== "" && !names.has(one)).slice(0, LOOKED_UP_MAX);
    await Promise.all(missing.map(async (org) => {
      try {
        names.set(org, (await get(path("v1", "participants", org))).name ?? null);
      } catch (error) {
        if (error.status === 404 || error.status === 400) names.set(org, null);
      }
    }));
  }
  var nameOf = (org) => names.get(org) ?? null;
  function orgText(org) {
    const name = nameOf(org);
    return name === null || name === org ? plain(org, 100) : `${plain(name, 100)}（${plain(org, 100)}）`;
  }

  // verify/bytes.js
  var encoder = new TextEncoder();
  var strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  var ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  var VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));
  var utf8 = (text2) => encoder.encode(text2);
  function utf8Length(text2) {
    let length = text2.length;
    for (let at2 = 0; at2 < text2.length; at2 += 1) {
      const unit = text2.charCodeAt(at2);
      if (unit >= 2048) length += unit >= 55296 && unit <= 57343 ? 1 : 2;
      else if (unit >= 128) length += 1;
    }
    return length;
  }
  function concat(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at2 = 0;
    for (const part of parts) {
      whole.set(part, at2);
      at2 += part.length;
    }
    return whole;
  }
  function equal(one, other) {
    return one.length === other.length && one.every((byte, at2) => byte === other[at2]);
  }
  function hex(bytes) {
    let text2 = "";
    for (const byte of bytes) text2 += byte.toString(16).padStart(2, "0");
    return text2;
  }
  function unhex(digits) {
    if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/.test(digits)) return null;
    return Uint8Array.from({ length: digits.length / 2 }, (_, at2) => parseInt(digits.slice(2 * at2, 2 * at2 + 2), 16));
  }
  function base64(bytes) {
    let text2 = "";
    for (let at2 = 0; at2 < bytes.length; at2 += 3) {
      const [a, b = 0, c = 0] = bytes.subarray(at2, at2 + 3);
      const quad = [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63];
      const given = bytes.length - at2;
      text2 += quad.map((value, place) => place <= given ? ALPHABET[value] : "=").join("");
    }
    return text2;
  }
  function unbase64(text2) {
    if (text2.length % 4 !== 0) return null;
    const padding = text2.endsWith("==") ? 2 : text2.endsWith("=") ? 1 : 0;
    const out = new Uint8Array(text2.length / 4 * 3 - padding);
    let at2 = 0;
    for (let place = 0; place < text2.length; place += 4) {
      const last = place + 4 === text2.length ? padding : 0;
      let group = 0;
      for (let step = 0; step < 4; step += 1) {
        const value = step >= 4 - last ? 0 : VALUES.get(text2[place + step]);
        if (value === void 0) return null;
        group = group * 64 + value;
      }
      if (last === 1 && (group & 255) !== 0 || last === 2 && (group & 65535) !== 0) return null;
      for (let step = 0; step < 3 - last; step += 1) {
        out[at2] = group >> 16 - 8 * step & 255;
        at2 += 1;
      }
    }
    return out;
  }
  var u64At = (bytes, at2) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at2);
  function u64Text(text2) {
    if (!/^(0|[1-9][0-9]{0,19})$/.test(text2)) return null;
    const value = BigInt(text2);
    return value < 2n ** 64n ? value : null;
  }
  var SPACE = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  var SPACES = new RegExp(`[${SPACE}]+`);
  var HAS_SPACE = new RegExp(`[${SPACE}]`);
  var words = (line) => line.split(SPACES).filter((word) => word !== "");
  var hasSpace = (text2) => HAS_SPACE.test(text2);
  var hasControl = (text2) => /[\x00-\x1f\x7f-\x9f]/.test(text2);

  // verify/limits.js
  var RECORD_PAYLOAD_BYTES_MAX = 48 * 1024;
  var ENVELOPE_JSON_BYTES_MAX = 96 * 1024;
  var BLOCK_BYTES_MAX = 4 * 1024 * 1024;
  var NOTE_NAME_BYTES_MAX = 128;
  var NOTE_SIGNATURES_MAX = 64;
  var NOTE_BYTES_MAX = 64 * 1024;
  var TLOG_PROOF_BYTES_MAX = 2 * NOTE_BYTES_MAX;
  var MERKLE_PATH_MAX = 63;
  var CERTIFICATE_BYTES_MAX = 512 * 1024;
  var POLICY_BYTES_MAX = 64 * 1024;
  var GENESIS_BYTES_MAX = 512 * 1024;
  var TIMESTAMP_TOKEN_BYTES_MAX = 32 * 1024;
  var AUTHORITIES_BYTES_MAX = 4 * 1024 * 1024;
  var DATED_POLICIES_BYTES_MAX = 1024 * 1024;
  var U32_MAX = 2 ** 32 - 1;
  var U64_MAX = 2n ** 64n - 1n;

  // verify/strict-json.js
  var StrictJsonError = class extends Error {
  };
  function kind(test, name) {
    return (value) => {
      if (!test(value)) throw new StrictJsonError(`expected ${name}`);
      return value;
    };
  }
  var text = kind((value) => typeof value === "string", "a text");
  var anything = kind(() => true, "a value");
  var unsigned = kind((value) => typeof value === "number" && value >= 0, "a number not below 0");
  var object = kind((value) => value instanceof Map, "an object");

  // pages/stages.js
  var STAGES = {
    registered: ["已登记", "registered"],
    published: ["已公告，投标中", "published, open for bids"],
    opened: ["已开标", "opened"],
    evaluated: ["已评标", "evaluated"],
    publicised: ["候选人公示", "candidates publicised"],
    awarded: ["已定标", "awarded"],
    contracted: ["已签合同", "contracted"],
    supervised: ["已报监管", "reported to the regulator"],
    failed: ["招标失败", "failed"],
    terminated: ["已终止", "terminated"],
    annulled: ["已认定无效", "annulled"],
    archived: ["已归档", "archived"],
    listed: ["挂牌中", "listed"],
    listing_closed: ["挂牌截止", "listing closed"],
    deal_confirmed: ["已成交", "deal confirmed"],
    prequalifying: ["资格预审申请中", "applications taken"],
    prequal_opened: ["资格预审已开启", "applications opened"],
    prequalified: ["资格预审完成", "prequalified"]
  };
  var stageText = (stage) => Object.hasOwn(STAGES, stage) ? say(...STAGES[stage]) : String(stage);
  var currencyText = (currency) => ["CNY", null, void 0].includes(currency) ? say("元", "yuan") : String(currency).slice(0, 8);
  var WHOLE = ["JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF", "XPF"];
  function moneyText(minor, currency) {
    if (!Number.isSafeInteger(minor)) return "—";
    const decimals = WHOLE.includes(currency) ? 0 : 2;
    const digits = String(Math.abs(minor)).padStart(decimals + 1, "0");
    const split2 = digits.length - decimals;
    const whole = digits.slice(0, split2).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${minor < 0 ? "-" : ""}${whole}${decimals === 0 ? "" : `.${digits.slice(split2)}`}`;
  }

  // pages/content.js
  var bidText = ({ bidder, number = 1 }) => number > 1 ? `${orgText(bidder)} ${say(`第 ${number} 份`, `no. ${number}`)}` : orgText(bidder);

  // pages/prices.js
  var [WIDTH2, BAR, GAP, NAMES, VALUES2] = [720, 22, 8, 190, 130];
  function chart(bids, most, title, currency) {
    const height2 = bids.length * (BAR + GAP) + GAP;
    const bars = bids.map((bid, index) => {
      const y = GAP + index * (BAR + GAP);
      const width = Math.max(1, Math.round(bid.price / most * (WIDTH2 - NAMES - VALUES2)));
      return svg(
        "g",
        {},
        svg("text", { x: NAMES - 8, y: y + 16, "text-anchor": "end" }, plain(nameOf(bid.bidder) ?? bid.bidder, 14)),
        svg("rect", { x: NAMES, y, width, height: BAR, class: index === 0 ? "first" : null }),
        svg("text", { x: NAMES + width + 6, y: y + 16 }, moneyText(bid.price, currency))
      );
    });
    return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH2} ${height2}`, role: "img", "aria-label": title }, bars);
  }
  var permille = (part, whole) => whole > 0 ? `${(part / whole * 100).toFixed(2)}%` : "—";
  var wonText = (bid, lot) => lot.award && lot.award.bidder === bid.bidder && (lot.award.number ?? 1) === (bid.number ?? 1) ? `★ ${say("中标", "won")}` : null;
  function lotPrices(lot, currency) {
    const title = `${say("标段", "Lot")} ${plain(lot.id)} ${plain(lot.title)}`;
    const bids = (lot.bids ?? []).filter((bid) => Number.isSafeInteger(bid.price)).sort((one, other) => one.price - other.price);
    if (lot.bids === null || lot.bids === void 0) return element("p", {}, `${title}：${say("开标前不公开报价。", "prices are not shown before the opening.")}`);
    if (bids.length === 0) return element("p", {}, `${title}：${say("没有有效报价。", "no usable price.")}`);
    const [lowest, highest] = [bids[0].price, bids.at(-1).price];
    const closest = bids.slice(1).reduce((least, bid, at2) => Math.min(least, bid.price - bids[at2].price), Infinity);
    return element(
      "div",
      {},
      element("h3", {}, title),
      chart(bids, highest, `${title}: ${say("报价从低到高", "prices, lowest first")}`, currency),
      element("p", {}, `${say("最高比最低高", "Highest above lowest")} ${permille(highest - lowest, lowest)}${bids.length > 1 ? `；${say("最接近的两家相差", "closest two differ by")} ${moneyText(closest, currency)}` : ""}`),
      table(`${title} · ${say(`报价（${currencyText(currency)}）`, `prices (${currencyText(currency)})`)}`, [
        [say("投标人", "Bidder"), (bid) => bidText(bid)],
        [say("结果", "Outcome"), (bid) => wonText(bid, lot)],
        [say("报价", "Price"), (bid) => moneyText(bid.price, currency), "number"],
        [say("高于最低", "Above lowest"), (bid) => permille(bid.price - lowest, lowest), "number"],
        [say("占最高限价", "Of the ceiling"), (bid) => Number.isSafeInteger(lot.ceiling) ? permille(bid.price, lot.ceiling) : null, "number"]
      ], bids, "")
    );
  }

  // vendor/noble-ed25519/index.js
  /*! noble-ed25519 - MIT License (c) 2019 Paul Miller (paulmillr.com) */
  var freeze = Object.freeze;
  var P = 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffedn;
  var N = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;
  var _d = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
  var Gx = 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an;
  var Gy = 0x6666666666666666666666666666666666666666666666666666666666666658n;
  var _a = P - 1n;
  var ed25519_CURVE = freeze({
    p: P,
    n: N,
    h: 8n,
    a: _a,
    d: _d,
    Gx,
    Gy
  });
  var LEN = 32;
  var isBytes = (a) => {
    return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && a.BYTES_PER_ELEMENT === 1;
  };
  var abytes = (value, length, title = "") => {
    if (isBytes(value) && (length === void 0 || value.length === length))
      return value;
    const bytes = isBytes(value);
    const ofLen = length !== void 0 ? ` of length ${length}` : "";
    const got = bytes ? `length=${value.length}` : `type=${typeof value}`;
    const message = (title ? `"${title}" ` : "") + "expected Uint8Array" + ofLen + ", got " + got;
    if (!bytes)
      throw new TypeError(message);
    throw new RangeError(message);
  };
  var snapshotBytes = (value, title = "", length) => Uint8Array.from(abytes(value, length, title));
  var padh = (n, pad) => n.toString(16).padStart(pad, "0");
  var bytesToHex = (bytes) => {
    let hex2 = "";
    for (const byte of abytes(bytes))
      hex2 += padh(byte, 2);
    return hex2;
  };
  var hexToBytes = (hex2) => {
    const e = "hex invalid";
    if (typeof hex2 !== "string")
      throw new TypeError(e);
    if (hex2.length % 2 || !/^[\da-f]*$/i.test(hex2))
      throw new RangeError(e);
    const array = new Uint8Array(hex2.length / 2);
    for (let ai = 0, hi = 0; ai < array.length; ai++, hi += 2) {
      const n1 = hex2.charCodeAt(hi);
      const n2 = hex2.charCodeAt(hi + 1);
      array[ai] = ((n1 & 15) + (n1 >> 6) * 9) * 16 + (n2 & 15) + (n2 >> 6) * 9;
    }
    return array;
  };
  var arange = (n, min, max, msg = "bad number: out of range") => {
    if (typeof n !== "bigint")
      throw new TypeError(msg);
    if (min <= n && n < max)
      return n;
    throw new RangeError(msg);
  };
  var mod = (a, b = P) => (a %= b) >= 0n ? a : b + a;
  var P_MASK = (1n << 255n) - 1n;
  var modP = (num) => {
    if (num < 0n)
      throw new RangeError("negative coordinate");
    let r = (num >> 255n) * 19n + (num & P_MASK);
    r = (r >> 255n) * 19n + (r & P_MASK);
    return r % P;
  };
  var invert = (number, modulo) => {
    if (number === 0n)
      throw new Error("invert: expected non-zero number");
    if (modulo <= 1n)
      throw new Error("invert: expected modulus > 1, got " + modulo);
    let a = mod(number, modulo);
    let b = modulo;
    let x = 0n, u = 1n;
    while (a !== 0n) {
      const q = b / a;
      const r = b - a * q;
      const m = x - u * q;
      b = a, a = r, x = u, u = m;
    }
    const gcd = b;
    if (gcd !== 1n)
      throw new Error("invert: does not exist");
    return mod(x, modulo);
  };
  var apoint = (p) => {
    if (p instanceof Point)
      return p;
    throw new TypeError("Point expected");
  };
  var B256 = 2n ** 256n;
  var Point = class _Point {
    static BASE;
    static ZERO;
    X;
    Y;
    Z;
    T;
    // Constructor only bounds-checks and freezes XYZT coordinates; it does not prove the point is
    // on-curve or that T matches X*Y/Z.
    constructor(X, Y, Z, T) {
      const max = B256;
      this.X = arange(X, 0n, max);
      this.Y = arange(Y, 0n, max);
      this.Z = arange(Z, 1n, max);
      this.T = arange(T, 0n, max);
      freeze(this);
    }
    static CURVE() {
      return ed25519_CURVE;
    }
    static fromAffine(p) {
      return new _Point(p.x, p.y, 1n, modP(p.x * p.y));
    }
    /** RFC8032 5.1.3: Uint8Array to Point. */
    static fromBytes(bytes, zip215 = false) {
      const normed = snapshotBytes(bytes, "point", LEN);
      const lastByte = normed[31];
      normed[31] = lastByte & ~128;
      const y = bytesToNumberLE(normed);
      if (!zip215)
        arange(y, 0n, P);
      const y2 = modP(y * y);
      const u = mod(y2 - 1n);
      const v = modP(_d * y2 + 1n);
      let { isValid, value: x } = uvRatio(u, v);
      if (!isValid)
        throw new Error("bad point: y not sqrt");
      const isLastByteOdd = !!(lastByte & 128);
      if (!zip215 && x === 0n && isLastByteOdd)
        throw new Error("bad point: x==0, isLastByteOdd");
      if (isLastByteOdd !== !!(x & 1n))
        x = mod(-x);
      return new _Point(x, y, 1n, modP(x * y));
    }
    static fromHex(hex2, zip215) {
      return _Point.fromBytes(hexToBytes(hex2), zip215);
    }
    get x() {
      return this.toAffine().x;
    }
    get y() {
      return this.toAffine().y;
    }
    /** Checks if the point is valid and on-curve. */
    assertValidity() {
      const a = _a;
      const d = _d;
      const p = this;
      if (p.is0())
        throw new Error("bad point: ZERO");
      const { X, Y, Z, T } = p;
      const X2 = modP(X * X);
      const Y2 = modP(Y * Y);
      const Z2 = modP(Z * Z);
      const Z4 = modP(Z2 * Z2);
      const aX2 = modP(X2 * a);
      const left = modP(Z2 * (aX2 + Y2));
      const right = mod(Z4 + modP(d * modP(X2 * Y2)));
      if (left !== right)
        throw new Error("bad point: equation left != right (1)");
      const XY = modP(X * Y);
      const ZT = modP(Z * T);
      if (XY !== ZT)
        throw new Error("bad point: equation left != right (2)");
      return this;
    }
    /** Equality check: compare points P&Q. */
    equals(other) {
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const { X: X2, Y: Y2, Z: Z2 } = apoint(other);
      return modP(X1 * Z2) === modP(X2 * Z1) && modP(Y1 * Z2) === modP(Y2 * Z1);
    }
    is0() {
      return this.equals(I);
    }
    /** Flip point over y coordinate. */
    negate() {
      return new _Point(mod(-this.X), this.Y, this.Z, mod(-this.T));
    }
    /** Point doubling. Complete formula. Cost: `4M + 4S + 1*a + 6add + 1*2`. */
    double() {
      const { X: X1, Y: Y1, Z: Z1 } = this;
      const a = _a;
      const A = modP(X1 * X1);
      const B = modP(Y1 * Y1);
      const C = modP(2n * Z1 * Z1);
      const D = modP(a * A);
      const x1y1 = mod(X1 + Y1);
      const E = mod(modP(x1y1 * x1y1) - A - B);
      const G2 = mod(D + B);
      const F = mod(G2 - C);
      const H = mod(D - B);
      const X3 = modP(E * F);
      const Y3 = modP(G2 * H);
      const T3 = modP(E * H);
      const Z3 = modP(F * G2);
      return new _Point(X3, Y3, Z3, T3);
    }
    /** Point addition. Complete formula. Cost: `9M + 1*a + 1*d + 7add`. */
    add(other) {
      const { X: X1, Y: Y1, Z: Z1, T: T1 } = this;
      const { X: X2, Y: Y2, Z: Z2, T: T2 } = apoint(other);
      const a = _a;
      const d = _d;
      const A = modP(X1 * X2);
      const B = modP(Y1 * Y2);
      const C = modP(modP(T1 * d) * T2);
      const D = modP(Z1 * Z2);
      const E = mod(modP(mod(X1 + Y1) * mod(X2 + Y2)) - A - B);
      const F = mod(D - C);
      const G2 = mod(D + C);
      const H = mod(B - modP(a * A));
      const X3 = modP(E * F);
      const Y3 = modP(G2 * H);
      const T3 = modP(E * H);
      const Z3 = modP(F * G2);
      return new _Point(X3, Y3, Z3, T3);
    }
    subtract(other) {
      return this.add(apoint(other).negate());
    }
    /**
     * Point-by-scalar multiplication. Safe mode requires `1 <= n < CURVE.n`.
     * Unsafe mode additionally permits `n = 0` and returns the identity point for that case.
     * Uses {@link wNAF} for base point.
     * Uses fake point to mitigate side-channel leakage.
     * @param n - scalar by which point is multiplied
     * @param safe - safe mode guards against timing attacks; unsafe mode is faster
     */
    multiply(n, safe = true) {
      if (!safe && n === 0n)
        return I;
      arange(n, 1n, N);
      if (!safe && this.is0())
        return I;
      if (n === 1n)
        return this;
      if (this.equals(G))
        return wNAF(n).p;
      let p = I;
      let f = G;
      let d = this;
      for (let i = 0; safe ? i < 256 : n > 0n; i++) {
        if (n & 1n)
          p = p.add(d);
        else if (safe)
          f = f.add(d);
        d = d.double();
        n >>= 1n;
      }
      return p;
    }
    multiplyUnsafe(scalar) {
      return this.multiply(scalar, false);
    }
    /** Convert point to 2d xy affine point. (X, Y, Z) ∋ (x=X/Z, y=Y/Z) */
    toAffine() {
      const { X, Y, Z } = this;
      if (this.equals(I))
        return { x: 0n, y: 1n };
      const iz = invert(Z, P);
      if (modP(Z * iz) !== 1n)
        throw new Error("invalid inverse");
      return { x: modP(X * iz), y: modP(Y * iz) };
    }
    toBytes() {
      const { x, y } = this.toAffine();
      const b = numTo32bLE(y);
      b[31] |= x & 1n ? 128 : 0;
      return b;
    }
    toHex() {
      return bytesToHex(this.toBytes());
    }
    clearCofactor() {
      return this.multiply(8n, false);
    }
    isSmallOrder() {
      return this.clearCofactor().is0();
    }
    isTorsionFree() {
      return this.multiply(N / 2n, false).double().add(this).is0();
    }
  };
  var G = new Point(Gx, Gy, 1n, mod(Gx * Gy));
  var I = new Point(0n, 1n, 1n, 0n);
  Point.BASE = G;
  Point.ZERO = I;
  var numTo32bLE = (num) => hexToBytes(padh(arange(num, 0n, B256), 64)).reverse();
  var bytesToNumberLE = (b) => BigInt("0x" + bytesToHex(Uint8Array.from(abytes(b)).reverse()));
  var pow2 = (x, power) => {
    let r = x;
    while (power-- > 0) {
      r = modP(r * r);
    }
    return r;
  };
  var pow_2_252_3 = (x) => {
    const x2 = modP(x * x);
    const b2 = modP(x2 * x);
    const b4 = modP(pow2(b2, 2) * b2);
    const b5 = modP(pow2(b4, 1) * x);
    const b10 = modP(pow2(b5, 5) * b5);
    const b20 = modP(pow2(b10, 10) * b10);
    const b40 = modP(pow2(b20, 20) * b20);
    const b80 = modP(pow2(b40, 40) * b40);
    const b160 = modP(pow2(b80, 80) * b80);
    const b240 = modP(pow2(b160, 80) * b80);
    const b250 = modP(pow2(b240, 10) * b10);
    return modP(pow2(b250, 2) * x);
  };
  var RM1 = 0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0n;
  var uvRatio = (u, v) => {
    const v3 = modP(v * modP(v * v));
    const v7 = modP(modP(v3 * v3) * v);
    const pow = pow_2_252_3(modP(u * v7));
    let x = modP(u * modP(v3 * pow));
    const vx2 = modP(v * modP(x * x));
    const root1 = x;
    const root2 = modP(x * RM1);
    const useRoot1 = vx2 === u;
    const useRoot2 = vx2 === mod(-u);
    const noRoot = vx2 === mod(-u * RM1);
    if (useRoot1)
      x = root1;
    if (useRoot2 || noRoot)
      x = root2;
    if ((mod(x) & 1n) === 1n)
      x = mod(-x);
    return { isValid: useRoot1 || useRoot2, value: x };
  };
  var precompute = () => {
    const points = [];
    let p = G;
    let b;
    for (let w = 0; w < 33; w++) {
      b = p;
      points.push(b);
      for (let i = 1; i < 128; i++) {
        b = b.add(p);
        points.push(b);
      }
      p = b.double();
    }
    return points;
  };
  var Gpows = void 0;
  var ctneg = (cnd, p) => {
    const n = p.negate();
    return cnd ? n : p;
  };
  var wNAF = (n) => {
    const comp = Gpows || (Gpows = precompute());
    let p = I;
    let f = G;
    for (let w = 0; w < 33; w++) {
      let wbits = Number(n & 255n);
      n >>= 8n;
      if (wbits > 128) {
        wbits -= 256;
        n += 1n;
      }
      const off = w * 128;
      const offP = off + Math.abs(wbits) - 1;
      const isOddW = w % 2 !== 0;
      const isNeg = wbits < 0;
      if (wbits === 0) {
        f = f.add(ctneg(isOddW, comp[off]));
      } else {
        p = p.add(ctneg(isNeg, comp[offP]));
      }
    }
    if (n !== 0n)
      throw new Error("invalid wnaf");
    return { p, f };
  };

  // vendor/noble-hashes/_u64.js
  var U32_MASK64 = /* @__PURE__ */ (() => BigInt(2 ** 32 - 1))();
  var _32n = /* @__PURE__ */ BigInt(32);
  function fromBig(n, le = false) {
    if (le)
      return { h: Number(n & U32_MASK64), l: Number(n >> _32n & U32_MASK64) };
    return { h: Number(n >> _32n & U32_MASK64) | 0, l: Number(n & U32_MASK64) | 0 };
  }
  function split(lst, le = false) {
    const len = lst.length;
    let Ah = new Uint32Array(len);
    let Al = new Uint32Array(len);
    for (let i = 0; i < len; i++) {
      const { h, l } = fromBig(lst[i], le);
      [Ah[i], Al[i]] = [h, l];
    }
    return [Ah, Al];
  }
  var fromNumH = (n) => n / 2 ** 32 | 0;
  var fromNumL = (n) => n >>> 0;
  function setU64FromNum(view, byteOffset, n, isLE) {
    const h = fromNumH(n);
    const l = fromNumL(n);
    view.setUint32(byteOffset, isLE ? l : h, isLE);
    view.setUint32(byteOffset + 4, isLE ? h : l, isLE);
  }
  var shrSH = (h, _l, s) => h >>> s;
  var shrSL = (h, l, s) => h << 32 - s | l >>> s;
  var rotrSH = (h, l, s) => h >>> s | l << 32 - s;
  var rotrSL = (h, l, s) => h << 32 - s | l >>> s;
  var rotrBH = (h, l, s) => h << 64 - s | l >>> s - 32;
  var rotrBL = (h, l, s) => h >>> s - 32 | l << 64 - s;
  function add2(Ah, Al, Bh, Bl) {
    const l = (Al >>> 0) + (Bl >>> 0);
    return { h: Ah + Bh + (l / 2 ** 32 | 0) | 0, l: l | 0 };
  }
  var add3L = (Al, Bl, Cl) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0);
  var add3H = (low, Ah, Bh, Ch) => Ah + Bh + Ch + (low / 2 ** 32 | 0) | 0;
  var add4L = (Al, Bl, Cl, Dl) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0) + (Dl >>> 0);
  var add4H = (low, Ah, Bh, Ch, Dh) => Ah + Bh + Ch + Dh + (low / 2 ** 32 | 0) | 0;
  var add5L = (Al, Bl, Cl, Dl, El) => (Al >>> 0) + (Bl >>> 0) + (Cl >>> 0) + (Dl >>> 0) + (El >>> 0);
  var add5H = (low, Ah, Bh, Ch, Dh, Eh) => Ah + Bh + Ch + Dh + Eh + (low / 2 ** 32 | 0) | 0;

  // vendor/noble-hashes/utils.js
  function isBytes2(a) {
    return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in a && a.BYTES_PER_ELEMENT === 1;
  }
  var atitle = (title) => title ? `"${title}" ` : "";
  function anumber(n, title = "") {
    if (typeof n !== "number")
      throw new TypeError(atitle(title) + "expected number, got " + typeof n);
    if (!Number.isSafeInteger(n) || n < 0)
      throw new RangeError(atitle(title) + "expected integer >= 0, got " + n);
    return n;
  }
  function abytes2(value, length, title = "") {
    if (isBytes2(value) && (length === void 0 || value.length === length))
      return value;
    if (length !== void 0)
      anumber(length, "length");
    const bytes = isBytes2(value);
    const ofLen = length !== void 0 ? ` of length ${length}` : "";
    const got = bytes ? `length=${value.length}` : `type=${typeof value}`;
    const message = atitle(title) + "expected Uint8Array" + ofLen + ", got " + got;
    if (!bytes)
      throw new TypeError(message);
    throw new RangeError(message);
  }
  var aobject = (value, label2) => {
    if (value === null || typeof value !== "object" || Array.isArray(value))
      throw new TypeError((label2 === "object" ? "" : `"${label2}" `) + "expected object, got type=" + typeof value);
  };
  var aopts = (value, label2) => {
    aobject(value, label2);
    const proto = Object.getPrototypeOf(value);
    if (proto !== Object.prototype && proto !== null)
      throw new TypeError(`"${label2}" expected plain object`);
    if (Object.hasOwn(value, "__proto__"))
      throw new TypeError(`"${label2}.__proto__" is not allowed`);
  };
  function aexists(instance, checkFinished = true) {
    if (instance.destroyed)
      throw new Error("hash was destroyed");
    if (checkFinished && instance.finished)
      throw new Error("digest() was already called");
  }
  function aoutput(out, instance) {
    abytes2(out, void 0, "output");
    const min = instance.outputLen;
    if (!(out.length >= min)) {
      throw new RangeError('"output" expected length >= ' + min);
    }
  }
  function clean(...arrays) {
    for (let i = 0; i < arrays.length; i++) {
      arrays[i].fill(0);
    }
  }
  function createView(arr) {
    return new DataView(arr.buffer, arr.byteOffset, arr.byteLength);
  }
  function rotr(word, shift) {
    return word << 32 - shift | word >>> shift;
  }
  function checkOpts(defaults, opts, title = "opts") {
    aopts(defaults, "defaults");
    if (opts !== void 0)
      aopts(opts, title);
    const merged = Object.assign(/* @__PURE__ */ Object.create(null), defaults, opts);
    return merged;
  }
  function createHasher(hashCons, info = {}) {
    if (typeof hashCons !== "function")
      throw new TypeError('"hashCons" expected function, got type=' + typeof hashCons);
    info = checkOpts({}, info, "info");
    const hashC = (msg, opts) => hashCons(opts).update(msg).digest();
    const tmp = hashCons(void 0);
    hashC.outputLen = tmp.outputLen;
    hashC.blockLen = tmp.blockLen;
    hashC.canXOF = tmp.canXOF;
    hashC.create = (opts) => hashCons(opts);
    Object.assign(hashC, info);
    return Object.freeze(hashC);
  }
  var oidNist = (suffix) => ({
    // Current NIST hashAlgs suffixes used here fit in one DER subidentifier octet.
    // Larger suffix values would need base-128 OID encoding and a different length byte.
    oid: Uint8Array.from([6, 9, 96, 134, 72, 1, 101, 3, 4, 2, suffix])
  });

  // vendor/noble-hashes/_md.js
  function Chi(a, b, c) {
    return a & b ^ ~a & c;
  }
  function Maj(a, b, c) {
    return a & b ^ a & c ^ b & c;
  }
  var HashMD = class {
    blockLen;
    outputLen;
    canXOF = false;
    padOffset;
    isLE;
    // For partial updates less than block size
    buffer;
    view;
    finished = false;
    length = 0;
    pos = 0;
    destroyed = false;
    constructor(blockLen, outputLen, padOffset, isLE) {
      this.blockLen = blockLen;
      this.outputLen = outputLen;
      this.padOffset = padOffset;
      this.isLE = isLE;
      this.buffer = new Uint8Array(blockLen);
      this.view = createView(this.buffer);
    }
    update(data2) {
      aexists(this);
      abytes2(data2);
      const { view, buffer, blockLen } = this;
      const len = data2.length;
      let processed = false;
      for (let pos = 0; pos < len; ) {
        const take = Math.min(blockLen - this.pos, len - pos);
        if (take === blockLen) {
          const dataView = createView(data2);
          for (; blockLen <= len - pos; pos += blockLen)
            this.process(dataView, pos);
          processed = true;
          continue;
        }
        buffer.set(pos === 0 && take === len ? data2 : data2.subarray(pos, pos + take), this.pos);
        this.pos += take;
        pos += take;
        if (this.pos === blockLen) {
          this.process(view, 0);
          this.pos = 0;
          processed = true;
        }
      }
      this.length += data2.length;
      if (processed)
        this.roundClean();
      return this;
    }
    digestInto(out) {
      aexists(this);
      aoutput(out, this);
      this.finished = true;
      const { buffer, view, blockLen, isLE } = this;
      let { pos } = this;
      buffer[pos++] = 128;
      buffer.fill(0, pos);
      if (this.padOffset > blockLen - pos) {
        this.process(view, 0);
        buffer.fill(0);
      }
      setU64FromNum(view, blockLen - 8, this.length * 8, isLE);
      this.process(view, 0);
      this.roundClean();
      const oview = out === buffer ? view : createView(out);
      const len = this.outputLen;
      const outLen = len / 4;
      const state = this.get();
      if (len % 4 || outLen > state.length)
        throw new Error("invalid outputLen");
      for (let i = 0; i < outLen; i++)
        oview.setUint32(4 * i, state[i], isLE);
    }
    digest() {
      const { buffer, outputLen } = this;
      this.digestInto(buffer);
      const res = buffer.slice(0, outputLen);
      this.destroy();
      return res;
    }
    _cloneIntoMeta(to) {
      const { buffer, length, finished, destroyed, pos } = this;
      to.destroyed = destroyed;
      to.finished = finished;
      to.length = length;
      to.pos = pos;
      if (pos)
        to.buffer.set(buffer);
      return to;
    }
    clone() {
      return this._cloneInto();
    }
  };
  var SHA256_IV = /* @__PURE__ */ Uint32Array.from([
    1779033703,
    3144134277,
    1013904242,
    2773480762,
    1359893119,
    2600822924,
    528734635,
    1541459225
  ]);
  var SHA512_IV = /* @__PURE__ */ Uint32Array.from([
    1779033703,
    4089235720,
    3144134277,
    2227873595,
    1013904242,
    4271175723,
    2773480762,
    1595750129,
    1359893119,
    2917565137,
    2600822924,
    725511199,
    528734635,
    4215389547,
    1541459225,
    327033209
  ]);

  // vendor/noble-hashes/sha2.js
  var SHA256_K = /* @__PURE__ */ Uint32Array.from([
    1116352408,
    1899447441,
    3049323471,
    3921009573,
    961987163,
    1508970993,
    2453635748,
    2870763221,
    3624381080,
    310598401,
    607225278,
    1426881987,
    1925078388,
    2162078206,
    2614888103,
    3248222580,
    3835390401,
    4022224774,
    264347078,
    604807628,
    770255983,
    1249150122,
    1555081692,
    1996064986,
    2554220882,
    2821834349,
    2952996808,
    3210313671,
    3336571891,
    3584528711,
    113926993,
    338241895,
    666307205,
    773529912,
    1294757372,
    1396182291,
    1695183700,
    1986661051,
    2177026350,
    2456956037,
    2730485921,
    2820302411,
    3259730800,
    3345764771,
    3516065817,
    3600352804,
    4094571909,
    275423344,
    430227734,
    506948616,
    659060556,
    883997877,
    958139571,
    1322822218,
    1537002063,
    1747873779,
    1955562222,
    2024104815,
    2227730452,
    2361852424,
    2428436474,
    2756734187,
    3204031479,
    3329325298
  ]);
  var SHA256_W = /* @__PURE__ */ new Uint32Array(64);
  var SHA2_32B = class extends HashMD {
    // We cannot use array here since array allows indexing by variable
    // which means optimizer/compiler cannot use registers.
    // Numeric initializers matter: starting the fields as `undefined` changes
    // V8's field representation and makes sha256 3x slower (measured).
    A = 0;
    B = 0;
    C = 0;
    D = 0;
    E = 0;
    F = 0;
    G = 0;
    H = 0;
    constructor(outputLen, IV) {
      super(64, outputLen, 8, false);
      this.A = IV[0] | 0;
      this.B = IV[1] | 0;
      this.C = IV[2] | 0;
      this.D = IV[3] | 0;
      this.E = IV[4] | 0;
      this.F = IV[5] | 0;
      this.G = IV[6] | 0;
      this.H = IV[7] | 0;
    }
    get() {
      const { A, B, C, D, E, F, G: G2, H } = this;
      return [A, B, C, D, E, F, G2, H];
    }
    // prettier-ignore
    set(A, B, C, D, E, F, G2, H) {
      this.A = A | 0;
      this.B = B | 0;
      this.C = C | 0;
      this.D = D | 0;
      this.E = E | 0;
      this.F = F | 0;
      this.G = G2 | 0;
      this.H = H | 0;
    }
    _cloneInto(to) {
      (to || (to = new this.constructor())).set(...this.get());
      return this._cloneIntoMeta(to);
    }
    process(view, offset) {
      for (let i = 0; i < 16; i++, offset += 4)
        SHA256_W[i] = view.getUint32(offset, false);
      for (let i = 16; i < 64; i++) {
        const W15 = SHA256_W[i - 15];
        const W2 = SHA256_W[i - 2];
        const s0 = rotr(W15, 7) ^ rotr(W15, 18) ^ W15 >>> 3;
        const s1 = rotr(W2, 17) ^ rotr(W2, 19) ^ W2 >>> 10;
        SHA256_W[i] = s1 + SHA256_W[i - 7] + s0 + SHA256_W[i - 16] | 0;
      }
      let { A, B, C, D, E, F, G: G2, H } = this;
      for (let i = 0; i < 64; i++) {
        const sigma1 = rotr(E, 6) ^ rotr(E, 11) ^ rotr(E, 25);
        const T1 = H + sigma1 + Chi(E, F, G2) + SHA256_K[i] + SHA256_W[i] | 0;
        const sigma0 = rotr(A, 2) ^ rotr(A, 13) ^ rotr(A, 22);
        const T2 = sigma0 + Maj(A, B, C) | 0;
        H = G2;
        G2 = F;
        F = E;
        E = D + T1 | 0;
        D = C;
        C = B;
        B = A;
        A = T1 + T2 | 0;
      }
      A = A + this.A | 0;
      B = B + this.B | 0;
      C = C + this.C | 0;
      D = D + this.D | 0;
      E = E + this.E | 0;
      F = F + this.F | 0;
      G2 = G2 + this.G | 0;
      H = H + this.H | 0;
      this.set(A, B, C, D, E, F, G2, H);
    }
    roundClean() {
      clean(SHA256_W);
    }
    destroy() {
      this.destroyed = true;
      this.set(0, 0, 0, 0, 0, 0, 0, 0);
      clean(this.buffer);
    }
  };
  var _SHA256 = class extends SHA2_32B {
    constructor() {
      super(32, SHA256_IV);
    }
  };
  var K512 = /* @__PURE__ */ (() => split([
    "0x428a2f98d728ae22",
    "0x7137449123ef65cd",
    "0xb5c0fbcfec4d3b2f",
    "0xe9b5dba58189dbbc",
    "0x3956c25bf348b538",
    "0x59f111f1b605d019",
    "0x923f82a4af194f9b",
    "0xab1c5ed5da6d8118",
    "0xd807aa98a3030242",
    "0x12835b0145706fbe",
    "0x243185be4ee4b28c",
    "0x550c7dc3d5ffb4e2",
    "0x72be5d74f27b896f",
    "0x80deb1fe3b1696b1",
    "0x9bdc06a725c71235",
    "0xc19bf174cf692694",
    "0xe49b69c19ef14ad2",
    "0xefbe4786384f25e3",
    "0x0fc19dc68b8cd5b5",
    "0x240ca1cc77ac9c65",
    "0x2de92c6f592b0275",
    "0x4a7484aa6ea6e483",
    "0x5cb0a9dcbd41fbd4",
    "0x76f988da831153b5",
    "0x983e5152ee66dfab",
    "0xa831c66d2db43210",
    "0xb00327c898fb213f",
    "0xbf597fc7beef0ee4",
    "0xc6e00bf33da88fc2",
    "0xd5a79147930aa725",
    "0x06ca6351e003826f",
    "0x142929670a0e6e70",
    "0x27b70a8546d22ffc",
    "0x2e1b21385c26c926",
    "0x4d2c6dfc5ac42aed",
    "0x53380d139d95b3df",
    "0x650a73548baf63de",
    "0x766a0abb3c77b2a8",
    "0x81c2c92e47edaee6",
    "0x92722c851482353b",
    "0xa2bfe8a14cf10364",
    "0xa81a664bbc423001",
    "0xc24b8b70d0f89791",
    "0xc76c51a30654be30",
    "0xd192e819d6ef5218",
    "0xd69906245565a910",
    "0xf40e35855771202a",
    "0x106aa07032bbd1b8",
    "0x19a4c116b8d2d0c8",
    "0x1e376c085141ab53",
    "0x2748774cdf8eeb99",
    "0x34b0bcb5e19b48a8",
    "0x391c0cb3c5c95a63",
    "0x4ed8aa4ae3418acb",
    "0x5b9cca4f7763e373",
    "0x682e6ff3d6b2b8a3",
    "0x748f82ee5defb2fc",
    "0x78a5636f43172f60",
    "0x84c87814a1f0ab72",
    "0x8cc702081a6439ec",
    "0x90befffa23631e28",
    "0xa4506cebde82bde9",
    "0xbef9a3f7b2c67915",
    "0xc67178f2e372532b",
    "0xca273eceea26619c",
    "0xd186b8c721c0c207",
    "0xeada7dd6cde0eb1e",
    "0xf57d4f7fee6ed178",
    "0x06f067aa72176fba",
    "0x0a637dc5a2c898a6",
    "0x113f9804bef90dae",
    "0x1b710b35131c471b",
    "0x28db77f523047d84",
    "0x32caab7b40c72493",
    "0x3c9ebe0a15c9bebc",
    "0x431d67c49c100d4c",
    "0x4cc5d4becb3e42b6",
    "0x597f299cfc657e2a",
    "0x5fcb6fab3ad6faec",
    "0x6c44198c4a475817"
  ].map((n) => BigInt(n))))();
  var SHA512_Kh = /* @__PURE__ */ (() => K512[0])();
  var SHA512_Kl = /* @__PURE__ */ (() => K512[1])();
  var SHA512_W_H = /* @__PURE__ */ new Uint32Array(80);
  var SHA512_W_L = /* @__PURE__ */ new Uint32Array(80);
  var SHA2_64B = class extends HashMD {
    // We cannot use array here since array allows indexing by variable
    // which means optimizer/compiler cannot use registers.
    // h -- high 32 bits, l -- low 32 bits
    // Numeric initializers matter: starting the fields as `undefined` changes
    // V8's field representation and slows hashing down (measured on sha256).
    Ah = 0;
    Al = 0;
    Bh = 0;
    Bl = 0;
    Ch = 0;
    Cl = 0;
    Dh = 0;
    Dl = 0;
    Eh = 0;
    El = 0;
    Fh = 0;
    Fl = 0;
    Gh = 0;
    Gl = 0;
    Hh = 0;
    Hl = 0;
    constructor(outputLen, IV) {
      super(128, outputLen, 16, false);
      this.Ah = IV[0] | 0;
      this.Al = IV[1] | 0;
      this.Bh = IV[2] | 0;
      this.Bl = IV[3] | 0;
      this.Ch = IV[4] | 0;
      this.Cl = IV[5] | 0;
      this.Dh = IV[6] | 0;
      this.Dl = IV[7] | 0;
      this.Eh = IV[8] | 0;
      this.El = IV[9] | 0;
      this.Fh = IV[10] | 0;
      this.Fl = IV[11] | 0;
      this.Gh = IV[12] | 0;
      this.Gl = IV[13] | 0;
      this.Hh = IV[14] | 0;
      this.Hl = IV[15] | 0;
    }
    // prettier-ignore
    get() {
      const { Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl } = this;
      return [Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl];
    }
    // prettier-ignore
    set(Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl) {
      this.Ah = Ah | 0;
      this.Al = Al | 0;
      this.Bh = Bh | 0;
      this.Bl = Bl | 0;
      this.Ch = Ch | 0;
      this.Cl = Cl | 0;
      this.Dh = Dh | 0;
      this.Dl = Dl | 0;
      this.Eh = Eh | 0;
      this.El = El | 0;
      this.Fh = Fh | 0;
      this.Fl = Fl | 0;
      this.Gh = Gh | 0;
      this.Gl = Gl | 0;
      this.Hh = Hh | 0;
      this.Hl = Hl | 0;
    }
    _cloneInto(to) {
      (to || (to = new this.constructor())).set(...this.get());
      return this._cloneIntoMeta(to);
    }
    process(view, offset) {
      for (let i = 0; i < 16; i++, offset += 4) {
        SHA512_W_H[i] = view.getUint32(offset);
        SHA512_W_L[i] = view.getUint32(offset += 4);
      }
      for (let i = 16; i < 80; i++) {
        const W15h = SHA512_W_H[i - 15] | 0;
        const W15l = SHA512_W_L[i - 15] | 0;
        const s0h = rotrSH(W15h, W15l, 1) ^ rotrSH(W15h, W15l, 8) ^ shrSH(W15h, W15l, 7);
        const s0l = rotrSL(W15h, W15l, 1) ^ rotrSL(W15h, W15l, 8) ^ shrSL(W15h, W15l, 7);
        const W2h = SHA512_W_H[i - 2] | 0;
        const W2l = SHA512_W_L[i - 2] | 0;
        const s1h = rotrSH(W2h, W2l, 19) ^ rotrBH(W2h, W2l, 61) ^ shrSH(W2h, W2l, 6);
        const s1l = rotrSL(W2h, W2l, 19) ^ rotrBL(W2h, W2l, 61) ^ shrSL(W2h, W2l, 6);
        const SUMl = add4L(s0l, s1l, SHA512_W_L[i - 7], SHA512_W_L[i - 16]);
        const SUMh = add4H(SUMl, s0h, s1h, SHA512_W_H[i - 7], SHA512_W_H[i - 16]);
        SHA512_W_H[i] = SUMh | 0;
        SHA512_W_L[i] = SUMl | 0;
      }
      let { Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl } = this;
      for (let i = 0; i < 80; i++) {
        const sigma1h = rotrSH(Eh, El, 14) ^ rotrSH(Eh, El, 18) ^ rotrBH(Eh, El, 41);
        const sigma1l = rotrSL(Eh, El, 14) ^ rotrSL(Eh, El, 18) ^ rotrBL(Eh, El, 41);
        const CHIh = Eh & Fh ^ ~Eh & Gh;
        const CHIl = El & Fl ^ ~El & Gl;
        const T1ll = add5L(Hl, sigma1l, CHIl, SHA512_Kl[i], SHA512_W_L[i]);
        const T1h = add5H(T1ll, Hh, sigma1h, CHIh, SHA512_Kh[i], SHA512_W_H[i]);
        const T1l = T1ll | 0;
        const sigma0h = rotrSH(Ah, Al, 28) ^ rotrBH(Ah, Al, 34) ^ rotrBH(Ah, Al, 39);
        const sigma0l = rotrSL(Ah, Al, 28) ^ rotrBL(Ah, Al, 34) ^ rotrBL(Ah, Al, 39);
        const MAJh = Ah & Bh ^ Ah & Ch ^ Bh & Ch;
        const MAJl = Al & Bl ^ Al & Cl ^ Bl & Cl;
        Hh = Gh | 0;
        Hl = Gl | 0;
        Gh = Fh | 0;
        Gl = Fl | 0;
        Fh = Eh | 0;
        Fl = El | 0;
        ({ h: Eh, l: El } = add2(Dh | 0, Dl | 0, T1h | 0, T1l | 0));
        Dh = Ch | 0;
        Dl = Cl | 0;
        Ch = Bh | 0;
        Cl = Bl | 0;
        Bh = Ah | 0;
        Bl = Al | 0;
        const All = add3L(T1l, sigma0l, MAJl);
        Ah = add3H(All, T1h, sigma0h, MAJh);
        Al = All | 0;
      }
      ({ h: Ah, l: Al } = add2(this.Ah | 0, this.Al | 0, Ah | 0, Al | 0));
      ({ h: Bh, l: Bl } = add2(this.Bh | 0, this.Bl | 0, Bh | 0, Bl | 0));
      ({ h: Ch, l: Cl } = add2(this.Ch | 0, this.Cl | 0, Ch | 0, Cl | 0));
      ({ h: Dh, l: Dl } = add2(this.Dh | 0, this.Dl | 0, Dh | 0, Dl | 0));
      ({ h: Eh, l: El } = add2(this.Eh | 0, this.El | 0, Eh | 0, El | 0));
      ({ h: Fh, l: Fl } = add2(this.Fh | 0, this.Fl | 0, Fh | 0, Fl | 0));
      ({ h: Gh, l: Gl } = add2(this.Gh | 0, this.Gl | 0, Gh | 0, Gl | 0));
      ({ h: Hh, l: Hl } = add2(this.Hh | 0, this.Hl | 0, Hh | 0, Hl | 0));
      this.set(Ah, Al, Bh, Bl, Ch, Cl, Dh, Dl, Eh, El, Fh, Fl, Gh, Gl, Hh, Hl);
    }
    roundClean() {
      clean(SHA512_W_H, SHA512_W_L);
    }
    destroy() {
      this.destroyed = true;
      clean(this.buffer);
      this.set(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
  };
  var _SHA512 = class extends SHA2_64B {
    constructor() {
      super(64, SHA512_IV);
    }
  };
  var sha256 = /* @__PURE__ */ createHasher(
    () => new _SHA256(),
    /* @__PURE__ */ oidNist(1)
  );
  var sha512 = /* @__PURE__ */ createHasher(
    () => new _SHA512(),
    /* @__PURE__ */ oidNist(3)
  );

  // verify/ed25519.js
  var ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  var REMEMBERED_MAX = 512;
  function littleEndian(bytes) {
    let value = 0n;
    for (let at2 = bytes.length - 1; at2 >= 0; at2 -= 1) value = value * 256n + BigInt(bytes[at2]);
    return value;
  }
  function decode(bytes) {
    try {
      const point = Point.fromBytes(bytes, false);
      return equal(point.toBytes(), bytes) && !point.isSmallOrder() && point.isTorsionFree() ? point : null;
    } catch {
      return null;
    }
  }
  function remembering(compute) {
    const memory = /* @__PURE__ */ new Map();
    return (bytes) => {
      const name = hex(bytes);
      if (!memory.has(name)) {
        if (memory.size >= REMEMBERED_MAX) memory.delete(memory.keys().next().value);
        memory.set(name, compute(bytes));
      }
      return memory.get(name);
    };
  }
  var prepare = remembering(decode);
  var isCleanPoint = remembering((bytes) => decode(bytes) !== null);
  var isUsableKey = (key) => key.length === 32 && prepare(key) !== null;
  function verifyPlainly(key, message, signature) {
    const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
    const k = littleEndian(sha512(concat(r, key, message))) % ORDER;
    const ours = (s === 0n ? Point.ZERO : Point.BASE.multiply(s, false)).subtract(
      k === 0n ? Point.ZERO : prepare(key).multiply(k, false)
    );
    return !ours.isSmallOrder() && equal(ours.toBytes(), r);
  }
  var _a2;
  var subtle = (_a2 = globalThis.crypto) == null ? void 0 : _a2.subtle;
  var imported = remembering((key) => subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]).catch(() => null));
  async function verify(key, message, signature) {
    if (key.length !== 32 || signature.length !== 64 || !isUsableKey(key)) return false;
    if (littleEndian(signature.subarray(32)) >= ORDER) return false;
    const handle = subtle === void 0 ? null : await imported(key);
    if (handle === null) return verifyPlainly(key, message, signature);
    const holds = await subtle.verify({ name: "Ed25519" }, handle, signature, message).catch(() => null);
    if (holds === null) return verifyPlainly(key, message, signature);
    return holds && isCleanPoint(signature.subarray(0, 32));
  }

  // verify/hashing.js
  var sha2562 = (...parts) => sha256(parts.length === 1 ? parts[0] : concat(...parts));
  var CHUNK_BYTES = 1024 * 1024;

  // verify/note.js
  var ED25519 = 1;
  var COSIGNATURE_V1 = 4;
  var isNoteName = (name) => name !== "" && utf8Length(name) <= NOTE_NAME_BYTES_MAX && !hasSpace(name) && !hasControl(name) && !name.includes("+");
  function noteKey(name, algorithm, key) {
    if (!isNoteName(name)) return null;
    const id = sha2562(utf8(name), Uint8Array.of(10, algorithm), key).slice(0, 4);
    return { name, algorithm, key, id, text: `${name}+${hex(id)}+${base64(concat(Uint8Array.of(algorithm), key))}` };
  }
  function noteKeyOfText(text2) {
    const [first, second] = [text2.indexOf("+"), text2.indexOf("+", text2.indexOf("+") + 1)];
    if (first < 0 || second < 0) return null;
    const bytes = unbase64(text2.slice(second + 1));
    if (bytes === null || bytes.length !== 33 || bytes[0] !== ED25519 && bytes[0] !== COSIGNATURE_V1) return null;
    const key = noteKey(text2.slice(0, first), bytes[0], bytes.slice(1));
    return key !== null && key.text === text2 ? key : null;
  }
  function signatureLine(line) {
    if (!line.startsWith("— ")) return null;
    const space = line.indexOf(" ", 2);
    const name = line.slice(2, space);
    const bytes = space < 0 || !isNoteName(name) ? null : unbase64(line.slice(space + 1));
    return bytes === null || bytes.length < 4 ? null : { name, id: bytes.slice(0, 4), bytes: bytes.slice(4) };
  }
  function noteOfText(note) {
    if (utf8Length(note) > NOTE_BYTES_MAX || !note.endsWith("\n") || hasControl(note.replaceAll("\n", ""))) return null;
    const gap2 = note.lastIndexOf("\n\n");
    const block = gap2 < 0 ? "" : note.slice(gap2 + 2);
    if (!block.endsWith("\n")) return null;
    const lines = block.slice(0, -1).split("\n");
    if (lines.length > NOTE_SIGNATURES_MAX) return null;
    const read2 = lines.map(signatureLine);
    return read2.includes(null) ? null : { text: note.slice(0, gap2 + 1), lines: read2 };
  }
  var isBy = (line, key) => line.name === key.name && equal(line.id, key.id);
  async function validTime(key, text2, line) {
    if (key.algorithm === ED25519) return await verify(key.key, utf8(text2), line.bytes) ? 0n : null;
    if (line.bytes.length !== 72) return null;
    const time = u64At(line.bytes, 0);
    const holds = await verify(key.key, utf8(`cosignature/v1
time ${time}
${text2}`), line.bytes.subarray(8));
    return holds ? time : null;
  }
  async function findValid(key, note) {
    const line = note.lines.find((one) => isBy(one, key));
    return line === void 0 ? null : validTime(key, note.text, line);
  }

  // verify/merkle.js
  var nodeHash = (left, right) => sha2562(Uint8Array.of(1), left, right);
  function provenPrefix(old, now2, path2, oldRoot, nowRoot) {
    if (old === 0n || old > now2) return null;
    if (old === now2) return path2.length === 0 ? nowRoot : null;
    if (path2.length > MERKLE_PATH_MAX + 1) return null;
    const powerOfTwo = (old & old - 1n) === 0n;
    const first = powerOfTwo ? oldRoot : path2[0];
    if (first === void 0) return null;
    let [position, last, before, after] = [old - 1n, now2 - 1n, first, first];
    while (position % 2n === 1n) [position, last] = [position >> 1n, last >> 1n];
    for (const sibling of powerOfTwo ? path2 : path2.slice(1)) {
      if (last === 0n) return null;
      if (position % 2n === 1n || position === last) {
        [before, after] = [nodeHash(sibling, before), nodeHash(sibling, after)];
        while (position % 2n === 0n && position !== 0n) [position, last] = [position >> 1n, last >> 1n];
      } else {
        after = nodeHash(after, sibling);
      }
      [position, last] = [position >> 1n, last >> 1n];
    }
    return last === 0n && equal(after, nowRoot) ? before : null;
  }

  // verify/checkpoint.js
  function originOfText(text2) {
    const found = /^biaozheng\.log\/([a-z0-9-]{1,32})\/([0-9a-f]{64})$/.exec(text2);
    return found === null ? null : { text: text2, label: found[1], chain: `sha256:${found[2]}` };
  }
  var hashOfText = (text2) => {
    const bytes = unbase64(text2);
    return bytes !== null && bytes.length === 32 ? bytes : null;
  };
  function checkpointOfText(text2) {
    const lines = text2.split("\n");
    if (lines.length !== 4 || lines[3] !== "") return null;
    const [origin, size, root] = [originOfText(lines[0]), u64Text(lines[1]), hashOfText(lines[2])];
    return origin === null || size === null || root === null ? null : { origin, size, root };
  }

  // verify/policy.js
  var NO_QUORUM = "none";
  function threshold(word, count) {
    if (word === "any") return 1n;
    if (word === "all") return BigInt(count);
    if (!/^\+?[0-9]+$/.test(word)) return null;
    const value = BigInt(word.replace("+", ""));
    return value <= U64_MAX ? value : null;
  }
  var Reader = class {
    constructor() {
      this.logs = [];
      this.witnesses = [];
      this.groups = [];
      this.names = /* @__PURE__ */ new Set();
      this.quorum = null;
    }
    claim(name) {
      const free = isNoteName(name) && name !== NO_QUORUM && !this.names.has(name);
      this.names.add(name);
      return free;
    }
    /** False for a line that is refused. */
    line([keyword, ...rest]) {
      if (keyword === "log" && (rest.length === 1 || rest.length === 2)) return this.log(rest[0]);
      if (keyword === "witness" && (rest.length === 2 || rest.length === 3)) return this.witness(...rest);
      if (keyword === "group" && rest.length >= 2) return this.group(...rest);
      if (keyword !== "quorum" || rest.length !== 1 || this.quorum !== null) return false;
      [this.quorum] = rest;
      return this.quorum === NO_QUORUM || this.names.has(this.quorum);
    }
    log(text2) {
      const key = noteKeyOfText(text2);
      this.logs.push(key);
      return key !== null && key.algorithm === ED25519;
    }
    witness(name, text2) {
      const key = noteKeyOfText(text2);
      if (key === null || key.algorithm !== COSIGNATURE_V1) return false;
      if (this.witnesses.some((other) => hex(other.key.key) === hex(key.key))) return false;
      this.witnesses.push({ name, key });
      return this.claim(name);
    }
    group(name, word, ...members) {
      const needed = threshold(word, members.length);
      if (needed === null || needed === 0n || needed > BigInt(members.length)) return false;
      if (new Set(members).size !== members.length || !members.every((one) => this.names.has(one))) return false;
      this.groups.push({ name, threshold: Number(needed), members });
      return this.claim(name);
    }
  };
  function policyOfText(text2) {
    if (utf8Length(text2) > POLICY_BYTES_MAX) return null;
    const reader = new Reader();
    for (const line of text2.split("\n")) {
      const found = words(line);
      if (found.length > 0 && !found[0].startsWith("#") && !reader.line(found)) return null;
    }
    const { logs, witnesses, groups, quorum } = reader;
    return quorum === null || logs.length === 0 ? null : { logs, witnesses, groups, quorum };
  }
  var needsCosigners = (policy) => policy.quorum !== NO_QUORUM;
  async function cosignedUnder(policy, note) {
    const checkpoint = checkpointOfText(note.text);
    if (checkpoint === null) return { why: "the signed text is not a checkpoint of a Biaozheng log" };
    let logged = false;
    for (const key of policy.logs) {
      logged || (logged = key.name === checkpoint.origin.text && await findValid(key, note) !== null);
    }
    if (!logged) return { why: "no valid signature by a log key of the policy" };
    const cosigners = [];
    for (const { name, key } of policy.witnesses) {
      const time = await findValid(key, note);
      if (time !== null) cosigners.push({ name, time });
    }
    const reached = new Set(cosigners.map((one) => one.name));
    for (const group of policy.groups) {
      if (group.members.filter((name) => reached.has(name)).length >= group.threshold) reached.add(group.name);
    }
    if (needsCosigners(policy) && !reached.has(policy.quorum)) {
      return { why: `the quorum is not reached: valid cosignatures by ${cosigners.map((one) => one.name).join(", ") || "nobody"}` };
    }
    return { checkpoint, cosigners, known: policy.witnesses.length };
  }

  // pages/split-view.js
  var KEPT2 = "biaozheng-checkpoint";
  function kept() {
    try {
      const value = JSON.parse(localStorage.getItem(KEPT2) ?? "null");
      return typeof (value == null ? void 0 : value.policy) === "string" && typeof value.text === "string" ? value : null;
    } catch {
      return null;
    }
  }
  function keep(value) {
    try {
      localStorage.setItem(KEPT2, JSON.stringify(value));
    } catch {
    }
  }
  var adopt = ({ policyText, text: text2 }) => keep({ policy: policyText, text: text2 });
  async function read(policyText, text2) {
    const policy = policyOfText(policyText);
    if (policy === null) return { why: "the policy cannot be read" };
    const note = noteOfText(text2.endsWith("\n") ? text2 : `${text2}
`);
    return note === null ? { why: "not a signed checkpoint" } : cosignedUnder(policy, note);
  }
  async function relation(one, other) {
    const [small, large] = one.size < other.size ? [one, other] : [other, one];
    let path2 = [];
    if (small.size !== large.size) {
      try {
        const answer = await get(`/v1/consistency?from=${small.size}&to=${large.size}`);
        path2 = Array.isArray(answer.path) ? answer.path.map((hash) => unhex(String(hash))) : [null];
      } catch (error) {
        if (error.status === 404) return "absent";
        throw error;
      }
    }
    const found = path2.some((hash) => (hash == null ? void 0 : hash.length) !== 32) ? null : provenPrefix(small.size, large.size, path2, small.root, large.root);
    if (found === null) return "unproven";
    return equal(found, small.root) ? "same" : "split";
  }
  var summary = ({ checkpoint, cosigners, known }) => ({ size: String(checkpoint.size), names: cosigners.map((one) => one.name), known });
  async function against(known, knownPolicy, now2, policyText) {
    if (known.checkpoint.origin.text !== now2.checkpoint.origin.text) return "other";
    const found = await relation(now2.checkpoint, known.checkpoint);
    if (found === "absent") return known.checkpoint.size > now2.checkpoint.size ? "behind" : "unproven";
    return found === "same" && knownPolicy !== policyText ? "policy" : found;
  }
  async function shownNow() {
    const [policyText, text2] = [await getText("/v1/policy"), await getText("/v1/checkpoint")];
    return { policyText, text: text2, ...await read(policyText, text2) };
  }
  async function ownView() {
    const before = kept();
    const known = before === null ? { why: "none" } : await read(before.policy, before.text);
    const evidence = known.why === void 0 ? before.text : null;
    const old = known.why === void 0 ? String(known.checkpoint.size) : null;
    const now2 = await shownNow().catch((error) => {
      if (error.status === 404 && evidence !== null) return { why: "this node shows no checkpoint any more" };
      throw error;
    });
    const { policyText, text: text2 } = now2;
    if (now2.why !== void 0) return { state: "bad", why: now2.why, before: old, evidence };
    const state = evidence === null ? "first" : await against(known, before.policy, now2, policyText);
    if (state === "first" || state === "same" && now2.checkpoint.size >= known.checkpoint.size) keep({ policy: policyText, text: text2 });
    return { state, ...summary(now2), before: old, text: text2, policyText, evidence: ["first", "same"].includes(state) ? null : evidence };
  }
  async function compareWith(text2) {
    const here = await shownNow();
    const other = await read(here.policyText, text2.trim());
    const why = other.why ?? here.why;
    if (why !== void 0) return { state: "bad", why };
    const [ours, theirs] = [here.checkpoint, other.checkpoint];
    const found = await relation(ours, theirs);
    const state = found !== "absent" ? found : theirs.size > ours.size ? "later" : "unproven";
    return { state, here: String(ours.size), other: String(theirs.size) };
  }
  var WORDS2 = {
    first: ["● 本浏览器首次见到本节点的检查点；已记住，下次据此比对", "● first checkpoint of this node that this browser sees; kept to compare with the next"],
    same: ["✓ 同一份历史：较小的账本是较大账本的开头", "✓ the same history: the smaller ledger is the beginning of the larger one"],
    later: ["… 对方比本节点新；待本节点跟上后再比对", "… the other is ahead of this node; compare again once this one has caught up"],
    behind: [
      "? 无法判断：本节点给出的账本比本浏览器以前所见的短，且证明不了两者一致。以前的检查点已保留。稍后再看；若一直如此，请运行 biaozheng audit",
      "? cannot tell: this node shows a shorter ledger than this browser has seen, and no proof that one begins with the other. The earlier checkpoint is kept. Look again later; if it stays so, run biaozheng audit"
    ],
    unproven: [
      "? 无法判断：本节点给出的一致性证明不成立，这既不证明分叉也不证明一致。以前的检查点已保留。请运行 biaozheng audit",
      "? cannot tell: the consistency proof this node gives does not hold, which proves neither a fork nor one history. The earlier checkpoint is kept. Run biaozheng audit"
    ],
    policy: [
      "? 历史相接，但签名策略与以前所见的不同。请与另一节点或印刷件核对新策略；以前的检查点已保留",
      "? the history continues, but the signing policy is another than before. Compare the new one with another node or with print; the earlier checkpoint is kept"
    ],
    other: ["? 这是另一条链：与本浏览器以前在此处所见的不是同一本账。以前的检查点已保留", "? this is another chain than the one this browser saw here before. The earlier checkpoint is kept"],
    split: [
      "✗ 历史不一致：两份检查点都由法定数签名，却互不为对方的开头。请保存两份检查点并运行 biaozheng audit",
      "✗ SPLIT VIEW: the quorum signed both checkpoints, and neither begins with the other. Keep both and run biaozheng audit"
    ],
    bad: ["✗ 检查点不成立", "✗ the checkpoint does not hold"],
    unread: ["? 未能比对：读取本节点的检查点失败", "? not compared: this node’s checkpoint could not be read"]
  };
  var splitWords = (state) => say(...WORDS2[state]);
  var splitKind = (state) => ({ same: "good-text", first: "", later: "", split: "bad-text", bad: "bad-text" })[state] ?? "warning";

  // pages/timers.js
  var AHEAD_MS = 72 * 3600 * 1e3;
  var SOON_MS = 24 * 3600 * 1e3;
  var SHOWN_MAX = 200;
  var RULES2 = {
    deadline: ["截止时间（公告）", "Deadline of the notice"],
    reveal_window: ["开标", "Opening"],
    publicity_start: ["开始公示", "Start of publicity"],
    publicity_min: ["公示期满（此前不得定标、签约）", "End of publicity (no award or contract before)"],
    award_max: ["定标", "Award"],
    contract_max: ["签订合同", "Contract"],
    regulator_report_max: ["书面报告", "Report to the regulator"],
    contract_filing_max: ["合同备案", "Filing of the contract"],
    objection_reply_max: ["答复异议", "Answer to an objection"],
    objection_opening_reply_max: ["当场答复开标异议", "Answer to an objection to the opening"],
    complaint_accept_max: ["受理投诉", "Complaint to be taken up"],
    complaint_decide_max: ["处理投诉", "Complaint to be decided"],
    result_publicity_max: ["结果公示", "Result to be made public"],
    bond_refund_after_contract: ["退还保证金", "Bonds to be returned"]
  };
  var ENDS_ONLY = ["deadline", "publicity_min"];
  var timerText = (rule) => Object.hasOwn(RULES2, rule) ? say(...RULES2[rule]) : plain(rule, 60);
  var projectLink = (id) => element("a", { href: `index.html#project=${encodeURIComponent(id)}` }, plain(id, 64));
  function leftText({ rule, due_ms: due }, now2) {
    const left = due - now2;
    if (left < 0 && ENDS_ONLY.includes(rule)) return say("✓ 已到", "✓ reached");
    if (left < 0) return say(`✗ 逾期 ${durationText(-left)}`, `✗ ${durationText(-left)} overdue`);
    return `${left < SOON_MS ? "⚠ " : ""}${say(`还有 ${durationText(left)}`, `${durationText(left)} left`)}`;
  }
  var atRisk = (timers, now2) => timers.filter((one) => one.due_ms - now2 < AHEAD_MS && !(one.due_ms < now2 && ENDS_ONLY.includes(one.rule))).sort((one, other) => one.due_ms - other.due_ms);
  var overdue = (timers, now2) => atRisk(timers, now2).filter((one) => one.due_ms < now2).length;
  function timersTable(timers, now2) {
    const found = atRisk(timers, now2);
    const [count, whole] = [found.length, timers.length].map((one) => countText(one, timers.isCut));
    const caption = say(`逾期与 72 小时内到期（${count}，正在计时共 ${whole}）`, `Overdue or due within 72 hours (${count} of ${whole} that run)`);
    return table(caption, [
      [say("剩余", "Left"), (one) => leftText(one, now2)],
      [say("事项", "Duty"), (one) => timerText(one.rule)],
      [say("项目", "Project"), (one) => [projectLink(one.project), element("div", { class: "soft" }, plain(one.title, 80))]],
      [say("阶段", "Stage"), (one) => stageText(one.stage)],
      [say("期限", "Due"), (one) => timeText(one.due_ms)],
      [say("规则与条款", "Limit and article"), (one) => [plain(one.limit, 60).replaceAll('"', ""), one.article ? ` · ${plain(one.article, 80)}` : ""]]
    ], found.slice(0, SHOWN_MAX), say("没有", "none"));
  }

  // pages/regulator.js
  var LIST_MAX = 1e3;
  var data = { status: new Known(), alerts: new Known(), timers: new Known(), chains: new Known(), split: new Known(), prices: null, compared: null };
  var now = () => data.status.has ? data.status.value.block_time_ms + data.status.value.last_block_age_ms : 0;
  var UNKNOWN = "—";
  function openAndLate() {
    const { alerts, timers, status } = data;
    const open = alerts.isFresh ? alerts.value.filter((one) => one.open).length : null;
    const late = timers.isFresh && status.isFresh ? overdue(timers.value, now()) : null;
    const text2 = (count, known) => count === null ? UNKNOWN : countText(count, known.value.isCut);
    const sign = (open ?? 0) + (late ?? 0) > 0 ? "⚠ " : open === null || late === null ? "" : "✓ ";
    return `${sign}${text2(open, alerts)} · ${text2(late, timers)}`;
  }
  function numbers() {
    const status = data.status.isFresh ? data.status.value : null;
    const up = status === null ? 0 : status.validators - status.missing_validators.length;
    const isLate = status !== null && status.last_block_age_ms > 2 * status.heartbeat_ms;
    const entries = [
      [say("距上一区块", "Since the last block"), status === null ? UNKNOWN : `${isLate ? "⚠ " : ""}${durationText(status.last_block_age_ms)}`],
      [say("在线验证节点（法定数）", "Validators up (quorum)"), status === null ? UNKNOWN : `${up < status.quorum ? "✗ " : up < status.validators ? "⚠ " : "✓ "}${up} / ${status.validators} (${status.quorum})`],
      [say("等待入链的记录", "Records waiting"), status === null ? UNKNOWN : String(status.waiting)],
      [say("未处置预警 · 逾期事项", "Open alerts · overdue duties"), openAndLate()]
    ];
    return [gap(data.status, again), element("dl", { class: "numbers" }, entries.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))))];
  }
  function consortium(status) {
    const own = { name: status.name, validator: status.role === "validator", connected: true, height: status.height, own: true };
    const nodes = [own, ...status.peers].sort((one, other) => Number(other.validator) - Number(one.validator));
    const { consensus, next_block: next } = status;
    const reasons = status.reasons.map((one) => plain(one, 200)).join("；");
    return [
      element("p", { class: status.ready ? "good-text" : "bad-text" }, status.ready ? say("✓ 本节点就绪，联盟在产生区块。", "✓ This node is ready, and the consortium decides blocks.") : `✗ ${say("本节点未就绪", "This node is not ready")}：${reasons}`),
      table(say("节点", "Nodes"), [
        [say("名称", "Name"), (one) => `${plain(one.name, 80)}${one.own ? say("（本节点）", " (this node)") : ""}`],
        [say("角色", "Role"), (one) => one.validator ? say("验证节点", "validator") : say("观察节点", "observer")],
        [say("状态", "State"), (one) => one.connected ? say("✓ 在线", "✓ up") : say("✗ 不可达", "✗ not in reach")],
        [say("高度", "Height"), (one) => Number.isSafeInteger(one.height) ? String(one.height) : null, "number"]
      ], nodes, ""),
      facts([
        [say("高度", "Height"), `${status.height} · ${timeText(status.block_time_ms)}`],
        [say("共识", "Consensus"), consensus ? `${say("高度", "height")} ${consensus.height}，${say("轮次", "round")} ${consensus.round}，${plain(consensus.step, 40)}，${say("提议者", "proposer")} ${plain(consensus.proposer ?? "—", 80)}` : null],
        [say("下一区块", "Next block"), next ? `${plain(next.reason, 80)}${Number.isFinite(next.in_ms) ? ` · ${durationText(next.in_ms)}` : ""}` : null],
        [say("已签证 / 历史树", "Certified / history"), `${status.certified_size} / ${status.history_size}`]
      ])
    ];
  }
  function keptCheckpoint(split2) {
    return [
      element("p", {}, say("以前所见的检查点（证据，请另行保存）：", "The checkpoint seen before (evidence; save it elsewhere too):")),
      element("pre", { id: "kept", class: "mono", tabindex: 0 }, split2.evidence),
      split2.text ? element("button", { id: "adopt", type: "button", onclick: () => goOnWith(split2) }, say("证据已另存；今后以本节点现在给出的为准", "I have saved it; compare with what this node shows now from here on")) : null
    ];
  }
  var childrenTable = (chains) => table(say("登记检查点的其他链", "Chains that enter their checkpoints here"), [
    [say("链", "Chain"), (one) => [plain(one.title, 80), element("div", { class: "mono soft" }, plain(one.chain, 80))]],
    [say("最新检查点", "Newest checkpoint"), (one) => one.newest ? `${one.newest.size} · ${timeText(one.newest.time_ms)}` : null],
    [say("检查点数", "Checkpoints"), (one) => String(one.count), "number"],
    [say("状态", "State"), (one) => one.split ? element("strong", { class: "bad-text" }, say("✗ 已证明分叉", "✗ a split was shown")) : say("✓ 未见分叉", "✓ no split")]
  ], chains, say("没有", "none"));
  function ownCheckpoint(split2) {
    if (split2 === null) return element("p", {}, say("本节点还没有经共同签名的检查点。", "This node has no cosigned checkpoint yet."));
    return [
      element("p", { class: splitKind(split2.state) }, element("strong", {}, splitWords(split2.state)), split2.why ? `：${plain(split2.why, 300)}` : ""),
      facts([
        [say("本节点检查点", "This node’s checkpoint"), split2.size ? say(`${split2.size} 条`, `${split2.size} entries`) : null],
        [say("上次所见", "Last seen"), split2.before],
        [say("共同签名", "Cosigned by"), split2.names ? `${split2.names.length}/${split2.known} ${split2.names.map((one) => plain(one, 80)).join("、")}` : null]
      ]),
      split2.text ? element("details", {}, element("summary", {}, say("检查点原文（供其他节点比对）", "The checkpoint itself, to compare elsewhere")), element("pre", { class: "mono", tabindex: 0 }, split2.text)) : null,
      split2.evidence ? keptCheckpoint(split2) : null
    ];
  }
  var splitView = () => [shown(data.split, again, ownCheckpoint), shown(data.chains, again, childrenTable)];
  function compared() {
    const { compared: found } = data;
    if (found === null) return null;
    return element("p", { class: splitKind(found.state) }, `${splitWords(found.state)}${found.why ? `：${plain(found.why, 300)}` : ""}${found.here ? ` (${found.here} · ${found.other})` : ""}`);
  }
  function keepingOpen(root, draw) {
    const opened = new Set([...root.querySelectorAll("details")].flatMap((one, at2) => one.open ? [at2] : []));
    draw();
    [...root.querySelectorAll("details")].forEach((one, at2) => {
      one.open = opened.has(at2);
    });
  }
  function render() {
    show(byId("numbers"), numbers());
    keepingOpen(byId("alerts"), () => show(byId("alerts"), shown(data.alerts, again, (alerts) => alertsTable(alerts, now()))));
    show(byId("timers"), shown(data.timers, again, (timers) => timersTable(timers, now())));
    show(byId("flags"), shown(data.alerts, again, alertsOverTime));
    show(byId("consortium"), shown(data.status, again, consortium));
    keepingOpen(byId("split"), () => show(byId("split"), splitView()));
    show(byId("compared"), compared());
    show(byId("prices"), data.prices === null ? null : (data.prices.lots ?? []).map((lot) => lotPrices(lot, data.prices.currency)));
  }
  var timersOf = () => all(path("v1", "timers"), LIST_MAX);
  var height = -1;
  function again() {
    height = -1;
    return refresh();
  }
  async function refresh() {
    const { status, alerts, timers, chains, split: split2 } = data;
    const rest = [alerts, timers, chains, split2];
    if (!await status.ask(() => get(path("v1", "status")))) {
      for (const one of rest) one.fail(status.problem);
    } else if (status.value.height !== height || rest.some((one) => !one.isFresh)) {
      const answered = await Promise.all([
        alerts.ask(() => all(path("v1", "alerts"), LIST_MAX)),
        timers.ask(timersOf),
        chains.ask(() => all(path("v1", "chains"), LIST_MAX)),
        split2.ask(() => ownView().catch((error) => error.status === 404 ? null : Promise.reject(error)))
      ]);
      if (answered.every((one) => one)) height = status.value.height;
    }
    byId("message").textContent = status.problem === null ? "" : `${say("节点没有回答", "The node does not answer")}：${reasonText(status.problem)}`;
    render();
  }
  async function goOnWith(split2) {
    adopt(split2);
    await again();
  }
  async function showPrices(id) {
    data.prices = null;
    byId("price-message").textContent = say("读取中…", "reading…");
    try {
      data.prices = await get(path("v1", "projects", id));
      await lookUpNames((data.prices.lots ?? []).flatMap((lot) => (lot.bids ?? []).map((one) => one.bidder)));
      byId("price-message").textContent = "";
    } catch (error) {
      byId("price-message").textContent = error.status === 404 ? say("未找到。", "Not found.") : `${say("读取失败", "Could not be read")}：${reasonText(error)}`;
    }
    render();
  }
  async function compare(text2) {
    try {
      data.compared = await compareWith(text2);
    } catch (error) {
      data.compared = { state: error.status === void 0 ? "bad" : "unread", why: reasonText(error) };
    }
    render();
  }
  startLanguage();
  speak(render);
  byId("price-form").addEventListener("submit", (event) => {
    event.preventDefault();
    showPrices(byId("project").value.trim());
  });
  byId("compare-form").addEventListener("submit", (event) => {
    event.preventDefault();
    compare(byId("other").value);
  });
  follow(refresh);
  document.documentElement.dataset.started = "";
})();
