// Made by api/web/build.mjs from the files named below; do not edit.
"use strict";
(() => {
  // pages/older.js
  var add = (owner, name, value) => {
    if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
  };
  function at(index2) {
    const whole2 = Math.trunc(index2) || 0;
    return this[whole2 < 0 ? this.length + whole2 : whole2];
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

  // verify/bytes.js
  var encoder = new TextEncoder();
  var strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  var ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  var VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));
  var utf8 = (text3) => encoder.encode(text3);
  function utf8Text(bytes2) {
    try {
      return strict.decode(bytes2);
    } catch {
      return null;
    }
  }
  function utf8Length(text3) {
    let length = text3.length;
    for (let at2 = 0; at2 < text3.length; at2 += 1) {
      const unit = text3.charCodeAt(at2);
      if (unit >= 2048) length += unit >= 55296 && unit <= 57343 ? 1 : 2;
      else if (unit >= 128) length += 1;
    }
    return length;
  }
  function concat(...parts) {
    const whole2 = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at2 = 0;
    for (const part of parts) {
      whole2.set(part, at2);
      at2 += part.length;
    }
    return whole2;
  }
  function equal(one, other) {
    return one.length === other.length && one.every((byte, at2) => byte === other[at2]);
  }
  function hex(bytes2) {
    let text3 = "";
    for (const byte of bytes2) text3 += byte.toString(16).padStart(2, "0");
    return text3;
  }
  function unhex(digits) {
    if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/.test(digits)) return null;
    return Uint8Array.from({ length: digits.length / 2 }, (_, at2) => parseInt(digits.slice(2 * at2, 2 * at2 + 2), 16));
  }
  function base64(bytes2) {
    let text3 = "";
    for (let at2 = 0; at2 < bytes2.length; at2 += 3) {
      const [a, b = 0, c = 0] = bytes2.subarray(at2, at2 + 3);
      const quad = [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63];
      const given = bytes2.length - at2;
      text3 += quad.map((value, place2) => place2 <= given ? ALPHABET[value] : "=").join("");
    }
    return text3;
  }
  function unbase64(text3) {
    if (text3.length % 4 !== 0) return null;
    const padding2 = text3.endsWith("==") ? 2 : text3.endsWith("=") ? 1 : 0;
    const out = new Uint8Array(text3.length / 4 * 3 - padding2);
    let at2 = 0;
    for (let place2 = 0; place2 < text3.length; place2 += 4) {
      const last = place2 + 4 === text3.length ? padding2 : 0;
      let group = 0;
      for (let step = 0; step < 4; step += 1) {
        const value = step >= 4 - last ? 0 : VALUES.get(text3[place2 + step]);
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
  function u64Bytes(value) {
    const out = new Uint8Array(8);
    new DataView(out.buffer).setBigUint64(0, BigInt(value));
    return out;
  }
  var u64At = (bytes2, at2) => new DataView(bytes2.buffer, bytes2.byteOffset).getBigUint64(at2);
  function u64Text(text3) {
    if (!/^(0|[1-9][0-9]{0,19})$/.test(text3)) return null;
    const value = BigInt(text3);
    return value < 2n ** 64n ? value : null;
  }
  var SPACE = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  var SPACES = new RegExp(`[${SPACE}]+`);
  var HAS_SPACE = new RegExp(`[${SPACE}]`);
  var words = (line) => line.split(SPACES).filter((word) => word !== "");
  var hasSpace = (text3) => HAS_SPACE.test(text3);
  var hasControl = (text3) => /[\x00-\x1f\x7f-\x9f]/.test(text3);

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
  function isBytes(a) {
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
  function abytes(value, length, title = "") {
    if (isBytes(value) && (length === void 0 || value.length === length))
      return value;
    if (length !== void 0)
      anumber(length, "length");
    const bytes2 = isBytes(value);
    const ofLen = length !== void 0 ? ` of length ${length}` : "";
    const got = bytes2 ? `length=${value.length}` : `type=${typeof value}`;
    const message = atitle(title) + "expected Uint8Array" + ofLen + ", got " + got;
    if (!bytes2)
      throw new TypeError(message);
    throw new RangeError(message);
  }
  var aobject = (value, label) => {
    if (value === null || typeof value !== "object" || Array.isArray(value))
      throw new TypeError((label === "object" ? "" : `"${label}" `) + "expected object, got type=" + typeof value);
  };
  var aopts = (value, label) => {
    aobject(value, label);
    const proto = Object.getPrototypeOf(value);
    if (proto !== Object.prototype && proto !== null)
      throw new TypeError(`"${label}" expected plain object`);
    if (Object.hasOwn(value, "__proto__"))
      throw new TypeError(`"${label}.__proto__" is not allowed`);
  };
  function aexists(instance, checkFinished = true) {
    if (instance.destroyed)
      throw new Error("hash was destroyed");
    if (checkFinished && instance.finished)
      throw new Error("digest() was already called");
  }
  function aoutput(out, instance) {
    abytes(out, void 0, "output");
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
    update(data) {
      aexists(this);
      abytes(data);
      const { view, buffer, blockLen } = this;
      const len = data.length;
      let processed = false;
      for (let pos = 0; pos < len; ) {
        const take = Math.min(blockLen - this.pos, len - pos);
        if (take === blockLen) {
          const dataView = createView(data);
          for (; blockLen <= len - pos; pos += blockLen)
            this.process(dataView, pos);
          processed = true;
          continue;
        }
        buffer.set(pos === 0 && take === len ? data : data.subarray(pos, pos + take), this.pos);
        this.pos += take;
        pos += take;
        if (this.pos === blockLen) {
          this.process(view, 0);
          this.pos = 0;
          processed = true;
        }
      }
      this.length += data.length;
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
  var SHA384_IV = /* @__PURE__ */ Uint32Array.from([
    3418070365,
    3238371032,
    1654270250,
    914150663,
    2438529370,
    812702999,
    355462360,
    4144912697,
    1731405415,
    4290775857,
    2394180231,
    1750603025,
    3675008525,
    1694076839,
    1203062813,
    3204075428
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
  var _SHA384 = class extends SHA2_64B {
    constructor() {
      super(48, SHA384_IV);
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
  var sha384 = /* @__PURE__ */ createHasher(
    () => new _SHA384(),
    /* @__PURE__ */ oidNist(2)
  );

  // verify/hashing.js
  var sha2562 = (...parts) => sha256(parts.length === 1 ? parts[0] : concat(...parts));
  function digestDigits(text3) {
    return /^sha256:[0-9a-f]{64}$/.test(text3) ? text3.slice(7) : null;
  }
  var digestText = (text3) => digestDigits(text3) === null ? null : text3;
  var toDigest = (bytes2) => `sha256:${hex(bytes2)}`;
  var digestFields = (text3) => [Uint8Array.of(1), unhex(digestDigits(text3))];
  function fieldHash(domain, fields) {
    const hasher = sha256.create();
    for (const field of [utf8(domain), ...fields]) hasher.update(u64Bytes(field.length)).update(field);
    return hasher.digest();
  }
  var startSha256 = () => sha256.create();
  var CHUNK_BYTES = 1024 * 1024;
  async function digestOfBlob(blob, progress = () => {
  }) {
    const hasher = startSha256();
    let size = 0;
    while (size < blob.size) {
      const piece = new Uint8Array(await blob.slice(size, size + CHUNK_BYTES).arrayBuffer());
      if (piece.length === 0) throw new Error("the file changed while it was read");
      hasher.update(piece);
      size += piece.length;
      progress(size);
    }
    return { digest: toDigest(hasher.digest()), size };
  }

  // verify/limits.js
  var RECORD_PAYLOAD_BYTES_MAX = 48 * 1024;
  var ENVELOPE_JSON_BYTES_MAX = 96 * 1024;
  var SIGNATURES_PER_RECORD_MAX = 33;
  var JSON_DEPTH_MAX = 16;
  var JSON_MEMBERS_MAX = 4096;
  var DOCUMENTS_PER_RECORD_MAX = 256;
  var RECORD_TYPE_BYTES_MAX = 64;
  var TOOL_BYTES_MAX = 64;
  var DOCUMENT_NAME_BYTES_MAX = 255;
  var BLOCK_BYTES_MAX = 4 * 1024 * 1024;
  var NOTE_NAME_BYTES_MAX = 128;
  var NOTE_SIGNATURES_MAX = 64;
  var NOTE_BYTES_MAX = 64 * 1024;
  var TLOG_PROOF_BYTES_MAX = 2 * NOTE_BYTES_MAX;
  var MERKLE_PATH_MAX = 63;
  var CERTIFICATE_BYTES_MAX = 512 * 1024;
  var POLICY_BYTES_MAX = 64 * 1024;
  var GENESIS_BYTES_MAX = 512 * 1024;
  var ANCHORS_PER_CERTIFICATE_MAX = 4;
  var TIMESTAMPS_PER_CERTIFICATE_MAX = 8;
  var WITNESSES_PER_CERTIFICATE_MAX = 8;
  var TIMESTAMP_TOKEN_BYTES_MAX = 32 * 1024;
  var TOKEN_CERTIFICATES_MAX = 16;
  var PATH_CERTIFICATES_MAX = 8;
  var PATH_SIGNATURES_MAX = 64;
  var EXTENSIONS_MAX = 64;
  var SIGNED_ATTRIBUTES_MAX = 16;
  var AUTHORITIES_BYTES_MAX = 4 * 1024 * 1024;
  var AUTHORITIES_MAX = 512;
  var DATED_POLICIES_MAX = 64;
  var DATED_POLICIES_BYTES_MAX = 1024 * 1024;
  var U32_MAX = 2 ** 32 - 1;
  var U64_MAX = 2n ** 64n - 1n;

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
  var isBytes2 = (a) => {
    return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && a.BYTES_PER_ELEMENT === 1;
  };
  var abytes2 = (value, length, title = "") => {
    if (isBytes2(value) && (length === void 0 || value.length === length))
      return value;
    const bytes2 = isBytes2(value);
    const ofLen = length !== void 0 ? ` of length ${length}` : "";
    const got = bytes2 ? `length=${value.length}` : `type=${typeof value}`;
    const message = (title ? `"${title}" ` : "") + "expected Uint8Array" + ofLen + ", got " + got;
    if (!bytes2)
      throw new TypeError(message);
    throw new RangeError(message);
  };
  var snapshotBytes = (value, title = "", length) => Uint8Array.from(abytes2(value, length, title));
  var padh = (n, pad) => n.toString(16).padStart(pad, "0");
  var bytesToHex = (bytes2) => {
    let hex2 = "";
    for (const byte of abytes2(bytes2))
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
  var invert = (number3, modulo) => {
    if (number3 === 0n)
      throw new Error("invert: expected non-zero number");
    if (modulo <= 1n)
      throw new Error("invert: expected modulus > 1, got " + modulo);
    let a = mod(number3, modulo);
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
    static fromBytes(bytes2, zip215 = false) {
      const normed = snapshotBytes(bytes2, "point", LEN);
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
  var bytesToNumberLE = (b) => BigInt("0x" + bytesToHex(Uint8Array.from(abytes2(b)).reverse()));
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

  // verify/ed25519.js
  var ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  var REMEMBERED_MAX = 512;
  function littleEndian(bytes2) {
    let value = 0n;
    for (let at2 = bytes2.length - 1; at2 >= 0; at2 -= 1) value = value * 256n + BigInt(bytes2[at2]);
    return value;
  }
  function decode(bytes2) {
    try {
      const point = Point.fromBytes(bytes2, false);
      return equal(point.toBytes(), bytes2) && !point.isSmallOrder() && point.isTorsionFree() ? point : null;
    } catch {
      return null;
    }
  }
  function remembering(compute) {
    const memory = /* @__PURE__ */ new Map();
    return (bytes2) => {
      const name = hex(bytes2);
      if (!memory.has(name)) {
        if (memory.size >= REMEMBERED_MAX) memory.delete(memory.keys().next().value);
        memory.set(name, compute(bytes2));
      }
      return memory.get(name);
    };
  }
  var prepare = remembering(decode);
  var isCleanPoint = remembering((bytes2) => decode(bytes2) !== null);
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

  // verify/note.js
  var ED25519 = 1;
  var COSIGNATURE_V1 = 4;
  var isNoteName = (name) => name !== "" && utf8Length(name) <= NOTE_NAME_BYTES_MAX && !hasSpace(name) && !hasControl(name) && !name.includes("+");
  function noteKey(name, algorithm, key) {
    if (!isNoteName(name)) return null;
    const id = sha2562(utf8(name), Uint8Array.of(10, algorithm), key).slice(0, 4);
    return { name, algorithm, key, id, text: `${name}+${hex(id)}+${base64(concat(Uint8Array.of(algorithm), key))}` };
  }
  function noteKeyOfText(text3) {
    const [first, second] = [text3.indexOf("+"), text3.indexOf("+", text3.indexOf("+") + 1)];
    if (first < 0 || second < 0) return null;
    const bytes2 = unbase64(text3.slice(second + 1));
    if (bytes2 === null || bytes2.length !== 33 || bytes2[0] !== ED25519 && bytes2[0] !== COSIGNATURE_V1) return null;
    const key = noteKey(text3.slice(0, first), bytes2[0], bytes2.slice(1));
    return key !== null && key.text === text3 ? key : null;
  }
  function signatureLine(line) {
    if (!line.startsWith("— ")) return null;
    const space = line.indexOf(" ", 2);
    const name = line.slice(2, space);
    const bytes2 = space < 0 || !isNoteName(name) ? null : unbase64(line.slice(space + 1));
    return bytes2 === null || bytes2.length < 4 ? null : { name, id: bytes2.slice(0, 4), bytes: bytes2.slice(4) };
  }
  function noteOfText(note2) {
    if (utf8Length(note2) > NOTE_BYTES_MAX || !note2.endsWith("\n") || hasControl(note2.replaceAll("\n", ""))) return null;
    const gap = note2.lastIndexOf("\n\n");
    const block = gap < 0 ? "" : note2.slice(gap + 2);
    if (!block.endsWith("\n")) return null;
    const lines = block.slice(0, -1).split("\n");
    if (lines.length > NOTE_SIGNATURES_MAX) return null;
    const read = lines.map(signatureLine);
    return read.includes(null) ? null : { text: note2.slice(0, gap + 1), lines: read };
  }
  var isBy = (line, key) => line.name === key.name && equal(line.id, key.id);
  async function validTime(key, text3, line) {
    if (key.algorithm === ED25519) return await verify(key.key, utf8(text3), line.bytes) ? 0n : null;
    if (line.bytes.length !== 72) return null;
    const time = u64At(line.bytes, 0);
    const holds = await verify(key.key, utf8(`cosignature/v1
time ${time}
${text3}`), line.bytes.subarray(8));
    return holds ? time : null;
  }
  async function findValid(key, note2) {
    const line = note2.lines.find((one) => isBy(one, key));
    return line === void 0 ? null : validTime(key, note2.text, line);
  }

  // verify/checkpoint.js
  function originOfText(text3) {
    const found = /^biaozheng\.log\/([a-z0-9-]{1,32})\/([0-9a-f]{64})$/.exec(text3);
    return found === null ? null : { text: text3, label: found[1], chain: `sha256:${found[2]}` };
  }
  var hashOfText = (text3) => {
    const bytes2 = unbase64(text3);
    return bytes2 !== null && bytes2.length === 32 ? bytes2 : null;
  };
  function checkpointOfText(text3) {
    const lines = text3.split("\n");
    if (lines.length !== 4 || lines[3] !== "") return null;
    const [origin, size, root] = [originOfText(lines[0]), u64Text(lines[1]), hashOfText(lines[2])];
    return origin === null || size === null || root === null ? null : { origin, size, root };
  }
  var HEADER = "c2sp.org/tlog-proof@v1";
  function tlogProofOfText(text3) {
    const gap = text3.indexOf("\n\n");
    if (gap < 0 || utf8Length(text3) > TLOG_PROOF_BYTES_MAX) return null;
    const [header, second = "", ...rest] = text3.slice(0, gap).split("\n");
    if (header !== HEADER || !second.startsWith("index ") || rest.length > MERKLE_PATH_MAX) return null;
    const [index2, path2, note2] = [u64Text(second.slice(6)), rest.map(hashOfText), noteOfText(text3.slice(gap + 2))];
    return index2 === null || note2 === null || path2.includes(null) ? null : { index: index2, path: path2, note: note2 };
  }

  // verify/policy.js
  var NO_QUORUM = "none";
  var PLAIN_GROUP = "quorum-group";
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
    log(text3) {
      const key = noteKeyOfText(text3);
      this.logs.push(key);
      return key !== null && key.algorithm === ED25519;
    }
    witness(name, text3) {
      const key = noteKeyOfText(text3);
      if (key === null || key.algorithm !== COSIGNATURE_V1) return false;
      if (this.witnesses.some((other) => hex(other.key.key) === hex(key.key))) return false;
      this.witnesses.push({ name, key });
      return this.claim(name);
    }
    group(name, word, ...members) {
      const needed2 = threshold(word, members.length);
      if (needed2 === null || needed2 === 0n || needed2 > BigInt(members.length)) return false;
      if (new Set(members).size !== members.length || !members.every((one) => this.names.has(one))) return false;
      this.groups.push({ name, threshold: Number(needed2), members });
      return this.claim(name);
    }
  };
  function policyText({ logs, witnesses, groups, quorum }) {
    return [
      ...logs.map((key) => `log ${key.text}`),
      ...witnesses.map(({ name, key }) => `witness ${name} ${key.text}`),
      ...groups.map((one) => `group ${one.name} ${one.threshold} ${one.members.join(" ")}`),
      `quorum ${quorum}`,
      ""
    ].join("\n");
  }
  function policyOfText(text3) {
    if (utf8Length(text3) > POLICY_BYTES_MAX) return null;
    const reader2 = new Reader();
    for (const line of text3.split("\n")) {
      const found = words(line);
      if (found.length > 0 && !found[0].startsWith("#") && !reader2.line(found)) return null;
    }
    const { logs, witnesses, groups, quorum } = reader2;
    return quorum === null || logs.length === 0 ? null : { logs, witnesses, groups, quorum };
  }
  var needsCosigners = (policy) => policy.quorum !== NO_QUORUM;
  async function cosignedUnder(policy, note2) {
    const checkpoint = checkpointOfText(note2.text);
    if (checkpoint === null) return { why: "the signed text is not a checkpoint of a Biaozheng log" };
    let logged = false;
    for (const key of policy.logs) {
      logged || (logged = key.name === checkpoint.origin.text && await findValid(key, note2) !== null);
    }
    if (!logged) return { why: "no valid signature by a log key of the policy" };
    const cosigners = [];
    for (const { name, key } of policy.witnesses) {
      const time = await findValid(key, note2);
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
  async function firstForeignLine(policy, note2, outside = []) {
    const keys2 = /* @__PURE__ */ new Map();
    for (const key of [...policy.logs, ...policy.witnesses.map((one) => one.key), ...outside]) keys2.set(`${key.name} ${hex(key.id)}`, key);
    for (const [index2, line] of note2.lines.entries()) {
      const key = keys2.get(`${line.name} ${hex(line.id)}`);
      const repeated = note2.lines.slice(0, index2).some((other) => isBy(other, line));
      if (key === void 0 || repeated || await validTime(key, note2.text, line) === null) return index2;
    }
    return null;
  }

  // verify/trust.js
  var FINGERPRINT_DIGITS = 20;
  var quorumOf = (count) => Math.floor(count * 2 / 3) + 1;
  function trustDigest({ label, threshold: threshold2, cosigners }) {
    const fields = cosigners.flatMap((one) => [utf8(one.name), Uint8Array.of(1), one.cosignerKey, Uint8Array.of(1), one.logKey]);
    const head2 = [utf8(label), u64Bytes(threshold2), u64Bytes(cosigners.length)];
    return toDigest(fieldHash("biaozheng/trust/v1", [...head2, ...fields]));
  }
  function chainId(trust, remainder) {
    const fields = [...digestFields(trustDigest(trust)), ...digestFields(remainder)];
    return toDigest(fieldHash("biaozheng/chain/v1", fields));
  }
  function policyOfTrust({ label, threshold: threshold2, cosigners }, chain) {
    const origin = originOfText(`biaozheng.log/${label}/${chain.slice(7)}`);
    if (origin === null || threshold2 < quorumOf(cosigners.length) || threshold2 > cosigners.length) return null;
    const logs = cosigners.map((one) => noteKey(origin.text, ED25519, one.logKey));
    const keys2 = cosigners.map((one) => noteKey(one.name, COSIGNATURE_V1, one.cosignerKey));
    if (logs.includes(null) || keys2.includes(null)) return null;
    const witnesses = cosigners.map((one, at2) => ({ name: one.name, key: keys2[at2] }));
    const groups = [{ name: PLAIN_GROUP, threshold: threshold2, members: cosigners.map((one) => one.name) }];
    const text3 = policyText({ logs, witnesses, groups, quorum: PLAIN_GROUP });
    const again = policyOfText(text3);
    return again !== null && policyText(again) === text3 ? text3 : null;
  }
  function trustOfPolicy(policy) {
    const origin = originOfText(policy.logs[0].name);
    if (origin === null || policy.groups.length !== 1 || policy.logs.length !== policy.witnesses.length) return null;
    const cosigners = policy.witnesses.map(({ name, key }, at2) => ({ name, cosignerKey: key.key, logKey: policy.logs[at2].key }));
    const trust = { label: origin.label, threshold: policy.groups[0].threshold, cosigners };
    return policyOfTrust(trust, origin.chain) === policyText(policy) ? { trust, origin } : null;
  }
  var fingerprint = (chain) => chain.slice(7, 7 + FINGERPRINT_DIGITS).match(/.{4}/g).join("-");

  // verify/merkle.js
  var leafHash = (entry) => sha2562(Uint8Array.of(0), entry);
  var nodeHash = (left, right) => sha2562(Uint8Array.of(1), left, right);
  var logEntry = (record, height, timeMs, position) => utf8(`biaozheng/entry/v1
${digestDigits(record)}
${height}
${timeMs}
${position}
`);
  function whyNotIncluded(leaf, index2, size, path2, root) {
    if (index2 >= size) return "the leaf index is not inside the tree";
    if (path2.length > MERKLE_PATH_MAX) return "the path has the wrong number of hashes";
    let [position, last, hash] = [index2, size - 1n, leaf];
    for (const sibling of path2) {
      if (last === 0n) return "the path has the wrong number of hashes";
      if (position % 2n === 1n || position === last) {
        hash = nodeHash(sibling, hash);
        while (position % 2n === 0n && position !== 0n) [position, last] = [position >> 1n, last >> 1n];
      } else {
        hash = nodeHash(hash, sibling);
      }
      [position, last] = [position >> 1n, last >> 1n];
    }
    if (last !== 0n) return "the path has the wrong number of hashes";
    return equal(hash, root) ? null : "the path leads to another root";
  }
  function provenPrefix(old, now, path2, oldRoot, nowRoot) {
    if (old === 0n || old > now) return null;
    if (old === now) return path2.length === 0 ? nowRoot : null;
    if (path2.length > MERKLE_PATH_MAX + 1) return null;
    const powerOfTwo = (old & old - 1n) === 0n;
    const first = powerOfTwo ? oldRoot : path2[0];
    if (first === void 0) return null;
    let [position, last, before, after] = [old - 1n, now - 1n, first, first];
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
  function isConsistent(old, now, path2, oldRoot, nowRoot) {
    const found = provenPrefix(old, now, path2, oldRoot, nowRoot);
    return found !== null && equal(found, oldRoot);
  }

  // verify/strict-json.js
  var StrictJsonError = class extends Error {
  };
  var SHORT = /* @__PURE__ */ new Map([['"', '"'], ["\\", "\\"], ["/", "/"], ["b", "\b"], ["f", "\f"], ["n", "\n"], ["r", "\r"], ["t", "	"]]);
  var Reader2 = class {
    constructor(text3) {
      this.text = text3;
      this.at = 0;
    }
    refuse(why) {
      throw new StrictJsonError(`not strict JSON: ${why} at character ${this.at}`);
    }
    space() {
      while (" 	\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
    }
    take(token2) {
      if (!this.text.startsWith(token2, this.at)) this.refuse(`expected ${token2}`);
      this.at += token2.length;
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
  function parseStrict(bytes2) {
    const text3 = utf8Text(bytes2);
    if (text3 === null) throw new StrictJsonError("not strict JSON: not UTF-8");
    const reader2 = new Reader2(text3);
    const value = reader2.value(0);
    reader2.space();
    if (reader2.at !== text3.length) reader2.refuse("something after the value");
    return value;
  }
  function compact(value) {
    if (value instanceof Map) {
      return `{${[...value].map(([name, one]) => `${JSON.stringify(name)}:${compact(one)}`).join(",")}}`;
    }
    return Array.isArray(value) ? `[${value.map(compact).join(",")}]` : JSON.stringify(value);
  }
  var compactLength = (value) => utf8Length(compact(value));
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
  var upTo = (most) => kind((value) => typeof value === "number" && value >= 0 && value <= most, "a small number");
  var list = (one) => (value) => {
    if (!Array.isArray(value)) throw new StrictJsonError("expected a list");
    return value.map(one);
  };
  var optional = (one) => Object.assign((value) => value === null ? null : one(value), { absent: null });
  var listOrAbsent = (one) => Object.assign(list(one), { absent: Object.freeze([]) });
  var parsed = (parse, name) => (value) => {
    const result = typeof value === "string" ? parse(value) : null;
    if (result === null) throw new StrictJsonError(`expected ${name}`);
    return result;
  };
  var struct = (members) => (value) => {
    if (!(value instanceof Map)) throw new StrictJsonError("expected an object");
    const known = Object.keys(members);
    for (const name of value.keys()) {
      if (!known.includes(name)) throw new StrictJsonError(`unknown member ${JSON.stringify(name.slice(0, 40))}`);
    }
    const out = {};
    for (const name of known) {
      if (value.has(name)) out[name] = members[name](value.get(name));
      else if (members[name].absent !== void 0) out[name] = members[name].absent;
      else throw new StrictJsonError(`missing member '${name}'`);
    }
    return out;
  };

  // verify/policy-history.js
  var FORMAT = "biaozheng-policies/1";
  var dating = Object.assign(parsed((one) => ["claimed", "proven"].includes(one) ? one : null, "claimed or proven"), { absent: "claimed" });
  var shape = struct({
    format: text,
    policies: list(struct({
      policy: parsed(policyOfText, "a policy"),
      from_ms: optional(unsigned),
      until_ms: optional(unsigned),
      last_height: optional(unsigned),
      last_size: optional(unsigned),
      dating
    }))
  });
  function makesSense({ policy, from_ms: from, until_ms: until, dating: kind2 }) {
    if (!needsCosigners(policy) || from !== null && until !== null && from >= until) return false;
    return kind2 !== "proven" || until !== null;
  }
  function policiesOf(bytes2) {
    if (bytes2.length > DATED_POLICIES_BYTES_MAX) return null;
    try {
      const { format, policies } = shape(parseStrict(bytes2));
      const fine = format === FORMAT && policies.length > 0 && policies.length <= DATED_POLICIES_MAX && policies.every(makesSense);
      return fine ? policies : null;
    } catch {
      return null;
    }
  }
  var endless = (policy) => [{ policy, from_ms: null, until_ms: null, last_height: null, last_size: null, dating: "claimed" }];
  function whyOutOfTime(entry, cosigned, height, dated) {
    const { from_ms: from, until_ms: until } = entry;
    for (const { name, time } of cosigned.cosigners) {
      if (from !== null && time * 1000n + 999n < BigInt(from)) return `'${name}' signed at ${time} s, before the policy held`;
      if (until !== null && time * 1000n >= BigInt(until)) return `'${name}' signed at ${time} s, after the policy's end`;
    }
    if (entry.last_height !== null && height > entry.last_height) return `the record is of block ${height}, the policy's last is ${entry.last_height}`;
    if (entry.last_size !== null && cosigned.checkpoint.size > BigInt(entry.last_size)) return `the tree has ${cosigned.checkpoint.size} leaves, the policy's last has ${entry.last_size}`;
    const proven2 = entry.dating !== "proven" || dated !== null && dated < until;
    return proven2 ? null : `nobody trusted saw it before the policy's end at ${until} ms`;
  }
  async function judgePolicies(policies, note2, height, dated) {
    let [late, unsigned2] = [null, ""];
    for (const [at2, entry] of policies.entries()) {
      const cosigned = await cosignedUnder(entry.policy, note2);
      const why = cosigned.why === void 0 ? whyOutOfTime(entry, cosigned, height, dated) : null;
      if (cosigned.why !== void 0) unsigned2 = cosigned.why;
      else if (why !== null) late = `policy ${at2 + 1}'s quorum signed the checkpoint, but ${why}`;
      else return { seen: `policy ${at2 + 1} of your file: its quorum is reached by ${cosigned.cosigners.map((one) => one.name).join(", ")}` };
    }
    return { why: late ?? `no policy's quorum signed the checkpoint: ${unsigned2}` };
  }

  // verify/der.js
  var DerError = class extends Error {
  };
  var BOOLEAN = 1;
  var INTEGER = 2;
  var BIT_STRING = 3;
  var OCTET_STRING = 4;
  var NULL = 5;
  var OBJECT = 6;
  var UTF8_STRING = 12;
  var PRINTABLE_STRING = 19;
  var IA5_STRING = 22;
  var VISIBLE_STRING = 26;
  var BMP_STRING = 30;
  var UTC_TIME = 23;
  var GENERAL_TIME = 24;
  var SEQUENCE = 48;
  var SET = 49;
  var UNIVERSAL = /* @__PURE__ */ new Set([1, 2, 3, 4, 5, 6, 9, 10, 12, 13, 18, 19, 20, 21, 22, 23, 24, 26, 27, 30, 48, 49]);
  var constructed = (number3) => 160 | number3;
  var primitive = (number3) => 128 | number3;
  var Der = class _Der {
    constructor(bytes2, what) {
      Object.assign(this, { bytes: bytes2, what, at: 0 });
    }
    /** Over the elements of the one SEQUENCE that `bytes` are. */
    static ofSequence(bytes2, what) {
      const whole2 = new _Der(bytes2, what);
      const inside3 = whole2.sequence();
      whole2.end();
      return inside3;
    }
    refuse(why = "is not in the DER it should be") {
      throw new DerError(`${this.what} ${why}`);
    }
    /** The next element: `{tag, value, raw}`. */
    any() {
      const { bytes: bytes2, at: at2 } = this;
      const [tag, first] = [bytes2[at2], bytes2[at2 + 1]];
      if (tag === void 0 || first === void 0 || (tag & 31) === 31 || first === 128 || first > 131) this.refuse();
      if (tag < 64 && !UNIVERSAL.has(tag)) this.refuse();
      const count = first > 128 ? first - 128 : 0;
      let length = count === 0 ? first : 0;
      for (let step = 0; step < count; step += 1) length = length * 256 + (bytes2[at2 + 2 + step] ?? this.refuse());
      if (count > 0 && length < (count === 1 ? 128 : 256 ** (count - 1))) this.refuse();
      const start2 = at2 + 2 + count;
      if (start2 + length > bytes2.length) this.refuse();
      this.at = start2 + length;
      return { tag, value: bytes2.subarray(start2, this.at), raw: bytes2.subarray(at2, this.at) };
    }
    /** The value of the next element where it has this tag, else null. */
    optional(tag) {
      return this.bytes[this.at] === tag ? this.any().value : null;
    }
    value(tag) {
      return this.optional(tag) ?? this.refuse();
    }
    sequence() {
      return new _Der(this.value(SEQUENCE), this.what);
    }
    /** An object identifier in dotted form. */
    object() {
      return dotted(this.value(OBJECT)) ?? this.refuse();
    }
    /** An AlgorithmIdentifier's elements: an object and at most one parameter. What they mean is judged where they are used. */
    algorithm() {
      this.object();
      if (!this.isEmpty) this.any();
      this.end();
    }
    /** A small INTEGER that is not negative. */
    small() {
      const value = this.value(INTEGER);
      return value.length === 1 && value[0] < 128 ? value[0] : this.refuse();
    }
    /** BOOLEAN DEFAULT FALSE. DER leaves FALSE out; that it is written is taken, for others write it in what they sign. */
    flag() {
      const value = this.optional(BOOLEAN);
      if (value === null || equal(value, [0])) return false;
      return equal(value, [255]) || this.refuse();
    }
    get isEmpty() {
      return this.at === this.bytes.length;
    }
    end() {
      if (!this.isEmpty) this.refuse("has something left over");
    }
  };
  function dotted(bytes2) {
    if (bytes2.length === 0 || bytes2.length > 39 || bytes2[0] > 119 || bytes2.at(-1) >= 128) return null;
    const arcs = [];
    let [arc, fresh] = [0, true];
    for (const byte of bytes2) {
      if (fresh && byte === 128) return null;
      arc = arc * 128 + (byte & 127);
      if (arc > 4294967295) return null;
      fresh = byte < 128;
      if (fresh) {
        if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
        else arcs.push(arc);
        arc = 0;
      }
    }
    return arcs.join(".");
  }
  function positive(bytes2) {
    if (bytes2.length === 0 || bytes2[0] >= 128 || bytes2.length > 1 && bytes2[0] === 0 && bytes2[1] < 128) return null;
    const value = BigInt(`0x${hex(bytes2)}`);
    return value > 0n ? value : null;
  }
  var days = (year, month) => month === 2 ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28 : [4, 6, 9, 11].includes(month) ? 30 : 31;
  function millisecondsOf(text3) {
    if (!/^[0-9]{14}$/.test(text3)) return null;
    const [year, month, day, hour, minute, second] = [[0, 4], [4, 6], [6, 8], [8, 10], [10, 12], [12, 14]].map(([from, to]) => Number(text3.slice(from, to)));
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days(year, month) || hour > 23 || minute > 59 || second > 59) return null;
    let whole2 = day - 1;
    for (let one = 1970; one < year; one += 1) whole2 += days(one, 2) + 337;
    for (let one = 1; one < month; one += 1) whole2 += days(year, one);
    return (((whole2 * 24 + hour) * 60 + minute) * 60 + second) * 1e3;
  }

  // verify/authority-name.js
  var COMMON_NAME = "2.5.4.3";
  var ASCII = [PRINTABLE_STRING, IA5_STRING, VISIBLE_STRING];
  function textOf(tag, value) {
    if (tag === UTF8_STRING || ASCII.includes(tag) && value.every((byte) => byte < 128)) return utf8Text(value);
    if (tag !== BMP_STRING || value.length % 2 !== 0) return null;
    let text3 = "";
    for (let at2 = 0; at2 < value.length; at2 += 2) {
      const unit = value[at2] * 256 + value[at2 + 1];
      if (unit >= 55296 && unit <= 57343) return null;
      text3 += String.fromCharCode(unit);
    }
    return text3;
  }
  var folded = (text3) => text3.split(/[ \t-\r]+/).filter((word) => word !== "").join(" ").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  function nameOf(raw2) {
    let shown2 = hex(raw2).slice(0, 40);
    const compared = [];
    const sets = Der.ofSequence(raw2, "a name");
    while (!sets.isEmpty) {
      const [set2, pairs] = [new Der(sets.value(SET), "a name"), []];
      while (!set2.isEmpty) {
        const pair = set2.sequence();
        const object2 = pair.object();
        const { tag, value, raw: whole2 } = pair.any();
        pair.end();
        const text3 = textOf(tag, value);
        if (object2 === COMMON_NAME) shown2 = utf8Text(value) ?? shown2;
        pairs.push(text3 === null ? `${object2}#${hex(whole2)}` : `${object2}=${folded(text3)}`);
      }
      compared.push(pairs.sort());
    }
    return { raw: raw2, compared: JSON.stringify(compared), shown: shown2 };
  }
  var isSameName = (one, other) => one.compared === other.compared;

  // verify/authority-signature.js
  var HASHES = /* @__PURE__ */ new Map([["2.16.840.1.101.3.4.2.1", "SHA-256"], ["2.16.840.1.101.3.4.2.2", "SHA-384"], ["2.16.840.1.101.3.4.2.3", "SHA-512"]]);
  var FUNCTIONS = { "SHA-256": sha256, "SHA-384": sha384, "SHA-512": sha512 };
  var HASH_BYTES = { "SHA-256": 32, "SHA-384": 48, "SHA-512": 64 };
  var RSA = "1.2.840.113549.1.1.1";
  var RSA_PSS = "1.2.840.113549.1.1.10";
  var MGF1 = "1.2.840.113549.1.1.8";
  var EC = "1.2.840.10045.2.1";
  var CURVES = /* @__PURE__ */ new Map([
    ["1.2.840.10045.3.1.7", { namedCurve: "P-256", size: 32 }],
    ["1.3.132.0.34", { namedCurve: "P-384", size: 48 }],
    ["1.3.132.0.35", { namedCurve: "P-521", size: 66 }]
  ]);
  var [PKCS1, PSS, ECDSA] = ["RSASSA-PKCS1-v1_5", "RSA-PSS", "ECDSA"];
  var KINDS = new Map([
    [RSA, { scheme: PKCS1, hash: null }],
    ...["SHA-256", "SHA-384", "SHA-512"].flatMap((hash, at2) => [
      [`1.2.840.113549.1.1.${11 + at2}`, { scheme: PKCS1, hash }],
      [`1.2.840.10045.4.3.${2 + at2}`, { scheme: ECDSA, hash }]
    ])
  ]);
  var RSA_ALGORITHM = Uint8Array.of(48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0);
  var MODULUS_BYTES = [256, 512];
  var EXPONENT_MAX = 2n ** 33n - 1n;
  var SALT_BYTES_DEFAULT = 20;
  var NoWebCrypto = class extends Error {
  };
  function webCrypto() {
    const { crypto } = globalThis;
    if (crypto === void 0 || crypto.subtle === void 0) throw new NoWebCrypto();
    return crypto.subtle;
  }
  var digestBy = (hash, bytes2) => FUNCTIONS[hash](bytes2);
  var sha1 = async (bytes2) => new Uint8Array(await webCrypto().digest("SHA-1", bytes2));
  function withoutParameters(algorithm) {
    const parameters = algorithm.optional(NULL);
    if (parameters !== null && parameters.length > 0) algorithm.refuse();
    algorithm.end();
  }
  function hashOf(algorithm) {
    const found = HASHES.get(algorithm.object());
    withoutParameters(algorithm);
    if (found === void 0) throw new DerError("the digest algorithm is not SHA-256, SHA-384 or SHA-512 (RFC 5754; SHA-1 never)");
    return found;
  }
  function onlyNumber(value) {
    const inside3 = new Der(value, "RSASSA-PSS-params");
    const number3 = inside3.small();
    inside3.end();
    return number3;
  }
  function pssOf(parts) {
    const refused = "RSASSA-PSS with these parameters is not accepted (RFC 4055 §3.1)";
    const [hashed2, masked] = [parts.optional(constructed(0)), parts.optional(constructed(1))];
    if (hashed2 === null || masked === null) throw new DerError(refused);
    const hash = hashOf(Der.ofSequence(hashed2, "RSASSA-PSS-params"));
    const mask = Der.ofSequence(masked, "RSASSA-PSS-params");
    if (mask.object() !== MGF1 || hashOf(mask.sequence()) !== hash) throw new DerError(refused);
    mask.end();
    const [salted, trailer] = [parts.optional(constructed(2)), parts.optional(constructed(3))];
    parts.end();
    const saltLength = salted === null ? SALT_BYTES_DEFAULT : onlyNumber(salted);
    if (trailer !== null && onlyNumber(trailer) !== 1 || saltLength > HASH_BYTES[hash]) throw new DerError(refused);
    return { scheme: PSS, hash, saltLength };
  }
  function signatureKindOf(algorithm) {
    const object2 = algorithm.object();
    if (object2 === RSA_PSS) {
      const parameters = algorithm.sequence();
      algorithm.end();
      return pssOf(parameters);
    }
    const found = KINDS.get(object2);
    withoutParameters(algorithm);
    if (found === void 0) throw new DerError("the signature algorithm is not accepted (RFC 5754, RFC 4055; SHA-1 never)");
    return found;
  }
  function partsOf(key) {
    const info = Der.ofSequence(key, "the public key");
    const algorithm = info.sequence();
    const bits = info.value(BIT_STRING);
    info.end();
    if (bits[0] !== 0) info.refuse();
    return [algorithm.object(), algorithm, bits.subarray(1)];
  }
  function checkRsa(bytes2) {
    const parts = Der.ofSequence(bytes2, "the RSA key");
    const [modulus, exponent] = [positive(parts.value(INTEGER)), positive(parts.value(INTEGER))];
    parts.end();
    const size = modulus === null ? 0 : Math.ceil(modulus.toString(16).length / 2);
    if (size < MODULUS_BYTES[0] || size > MODULUS_BYTES[1] || modulus % 2n === 0n || exponent === null || exponent < 3n || exponent > EXPONENT_MAX || exponent % 2n === 0n) parts.refuse("is not of 2048 to 4096 bits, or not accepted");
  }
  function checkPssKey(algorithm, kind2) {
    const given = algorithm.optional(SEQUENCE);
    algorithm.end();
    const allowed = given === null ? null : pssOf(new Der(given, "RSASSA-PSS-params"));
    if (allowed !== null && (allowed.hash !== kind2.hash || allowed.saltLength > kind2.saltLength)) throw new DerError("the key is for other RSASSA-PSS parameters (RFC 4055 §3.3)");
  }
  function rawEcdsa(signature, size) {
    const parts = Der.ofSequence(signature, "the ECDSA signature");
    const numbers = [parts.value(INTEGER), parts.value(INTEGER)];
    parts.end();
    return concat(...numbers.map((one) => {
      const bytes2 = positive(one) === null ? parts.refuse() : one.subarray(one[0] === 0 ? 1 : 0);
      if (bytes2.length > size) parts.refuse();
      return concat(new Uint8Array(size - bytes2.length), bytes2);
    }));
  }
  function curveOf(algorithm, hash) {
    const curve = CURVES.get(algorithm.object());
    if (curve === void 0 || !algorithm.isEmpty) throw new DerError("the ECDSA key is not of P-256, P-384 or P-521 (RFC 5480)");
    if (curve.namedCurve === "P-521" && hash === "SHA-256") throw new DerError("SHA-256 with P-521 is not accepted (RFC 5480 §4)");
    return curve;
  }
  var lengthOf = (length) => length < 128 ? [length] : length < 256 ? [129, length] : [130, length >> 8, length & 255];
  function plainRsa(bytes2) {
    const bits = concat(Uint8Array.of(BIT_STRING, ...lengthOf(bytes2.length + 1), 0), bytes2);
    return concat(Uint8Array.of(SEQUENCE, ...lengthOf(RSA_ALGORITHM.length + bits.length)), RSA_ALGORITHM, bits);
  }
  function forWebCrypto(kind2, hash, key, signature) {
    const [object2, algorithm, bytes2] = partsOf(key);
    if (kind2.scheme === ECDSA) {
      if (object2 !== EC) throw new DerError("the key does not fit the signature algorithm");
      const { namedCurve, size } = curveOf(algorithm, hash);
      return { about: { name: ECDSA, namedCurve, hash }, key, raw: rawEcdsa(signature, size) };
    }
    if (object2 === RSA) {
      algorithm.value(NULL);
      algorithm.end();
    } else if (object2 === RSA_PSS && kind2.scheme === PSS) checkPssKey(algorithm, kind2);
    else throw new DerError("the key does not fit the signature algorithm");
    checkRsa(bytes2);
    return { about: { name: kind2.scheme, hash, saltLength: kind2.saltLength }, key: plainRsa(bytes2), raw: signature };
  }
  async function checkSignature(kind2, key, named3, message, signature) {
    if (kind2.hash !== null && named3 !== null && kind2.hash !== named3) throw new DerError("a signature and its digest are a mixed pair");
    const hash = kind2.hash ?? named3;
    if (hash === null) throw new DerError("a signature names no digest");
    const found = forWebCrypto(kind2, hash, key, signature);
    const subtle2 = webCrypto();
    const handle = await subtle2.importKey("spki", found.key, found.about, false, ["verify"]).catch((error) => {
      if (error !== null && typeof error === "object" && error.name === "NotSupportedError") throw new NoWebCrypto();
      return null;
    });
    if (handle === null || !await subtle2.verify(found.about, handle, found.raw, message).catch(() => false)) throw new DerError("the signature does not hold");
  }

  // verify/authority-certificate.js
  var [KEY_IDENTIFIER, KEY_USAGE, CONSTRAINTS, NAME_CONSTRAINTS, PURPOSES] = ["2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.30", "2.5.29.37"];
  var KNOWN = [KEY_USAGE, CONSTRAINTS, PURPOSES];
  var TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
  var [DIGITAL_SIGNATURE, NON_REPUDIATION, KEY_CERT_SIGN] = [0, 1, 5];
  var A_CERTIFICATE = "a certificate";
  function timeOf(validity) {
    const { tag, value } = validity.any();
    const text3 = utf8Text(value) ?? "";
    if (!text3.endsWith("Z") || tag !== UTC_TIME && tag !== GENERAL_TIME) validity.refuse();
    const digits = text3.slice(0, -1);
    const whole2 = tag === GENERAL_TIME ? digits : `${digits.slice(0, 2) < "50" ? "20" : "19"}${digits}`;
    return millisecondsOf(whole2) ?? validity.refuse();
  }
  function extensionsOf(content, what) {
    const [list2, found] = [new Der(content, what), /* @__PURE__ */ new Map()];
    while (!list2.isEmpty) {
      const one = list2.sequence();
      const [object2, critical, value] = [one.object(), one.flag(), one.value(OCTET_STRING)];
      one.end();
      if (found.has(object2) || found.size >= EXTENSIONS_MAX) one.refuse("stand twice or are too many");
      found.set(object2, { critical, value });
    }
    return found;
  }
  function certificateExtensions(body) {
    const wrapped = body.optional(constructed(3));
    if (wrapped === null) return /* @__PURE__ */ new Map();
    const whole2 = new Der(wrapped, "the extensions");
    const list2 = whole2.value(SEQUENCE);
    whole2.end();
    return extensionsOf(list2, "the extensions");
  }
  function inside(extensions, object2, tag, read) {
    const found = extensions.get(object2);
    if (found === void 0) return null;
    const whole2 = new Der(found.value, "an extension");
    const value = whole2.value(tag);
    whole2.end();
    return read(value, found.critical);
  }
  function bitsOf(value) {
    const unused = value[0];
    if (unused === void 0 || value.length > 3 || unused > 7 || value.length === 1 && unused > 0) throw new DerError("the key usage is not in DER");
    if (value.length > 1 && (value[value.length - 1] & (1 << unused) - 1) !== 0) throw new DerError("the key usage is not in DER");
    return (bit) => ((value[1 + (bit >> 3)] ?? 0) & 128 >> (bit & 7)) !== 0;
  }
  function constraintsOf(value) {
    const parts = new Der(value, "the basic constraints");
    const [authority, depth] = [parts.flag(), parts.optional(INTEGER)];
    parts.end();
    if (depth !== null && !(depth.length === 1 && depth[0] < 128) && !(depth.length === 2 && depth[0] === 0 && depth[1] >= 128)) parts.refuse();
    return { authority, depth: depth === null ? null : depth[depth.length - 1] };
  }
  function purposesOf(value, critical) {
    const [rest, list2] = [new Der(value, "the purposes"), []];
    while (!rest.isEmpty) list2.push(rest.object());
    return { list: list2, critical };
  }
  function publicKeyInfo(raw2) {
    const parts = Der.ofSequence(raw2, "a key");
    parts.sequence().algorithm();
    parts.value(BIT_STRING);
    parts.end();
  }
  function whyRefused(extensions) {
    if (extensions.has(NAME_CONSTRAINTS)) return "it has name constraints, which are not evaluated here (RFC 5280 §4.2.1.10)";
    const unknown = [...extensions].some(([object2, { critical }]) => critical && !KNOWN.includes(object2));
    return unknown ? "a critical extension is not known here (RFC 5280 §4.2)" : null;
  }
  function usesOf(extensions) {
    const usage = inside(extensions, KEY_USAGE, BIT_STRING, bitsOf);
    const constraints = inside(extensions, CONSTRAINTS, SEQUENCE, constraintsOf);
    const purposes = inside(extensions, PURPOSES, SEQUENCE, purposesOf);
    const used = (bit) => usage === null || usage(bit);
    const certifies = constraints !== null && constraints.authority && used(KEY_CERT_SIGN);
    return {
      depth: constraints === null ? null : constraints.depth,
      // Purposes of an authority do not bind what it signs: RFC 5280 §4.2.1.12 is about the certificate's own key.
      certifies,
      // For timestamps alone, critically (RFC 3161 §2.3), and for signatures.
      stamps: purposes !== null && purposes.critical && purposes.list.join() === TIME_STAMPING && (used(DIGITAL_SIGNATURE) || used(NON_REPUDIATION)),
      identifier: inside(extensions, KEY_IDENTIFIER, OCTET_STRING, (value) => value),
      refused: whyRefused(extensions)
    };
  }
  function linkOf(der) {
    const whole2 = Der.ofSequence(der, A_CERTIFICATE);
    const [signed, kind2, bits] = [whole2.any(), whole2.any(), whole2.value(BIT_STRING)];
    whole2.end();
    if (signed.tag !== SEQUENCE || kind2.tag !== SEQUENCE) whole2.refuse();
    new Der(kind2.value, A_CERTIFICATE).algorithm();
    const body = new Der(signed.value, A_CERTIFICATE);
    const version = body.optional(constructed(0));
    if (version !== null && !equal(version, [2, 1, 1]) && !equal(version, [2, 1, 2])) body.refuse();
    const serial = body.any();
    if (serial.tag !== INTEGER || serial.value.length === 0) body.refuse();
    const own = body.any();
    if (own.tag !== SEQUENCE) body.refuse();
    new Der(own.value, A_CERTIFICATE).algorithm();
    const issuer = nameOf(body.any().raw);
    const validity = body.sequence();
    const valid = [timeOf(validity), timeOf(validity) + 999];
    validity.end();
    const subject = nameOf(body.any().raw);
    const key = body.any().raw;
    publicKeyInfo(key);
    body.optional(primitive(1));
    body.optional(primitive(2));
    const extensions = certificateExtensions(body);
    body.end();
    return {
      der,
      subject,
      issuer,
      serial: serial.raw,
      key,
      valid,
      name: subject.shown,
      issuerName: issuer.shown,
      signed: signed.raw,
      kind: kind2.raw,
      signedKind: own.raw,
      signature: bits,
      ...usesOf(extensions)
    };
  }
  async function whyNotSignedBy(link, issuer) {
    const why = issuer.refused ?? (issuer.certifies ? null : "it may not sign certificates");
    if (why !== null) return `certificate '${issuer.name}' is not what its place in the path asks (RFC 5280 §6.1): ${why}`;
    try {
      if (!equal(link.kind, link.signedKind)) throw new DerError("its two algorithm fields differ (RFC 5280 §4.1.1.2)");
      if (link.signature[0] !== 0) throw new DerError("it is not in DER");
      await checkSignature(signatureKindOf(Der.ofSequence(link.kind, A_CERTIFICATE)), issuer.key, null, link.signed, link.signature.subarray(1));
    } catch (error) {
      if (error instanceof NoWebCrypto || !(error instanceof DerError)) throw error;
      return `certificate '${link.name}' is not what its place in the path asks (RFC 5280 §6.1): its signature does not hold: ${error.message}`;
    }
    return null;
  }
  var isValidAt = (link, time) => link.valid[0] <= time && time <= link.valid[1];

  // verify/authority-path.js
  function pairsOf(links, signer, anchors) {
    const [named3, pairs] = [[signer], []];
    for (let next = 0; next < named3.length; next += 1) {
      const child = named3[next];
      const wanted = links[child].issuer;
      links.forEach((issuer, place2) => {
        if (!isSameName(issuer.subject, wanted) || place2 === child && child === signer) return;
        pairs.push({ child, issuer, place: place2, anchor: null });
        if (!named3.includes(place2)) named3.push(place2);
      });
      anchors.forEach((issuer, anchor) => {
        if (isSameName(issuer.subject, wanted)) pairs.push({ child, issuer, place: null, anchor });
      });
      if (pairs.length > PATH_SIGNATURES_MAX) throw new DerError(`certificates of these names would take more than ${PATH_SIGNATURES_MAX} signatures to tell apart`);
    }
    if (named3.length !== links.length) throw new DerError("the token holds a certificate that no name on the signer’s path leads to; nothing signs it");
    return pairs;
  }
  var isDeepEnough = ({ issuer }, below) => issuer.depth === null || below.authorities <= issuer.depth;
  function reachedBy(pairs, links, signer, time) {
    let reached = links.map((_, place2) => place2 === signer ? { layer: 0, authorities: 0 } : null);
    for (let layer = 1; layer < PATH_CERTIFICATES_MAX; layer += 1) {
      const next = [...reached];
      for (const pair of pairs) {
        const below = reached[pair.child];
        if (pair.place === null || pair.why !== null || below === null || !isValidAt(pair.issuer, time) || !isDeepEnough(pair, below)) continue;
        const authorities = below.authorities + (isSameName(pair.issuer.subject, pair.issuer.issuer) ? 0 : 1);
        const known = next[pair.place];
        if (known === null) next[pair.place] = { layer, authorities };
        else if (authorities < known.authorities) next[pair.place] = { layer: known.layer, authorities };
      }
      if (next.every((one, place2) => one === reached[place2])) break;
      reached = next;
    }
    return reached;
  }
  function checkEnds(pairs, reached) {
    reached.forEach((below, child) => {
      if (below === null) return;
      const above = pairs.filter((pair) => pair.child === child && pair.place !== null);
      if (above.length === 0 || above.some((pair) => pair.why === null && isDeepEnough(pair, below))) return;
      const [wrong] = above;
      throw new DerError(wrong.why ?? `certificate '${wrong.issuer.name}' is not what its place in the path asks (RFC 5280 §6.1): more authorities stand below it than it allows`);
    });
  }
  function nearest(pairs, reached, time) {
    let best = null;
    for (const pair of pairs) {
      const below = reached[pair.child];
      if (pair.anchor === null || pair.why !== null || below === null || !isDeepEnough(pair, below) || !isValidAt(pair.issuer, time)) continue;
      const better = best === null || below.layer < best.layer || below.layer === best.layer && pair.anchor < best.anchor;
      if (better) best = { layer: below.layer, anchor: pair.anchor, issuer: pair.issuer };
    }
    return best === null ? null : best.issuer;
  }
  function topOf(pairs, reached, signer) {
    let top = null;
    reached.forEach((found, place2) => {
      if (found === null) return;
      const goesOn = pairs.some((pair) => pair.child === place2 && pair.place !== null && pair.place !== place2 && pair.why === null && reached[pair.place] !== null);
      if (!goesOn && (top === null || found.layer > reached[top].layer)) top = place2;
    });
    return top ?? signer;
  }
  async function trustOf(links, signer, anchors, time) {
    const pairs = [];
    for (const pair of pairsOf(links, signer, anchors)) pairs.push({ ...pair, why: await whyNotSignedBy(links[pair.child], pair.issuer) });
    const reached = reachedBy(pairs, links, signer, time);
    checkEnds(pairs, reached);
    const own = links[signer];
    const direct = anchors.find((anchor2) => isSameName(anchor2.subject, own.subject) && equal(anchor2.key, own.key) && isValidAt(anchor2, time));
    const anchor = direct ?? nearest(pairs, reached, time);
    return { anchor: anchor ?? null, issuer: links[topOf(pairs, reached, signer)].issuerName };
  }

  // verify/timestamp.js
  var SIGNED_DATA = "1.2.840.113549.1.7.2";
  var TST_INFO = "1.2.840.113549.1.9.16.1.4";
  var CONTENT_TYPE = "1.2.840.113549.1.9.3";
  var MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
  var SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
  var SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
  function contentOf(info) {
    if (info.object() !== TST_INFO) info.refuse("is not about a TSTInfo");
    const inside3 = new Der(info.value(constructed(0)), "the content");
    info.end();
    const content = inside3.value(OCTET_STRING);
    inside3.end();
    return content;
  }
  function certificatesIn(set2) {
    const [rest, found] = [new Der(set2, "the list of certificates"), []];
    while (!rest.isEmpty) {
      const { tag, raw: raw2 } = rest.any();
      if (tag !== SEQUENCE) rest.refuse("has one that is none of X.509 (RFC 5652 §10.2.2)");
      if (found.length >= TOKEN_CERTIFICATES_MAX || found.some((one) => equal(one, raw2))) rest.refuse("is too long or has one twice");
      found.push(raw2);
    }
    return found.map((raw2) => [hex(raw2), raw2]).sort(([one], [other]) => one < other ? -1 : 1).map(([, raw2]) => raw2);
  }
  function signerTest(info) {
    const version = info.small();
    if (version === 3) {
      const identifier2 = info.value(primitive(0));
      return (link) => link.identifier !== null && equal(link.identifier, identifier2);
    }
    if (version !== 1) info.refuse("is not of version 1 or 3 (RFC 5652 §5.3)");
    const name = info.sequence();
    const [issuer, serial] = [name.any().raw, name.any().raw];
    name.end();
    return (link) => equal(link.issuer.raw, issuer) && equal(link.serial, serial);
  }
  function signerOf(info) {
    const isSigner = signerTest(info);
    const hash = hashOf(info.sequence());
    const attributes = info.value(constructed(0));
    const kind2 = signatureKindOf(info.sequence());
    const signature = info.value(OCTET_STRING);
    if (!info.isEmpty) info.refuse("has unsigned attributes; nothing signs them (RFC 5652 §5.3)");
    return { isSigner, hash, attributes, kind: kind2, signature };
  }
  function signedDataOf(token2) {
    const info = Der.ofSequence(token2, "the token");
    if (info.object() !== SIGNED_DATA) info.refuse("is no SignedData");
    const inside3 = info.value(constructed(0));
    info.end();
    const data = Der.ofSequence(inside3, "SignedData");
    if (data.small() !== 3) data.refuse("is not of version 3 (RFC 5652 §5.1)");
    const digests = new Der(data.value(SET), "the list of digest algorithms");
    const hash = hashOf(digests.sequence());
    digests.end();
    const content = contentOf(data.sequence());
    const certificates = certificatesIn(data.optional(constructed(0)) ?? new Uint8Array(0));
    if (data.optional(constructed(1)) !== null) data.refuse("has revocation lists; nothing signs them (RFC 5652 §10.2.1)");
    const signers = new Der(data.value(SET), "the list of signers");
    data.end();
    const signer = signerOf(signers.sequence());
    if (!signers.isEmpty) signers.refuse("has more than one (RFC 3161 §2.4.2)");
    if (hash !== signer.hash) data.refuse("names another digest than its signer (RFC 5652 §5.1)");
    return { content, certificates, signer };
  }
  function genTime(info) {
    const found = /^([0-9]{14})(?:\.([0-9]{0,8}[1-9]))?Z$/.exec(utf8Text(info.value(GENERAL_TIME)) ?? "");
    const whole2 = found === null ? null : millisecondsOf(found[1]);
    return whole2 === null ? info.refuse("has no time of the form YYYYMMDDhhmmss[.f]Z") : whole2 + Number((found[2] ?? "").padEnd(3, "0").slice(0, 3));
  }
  function checkAccuracy(bytes2) {
    const parts = new Der(bytes2, "the accuracy");
    for (const tag of [INTEGER, primitive(0), primitive(1)]) {
      const number3 = parts.optional(tag);
      if (number3 !== null && (number3.length === 0 || number3.length > 5 || number3[0] >= 128)) parts.refuse();
    }
    parts.end();
  }
  function imprintHash(algorithm) {
    try {
      return hashOf(algorithm);
    } catch (error) {
      if (error instanceof DerError) return null;
      throw error;
    }
  }
  function checkExtensions(list2) {
    if ([...extensionsOf(list2, "extensions of TSTInfo").values()].some(({ critical }) => critical)) {
      throw new DerError("the statement has a critical extension that is not known here (RFC 3161 §2.4.2)");
    }
  }
  function tstInfoOf(content) {
    const info = Der.ofSequence(content, "TSTInfo");
    if (info.small() !== 1) info.refuse("is not of version 1");
    info.object();
    const imprint = info.sequence();
    const hash = imprintHash(imprint.sequence());
    const digest4 = imprint.value(OCTET_STRING);
    imprint.end();
    if (hash !== "SHA-256") info.refuse("is over no SHA-256 (RFC 3161 §2.4.2): ask the authority for one");
    const serial = info.value(INTEGER);
    const time = genTime(info);
    const accuracy = info.optional(SEQUENCE);
    if (accuracy !== null) checkAccuracy(accuracy);
    info.flag();
    info.optional(INTEGER);
    info.optional(constructed(0));
    const extensions = info.optional(constructed(1));
    if (extensions !== null) checkExtensions(extensions);
    info.end();
    return { digest: digest4, serial, time };
  }
  function issuerAndSerial(value) {
    const parts = new Der(value, "IssuerSerial");
    const names2 = parts.sequence();
    const issuer = nameOf(names2.value(constructed(4)));
    names2.end();
    const serial = parts.any().raw;
    parts.end();
    return { issuer, serial };
  }
  function referenceOf(raw2, secondForm) {
    const reference = Der.ofSequence(raw2, "SigningCertificate").sequence().sequence();
    let hash = secondForm ? "SHA-256" : null;
    const algorithm = secondForm ? reference.optional(SEQUENCE) : null;
    if (algorithm !== null) hash = hashOf(new Der(algorithm, "ESSCertIDv2"));
    const digest4 = reference.value(OCTET_STRING);
    const named3 = reference.optional(SEQUENCE);
    reference.end();
    return { hash, digest: digest4, named: named3 === null ? null : issuerAndSerial(named3) };
  }
  async function refersTo({ hash, digest: digest4, named: named3 }, link) {
    if (!equal(digest4, hash === null ? await sha1(link.der) : digestBy(hash, link.der))) return false;
    return named3 === null || isSameName(named3.issuer, link.issuer) && equal(named3.serial, link.serial);
  }
  function attributesOf(set2) {
    const rest = new Der(set2, "the signed attributes");
    const found = /* @__PURE__ */ new Map();
    while (!rest.isEmpty) {
      const attribute = rest.sequence();
      const name = attribute.object();
      const values = new Der(attribute.value(SET), "a signed attribute");
      attribute.end();
      if (found.has(name) || found.size >= SIGNED_ATTRIBUTES_MAX) rest.refuse("have one twice or are too many");
      found.set(name, null);
      if (name === CONTENT_TYPE) found.set(name, values.object());
      else if (name === MESSAGE_DIGEST) found.set(name, values.value(OCTET_STRING));
      else if (name === SIGNING_CERTIFICATE || name === SIGNING_CERTIFICATE_V2) found.set(name, referenceOf(values.any().raw, name === SIGNING_CERTIFICATE_V2));
      else continue;
      values.end();
    }
    const [kind2, digest4, ...references] = [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].map((name) => found.get(name) ?? null);
    const given = references.filter((one) => one !== null);
    if (kind2 !== TST_INFO || digest4 === null || given.length === 0) rest.refuse("lack content type, digest or the reference to the signer’s certificate (ESSCertID or ESSCertIDv2, RFC 5035, RFC 5816)");
    return { digest: digest4, references: given };
  }
  async function signerPlace(links, isSigner, references) {
    let named3 = false;
    for (const [place2, link] of links.entries()) {
      if (!isSigner(link)) continue;
      named3 = true;
      const refers = await Promise.all(references.map((one) => refersTo(one, link)));
      if (refers.every((one) => one)) return place2;
    }
    throw new DerError(named3 ? "the signed reference (ESSCertID or ESSCertIDv2, RFC 5035, RFC 5816) is not of the signer’s certificate" : "the certificate of the signer is not in the token; ask for it with certReq (RFC 3161 §2.4.1)");
  }
  function setOf(content) {
    const { length } = content;
    const head2 = length < 128 ? [length] : length < 256 ? [129, length] : [130, length >> 8, length & 255];
    return concat(Uint8Array.of(SET, ...head2), content);
  }
  async function stampOf(token2, digest4, authorities) {
    if (token2.length > TIMESTAMP_TOKEN_BYTES_MAX) throw new DerError("the token is too large");
    const { content, certificates, signer } = signedDataOf(token2);
    const info = tstInfoOf(content);
    if (!equal(info.digest, digest4)) throw new DerError("the token is for another digest");
    const attributes = attributesOf(signer.attributes);
    if (!equal(attributes.digest, digestBy(signer.hash, content))) throw new DerError("the signed digest is not the one of the TSTInfo");
    const links = certificates.map(linkOf);
    const place2 = await signerPlace(links, signer.isSigner, attributes.references);
    const own = links[place2];
    if (own.refused !== null) throw new DerError(`certificate '${own.name}' is not what its place in the path asks (RFC 5280 §6.1): ${own.refused}`);
    if (!own.stamps) throw new DerError("the signer’s certificate is not for timestamps alone, critically (RFC 3161 §2.3), or not for signatures");
    if (!isValidAt(own, info.time)) throw new DerError(`certificate '${own.name}' was not valid at the token's time (RFC 5280 §4.1.2.5)`);
    await checkSignature(signer.kind, own.key, signer.hash, setOf(signer.attributes), signer.signature);
    const { anchor, issuer } = await trustOf(links, place2, authorities, info.time);
    return { time: info.time, authority: own.name, serial: hex(info.serial), anchor: anchor === null ? null : anchor.name, issuer };
  }
  async function judgeToken(token2, digest4, authorities) {
    try {
      return await stampOf(token2, digest4, authorities);
    } catch (error) {
      if (error instanceof DerError) return { why: error.message };
      throw error;
    }
  }

  // verify/anchors.js
  var ANCHORED_TYPE = "checkpoint.anchored/1";
  var digest = parsed(digestText, "'sha256:' and 64 digits");
  var anchoredShape = struct({ chain: digest, checkpoint: text, consistency: listOrAbsent(digest) });
  async function timestampSteps(run2) {
    const over = sha2562(utf8(run2.proof.note.text));
    for (const token2 of run2.certificate.timestamps) {
      const found = await judgeToken(token2, over, run2.expected.authorities);
      if (found.why !== void 0) run2.fail("timestamp", found.why);
      const facts2 = { names: [found.authority], time: found.time };
      if (found.anchor === null) {
        run2.report("timestamp", "unknown", `${found.time} ms by '${found.authority}', issued by '${found.issuer}', which is none of the authorities you trust`, facts2);
      } else {
        run2.dates(found.time);
        run2.pass("timestamp", `${found.time} ms by '${found.authority}', serial ${found.serial}, under your '${found.anchor}'`, facts2);
      }
    }
  }
  async function parentStep(run2, number3, anchor, seen, verifyInner) {
    const inner = await verifyInner(anchor.certificate, run2.expected.authorities);
    const failed = inner.steps.find((one) => one.outcome === "failed");
    if (failed !== void 0) run2.fail("parent", `level ${number3}: ${failed.step}: ${failed.detail}`);
    const { record, chain, policy, proof, cosigned } = inner;
    if (record === null) run2.fail("parent", `level ${number3}: the anchoring record is not in its certificate`);
    if (seen.includes(chain)) run2.fail("parent", `level ${number3}: chain ${chain} stands below itself`);
    const { block } = anchor.certificate;
    run2.pass("parent", `level ${number3}: ${anchor.certificate.record} is in ${chain}, block ${block.height} at ${block.time_ms} ms`, { names: [proof.note.text.split("\n")[0].split("/")[1]] });
    run2.steps.push(...inner.steps.filter((one) => one.step === "timestamp"));
    if (inner.dated !== null) run2.dates(inner.dated);
    return { record, chain, policy, note: proof.note, checkpoint: cosigned.checkpoint, block };
  }
  async function anchoredStep(run2, number3, level, below, anchor) {
    const { payload } = level.record;
    if (payload.type !== ANCHORED_TYPE) run2.fail("anchored", `level ${number3}: the record is a ${payload.type}`);
    let body;
    try {
      body = anchoredShape(payload.body);
    } catch (error) {
      run2.fail("anchored", `level ${number3}: the record's body is not an anchored checkpoint: ${error.message}`);
    }
    if (body.chain !== below.chain) run2.fail("anchored", `level ${number3}: it anchors chain ${body.chain}`);
    const note2 = noteOfText(body.checkpoint);
    if (note2 === null) run2.fail("anchored", `level ${number3}: the anchored checkpoint is no signed note`);
    const cosigned = await cosignedUnder(below.policy, note2);
    if (cosigned.why !== void 0) run2.fail("anchored", `level ${number3}: ${cosigned.why}`);
    const [anchored, own] = [cosigned.checkpoint, below.checkpoint];
    if (anchored.origin.text !== own.origin.text) run2.fail("anchored", `level ${number3}: it is of log '${anchored.origin.text}'`);
    run2.pass("anchored", `level ${number3}: tree of ${anchored.size}, by ${payload.author.org}`);
    const path2 = anchor.consistency.map((one) => unhex(digestDigits(one)));
    if (path2.length > MERKLE_PATH_MAX + 1 || !isConsistent(own.size, anchored.size, path2, own.root, anchored.root)) {
      run2.fail("consistency", `level ${number3}: the proof does not show that the tree of ${own.size} is the beginning of that of ${anchored.size}`);
    }
    run2.pass("consistency", `level ${number3}: the tree of ${own.size} is the beginning of that of ${anchored.size}`);
  }
  var asksParent = ({ parentPolicies, parentChain }) => parentPolicies !== null || parentChain !== null;
  async function whatTrusts(run2, level, number3) {
    const { parentPolicies, parentChain } = run2.expected;
    if (!asksParent(run2.expected) || parentChain !== null && parentChain !== level.chain) return null;
    let seen = "the one you named";
    if (parentPolicies !== null) {
      const judged = await judgePolicies(parentPolicies, level.note, level.block.height, run2.dated);
      if (judged.why !== void 0) return null;
      ({ seen } = judged);
    }
    return `parent chain ${level.chain} at level ${number3} anchors this one: ${seen}`;
  }
  async function parentSteps(run2, verifyInner) {
    let below = { chain: run2.chain, policy: run2.policy, checkpoint: run2.cosigned.checkpoint };
    const seen = [run2.chain];
    let trusted = null;
    for (const [at2, anchor] of run2.certificate.anchors.entries()) {
      const level = await parentStep(run2, at2 + 1, anchor, seen, verifyInner);
      await anchoredStep(run2, at2 + 1, level, below, anchor);
      if (trusted === null) {
        trusted = await whatTrusts(run2, level, at2 + 1);
        if (trusted !== null) run2.dates(level.block.time_ms);
      }
      seen.push(level.chain);
      run2.parents.push(level.chain);
      below = level;
    }
    return trusted;
  }

  // verify/envelope.js
  var EnvelopeError = class extends Error {
  };
  var shape2 = struct({
    payloadType: text,
    payload: text,
    signatures: list(struct({ keyid: text, sig: text }))
  });
  function preAuthenticationEncoding(payloadType, payload) {
    const type = utf8(payloadType);
    return concat(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload);
  }
  function checkCount(count) {
    if (count < 1 || count > SIGNATURES_PER_RECORD_MAX) {
      throw new EnvelopeError(`an envelope has 1 to ${SIGNATURES_PER_RECORD_MAX} signatures`);
    }
  }
  function checkPayload(length) {
    if (length > RECORD_PAYLOAD_BYTES_MAX) throw new EnvelopeError(`the payload has ${length} bytes, too many`);
  }
  function envelopeOfValue(value, bytesLength, payloadType) {
    if (bytesLength > ENVELOPE_JSON_BYTES_MAX) throw new EnvelopeError(`the envelope has ${bytesLength} bytes, too many`);
    const raw2 = shape2(value);
    if (raw2.payloadType !== payloadType) throw new EnvelopeError(`the payload type is not ${payloadType}`);
    checkCount(raw2.signatures.length);
    const payload = unbase64(raw2.payload);
    if (payload === null) throw new EnvelopeError("'payload' is not canonical standard base64");
    checkPayload(payload.length);
    const signatures = raw2.signatures.map(({ keyid, sig }, index2) => {
      const [key, bytes2] = [keyid.length === 64 ? unhex(keyid) : null, unbase64(sig)];
      if (key === null || bytes2 === null || bytes2.length !== 64) {
        throw new EnvelopeError(`signature ${index2}: 'keyid' is 64 hexadecimal digits, 'sig' 64 bytes in base64`);
      }
      return { keyId: key, bytes: bytes2 };
    });
    return { payloadType, payload, signatures };
  }
  function envelopeOfJson(bytes2, payloadType) {
    if (bytes2.length > ENVELOPE_JSON_BYTES_MAX) throw new EnvelopeError(`the envelope has ${bytes2.length} bytes, too many`);
    return envelopeOfValue(parseStrict(bytes2), bytes2.length, payloadType);
  }
  function envelopeJson({ payloadType, payload, signatures }) {
    return JSON.stringify({
      payloadType,
      payload: base64(payload),
      signatures: signatures.map((one) => ({ keyid: hex(one.keyId), sig: base64(one.bytes) }))
    });
  }
  function sameEnvelope(one, other) {
    return one.payloadType === other.payloadType && equal(one.payload, other.payload) && one.signatures.length === other.signatures.length && one.signatures.every((line, at2) => equal(line.keyId, other.signatures[at2].keyId) && equal(line.bytes, other.signatures[at2].bytes));
  }

  // verify/names.js
  var whole = (pattern) => (text3) => pattern.test(text3) ? text3 : null;
  var identifier = whole(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
  var typed = whole(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\/[1-9][0-9]{0,3}$/);
  var recordType = (text3) => text3.length <= RECORD_TYPE_BYTES_MAX ? typed(text3) : null;
  function publicKey(text3) {
    if (!text3.startsWith("ed25519:") || text3.length !== 52) return null;
    const bytes2 = unbase64(text3.slice(8));
    return bytes2 !== null && bytes2.length === 32 ? bytes2 : null;
  }
  var keyId = (key) => fieldHash("biaozheng/key/v1", [Uint8Array.of(1), key]);

  // verify/record.js
  var RECORD_PAYLOAD_TYPE = "application/vnd.biaozheng.record+json";
  var RecordError = class extends Error {
  };
  var digest2 = parsed(digestText, "'sha256:' and 64 digits");
  var org = parsed(identifier, "an identifier");
  var party = struct({ org, key: parsed(publicKey, "'ed25519:' and base64") });
  var document2 = struct({ name: text, digest: digest2, size: unsigned, media_type: text });
  var shape3 = struct({
    chain: digest2,
    type: parsed(recordType, "a record type"),
    author: party,
    cosigners: listOrAbsent(party),
    project: optional(org),
    previous: optional(digest2),
    made_at_ms: unsigned,
    tool: text,
    documents: listOrAbsent(document2),
    body: object
  });
  var printable = (value, least, most) => value.length >= least && value.length <= most && /^[\x20-\x7e]*$/.test(value);
  var plainName = (name) => name !== "" && name !== "." && name !== ".." && !/[/\\]/.test(name) && !hasControl(name) && utf8Length(name) <= DOCUMENT_NAME_BYTES_MAX;
  function readPayload(bytes2) {
    if (bytes2.length > RECORD_PAYLOAD_BYTES_MAX) throw new RecordError("the payload is too large");
    const payload = shape3(parseStrict(bytes2));
    const signers = [payload.author, ...payload.cosigners];
    if (signers.length > SIGNATURES_PER_RECORD_MAX) throw new RecordError("too many people sign");
    if (new Set(signers.map((one) => hex(one.key))).size !== signers.length) throw new RecordError("the same key signs twice");
    if (!printable(payload.tool, 1, TOOL_BYTES_MAX)) throw new RecordError("'tool' is 1 to 64 printable ASCII characters");
    const fine = (one) => plainName(one.name) && printable(one.media_type, 3, 127) && one.media_type.includes("/");
    if (payload.documents.length > DOCUMENTS_PER_RECORD_MAX || !payload.documents.every(fine)) {
      throw new RecordError("a document without a plain name and media type, or too many");
    }
    return { payload, signers };
  }
  function recordOfEnvelope(envelope) {
    const { payload, signers } = readPayload(envelope.payload);
    if (signers.length !== envelope.signatures.length) {
      throw new RecordError(`the payload names ${signers.length} signers, the envelope has ${envelope.signatures.length}`);
    }
    signers.forEach((one, index2) => {
      if (!equal(keyId(one.key), envelope.signatures[index2].keyId)) throw new RecordError(`signature ${index2} is by another key`);
    });
    const message = preAuthenticationEncoding(envelope.payloadType, envelope.payload);
    return { id: toDigest(sha2562(message)), envelope, payload, signers, message };
  }
  var recordOfJson = (bytes2) => recordOfEnvelope(envelopeOfJson(bytes2, RECORD_PAYLOAD_TYPE));
  var recordOfValue = (value, length) => recordOfEnvelope(envelopeOfValue(value, length, RECORD_PAYLOAD_TYPE));
  async function whyUnsigned(record, chain) {
    if (record.payload.chain !== chain) return `the record is for chain ${record.payload.chain}, this is ${chain}`;
    for (const [index2, one] of record.signers.entries()) {
      const holds = await verify(one.key, record.message, record.envelope.signatures[index2].bytes);
      if (!holds) return `signature ${index2}: does not match the key and the message`;
    }
    return null;
  }

  // verify/certificate.js
  var CERTIFICATE_FORMAT = "biaozheng-certificate/1";
  var Unusable = class extends Error {
  };
  var digest3 = parsed(digestText, "'sha256:' and 64 digits");
  var token = parsed((one) => {
    const bytes2 = unbase64(one);
    return bytes2 !== null && bytes2.length > 0 && bytes2.length <= TIMESTAMP_TOKEN_BYTES_MAX ? bytes2 : null;
  }, "a timestamp token in base64");
  var shapeWith = (anchor) => struct({
    format: text,
    record: digest3,
    envelope: anything,
    block: struct({ height: unsigned, time_ms: unsigned, position: upTo(U32_MAX) }),
    proof: text,
    policy: text,
    genesis_remainder: text,
    anchors: listOrAbsent(anchor),
    timestamps: listOrAbsent(token),
    witnesses: listOrAbsent(text)
  });
  var innerShape = shapeWith(() => {
    throw new Unusable("an anchor has anchors of its own");
  });
  var shape4 = shapeWith(struct({ certificate: innerShape, consistency: list(digest3) }));
  function certificateOf(bytes2) {
    if (bytes2.length > CERTIFICATE_BYTES_MAX) throw new Unusable(`the file has more than ${CERTIFICATE_BYTES_MAX} bytes`);
    let certificate;
    try {
      certificate = shape4(parseStrict(bytes2));
    } catch (error) {
      throw new Unusable(`not a certificate: ${error.message}`);
    }
    const all = [certificate, ...certificate.anchors.map((one) => one.certificate)];
    if (all.some((one) => one.format !== CERTIFICATE_FORMAT)) throw new Unusable("the certificate format is unknown; use a newer verifier");
    if (certificate.anchors.length > ANCHORS_PER_CERTIFICATE_MAX || all.some((one) => one.timestamps.length > TIMESTAMPS_PER_CERTIFICATE_MAX)) {
      throw new Unusable(`at most ${ANCHORS_PER_CERTIFICATE_MAX} anchors and ${TIMESTAMPS_PER_CERTIFICATE_MAX} timestamps`);
    }
    if (all.some((one) => one.witnesses.length > WITNESSES_PER_CERTIFICATE_MAX)) throw new Unusable(`at most ${WITNESSES_PER_CERTIFICATE_MAX} outside witnesses`);
    return certificate;
  }
  var Stop = class extends Error {
  };
  var Run = class {
    constructor(certificate, expected) {
      Object.assign(this, { certificate, expected, steps: [], record: null, chain: null, parents: [], dated: null, anchored: false });
    }
    report(step, outcome, detail, facts2 = {}) {
      this.steps.push({ step, outcome, detail, ...facts2 });
    }
    /** Somebody trusted from outside the chain says that the checkpoint existed at this time, Unix milliseconds. */
    dates(time) {
      this.dated = Math.min(time, this.dated ?? time);
    }
    pass(step, detail, facts2 = {}) {
      this.steps.push({ step, outcome: "passed", detail, ...facts2 });
    }
    skip(step, detail) {
      this.steps.push({ step, outcome: "skipped", detail });
    }
    fail(step, detail) {
      this.steps.push({ step, outcome: "failed", detail });
      throw new Stop();
    }
    recordStep() {
      const { record: named3, envelope } = this.certificate;
      let inside3 = null;
      try {
        if (envelope !== null) inside3 = recordOfValue(envelope, compactLength(envelope));
      } catch (error) {
        this.fail("record", error.message);
      }
      const given = this.expected.record;
      const other = [inside3, given].find((one) => one !== null && one.id !== named3);
      if (other !== void 0) this.fail("record", `the envelope is record ${other.id}, not ${named3}`);
      if (inside3 !== null && given !== null && !sameEnvelope(inside3.envelope, given.envelope)) {
        this.fail("record", "the envelope you gave has other signatures than the certificate's");
      }
      this.record = inside3 ?? given;
      if (this.record === null) this.skip("record", `the body is not public; this certificate is for the digest ${named3}`);
      else this.pass("record", `${named3}, ${this.record.payload.type} by ${this.record.payload.author.org}`);
    }
    chainStep() {
      const policy = policyOfText(this.certificate.policy);
      if (policy === null) this.fail("chain", "the policy cannot be read");
      if (policyText(policy) !== this.certificate.policy) this.fail("chain", "the policy is not in its one canonical form");
      if (digestText(this.certificate.genesis_remainder) === null) this.fail("chain", "the genesis remainder is not a digest");
      const found = trustOfPolicy(policy);
      if (found === null) this.fail("chain", "the policy is not one a Biaozheng genesis makes");
      const chain = chainId(found.trust, this.certificate.genesis_remainder);
      if (found.origin.chain !== chain) this.fail("chain", `policy and genesis make chain ${chain}, the log is of ${found.origin.chain}`);
      this.chain = chain;
      this.policy = policy;
      this.pass("chain", `${chain}, log '${found.origin.text}'`);
    }
    async signaturesStep() {
      if (this.record === null) {
        this.skip("signatures", "the body is not public, so its signatures are not in this file");
        return;
      }
      const why = await whyUnsigned(this.record, this.chain);
      if (why !== null) this.fail("signatures", why);
      const names2 = this.record.signers.map((one) => one.org);
      this.pass("signatures", `${names2.length} of ${names2.length}: ${names2.join(", ")}`, { names: names2 });
    }
    async checkpointStep() {
      this.proof = tlogProofOfText(this.certificate.proof);
      if (this.proof === null) this.fail("checkpoint", "not a c2sp.org/tlog-proof@v1 with a signed checkpoint");
      const cosigned = await cosignedUnder(this.policy, this.proof.note);
      if (cosigned.why !== void 0) this.fail("checkpoint", cosigned.why);
      const outside = await this.outsideWitnesses();
      const foreign = await firstForeignLine(this.policy, this.proof.note, outside);
      if (foreign !== null) this.fail("checkpoint", `signature line ${foreign} is not a valid one by a key of the policy`);
      this.cosigned = cosigned;
      const names2 = cosigned.cosigners.map((one) => one.name);
      const beside = outside.map((key) => key.name);
      const more = beside.length === 0 ? "" : `; beside them, by the keys in this file: ${beside.join(", ")}`;
      this.pass(
        "checkpoint",
        `${names2.length} of ${cosigned.known} cosigners: ${names2.join(", ")}; tree of ${cosigned.checkpoint.size}${more}`,
        { names: names2, known: cosigned.known, beside }
      );
    }
    /** The keys of the certificate's outside witnesses: each of one spelling, none one of the policy, each with its line. */
    async outsideWitnesses() {
      const outside = [];
      for (const text3 of this.certificate.witnesses) {
        const key = noteKeyOfText(text3);
        if (key === null || key.algorithm !== COSIGNATURE_V1) this.fail("checkpoint", "an outside witness's key text is not one of a cosigner");
        const known = [...this.policy.witnesses.map((one) => one.key), ...outside];
        if (known.some((other) => equal(other.key, key.key))) this.fail("checkpoint", `outside witness '${key.name}' stands twice`);
        if (await findValid(key, this.proof.note) === null) this.fail("checkpoint", `outside witness '${key.name}' has no valid line in the checkpoint`);
        outside.push(key);
      }
      return outside;
    }
    inclusionStep() {
      const { record, block } = this.certificate;
      const { size, root } = this.cosigned.checkpoint;
      const leaf = leafHash(logEntry(record, block.height, block.time_ms, block.position));
      const why = whyNotIncluded(leaf, this.proof.index, size, this.proof.path, root);
      if (why !== null) this.fail("inclusion", why);
      this.pass("inclusion", `leaf ${this.proof.index} of ${size}, block ${block.height}, record ${block.position} of it`);
    }
    timeStep() {
      const block = BigInt(Math.floor(this.certificate.block.time_ms / 1e3));
      const early = this.cosigned.cosigners.find((one) => one.time < block);
      if (early !== void 0) this.fail("time", `'${early.name}' cosigned at ${early.time} s, before the block's ${block} s`);
      this.pass("time", `block ${block} s, cosigned not before it`);
    }
    /** `parent`: what the trusted parent chain is, or null. */
    async anchorStep(parent) {
      const { chain, policy, policies } = this.expected;
      if (asksParent(this.expected) && parent === null) this.fail("anchor", "no parent chain of this certificate is the one you trust");
      if (chain !== null && chain !== this.chain) this.fail("anchor", `this is chain ${this.chain}, you expected ${chain}`);
      const dated = policies === null ? null : await judgePolicies(policies, this.proof.note, this.certificate.block.height, this.dated);
      if ((dated == null ? void 0 : dated.why) !== void 0) this.fail("anchor", `under your dated policies: ${dated.why}`);
      const seen = (policy === null ? null : await this.underPolicy(policy)) ?? (dated == null ? void 0 : dated.seen) ?? (chain === null ? null : "the chain is the one you named") ?? parent;
      if (seen === null) this.skip("anchor", `no policy or chain was given; compare ${this.chain} with a copy you got elsewhere`);
      else this.pass("anchor", seen);
    }
    async underPolicy(policy) {
      if (policyText(policy) === this.certificate.policy) return "your policy is the very one of the certificate";
      const cosigned = await cosignedUnder(policy, this.proof.note);
      if (cosigned.why !== void 0) this.fail("anchor", `under your policy: ${cosigned.why}`);
      return `your policy's quorum is reached by ${cosigned.cosigners.map((one) => one.name).join(", ")}`;
    }
    documentStep() {
      const { document: document3 } = this.expected;
      if (document3 === null) {
        this.skip("document", "no document was given");
        return;
      }
      if (this.record === null) this.fail("document", "the record's body is not in reach, so its documents are not known");
      const found = this.record.payload.documents.find((one) => one.digest === document3.digest && one.size === document3.size);
      if (found === void 0) this.fail("document", `content differs: no document of the record has ${document3.digest}`);
      this.pass("document", `${document3.digest} is '${found.name}' of the record`, { names: [found.name] });
    }
    async all() {
      try {
        this.recordStep();
        this.chainStep();
        await this.signaturesStep();
        await this.checkpointStep();
        this.inclusionStep();
        this.timeStep();
        await timestampSteps(this);
        const parent = await parentSteps(this, verifyAlone);
        await this.anchorStep(parent);
        this.documentStep();
        const { policy, policies, chain } = this.expected;
        this.anchored = policy !== null || policies !== null || chain !== null || asksParent(this.expected);
      } catch (error) {
        if (!(error instanceof Stop)) throw error;
      }
      return this;
    }
  };
  var NOTHING = { policy: null, policies: null, chain: null, parentPolicies: null, parentChain: null, document: null, record: null, authorities: [] };
  var verifyAlone = (certificate, authorities) => new Run(certificate, { ...NOTHING, authorities }).all();
  function readExpected({ envelope = null, ...given }) {
    const expected = { ...NOTHING, ...Object.fromEntries(Object.entries(given).filter(([, one]) => one !== void 0)) };
    if (expected.policy !== null && !needsCosigners(expected.policy)) throw new Unusable("the policy says 'quorum none': it is no trust anchor");
    try {
      return { ...expected, record: envelope === null ? null : recordOfJson(envelope) };
    } catch (error) {
      throw new Unusable(`the envelope file is not a record's: ${error.message}`);
    }
  }
  function verdictOf(run2, failed, requireAnchor) {
    if (failed === "record" && run2.expected.record !== null && run2.expected.record.id !== run2.certificate.record) return "content_differs";
    if (failed === "document") return run2.certificate.envelope === null && run2.expected.record === null ? "unusable" : "content_differs";
    if (failed !== null) return "invalid";
    if (run2.anchored) return "valid";
    return requireAnchor ? "no_trust_anchor" : "not_anchored";
  }
  async function judge(bytes2, expected = {}, requireAnchor = false) {
    var _a3;
    let certificate = null;
    try {
      certificate = certificateOf(typeof bytes2 === "string" ? utf8(bytes2) : bytes2);
      const run2 = await new Run(certificate, readExpected(expected)).all();
      const failed = ((_a3 = run2.steps.find((one) => one.outcome === "failed")) == null ? void 0 : _a3.step) ?? null;
      const verdict = verdictOf(run2, failed, requireAnchor);
      const { steps, chain, parents, record, anchored, dated } = run2;
      return { verdict, failedStep: verdict === "unusable" ? null : failed, steps, chain, parents, record, anchored, dated, certificate };
    } catch (error) {
      const reason = whyUnusable(error);
      return { verdict: "unusable", failedStep: null, reason, steps: [], chain: null, parents: [], record: null, anchored: false, dated: null, certificate };
    }
  }
  function whyUnusable(error) {
    if (error instanceof NoWebCrypto) return "its timestamps cannot be checked on a page without https; use the offline page or biaozheng-verify";
    if (error instanceof Unusable) return error.message;
    throw error;
  }

  // verify/sm3.js
  var START = [1937774191, 1226093241, 388252375, 3666478592, 2842636476, 372324522, 3817729613, 2969243214];
  var BLOCK_BYTES = 64;
  var turn = (x, n) => x << n | x >>> 32 - n;
  var CONSTANTS = Int32Array.from({ length: 64 }, (_, j) => turn(j < 16 ? 2043430169 : 2055708042, j % 32));
  var Sm3 = class {
    constructor() {
      this.state = Int32Array.from(START);
      this.block = new Uint8Array(BLOCK_BYTES);
      this.words = new Int32Array(68);
      this.held = 0;
      this.size = 0;
    }
    update(bytes2) {
      this.size += bytes2.length;
      let at2 = 0;
      while (at2 < bytes2.length) {
        const take = Math.min(BLOCK_BYTES - this.held, bytes2.length - at2);
        this.block.set(bytes2.subarray(at2, at2 + take), this.held);
        this.held += take;
        at2 += take;
        if (this.held === BLOCK_BYTES) {
          this.compress();
          this.held = 0;
        }
      }
      return this;
    }
    digest() {
      const bits = BigInt(this.size) * 8n;
      const tail = new Uint8Array((this.held < 56 ? 64 : 128) - this.held);
      tail[0] = 128;
      new DataView(tail.buffer).setBigUint64(tail.length - 8, bits);
      this.update(tail);
      const out = new Uint8Array(32);
      const view = new DataView(out.buffer);
      this.state.forEach((word, at2) => view.setInt32(4 * at2, word));
      return out;
    }
    expand() {
      const { block, words: w } = this;
      for (let j = 0; j < 16; j += 1) w[j] = block[4 * j] << 24 | block[4 * j + 1] << 16 | block[4 * j + 2] << 8 | block[4 * j + 3];
      for (let j = 16; j < 68; j += 1) {
        const x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15);
        w[j] = x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6];
      }
    }
    compress() {
      this.expand();
      const { state, words: w } = this;
      let [a, b, c, d, e, f, g, h] = state;
      for (let j = 0; j < 64; j += 1) {
        const twelve = turn(a, 12);
        const one = turn(twelve + e + CONSTANTS[j] | 0, 7);
        const ff = j < 16 ? a ^ b ^ c : a & b | a & c | b & c;
        const gg = j < 16 ? e ^ f ^ g : e & f | ~e & g;
        const tt1 = ff + d + (one ^ twelve) + (w[j] ^ w[j + 4]) | 0;
        const tt2 = gg + h + one + w[j] | 0;
        d = c;
        c = turn(b, 9);
        b = a;
        a = tt1;
        h = g;
        g = turn(f, 19);
        f = e;
        e = tt2 ^ turn(tt2, 9) ^ turn(tt2, 17);
      }
      state[0] ^= a;
      state[1] ^= b;
      state[2] ^= c;
      state[3] ^= d;
      state[4] ^= e;
      state[5] ^= f;
      state[6] ^= g;
      state[7] ^= h;
    }
  };
  var sm3 = (bytes2) => new Sm3().update(bytes2).digest();

  // archive/items.js
  var STAGES = {
    "01-registration": ["项目登记", "Registration"],
    "02-tender": ["招标", "Tender"],
    "03-objections": ["异议与答复", "Objections"],
    "04-bids": ["投标", "Bids"],
    "05-opening": ["开标", "Opening"],
    "06-evaluation": ["评标", "Evaluation"],
    "07-award": ["公示与中标", "Award"],
    "08-contract": ["合同", "Contract"],
    "09-supervision": ["履约与监督", "Supervision"],
    "10-ending": ["招标失败、终止与无效", "Failure, termination or annulment"],
    "99-other": ["其他", "Other"]
  };
  var ITEMS = [
    ["project.registered", "01-registration", "项目登记", "Project registered", "always", false],
    ["tender.published", "02-tender", "招标公告与招标文件", "Tender published", "supervised", true],
    ["tender.clarified", "02-tender", "澄清", "Tender clarified", "never", false],
    ["tender.amended", "02-tender", "修改", "Tender amended", "never", false],
    ["tender.failed", "10-ending", "招标失败", "Tender failed", "failed", false],
    ["tender.terminated", "10-ending", "招标终止", "Tender terminated", "terminated", false],
    ["tender.annulled", "10-ending", "认定无效", "Tender annulled", "annulled", true],
    ["objection.raised", "03-objections", "异议", "Objection raised", "never", false],
    ["objection.answered", "03-objections", "异议答复", "Objection answered", "never", false],
    ["bid.sealed", "04-bids", "投标文件封存", "Bid sealed", "never", false],
    ["bid.withdrawn", "04-bids", "投标撤回", "Bid withdrawn", "never", false],
    ["bid.revealed", "05-opening", "投标文件解密", "Bid revealed", "never", false],
    ["bids.opened", "05-opening", "开标记录", "Bids opened", "supervised", false],
    ["experts.drawn", "06-evaluation", "评标专家抽取", "Experts drawn", "supervised", false],
    ["scores.sealed", "06-evaluation", "评分封存", "Scores sealed", "never", false],
    ["scores.revealed", "06-evaluation", "评分公开", "Scores revealed", "never", false],
    ["lot.drawn", "06-evaluation", "抽签记录", "Lots drawn", "never", false],
    ["evaluation.reported", "06-evaluation", "评标报告", "Evaluation reported", "supervised", true],
    ["candidates.publicised", "07-award", "中标候选人公示", "Candidates publicised", "supervised", false],
    ["award.notified", "07-award", "中标通知书", "Award notified", "supervised", true],
    ["contract.signed", "08-contract", "合同", "Contract signed", "concluded", true],
    ["supervision.reported", "09-supervision", "监督报告", "Supervision reported", "concluded", true],
    ["draw.requested", "06-evaluation", "专家抽取申请", "Draw requested", "never", false],
    ["randomness.committed", "06-evaluation", "随机数承诺", "Randomness committed", "never", false],
    ["randomness.revealed", "06-evaluation", "随机数公开", "Randomness revealed", "never", false],
    ["evaluation.session_opened", "06-evaluation", "评标会议开始", "Evaluation session opened", "never", false],
    ["evaluation.time_short", "06-evaluation", "评标时间不足", "Evaluation time found short", "never", false],
    ["evaluation.extended", "06-evaluation", "评标时间延长", "Evaluation extended", "never", false],
    ["member.replaced", "06-evaluation", "更换评委", "Committee member replaced", "never", false],
    ["blind.opened", "06-evaluation", "暗标编号公开", "Blind codes opened", "never", false],
    ["draw.disclosed", "07-award", "专家抽取结果公开", "Draw disclosed", "never", false],
    ["witness.logged", "06-evaluation", "见证日志", "Witness log", "never", false],
    ["witness.segments", "06-evaluation", "音视频分段", "Audio and video segments", "never", false],
    ["witness.reported", "06-evaluation", "见证报告", "Witness report", "never", false],
    ["alert.raised", "09-supervision", "监督预警", "Alert raised", "never", false],
    ["alert.disposed", "09-supervision", "预警处置", "Alert disposed", "never", false],
    ["rating.given", "09-supervision", "好差评", "Rating given", "never", false],
    ["complaint.filed", "03-objections", "投诉", "Complaint filed", "never", false],
    ["complaint.accepted", "03-objections", "投诉受理", "Complaint accepted", "never", false],
    ["complaint.declined", "03-objections", "投诉不予受理", "Complaint declined", "never", false],
    ["complaint.decided", "03-objections", "投诉处理决定", "Complaint decided", "never", true],
    ["model.delivered", "05-opening", "建筑信息模型提交", "Building model handed in", "never", true],
    ["step.on_paper", "99-other", "线下办理环节", "Step done on paper", "never", true],
    ["evidence.recorded", "99-other", "存证", "Evidence recorded", "never", false],
    ["tender.opened", "05-opening", "门限开启", "Opened by the group", "never", false],
    ["sealed.bound", "05-opening", "投标人绑定有效条目", "Bound by its bidder", "never", false],
    ["sealed.proved", "05-opening", "投标人自行开启", "Opened by its bidder", "never", false],
    ["beacon.recovered", "06-evaluation", "随机信标", "Beacon recovered", "never", false],
    ["sealed.entered", "04-bids", "密封投标条目", "Sealed entry", "never", false],
    ["slot.opened", "05-opening", "时段开启", "Slot opened by the group", "never", false],
    ["dkg.finalised", "05-opening", "群公钥", "The group's keys", "never", false],
    ["listing.published", "02-tender", "挂牌公告", "Listing published", "dealt", true],
    ["listing.registered", "04-bids", "竞买登记", "Bidding number registered", "never", false],
    ["listing.offered", "04-bids", "报价", "Offer", "never", false],
    ["listing.closed", "05-opening", "挂牌截止", "Listing closed", "dealt", false],
    ["deal.confirmed", "07-award", "成交确认书", "Deal confirmed", "dealt", true],
    ["result.publicised", "07-award", "结果公示", "Result publicised", "dealt", false],
    ["result.corrected", "07-award", "结果更正", "Result corrected", "never", false],
    ["bond.received", "04-bids", "保证金到账", "Bond received", "never", false],
    ["bond.refunded", "08-contract", "保证金退还", "Bond refunded", "never", false],
    ["invitation.issued", "02-tender", "投标邀请", "Invitation issued", "never", false],
    ["prequal.published", "02-tender", "资格预审公告", "Prequalification published", "never", true],
    ["prequal.clarified", "02-tender", "资格预审澄清", "Prequalification clarified", "never", false],
    ["prequal.applied", "04-bids", "资格预审申请", "Prequalification applied for", "never", false],
    ["prequal.opened", "05-opening", "资格预审申请开启", "Applications opened", "never", false],
    ["prequal.reviewed", "06-evaluation", "资格预审评审", "Applications reviewed", "never", false],
    ["admission.disclosed", "05-opening", "投标资格名单公开", "Admitted bidders disclosed", "never", false]
  ];
  var ITEMS_COUNT = ITEMS.length;
  var UNKNOWN = ["", "99-other", "其他记录", "Other record", "never", false];
  var CLOSED = ["", "99-other", "未公开的记录", "Closed record", "never", false];
  var asItem = ([name, stage, titleZh, titleEn, needed2, withDocument]) => ({ name, stage, titleZh, titleEn, needed: needed2, withDocument });
  var itemOf = (name) => asItem(ITEMS.find((one) => one[0] === name && name !== "") ?? (name === "" ? CLOSED : UNKNOWN));
  function endingOf(names2) {
    let [ending, listed] = ["unawarded", false];
    for (const name of names2) {
      listed || (listed = name === "listing.published");
      if (name === "tender.annulled") ending = "annulled";
      else if (name === "tender.terminated") ending = "terminated";
      else if (name === "tender.failed") ending = "failed";
      else if (name === "supervision.reported") ending = listed ? "dealt" : "supervised";
    }
    return ending;
  }
  function isNeeded(item, ending) {
    switch (item.needed) {
      case "never":
        return false;
      case "always":
        return true;
      case "concluded":
        return ending === "supervised" || ending === "dealt";
      default:
        return item.needed === ending;
    }
  }
  var needed = (ending) => ITEMS.map(asItem).filter((item) => isNeeded(item, ending));

  // archive/catalogue.js
  var BEIJING_AHEAD_MS = 8 * 36e5;
  function beijing(ms) {
    const seconds = Math.floor((ms + BEIJING_AHEAD_MS) / 1e3);
    const [days2, second] = [Math.floor(seconds / 86400), seconds % 86400];
    const shifted = days2 + 719468;
    const [era, day] = [Math.floor(shifted / 146097), shifted % 146097];
    const yearOfEra = Math.floor((day - Math.floor(day / 1460) + Math.floor(day / 36524) - Math.floor(day / 146096)) / 365);
    const dayOfYear = day - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
    const fromMarch = Math.floor((dayOfYear * 5 + 2) / 153);
    const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
    const two = (number3) => String(number3).padStart(2, "0");
    const date = `${String(era * 400 + yearOfEra + (month <= 2 ? 1 : 0)).padStart(4, "0")}-${two(month)}-${two(dayOfYear - Math.floor((fromMarch * 153 + 2) / 5) + 1)}`;
    return `${date} ${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
  }
  var endingOfRecords = (records2) => endingOf(records2.map((one) => one.name));
  function catalogue({ project, records: records2 }, facts2, places) {
    const ending = endingOfRecords(records2);
    const document3 = (one) => {
      const [found, path2] = [facts2.get(one.digest), places.get(one.digest)];
      return {
        name: one.name,
        media_type: one.media_type,
        digest: one.digest,
        ...found === void 0 ? {} : { sm3: `sm3:${found.sm3}` },
        size: one.size,
        required: true,
        ...path2 === void 0 ? {} : { path: path2 }
      };
    };
    const items = records2.map((one, index2) => {
      var _a3, _b;
      const item = itemOf(one.name);
      const [stageZh, stageEn] = STAGES[item.stage];
      const { height, time_ms: time } = one.certificate.block;
      return {
        number: index2 + 1,
        stage: item.stage,
        stage_zh: stageZh,
        stage_en: stageEn,
        title_zh: item.titleZh,
        title_en: item.titleEn,
        type: ((_a3 = one.payload) == null ? void 0 : _a3.type) ?? "",
        responsible: ((_b = one.payload) == null ? void 0 : _b.author.org) ?? "",
        date: beijing(time),
        height,
        record: one.id,
        certificate: `data/certificates/${one.id.slice(7)}.json`,
        required: isNeeded(item, ending),
        documents: one.documents.map(document3)
      };
    });
    return { format: "biaozheng-catalogue/1", project, ending, items };
  }
  function completeness({ records: records2, context }, facts2) {
    const ending = endingOfRecords(records2);
    const has = new Set(records2.map((one) => one.name));
    const missingRecords = needed(ending).filter((item) => !has.has(item.name)).map((item) => ({ type: item.name, title_zh: item.titleZh, title_en: item.titleEn }));
    const all = [...records2, ...context].flatMap((one) => one.documents.map((document3) => ({ record: one.id, name: document3.name, digest: document3.digest, size: document3.size })));
    const missingDocuments = all.filter((one) => !facts2.has(one.digest));
    const sizes = all.filter((one) => facts2.has(one.digest) && facts2.get(one.digest).size !== one.size);
    const without = records2.filter((one) => itemOf(one.name).withDocument && one.documents.length === 0).map((one) => one.id);
    const complete = [missingRecords, missingDocuments, sizes, without].every((list2) => list2.length === 0);
    return {
      format: "biaozheng-completeness/1",
      ending,
      complete,
      missing_records: missingRecords,
      missing_documents: missingDocuments,
      sizes_that_differ: sizes,
      records_without_document: without
    };
  }

  // archive/limits.js
  var RECORDS_MAX = 2e4;
  var DOCUMENTS_MAX = 5e4;
  var FILES_MAX = 1e5;
  var DOCUMENT_BYTES_MAX = 2 ** 33 - 1;
  var TEXT_BYTES_MAX = 256 * 1024 * 1024;
  var CERTIFICATES_BYTES_MAX = 512 * 1024 * 1024;
  var PATH_BYTES_MAX = 180;
  var PATH_PART_BYTES_MAX = 100;
  var SAFE_NAME_BYTES_MAX = 35;
  var PATH_DEPTH_MAX = 5;

  // archive/path.js
  var PLAIN = /^[A-Za-z0-9._\u3400-\u4dbf\u4e00-\u9fff-]$/;
  var PART = /^(?!\.)[A-Za-z0-9._\u3400-\u4dbf\u4e00-\u9fff-]+(?<!\.)$/;
  var inOrder = (one, other) => one < other ? -1 : Number(one > other);
  function isBagPath(text3) {
    const parts = text3.split("/");
    return utf8Length(text3) <= PATH_BYTES_MAX && parts.length <= PATH_DEPTH_MAX && parts.every((part) => PART.test(part) && utf8Length(part) <= PATH_PART_BYTES_MAX);
  }
  var isPayload = (path2) => path2.startsWith("data/");
  var isDocument = (path2) => path2.startsWith("data/documents/");
  var withoutDots = (text3) => text3.replace(/^\.+/, "").replace(/\.+$/, "");
  function safeName(name) {
    const clean2 = withoutDots([...name].map((one) => PLAIN.test(one) ? one : "_").join(""));
    const dot = clean2.lastIndexOf(".");
    const last = dot < 0 ? "" : clean2.slice(dot + 1);
    const [stem, ending] = /^[\x00-\x7f]{1,8}$/.test(last) ? [clean2.slice(0, dot), `.${last}`] : [clean2, ""];
    const room = SAFE_NAME_BYTES_MAX - ending.length;
    let out = "";
    for (const one of stem) {
      if (utf8Length(out) + utf8Length(one) > room) break;
      out += one;
    }
    return `${withoutDots(out) || "document"}${ending}`;
  }

  // archive/manifest.js
  var ALGORITHMS = ["sha256", "sm3"];
  var manifestName = (algorithm, tags) => `${tags ? "tag" : ""}manifest-${algorithm}.txt`;
  var manifestBytes = (entries) => utf8(entries.map(([path2, digits]) => `${digits}  ${path2}
`).join(""));
  function readManifest(bytes2) {
    const text3 = utf8Text(bytes2);
    if (text3 === null) return { line: 0 };
    const entries = /* @__PURE__ */ new Map();
    const lines = text3.split("\n");
    const rest = lines.pop();
    if (rest !== "") lines.push(rest);
    let last = "";
    for (const [index2, line] of lines.entries()) {
      const found = /^([0-9a-f]{64}) {2}(.*)$/s.exec(line);
      if (found === null || !isBagPath(found[2]) || found[2] <= last || entries.size >= FILES_MAX) return { line: index2 + 1 };
      [, , last] = found;
      entries.set(last, found[1]);
    }
    return rest === "" ? { entries } : { line: entries.size };
  }

  // archive/model.js
  var SEAL_TYPE = "archive.sealed";
  function certificateText(certificate) {
    const { format, record, envelope, block, proof, policy, genesis_remainder: remainder, anchors, timestamps } = certificate;
    const text3 = JSON.stringify;
    const members = [
      ["format", text3(format)],
      ["record", text3(record)],
      ["envelope", compact(envelope)],
      ["block", text3({ height: block.height, time_ms: block.time_ms, position: block.position })],
      ["proof", text3(proof)],
      ["policy", text3(policy)],
      ["genesis_remainder", text3(remainder)]
    ];
    const anchor = (one) => `{"certificate":${certificateText(one.certificate)},"consistency":${text3(one.consistency)}}`;
    if (anchors.length > 0) members.push(["anchors", `[${anchors.map(anchor).join(",")}]`]);
    if (timestamps.length > 0) members.push(["timestamps", text3(timestamps.map(base64))]);
    return `{${members.map(([name, value]) => `"${name}":${value}`).join(",")}}`;
  }
  function filed(certificate, record) {
    const proof = tlogProofOfText(certificate.proof);
    const note2 = certificate.proof.slice(certificate.proof.indexOf("\n\n") + 2);
    const payload = (record == null ? void 0 : record.payload) ?? null;
    return {
      id: certificate.record,
      certificate,
      record,
      payload,
      note: note2,
      size: checkpointOfText(proof.note.text).size,
      name: payload === null ? "" : payload.type.split("/")[0],
      documents: (payload == null ? void 0 : payload.documents) ?? [],
      text: certificateText(certificate)
    };
  }
  var byPlace = (one, other) => one.certificate.block.height - other.certificate.block.height || one.certificate.block.position - other.certificate.block.position;
  var named = ({ records: records2, context }) => [...new Set([...records2, ...context].flatMap((one) => one.documents.map((document3) => document3.digest)))].sort();
  function history(records2) {
    const zero = `sha256:${"0".repeat(64)}`;
    const next = (before, one) => toDigest(fieldHash("biaozheng/project-history/v1", [...digestFields(before), ...digestFields(one.id)]));
    return records2.reduce(next, zero);
  }
  function whyNoArchive({ project, records: records2, context, seal }) {
    const own = [...records2, ...seal === null ? [] : [seal]];
    const all = [...own, ...context];
    if (records2.length === 0 || records2.length + context.length > RECORDS_MAX || all.reduce((sum, one) => sum + utf8Length(one.text), 0) > CERTIFICATES_BYTES_MAX) return "too many records, or certificates that are too large";
    if (new Set(all.map((one) => one.id)).size !== all.length) return "a record appears twice";
    if (records2.every((one) => one.payload === null)) return "every record is closed";
    const foreign = own.find((one) => one.payload !== null && one.payload.project !== project);
    if (foreign !== void 0) return `record ${foreign.id} is not of project ${project}`;
    const early = own.find((one, at2) => at2 > 0 && byPlace(own[at2 - 1], one) >= 0);
    if (early !== void 0) return `record ${early.id} does not come after the one before it`;
    const misplaced = records2.find((one) => one.name === SEAL_TYPE) ?? (seal === null || seal.name === SEAL_TYPE ? void 0 : seal);
    if (misplaced !== void 0) return `record ${misplaced.id} does not seal an archive of this project`;
    return named({ records: records2, context }).length > DOCUMENTS_MAX ? "too many documents" : null;
  }
  var textBytes = (one) => utf8(one.text);

  // archive/build.js
  var jsonBytes = (value) => utf8(`${JSON.stringify(value, null, 2)}
`);
  var compareBytes = (one, other) => inOrder(hex(utf8(one)), hex(utf8(other)));
  var made = (bytes2) => ({ bytes: bytes2, size: bytes2.length, sha256: hex(sha2562(bytes2)), sm3: hex(sm3(bytes2)) });
  function build(archive, facts2) {
    const files = /* @__PURE__ */ new Map();
    const put = (path2, bytes2) => files.set(path2, made(bytes2));
    const places = placeDocuments(archive, facts2, files);
    putRecords(archive, put);
    put("data/keys.json", jsonBytes(keys(archive)));
    put("data/catalogue.json", jsonBytes(catalogue(archive, facts2, places)));
    put("data/completeness.json", jsonBytes(completeness(archive, facts2)));
    putTags(archive, files, put);
    putManifests(files, put);
    return {
      folder: archive.project.replaceAll(":", "_"),
      files,
      records: archive.records.length,
      history: history(archive.records),
      missing: named(archive).filter((digest4) => !facts2.has(digest4))
    };
  }
  function placeDocuments({ records: records2, context }, facts2, files) {
    const places = /* @__PURE__ */ new Map();
    for (const one of [...records2, ...context]) {
      for (const { digest: digest4, name } of one.documents) {
        const found = facts2.get(digest4);
        if (found === void 0 || places.has(digest4)) continue;
        const path2 = `data/documents/${itemOf(one.name).stage}/${digest4.slice(7)}-${safeName(name)}`;
        files.set(path2, { size: found.size, sha256: digest4.slice(7), sm3: found.sm3 });
        places.set(digest4, path2);
      }
    }
    return places;
  }
  function putRecords({ records: records2, context }, put) {
    const lines = records2.filter((one) => one.record !== null).map((one) => `${envelopeJson(one.record.envelope)}
`);
    put("data/records.jsonl", utf8(lines.join("")));
    for (const one of records2) put(`data/certificates/${one.id.slice(7)}.json`, textBytes(one));
    for (const one of context) put(`data/context/${one.id.slice(7)}.json`, textBytes(one));
    for (const { note: note2, size } of [...records2, ...context]) {
      const bytes2 = utf8(note2);
      put(`data/checkpoints/${String(size).padStart(20, "0")}-${hex(sha2562(bytes2)).slice(0, 16)}.txt`, bytes2);
    }
  }
  var chainOf = ({ records: records2 }) => {
    var _a3;
    return ((_a3 = records2.find((one) => one.payload !== null)) == null ? void 0 : _a3.payload.chain) ?? "";
  };
  function keys(archive) {
    var _a3, _b;
    const [signers, policies] = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
    for (const one of [...archive.records, ...archive.context]) {
      for (const { org: org2, key } of ((_a3 = one.record) == null ? void 0 : _a3.signers) ?? []) {
        const name = `${org2} ${hex(key)}`;
        if (!signers.has(name)) signers.set(name, { org: org2, key: `ed25519:${base64(key)}`, key_id: toDigest(keyId(key)), first_record: one.id });
      }
      const { policy, genesis_remainder: remainder } = one.certificate;
      const origin = ((_b = trustOfPolicy(policyOfText(policy))) == null ? void 0 : _b.origin.text) ?? null;
      policies.set(JSON.stringify([policy, remainder]), { origin, policy, genesis_remainder: remainder });
    }
    const sorted = [...policies.values()].sort((one, other) => compareBytes(one.policy, other.policy) || inOrder(one.genesis_remainder, other.genesis_remainder));
    return { format: "biaozheng-keys/1", chain: chainOf(archive), policies: sorted, signers: [...signers].sort(([one], [other]) => inOrder(one, other)).map(([, one]) => one) };
  }
  function putTags(archive, files, put) {
    const payload = [...files].filter(([path2]) => isPayload(path2));
    const octets = payload.reduce((sum, [, one]) => sum + one.size, 0);
    const [date] = beijing(archive.records.at(-1).certificate.block.time_ms).split(" ");
    put("bagit.txt", utf8("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"));
    put("bag-info.txt", utf8([
      "Bag-Software-Agent: biaozheng-archive/1",
      `Bagging-Date: ${date}`,
      `Biaozheng-Chain: ${chainOf(archive)}`,
      `Biaozheng-History: ${history(archive.records)}`,
      `Biaozheng-Records: ${archive.records.length}`,
      `External-Identifier: ${archive.project}`,
      `Payload-Oxum: ${octets}.${payload.length}`,
      ""
    ].join("\n")));
    if (archive.seal !== null) put("seal/archive-sealed.json", textBytes(archive.seal));
  }
  function putManifests(files, put) {
    for (const tags of [false, true]) {
      const listed = [...files].filter(([path2]) => isPayload(path2) !== tags && !path2.startsWith("tagmanifest-")).sort(([one], [other]) => inOrder(one, other));
      for (const algorithm of ALGORITHMS) put(manifestName(algorithm, tags), manifestBytes(listed.map(([path2, one]) => [path2, one[algorithm]])));
    }
  }

  // archive/read.js
  var CHUNK_BYTES2 = 1024 * 1024;
  async function digestsOf(blob, keep) {
    const [sha2563, sm32, parts] = [startSha256(), new Sm3(), []];
    for (let at2 = 0; at2 < blob.size; at2 += CHUNK_BYTES2) {
      const piece = new Uint8Array(await blob.slice(at2, at2 + CHUNK_BYTES2).arrayBuffer());
      if (piece.length !== Math.min(CHUNK_BYTES2, blob.size - at2)) throw new Error("the file changed while it was read");
      sha2563.update(piece);
      sm32.update(piece);
      if (keep) parts.push(piece);
    }
    const bytes2 = keep ? new Uint8Array(await new Blob(parts).arrayBuffer()) : null;
    return { size: blob.size, sha256: hex(sha2563.digest()), sm3: hex(sm32.digest()), bytes: bytes2 };
  }

  // archive/judge.js
  var SEAL = "seal/archive-sealed.json";
  var CERTIFICATES = "data/certificates/";
  var CONTEXT = "data/context/";
  var ARCHIVE_STEPS = ["container", "manifests", "certificates", "contents", "seal"];
  var isCertificate = (path2) => path2 === SEAL || path2.startsWith(CERTIFICATES) || path2.startsWith(CONTEXT);
  var Check = class {
    constructor(source, anchor) {
      Object.assign(this, { source, anchor, seen: /* @__PURE__ */ new Map(), findings: /* @__PURE__ */ new Map() });
      this.contents = { project: null, chain: null, records: 0, documents: 0, files: source.files.size, missing: [], sealed: false };
      this.done = /* @__PURE__ */ new Set(["container", "manifests", "certificates"]);
      this.failed = new Set(source.findings.length > 0 ? ["container"] : []);
      for (const one of source.findings) this.findings.set(one.path, { step: "container", ...one });
    }
    /** The first finding of a path counts: it is the most direct one. A step that meets it again has failed as well. */
    find(step, path2, kind2, reason) {
      this.failed.add(step);
      if (!this.findings.has(path2)) this.findings.set(path2, { step, path: path2, kind: kind2, reason });
    }
    async scan(progress) {
      var _a3;
      const total = [...this.source.files.values()].reduce((sum, blob) => sum + blob.size, 0);
      let [kept, done] = [0, 0];
      for (const [path2, blob] of this.source.files) {
        const limit = isCertificate(path2) ? CERTIFICATE_BYTES_MAX : TEXT_BYTES_MAX;
        const keep = (isCertificate(path2) || !isPayload(path2) && path2.includes("manifest-")) && blob.size <= limit;
        const one = await digestsOf(blob, keep);
        kept += ((_a3 = one.bytes) == null ? void 0 : _a3.length) ?? 0;
        if (kept > 2 * CERTIFICATES_BYTES_MAX) throw new Unusable("the archive’s certificates are too large");
        this.seen.set(path2, one);
        done += blob.size;
        progress(done, total);
      }
    }
    /** Holds the files against both manifests, and the manifests against each other. */
    manifests(tags) {
      const listed = /* @__PURE__ */ new Map();
      for (const algorithm of ALGORITHMS) {
        const name = manifestName(algorithm, tags);
        const file = this.seen.get(name);
        const read = file === void 0 ? null : readManifest(file.bytes ?? new Uint8Array());
        if (read === null) this.find("manifests", name, "missing", "every archive has this manifest");
        else if (read.entries === void 0) this.find("manifests", name, "changed", `line ${read.line} is not '<64 lower-case hexadecimal digits>  <path>', in order of the paths`);
        else listed.set(algorithm, read.entries);
      }
      const covered = [...this.seen.keys()].filter((path2) => isPayload(path2) !== tags && !path2.startsWith("tagmanifest-"));
      const paths = /* @__PURE__ */ new Set([...covered, ...[...listed.values()].flatMap((entries) => [...entries.keys()])]);
      for (const path2 of [...paths].sort(inOrder)) this.oneFile(path2, listed, tags);
      return listed;
    }
    /** Where both manifests agree against the file, the file is wrong; where one agrees with it, the other is. */
    oneFile(path2, listed, tags) {
      const seen = this.seen.get(path2);
      const wrong = [...listed].filter(([algorithm, entries]) => entries.get(path2) !== (seen == null ? void 0 : seen[algorithm])).map(([algorithm]) => algorithm);
      if (wrong.length === 0 && listed.size > 0) return;
      if (wrong.length < listed.size) {
        for (const algorithm of wrong) this.find("manifests", manifestName(algorithm, tags), "changed", `its line for ${path2} is not what the other manifest says`);
        return;
      }
      const names2 = wrong.map((algorithm) => manifestName(algorithm, tags)).join(" and ");
      const isNamed = [...listed.values()].some((entries) => entries.has(path2));
      if (seen === void 0) this.find("manifests", path2, "missing", `listed in ${names2}, and not there`);
      else if (isNamed) this.find("manifests", path2, "changed", `its bytes are not those listed in ${names2}`);
      else this.find("manifests", path2, "added", "no manifest lists it");
    }
    /** The certificates under a prefix that hold, in the order of the chain, each one judged. */
    async certificates(prefix) {
      var _a3;
      const good = [];
      const { policy = null, policies = null, chain = null } = this.anchor;
      for (const [path2, { bytes: bytes2 }] of [...this.seen].filter(([path3]) => path3.startsWith(prefix))) {
        const found = await judge(bytes2 ?? new Uint8Array(), { policy, policies, chain });
        if (found.verdict !== "valid" && found.verdict !== "not_anchored") {
          const failed = found.steps.find((one) => one.outcome === "failed");
          this.find("certificates", path2, "invalid", failed === void 0 ? found.reason : `${failed.step}: ${failed.detail}`);
          continue;
        }
        (_a3 = this.contents).chain ?? (_a3.chain = found.chain);
        const isNamed = path2 === SEAL || path2.endsWith(`${found.certificate.record.slice(7)}.json`);
        if (!isNamed) this.find("certificates", path2, "invalid", "it is another record’s certificate");
        else if (found.chain !== this.contents.chain) this.find("certificates", path2, "invalid", "it is of another chain than the others");
        else good.push(filed(found.certificate, found.record));
      }
      return good.sort(byPlace);
    }
    /** Builds the archive again from its certificates, and compares. */
    async rebuild(payload) {
      var _a3;
      const before = this.findings.size;
      const records2 = await this.certificates(CERTIFICATES);
      const context = await this.certificates(CONTEXT);
      const seal = (await this.certificates(SEAL)).pop() ?? null;
      const lost = [...this.findings.values()].some((one) => one.kind === "missing" && isCertificate(one.path));
      const whole2 = this.findings.size === before && !lost;
      const project = (_a3 = records2.find((one) => {
        var _a4;
        return (((_a4 = one.payload) == null ? void 0 : _a4.project) ?? null) !== null;
      })) == null ? void 0 : _a3.payload.project;
      if (project === void 0) return this.find("certificates", "data/certificates", "missing", "there is no certificate of a project’s record");
      Object.assign(this.contents, { project, records: records2.length });
      const archive = { project, records: records2, context, seal };
      const why = whyNoArchive(archive);
      if (why !== null) return this.find("certificates", "data/certificates", "invalid", why);
      const built = build(archive, this.facts(archive, payload));
      this.contents.missing = built.missing;
      if (whole2) this.compare(built);
      return seal === null ? void 0 : this.seal(seal, built);
    }
    /** The documents at hand by their bytes; a lost one that the manifests list counts as there: it is named already. */
    facts(archive, payload) {
      var _a3;
      const facts2 = /* @__PURE__ */ new Map();
      const wanted = new Set(named(archive));
      for (const [path2, seen] of this.seen) {
        const digest4 = `sha256:${seen.sha256}`;
        if (isDocument(path2) && wanted.has(digest4)) facts2.set(digest4, { sm3: seen.sm3, size: seen.size });
      }
      this.contents.documents = facts2.size;
      const sizes = new Map(archive.records.flatMap((one) => one.documents).reverse().map((one) => [one.digest, one.size]));
      for (const [path2, digits] of payload.get("sha256") ?? []) {
        const [digest4, sm32] = [`sha256:${digits}`, (_a3 = payload.get("sm3")) == null ? void 0 : _a3.get(path2)];
        const size = sizes.get(digest4);
        if (isDocument(path2) && sm32 !== void 0 && size !== void 0 && !facts2.has(digest4)) facts2.set(digest4, { sm3: sm32, size });
      }
      return facts2;
    }
    compare(built) {
      this.done.add("contents");
      for (const [path2, { sha256: sha2563 }] of built.files) {
        const seen = this.seen.get(path2);
        if (seen === void 0) this.find("contents", path2, "missing", "the certificates ask for it");
        else if (seen.sha256 !== sha2563) this.find("contents", path2, "changed", "it is not what follows from the certificates and documents");
      }
      for (const path2 of this.seen.keys()) if (!built.files.has(path2)) this.find("contents", path2, "added", "no record asks for it");
    }
    /** Number and chained hash of the records, the manifest and the missing documents, as the chain has them. */
    seal(certificate, built) {
      var _a3;
      this.done.add("seal");
      const body = (_a3 = certificate.payload) == null ? void 0 : _a3.body;
      if (body === void 0) return;
      const manifest = this.seen.get(manifestName("sha256", false));
      const checks = { records: built.records, history: built.history, manifest: manifest === void 0 ? null : `sha256:${manifest.sha256}`, missing: built.missing };
      let same = true;
      for (const [member, found] of Object.entries(checks)) {
        const stated = body.has(member) ? body.get(member) : member === "missing" ? [] : null;
        if (compact(stated) === compact(found)) continue;
        this.find("seal", SEAL, "invalid", `'${member}' is ${compact(stated)} in the sealing record, ${compact(found)} here`);
        same = false;
      }
      this.contents.sealed = same;
    }
  };
  function verdictOf2({ findings, contents }, anchored) {
    if (findings.length > 0) return "invalid";
    if (!contents.sealed) return "not_sealed";
    return anchored ? "valid" : "not_anchored";
  }
  function stepsOf({ failed, done }) {
    return ARCHIVE_STEPS.map((step) => ({ step, outcome: failed.has(step) ? "failed" : done.has(step) ? "passed" : "skipped" }));
  }
  async function judgeArchive(source, anchor = {}, progress = () => {
  }) {
    var _a3;
    const check = new Check(source, anchor);
    await check.scan(progress);
    const payload = check.manifests(false);
    check.manifests(true);
    await check.rebuild(payload);
    const judged = { findings: [...check.findings.values()].sort((one, other) => inOrder(one.path, other.path)), contents: check.contents };
    const anchored = [anchor.policy, anchor.policies, anchor.chain].some((one) => one !== null && one !== void 0);
    const steps = stepsOf(check);
    return { ...judged, steps, failedStep: ((_a3 = steps.find((one) => one.outcome === "failed")) == null ? void 0 : _a3.step) ?? null, verdict: verdictOf2(judged, anchored) };
  }

  // verify/cose-receipt.js
  var RECEIPT_BYTES_MAX = 4096;
  var SIGNATURE_BYTES = 64;
  function head(major, value) {
    const width = value < 24n ? 0 : value < 256n ? 1 : value < 65536n ? 2 : value < 4294967296n ? 4 : 8;
    const out = new Uint8Array(1 + width);
    out[0] = major << 5 | (width === 0 ? Number(value) : { 1: 24, 2: 25, 4: 26, 8: 27 }[width]);
    for (let at2 = width; at2 > 0; at2 -= 1) out[at2] = Number(value >> BigInt(8 * (width - at2)) & 255n);
    return out;
  }
  var number = (value) => head(0, value);
  var bytes = (value) => concat(head(2, BigInt(value.length)), value);
  var text2 = (value) => concat(head(3, BigInt(utf8(value).length)), utf8(value));
  function protectedHeader(key, log, record) {
    const claims = concat(Uint8Array.of(162, 1), text2(log), Uint8Array.of(2), text2(record));
    return concat(Uint8Array.of(164, 1, 39, 4), bytes(keyId(key)), Uint8Array.of(15), claims, Uint8Array.of(25, 1, 139, 1));
  }
  var proofBytes = ({ size, index: index2, path: path2 }) => concat(head(4, 3n), number(size), number(index2), head(4, BigInt(path2.length)), ...path2.map(bytes));
  function receiptBytes(key, log, record, proof, signature) {
    const unprotected = concat(Uint8Array.of(161, 25, 1, 140, 161, 32, 129), bytes(proofBytes(proof)));
    return concat(Uint8Array.of(210, 132), bytes(protectedHeader(key, log, record)), unprotected, Uint8Array.of(246), bytes(signature));
  }
  var Reader3 = class {
    constructor(whole2, at2) {
      Object.assign(this, { whole: whole2, at: at2 });
    }
    /** The value of a head of this major type, or null. */
    head(major) {
      const first = this.whole[this.at];
      if (first === void 0 || first >> 5 !== major) return null;
      const small = first & 31;
      const width = { 24: 1, 25: 2, 26: 4, 27: 8 }[small] ?? 0;
      if (small > 27 || this.at + 1 + width > this.whole.length) return null;
      let value = width === 0 ? BigInt(small) : 0n;
      for (let at2 = 1; at2 <= width; at2 += 1) value = value << 8n | BigInt(this.whole[this.at + at2]);
      this.at += 1 + width;
      return value;
    }
    bytes() {
      const length = this.head(2);
      if (length === null || length > BigInt(this.whole.length - this.at)) return null;
      this.at += Number(length);
      return this.whole.slice(this.at - Number(length), this.at);
    }
  };
  function proofOf(whole2) {
    const reader2 = new Reader3(whole2, 1);
    if (whole2[0] !== 131) return null;
    const [size, index2, count] = [reader2.head(0), reader2.head(0), reader2.head(4)];
    if (size === null || index2 === null || count === null || count < 1n || count > BigInt(MERKLE_PATH_MAX)) return null;
    const path2 = Array.from({ length: Number(count) }, () => reader2.bytes());
    return path2.every((hash) => (hash == null ? void 0 : hash.length) === 32) ? { size, index: index2, path: path2 } : null;
  }
  function rootOf(leaf, { size, index: index2, path: path2 }) {
    if (index2 >= size) return null;
    let [place2, last, root] = [index2, size - 1n, leaf];
    for (const hash of path2) {
      if (last === 0n) return null;
      if (place2 % 2n === 1n || place2 === last) {
        root = nodeHash(hash, root);
        while (place2 % 2n === 0n && place2 !== 0n) [place2, last] = [place2 >> 1n, last >> 1n];
      } else {
        root = nodeHash(root, hash);
      }
      [place2, last] = [place2 >> 1n, last >> 1n];
    }
    return last === 0n ? root : null;
  }
  var looksLikeReceipt = (whole2) => whole2.length <= RECEIPT_BYTES_MAX && whole2[0] === 210 && whole2[1] === 132;
  async function judgeReceipt(whole2, { leaf, log, record, keys: keys2 }) {
    if (!looksLikeReceipt(whole2)) return { why: "not a COSE receipt in its one form" };
    const reader2 = new Reader3(whole2, 2);
    const header = reader2.bytes();
    const signer = header === null ? void 0 : keys2.find(({ key }) => equal(protectedHeader(key, log, record), header));
    if (signer === void 0) return { why: "it is not of this record and log by a key of the policy" };
    reader2.at += 7;
    const proof = proofOf(reader2.bytes() ?? new Uint8Array());
    reader2.at += 1;
    const signature = reader2.bytes();
    if (proof === null || (signature == null ? void 0 : signature.length) !== SIGNATURE_BYTES) return { why: "no inclusion proof of tree size, leaf index and path" };
    if (!equal(receiptBytes(signer.key, log, record, proof, signature), whole2)) return { why: "another spelling, or something beside the proof" };
    const root = rootOf(leaf, proof);
    if (root === null) return { why: "the path does not lead from the entry to a root" };
    const signed = concat(Uint8Array.of(132), text2("Signature1"), bytes(header), bytes(new Uint8Array()), bytes(root));
    if (!await verify(signer.key, signed, signature)) return { why: "the signature does not hold" };
    return { size: proof.size, index: proof.index, root, by: signer.name };
  }

  // pages/anchored.js
  var brought = {
    archive: null,
    code: null,
    receipts: [],
    certificate: null,
    certificateFrom: null,
    printed: null,
    envelope: null,
    documents: [],
    unread: [],
    policy: null,
    policyFrom: null,
    policies: null,
    authorities: [],
    siteProblem: null
  };
  var forget = () => Object.assign(brought, {
    archive: null,
    code: null,
    receipts: [],
    certificate: null,
    certificateFrom: null,
    printed: null,
    envelope: null,
    documents: [],
    unread: []
  });
  function typedAnchor(typed2) {
    const text3 = typed2.trim().toLowerCase();
    if (text3 === "") return null;
    const whole2 = text3.startsWith("sha256:") ? text3 : `sha256:${text3}`;
    if (digestText(whole2) !== null) return { chain: whole2 };
    const digits = text3.replace(/[\s-]/g, "");
    return /^[0-9a-f]{20}$/.test(digits) ? { fingerprint: digits.match(/.{4}/g).join("-") } : { wrong: true };
  }
  var chainOf2 = (policy) => {
    var _a3;
    return ((_a3 = originOfText(policy.logs[0].name)) == null ? void 0 : _a3.chain) ?? null;
  };
  function foreignLog(log, typed2) {
    var _a3;
    const { policy, policies } = brought;
    const chain = ((_a3 = originOfText(log)) == null ? void 0 : _a3.chain) ?? null;
    const trusted = [...policy === null ? [] : [policy], ...(policies ?? []).map((one) => one.policy)].map(chainOf2);
    const isTyped = chain !== null && ((typed2 == null ? void 0 : typed2.chain) === chain || (typed2 == null ? void 0 : typed2.fingerprint) === fingerprint(chain));
    const nobody = trusted.length === 0 && typed2 === null;
    const own = typed2 === null ? trusted.includes(chain) : isTyped;
    return chain !== null && (own || nobody) ? null : { log, chain };
  }
  function logOfCertificate(bytes2) {
    var _a3;
    try {
      return ((_a3 = policyOfText(certificateOf(bytes2).policy)) == null ? void 0 : _a3.logs[0].name) ?? null;
    } catch {
      return null;
    }
  }
  function meant(typed2, chains) {
    if (typed2 === null) return null;
    if (typed2.chain !== void 0) return typed2.chain;
    const found = chains.find((chain) => fingerprint(chain) === typed2.fingerprint);
    return found ?? `sha256:${typed2.fingerprint.replaceAll("-", "").padEnd(64, "0")}`;
  }
  var namesBytes = (record, file) => ((record == null ? void 0 : record.payload.documents) ?? []).some((one) => one.digest === file.digest && one.size === file.size);
  async function judgeBrought(typed2) {
    const { certificate, policy, policies, envelope, authorities } = brought;
    const { chain: own, parents, record } = await judge(certificate, { envelope, authorities });
    const chain = meant(typed2, own === null ? [] : [own, ...parents]);
    const isParent = (one) => one !== own && parents.includes(one);
    const abovePolicy = policy !== null && isParent(chainOf2(policy));
    const abovePolicies = policies !== null && !policies.some((one) => chainOf2(one.policy) === own) && policies.some((one) => isParent(chainOf2(one.policy)));
    const expected = {
      envelope,
      authorities,
      ...isParent(chain) ? { parentChain: chain } : { chain },
      ...abovePolicy ? { parentPolicies: endless(policy) } : { policy },
      ...abovePolicies ? { parentPolicies: policies } : { policies }
    };
    const documents = [...brought.documents, ...brought.unread.filter((one) => one.digest !== void 0 && namesBytes(record, one))];
    return judgeDocuments(documents, (document3) => judge(certificate, document3 === null ? expected : { ...expected, document: document3 }));
  }
  async function judgeDocuments(documents, judgeWith) {
    if (documents.length <= 1) return named2(await judgeWith(documents[0] ?? null), documents[0]);
    const results = [];
    for (const one of documents) results.push(named2(await judgeWith(one), one, true));
    const differs = results.find((one) => one.failedStep === "document");
    const isDocument2 = (step) => step.step === "document";
    const steps = [...(results[0].steps ?? []).filter((one) => !isDocument2(one)), ...results.flatMap((one) => (one.steps ?? []).filter(isDocument2))];
    return { ...differs ?? results[0], steps };
  }
  function named2(result, file, isOneOfSeveral = false) {
    if (file === void 0 || result.failedStep !== "document" && !isOneOfSeveral) return result;
    const names2 = ({ outcome, names: [own] = [] }) => outcome === "passed" ? [`${own}（${file.name}）`] : [file.name];
    return { ...result, steps: (result.steps ?? []).map((one) => one.step === "document" ? { ...one, names: names2(one) } : one) };
  }
  async function withReceipts(result) {
    const { certificate } = result;
    if (brought.receipts.length === 0 || !["valid", "not_anchored"].includes(result.verdict)) return result;
    const policy = policyOfText(certificate.policy);
    const { note: note2 } = tlogProofOfText(certificate.proof);
    const own = checkpointOfText(note2.text);
    const keys2 = [...policy.logs.map(({ name, key }) => ({ name, key })), ...policy.witnesses.map(({ name, key }) => ({ name, key: key.key }))];
    const { height, time_ms: time, position } = certificate.block;
    const entry = leafHash(logEntry(certificate.record, height, time, position));
    const steps = [];
    for (const bytes2 of brought.receipts) {
      const found = await judgeReceipt(bytes2, { leaf: entry, log: policy.logs[0].name, record: certificate.record, keys: keys2 });
      const split2 = found.why === void 0 && found.size === own.size && !equal(found.root, own.root);
      const why = split2 ? "its tree has the size of the certificate’s and another root" : found.why;
      steps.push(why === void 0 ? { step: "receipt", outcome: "passed", detail: `tree of ${found.size}, signed by ${found.by}`, names: [found.by] } : { step: "receipt", outcome: "failed", detail: why });
    }
    const failed = steps.some((one) => one.outcome === "failed");
    return { ...result, steps: [...result.steps, ...steps], ...failed ? { verdict: "invalid", failedStep: "receipt" } : {} };
  }
  async function judgeBroughtArchive(typed2, progress) {
    const { archive, policy, policies } = brought;
    const ask2 = (chain) => judgeArchive(archive.source, { policy, policies, chain }, progress);
    if ((typed2 == null ? void 0 : typed2.fingerprint) === void 0) return ask2((typed2 == null ? void 0 : typed2.chain) ?? null);
    const { contents } = await judgeArchive(archive.source, {}, progress);
    return ask2(meant(typed2, contents.chain === null ? [] : [contents.chain]));
  }

  // pages/api.js
  var TEXT_CHARACTERS_MAX = 8 * 1024 * 1024;
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
    const text3 = await answer.text().catch(unreachable);
    if (text3.length > TEXT_CHARACTERS_MAX) throw new ApiError(answer.status, { detail: "the answer is too long" });
    return { answer, text: text3 };
  }
  function json(text3) {
    try {
      return JSON.parse(text3);
    } catch {
      return null;
    }
  }
  async function get(path2) {
    const { answer, text: text3 } = await ask(path2);
    const value = json(text3);
    if (!answer.ok) throw new ApiError(answer.status, value);
    if (value === null) throw new ApiError(answer.status, { detail: "the answer is not JSON" });
    return value;
  }
  async function getText(path2) {
    const { answer, text: text3 } = await ask(path2);
    if (!answer.ok) throw new ApiError(answer.status, json(text3));
    return text3;
  }
  var path = (...parts) => `/${parts.map((one) => encodeURIComponent(String(one))).join("/")}`;
  function decoded(text3) {
    try {
      return decodeURIComponent(text3);
    } catch {
      return null;
    }
  }

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
    const head2 = columns.map(([heading, , kind2]) => element("th", { scope: "col", class: kind2 }, heading));
    const cells = (row) => columns.map(([, value, kind2]) => element("td", { class: kind2 }, value(row) ?? "—"));
    const body = rows.length > 0 ? rows.map((row) => element("tr", {}, cells(row))) : [element("tr", {}, element("td", { colspan: columns.length, class: "soft" }, empty))];
    return element(
      "div",
      { class: "table", tabindex: 0, role: "region", "aria-label": caption },
      element("table", {}, element("caption", {}, caption), element("thead", {}, element("tr", {}, head2)), element("tbody", {}, body))
    );
  }
  function facts(pairs) {
    const given = pairs.filter(([, value]) => value !== null && value !== void 0 && value !== "");
    return element("dl", { class: "facts" }, given.map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  }
  var HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;
  function plain(text3, most = 300) {
    const whole2 = [...String(text3 ?? "").slice(0, 2 * most + 2)];
    const clean2 = whole2.slice(0, most).join("").replace(HIDDEN, "�");
    return whole2.length > most ? `${clean2}…` : clean2;
  }
  var plainLines = (text3, most) => {
    const lines = String(text3 ?? "").slice(0, 2 * most + 2).split("\n").map((line) => plain(line, most));
    return plainCut(lines.join("\n"), most);
  };
  function plainCut(text3, most) {
    const whole2 = [...text3];
    return whole2.length > most ? `${whole2.slice(0, most).join("")}…` : text3;
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
  function clockText(ms) {
    const two = (number3) => String(number3).padStart(2, "0");
    const date = new Date(ms);
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${say("（本机时钟）", "(clock of this device)")}`;
  }

  // pages/archive-view.js
  var FINDINGS_SHOWN_MAX = 500;
  var MEANINGS = {
    valid: ["档案与封存时一致：没有文件被删除、增加或改动，全部记录均在链上且一条不少。", "The archive is as it was sealed: no file was deleted, added or changed, and these are all records of the project."],
    not_anchored: [
      "各项自洽，但只用了档案自带的策略，任何人都能自造一份。请给出信任锚（策略文件、链编号或印刷的链指纹）。",
      "Everything agrees with itself, but only the archive’s own policy was used, and anybody can make up such an archive. Give a trust anchor: a policy file, the chain id, or the fingerprint in print."
    ],
    not_sealed: ["现有内容都成立，但没有封存记录说明这就是全部：末尾的记录可能缺失。", "What is there holds, but no sealing record says that it is all: the last records could be missing."],
    invalid: ["档案有下列问题，请勿采信。", "The archive has the faults below. Do not rely on it."]
  };
  var archiveMeaning = (verdict) => say(...MEANINGS[verdict]);
  var TITLES = {
    container: ["档案包", "The package"],
    manifests: ["文件清单", "Lists of the files"],
    certificates: ["每条记录的证书", "Certificate of each record"],
    contents: ["目录与内容", "Catalogue and contents"],
    seal: ["封存记录", "The sealing record"]
  };
  var SENTENCES = {
    container: { passed: ["形式唯一，没有夹带。", "It has its one form, and nothing hides in it."], failed: ["有不该有的内容，或形式被改动。", "It holds what it should not, or its form was changed."] },
    manifests: {
      passed: ["每个文件都与两份清单（SHA-256、SM3）相符。", "Every file is what both lists (SHA-256, SM3) say."],
      failed: ["有文件被删除、增加或改动。", "Files were deleted, added or changed."]
    },
    certificates: {
      passed: ["每份证书逐步核验成立，同属一条链。", "Every certificate holds by all of its steps, and all are of one chain."],
      failed: ["有证书不成立。", "A certificate does not hold."]
    },
    contents: {
      passed: ["由证书重新生成的目录、完整性说明等与档案逐字节一致，每份文件都由记录登记。", "Catalogue, completeness and the rest, made again from the certificates, are the same byte for byte; a record names every document."],
      failed: ["有内容不是由这些记录得出的。", "Something does not follow from these records."],
      skipped: ["证书有缺失或不成立，未重新生成。", "Not made again, since certificates are missing or do not hold."]
    },
    seal: {
      passed: ["记录条数、历史、清单与缺件和链上的封存记录一致：一条不少。", "Number of records, history, list and missing documents are those of the sealing record on the chain: none is left out."],
      failed: ["与链上的封存记录不符。", "It is not what the sealing record on the chain says."],
      skipped: ["没有可用的封存记录。", "There is no sealing record to hold it against."]
    }
  };
  function archiveStepWords({ step, outcome }) {
    const signs = { passed: ["✓", "成立", "holds"], failed: ["✗", "不成立", "fails"], skipped: ["–", "未核对", "not checked"] };
    const [sign, zh, en] = signs[outcome];
    return { title: say(...TITLES[step]), sign: `${sign} ${say(zh, en)}`, sentence: say(...SENTENCES[step][outcome]) };
  }
  var KINDS2 = { missing: ["缺失", "missing"], added: ["多出", "added"], changed: ["改动", "changed"], invalid: ["不符", "invalid"] };
  function findingsTable(findings) {
    const more = findings.length - FINDINGS_SHOWN_MAX;
    return [
      table(say(`问题清单（${findings.length}）`, `What is wrong (${findings.length})`), [
        [say("问题", "Fault"), (one) => `✗ ${say(...KINDS2[one.kind])}`],
        [say("文件", "File"), (one) => element("span", { class: "mono" }, plain(one.path, 200))],
        [say("步骤", "Step"), (one) => say(...TITLES[one.step])],
        [say("技术原因", "Technical reason"), (one) => element("span", { lang: "en" }, plain(one.reason, 400))]
      ], findings.slice(0, FINDINGS_SHOWN_MAX), ""),
      more > 0 ? element("p", {}, say(`另有 ${more} 项未列出。`, `${more} more are not shown.`)) : null
    ];
  }
  function archiveFacts({ findings, contents, verdict }) {
    if (findings.length > 0) return findingsTable(findings);
    const missing = contents.missing.map((digest4) => element("li", { class: "mono" }, digest4));
    return [
      facts([
        [say("项目编号", "Project"), plain(contents.project)],
        [say("记录", "Records"), String(contents.records)],
        [say("文件", "Documents"), String(contents.documents)],
        [say("档案内文件总数", "Files in all"), String(contents.files)],
        [say("封存", "Sealed"), verdict === "not_sealed" ? say("否", "no") : say("✓ 是", "✓ yes")],
        [say("链指纹", "Chain fingerprint"), element("strong", { class: "mono" }, fingerprint(contents.chain))]
      ]),
      missing.length === 0 ? null : element("p", {}, say("档案如实列明的缺件（封存记录同样列明）：", "Documents the archive states as missing, as its seal does:")),
      missing.length === 0 ? null : element("ul", {}, missing)
    ];
  }

  // pages/dropped.js
  var ROOTS = /^(?:bagit\.txt$|bag-info\.txt$|(?:tag)?manifest-[a-z0-9]+\.txt$|data\/)/;
  var fileOf = (entry) => new Promise((done, fail) => {
    entry.file(done, fail);
  });
  var batchOf = (reader2) => new Promise((done, fail) => {
    reader2.readEntries(done, fail);
  });
  async function walk(folder, prefix, found) {
    const reader2 = folder.createReader();
    for (; ; ) {
      const batch = await batchOf(reader2);
      if (batch.length === 0) return;
      for (const entry of batch) {
        const path2 = `${prefix}${entry.name}`;
        if (entry.isDirectory) await walk(entry, `${path2}/`, found);
        else found.push({ path: path2, file: await fileOf(entry) });
        if (found.length > FILES_MAX) throw new Error(`more than ${FILES_MAX} files`);
      }
    }
  }
  function dropped(transfer) {
    const entries = [...transfer.items].map((item) => {
      var _a3;
      return ((_a3 = item.webkitGetAsEntry) == null ? void 0 : _a3.call(item)) ?? null;
    });
    const folder = entries.find((entry) => entry == null ? void 0 : entry.isDirectory) ?? null;
    const files = [...transfer.files].filter((_, at2) => {
      var _a3;
      return !(((_a3 = entries[at2]) == null ? void 0 : _a3.isDirectory) ?? false);
    });
    const read = async () => {
      if (folder === null) return null;
      const found = [];
      await walk(folder, "", found);
      return found;
    };
    return { files, folder: read() };
  }
  function chosen(list2) {
    return [...list2].map((file) => ({ path: file.webkitRelativePath.split("/").slice(1).join("/"), file }));
  }
  var looksLikeBag = (folder) => folder.some(({ path: path2 }) => ROOTS.test(path2));

  // archive/tar.js
  var BLOCK_BYTES2 = 512;
  var END_BYTES = 1024;
  var ABOUT_BYTES_MAX = 64 * 1024;
  var USTAR = [117, 115, 116, 97, 114, 0];
  var CHECKSUM = [148, 156];
  var padding = (size) => (BLOCK_BYTES2 - size % BLOCK_BYTES2) % BLOCK_BYTES2;
  var toZero = (bytes2) => {
    const end = bytes2.indexOf(0);
    return bytes2.subarray(0, end < 0 ? bytes2.length : end);
  };
  var lossy = (bytes2) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes2);
  function octal(bytes2) {
    const digits = lossy(bytes2).replace(/^ +/, "");
    return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : null;
  }
  function checksum(field) {
    const [last, before] = [field[7], field[6]];
    if (last === 32 && before === 0) return octal(field.subarray(0, 6));
    return last === 0 || last === 32 ? octal(field.subarray(0, 7)) : null;
  }
  function sizeOf(field) {
    if (field[0] >= 128) {
      if (field[0] !== 128 || field.subarray(1, 6).some((byte) => byte !== 0)) return null;
      return field.subarray(6).reduce((sum, byte) => sum * 256 + byte, 0);
    }
    const begin = field.findIndex((byte) => byte !== 32);
    const digits = field.subarray(Math.max(begin, 0));
    const end = digits.findIndex((byte) => byte === 0 || byte === 32);
    return octal(digits.subarray(0, end < 0 ? digits.length : end));
  }
  var KINDS3 = { 1: "link", 2: "link", 5: "folder", D: "folder", L: "longName", K: "longLink", x: "extended", X: "extended", g: "global", 7: "file" };
  function kindOf(flag, path2) {
    if (flag === 0 || flag === 48) return path2.endsWith("/") ? "folder" : "file";
    return KINDS3[String.fromCharCode(flag)] ?? "other";
  }
  function decode2(header) {
    const sum = header.reduce((total, byte, at2) => total + (at2 >= CHECKSUM[0] && at2 < CHECKSUM[1] ? 32 : byte), 0);
    const ustar = USTAR.every((byte, at2) => header[257 + at2] === byte);
    if (ustar && header[CHECKSUM[0]] === 32 || checksum(header.subarray(...CHECKSUM)) !== sum) return null;
    const path2 = nameOf2(header, ustar);
    const size = sizeOf(header.subarray(124, 136));
    return size === null ? null : { path: path2, size, kind: kindOf(header[156], path2) };
  }
  function nameOf2(header, withPrefix) {
    const [name, prefix] = [lossy(toZero(header.subarray(0, 100))), withPrefix ? lossy(toZero(header.subarray(345, 500))) : ""];
    return prefix === "" ? name : `${prefix}/${name}`;
  }
  var inside2 = (path2) => {
    const plain2 = path2.replace(/^(\.\/)+/, "");
    const cut = plain2.indexOf("/");
    return cut < 0 ? plain2 : plain2.slice(cut + 1);
  };
  var likelyName = (header) => inside2(nameOf2(header, true));
  var longName = (data) => lossy(toZero(data));
  var number2 = (text3) => /^\+?[0-9]{1,15}$/.test(text3) ? Number(text3) : null;
  function records(data) {
    const found = [];
    let at2 = 0;
    while (at2 < data.length && data[at2] !== 0) {
      const space = data.indexOf(32, at2);
      const digits = space < 0 ? "" : lossy(data.subarray(at2, space));
      const length = number2(digits);
      const end = at2 + length;
      if (length === null || end > data.length || end <= space + 1 || data[end - 1] !== 10) return null;
      const record = data.subarray(space + 1, end - 1);
      const equals = record.indexOf(61);
      const keyword = equals < 0 ? null : utf8Text(record.subarray(0, equals));
      if (keyword === null) return null;
      found.push([keyword, lossy(record.subarray(equals + 1))]);
      at2 = end;
    }
    return found;
  }

  // archive/source.js
  var MAGICS = [[117, 115, 116, 97, 114, 0, 48, 48], [117, 115, 116, 97, 114, 32, 32, 0]];
  var MAGIC_AT = 257;
  var MEMBERS_MAX = 4 * FILES_MAX;
  var TAIL_BYTES_MAX = 16 * 1024 * 1024;
  var NO_END = "the tar does not end with its two empty blocks";
  var PACKERS = {
    gzip: [31, 139],
    zip: [80, 75, 3, 4],
    bzip2: [66, 90, 104],
    xz: [253, 55, 122, 88, 90, 0],
    zstd: [40, 181, 47, 253],
    "7-Zip": [55, 122, 188, 175, 39, 28],
    RAR: [82, 97, 114, 33, 26, 7]
  };
  var bytesOf = async (blob, from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer());
  var tooMany = () => new Unusable(`the archive has more than ${FILES_MAX} files`);
  var packedBy = (head2) => Object.keys(PACKERS).find((name) => PACKERS[name].every((byte, at2) => head2[at2] === byte));
  var looksLikeTar = (head2) => head2.length >= BLOCK_BYTES2 && (MAGICS.some((magic) => magic.filter((byte, at2) => head2[MAGIC_AT + at2] === byte).length >= 6) || decode2(head2.subarray(0, BLOCK_BYTES2)) !== null);
  function folderSource(entries) {
    const source = { files: /* @__PURE__ */ new Map(), findings: [] };
    const sorted = [...entries].sort((one, other) => inOrder(one.path, other.path));
    for (const { path: path2, file } of sorted) {
      if (isBagPath(path2)) source.files.set(path2, file);
      else source.findings.push({ path: path2, kind: "added", reason: "not a plain file with a name this archive could have" });
      if (source.files.size + source.findings.length > FILES_MAX) throw tooMany();
    }
    return source;
  }
  async function tarSource(blob) {
    const head2 = await bytesOf(blob, 0, BLOCK_BYTES2);
    const packer = packedBy(head2);
    if (packer !== void 0) throw new Unusable(`the archive is packed by ${packer}: unpack it, and give the tar or the folder that was in it`);
    if (!looksLikeTar(head2)) throw new Unusable("neither a folder nor a tar of an archive");
    const source = { files: /* @__PURE__ */ new Map(), findings: [] };
    const members = [];
    const find = (path2, kind2, reason) => source.findings.push({ path: path2, kind: kind2, reason });
    await index(blob, members, find);
    place(members, source.files, find);
    if (source.files.size + source.findings.length > FILES_MAX) throw tooMany();
    return source;
  }
  var badForm = (what) => new Unusable(`this is a tar with ${what}, which is not read here: unpack it with the program that made it, and give the folder`);
  var ABOUT = /* @__PURE__ */ new Set(["longName", "longLink", "extended", "global"]);
  async function index(blob, members, find) {
    let [at2, about] = [0, {}];
    for (let count = 0; count < MEMBERS_MAX; count += 1) {
      if (blob.size - at2 < BLOCK_BYTES2) return find(`(byte ${at2})`, "changed", NO_END);
      const header = await bytesOf(blob, at2, at2 + BLOCK_BYTES2);
      if (header.every((byte) => byte === 0)) return await isEnd(blob, at2) ? void 0 : find(`(byte ${at2})`, "changed", NO_END);
      const said = decode2(header);
      const size = said === null ? 0 : ABOUT.has(said.kind) ? said.size : about.size ?? said.size;
      const [start2, end] = [at2 + BLOCK_BYTES2, at2 + BLOCK_BYTES2 + size];
      const next = end + padding(size);
      const damaged = said === null || size > DOCUMENT_BYTES_MAX || next > blob.size;
      if (damaged || (await bytesOf(blob, end, next)).some((byte) => byte !== 0)) {
        return find(likelyName(header) || `(byte ${at2})`, "changed", `the tar is damaged at byte ${at2}; nothing after it was read`);
      }
      at2 = next;
      if (ABOUT.has(said.kind)) {
        if (size > ABOUT_BYTES_MAX) throw badForm("records longer than any name");
        note(about, said.kind, await bytesOf(blob, start2, end));
        continue;
      }
      const path2 = about.path ?? said.path;
      about = {};
      if (said.kind === "other") throw badForm("a sparse or special file, or a part of a volume");
      if (said.kind === "link") find(inside2(path2), "added", "a link");
      if (said.kind === "file" && !path2.endsWith("/")) members.push({ path: path2, file: blob.slice(start2, end) });
    }
    throw tooMany();
  }
  function note(about, kind2, data) {
    if (kind2 === "longName") about.path = longName(data);
    if (kind2 !== "extended" && kind2 !== "global") return;
    const found = records(data);
    if (found === null) throw badForm("pax records that cannot be read");
    for (const [keyword, value] of found) {
      if (keyword.startsWith("GNU.sparse.")) throw badForm("a sparse file");
      if (keyword !== "path" && keyword !== "size") continue;
      if (kind2 === "global") throw badForm("names or sizes that hold for all files");
      const said = keyword === "size" ? number2(value) : value;
      if (said === null) throw badForm("pax records that cannot be read");
      about[keyword] = said;
    }
  }
  async function isEnd(blob, at2) {
    const tail = blob.size - at2;
    if (tail < END_BYTES || tail > TAIL_BYTES_MAX || tail % BLOCK_BYTES2 !== 0) return false;
    return (await bytesOf(blob, at2, blob.size)).every((byte) => byte === 0);
  }
  function place(members, files, find) {
    const paths = members.map(({ path: path2 }) => path2.replace(/^(\.\/)+/, ""));
    const bare = paths.includes("bagit.txt");
    const topOf2 = (path2) => path2.includes("/") ? path2.slice(0, path2.indexOf("/")) : null;
    const folder = paths.length === 0 ? null : topOf2(paths[0]);
    paths.forEach((path2, at2) => {
      const ours = bare || folder !== null && topOf2(path2) === folder;
      const name = bare || !ours ? path2 : path2.slice(folder.length + 1);
      if (!ours || !isBagPath(name)) find(name, "added", "not a file with a name this archive could have");
      else if (files.has(name)) find(name, "changed", "it is twice in the tar");
      else files.set(name, members[at2].file);
    });
  }

  // verify/authority-file.js
  var LINE = /^-----(BEGIN|END) (.{0,64})-----$/;
  var CERTIFICATE = ["CERTIFICATE", "X509 CERTIFICATE"];
  var ANY_PURPOSE = "2.5.29.37.0";
  var TRUSTED = "TRUSTED CERTIFICATE";
  function letters(bytes2) {
    const pieces = [];
    for (let at2 = 0; at2 < bytes2.length; at2 += 8192) pieces.push(String.fromCharCode(...bytes2.subarray(at2, at2 + 8192)));
    return pieces.join("");
  }
  function decoded2(begun, label, text3) {
    if (begun !== label) return { label: begun, why: "its END line is of something else" };
    const der = unbase64(text3);
    return der === null ? { label: begun, why: "its text is not base64" } : { label: begun, der };
  }
  function blocksOf(text3) {
    const found = [];
    let [open, body] = [null, []];
    for (const line of text3.replace(/^\xef\xbb\xbf/, "").split(/[\r\n]/)) {
      if (found.length > AUTHORITIES_MAX) break;
      const trimmed = line.replace(/^[ \t\f]+|[ \t\f]+$/g, "");
      const mark = LINE.exec(trimmed);
      if (mark === null) {
        if (open !== null) body.push(trimmed);
      } else if (mark[1] === "BEGIN") {
        if (open !== null) found.push({ label: open, why: "it has no END line" });
        [open, body] = [mark[2], []];
      } else if (open !== null) {
        found.push(decoded2(open, mark[2], body.join("")));
        open = null;
      }
    }
    if (open !== null) found.push({ label: open, why: "it has no END line" });
    return found;
  }
  function namesStamps(list2) {
    const rest = new Der(list2, "trust settings");
    let found = false;
    while (!rest.isEmpty) {
      const object2 = rest.object();
      found = found || object2 === TIME_STAMPING || object2 === ANY_PURPOSE;
    }
    return found;
  }
  function beforeTrust(bytes2) {
    const whole2 = new Der(bytes2, "a trusted certificate");
    const certificate = whole2.any().raw;
    if (whole2.isEmpty) return certificate;
    const settings = whole2.sequence();
    whole2.end();
    const [trusts, rejects] = [settings.optional(SEQUENCE), settings.optional(constructed(0))].map((list2) => list2 === null ? null : namesStamps(list2));
    return (trusts ?? true) && !(rejects ?? false) ? certificate : null;
  }
  function anchorOf({ label, der, why }) {
    if (why !== void 0) throw new DerError(why);
    if (label !== TRUSTED && !CERTIFICATE.includes(label)) throw new DerError("it is named as something else than a certificate");
    const certificate = label === TRUSTED ? beforeTrust(der) : der;
    if (certificate === null) throw new DerError("OpenSSL’s trust beside it keeps it from timestamps");
    const link = linkOf(certificate);
    if (link.refused !== null) throw new DerError(`certificate '${link.name}': ${link.refused}`);
    return link;
  }
  function readAuthorities(bytes2) {
    const nothing = (why2) => ({ anchors: [], passedOver: [], why: why2 });
    if (bytes2.length === 0 || bytes2.length > AUTHORITIES_BYTES_MAX) return nothing(`it has no bytes, or more than ${AUTHORITIES_BYTES_MAX}`);
    const text3 = letters(bytes2);
    let blocks = [];
    if (text3.includes("-----BEGIN ")) blocks = blocksOf(text3);
    else if (bytes2[0] === SEQUENCE) blocks = [{ label: CERTIFICATE[0], der: bytes2 }];
    if (blocks.length > AUTHORITIES_MAX) return nothing(`it has more than ${AUTHORITIES_MAX} certificates`);
    const [anchors, passedOver] = [[], []];
    blocks.forEach((block, at2) => {
      try {
        const link = anchorOf(block);
        if (!anchors.some((known) => equal(known.der, link.der))) anchors.push(link);
      } catch (error) {
        if (!(error instanceof DerError)) throw error;
        passedOver.push({ place: at2 + 1, why: error.message });
      }
    });
    if (anchors.length > 0) return { anchors, passedOver, why: null };
    const [first] = passedOver;
    const why = first === void 0 ? "there is no certificate in it: X.509 in PEM, with or without text around, or one in DER" : `no certificate in it can be used; the first: block ${first.place} of the file: ${first.why}`;
    return { anchors, passedOver, why };
  }

  // pages/pdf.js
  var PDF_BYTES_MAX = 64 * 1024 * 1024;
  var STREAMS_MAX = 64;
  var DICTIONARY_BYTES_MAX = 4096;
  var isPdf = (bytes2) => String.fromCharCode(...bytes2.subarray(0, 1024)).includes("%PDF-");
  function latin1(bytes2) {
    let text3 = "";
    for (let at2 = 0; at2 < bytes2.length; at2 += 32768) text3 += String.fromCharCode(...bytes2.subarray(at2, at2 + 32768));
    return text3;
  }
  function dictionaryBefore(text3, end) {
    const part = text3.slice(Math.max(0, end - DICTIONARY_BYTES_MAX), end);
    const start2 = part.lastIndexOf(" obj");
    return start2 < 0 ? null : part.slice(start2 + 4);
  }
  function lengthOf2(text3, dictionary) {
    const found = /\/Length\s+(\d{1,10})(?:\s+(\d{1,5})\s+R)?/.exec(dictionary);
    if (found === null) return null;
    if (found[2] === void 0) return Number(found[1]);
    const object2 = new RegExp(`(?:^|[^0-9])${found[1]}\\s+${found[2]}\\s+obj\\s+(\\d{1,10})\\s+endobj`).exec(text3);
    return object2 === null ? null : Number(object2[1]);
  }
  async function inflate(bytes2) {
    const reader2 = new Blob([bytes2]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    const parts = [];
    let size = 0;
    for (; ; ) {
      const { done, value } = await reader2.read();
      if (done) break;
      size += value.length;
      if (size > CERTIFICATE_BYTES_MAX) {
        await reader2.cancel();
        return null;
      }
      parts.push(value);
    }
    const whole2 = new Uint8Array(size);
    let at2 = 0;
    for (const part of parts) {
      whole2.set(part, at2);
      at2 += part.length;
    }
    return whole2;
  }
  function* embedded(bytes2, text3) {
    let count = 0;
    for (const found of text3.matchAll(/stream\r?\n/g)) {
      if (text3.slice(found.index - 3, found.index) === "end") continue;
      const dictionary = dictionaryBefore(text3, found.index);
      if (dictionary === null || !/\/EmbeddedFile\b/.test(dictionary)) continue;
      count += 1;
      if (count > STREAMS_MAX) return;
      const start2 = found.index + found[0].length;
      const stated = lengthOf2(text3, dictionary);
      const ends = stated !== null && /^\s*endstream/.test(text3.slice(start2 + stated, start2 + stated + 16));
      const end = ends ? start2 + stated : text3.indexOf("endstream", start2);
      if (end >= start2) yield { dictionary, raw: bytes2.subarray(start2, end) };
    }
  }
  async function contentOf2({ dictionary, raw: raw2 }) {
    if (!/\/Filter\b/.test(dictionary)) return raw2.length <= CERTIFICATE_BYTES_MAX ? raw2 : null;
    if (!/\/Filter\s*(?:\/FlateDecode|\[\s*\/FlateDecode\s*\])/.test(dictionary) || /\/DecodeParms\b/.test(dictionary)) return null;
    return inflate(raw2).catch(() => null);
  }
  async function certificatesInPdf(bytes2) {
    if (bytes2.length > PDF_BYTES_MAX) return { found: [], whyUnread: null };
    const text3 = latin1(bytes2);
    const found = [];
    let unread = 0;
    let isDamaged = false;
    for (const one of embedded(bytes2, text3)) {
      const content = await contentOf2(one);
      if (content === null) unread += 1;
      else if (isCertificate2(content)) found.push(content);
      else isDamaged || (isDamaged = latin1(content).includes("biaozheng-certificate/"));
    }
    return { found, whyUnread: found.length > 0 ? null : isDamaged ? "damaged_certificate" : whyUnread(text3, unread) };
  }
  function isCertificate2(content) {
    try {
      return certificateOf(content) !== null;
    } catch {
      return false;
    }
  }
  function whyUnread(text3, unread) {
    if (/\/Encrypt\s+\d+\s+\d+\s+R|\/Encrypt\s*<</.test(text3)) return "locked";
    const hasObjects = /\d+\s+\d+\s+obj\b/.test(text3);
    if (hasObjects && !text3.slice(-2048).includes("%%EOF")) return "broken";
    return unread > 0 ? "odd_attachment" : null;
  }

  // pages/qr.js
  var SIDE_MAX = 2e3;
  var loading = null;
  function reader() {
    if (globalThis.jsQR !== void 0) return Promise.resolve(globalThis.jsQR);
    loading ?? (loading = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = "vendor/jsqr/jsQR.js";
      script.addEventListener("load", () => resolve(globalThis.jsQR));
      script.addEventListener("error", () => {
        loading = null;
        reject(new Error("jsQR cannot be loaded"));
      });
      document.head.append(script);
    }));
    return loading;
  }
  async function textIn(source, width, height) {
    var _a3;
    const read = await reader();
    const scale = Math.min(1, SIDE_MAX / Math.max(width, height, 1));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return ((_a3 = read(data, canvas.width, canvas.height)) == null ? void 0 : _a3.data) ?? null;
  }
  async function textInImage(file) {
    const image = await createImageBitmap(file).catch(() => null);
    if (image === null) return { text: null, why: "no_picture" };
    try {
      const text3 = await textIn(image, image.width, image.height);
      return text3 === null || text3 === "" ? { text: null, why: "no_code" } : { text: text3 };
    } finally {
      image.close();
    }
  }
  async function textFromCamera(video, signal) {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    try {
      video.srcObject = stream;
      await video.play();
      while (!signal.aborted) {
        const text3 = video.videoWidth > 0 ? await textIn(video, video.videoWidth, video.videoHeight) : null;
        if (text3 !== null && text3 !== "") return text3;
        await new Promise((resolve) => {
          setTimeout(resolve, 150);
        });
      }
      return null;
    } finally {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    }
  }
  function originOf(address) {
    try {
      return new URL(address).origin;
    } catch {
      return null;
    }
  }
  function meaningOfCode(text3, ownOrigin) {
    if (text3.trimStart().startsWith("{")) return { certificate: text3 };
    const record = /(?:record|id)(?:s\/|=|:)(?:sha256(?::|%3A))?([0-9a-f]{64})/i.exec(text3) ?? /sha256(?::|%3A)([0-9a-f]{64})/i.exec(text3) ?? /^([0-9a-f]{64})$/.exec(text3.trim());
    if (record === null) return null;
    let foreign = null;
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text3)) {
      const origin = originOf(text3) ?? text3.slice(0, 60);
      foreign = origin === ownOrigin ? null : origin;
    }
    const digest4 = /[?&]certificate=([0-9a-f]{64})(?:&|$)/.exec(text3);
    const log = /[?&#]log=([^&#\s]{0,300})/.exec(text3);
    return { record: `sha256:${record[1].toLowerCase()}`, log: log === null ? null : decoded(log[1]) ?? log[1], digest: digest4 === null ? null : `sha256:${digest4[1]}`, foreign };
  }

  // pages/evidence.js
  var IMAGE_BYTES_MAX = 32 * 1024 * 1024;
  async function firstBytes(file, most) {
    return new Uint8Array(await file.slice(0, most).arrayBuffer());
  }
  function kindOfText(text3) {
    const start2 = text3.trimStart();
    if (start2.startsWith("{")) {
      if (/"payloadType"/.test(text3) && !/"genesis_remainder"/.test(text3)) return "envelope";
      if (/biaozheng-certificate|"genesis_remainder"|c2sp\.org\/tlog-proof/.test(text3)) return "certificate";
      return null;
    }
    const policy = /^(log|witness|group|quorum) /m.test(text3) ? policyOfText(text3) : null;
    return policy !== null && needsCosigners(policy) ? "policy" : null;
  }
  async function whomToTrust(file) {
    const bytes2 = await firstBytes(file, DATED_POLICIES_BYTES_MAX);
    const start2 = (utf8Text(bytes2.slice(0, 200).filter((byte) => byte < 128)) ?? "").trimStart();
    const policies = start2.startsWith("{") && start2.includes("biaozheng-policies/") && file.size <= DATED_POLICIES_BYTES_MAX ? policiesOf(bytes2) : null;
    if (policies !== null) return { kind: "policies", policies };
    if (file.size > AUTHORITIES_BYTES_MAX || start2.startsWith("{")) return null;
    const { anchors, passedOver } = readAuthorities(bytes2.length === file.size ? bytes2 : await firstBytes(file, AUTHORITIES_BYTES_MAX));
    return anchors.length === 0 ? null : { kind: "authorities", authorities: anchors, passedOver };
  }
  function whyNoDocument(head2) {
    const start2 = String.fromCharCode(...head2.subarray(0, 80));
    if (/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(start2)) return "private_key";
    return /^-----BEGIN CERTIFICATE/.test(start2) ? "authorities" : null;
  }
  async function sortFile(file) {
    const head2 = await firstBytes(file, CERTIFICATE_BYTES_MAX + 1);
    if (isPdf(head2) && file.size <= PDF_BYTES_MAX) {
      const { found, whyUnread: whyUnread2 } = await certificatesInPdf(await firstBytes(file, PDF_BYTES_MAX));
      if (found.length > 1) return { kind: "several" };
      if (found.length === 1) return { kind: "certificate", bytes: found[0], printed: "pdf" };
      return whyUnread2 === null ? { kind: "document", file } : { kind: "unread", file, why: whyUnread2 };
    }
    if (file.size === 0) return { kind: "unread", file, why: "empty" };
    if (looksLikeTar(head2)) return { kind: "archive" };
    if (looksLikeReceipt(head2)) return { kind: "receipt", bytes: head2 };
    if (/^image\//.test(file.type)) {
      const { text: text4, why: why2 } = file.size <= IMAGE_BYTES_MAX ? await textInImage(file) : { text: null, why: "large_picture" };
      return text4 === null ? { kind: "unread", file, why: why2 } : { kind: "code", text: text4 };
    }
    const trusted = await whomToTrust(file);
    if (trusted !== null) return trusted;
    const text3 = file.size <= CERTIFICATE_BYTES_MAX ? utf8Text(head2) : null;
    const kind2 = text3 === null ? null : kindOfText(text3);
    if (kind2 === "policy") return { kind: kind2, text: text3 };
    if (kind2 !== null) return { kind: kind2, bytes: head2 };
    if (/\.cert\.json$/i.test(file.name)) return { kind: "certificate", bytes: head2 };
    const why = whyNoDocument(head2);
    if (why !== null) return { kind: "unread", file, why };
    return { kind: "document", file };
  }
  async function documentOf(file, progress) {
    return { ...await digestOfBlob(file, progress), name: file.name };
  }
  function isCoded({ record, digest: digest4 }, certificate) {
    if (digest4 !== null) return toDigest(sha2562(certificate)) === digest4;
    try {
      return certificateOf(certificate).record === record;
    } catch {
      return true;
    }
  }

  // pages/known.js
  function reasonText(error) {
    if (error.code === "unreachable") return say("连不上节点", "the node cannot be reached");
    return `${error.status ? `HTTP ${error.status} ` : ""}${plain(error.message, 300)}`;
  }

  // pages/names.js
  var LOOKED_UP_MAX = 100;
  var names = /* @__PURE__ */ new Map();
  var isWhole = false;
  async function lookUpNames(orgs) {
    if (isWhole) return;
    const missing = [...new Set(orgs)].filter((one) => typeof one === "string" && one !== "" && !names.has(one)).slice(0, LOOKED_UP_MAX);
    await Promise.all(missing.map(async (org2) => {
      try {
        names.set(org2, (await get(path("v1", "participants", org2))).name ?? null);
      } catch (error) {
        if (error.status === 404 || error.status === 400) names.set(org2, null);
      }
    }));
  }
  var nameOf3 = (org2) => names.get(org2) ?? null;
  function orgText(org2) {
    const name = nameOf3(org2);
    return name === null || name === org2 ? plain(org2, 100) : `${plain(name, 100)}（${plain(org2, 100)}）`;
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

  // pages/stages.js
  var currencyText = (currency) => ["CNY", null, void 0].includes(currency) ? say("元", "yuan") : String(currency).slice(0, 8);
  var WHOLE = ["JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF", "XPF"];
  function moneyText(minor, currency) {
    if (!Number.isSafeInteger(minor)) return "—";
    const decimals = WHOLE.includes(currency) ? 0 : 2;
    const digits = String(Math.abs(minor)).padStart(decimals + 1, "0");
    const split2 = digits.length - decimals;
    const whole2 = digits.slice(0, split2).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${minor < 0 ? "-" : ""}${whole2}${decimals === 0 ? "" : `.${digits.slice(split2)}`}`;
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
  var bidText = ({ bidder, number: number3 = 1 }) => number3 > 1 ? `${orgText(bidder)} ${say(`第 ${number3} 份`, `no. ${number3}`)}` : orgText(bidder);
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
    const add3 = (depth, name, value, kind2) => {
      if (rows.length >= ROWS_MAX) left += 1;
      else rows.push({ depth, name, value, kind: kind2 });
    };
    const walk2 = (name, value, parent, depth) => {
      const [kind2, zh, en] = fieldOf(name, parent, type);
      const title = say(zh, en);
      if (isScalar(value)) return add3(depth, title, scalarText(value, kind2, currency), kind2);
      if (depth >= DEPTH_MAX) return add3(depth, title, raw(value), kind2);
      if (!Array.isArray(value)) {
        add3(depth, title, null, kind2);
        return entries(value, name, depth + 1);
      }
      if (value.every(isScalar)) {
        const texts = value.map((one, at2) => (kind2 === "ranked" ? `${at2 + 1}. ` : "") + scalarText(one, kind2, currency));
        return add3(depth, title, texts.length === 0 ? say("无", "none") : texts.join(kind2 === "ranked" ? "　" : "、"), kind2);
      }
      value.forEach((one, at2) => {
        add3(depth, `${title} ${at2 + 1}`, isScalar(one) ? scalarText(one, kind2, currency) : null, kind2);
        if (!isScalar(one)) Array.isArray(one) ? one.forEach((inner) => walk2(name, inner, parent, depth + 1)) : entries(one, name, depth + 1);
      });
      return void 0;
    };
    const entries = (object2, parent, depth) => object2.forEach((value, name) => walk2(name, value, parent, depth));
    entries(body, type, 0);
    if (left > 0) rows.push({ depth: 0, name: say("未列出", "Not shown"), value: say(`还有 ${left} 项，见记录原文`, `${left} more; see the record itself`), kind: "text" });
    return rows;
  }
  function orgsIn(type, body) {
    const found = [];
    const walk2 = (value, name, parent, depth) => {
      if (depth > DEPTH_MAX || found.length > ROWS_MAX) return;
      if (Array.isArray(value)) value.forEach((one) => walk2(one, name, parent, depth + 1));
      else if (isBid(value)) found.push(value.get("bidder"));
      else if (value instanceof Map) value.forEach((inner, one) => walk2(inner, one, name, depth + 1));
      else if (typeof value === "string" && fieldOf(name, parent, type)[0] === "org") found.push(value);
    };
    walk2(body, "", "", 0);
    return found;
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

  // pages/judged-view.js
  var orgsOfRecord = (payload) => [payload.author.org, ...payload.cosigners.map((one) => one.org), ...orgsIn(typeName(payload.type), payload.body)];
  function factsOf(result, askNames) {
    const { certificate, record, chain } = result;
    const payload = record == null ? void 0 : record.payload;
    const list2 = (items) => items.length === 0 ? null : element("ul", {}, items.map((one) => element("li", {}, one)));
    return [
      facts([
        [say("记录编号", "Record"), element("span", { class: "mono" }, certificate.record)],
        [say("类型", "Type"), payload === void 0 ? null : typeText(payload.type)],
        [say("作者", "Author"), payload === void 0 ? null : orgText(payload.author.org)],
        [say("共同签署", "Signed too by"), payload === void 0 ? null : list2(payload.cosigners.map((one) => orgText(one.org)))],
        [say("项目", "Project"), (payload == null ? void 0 : payload.project) ?? null],
        [say("区块时间", "Block time"), timeText(certificate.block.time_ms)],
        [say("区块高度", "Height"), String(certificate.block.height)],
        [say("登记的文件", "Documents it names"), payload === void 0 ? null : list2(payload.documents.map((one) => `${plain(one.name)} (${one.size} B)`))],
        [say("链指纹", "Chain fingerprint"), element("strong", { class: "mono" }, fingerprint(chain))]
      ]),
      ...payload === void 0 ? [] : contentOf3(payload, askNames)
    ];
  }
  function contentOf3(payload, askNames) {
    const currency = payload.body.get("currency");
    const orgs = orgsOfRecord(payload);
    return [
      element("h3", {}, say("记录内容", "What the record says")),
      contentView(payload.type, payload.body, typeof currency === "string" ? currency : null),
      orgs.some((one) => nameOf3(one) !== null) ? element("p", { class: "soft" }, say("单位名称取自本站节点的登记，不在证书之内；经核验的是括号里的编号。", "Names of organisations come from the register of this site’s node and are not in the certificate; what was verified is the number in brackets.")) : askNames === null ? null : element("p", {}, element("button", { id: "names", type: "button", onclick: askNames }, say("向本站节点查询单位名称", "Ask this site’s node for the names")))
    ];
  }
  function judgedFacts(result, online2) {
    const { archive, certificate, certificateFrom, documents, policy, policies } = brought;
    if (archive === null && certificate === null) return null;
    const anchorTyped = byId("anchor").value.trim();
    const trust = policy === null ? null : trustOfPolicy(policy);
    const site = brought.policyFrom === "site" ? say("本站策略", "this site’s policy") : say("您给的策略文件", "your policy file");
    const anchor = anchorTyped !== "" ? `${say("您输入的", "typed in")} ${plain(anchorTyped, 80)}` : trust !== null ? `${site} ${fingerprint(trust.origin.chain)}` : policies !== null ? say("您给的带期限的策略", "your dated policies") : say("无", "none");
    return [
      element("h2", {}, say("核验说明", "What was judged, and when")),
      facts([
        [say("核验对象", "Judged"), archive !== null ? `${say("档案", "archive")} ${plain(archive.name, 120)}（${archive.size} ${say("个文件", "files")}）` : `${say("证书", "certificate")} ${certificateFrom === null ? say("（由节点给出）", "(given by the node)") : plain(certificateFrom, 120)}`],
        [say("记录编号", "Record"), result.certificate ? element("span", { class: "mono" }, result.certificate.record) : null],
        [say("证书文件的 SHA-256", "SHA-256 of the certificate file"), archive !== null ? null : element("span", { class: "mono" }, toDigest(sha2562(certificate)))],
        [say("核对的文件", "Documents compared"), documents.length === 0 ? null : element("ul", {}, documents.map((one) => element("li", {}, `${plain(one.name, 120)} · ${one.size} B · `, element("span", { class: "mono" }, one.digest))))],
        [say("信任锚", "Trust anchor"), anchor],
        [say("核验时间", "Judged at"), clockText(result.at)],
        [say("核验页面", "Page"), online2 ? plain(location.origin, 100) : say("离线核验页（单个文件）", "offline page (one file)")]
      ])
    ];
  }

  // pages/taking.js
  var RECEIPTS_MAX = 16;
  var FILES_AT_ONCE_MAX = 64;
  var WHY = {
    no_code: ["图片里没有找到二维码（请对准、放大或换一张更清楚的）", "no QR code was found in this picture (a sharper or closer one may help)"],
    no_picture: ["本浏览器打不开这张图片，没有从中取得二维码（请转为 PNG 或 JPEG）", "this browser cannot open the picture, so no code was read (convert it to PNG or JPEG)"],
    large_picture: ["图片超过 32 MiB，没有读取", "the picture has more than 32 MiB and was not read"],
    empty: ["文件是空的（0 字节）", "the file is empty (0 bytes)"],
    locked: ["PDF 已加密，读不到其中所附的证书", "the PDF is encrypted, so a certificate attached to it cannot be read"],
    broken: ["PDF 不完整或已损坏，读不到其中所附的证书", "the PDF is cut off or damaged, so a certificate attached to it cannot be read"],
    odd_attachment: ["PDF 的附件读不出来（损坏、过大或压缩方式不支持）", "what is attached to the PDF cannot be read (damaged, too large, or packed in another way)"],
    damaged_certificate: ["PDF 所附的证书已损坏", "the certificate attached to the PDF is damaged"],
    private_key: ["这是私钥文件，本页不需要；请妥善保管，不要交给任何人", "this is a private key, which this page does not need; keep it to yourself"],
    authorities: ["这份 PEM 证书读不出来，没有采用", "this PEM certificate cannot be read and is not used"],
    envelope: ["这份记录信封读不出来", "this record envelope cannot be read"],
    failed: ["读取失败", "it could not be read"]
  };
  var whyText = (one) => one.why === "failed" ? `${say(...WHY.failed)}：${plain(one.detail, 200)}` : say(...WHY[one.why]);
  async function hashed(file) {
    const found = await documentOf(file, (bytes2) => {
      byId("progress").textContent = `${say("正在计算摘要", "hashing")} ${Math.floor(100 * bytes2 / file.size)}%`;
    });
    byId("progress").textContent = "";
    return found;
  }
  var setAside = async (file, why, detail) => ({ name: file.name, why, detail, ...await hashed(file).catch(() => ({})) });
  var isRecord = (bytes2) => {
    try {
      return recordOfJson(bytes2) !== null;
    } catch {
      return false;
    }
  };
  function takeArchive(name, source) {
    Object.assign(brought, { archive: { name, source, size: source.files.size }, certificate: null, certificateFrom: null, printed: null, envelope: null, documents: [], unread: [] });
  }
  async function takeOne(file) {
    const found = await sortFile(file);
    switch (found.kind) {
      case "certificate":
        Object.assign(brought, { certificate: found.bytes, certificateFrom: file.name, printed: found.printed ?? null, archive: null });
        break;
      case "envelope":
        if (!isRecord(found.bytes)) return { kind: "unread", aside: await setAside(file, "envelope") };
        brought.envelope = found.bytes;
        break;
      case "policy":
        Object.assign(brought, { policy: policyOfText(found.text), policyFrom: "visitor", policies: null });
        break;
      case "policies":
        Object.assign(brought, { policy: null, policyFrom: null, policies: found.policies });
        break;
      case "authorities":
        Object.assign(brought, { authorities: found.authorities, passedOver: found.passedOver });
        break;
      case "archive":
        takeArchive(file.name, await tarSource(file));
        break;
      case "receipt":
        brought.receipts = [...brought.receipts, found.bytes].slice(-RECEIPTS_MAX);
        break;
      case "unread":
        return { kind: "unread", aside: await setAside(file, found.why) };
      case "document":
        return { kind: "document", document: await hashed(file) };
      default:
        break;
    }
    return found;
  }
  async function takeFolder(folder) {
    if (folder === null || folder.length === 0) return;
    if (!looksLikeBag(folder)) throw new Error(say("这个文件夹不是项目档案；请选档案自己的文件夹。", "this folder is no archive; choose the archive’s own folder."));
    takeArchive(say("文件夹", "folder"), folderSource(folder));
  }
  var SINGLE = {
    certificate: ["证书", "certificates"],
    envelope: ["记录信封", "record envelopes"],
    archive: ["档案", "archives"],
    code: ["二维码", "QR codes"],
    policy: ["策略文件", "policy files"]
  };
  function saidTwice(taken) {
    return Object.keys(SINGLE).flatMap((kind2) => {
      const names2 = taken.filter((one) => one.kind === kind2).map((one) => one.name);
      if (names2.length < 2) return [];
      const last = plain(names2[names2.length - 1], 80);
      return [say(`您一次放入了 ${names2.length} 份${SINGLE[kind2][0]}；这里只用最后一份：${last}。其余请逐份放入。`, `You gave ${names2.length} ${SINGLE[kind2][1]} at once; only the last is used here: ${last}. Give the others one by one.`)];
    });
  }
  async function takeAll(files, folder) {
    const taken = [];
    const warnings = [];
    for (const file of files.slice(0, FILES_AT_ONCE_MAX)) {
      try {
        const found = await takeOne(file);
        const { kind: kind2 } = found;
        taken.push({ ...found, name: file.name });
        if (kind2 === "several") warnings.push(say(`${plain(file.name, 80)}：这份 PDF 里有不止一份证书，无法判断用哪一份。`, `${plain(file.name, 80)}: this PDF has more than one certificate attached.`));
      } catch (error) {
        taken.push({ kind: "unread", aside: await setAside(file, "failed", error.message), name: file.name });
      }
    }
    if (files.length > FILES_AT_ONCE_MAX) warnings.push(say(`一次最多 ${FILES_AT_ONCE_MAX} 个文件，其余没有读取；整个档案请选文件夹。`, `At most ${FILES_AT_ONCE_MAX} files at once, the rest was not read; choose the folder for a whole archive.`));
    await takeFolder(folder);
    const documents = taken.filter((one) => one.kind === "document").map((one) => one.document);
    if (documents.length > 0 && brought.archive === null) brought.documents = documents;
    brought.unread = taken.filter((one) => one.kind === "unread").map((one) => one.aside);
    const codes = taken.filter((one) => one.kind === "code");
    return { code: codes.length === 0 ? null : codes[codes.length - 1].text, warnings: [...warnings, ...saidTwice(taken)] };
  }
  function compareAnyway(one) {
    brought.unread = brought.unread.filter((other) => other !== one);
    brought.documents.push(one);
  }

  // pages/verdicts.js
  var VERDICTS = {
    valid: ["good", "✓", "验证通过", "VALID"],
    content_differs: ["bad", "✗", "内容不一致", "CONTENT DIFFERS"],
    invalid: ["bad", "✗", "验证不通过", "INVALID"],
    not_found: ["wait", "?", "未找到", "NOT FOUND"],
    pending: ["wait", "…", "上链中", "PENDING"],
    not_anchored: ["wait", "?", "无法判定（缺少信任锚）", "UNDECIDED (no trust anchor)"],
    not_sealed: ["wait", "?", "无法判定（档案尚未封存）", "UNDECIDED (not sealed)"],
    unusable: ["wait", "?", "无法判定（输入无法使用）", "UNDECIDED (unusable input)"],
    working: ["wait", "…", "正在核验", "WORKING"]
  };
  function verdictWords(verdict) {
    const [kind2, sign, zh, en] = VERDICTS[verdict];
    return { kind: kind2, text: `${sign} ${say(zh, en)}` };
  }
  var MEANINGS2 = {
    valid: ["这条记录已入链且未被改动。这不说明其内容是否属实。", "The record stands in the ledger, unchanged. Whether what it says is true is another question."],
    content_differs: ["您给的文件（或记录信封）不是证书所说的那一份。", "The document (or envelope) you gave is not the one the certificate speaks of."],
    invalid: ["证据不成立，请勿采信。未通过的步骤见下。", "The evidence does not hold. Do not rely on it. The step that failed is named below."],
    not_found: ["本节点的账本中没有这个编号的记录。", "This node’s ledger has no record with this number."],
    pending: ["节点已收到，还没有进入经共同签名的检查点；稍后再查。", "The node has it, but no cosigned checkpoint covers it yet; ask again soon."],
    not_anchored: [
      "各步自洽，但只用了证书自带的策略，任何人都能自造这样一条链。请给出信任锚（策略文件、链编号或印刷的链指纹）。",
      "The steps agree with one another, but only the certificate’s own policy was used, and anybody can make up such a chain. Give a trust anchor: a policy file, the chain id, or the fingerprint in print."
    ],
    unusable: ["没有作出判断：", "Nothing was judged: "],
    working: ["请稍候。", "Please wait."]
  };
  var PRINTED = {
    pdf: [
      "注意：您给的是 PDF。核验的只是其中所附的证书；PDF 页面上印的文字没有核对，任何人都能改动它。以下面列出的内容为准。",
      "Mind: you gave a PDF. Only the certificate attached to it was verified; the text printed on its page was not checked, and anybody can change it. What is listed below counts."
    ],
    code: [
      "注意：二维码只指出是哪条记录；纸面或图片上印的文字没有核对，任何人都能改动它。以下面列出的内容为准。",
      "Mind: the code only says which record it is; the text printed around it was not checked, and anybody can change it. What is listed below counts."
    ]
  };
  var printedWords = (printed) => printed === null ? "" : say(...PRINTED[printed]);
  var meaningOf = (verdict) => say(...MEANINGS2[verdict]);
  var TITLES2 = {
    record: ["记录与编号", "Record and its number"],
    chain: ["所属的链", "Chain it belongs to"],
    signatures: ["作者签名", "Signatures of its authors"],
    checkpoint: ["各中心共同签名", "Signatures of the centres"],
    inclusion: ["在账本中的位置", "Place in the ledger"],
    time: ["时间", "Time"],
    timestamp: ["时间戳", "Timestamp"],
    parent: ["上级链的证书", "The parent chain’s certificate"],
    anchored: ["上级链登记的检查点", "Checkpoint the parent holds"],
    consistency: ["账本只增不改", "The ledger only grew"],
    anchor: ["信任锚", "Trust anchor"],
    document: ["文件核对", "Your document"],
    receipt: ["COSE 回执", "COSE receipt"]
  };
  var PASSED = {
    record: ["记录内容与编号相符。", "The record’s content matches its number."],
    chain: ["签名规则与创世文件算出的就是这条链的编号。", "The signing rules and the genesis give exactly this chain’s id."],
    signatures: ["署名各方都签了这份内容：", "Everyone it names signed this very content: "],
    checkpoint: ["签名的中心已达法定数：", "The quorum of centres signed: "],
    inclusion: ["记录就在各中心签名确认的账本里，高度与时间都被证明。", "The record is in the ledger the centres signed; its height and time are proven."],
    time: ["签名时间不早于区块时间。", "The centres signed no earlier than the block’s time."],
    timestamp: ["联盟之外、您信任的时间戳机构证明当时已有此账本：", "An authority outside the consortium, which you trust, saw this ledger at that time: "],
    parent: ["上级链收录了这条链的检查点：", "The parent chain holds this chain’s checkpoint: "],
    anchored: ["上级链登记的检查点由本链法定数签名。", "The checkpoint it holds is signed by this chain’s own quorum."],
    consistency: ["上级链登记的账本以本证书的账本开头。", "The ledger it holds begins with the certificate’s."],
    anchor: ["与您另行取得的信任锚一致。", "It agrees with the trust anchor you brought."],
    document: ["您的文件就是记录登记的那一份：", "Your file is the one the record names: "],
    receipt: ["单个签名方证明记录在账本里（不代替法定数）：", "One signer says that the record is in the ledger, which is no quorum: "]
  };
  var FAILED = {
    record: ["记录内容与编号不符，或格式被改动。", "The record’s content does not match its number, or its form was changed."],
    chain: ["签名规则不是这条链自己的。", "The signing rules are not this chain’s own."],
    signatures: ["有署名方的签名对不上这份内容。", "A signature does not belong to this content."],
    checkpoint: ["各中心的签名不足或有误。", "The centres’ signatures are too few or wrong."],
    inclusion: ["这个高度、时间、位置的记录不在签名确认的账本里。", "A record of this height, time and place is not in the signed ledger."],
    time: ["有中心在区块之前就签了名。", "A centre signed before the block’s time."],
    timestamp: ["时间戳不成立。", "A timestamp does not hold."],
    parent: ["上级链的证书不成立。", "The parent chain’s certificate does not hold."],
    anchored: ["上级链登记的不是这条链的检查点。", "What the parent holds is no checkpoint of this chain."],
    consistency: ["上级链登记的账本与本证书的账本对不上。", "The ledger the parent holds does not begin with the certificate’s."],
    anchor: ["与您的信任锚不符：这可能是另一条链。", "It disagrees with your trust anchor: this may be another chain."],
    document: ["您的文件不是记录登记的文件：", "Your file is not one the record names: "],
    receipt: ["回执不是这条记录的，或被改动。", "The receipt is not this record’s, or was changed."]
  };
  var SKIPPED = {
    record: ["记录正文未公开，证书只证明其编号。", "The body is not public; the certificate speaks of its number only."],
    signatures: ["正文未公开，签名不在证书里。", "The body is not public, so its signatures are not here."],
    anchor: ["没有给出信任锚。", "No trust anchor was given."],
    document: ["没有给出要核对的文件。", "No document was given."]
  };
  var UNKNOWN2 = {
    timestamp: ["时间戳本身成立，但出具机构不在您信任之列：", "The timestamp holds by itself; its authority is none you trust: "]
  };
  var SIGNS = { passed: ["✓", "成立", "holds"], failed: ["✗", "不成立", "fails"], skipped: ["–", "未核对", "not checked"], unknown: ["?", "不作数", "does not count"] };
  function stepWords({ step, outcome, names: names2 = [], known }) {
    const [sign, zh, en] = SIGNS[outcome];
    const sentence = say(...{ passed: PASSED, failed: FAILED, skipped: SKIPPED, unknown: UNKNOWN2 }[outcome][step]);
    const count = known === void 0 ? "" : `${names2.length}/${known} `;
    return { title: say(...TITLES2[step]), sign: `${sign} ${say(zh, en)}`, sentence: (["passed", "unknown"].includes(outcome) || step === "document") && names2.length > 0 ? `${sentence}${count}${names2.join("、")}` : sentence };
  }

  // pages/verify-page.js
  var PENDING_TRIES_MAX = 20;
  var PASSED_OVER_SHOWN = 5;
  var JUDGED = ["valid", "not_anchored", "invalid", "content_differs"];
  var online = /^https?:$/.test(location.protocol) && document.documentElement.dataset.offline === void 0;
  var shown = { verdict: null };
  var round = 0;
  var isAnchorAsked = false;
  async function run() {
    const mine = round += 1;
    const typed2 = typedAnchor(byId("anchor").value);
    if (typed2 == null ? void 0 : typed2.wrong) return set({ verdict: "unusable", reason: () => say("信任锚应为 sha256: 加 64 位，或 20 位链指纹。", "an anchor is sha256: and 64 digits, or a fingerprint of 20 digits.") });
    if (brought.archive !== null) return runArchive(mine, typed2);
    if (brought.certificate === null) {
      if (brought.receipts.length > 0) set({ verdict: "unusable", reason: () => say("还需要回执所指记录的证书。", "the certificate of the receipt’s record is still missing.") });
      if (brought.unread.length > 0) set({ verdict: "unusable", reason: () => brought.unread.map((one) => `${plain(one.name, 80)}：${whyText(one)}`).join("；") });
      if (brought.documents.length > 0) set({ verdict: "unusable", reason: () => say("还需要这份文件的证书。", "the certificate of this document is still missing.") });
      if (brought.code !== null && !online) set({ verdict: "unusable", reason: () => say("二维码只有编号；离线页面还需要证书文件。", "the code holds a number only; this offline page needs the certificate file too.") });
      return void 0;
    }
    if (brought.code !== null && !isCoded(brought.code, brought.certificate)) {
      return set({ verdict: "content_differs", reason: () => say("二维码指的是另一份证书。", " The code names another certificate.") });
    }
    set({ verdict: "working" });
    const result = await withReceipts(await judgeBrought(typed2));
    return mine === round ? set({ ...result, reason: result.reason === void 0 ? void 0 : () => result.reason }) : void 0;
  }
  async function runArchive(mine, typed2) {
    set({ verdict: "working" });
    try {
      const judged = await judgeBroughtArchive(typed2, (done, total) => {
        byId("progress").textContent = done >= total ? "" : `${say("正在核对档案", "checking the archive")} ${Math.floor(100 * done / total)}%`;
      });
      return mine === round ? set({ ...judged, archive: true }) : void 0;
    } catch (error) {
      return mine === round ? set({ verdict: "unusable", reason: () => error.message }) : void 0;
    }
  }
  function set(result) {
    shown = { ...result, at: Date.now() };
    render();
    if (online && brought.certificateFrom === null && shown.record && proven(shown)) learnNames(shown);
  }
  function proven({ verdict, failedStep }) {
    return ["valid", "not_anchored"].includes(verdict) || verdict === "content_differs" && failedStep === "document";
  }
  async function learnNames(result) {
    await lookUpNames(orgsOfRecord(result.record.payload));
    if (shown.record === result.record) render();
  }
  var wordsOf = (step) => {
    var _a3;
    return shown.archive ? archiveStepWords(step) : stepWords({ ...step, names: (_a3 = step.names) == null ? void 0 : _a3.map((name) => plain(name, 80)) });
  };
  function stepItem(step) {
    const words2 = wordsOf(step);
    return element(
      "li",
      { class: step.outcome, "data-step": step.step },
      element("span", { class: "sign" }, words2.sign),
      element("strong", {}, `${words2.title}：`),
      words2.sentence,
      step.detail === void 0 ? null : element("details", {}, element("summary", {}, say("技术细节", "Technical detail")), element("p", { class: "mono soft" }, plain(step.detail, 800)))
    );
  }
  function render() {
    renderAnchor();
    renderGiven();
    const { verdict } = shown;
    byId("result").hidden = verdict === null;
    if (verdict === null) return;
    const words2 = verdictWords(verdict);
    byId("verdict").className = `verdict ${words2.kind}`;
    byId("verdict").dataset.verdict = verdict;
    byId("verdict").textContent = words2.text;
    const title = (shown.failedStep ?? null) === null ? null : wordsOf({ step: shown.failedStep, outcome: "failed" }).title;
    const failed = title === null ? "" : say(` 未通过：${title}。`, ` Failed: ${title}.`);
    const meaning = shown.archive ? archiveMeaning(verdict) : meaningOf(verdict);
    byId("meaning").textContent = `${meaning}${failed}${shown.reason === void 0 ? "" : plain(shown.reason(), 400)}`;
    const unread = shown.archive || !JUDGED.includes(verdict) ? "" : printedWords(brought.printed);
    byId("printed").hidden = unread === "";
    byId("printed").textContent = unread;
    show(byId("steps"), (shown.steps ?? []).map(stepItem));
    show(byId("facts"), shown.archive ? archiveFacts(shown) : shown.certificate && proven(shown) ? factsOf(shown, online ? () => learnNames(shown) : null) : null);
    byId("details").hidden = (shown.steps ?? []).length === 0;
    show(byId("judged"), shown.archive || JUDGED.includes(verdict) ? judgedFacts(shown, online) : null);
  }
  function renderAnchor() {
    const { policy, policyFrom, policies, authorities } = brought;
    const trust = policy === null ? null : trustOfPolicy(policy);
    const from = policyFrom === "site" ? say("信任锚来自本站。请把链指纹与印刷件或另一个节点核对一次：", "The trust anchor comes from this site. Compare its chain fingerprint once with print or another node: ") : say("信任锚是您给的策略文件，链指纹：", "The trust anchor is your policy file; chain fingerprint: ");
    const dated = policies === null ? null : say(`信任锚是您给的带期限的策略文件（${policies.length} 条）。`, `The trust anchor is your file of ${policies.length} dated policies.`);
    const own = policy === null ? dated ?? noAnchorYet() : [from, element("strong", { class: "mono" }, trust === null ? say("（不是标准策略）", "(not a plain policy)") : fingerprint(trust.origin.chain))];
    const stamps = authorities.length === 0 ? [] : [" ", say("您信任的时间戳机构：", "Timestamp authorities you trust: "), authorities.map((one) => plain(one.name, 80)).join("、")];
    const unused = (brought.passedOver ?? []).map(({ place: place2, why }) => say(`；文件中第 ${place2} 块未采用：${plain(why, 200)}`, `; block ${place2} of that file is not used: ${plain(why, 200)}`)).slice(0, PASSED_OVER_SHOWN);
    show(byId("anchor-now"), own, stamps, unused);
  }
  function noAnchorYet() {
    if (online && !isAnchorAsked) return say("正在读取本站的信任锚…", "Reading the trust anchor of this site…");
    if (brought.siteProblem === null) return say("还没有信任锚。", "No trust anchor yet.");
    return [
      `${say("本站的信任锚读取失败", "The trust anchor of this site could not be read")}：${reasonText(brought.siteProblem)} `,
      element("button", { type: "button", onclick: askAnchorAgain }, say("重试", "Try again"))
    ];
  }
  function renderGiven() {
    const { archive, certificate, envelope, documents } = brought;
    const items = [
      archive === null ? null : `${say("档案", "archive")}：${plain(archive.name)} · ${archive.size} ${say("个文件", "files")}`,
      certificate === null ? null : say("证书已就绪", "certificate ready"),
      envelope === null ? null : say("记录信封已就绪", "record envelope ready"),
      brought.receipts.length === 0 ? null : say(`COSE 回执 ${brought.receipts.length} 份`, `COSE receipts: ${brought.receipts.length}`),
      ...documents.map((one) => `${say("待核对文件", "document")}：${plain(one.name)} · ${one.size} B · ${one.digest}`)
    ].filter((one) => one !== null);
    show(byId("given"), items.map((one) => element("li", { class: "mono" }, one)), brought.unread.map(unreadItem));
  }
  function unreadItem(one) {
    const compare = () => {
      compareAnyway(one);
      run();
    };
    return element(
      "li",
      { class: "warning", "data-unread": one.why },
      `${plain(one.name, 120)}：${whyText(one)}${say("。它没有参与核验，证书的结论不受影响。", ". It took no part; the verdict of the certificate stays.")} `,
      one.digest === void 0 || one.why === "private_key" || one.why === "empty" ? null : element("button", { type: "button", onclick: compare }, say("它就是要核对的文件", "It is the document to compare"))
    );
  }
  function warn(lines) {
    byId("warning").hidden = lines.length === 0;
    byId("warning").textContent = lines.join("\n");
  }
  async function takeFiles(files, folder = null) {
    warn([]);
    try {
      const { code, warnings } = await takeAll(files, await folder);
      warn(warnings);
      await (code === null ? run() : takeCode(code, "code", warnings));
    } catch (error) {
      set({ verdict: "unusable", reason: () => error.message });
    }
  }
  async function takeCode(text3, printed = "code", warnings = []) {
    var _a3;
    const found = meaningOfCode(text3, location.origin);
    if (found === null) {
      await run();
      return warn([...warnings, say("二维码里没有记录编号或证书，没有拿它与证书核对。", "The code holds neither a record number nor a certificate; nothing was held against it.")]);
    }
    if (found.certificate !== void 0) {
      Object.assign(brought, { certificate: utf8(found.certificate), certificateFrom: say("二维码", "QR code"), printed: "code" });
      return run();
    }
    warnOfCode(found, warnings);
    byId("number").value = found.record;
    brought.code = { record: found.record, digest: found.digest };
    (_a3 = brought).printed ?? (_a3.printed = printed);
    const atHand = brought.certificate !== null && isCoded(brought.code, brought.certificate);
    await (atHand || !online ? run() : lookUp(found.record));
    return warnOfCode(found, warnings);
  }
  function warnOfCode({ foreign, log }, warnings) {
    const said = [...warnings];
    if (foreign) said.push(say(`注意：二维码指向外部网站 ${plain(foreign, 80)}，本页不会打开它，只取其中的编号。`, `Careful: the code points to another site, ${plain(foreign, 80)}. This page does not open it and takes only the number.`));
    const typed2 = typedAnchor(byId("anchor").value);
    const elsewhere = log === null ? null : foreignLog(log, (typed2 == null ? void 0 : typed2.wrong) ? null : typed2);
    const certified = brought.certificate === null ? null : logOfCertificate(brought.certificate);
    const name = (elsewhere == null ? void 0 : elsewhere.chain) ? fingerprint(elsewhere.chain) : plain(log, 100);
    if (elsewhere !== null && !(shown.verdict === "valid" && certified === log)) {
      said.push(say(`注意：二维码写的是另一条链（${name}），不是您信任的链。在这里查不到它的记录，不说明它不存在；请核对纸面上的链指纹。`, `Careful: the code names another chain (${name}) than the one you trust. That nothing is found here says nothing about it; compare the fingerprint in print.`));
    } else if (log !== null && certified !== null && certified !== log) {
      said.push(say("注意：二维码写的链与证书所属的链不同。", "Careful: the code names another chain than the certificate is of."));
    }
    warn(said);
  }
  async function lookUp(text3, tries = 0) {
    const id = text3.trim().toLowerCase();
    const record = id.startsWith("sha256:") ? id : `sha256:${id}`;
    if (digestText(record) === null) return set({ verdict: "unusable", reason: () => say("编号是 sha256: 加 64 位十六进制。", "a number is sha256: and 64 hexadecimal digits.") });
    if (!online) return set({ verdict: "unusable", reason: () => say("离线页面不联网，不能按编号查；请给出证书文件。", "this offline page asks no network; give the certificate file.") });
    const mine = round += 1;
    set({ verdict: "working" });
    try {
      const text4 = await getText(path("v1", "records", record, "certificate"));
      if (mine !== round) return void 0;
      Object.assign(brought, { archive: null, code: null, certificate: utf8(text4), certificateFrom: null });
      return await run();
    } catch (error) {
      return mine === round ? notThere(error, text3, tries, mine) : void 0;
    }
  }
  function notThere(error, text3, tries, mine) {
    Object.assign(brought, { certificate: null, certificateFrom: null });
    if (error.status === 409) {
      set({ verdict: "pending" });
      if (tries < PENDING_TRIES_MAX) setTimeout(() => mine === round && lookUp(text3, tries + 1), 2e3);
    } else if (error.status === 410) {
      set({ verdict: "not_found", reason: () => say(`节点收到后拒绝了它：${error.message}`, ` The node refused it after receiving it: ${error.message}`) });
    } else if (error.status === 404) {
      set({ verdict: "not_found" });
    } else {
      set({ verdict: "unusable", reason: () => say(`节点没有回答：${reasonText(error)}`, `the node did not answer: ${reasonText(error)}`) });
    }
  }
  async function siteAnchor() {
    if (!online) return;
    try {
      const policy = policyOfText(await getText(path("v1", "policy")));
      if (policy !== null && needsCosigners(policy) && brought.policy === null) [brought.policy, brought.policyFrom] = [policy, "site"];
      brought.siteProblem = null;
    } catch (error) {
      brought.siteProblem = error;
    }
    isAnchorAsked = true;
    render();
  }
  async function askAnchorAgain() {
    await siteAnchor();
    if (brought.policyFrom === "site" && shown.verdict !== null) await run();
  }
  var camera = null;
  async function scan() {
    if (camera !== null) return camera.abort();
    camera = new AbortController();
    byId("camera").hidden = false;
    try {
      const text3 = await textFromCamera(byId("camera"), camera.signal);
      if (text3 !== null) await takeCode(text3);
    } catch {
      warn([say("摄像头不可用；请拍照后把图片放进来。", "There is no camera here; take a picture and drop it.")]);
    } finally {
      byId("camera").hidden = true;
      camera = null;
    }
    return void 0;
  }
  function listen() {
    const drop = byId("drop");
    byId("files").addEventListener("change", (event) => takeFiles([...event.target.files]));
    for (const name of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", name === "dragover");
        if (name !== "drop") return;
        const { files, folder } = dropped(event.dataTransfer);
        takeFiles(files, folder);
      });
    }
    byId("folder").addEventListener("change", (event) => takeFiles([], chosen(event.target.files)));
    byId("scan").addEventListener("click", scan);
    byId("number-form").addEventListener("submit", (event) => {
      event.preventDefault();
      warn([]);
      brought.printed = null;
      lookUp(byId("number").value);
    });
    byId("anchor").addEventListener("change", run);
    byId("anchor-form").addEventListener("submit", (event) => {
      event.preventDefault();
      run();
    });
    byId("print").addEventListener("click", () => window.print());
    byId("again").addEventListener("click", () => {
      forget();
      byId("files").value = "";
      byId("folder").value = "";
      round += 1;
      warn([]);
      set({ verdict: null });
      byId("files").focus();
    });
  }
  async function start() {
    startLanguage();
    speak(render);
    listen();
    byId("number-form").hidden = !online;
    await siteAnchor();
    reader().catch(() => {
    });
    const named3 = /^#(?:record|id)=(.+)$/.exec(location.hash);
    const code = named3 === null || !online ? null : decoded(named3[0].slice(1));
    if (code !== null) await takeCode(code, null);
  }
  start();
  document.documentElement.dataset.started = "";
})();
