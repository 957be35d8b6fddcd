// SM3 (GB/T 32905-2016), for an archive's second manifest. The chain itself knows SHA-256 only.
const START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
const BLOCK_BYTES = 64;

const turn = (x, n) => (x << n) | (x >>> (32 - n));
/** T of each round, turned already. */
const CONSTANTS = Int32Array.from({ length: 64 }, (_, j) => turn(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32));

/** Hashes bytes that come in pieces: `update` any number of times, `digest` once. */
export class Sm3 {
  constructor() {
    this.state = Int32Array.from(START);
    this.block = new Uint8Array(BLOCK_BYTES);
    this.words = new Int32Array(68);
    this.held = 0;
    this.size = 0;
  }

  update(bytes) {
    this.size += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      const take = Math.min(BLOCK_BYTES - this.held, bytes.length - at);
      this.block.set(bytes.subarray(at, at + take), this.held);
      this.held += take;
      at += take;
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
    tail[0] = 0x80;
    new DataView(tail.buffer).setBigUint64(tail.length - 8, bits);
    this.update(tail);
    const out = new Uint8Array(32);
    const view = new DataView(out.buffer);
    this.state.forEach((word, at) => view.setInt32(4 * at, word));
    return out;
  }

  expand() {
    const { block, words: w } = this;
    for (let j = 0; j < 16; j += 1) w[j] = (block[4 * j] << 24) | (block[4 * j + 1] << 16) | (block[4 * j + 2] << 8) | block[4 * j + 3];
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
      const one = turn((twelve + e + CONSTANTS[j]) | 0, 7);
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = (ff + d + (one ^ twelve) + (w[j] ^ w[j + 4])) | 0;
      const tt2 = (gg + h + one + w[j]) | 0;
      d = c;
      c = turn(b, 9);
      b = a;
      a = tt1;
      h = g;
      g = turn(f, 19);
      f = e;
      e = tt2 ^ turn(tt2, 9) ^ turn(tt2, 17);
    }
    state[0] ^= a; state[1] ^= b; state[2] ^= c; state[3] ^= d;
    state[4] ^= e; state[5] ^= f; state[6] ^= g; state[7] ^= h;
  }
}

export const sm3 = (bytes) => new Sm3().update(bytes).digest();
