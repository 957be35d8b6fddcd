// What the pages use and Chromium 80 lacks, each as its standard says and only where it is missing. Bundled before everything
// else; the floor of browsers stands in docs/web.md, and a test runs real builds of it.
const add = (owner, name, value) => {
  if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
};

/** Chromium 92. */
function at(index) {
  const whole = Math.trunc(index) || 0;
  return this[whole < 0 ? this.length + whole : whole];
}
for (const owner of [Array.prototype, String.prototype, Object.getPrototypeOf(Uint8Array.prototype)]) add(owner, 'at', at);

/** Chromium 93. */
add(Object, 'hasOwn', (object, name) => Object.prototype.hasOwnProperty.call(Object(object), name));

/** Chromium 85. A text is replaced everywhere; a pattern must be global, as the standard asks. */
add(String.prototype, 'replaceAll', function replaceAll(from, to) {
  if (from instanceof RegExp) {
    if (!from.flags.includes('g')) throw new TypeError('replaceAll needs a global pattern');
    return this.replace(from, to);
  }
  const literal = String(from).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return this.replace(new RegExp(literal, 'g'), typeof to === 'function' ? to : () => String(to));
});

/** Chromium 86. */
if (typeof Element === 'function') {
  add(Element.prototype, 'replaceChildren', function replaceChildren(...nodes) {
    while (this.lastChild !== null) this.removeChild(this.lastChild);
    this.append(...nodes);
  });
}
