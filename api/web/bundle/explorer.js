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
  var path = (...parts) => `/${parts.map((one) => encodeURIComponent(String(one))).join("/")}`;
  function decoded(text2) {
    try {
      return decodeURIComponent(text2);
    } catch {
      return null;
    }
  }
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

  // verify/bytes.js
  var encoder = new TextEncoder();
  var strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  var ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  var VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));
  function utf8Text(bytes) {
    try {
      return strict.decode(bytes);
    } catch {
      return null;
    }
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
  var SPACE = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  var SPACES = new RegExp(`[${SPACE}]+`);
  var HAS_SPACE = new RegExp(`[${SPACE}]`);

  // verify/limits.js
  var RECORD_PAYLOAD_BYTES_MAX = 48 * 1024;
  var ENVELOPE_JSON_BYTES_MAX = 96 * 1024;
  var JSON_DEPTH_MAX = 16;
  var JSON_MEMBERS_MAX = 4096;
  var BLOCK_BYTES_MAX = 4 * 1024 * 1024;
  var NOTE_BYTES_MAX = 64 * 1024;
  var TLOG_PROOF_BYTES_MAX = 2 * NOTE_BYTES_MAX;
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
  var SHORT = /* @__PURE__ */ new Map([['"', '"'], ["\\", "\\"], ["/", "/"], ["b", "\b"], ["f", "\f"], ["n", "\n"], ["r", "\r"], ["t", "	"]]);
  var Reader = class {
    constructor(text2) {
      this.text = text2;
      this.at = 0;
    }
    refuse(why) {
      throw new StrictJsonError(`not strict JSON: ${why} at character ${this.at}`);
    }
    space() {
      while (" 	\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
    }
    take(token) {
      if (!this.text.startsWith(token, this.at)) this.refuse(`expected ${token}`);
      this.at += token.length;
    }
    value(depth) {
      this.space();
      switch (this.text[this.at]) {
        case "{":
          return this.object(depth + 1);
        case "[":
          return this.array(depth + 1);
        case '"':
          return this.string();
        case "t":
          this.take("true");
          return true;
        case "f":
          this.take("false");
          return false;
        case "n":
          this.take("null");
          return null;
        default:
          return this.number();
      }
    }
    number() {
      const pattern = /-?(0|[1-9][0-9]*)/y;
      pattern.lastIndex = this.at;
      const found = pattern.exec(this.text);
      if (found === null) this.refuse("no value");
      const after = this.text[this.at + found[0].length];
      if (after !== void 0 && ".eE0123456789".includes(after)) this.refuse("a number that is not a plain integer");
      const value = Number(found[0]);
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.refuse("an integer beyond 2^53 - 1, or -0");
      this.at += found[0].length;
      return value;
    }
    string() {
      this.at += 1;
      let out = "";
      for (; ; ) {
        const plain2 = /[^"\\\x00-\x1f]*/y;
        plain2.lastIndex = this.at;
        out += plain2.exec(this.text)[0];
        this.at = plain2.lastIndex;
        const mark = this.text[this.at];
        this.at += 1;
        if (mark === '"') return out;
        if (mark !== "\\") this.refuse("a control character or no end of string");
        out += this.escape();
      }
    }
    escape() {
      const letter = this.text[this.at];
      this.at += 1;
      if (letter !== "u") return SHORT.get(letter) ?? this.refuse("an unknown escape");
      const unit = this.unit();
      if (unit < 55296 || unit > 57343) return String.fromCharCode(unit);
      if (unit > 56319) this.refuse("a lone surrogate");
      this.take("\\u");
      const low = this.unit();
      if (low < 56320 || low > 57343) this.refuse("a lone surrogate");
      return String.fromCharCode(unit, low);
    }
    unit() {
      const digits = this.text.slice(this.at, this.at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.refuse("a damaged escape");
      this.at += 4;
      return parseInt(digits, 16);
    }
    /** Reads members between the opening and the closing mark. */
    members(close, depth, one) {
      if (depth > JSON_DEPTH_MAX) this.refuse(`nested deeper than ${JSON_DEPTH_MAX}`);
      this.at += 1;
      this.space();
      if (this.text[this.at] === close) {
        this.at += 1;
        return;
      }
      for (let count = 1; ; count += 1) {
        if (count > JSON_MEMBERS_MAX) this.refuse(`more than ${JSON_MEMBERS_MAX} members`);
        this.space();
        one();
        this.space();
        const mark = this.text[this.at];
        if (mark !== "," && mark !== close) this.refuse("no comma");
        this.at += 1;
        if (mark === close) return;
      }
    }
    array(depth) {
      const items = [];
      this.members("]", depth, () => items.push(this.value(depth)));
      return items;
    }
    object(depth) {
      const members = /* @__PURE__ */ new Map();
      this.members("}", depth, () => {
        if (this.text[this.at] !== '"') this.refuse("no member name");
        const name = this.string();
        this.space();
        this.take(":");
        if (members.has(name)) this.refuse("a repeated key");
        members.set(name, this.value(depth));
      });
      return members;
    }
  };
  function parseStrict(bytes) {
    const text2 = utf8Text(bytes);
    if (text2 === null) throw new StrictJsonError("not strict JSON: not UTF-8");
    const reader = new Reader(text2);
    const value = reader.value(0);
    reader.space();
    if (reader.at !== text2.length) reader.refuse("something after the value");
    return value;
  }
  function compact(value) {
    if (value instanceof Map) {
      return `{${[...value].map(([name, one]) => `${JSON.stringify(name)}:${compact(one)}`).join(",")}}`;
    }
    return Array.isArray(value) ? `[${value.map(compact).join(",")}]` : JSON.stringify(value);
  }
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

  // pages/dom.js
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
    const clean = whole.slice(0, most).join("").replace(HIDDEN, "�");
    return whole.length > most ? `${clean}…` : clean;
  }
  var plainLines = (text2, most) => {
    const lines = String(text2 ?? "").slice(0, 2 * most + 2).split("\n").map((line) => plain(line, most));
    return plainCut(lines.join("\n"), most);
  };
  function plainCut(text2, most) {
    const whole = [...text2];
    return whole.length > most ? `${whole.slice(0, most).join("")}…` : text2;
  }

  // pages/fields.js
  var FIELDS = {
    "acknowledging_until_ms": ["time", "确认截止", "Acknowledged until"],
    "address": ["id", "网络地址摘要", "Network address, digest"],
    "admission": ["text", "投标令牌", "Bid token"],
    "admitted": ["text", "入库成员", "Admitted"],
    "agency": ["org", "代理机构", "Agency"],
    "aggregate": ["text", "评分汇总方法", "How scores are put together"],
    "alert": ["id", "预警", "Alert"],
    "amount": ["money", "金额", "Amount"],
    "amount@listing.offered": ["money", "报价", "Offer"],
    "amount@reserve": ["money", "底价", "Reserve price"],
    "annulled": ["text", "认定无效项目数", "Annulled projects"],
    "appeal": ["id", "申诉", "Appeal"],
    "applications": ["id", "申请文件摘要", "Applications, digest"],
    "article": ["text", "依据条款", "Article"],
    "asset": ["word", "标的类型", "Kind of asset"],
    "at_ms": ["time", "时间", "At"],
    "author": ["id", "文件作者摘要", "Author of the files, digest"],
    "authority": ["org", "发证机关", "Authority"],
    "award_to_ceiling": ["text", "中标价与限价比", "Award to ceiling"],
    "awards_to_rank_1": ["text", "授予第一名", "Awards to rank 1"],
    "basis": ["text", "依据", "Basis"],
    "bid": ["bid", "投标", "Bid"],
    "bid@award.notified": ["bid", "中标人", "Winner"],
    "bid@disqualified": ["bid", "被否决的投标", "Disqualified bid"],
    "bid_bond": ["money", "投标保证金", "Bid bond"],
    "bidder": ["org", "投标人", "Bidder"],
    "bidder@winner": ["org", "受让人（竞得人）", "Buyer"],
    "bidder@result.publicised": ["org", "受让人（竞得人）", "Buyer"],
    "bidders_per_lot": ["text", "每标段投标人数", "Bidders per lot"],
    "bids": ["bid", "投标", "Bids"],
    "blind": ["text", "暗标评分项", "Blind criteria"],
    "bond": ["money", "保证金", "Bond"],
    "bond@bond.refunded": ["id", "保证金记录", "Bond's record"],
    "bond@listing.registered": ["id", "保证金记录", "Bond's record"],
    "bond_account": ["id", "保证金账户摘要", "Bond's account, digest"],
    "by": ["text", "核准单位", "Approved by"],
    "camera": ["text", "摄像机", "Camera"],
    "cameras": ["text", "摄像机", "Cameras"],
    "candidates": ["ranked", "中标候选人（按名次）", "Candidates, best first"],
    "ceiling": ["money", "最高限价", "Ceiling"],
    "centre": ["org", "交易中心", "Centre"],
    "chain": ["id", "链", "Chain"],
    "checkpoint": ["text", "检查点", "Checkpoint"],
    "clock_offset_ms": ["text", "时钟偏差（毫秒）", "Clock offset (ms)"],
    "code": ["text", "项目代码", "Project code"],
    "commitment": ["id", "承诺值", "Commitment"],
    "complaint": ["id", "投诉", "Complaint"],
    "complete_archives": ["text", "完整档案", "Complete archives"],
    "completeness": ["text", "全程电子化率", "Completeness"],
    "concerns": ["word", "异议对象", "Concerns"],
    "concluding_until_ms": ["time", "结束截止", "Concluded until"],
    "conclusion": ["text", "结论", "Conclusion"],
    "confirmation": ["id", "成交确认书摘要", "Confirmation, digest"],
    "conflict": ["text", "冲突的检查点", "Conflicting checkpoints"],
    "contract": ["id", "合同文件摘要", "Contract, digest"],
    "corrections": ["text", "更正", "Corrections"],
    "credit_code": ["text", "统一社会信用代码", "Credit code"],
    "credit_code_commitment": ["id", "信用代码承诺值", "Commitment to the credit code"],
    "criteria": ["text", "评分项", "Criteria"],
    "criterion": ["text", "评分项", "Criterion"],
    "currency": ["text", "币种", "Currency"],
    "days": ["text", "天数", "Days"],
    "deadline_ms": ["time", "投标截止", "Deadline"],
    "dealing_until_ms": ["time", "分发截止", "Dealt until"],
    "decision": ["id", "处理决定书摘要", "Decision, digest"],
    "denominator": ["text", "分母", "Of"],
    "detail": ["id", "详情摘要", "Detail, digest"],
    "deviations": ["text", "偏差", "Deviations"],
    "device": ["id", "编制设备摘要", "Device, digest"],
    "digest": ["id", "摘要", "Digest"],
    "disposition": ["word", "处置", "Disposition"],
    "disqualified": ["bid", "被否决的投标", "Disqualified bids"],
    "dissents": ["text", "不同意见", "Dissents"],
    "document": ["id", "文件摘要", "Document, digest"],
    "documents_from_ms": ["time", "招标文件发售起", "Documents from"],
    "documents_until_ms": ["time", "招标文件发售止", "Documents until"],
    "due_ms": ["time", "期限", "Due"],
    "e_above_milli": ["text", "高于基准扣分系数", "Deduction above the benchmark"],
    "e_below_milli": ["text", "低于基准扣分系数", "Deduction below the benchmark"],
    "electronic_steps": ["text", "电子化环节", "Electronic steps"],
    "employer": ["id", "工作单位承诺值", "Employer, commitment"],
    "entries": ["text", "条数", "Entries"],
    "entry": ["text", "密封内容", "Sealed entry"],
    "epoch": ["text", "期次", "Epoch"],
    "equity": ["id", "持股承诺值", "Equity, commitments"],
    "estimate": ["money", "估算价", "Estimate"],
    "evaluation": ["text", "评标办法细则", "Terms of evaluation"],
    "event": ["text", "事件", "Event"],
    "expert": ["text", "专家代号", "Expert"],
    "expires_ms": ["time", "失效", "Expires"],
    "explanations": ["text", "说明", "Explanations"],
    "failed": ["text", "招标失败项目数", "Failed projects"],
    "flag": ["text", "红旗", "Flag"],
    "formula": ["text", "计算方法", "Formula"],
    "found": ["text", "实际", "Found"],
    "from": ["text", "自", "From"],
    "from_ms": ["time", "起", "From"],
    "further": ["text", "其他报价", "Further offers"],
    "gaps": ["text", "缺口", "Gaps"],
    "runs": ["text", "计数重启次数", "Runs"],
    "genesis_remainder": ["id", "创世余项", "Genesis remainder"],
    "ground": ["text", "理由", "Ground"],
    "grounds": ["word", "越过更优候选人的理由", "Grounds for passing over better candidates"],
    "head": ["id", "链头", "Head"],
    "history": ["id", "历史摘要", "History"],
    "holder": ["org", "持有人", "Holder"],
    "holidays": ["text", "节假日", "Holidays"],
    "host": ["org", "主会场", "Host"],
    "id": ["text", "编号", "Id"],
    "identity": ["id", "身份承诺值", "Identity, commitment"],
    "incidents": ["id", "事件记录", "Incidents"],
    "increment": ["money", "增价幅度", "Increment"],
    "index": ["text", "序号", "Index"],
    "indicators": ["text", "指标", "Indicators"],
    "interest": ["money", "利息", "Interest"],
    "invitees": ["id", "被邀请人名单摘要", "Invitees, digest"],
    "items": ["text", "偏差项", "Items"],
    "k": ["text", "下浮系数", "K"],
    "key": ["id", "公钥", "Key"],
    "keys": ["id", "公钥", "Keys"],
    "kind": ["word", "种类", "Kind"],
    "kinds": ["text", "证照种类", "Kinds"],
    "known_ms": ["time", "知悉时间", "Known at"],
    "last_index": ["text", "最后序号", "Last index"],
    "letter": ["id", "投诉书摘要", "Letter, digest"],
    "licence": ["text", "许可", "Licence"],
    "listing_from_ms": ["time", "挂牌起", "Listed from"],
    "listing_until_ms": ["time", "挂牌止", "Listed until"],
    "lists": ["text", "名单", "Lists"],
    "log_entries": ["text", "日志条数", "Log entries"],
    "lot": ["lot", "标段", "Lot"],
    "lots": ["text", "标段", "Lots"],
    "manifest": ["id", "清单摘要", "Manifest"],
    "matter": ["word", "投诉事项", "Matter"],
    "member": ["text", "成员", "Member"],
    "members": ["text", "成员", "Members"],
    "message": ["text", "内容", "Message"],
    "method": ["word", "评标办法", "Method"],
    "method@lot.drawn": ["text", "抽签方式", "How it was drawn"],
    "method_approval": ["text", "招标方式核准", "Approval of the method"],
    "missing": ["id", "缺件", "Missing"],
    "model": ["text", "建筑信息模型", "Building model"],
    "name": ["text", "名称", "Name"],
    "new": ["id", "新公钥", "New key"],
    "node": ["text", "节点", "Node"],
    "nodes": ["text", "节点", "Nodes"],
    "note": ["text", "备注", "Note"],
    "notice": ["text", "公告", "Notice"],
    "number": ["text", "序号", "Number"],
    "number@numbers": ["text", "竞买号牌", "Bidder number"],
    "number@winner": ["text", "竞买号牌", "Bidder number"],
    "number@listing.registered": ["text", "竞买号牌", "Bidder number"],
    "numbers": ["text", "号牌与竞买人", "Numbers and bidders"],
    "numerator": ["text", "分子", "Part"],
    "objection": ["id", "异议", "Objection"],
    "objections_in_time": ["text", "按时答复的异议", "Objections answered in time"],
    "objective": ["text", "客观评分项", "Objective criteria"],
    "ocid": ["text", "外部编号（OCID）", "OCID"],
    "old": ["id", "原公钥", "Old key"],
    "order": ["ranked", "抽签名次", "Drawn order"],
    "org": ["org", "单位", "Organisation"],
    "organisations": ["org", "涉及单位", "Organisations"],
    "outcome": ["word", "处理结果", "Outcome"],
    "overturned": ["text", "撤销原决定", "Overturned"],
    "partials": ["text", "部分签名", "Partial signatures"],
    "passed": ["id", "通过名单摘要", "Passed, digest"],
    "path": ["id", "证明路径", "Path"],
    "payer": ["org", "付款人", "Payer"],
    "performance_bond": ["money", "履约保证金", "Performance bond"],
    "permille": ["permille", "比例", "Share"],
    "person": ["id", "人员承诺值", "Person, commitment"],
    "points": ["text", "分数", "Points"],
    "policy": ["text", "签名策略", "Policy"],
    "preparer": ["id", "编制人摘要", "Preparer, digest"],
    "price": ["money", "报价", "Price"],
    "price@award.notified": ["money", "中标价", "Awarded price"],
    "price@contract.signed": ["money", "合同价", "Contract price"],
    "price@deal.confirmed": ["money", "成交价", "Price of the deal"],
    "price@winner": ["money", "成交价", "Price of the deal"],
    "price@result.publicised": ["money", "成交价", "Price of the deal"],
    "price@criteria": ["text", "按价格评分", "Scored by the price"],
    "price_score": ["text", "价格分计算", "Price score"],
    "procurement": ["word", "采购类别", "Kind of procurement"],
    "projects": ["text", "项目数", "Projects"],
    "proof": ["text", "证明", "Proof"],
    "purpose": ["text", "用途", "Purpose"],
    "purposes": ["text", "用途", "Purposes"],
    "ranking": ["ranked", "排名", "Ranking"],
    "rating": ["text", "评分", "Rating"],
    "reason": ["text", "理由", "Reason"],
    "reason@participant.key_revoked": ["word", "理由", "Reason"],
    "records": ["text", "记录", "Records"],
    "region": ["text", "地区", "Region"],
    "registration_until_ms": ["time", "报名截止", "Registration until"],
    "relatives": ["id", "亲属承诺值", "Relatives, commitments"],
    "report": ["text", "更正后的评标报告", "Report as corrected"],
    "request": ["id", "申请", "Request"],
    "required_licences": ["text", "资质要求", "Required licences"],
    "reserve": ["text", "底价", "Reserve price"],
    "retain_until_ms": ["time", "保存至", "Kept until"],
    "retender_of": ["project", "重新招标自", "Tenders again"],
    "roles": ["word", "角色", "Roles"],
    "rule": ["text", "规则", "Rule"],
    "rulebook": ["id", "规则文本摘要", "Rulebook"],
    "rules": ["text", "规则", "Rules"],
    "salt": ["id", "盐值", "Salt"],
    "schema": ["text", "IFC版本", "IFC version"],
    "schemas": ["text", "IFC版本", "IFC versions"],
    "scope": ["text", "范围", "Scope"],
    "score": ["score", "得分", "Score"],
    "scores": ["text", "评分", "Scores"],
    "sealed_body": ["id", "密封正文摘要", "Sealed body, digest"],
    "sealed_by": ["word", "密封方式", "Sealed by"],
    "seats": ["text", "席位", "Seats"],
    "seed": ["id", "种子", "Seed"],
    "segments": ["text", "分段", "Segments"],
    "sequence": ["text", "次序", "Sequence"],
    "severity": ["word", "严重程度", "Severity"],
    "sheet": ["text", "评分表", "Sheet"],
    "signature": ["id", "签名", "Signature"],
    "sitting": ["text", "评标会议", "Sitting"],
    "size": ["text", "大小（字节）", "Size (bytes)"],
    "size_max": ["text", "最大字节数", "At most (bytes)"],
    "slot": ["text", "时段", "Slot"],
    "source": ["text", "来源", "Source"],
    "specialities": ["text", "专业", "Specialities"],
    "starting_price": ["money", "起始价", "Starting price"],
    "statement": ["text", "投标声明", "Statement"],
    "step": ["word", "环节", "Step"],
    "subject": ["org", "对象", "Subject"],
    "successor": ["id", "后继链", "Successor"],
    "summary": ["text", "摘要", "Summary"],
    "supervised": ["text", "已报监管项目数", "Reported projects"],
    "suspends": ["text", "暂停程序", "Suspends the procedure"],
    "tenderee": ["org", "招标人", "Tenderee"],
    "terminated": ["text", "已终止项目数", "Terminated projects"],
    "terms": ["text", "招标条件", "Terms"],
    "text": ["text", "内容", "Text"],
    "text_zh": ["text", "内容（中文）", "Text in Chinese"],
    "threshold": ["text", "阈值", "Threshold"],
    "tightening": ["id", "收紧规定摘要", "District's text, digest"],
    "title": ["text", "名称", "Title"],
    "token": ["id", "令牌", "Token"],
    "toml": ["text", "规则文本", "Text of the rules"],
    "traces": ["text", "编制痕迹", "Traces"],
    "trim_from": ["text", "去极值人数", "Trimmed from"],
    "trim_high": ["text", "去最高", "Highest trimmed"],
    "trim_low": ["text", "去最低", "Lowest trimmed"],
    "unsigned": ["text", "未签名成员", "Members who did not sign"],
    "until_ms": ["time", "止", "Until"],
    "valid_from_ms": ["time", "有效期起", "Valid from"],
    "valid_until_ms": ["time", "有效期止", "Valid until"],
    "validators": ["text", "验证节点", "Validators"],
    "venue": ["org", "会场", "Venue"],
    "venues": ["text", "会场", "Venues"],
    "version": ["text", "版本", "Version"],
    "viewing_from_ms": ["time", "展示起", "Viewing from"],
    "viewing_until_ms": ["time", "展示止", "Viewing until"],
    "voluntary": ["word", "自愿招标", "Tendered by choice"],
    "weight_permille": ["permille", "权重", "Weight"],
    "winner": ["text", "成交", "Sold to"],
    "without_log": ["org", "无日志的会场", "Venues without a log"],
    "working_days": ["text", "调休上班日", "Working days"],
    "year": ["text", "年度", "Year"]
  };
  var WORDS = {
    "declined": ["中标候选人放弃中标", "declined the award"],
    "force_majeure": ["不可抗力不能履行", "force majeure"],
    "no_performance_bond": ["未提交履约保证金", "no performance bond"],
    "illegal": ["存在影响中标结果的违法行为", "broke the law"],
    "land_use_right": ["土地使用权", "right to use land"],
    "mining_right": ["矿业权", "mining right"],
    "equity": ["产权（股权）", "equity"],
    "assets": ["资产", "assets"],
    "capital_increase": ["企业增资", "capital increase"],
    "goods": ["货物", "goods"],
    "services": ["服务", "services"],
    "works": ["工程", "works"],
    "lowest_price": ["经评审的最低投标价法", "lowest evaluated price"],
    "weighted": ["综合评估法", "weighted criteria"],
    "dismissed": ["驳回（查无问题）", "dismissed"],
    "upheld": ["投诉成立", "upheld"],
    "withdrawn": ["撤回", "withdrawn"],
    "explained": ["已说明", "explained"],
    "remedied": ["已整改", "remedied"],
    "confirmed": ["查实", "confirmed"],
    "referred": ["移送", "referred"],
    "low": ["低", "low"],
    "medium": ["中", "medium"],
    "high": ["高", "high"],
    "information": ["提示", "information"],
    "warning": ["警示", "warning"],
    "disqualifying": ["取消资格", "disqualifying"],
    "objection": ["异议", "objection"],
    "conduct": ["违法行为", "conduct"],
    "compromised": ["泄露", "compromised"],
    "lost": ["丢失", "lost"],
    "superseded": ["更换", "superseded"],
    "ceased": ["停用", "ceased"],
    "group": ["门限小组", "the group"],
    "city_centre": ["市级交易中心", "city centre"],
    "district_centre": ["县区交易中心", "district centre"],
    "regulator": ["监管部门", "regulator"],
    "tenderee": ["招标人", "tenderee"],
    "agency": ["代理机构", "agency"],
    "bidder": ["投标人", "bidder"],
    "expert": ["评标专家", "expert"],
    "witness": ["见证人", "witness"],
    "documents": ["招标文件", "documents"],
    "opening": ["开标", "opening"],
    "result": ["评标结果", "result"],
    "prequalification": ["资格预审", "prequalification"],
    "administrative_penalty": ["行政处罚", "administrative penalty"],
    "bidding_ban": ["限制投标", "ban from bidding"],
    "dishonest_debtor": ["失信被执行人", "dishonest debtor"],
    "tax_violation": ["税收违法", "tax violation"],
    "contract_breach": ["违约", "breach of contract"],
    "commendation": ["表彰", "commendation"],
    "registration": ["登记", "registration"],
    "notice": ["公告", "notice"],
    "bids": ["投标", "bids"],
    "draw": ["专家抽取", "draw"],
    "lot_drawing": ["抽签", "drawing of lots"],
    "evaluation": ["评标", "evaluation"],
    "publicity": ["公示", "publicity"],
    "award": ["定标", "award"],
    "contract": ["合同", "contract"],
    "supervision": ["监督", "supervision"],
    "unanimity": ["评分完全一致", "unanimity"],
    "distance": ["评分畸高畸低", "distance"],
    "decisive": ["决定性评分", "decisive"]
  };
  var TYPES = {
    "project.registered": ["项目登记", "Project registered"],
    "tender.published": ["招标公告与招标文件", "Tender published"],
    "tender.clarified": ["澄清", "Tender clarified"],
    "tender.amended": ["修改", "Tender amended"],
    "tender.failed": ["招标失败", "Tender failed"],
    "tender.terminated": ["招标终止", "Tender terminated"],
    "tender.annulled": ["认定无效", "Tender annulled"],
    "objection.raised": ["异议", "Objection raised"],
    "objection.answered": ["异议答复", "Objection answered"],
    "bid.sealed": ["投标文件封存", "Bid sealed"],
    "bid.withdrawn": ["投标撤回", "Bid withdrawn"],
    "bid.revealed": ["投标文件解密", "Bid revealed"],
    "bids.opened": ["开标记录", "Bids opened"],
    "experts.drawn": ["评标专家抽取", "Experts drawn"],
    "scores.sealed": ["评分封存", "Scores sealed"],
    "scores.revealed": ["评分公开", "Scores revealed"],
    "lot.drawn": ["抽签记录", "Lots drawn"],
    "evaluation.reported": ["评标报告", "Evaluation reported"],
    "candidates.publicised": ["中标候选人公示", "Candidates publicised"],
    "award.notified": ["中标通知书", "Award notified"],
    "contract.signed": ["合同", "Contract signed"],
    "supervision.reported": ["监督报告", "Supervision reported"],
    "draw.requested": ["专家抽取申请", "Draw requested"],
    "randomness.committed": ["随机数承诺", "Randomness committed"],
    "randomness.revealed": ["随机数公开", "Randomness revealed"],
    "evaluation.session_opened": ["评标会议开始", "Evaluation session opened"],
    "evaluation.time_short": ["评标时间不足", "Evaluation time found short"],
    "evaluation.extended": ["评标时间延长", "Evaluation extended"],
    "member.replaced": ["更换评委", "Committee member replaced"],
    "blind.opened": ["暗标编号公开", "Blind codes opened"],
    "draw.disclosed": ["专家抽取结果公开", "Draw disclosed"],
    "witness.logged": ["见证日志", "Witness log"],
    "witness.segments": ["音视频分段", "Audio and video segments"],
    "witness.reported": ["见证报告", "Witness report"],
    "alert.raised": ["监督预警", "Alert raised"],
    "alert.disposed": ["预警处置", "Alert disposed"],
    "rating.given": ["好差评", "Rating given"],
    "complaint.filed": ["投诉", "Complaint filed"],
    "complaint.accepted": ["投诉受理", "Complaint accepted"],
    "complaint.declined": ["投诉不予受理", "Complaint declined"],
    "complaint.decided": ["投诉处理决定", "Complaint decided"],
    "model.delivered": ["建筑信息模型提交", "Building model handed in"],
    "step.on_paper": ["线下办理环节", "Step done on paper"],
    "evidence.recorded": ["存证", "Evidence recorded"],
    "tender.opened": ["门限开启", "Opened by the group"],
    "sealed.bound": ["投标人绑定有效条目", "Bound by its bidder"],
    "sealed.proved": ["投标人自行开启", "Opened by its bidder"],
    "beacon.recovered": ["随机信标", "Beacon recovered"],
    "sealed.entered": ["密封投标条目", "Sealed entry"],
    "slot.opened": ["时段开启", "Slot opened by the group"],
    "dkg.finalised": ["群公钥", "The group's keys"],
    "listing.published": ["挂牌公告", "Listing published"],
    "listing.registered": ["竞买登记", "Bidding number registered"],
    "listing.offered": ["报价", "Offer"],
    "listing.closed": ["挂牌截止", "Listing closed"],
    "deal.confirmed": ["成交确认书", "Deal confirmed"],
    "result.publicised": ["结果公示", "Result publicised"],
    "result.corrected": ["结果更正", "Result corrected"],
    "bond.received": ["保证金到账", "Bond received"],
    "bond.refunded": ["保证金退还", "Bond refunded"],
    "invitation.issued": ["投标邀请", "Invitation issued"],
    "prequal.published": ["资格预审公告", "Prequalification published"],
    "prequal.clarified": ["资格预审澄清", "Prequalification clarified"],
    "prequal.applied": ["资格预审申请", "Prequalification applied for"],
    "prequal.opened": ["资格预审申请开启", "Applications opened"],
    "prequal.reviewed": ["资格预审评审", "Applications reviewed"],
    "admission.disclosed": ["投标资格名单公开", "Admitted bidders disclosed"],
    "participant.registered": ["主体登记", "Participant registered"],
    "participant.key_rotated": ["更换密钥", "Key rotated"],
    "participant.key_added": ["增加密钥", "Key added"],
    "participant.key_revoked": ["注销密钥", "Key revoked"],
    "participant.revoked": ["主体注销", "Participant revoked"],
    "rulebook.published": ["发布规则", "Rulebook published"],
    "rulebook.tightened": ["县区收紧规则", "Rules tightened by a district"],
    "calendar.published": ["发布节假日安排", "Calendar published"],
    "archive.sealed": ["档案封存", "Archive sealed"],
    "credit.recorded": ["信用记录", "Credit event recorded"],
    "credit.appealed": ["信用申诉", "Credit event appealed"],
    "credit.appeal_decided": ["信用申诉决定", "Appeal decided"],
    "licence.authority_named": ["指定发证机关", "Licence authority named"],
    "licence.issued": ["颁发证照", "Licence issued"],
    "licence.suspended": ["暂停证照", "Licence suspended"],
    "licence.reinstated": ["恢复证照", "Licence reinstated"],
    "licence.revoked": ["吊销证照", "Licence revoked"],
    "history.imported": ["历史数据导入", "History imported"],
    "indicators.published": ["发布指标", "Indicators published"],
    "expert.enrolled": ["专家入库", "Expert enrolled"],
    "expert.suspended": ["专家暂停", "Expert suspended"],
    "chain.registered": ["登记下级链", "Chain registered"],
    "chain.retired": ["下级链停用", "Chain retired"],
    "chain.split_shown": ["证明分叉", "Split shown"],
    "checkpoint.anchored": ["登记检查点", "Checkpoint anchored"],
    "dkg.started": ["门限密钥生成开始", "Key ceremony started"],
    "dkg.dealt": ["门限密钥分发", "Key ceremony: dealt"],
    "dkg.acknowledged": ["门限密钥确认", "Key ceremony: acknowledged"],
    "dkg.concluded": ["门限密钥结束", "Key ceremony: concluded"],
    "token.requested": ["申请投标令牌", "Bid tokens requested"],
    "token.signed": ["签发投标令牌", "Bid tokens signed"],
    "validators.changed": ["验证节点变更", "Validators changed"],
    "validator.misbehaved": ["验证节点作恶证据", "Validator misbehaved"]
  };

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
  function clockText(ms) {
    const two = (number) => String(number).padStart(2, "0");
    const date = new Date(ms);
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${say("（本机时钟）", "(clock of this device)")}`;
  }

  // pages/names.js
  var LOOKED_UP_MAX = 100;
  var names = /* @__PURE__ */ new Map();
  var isWhole = false;
  function learn(participants) {
    for (const one of participants) names.set(one.org, one.name ?? null);
    isWhole = !participants.isCut;
  }
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
  var PUBLISHED = ["published", "listed"];
  var OPENED = ["opened", "listing_closed"];
  var EVALUATED = ["evaluated", "publicised", "awarded", "contracted", "supervised", "deal_confirmed"];
  var ENDED = ["failed", "terminated", "annulled"];
  function marks(project) {
    const time = (...stages) => {
      var _a;
      return ((_a = project.stages.find((one) => stages.includes(one.stage))) == null ? void 0 : _a.time_ms) ?? null;
    };
    const [published, opened, evaluated, archived] = [time(...PUBLISHED), time(...OPENED), time(...EVALUATED), time("archived")];
    const bidding = published !== null && Number.isSafeInteger(project.deadline_ms) && project.deadline_ms > 0 ? project.deadline_ms : null;
    const all2 = [
      [say("公告", "Notice"), published, published !== null],
      [say("投标截止", "Bids until"), bidding, opened !== null || evaluated !== null],
      [say("开标", "Opening"), opened, opened !== null],
      [say("评标", "Evaluation"), evaluated, evaluated !== null],
      [say("归档", "Archive"), archived, archived !== null]
    ];
    const current = ENDED.includes(project.stage) ? 4 : all2.findIndex(([, , done]) => !done);
    return all2.map(([name, at2, done], index) => [name, at2, done ? "done" : index === current ? "current" : "ahead"]);
  }
  var markText = (state) => ({ done: say("✓ 已完成", "✓ done"), current: say("● 当前", "● now"), ahead: say("○ 未到", "○ ahead") })[state];
  var currencyText = (currency) => ["CNY", null, void 0].includes(currency) ? say("元", "yuan") : String(currency).slice(0, 8);
  var WHOLE = ["JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF", "XPF"];
  function moneyText(minor, currency) {
    if (!Number.isSafeInteger(minor)) return "—";
    const decimals = WHOLE.includes(currency) ? 0 : 2;
    const digits = String(Math.abs(minor)).padStart(decimals + 1, "0");
    const split = digits.length - decimals;
    const whole = digits.slice(0, split).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${minor < 0 ? "-" : ""}${whole}${decimals === 0 ? "" : `.${digits.slice(split)}`}`;
  }

  // pages/content.js
  var DEPTH_MAX = 8;
  var ROWS_MAX = 400;
  var TEXT_CHARACTERS_MAX2 = 4e3;
  function fieldOf(name, parent, type) {
    for (const one of [`${name}@${parent}`, `${name}@${type}`, name]) if (Object.hasOwn(FIELDS, one)) return FIELDS[one];
    return ["text", plain(name, 60), plain(name, 60)];
  }
  function amountText(minor, currency) {
    if (!Number.isSafeInteger(minor) || minor < 0) return raw(minor);
    if (currency === null || currency === void 0) {
      return say(
        `${moneyText(minor, "CNY")} 元（以人民币计；记录所载为 ${minor} 个最小货币单位，币种见项目公告）`,
        `${moneyText(minor, "CNY")} yuan (if in CNY; the record says ${minor} minor units of the currency of the notice)`
      );
    }
    return `${moneyText(minor, currency)} ${currencyText(currency)}`;
  }
  var scoreText = (score) => Number.isSafeInteger(score) && score >= 0 ? `${Math.floor(score / 100)}.${String(score % 100).padStart(2, "0")}` : raw(score);
  var bidText = ({ bidder, number = 1 }) => number > 1 ? `${orgText(bidder)} ${say(`第 ${number} 份`, `no. ${number}`)}` : orgText(bidder);
  var isBid = (value) => value instanceof Map && typeof value.get("bidder") === "string" && [...value.keys()].every((one) => one === "bidder" || one === "number" && typeof value.get(one) === "number");
  var raw = (value) => plain(compact(value), TEXT_CHARACTERS_MAX2);
  function scalarText(value, kind2, currency) {
    if (isBid(value)) return bidText(Object.fromEntries(value));
    if (typeof value === "boolean") return value ? say("是", "yes") : say("否", "no");
    if (kind2 === "money" && typeof value === "number") return amountText(value, currency);
    if (kind2 === "score" && typeof value === "number") return scoreText(value);
    if (kind2 === "permille" && typeof value === "number") return `${value}‰`;
    if (kind2 === "time" && typeof value === "number") return timeText(value) === "—" ? plain(value, 40) : timeText(value);
    if (kind2 === "org" && typeof value === "string") return orgText(value);
    if (kind2 === "word" && typeof value === "string" && Object.hasOwn(WORDS, value)) return say(...WORDS[value]);
    if (value === null) return say("无", "none");
    return typeof value === "string" ? plainLines(value, TEXT_CHARACTERS_MAX2) : raw(value);
  }
  var isScalar = (value) => value === null || typeof value !== "object" || isBid(value);
  function rowsOf(type, body, currency) {
    const rows = [];
    let left = 0;
    const add2 = (depth, name, value, kind2) => {
      if (rows.length >= ROWS_MAX) left += 1;
      else rows.push({ depth, name, value, kind: kind2 });
    };
    const walk = (name, value, parent, depth) => {
      const [kind2, zh, en] = fieldOf(name, parent, type);
      const title = say(zh, en);
      if (isScalar(value)) return add2(depth, title, scalarText(value, kind2, currency), kind2);
      if (depth >= DEPTH_MAX) return add2(depth, title, raw(value), kind2);
      if (!Array.isArray(value)) {
        add2(depth, title, null, kind2);
        return entries(value, name, depth + 1);
      }
      if (value.every(isScalar)) {
        const texts = value.map((one, at2) => (kind2 === "ranked" ? `${at2 + 1}. ` : "") + scalarText(one, kind2, currency));
        return add2(depth, title, texts.length === 0 ? say("无", "none") : texts.join(kind2 === "ranked" ? "　" : "、"), kind2);
      }
      value.forEach((one, at2) => {
        add2(depth, `${title} ${at2 + 1}`, isScalar(one) ? scalarText(one, kind2, currency) : null, kind2);
        if (!isScalar(one)) Array.isArray(one) ? one.forEach((inner) => walk(name, inner, parent, depth + 1)) : entries(one, name, depth + 1);
      });
      return void 0;
    };
    const entries = (object2, parent, depth) => object2.forEach((value, name) => walk(name, value, parent, depth));
    entries(body, type, 0);
    if (left > 0) rows.push({ depth: 0, name: say("未列出", "Not shown"), value: say(`还有 ${left} 项，见记录原文`, `${left} more; see the record itself`), kind: "text" });
    return rows;
  }
  function orgsIn(type, body) {
    const found = [];
    const walk = (value, name, parent, depth) => {
      if (depth > DEPTH_MAX || found.length > ROWS_MAX) return;
      if (Array.isArray(value)) value.forEach((one) => walk(one, name, parent, depth + 1));
      else if (isBid(value)) found.push(value.get("bidder"));
      else if (value instanceof Map) value.forEach((inner, one) => walk(inner, one, name, depth + 1));
      else if (typeof value === "string" && fieldOf(name, parent, type)[0] === "org") found.push(value);
    };
    walk(body, "", "", 0);
    return found;
  }
  function payloadOf(record) {
    var _a;
    const text2 = (_a = record == null ? void 0 : record.envelope) == null ? void 0 : _a.payload;
    const bytes = typeof text2 === "string" ? unbase64(text2) : null;
    if (bytes === null) return null;
    try {
      const payload = parseStrict(bytes);
      return payload instanceof Map && payload.get("body") instanceof Map ? payload : null;
    } catch {
      return null;
    }
  }
  var typeName = (type) => String(type ?? "").replace(/\/[0-9]+$/, "");
  function typeText(type) {
    const name = typeName(type);
    return Object.hasOwn(TYPES, name) ? `${say(...TYPES[name])} · ${plain(type, 80)}` : plain(type, 80);
  }
  function contentView(type, body, currency) {
    const rows = rowsOf(typeName(type), body, currency);
    if (rows.length === 0) return element("p", { class: "soft" }, say("正文没有内容。", "The body is empty."));
    return element("dl", { class: "facts content" }, rows.map(({ depth, name, value, kind: kind2 }) => [
      element("dt", { class: `depth${Math.min(depth, 4)}` }, name),
      element("dd", { class: kind2 === "id" ? "mono" : null }, value ?? "")
    ]));
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

  // pages/results.js
  var short = (digest) => `${String(digest).slice(0, 19)}…`;
  var TEXT_MAX = 600;
  var ENDED2 = ["failed", "terminated", "annulled"];
  var plainOf = (value) => {
    if (value instanceof Map) return Object.fromEntries([...value].filter(([name]) => name !== "__proto__").map(([name, one]) => [name, plainOf(one)]));
    return Array.isArray(value) ? value.map(plainOf) : value;
  };
  function bodies(records, ...types) {
    return records.filter((one) => types.includes(typeName(one.type))).flatMap((one) => {
      const payload = payloadOf(one);
      return payload === null ? [] : [{ record: one.record, time: one.time_ms, author: one.author, type: typeName(one.type), body: plainOf(payload.get("body")), signers: signersOf(payload) }];
    });
  }
  var signersOf = (payload) => [payload.get("author"), ...payload.get("cosigners") ?? []].map((one) => {
    var _a;
    return (_a = one == null ? void 0 : one.get) == null ? void 0 : _a.call(one, "org");
  }).filter((one) => typeof one === "string");
  function newestOf(found, lot) {
    for (const one of [...found].reverse()) {
      const said = Array.isArray(one.body.lots) ? one.body.lots.find((part) => (part == null ? void 0 : part.lot) === lot) : one.body.lot === lot ? one.body : void 0;
      if (said !== void 0) return { ...one, said };
    }
    return null;
  }
  function resultsOf(project, records) {
    const of = (...types) => bodies(records, ...types);
    const reports = of("evaluation.reported", "result.corrected").map((one) => ({ ...one, body: one.type === "result.corrected" ? one.body.report ?? {} : one.body }));
    const found = {
      reports,
      publicised: of("candidates.publicised"),
      awards: of("award.notified"),
      contracts: of("contract.signed"),
      closings: of("listing.closed"),
      offers: of("listing.offered"),
      deals: of("deal.confirmed"),
      published: of("tender.published", "listing.published")
    };
    const current = (one, report) => one !== null && report !== null && one.time < report.time ? null : one;
    return new Map((project.lots ?? []).map((lot) => [lot.id, {
      report: newestOf(found.reports, lot.id),
      candidates: current(newestOf(found.publicised, lot.id), newestOf(found.reports, lot.id)),
      award: newestOf(found.awards, lot.id),
      awards: found.awards.filter((one) => newestOf([one], lot.id) !== null),
      contract: newestOf(found.contracts, lot.id),
      closing: newestOf(found.closings, lot.id),
      numbers: new Map(found.closings.flatMap((one) => (one.body.numbers ?? []).map((entry) => [entry.number, entry.bidder]))),
      offers: found.offers.filter((one) => one.body.lot === lot.id),
      deal: newestOf(found.deals, lot.id),
      published: newestOf(found.published.map((one) => ({ ...one, body: { lots: (one.body.lots ?? []).map((part) => ({ ...part, lot: part.id })) } })), lot.id)
    }]));
  }
  var same = (one, other) => (one == null ? void 0 : one.bidder) === (other == null ? void 0 : other.bidder) && ((one == null ? void 0 : one.number) ?? 1) === ((other == null ? void 0 : other.number) ?? 1);
  var isListing = (project) => (project.stages ?? []).some((one) => one.stage === "listed");
  function outcomeOf(bid, lot, results, project) {
    var _a, _b;
    const at2 = (lot.ranking ?? []).findIndex((one) => same(one, bid));
    const ranked = at2 < 0 ? null : lot.ranking[at2];
    const refused = (((_a = results == null ? void 0 : results.report) == null ? void 0 : _a.said.disqualified) ?? []).find((one) => same(one.bid, bid));
    const isWinner = lot.award !== null && lot.award !== void 0 && same(lot.award, bid);
    const isCandidate = (((_b = results == null ? void 0 : results.candidates) == null ? void 0 : _b.said.candidates) ?? []).some((one) => same(one, bid));
    const place = at2 < 0 ? null : String(at2 + 1);
    const score = (ranked == null ? void 0 : ranked.score) === void 0 || (ranked == null ? void 0 : ranked.score) === null ? null : scoreText(ranked.score);
    let outcome = null;
    if (refused !== void 0) outcome = `✗ ${say("被否决", "disqualified")}：${plain(refused.reason, TEXT_MAX)}`;
    else if (isWinner) outcome = project.stage === "annulled" ? say("原中标，已认定无效", "had won; annulled") : `★ ${say("中标", "won")}`;
    else if (isCandidate) outcome = say("中标候选人", "candidate");
    else if (at2 >= 0) outcome = say("未中标", "did not win");
    else if (bid.revealed === null) outcome = say("未开启，不参加评标", "stayed shut, not evaluated");
    if (outcome !== null && !isWinner && at2 >= 0 && (lot.award ?? null) === null && refused === void 0 && !isCandidate) outcome = say("已评标，尚未定标", "evaluated, no award yet");
    return { place, score, outcome };
  }
  function awardFacts(lot, results, project, link2) {
    var _a;
    const { currency } = project;
    const { award } = lot;
    const record = (results == null ? void 0 : results.award) ?? (results == null ? void 0 : results.closing) ?? null;
    const other = ((results == null ? void 0 : results.awards) ?? []).slice(0, -1);
    const grounds = (((_a = results == null ? void 0 : results.award) == null ? void 0 : _a.said.grounds) ?? []).map((one) => Object.hasOwn(WORDS, one) ? say(...WORDS[one]) : plain(one, 60)).join("、");
    const names2 = isListing(project) ? [say("成交（竞得）人", "Sold to"), say("成交价", "Price of the deal")] : [say("中标人", "Winner"), say("中标价", "Awarded price")];
    return [
      [names2[0], [element("strong", {}, link2("org", award.bidder, orgText(award.bidder))), award.number > 1 ? say(`（第 ${award.number} 份投标）`, ` (bid no. ${award.number})`) : ""]],
      [names2[1], element("strong", {}, amountText(award.price, currency))],
      [say("得分", "Score"), award.score === void 0 || award.score === null ? null : scoreText(award.score)],
      [isListing(project) ? say("成交记录", "Record of the sale") : say("中标通知", "Notice of award"), record === null ? null : [timeText(record.time), " ", link2("record", record.record, short(record.record))]],
      [say("越过更优候选人的理由", "Grounds for passing over better ones"), grounds],
      [say("此前的中标通知（已被替代）", "Earlier awards (replaced)"), other.length === 0 ? null : other.map((one) => {
        const said = newestOf([one], lot.id).said;
        return element("div", {}, `${bidText(said.bid)} ${amountText(said.price, currency)} `, link2("record", one.record, short(one.record)));
      })]
    ];
  }
  function lotHeadline(lot, results, project, link2) {
    var _a, _b;
    const { currency } = project;
    const contract = (results == null ? void 0 : results.contract) ?? null;
    const deal = (results == null ? void 0 : results.deal) ?? null;
    const candidates = ((_a = results == null ? void 0 : results.candidates) == null ? void 0 : _a.said.candidates) ?? [];
    const isOver = ENDED2.includes(project.stage);
    const annulled = project.annulment ? element("p", { class: "warning" }, say("该项目已被监管部门认定无效：下列结果不再有效。", "A regulator annulled this project: the results below no longer stand.")) : null;
    const price = (((_b = results == null ? void 0 : results.published) == null ? void 0 : _b.said.starting_price) ?? null) === null ? [] : [[say("起始价", "Starting price"), amountText(results.published.said.starting_price, currency)], [say("增价幅度", "Increment"), amountText(results.published.said.increment ?? null, currency)]];
    let state = null;
    if (lot.failed) state = element("p", { class: "bad-text" }, isListing(project) ? say("✗ 未成交（流拍）", "✗ not sold") : say("✗ 本标段招标失败", "✗ this lot failed"));
    else if (!lot.award) state = element("p", {}, isOver ? say("没有结果：程序已结束。", "No result: the procedure ended.") : say("● 尚未定标", "● no award yet"));
    return [
      annulled,
      state,
      facts([
        ...lot.award ? awardFacts(lot, results, project, link2) : [],
        [say("中标候选人（按名次）", "Candidates, best first"), candidates.length === 0 ? null : element("ol", {}, candidates.map((one) => element("li", {}, link2("org", one.bidder, bidText(one)))))],
        [say("候选人公示", "Candidates publicised"), (results == null ? void 0 : results.candidates) ? [timeText(results.candidates.time), " ", link2("record", results.candidates.record, short(results.candidates.record))] : null],
        [say("成交确认", "Deal confirmed"), deal === null ? null : [`${amountText(deal.said.price, currency)} · ${timeText(deal.time)} `, link2("record", deal.record, short(deal.record))]],
        [say("合同价", "Contract price"), contract === null ? null : element("strong", {}, amountText(contract.said.price, currency))],
        [say("合同", "Contract"), contract === null ? null : [`${contract.signers.map(orgText).join("、")} · ${timeText(contract.time)} `, link2("record", contract.record, short(contract.record))]],
        [say("履约保证金", "Performance bond"), contract === null || !contract.said.performance_bond ? null : amountText(contract.said.performance_bond, currency)],
        ...isListing(project) ? price : [[say("估算价", "Estimate"), lot.estimate > 0 ? amountText(lot.estimate, currency) : null]],
        [say("最高限价", "Ceiling"), lot.ceiling > 0 ? amountText(lot.ceiling, currency) : null]
      ])
    ];
  }
  function offersTable(lot, results, project, link2) {
    var _a;
    const offers2 = [...results.offers].sort((one, other) => other.body.amount - one.body.amount || one.time - other.time);
    const winner = ((_a = results.closing) == null ? void 0 : _a.said.winner) ?? null;
    const bidder = (one) => results.numbers.get(one.author) ?? null;
    return table(`${say("标的", "Lot")} ${plain(lot.id)} ${plain(lot.title)} · ${say("报价", "Offers")}`, [
      [say("号牌", "Number"), (one) => plain(one.author, 64)],
      [say("竞买人", "Bidder"), (one) => bidder(one) === null ? say("挂牌截止前不公开", "not shown before the end") : link2("org", bidder(one), orgText(bidder(one)))],
      [say("报价", "Offer"), (one) => amountText(one.body.amount, project.currency), "number"],
      [say("时间", "At"), (one) => timeText(one.time)],
      [say("结果", "Outcome"), (one) => winner !== null && winner.number === one.author && winner.price === one.body.amount ? `★ ${say("成交", "sold")}` : null],
      [say("记录", "Record"), (one) => link2("record", one.record, short(one.record))]
    ], offers2, say("没有报价", "no offers"));
  }
  var CHANGES = {
    "tender.clarified": ["澄清", "clarified"],
    "tender.amended": ["修改", "amended"],
    "result.corrected": ["更正评标结果", "result corrected"],
    "tender.failed": ["招标失败", "failed"],
    "tender.terminated": ["终止", "terminated"],
    "tender.annulled": ["认定无效", "annulled"],
    "award.notified": ["中标通知", "award"]
  };
  function changesTable(records, link2) {
    const found = bodies(records, ...Object.keys(CHANGES).filter((one) => one !== "award.notified"));
    const awards = bodies(records, "award.notified");
    const all2 = [...found, ...awards.length > 1 ? awards : []].sort((one, other) => one.time - other.time);
    if (all2.length === 0) return null;
    const said = ({ body }) => [
      body.article ? `${plain(body.article, 200)}：` : "",
      plainLines(body.reason ?? body.ground ?? body.text ?? "", TEXT_MAX),
      Number.isSafeInteger(body.deadline_ms) ? ` ${say("新的截止时间", "new deadline")} ${timeText(body.deadline_ms)}` : "",
      ...(body.lots ?? []).map((one) => one.bid ? element("div", {}, `${plain(one.lot, 64)}：${bidText(one.bid)}`) : "")
    ];
    return table(say("更正、变更与终止", "Corrections, changes and endings"), [
      [say("时间", "Time"), (one) => timeText(one.time)],
      [say("事项", "What"), (one) => say(...CHANGES[one.type])],
      [say("内容", "What it says"), said],
      [say("作者", "Author"), (one) => link2("org", one.author, orgText(one.author))],
      [say("记录", "Record"), (one) => link2("record", one.record, short(one.record))]
    ], all2, "");
  }

  // pages/opening.js
  var OPENING = /^bids\.opened\//;
  var short2 = (digest) => `${String(digest).slice(0, 19)}…`;
  function openedBy(bid, link2) {
    return bid.revealed ? link2("record", bid.revealed, short2(bid.revealed)) : say("未开启", "stayed shut");
  }
  function inOrder(bids, lot, outcome) {
    const place = (bid) => Number(outcome(bid).place ?? Infinity);
    return [...bids].sort((one, other) => place(one) === place(other) ? 0 : place(one) - place(other));
  }
  function lotTable(lot, results, project, link2) {
    const { currency } = project;
    const outcome = (bid) => outcomeOf(bid, lot, results, project);
    const caption = `${say("标段", "Lot")} ${plain(lot.id)} ${plain(lot.title)} · ${say("投标与排名", "bids and ranking")}`;
    return table(caption, [
      [say("名次", "Place"), (bid) => outcome(bid).place, "number"],
      [say("投标人", "Bidder"), (bid) => link2("org", bid.bidder, bidText(bid))],
      [say(`报价（${currencyText(currency)}）`, `Price (${currencyText(currency)})`), (bid) => moneyText(bid.price, currency), "number"],
      [say("得分", "Score"), (bid) => outcome(bid).score, "number"],
      [say("结果", "Outcome"), (bid) => outcome(bid).outcome],
      [say("递交时间", "Sealed at"), (bid) => timeText(bid.sealed_at_ms)],
      [say("密封记录", "Sealed by"), (bid) => link2("record", bid.sealed, short2(bid.sealed))],
      [say("开启记录", "Opened by"), (bid) => openedBy(bid, link2)]
    ], inOrder(lot.bids ?? [], lot, outcome), lot.bids === null ? say("开标前不公开投标信息", "bids are not shown before the opening") : say("没有投标", "no bids"));
  }
  function lotView(lot, results, project, link2) {
    return [
      element("h3", {}, `${isListing(project) ? say("标的", "Lot") : say("标段", "Lot")} ${plain(lot.id)} ${plain(lot.title)}`),
      lotHeadline(lot, results, project, link2),
      isListing(project) ? offersTable(lot, results, project, link2) : lotTable(lot, results, project, link2)
    ];
  }
  function heldBy(project, records, link2) {
    const lots = (project.lots ?? []).filter((lot) => lot.bids !== null);
    const held = records.filter((one) => OPENING.test(one.type ?? ""));
    if (isListing(project) || held.length === 0 && lots.length === 0) return null;
    const bids = lots.flatMap((lot) => lot.bids);
    const count = bids.filter((bid) => bid.revealed).length;
    return [
      element("h3", {}, say("开标", "Opening")),
      facts([
        ...held.flatMap((one) => [
          [say("开标记录", "Opening record"), link2("record", one.record, short2(one.record))],
          [say("主持开标", "Held by"), link2("org", one.author, orgText(one.author))],
          [say("开标时间", "Held at"), timeText(one.time_ms)]
        ]),
        [say("开启方式", "Opened by"), project.sealed_by === "group" ? say("链上门限小组统一解密", "the chain’s threshold group, all at once") : say("投标人各自公开", "each bidder")],
        [say("有效投标", "Standing bids"), lots.length === 0 ? null : say(`${bids.length} 份，其中已开启 ${count} 份`, `${bids.length}, of which ${count} were opened`)]
      ])
    ];
  }
  function openingView(project, records, link2) {
    const results = resultsOf(project, records);
    return [
      (project.lots ?? []).map((lot) => lotView(lot, results.get(lot.id), project, link2)),
      changesTable(records, link2),
      heldBy(project, records, link2)
    ];
  }

  // pages/record-view.js
  var signersOf2 = (payload) => ((payload == null ? void 0 : payload.get("cosigners")) ?? []).map((one) => {
    var _a;
    return (_a = one == null ? void 0 : one.get) == null ? void 0 : _a.call(one, "org");
  }).filter((one) => typeof one === "string");
  function recordView({ record, currency }, link2) {
    const orgLink2 = (org) => link2("org", org, orgText(org));
    const payload = payloadOf(record);
    const documents = (payload == null ? void 0 : payload.get("documents")) ?? [];
    return [
      element("h2", {}, record.type ? typeText(record.type) : say("记录", "Record")),
      facts([
        [say("编号", "Number"), element("span", { class: "mono" }, plain(record.record))],
        [say("类型", "Type"), record.type ? typeText(record.type) : null],
        [say("作者", "Author"), record.author ? orgLink2(record.author) : null],
        [say("共同签署", "Signed too by"), signersOf2(payload).length === 0 ? null : signersOf2(payload).flatMap((one, at2) => [at2 === 0 ? "" : "、", orgLink2(one)])],
        [say("项目", "Project"), record.project ? link2("project", record.project) : null],
        [say("高度", "Height"), link2("height", record.height)],
        [say("时间", "Time"), timeText(record.time_ms)],
        [say("公开", "Public"), record.public ? say("是", "yes") : say("否，开标前不公开", "no, closed until the opening")],
        [say("登记的文件", "Documents it names"), documents.length === 0 ? null : element("ul", {}, documents.map((one) => documentItem(one)))]
      ]),
      element("h3", {}, say("记录内容", "What it says")),
      payload === null ? element("p", { class: "soft" }, record.public ? say("节点没有给出正文。", "The node does not give its body.") : say("正文未公开。", "Its body is not public.")) : contentView(record.type, payload.get("body"), currency),
      element(
        "p",
        { class: "row" },
        element("a", { href: `verify.html#record=${encodeURIComponent(record.record)}` }, say("核验它的证书", "Verify its certificate")),
        element("a", { href: `/v1/records/${encodeURIComponent(record.record)}/certificate.pdf` }, say("打印用证书（PDF）", "Certificate for print (PDF)")),
        element("a", { href: `/v1/records/${encodeURIComponent(record.record)}/certificate`, download: `${String(record.record).replace("sha256:", "")}.cert.json` }, say("证书文件", "Certificate file"))
      )
    ];
  }
  function documentItem(one) {
    const [name, digest, size] = ["name", "digest", "size"].map((part) => {
      var _a;
      return (_a = one == null ? void 0 : one.get) == null ? void 0 : _a.call(one, part);
    });
    return element("li", {}, `${plain(name, 255)} (${plain(size, 20)} B) `, element("span", { class: "mono soft" }, plain(digest, 80)));
  }

  // pages/search.js
  var HITS_MAX = 50;
  var PAGES_MAX = 20;
  var CHARACTERS_MAX = 80;
  async function findByWords(text2, after = null) {
    const items = [];
    let next = after;
    let pages = 0;
    do {
      const query = [`q=${encodeURIComponent([...text2].slice(0, CHARACTERS_MAX).join(""))}`, `limit=${HITS_MAX - items.length}`, next === null ? "" : `&after=${encodeURIComponent(next)}`];
      const page = await get(`/v1/search?${query[0]}&${query[1]}${query[2]}`);
      items.push(...page.items);
      next = page.next ?? null;
      pages += 1;
    } while (next !== null && items.length < HITS_MAX && pages < PAGES_MAX);
    return { text: text2, items, next };
  }
  var KINDS = { project: ["项目", "project"], participant: ["参与方", "participant"] };
  function hitsView({ text: text2, items, next }, link2, more) {
    return [
      element("h2", {}, `${say("查询结果", "Found")}：${plain(text2, 80)}`),
      table(say("名称中有这些字的项目与参与方", "Projects and participants with these words"), [
        [say("名称", "Title or name"), (one) => link2(one.kind === "project" ? "project" : "org", one.id, one.title || one.id)],
        [say("种类", "Kind"), (one) => say(...KINDS[one.kind] ?? [plain(one.kind), plain(one.kind)])],
        [say("编号", "Id"), (one) => plain(one.id)],
        [say("阶段或角色", "Stage or roles"), (one) => one.stage ? stageText(one.stage) : one.roles.map((role) => plain(role)).join("、")]
      ], items, say("到此为止没有", "none so far")),
      next === null ? null : element("button", { id: "more-hits", type: "button", onclick: more }, say("继续查找", "Search on"))
    ];
  }

  // pages/explorer.js
  var BLOCKS_SHOWN = 15;
  var PROJECTS_SHOWN = 20;
  var LIST_MAX = 1e3;
  var data = { projects: new Known(), blocks: new Known(), participants: new Known(), found: null };
  var wanted = { blocks: BLOCKS_SHOWN, projects: PROJECTS_SHOWN };
  var link = (kind2, value, text2 = value) => element("a", { href: `#${kind2}=${encodeURIComponent(value)}` }, plain(text2, 100));
  var orgLink = (org) => link("org", org, orgText(org));
  var short3 = (digest) => `${String(digest).slice(0, 19)}…`;
  function timeline(project) {
    return element("ol", { class: "timeline" }, marks(project).map(([name, at2, state]) => element("li", { class: state }, element("div", {}, name), element("div", { class: "soft" }, markText(state)), at2 === null ? null : element("div", {}, timeText(at2)))));
  }
  function projectView({ project, records }) {
    const late = (project.late ?? []).map((one) => plain(one)).join("、");
    return [
      element("h2", {}, plain(project.title)),
      timeline(project),
      project.suspended ? element("p", { class: "warning" }, say("异议处理中，程序暂停。", "Suspended: an objection is open.")) : null,
      late === "" ? null : element("p", { class: "warning" }, `${say("逾期事项", "Late duties")}：${late}`),
      facts([
        [say("项目编号", "Project"), plain(project.project)],
        [say("当前阶段", "Stage"), stageText(project.stage)],
        [say("招标人", "Tenderee"), orgLink(project.tenderee)],
        [say("代理机构", "Agency"), project.agency ? orgLink(project.agency) : null],
        [say("交易中心", "Centre"), orgLink(project.centre)],
        [say("投标截止", "Deadline"), project.deadline_ms > 0 ? timeText(project.deadline_ms) : null],
        [say("终止原因", "Reason of the end"), project.end_reason ? plain(project.end_reason) : null],
        [say("认定无效", "Annulled"), project.annulment ? [orgLink(project.annulment.by), " ", link("record", project.annulment.record, plain(project.annulment.article))] : null],
        [say("招标方式核准", "Method approved by"), project.method_approval ? plain(project.method_approval.by) : null],
        [say("重新招标自", "Tenders again"), project.retender_of ? link("project", project.retender_of) : null],
        [say("已重新招标为", "Tendered again as"), project.retendered_as ? link("project", project.retendered_as) : null]
      ]),
      openingView(project, records, link),
      table(say("公开的记录", "Public records"), [
        [say("时间", "Time"), (one) => timeText(one.time_ms)],
        [say("类型", "Type"), (one) => typeText(one.type)],
        [say("作者", "Author"), (one) => orgLink(one.author)],
        [say("记录", "Record"), (one) => link("record", one.record, short3(one.record))]
      ], records, say("没有", "none")),
      records.isCut ? element("p", { class: "warning" }, say(`只读了前 ${records.length} 条记录；结果可能不全。`, `Only the first ${records.length} records were read; results may be missing.`)) : null
    ];
  }
  function blockView(block) {
    return [
      element("h2", {}, `${say("区块", "Block")} ${block.height}`),
      facts([
        [say("时间", "Time"), timeText(block.time_ms)],
        [say("提议者", "Proposer"), block.proposer ? plain(block.proposer) : null],
        [say("记录数", "Records"), String(block.records)],
        [say("哈希", "Hash"), element("span", { class: "mono" }, plain(block.hash))],
        [say("状态根", "State root"), element("span", { class: "mono" }, plain(block.state_root))]
      ]),
      element("ul", {}, (block.record_ids ?? []).map((id) => element("li", { class: "mono" }, link("record", id))))
    ];
  }
  function participantView(one) {
    return [
      element("h2", {}, plain(one.name ?? one.org)),
      facts([
        [say("编号", "Id"), plain(one.org)],
        [say("角色", "Roles"), one.roles.map((role) => plain(role)).join("、")],
        [say("状态", "State"), one.revoked ? say("已注销", "revoked") : say("有效", "in force")]
      ]),
      table(say("密钥", "Keys"), [
        [say("公钥", "Key"), (key) => element("span", { class: "mono" }, plain(key.key))],
        [say("自高度", "From height"), (key) => String(key.from), "number"],
        [say("至高度", "Until"), (key) => key.until === null ? "—" : String(key.until), "number"]
      ], one.keys, say("没有", "none"))
    ];
  }
  var hitsFound = (hits) => hitsView(hits, link, () => find([["words", hits.text, hits.next]]));
  var VIEWS = { project: projectView, record: (found) => recordView(found, link), block: blockView, participant: participantView, hits: hitsFound };
  var NUMBERED = ["listing.registered", "listing.offered"];
  function orgsOf(project, records) {
    var _a;
    const lots = (project.lots ?? []).flatMap((lot) => [...lot.bids ?? [], ...lot.ranking ?? [], ...lot.award ? [lot.award] : []]);
    const said = records.flatMap((one) => {
      const payload = payloadOf(one);
      return payload === null ? [] : [...signersOf2(payload), ...orgsIn(typeName(one.type), payload.get("body"))];
    });
    return [project.tenderee, project.agency, project.centre, (_a = project.annulment) == null ? void 0 : _a.by, ...lots.map((one) => one.bidder), ...records.filter((one) => !NUMBERED.includes(typeName(one.type))).map((one) => one.author), ...said];
  }
  async function recordOf(id) {
    const record = await get(path("v1", "records", id));
    const project = record.project ? await get(path("v1", "projects", record.project)).catch(() => null) : null;
    const payload = payloadOf(record);
    const said = payload === null ? [] : [...signersOf2(payload), ...orgsIn(typeName(record.type), payload.get("body"))];
    await lookUpNames([...NUMBERED.includes(typeName(record.type)) ? [] : [record.author], ...said]);
    return { record, currency: (project == null ? void 0 : project.currency) ?? null };
  }
  async function open(kind2, value, after = null) {
    await firstAnswer;
    switch (kind2) {
      case "project": {
        const [project, records] = await Promise.all([get(path("v1", "projects", value)), all(path("v1", "projects", value, "records"), LIST_MAX)]);
        await lookUpNames(orgsOf(project, records));
        return { view: "project", value: { project, records } };
      }
      case "record":
        return { view: "record", value: await recordOf(value) };
      case "words":
        return hitsOf(value, after);
      case "height":
        return { view: "block", value: await get(path("v1", "blocks", value)) };
      default:
        return { view: "participant", value: await get(path("v1", "participants", value)) };
    }
  }
  async function hitsOf(text2, after) {
    const hits = await findByWords(text2, after);
    if (hits.items.length === 0 && hits.next === null && after === null) throw new ApiError(404, null);
    return { view: "hits", value: hits };
  }
  function meanings(text2) {
    if (/^(sha256:)?[0-9a-f]{64}$/i.test(text2)) return [["record", `sha256:${text2.toLowerCase().replace("sha256:", "")}`]];
    const words = text2 === "" ? [] : [["words", text2]];
    if (/^[0-9]{1,15}$/.test(text2)) return [["height", text2], ["project", text2], ["org", text2], ...words];
    return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/.test(text2) ? [["project", text2], ["org", text2], ...words] : words;
  }
  var asked = 0;
  async function find(choices) {
    const mine = asked += 1;
    byId("message").textContent = say("查询中…", "Searching…");
    data.found = null;
    let problem = say("未找到。", "Not found.");
    let found = null;
    for (const [kind2, value, after] of choices) {
      try {
        found = await open(kind2, value, after);
        problem = "";
        break;
      } catch (error) {
        if (error.status === 409) problem = say("已收到，上链中。", "Received, not in a block yet.");
        else if (error.status !== 404) problem = `${say("读取失败", "Could not be read")}：${reasonText(error)}`;
      }
    }
    if (mine !== asked) return;
    data.found = found;
    byId("message").textContent = problem;
    render();
    if (data.found !== null) byId("found").focus();
  }
  function fromAddress() {
    const named = /^#(project|record|height|org)=(.{1,200})$/.exec(location.hash);
    const value = named === null ? null : decoded(named[2]);
    if (value !== null) find([[named[1], value]]);
  }
  function older(list, more) {
    if (!data[list].has || data[list].value.length < wanted[list] || wanted[list] >= LIST_MAX) return null;
    return element("button", { type: "button", "data-older": list, onclick: () => showOlder(list, more) }, say("更早的", "Older"));
  }
  async function showOlder(list, more) {
    var _a;
    wanted[list] += more;
    height = -1;
    await refresh();
    (_a = document.querySelector(`[data-older="${list}"]`)) == null ? void 0 : _a.focus();
  }
  function foundView(found) {
    try {
      return element("section", {}, VIEWS[found.view](found.value));
    } catch (error) {
      return element("section", {}, element("p", { class: "warning" }, `${say("节点的回答不是预期的形式", "The node’s answer has not the expected form")}：${plain(error.message)}`));
    }
  }
  var projectsTable = (projects) => [table(say("项目", "Projects"), [
    [say("项目", "Project"), (one) => link("project", one.project, one.title)],
    [say("编号", "Id"), (one) => plain(one.project)],
    [say("阶段", "Stage"), (one) => stageText(one.stage)],
    [say("投标截止", "Deadline"), (one) => one.deadline_ms > 0 ? timeText(one.deadline_ms) : null],
    [say("登记时间", "Registered"), (one) => one.registered_ms > 0 ? timeText(one.registered_ms) : null]
  ], projects, say("还没有项目", "no projects yet")), older("projects", PROJECTS_SHOWN)];
  var blocksTable = (blocks) => [table(say("区块", "Blocks"), [
    [say("高度", "Height"), (one) => link("height", one.height), "number"],
    [say("时间", "Time"), (one) => timeText(one.time_ms)],
    [say("记录数", "Records"), (one) => String(one.records), "number"],
    [say("提议者", "Proposer"), (one) => one.proposer ? plain(one.proposer) : null]
  ], blocks, say("还没有区块", "no blocks yet")), older("blocks", BLOCKS_SHOWN)];
  var participantsTable = (participants) => table(say(`参与方（${countText(participants.length, participants.isCut)}）`, `Participants (${countText(participants.length, participants.isCut)})`), [
    [say("名称", "Name"), (one) => link("org", one.org, one.name ?? one.org)],
    [say("角色", "Roles"), (one) => one.roles.map((role) => plain(role)).join("、")],
    [say("状态", "State"), (one) => one.revoked ? say("已注销", "revoked") : say("有效", "in force")]
  ], participants, say("没有", "none"));
  function render() {
    const { found, projects, blocks, participants } = data;
    show(byId("found"), found === null ? null : foundView(found));
    show(byId("projects"), shown(projects, again, projectsTable));
    show(byId("blocks"), shown(blocks, again, blocksTable));
    show(byId("participants"), shown(participants, again, participantsTable));
  }
  var height = -1;
  var saidGone = "";
  function again() {
    height = -1;
    return refresh();
  }
  async function refresh() {
    const lists = [data.blocks, data.projects, data.participants];
    try {
      const status = await get(path("v1", "status"));
      if (status.height === height && lists.every((one) => one.isFresh)) return;
      const answered = await Promise.all([
        data.blocks.ask(() => all(path("v1", "blocks"), wanted.blocks, "newest")),
        data.projects.ask(() => all(path("v1", "projects"), wanted.projects, "newest")),
        data.participants.ask(() => all(path("v1", "participants"), LIST_MAX))
      ]);
      if (answered.every((one) => one)) height = status.height;
      if (data.participants.has) learn(data.participants.value);
    } catch (error) {
      for (const one of lists) one.fail(error);
    }
    const [failed] = lists.filter((one) => one.problem !== null);
    const gone = failed === void 0 ? "" : `${say("节点没有回答", "The node does not answer")}：${reasonText(failed.problem)}`;
    if (gone !== saidGone) byId("message").textContent = gone;
    saidGone = gone;
    render();
  }
  startLanguage();
  speak(render);
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    find(meanings(byId("query").value.trim()));
  });
  window.addEventListener("hashchange", fromAddress);
  var firstAnswer = new Promise((done) => {
    follow(() => refresh().finally(done));
  });
  fromAddress();
  document.documentElement.dataset.started = "";
})();
