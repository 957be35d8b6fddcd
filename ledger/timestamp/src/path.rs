//! From the signer's certificate to a trust anchor (RFC 5280 §6.1): which of the given names and keys vouches for it.
//!
//! **Invariants:** an anchor is a name and a key (§6.1.1 d), so it does not matter which certificate of a root the token
//! ends in. Every way through the token's certificates counts, whatever their order; how many signatures that takes is
//! known and bounded before one is checked. A certificate on the way whose issuer is in the token, and did not sign it,
//! refuses the token, whoever is trusted. One that no name leads to does too.

use crate::certificate::Link;
use crate::token::Trust;
use crate::{PATH_CERTIFICATES_MAX, PATH_SIGNATURES_MAX, TokenError};

/// A certificate, and one whose subject is its issuer's name.
struct Pair {
    child: usize,
    issuer: Issuer,
    /// Whether the issuer may sign and signed it; how deep and when is judged apart.
    holds: Result<(), TokenError>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Issuer {
    /// One of the token.
    Token(usize),
    Anchor(usize),
}

/// How far from the signer a certificate is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Reached {
    /// Certificates below it, at least.
    layer: usize,
    /// Authorities below anything that signed it, the self-issued left out (RFC 5280 §6.1.4 l), at least.
    authorities: usize,
}

/// The certificates of one token and whom the verifier trusts.
struct Search<'a> {
    links: &'a [Link],
    signer: usize,
    anchors: &'a [Link],
    at_ms: u64,
}

/// Who vouches for the signer, which is one of `links`; these are sorted by their bytes.
pub(crate) fn trust(
    links: &[Link],
    signer: usize,
    anchors: &[Link],
    at_ms: u64,
) -> Result<Trust, TokenError> {
    let search = Search { links, signer, anchors, at_ms };
    let pairs = search.pairs()?;
    let reached = search.reached(&pairs);
    search.check_ends(&pairs, &reached)?;
    let own = links.get(signer).ok_or(TokenError::SignerMissing)?;
    let direct = anchors.iter().find(|anchor| anchor.has_name_and_key_of(own) && anchor.is_valid_at(at_ms));
    let found = direct.or_else(|| search.nearest(&pairs, &reached));
    Ok(found.map_or_else(|| search.unknown(&pairs, &reached), |anchor| Trust::Anchored(anchor.name())))
}

impl<'a> Search<'a> {
    /// Every pair of names on the way up, counted before the first signature is checked.
    fn pairs(&self) -> Result<Vec<Pair>, TokenError> {
        let mut named = vec![self.signer];
        let mut pairs = Vec::new();
        let mut next = 0;
        while let Some(child) = named.get(next).copied() {
            next = next.saturating_add(1);
            let Some(link) = self.links.get(child) else { break };
            for (place, issuer) in self.links.iter().enumerate() {
                // A self-issued certificate has to be signed by somebody too; the signer's own is held by its reference.
                if issuer.subject != link.issuer || (place == child && child == self.signer) {
                    continue;
                }
                pairs.push((child, Issuer::Token(place)));
                if !named.contains(&place) {
                    named.push(place);
                }
            }
            let anchors = self.anchors.iter().enumerate().filter(|(_, anchor)| anchor.subject == link.issuer);
            pairs.extend(anchors.map(|(place, _)| (child, Issuer::Anchor(place))));
            if pairs.len() > PATH_SIGNATURES_MAX {
                return Err(TokenError::TooManyPaths);
            }
        }
        if named.len() != self.links.len() {
            return Err(TokenError::Stray);
        }
        Ok(pairs.into_iter().filter_map(|(child, issuer)| self.pair(child, issuer)).collect())
    }

    fn pair(&self, child: usize, issuer: Issuer) -> Option<Pair> {
        let holds = self.links.get(child)?.signed_by(self.issuer(issuer)?);
        Some(Pair { child, issuer, holds })
    }

    fn issuer(&self, issuer: Issuer) -> Option<&'a Link> {
        match issuer {
            Issuer::Token(place) => self.links.get(place),
            Issuer::Anchor(place) => self.anchors.get(place),
        }
    }

    /// True when the pair's issuer may stand above this many authorities.
    fn is_deep_enough(&self, pair: &Pair, below: Reached) -> bool {
        let depth = self.issuer(pair.issuer).and_then(|issuer| issuer.depth);
        depth.is_none_or(|depth| below.authorities <= usize::from(depth))
    }

    fn is_valid(&self, issuer: Issuer) -> bool {
        self.issuer(issuer).is_some_and(|link| link.is_valid_at(self.at_ms))
    }

    /// For each certificate whether and how signatures lead to it from the signer.
    fn reached(&self, pairs: &[Pair]) -> Vec<Option<Reached>> {
        let mut reached = vec![None; self.links.len()];
        if let Some(start) = reached.get_mut(self.signer) {
            *start = Some(Reached { layer: 0, authorities: 0 });
        }
        for layer in 1..PATH_CERTIFICATES_MAX {
            let before = reached.clone();
            for pair in pairs.iter().filter(|pair| pair.holds.is_ok() && self.is_valid(pair.issuer)) {
                let (Issuer::Token(place), Some(below)) = (pair.issuer, at(&before, pair.child)) else {
                    continue;
                };
                let counted = self.links.get(place).is_some_and(|link| !link.is_self_issued());
                let authorities = below.authorities.saturating_add(usize::from(counted));
                let Some(known) = reached.get_mut(place).filter(|_| self.is_deep_enough(pair, below)) else {
                    continue;
                };
                *known = match *known {
                    None => Some(Reached { layer, authorities }),
                    Some(one) => Some(Reached { authorities: one.authorities.min(authorities), ..one }),
                };
            }
            if reached == before {
                break;
            }
        }
        reached
    }

    /// Refuses where an issuer stands in the token that should have signed a certificate on the way, and none has. Anchors
    /// do not count: whether a token holds is the same for everybody.
    fn check_ends(&self, pairs: &[Pair], reached: &[Option<Reached>]) -> Result<(), TokenError> {
        for (child, below) in reached.iter().enumerate() {
            let Some(below) = *below else { continue };
            let named = pairs.iter().filter(|pair| pair.child == child);
            let mut above = named.filter(|pair| matches!(pair.issuer, Issuer::Token(_)));
            if above.clone().any(|pair| pair.holds.is_ok() && self.is_deep_enough(pair, below)) {
                continue;
            }
            let Some(wrong) = above.next() else { continue };
            wrong.holds.clone()?;
            let name = self.issuer(wrong.issuer).map(Link::name).unwrap_or_default();
            return Err(TokenError::Path(name, "more authorities stand below it than it allows"));
        }
        Ok(())
    }

    /// The anchor that is reached over the fewest certificates; of several the first in the verifier's file.
    fn nearest(&self, pairs: &[Pair], reached: &[Option<Reached>]) -> Option<&'a Link> {
        let found = pairs.iter().filter_map(|pair| {
            let (Issuer::Anchor(place), below) = (pair.issuer, at(reached, pair.child)?) else { return None };
            let good = pair.holds.is_ok() && self.is_deep_enough(pair, below) && self.is_valid(pair.issuer);
            good.then_some((below.layer, place))
        });
        self.anchors.get(found.min()?.1)
    }

    /// The issuer of the highest certificate that is reached and has none above it.
    fn unknown(&self, pairs: &[Pair], reached: &[Option<Reached>]) -> Trust {
        let goes_on = |child: usize| {
            pairs.iter().any(|pair| {
                let above = matches!(pair.issuer, Issuer::Token(place) if place != child && at(reached, place).is_some());
                pair.child == child && above && pair.holds.is_ok()
            })
        };
        let tops = reached.iter().enumerate().filter_map(|(place, found)| Some((place, (*found)?.layer)));
        let top = tops
            .filter(|(place, _)| !goes_on(*place))
            .max_by_key(|(place, layer)| (*layer, usize::MAX.saturating_sub(*place)));
        let top = top.map_or(self.signer, |(place, _)| place);
        Trust::Unknown(self.links.get(top).map(|link| link.issuer.shown()).unwrap_or_default())
    }
}

fn at(reached: &[Option<Reached>], place: usize) -> Option<Reached> {
    reached.get(place).copied().flatten()
}
