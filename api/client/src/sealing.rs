//! A bidder's side of sealed bids: the groups' keys, tokens, and entries under nobody's name.
//!
//! **Invariant:** a group's keys and the length of its slots are believed only from certified records of the expected
//! chain: a node that gave keys of its own could read the bid, and one that gave other slots would have it open early, or
//! late. Deadlines come the same way ([`crate::terms`]).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_contracts::project::sealed_tender::OPENING_NUMBER;
use biaozheng_contracts::sealing::ceremony::Said;
use biaozheng_contracts::sealing::entry;
use biaozheng_contracts::sealing::tokens::points_text;
use biaozheng_ledger::ids::{ChainId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::record::Record;
use biaozheng_seal::dkg::EpochKeys;
use biaozheng_seal::group::{PublicPolynomial, Purpose};
use biaozheng_seal::label::{Slot, TenderOpening};
use biaozheng_seal::sealing::{
    Bid, BidIdentity, LotId, OpeningProof, SealError, SealedEntry, SealingGroup, SizeClass, seal,
    seal_withdrawal,
};
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::{BlindPartial, PendingToken, TokenGroup, UnspentToken, request_token};
use serde_json::{Value, json};

use crate::error::ClientError;
use crate::terms::{self, Terms, TermsError};
use crate::{Author, Client, Patience, Wait, author};

/// Points of one request.
pub const POINTS_MAX: usize = 32;
/// Between the first two looks for signatures; each further pause is half as long again.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(200);
const LOOK_AGAIN_MAX: Duration = Duration::from_secs(3);

/// Why a bidder gets no keys or no token.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Author(#[from] crate::AuthorError),
    #[error("the chain has no group for sealed bids yet 尚无密封投标群密钥")]
    NoGroup,
    #[error("no token epoch has a group yet 尚无投标凭证群密钥")]
    NoTokens,
    #[error("the group's keys are not those of a certified record 群公钥无法证实: {0}")]
    Keys(String),
    #[error("no quorum signed the tokens in time 凭证未获签发; ask again")]
    Unsigned,
    #[error("a request has 1 to {POINTS_MAX} tokens")]
    Count,
    #[error("the tokens' signatures do not fit: {0}")]
    Token(String),
    #[error(transparent)]
    Terms(#[from] TermsError),
    #[error(transparent)]
    Wallet(#[from] crate::wallet::WalletError),
}

/// The chain's groups, each from its certified record.
#[derive(Debug, Clone)]
pub struct Groups {
    pub sealing: SealingGroup,
    pub slot_ms: u64,
    tokens: Option<TokenEpoch>,
}

/// An epoch of tokens: the group that signs them, from its certified record, and the node's word on its numbers.
#[derive(Debug, Clone)]
pub struct TokenEpoch {
    pub(crate) group: TokenGroup,
    pub(crate) polynomial: PublicPolynomial,
    /// First block time at which its tokens admit nothing any more.
    pub valid_until: TimeMs,
    /// Tokens each bidder may have.
    pub quota: u32,
}

impl Groups {
    /// The group of the bids as verified terms have it; no tokens are asked for with it.
    #[must_use]
    pub fn of_terms(terms: &Terms) -> Self {
        Self { sealing: terms.sealing, slot_ms: terms.slot_ms, tokens: None }
    }

    /// The newest epoch of tokens.
    #[must_use]
    pub const fn tokens(&self) -> Option<&TokenEpoch> {
        self.tokens.as_ref()
    }
}

impl TokenEpoch {
    pub(crate) fn of(
        chain: ChainId,
        epoch: u32,
        polynomial: PublicPolynomial,
        valid_until: TimeMs,
        quota: u32,
    ) -> Self {
        let group = TokenGroup { chain, epoch, key: polynomial.group_key() };
        Self { group, polynomial, valid_until, quota }
    }

    #[must_use]
    pub const fn number(&self) -> u32 {
        self.group.epoch
    }

    /// Takes the blinding off what a quorum signed; the signatures of each member in the order of the points.
    pub(crate) fn finish(
        &self,
        pending: Vec<PendingToken>,
        members: &[Vec<BlindPartial>],
    ) -> Result<Vec<UnspentToken>, SealingError> {
        let finish = |(place, one): (usize, PendingToken)| {
            let parts: Vec<_> = members.iter().filter_map(|member| member.get(place).copied()).collect();
            one.finish(&self.group, &self.polynomial, &parts)
        };
        let tokens: Result<Vec<_>, _> = pending.into_iter().enumerate().map(finish).collect();
        tokens.map_err(|error| SealingError::Token(error.to_string()))
    }
}

fn keys_refused(reason: impl std::fmt::Display) -> SealingError {
    SealingError::Keys(reason.to_string())
}

fn partial(text: &Value) -> Option<BlindPartial> {
    BlindPartial::from_bytes(&BASE64.decode(text.as_str()?).ok()?).ok()
}

impl Client {
    /// The groups of a chain: that of the bids, and that of the newest epoch of tokens.
    ///
    /// # Errors
    /// [`SealingError`]; [`SealingError::Terms`] when keys or slots are not those of certified records.
    pub async fn sealing_groups(&self, chain: ChainId) -> Result<Groups, SealingError> {
        let shown = match self.sealing().await {
            Err(ClientError::Problem(problem)) if problem.status == 404 => return Err(SealingError::NoGroup),
            answered => answered?,
        };
        let named = |name: &str| shown.get(name).and_then(Value::as_str).and_then(|id| id.parse().ok());
        let started: RecordId = named("started").ok_or_else(|| keys_refused("no record of its start"))?;
        let finalised: RecordId = named("record").ok_or_else(|| keys_refused("no record"))?;
        let (started, finalised) = self.ceremony_of(&started, &finalised).await?;
        let (keys, slot_ms) = terms::group(&started, &finalised, chain)?;
        let tokens = match shown.get("tokens").filter(|one| !one.is_null()) {
            None => None,
            Some(one) => {
                let number = |name: &str| one.get(name).and_then(Value::as_u64);
                let small = |name: &str| number(name).and_then(|number| u32::try_from(number).ok());
                let epoch = small("epoch").ok_or_else(|| keys_refused("a token epoch without a number"))?;
                let keys = self.token_keys(one, chain, Purpose::Tokens(epoch)).await?;
                let until = TimeMs::new(number("valid_until_ms").unwrap_or(0));
                let quota = small("quota").unwrap_or(0);
                Some(TokenEpoch::of(chain, epoch, keys.polynomial(), until, quota))
            }
        };
        Ok(Groups { sealing: SealingGroup { chain, key: keys.group_key() }, slot_ms, tokens })
    }

    /// The keys of a group that signs tokens, from the certified record that made them.
    async fn token_keys(
        &self,
        shown: &Value,
        chain: ChainId,
        purpose: Purpose,
    ) -> Result<EpochKeys, SealingError> {
        let text = |name: &str| shown.get(name).and_then(Value::as_str);
        let record: RecordId =
            text("record").and_then(|id| id.parse().ok()).ok_or_else(|| keys_refused("no record"))?;
        let certified = terms::certified(&self.shown_certificate(&record).await?, chain)?;
        let said: Said = certified.body("dkg.finalised/1")?;
        let bytes = BASE64.decode(&said.message).map_err(keys_refused)?;
        let keys = EpochKeys::from_bytes(&bytes).map_err(keys_refused)?;
        if keys.purpose() != purpose {
            return Err(keys_refused("a group for something else"));
        }
        Ok(keys)
    }

    /// Asks for tokens by name and waits until a quorum has signed them blindly; one seed for each. Ask early and for
    /// more than you need ([`crate::wallet`] keeps them): who asks is known, what a token is spent on is not.
    ///
    /// # Errors
    /// [`SealingError`].
    pub async fn sealing_tokens(
        &self,
        groups: &Groups,
        author: &Author,
        seeds: &[Seed],
        total: Duration,
    ) -> Result<(RecordId, Vec<UnspentToken>), SealingError> {
        if seeds.is_empty() || seeds.len() > POINTS_MAX {
            return Err(SealingError::Count);
        }
        let epoch = groups.tokens().ok_or(SealingError::NoTokens)?;
        let pending: Vec<_> = seeds.iter().map(|seed| request_token(&epoch.group, seed)).collect();
        let record = token_request(epoch, author, &pending)?;
        let patience = Patience { total, ..Patience::default() };
        if !self.submit_until(&record, Wait::Committed, patience).await?.reached(Wait::Committed) {
            return Err(SealingError::Unsigned);
        }
        let begun = tokio::time::Instant::now();
        let mut pause = LOOK_AGAIN;
        loop {
            let members = self.blind_signatures(&record.id(), pending.len()).await?;
            if members.len() >= epoch.polynomial.quorum() {
                return Ok((record.id(), epoch.finish(pending, &members)?));
            }
            if begun.elapsed() > total {
                return Err(SealingError::Unsigned);
            }
            tokio::time::sleep(pause).await;
            pause = longer(pause);
        }
    }

    /// The blind signatures a request has got: of each member that signed all its points, one for each.
    pub(crate) async fn blind_signatures(
        &self,
        request: &RecordId,
        points: usize,
    ) -> Result<Vec<Vec<BlindPartial>>, ClientError> {
        let answer = self.token_signatures(request).await?;
        let members = answer.get("members").and_then(Value::as_array).into_iter().flatten();
        let all = members
            .filter_map(|one| one.as_array()?.iter().map(partial).collect::<Option<Vec<BlindPartial>>>());
        Ok(all.filter(|one| one.len() == points).collect())
    }
}

/// The record that asks for tokens.
pub(crate) fn token_request(
    epoch: &TokenEpoch,
    author: &Author,
    pending: &[PendingToken],
) -> Result<Record, crate::AuthorError> {
    let points: Vec<_> = pending.iter().map(|one| *one.request()).collect();
    let body = json!({"epoch": epoch.number(), "points": points_text(&points)});
    author.record("token.requested/1", body).sign(author::clock())
}

/// The pause after one that saw too little.
pub(crate) fn longer(pause: Duration) -> Duration {
    pause.saturating_mul(3).checked_div(2).unwrap_or(LOOK_AGAIN_MAX).min(LOOK_AGAIN_MAX)
}

/// What an envelope is for.
#[derive(Debug, Clone)]
pub struct Envelope {
    pub tender: ProjectId,
    pub lot: LotId,
    /// A higher one replaces what the bidder sealed before.
    pub sequence: u32,
    /// The slot that ends at the tender's deadline.
    pub slot: Slot,
}

impl Author {
    fn identity(&self, envelope: &Envelope) -> BidIdentity {
        BidIdentity {
            opening: TenderOpening { tender: envelope.tender.clone(), number: OPENING_NUMBER },
            lot: envelope.lot.clone(),
            bidder: self.org().clone(),
            bidder_key: self.public_key(),
            sequence: envelope.sequence,
        }
    }

    /// Seals a bid to the group. Keep the proof as secret as the bid, and on disk before the entry is sent.
    ///
    /// # Errors
    /// When the bid is too long.
    pub fn seal_bid(
        &self,
        groups: &Groups,
        envelope: &Envelope,
        body: Vec<u8>,
        seed: &Seed,
    ) -> Result<(SealedEntry, OpeningProof), SealError> {
        let bid = Bid { identity: self.identity(envelope), body };
        seal(&groups.sealing, envelope.slot, &bid, self.secret(), seed)
    }

    /// Seals a withdrawal of everything with a lower sequence; it looks like a bid.
    ///
    /// # Errors
    /// As [`Author::seal_bid`].
    pub fn seal_withdrawal(
        &self,
        groups: &Groups,
        envelope: &Envelope,
        class: SizeClass,
        seed: &Seed,
    ) -> Result<(SealedEntry, OpeningProof), SealError> {
        let identity = self.identity(envelope);
        seal_withdrawal(&groups.sealing, envelope.slot, &identity, class, self.secret(), seed)
    }
}

/// The record of an entry: signed by its token's one-time key, naming nobody.
///
/// # Errors
/// When the record cannot be signed.
pub fn entry_record(
    chain: &ChainId,
    token: UnspentToken,
    entry: &SealedEntry,
) -> Result<Record, biaozheng_ledger::record::RecordError> {
    entry::record(chain, token, entry)
}
