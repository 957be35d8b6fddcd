// A seeded generator (xoshiro128**), so that a disagreement can be made again from its seed.
export class Random {
  constructor(seed) {
    this.state = new Uint32Array(4);
    for (let at = 0, mixed = seed >>> 0; at < 4; at += 1) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
      this.state[at] = word ^ (word >>> 16);
    }
  }

  word() {
    const s = this.state;
    const rotated = (value, by) => (value << by) | (value >>> (32 - by));
    const out = Math.imul(rotated(Math.imul(s[1], 5), 7), 9) >>> 0;
    const kept = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= kept;
    s[3] = rotated(s[3], 11);
    return out;
  }

  below = (count) => this.word() % count;

  chance = (percent) => this.below(100) < percent;

  pick = (list) => list[this.below(list.length)];
}
