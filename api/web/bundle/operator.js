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
  add(Object, "hasOwn", (object, name) => Object.prototype.hasOwnProperty.call(Object(object), name));
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
    const text = await answer.text().catch(unreachable);
    if (text.length > TEXT_CHARACTERS_MAX) throw new ApiError(answer.status, { detail: "the answer is too long" });
    return { answer, text };
  }
  function json(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }
  async function get(path2) {
    const { answer, text } = await ask(path2);
    const value = json(text);
    if (!answer.ok) throw new ApiError(answer.status, value);
    if (value === null) throw new ApiError(answer.status, { detail: "the answer is not JSON" });
    return value;
  }
  async function getText(path2) {
    const { answer, text } = await ask(path2);
    if (!answer.ok) throw new ApiError(answer.status, json(text));
    return text;
  }
  var path = (...parts) => `/${parts.map((one) => encodeURIComponent(String(one))).join("/")}`;
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
    const head = columns.map(([heading, , kind]) => element("th", { scope: "col", class: kind }, heading));
    const cells = (row) => columns.map(([, value, kind]) => element("td", { class: kind }, value(row) ?? "—"));
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
  function plain(text, most = 300) {
    const whole = [...String(text ?? "").slice(0, 2 * most + 2)];
    const clean = whole.slice(0, most).join("").replace(HIDDEN, "�");
    return whole.length > most ? `${clean}…` : clean;
  }

  // pages/charts.js
  function shareBar(share, kind) {
    const part = Math.max(0, Math.min(1, share));
    return svg(
      "svg",
      { class: "share", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { class: "whole", x: 0, y: 0, width: 100, height: 10 }),
      svg("rect", { class: kind, x: 0, y: 0, width: 100 * part, height: 10 })
    );
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
    var _a;
    document.documentElement.lang = english ? "en" : "zh-CN";
    for (const node of document.querySelectorAll("[data-en]")) {
      (_a = node.dataset).zh ?? (_a.zh = node.textContent);
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

  // pages/operator.js
  var data = { status: new Known(), genesis: new Known(), operator: new Known(), samples: new Known() };
  var UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];
  var DAY_MS = 24 * 3600 * 1e3;
  var WARN_DAYS = [7, 30, 60];
  var DISK_LOW = 0.1;
  var DISK_SCARCE = 0.2;
  function bytesText(bytes) {
    let [value, unit] = [bytes, 0];
    while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
    return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
  }
  function samplesOf(text) {
    const help = /* @__PURE__ */ new Map();
    const found = [];
    for (const line of text.split("\n")) {
      const told = /^# HELP (\w+) (.*)$/.exec(line);
      if (told !== null) help.set(told[1], told[2]);
      const sample = /^(\w+) (-?[0-9.e+]+)$/.exec(line);
      if (sample === null || /_(sum|count|bucket)$/.test(sample[1])) continue;
      found.push({ name: sample[1], value: Number(sample[2]), help: help.get(sample[1].replace(/_total$/, "")) ?? "" });
    }
    return found;
  }
  function clocksText(status) {
    const off = (ahead) => `${durationText(Math.abs(ahead))} ${ahead > 0 ? say("快", "ahead") : say("慢", "behind")}`;
    const own = Number.isFinite(status.own_clock_ahead_ms) ? [`${say("本节点", "this node")} ${off(status.own_clock_ahead_ms)}`] : [];
    const others = (status.clocks_off || []).map((one) => `${plain(one.name)} ${off(one.ahead_ms)} (${say("被拒区块", "blocks refused")} ${one.refused})`);
    const all = [...own, ...others];
    return all.length > 0 ? `⚠ ${all.join("；")}` : say("未见偏差", "none seen off");
  }
  function nodeView(status) {
    const { consensus, next_block: next } = status;
    return [
      element("p", { class: status.ready ? "good-text" : "bad-text" }, status.ready ? say("✓ 就绪", "✓ ready") : `✗ ${say("未就绪", "not ready")}：${status.reasons.map((one) => plain(one)).join("；")}`),
      facts([
        [say("名称", "Name"), plain(status.name)],
        [say("角色", "Role"), plain(status.role)],
        [say("版本", "Version"), plain(status.version)],
        [say("链", "Chain"), element("span", { class: "mono" }, plain(status.chain))],
        [say("高度", "Height"), `${status.height} · ${timeText(status.block_time_ms)} · ${say("距今", "age")} ${durationText(status.last_block_age_ms)}`],
        [say("历史树 / 已签证", "History / certified"), `${status.history_size} / ${status.certified_size}`],
        [say("等待的记录", "Records waiting"), String(status.waiting)],
        [say("共识", "Consensus"), consensus ? `${say("高度", "height")} ${consensus.height}，${say("轮次", "round")} ${consensus.round}，${plain(consensus.step)}，${say("提议者", "proposer")} ${plain(consensus.proposer ?? "—")}` : null],
        [say("下一区块", "Next block"), next ? `${plain(next.reason)}${Number.isFinite(next.in_ms) ? ` · ${durationText(next.in_ms)}` : ""}` : null],
        [say("时钟", "Clocks"), clocksText(status)],
        [say("引擎丢弃消息", "Messages the engine dropped"), `${status.engine_dropped_messages > 0 ? "⚠ " : ""}${status.engine_dropped_messages}`],
        [say("缺席的验证节点", "Missing validators"), status.missing_validators.length > 0 ? `⚠ ${status.missing_validators.map((one) => plain(one)).join("、")}` : say("无", "none")]
      ])
    ];
  }
  function peersTable(status) {
    const behind = (one) => Number.isSafeInteger(one.height) && status.height - one.height > 10 ? "⚠ " : "";
    return table(say("节点", "Peers"), [
      [say("名称", "Name"), (one) => plain(one.name)],
      [say("角色", "Role"), (one) => one.validator ? say("验证节点", "validator") : say("观察节点", "observer")],
      [say("连接", "Connection"), (one) => one.connected ? say("✓ 已连接", "✓ connected") : say("✗ 未连接", "✗ not connected")],
      [say("自报高度", "Height it told"), (one) => Number.isSafeInteger(one.height) ? `${behind(one)}${one.height}` : null, "number"],
      [say("已签历史", "History it cosigned"), (one) => Number.isSafeInteger(one.tree_size) ? String(one.tree_size) : null, "number"],
      [say("最近告知", "Last told"), (one) => Number.isSafeInteger(one.told_ms) ? timeText(one.told_ms) : null]
    ], status.peers, say("没有", "none"));
  }
  function diskTable({ disks, ledger_bytes: ledger }) {
    const free = (one) => one.free_bytes / one.total_bytes;
    const sign = (one) => free(one) < DISK_LOW ? "✗ " : free(one) < DISK_SCARCE ? "⚠ " : "✓ ";
    const holds = { ledger: say("账本", "ledger"), log: say("日志", "log") };
    return [
      table(say("磁盘", "Disks"), [
        [say("存放", "Holds"), (one) => holds[one.holds] ?? plain(one.holds, 40)],
        [say("可用", "Free"), (one) => one.total_bytes > 0 ? `${sign(one)}${bytesText(one.free_bytes)} (${(free(one) * 100).toFixed(0)}%)` : null, "number"],
        [say("总量", "Size"), (one) => one.total_bytes > 0 ? bytesText(one.total_bytes) : null, "number"],
        [say("已用", "Used"), (one) => one.total_bytes > 0 ? shareBar(1 - free(one), free(one) < DISK_LOW ? "much" : "used") : null]
      ], disks, say("没有", "none")),
      facts([[say("账本占用", "The ledger takes"), bytesText(ledger)]])
    ];
  }
  var PURPOSES = {
    consensus: ["共识", "consensus"],
    cosigner: ["共同签名", "cosigner"],
    log: ["日志签名", "log"],
    network: ["网络", "network"],
    api: ["回执", "receipts"],
    tokens: ["投标令牌群", "group of bid tokens"]
  };
  function endText({ valid_until_ms: until }, now) {
    if (!Number.isSafeInteger(until)) return say("无期限", "no end");
    const days = Math.floor((until - now) / DAY_MS);
    if (until <= now) return say(`✗ 已过期 ${-days - 1} 天，请更换`, `✗ ended ${-days - 1} days ago: renew it`);
    const warn = WARN_DAYS.find((one) => days < one);
    const left = say(`还有 ${days} 天`, `${days} days left`);
    if (warn === void 0) return `✓ ${left}`;
    return `${warn === WARN_DAYS[0] ? "✗" : "⚠"} ${left} ${say(`（不足 ${warn} 天，请安排更换）`, `(less than ${warn}: plan its renewal)`)}`;
  }
  function keysTable({ keys, groups, time_ms: now, key_days: days }) {
    const rows = [...keys, ...groups];
    const name = (one) => Object.hasOwn(PURPOSES, one.purpose) ? say(...PURPOSES[one.purpose]) : plain(one.purpose, 40);
    return [
      table(say("本节点的密钥与有效期", "Keys of this node and their ends"), [
        [say("用途", "Purpose"), name],
        [say("有效期", "End"), (one) => endText(one, now)],
        [say("到期", "Until"), (one) => Number.isSafeInteger(one.valid_until_ms) ? timeText(one.valid_until_ms) : null],
        [say("公钥", "Key"), (one) => element("span", { class: "mono" }, plain(one.key ?? one.record ?? "—", 120))]
      ], rows, say("没有", "none")),
      days > 0 ? element("p", { class: "soft" }, say(
        `密钥文件自创建起使用 ${days} 天（配置 keys.valid_days）；到期前 60、30、7 天提示，不会自行停用。`,
        `A key file is used for ${days} days from when it was made (keys.valid_days); warned of 60, 30 and 7 days before. Nothing stops by itself.`
      )) : null
    ];
  }
  function genesisTable(genesis) {
    var _a;
    const key = (text) => text ? element("span", { class: "mono" }, plain(text)) : null;
    return element("details", {}, element("summary", {}, say("创世文件中各节点的密钥", "Keys of all nodes in the genesis")), table(say("各节点密钥", "Keys of the nodes"), [
      [say("节点", "Node"), (one) => plain(one.name)],
      [say("共识", "Consensus"), (one) => key(one.consensus_key)],
      [say("网络", "Network"), (one) => key(one.network_key)],
      [say("回执", "Receipts"), (one) => key(one.api_key)]
    ], ((_a = genesis.rest) == null ? void 0 : _a.nodes) ?? [], say("没有", "none")));
  }
  var samplesTable = (samples) => table(say("度量", "Measurements"), [
    [say("名称", "Name"), (one) => plain(one.name)],
    [say("值", "Value"), (one) => /_bytes$/.test(one.name) ? bytesText(one.value) : String(one.value), "number"],
    [say("说明", "Meaning"), (one) => plain(one.help)]
  ], samples, say("没有", "none"));
  function render() {
    var _a;
    const { status, genesis, operator, samples } = data;
    const wasOpen = ((_a = byId("genesis").querySelector("details")) == null ? void 0 : _a.open) ?? false;
    show(byId("node"), shown(status, refresh, nodeView));
    show(byId("peers"), shown(status, refresh, peersTable));
    show(byId("disks"), shown(operator, refresh, diskTable));
    show(byId("keys"), shown(operator, refresh, keysTable));
    show(byId("genesis"), shown(genesis, refresh, genesisTable));
    const details = byId("genesis").querySelector("details");
    if (details !== null) details.open = wasOpen;
    show(byId("measures"), shown(samples, refresh, samplesTable));
  }
  async function refresh() {
    const { status, genesis, operator, samples } = data;
    await Promise.all([
      status.ask(() => get(path("v1", "status"))),
      operator.ask(() => get(path("v1", "operator"))),
      samples.ask(async () => samplesOf(await getText(path("metrics")))),
      genesis.isFresh || genesis.ask(() => get(path("v1", "genesis")))
    ]);
    byId("message").textContent = status.problem === null ? "" : `${say("节点没有回答", "The node does not answer")}：${reasonText(status.problem)}`;
    render();
  }
  startLanguage();
  speak(render);
  follow(refresh);
  document.documentElement.dataset.started = "";
})();
