// From the signer's certificate to a trust anchor (RFC 5280 §6.1): which of the given names and keys vouches for it.
// Invariants: an anchor is a name and a key (§6.1.1 d). Every way through the token's certificates counts, whatever their
// order; how many signatures that takes is known and bounded before one is checked. A certificate on the way whose issuer
// is in the token, and did not sign it, refuses the token, whoever is trusted. One that no name leads to does too.
import { isValidAt, whyNotSignedBy } from './authority-certificate.js';
import { isSameName } from './authority-name.js';
import { equal } from './bytes.js';
import { DerError } from './der.js';
import { PATH_CERTIFICATES_MAX, PATH_SIGNATURES_MAX } from './limits.js';

/** Every pair of names on the way up: `{child, issuer, place, anchor}`; `place` is null for an anchor, `anchor` for the others. */
function pairsOf(links, signer, anchors) {
  const [named, pairs] = [[signer], []];
  for (let next = 0; next < named.length; next += 1) {
    const child = named[next];
    const wanted = links[child].issuer;
    links.forEach((issuer, place) => {
      // A self-issued certificate has to be signed by somebody too; the signer's own is held by its reference.
      if (!isSameName(issuer.subject, wanted) || (place === child && child === signer)) return;
      pairs.push({ child, issuer, place, anchor: null });
      if (!named.includes(place)) named.push(place);
    });
    anchors.forEach((issuer, anchor) => {
      if (isSameName(issuer.subject, wanted)) pairs.push({ child, issuer, place: null, anchor });
    });
    if (pairs.length > PATH_SIGNATURES_MAX) throw new DerError(`certificates of these names would take more than ${PATH_SIGNATURES_MAX} signatures to tell apart`);
  }
  if (named.length !== links.length) throw new DerError('the token holds a certificate that no name on the signer’s path leads to; nothing signs it');
  return pairs;
}

const isDeepEnough = ({ issuer }, below) => issuer.depth === null || below.authorities <= issuer.depth;

/** For each certificate `{layer, authorities}` of the shortest way from the signer, or null where no signatures lead to it. */
function reachedBy(pairs, links, signer, time) {
  let reached = links.map((_, place) => (place === signer ? { layer: 0, authorities: 0 } : null));
  for (let layer = 1; layer < PATH_CERTIFICATES_MAX; layer += 1) {
    const next = [...reached];
    for (const pair of pairs) {
      const below = reached[pair.child];
      if (pair.place === null || pair.why !== null || below === null || !isValidAt(pair.issuer, time) || !isDeepEnough(pair, below)) continue;
      // The self-issued do not count (RFC 5280 §6.1.4 l).
      const authorities = below.authorities + (isSameName(pair.issuer.subject, pair.issuer.issuer) ? 0 : 1);
      const known = next[pair.place];
      if (known === null) next[pair.place] = { layer, authorities };
      else if (authorities < known.authorities) next[pair.place] = { layer: known.layer, authorities };
    }
    if (next.every((one, place) => one === reached[place])) break;
    reached = next;
  }
  return reached;
}

/** Throws where an issuer stands in the token that should have signed a certificate on the way, and none has. Anchors do not
    count: whether a token holds is the same for everybody. */
function checkEnds(pairs, reached) {
  reached.forEach((below, child) => {
    if (below === null) return;
    const above = pairs.filter((pair) => pair.child === child && pair.place !== null);
    if (above.length === 0 || above.some((pair) => pair.why === null && isDeepEnough(pair, below))) return;
    const [wrong] = above;
    throw new DerError(wrong.why ?? `certificate '${wrong.issuer.name}' is not what its place in the path asks (RFC 5280 §6.1): more authorities stand below it than it allows`);
  });
}

/** The anchor that is reached over the fewest certificates; of several the first in the visitor's file. */
function nearest(pairs, reached, time) {
  let best = null;
  for (const pair of pairs) {
    const below = reached[pair.child];
    if (pair.anchor === null || pair.why !== null || below === null || !isDeepEnough(pair, below) || !isValidAt(pair.issuer, time)) continue;
    const better = best === null || below.layer < best.layer || (below.layer === best.layer && pair.anchor < best.anchor);
    if (better) best = { layer: below.layer, anchor: pair.anchor, issuer: pair.issuer };
  }
  return best === null ? null : best.issuer;
}

/** The highest certificate that is reached and has none above it. */
function topOf(pairs, reached, signer) {
  let top = null;
  reached.forEach((found, place) => {
    if (found === null) return;
    const goesOn = pairs.some((pair) => pair.child === place && pair.place !== null && pair.place !== place && pair.why === null && reached[pair.place] !== null);
    if (!goesOn && (top === null || found.layer > reached[top].layer)) top = place;
  });
  return top ?? signer;
}

/** `{anchor | null, issuer}`: who vouches for the signer among sorted links, and whose the way up ends at. */
export async function trustOf(links, signer, anchors, time) {
  const pairs = [];
  for (const pair of pairsOf(links, signer, anchors)) pairs.push({ ...pair, why: await whyNotSignedBy(links[pair.child], pair.issuer) });
  const reached = reachedBy(pairs, links, signer, time);
  checkEnds(pairs, reached);
  const own = links[signer];
  const direct = anchors.find((anchor) => isSameName(anchor.subject, own.subject) && equal(anchor.key, own.key) && isValidAt(anchor, time));
  const anchor = direct ?? nearest(pairs, reached, time);
  return { anchor: anchor ?? null, issuer: links[topOf(pairs, reached, signer)].issuerName };
}
