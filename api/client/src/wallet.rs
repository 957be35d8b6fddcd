//! A bidder's wallet of tokens: asked for early, kept on disk, each spent on one entry.
//!
//! **Invariant:** nothing leaves before the disk has it. A request's blinding secrets are written and synced before its
//! record is handed out, and a token is bound to the digest of its entry, written and synced, before the entry's record is
//! handed out. So a crash at any point loses no token, and no token is ever spent on two entries: asked for the same entry
//! the wallet makes the same record again, byte for byte. A change that could not be written was never let out.
//!
//! Whoever has the file can spend the tokens and recognise the entries they were spent on. A copy of it forgets what was
//! spent since: never go back to one.

mod content;
mod file;
mod fill;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::record::{Record, RecordError};
use biaozheng_seal::sealing::SealedEntry;
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::{BlindPartial, UnspentToken, request_token};

use crate::Author;
use crate::key_file::{self, KeyFileError};
use crate::sealing::{POINTS_MAX, SealingError, TokenEpoch, entry_record, token_request};
use content::{Content, Held, Request};

pub use content::Word;
pub use file::TOKENS_MAX;

/// Why a wallet cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WalletError {
    #[error("{path}: no such wallet 没有该凭证钱包; make it with: biaozheng tokens fetch --wallet {path}", path = .0.display())]
    Missing(PathBuf),
    #[error("{path}: exists already 已有文件", path = .0.display())]
    Exists(PathBuf),
    #[error("{path}: another process uses this wallet 钱包正被另一进程使用; wait until it has ended", path = .0.display())]
    Locked(PathBuf),
    #[error(
        "{path}: others can read this wallet (mode {mode:04o}) 钱包文件权限过宽; run: chmod 600 {path}, and fetch new tokens into a new one if anyone may have read it",
        path = .path.display()
    )]
    Exposed { path: PathBuf, mode: u32 },
    #[error("{path}: not a regular file; a wallet is no link 不是普通文件", path = .0.display())]
    NotAFile(PathBuf),
    #[error(
        "{path}: damaged ({reason}) 钱包文件已损坏; keep it, and fetch new tokens into a new wallet",
        path = .path.display()
    )]
    Damaged { path: PathBuf, reason: String },
    #[error("{path}: a wallet of chain {found}, not {expected} 钱包属于另一条链", path = .path.display())]
    OtherChain { path: PathBuf, found: ChainId, expected: ChainId },
    #[error("{path}: a wallet of organisation {found}, not {expected} 钱包属于另一单位", path = .path.display())]
    OtherOrg { path: PathBuf, found: OrgId, expected: OrgId },
    #[error("the wallet holds {TOKENS_MAX} tokens, spent ones too 钱包已满; begin a new one")]
    Full,
    #[error("no unspent token that is still valid 没有有效的未用凭证{}", named(.over))]
    Empty { over: Vec<u32> },
    #[error("the token's signature does not fit its group's key 凭证签名无效: {0}")]
    Token(String),
    #[error("the wallet waits for no such request: {0}")]
    NoRequest(RecordId),
    #[error("{path}: {reason}", path = .path.display())]
    Io { path: PathBuf, reason: std::io::Error },
    #[error(transparent)]
    Folder(#[from] KeyFileError),
    #[error(transparent)]
    Record(#[from] RecordError),
}

fn named(epochs: &[u32]) -> String {
    if epochs.is_empty() {
        return String::new();
    }
    let epochs: Vec<String> = epochs.iter().map(u32::to_string).collect();
    format!("; unspent ones of epoch {} are over 已过期", epochs.join(", "))
}

/// What a wallet holds of one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    pub epoch: u32,
    pub valid_until: TimeMs,
    pub unspent: usize,
    pub spent: usize,
    /// Asked for, and not signed yet.
    pub waiting: usize,
    /// Asked for, and refused when it was last sent.
    pub refused: usize,
}

/// A request that has not become tokens yet.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub record: Record,
    pub points: usize,
    pub quorum: usize,
    /// First block time at which the chain takes it no more.
    pub valid_until: TimeMs,
    /// The chain refused it when it was last sent.
    pub refused: bool,
}

/// An entry's record, with when its token ends.
#[derive(Clone, Debug)]
pub struct Spending {
    pub record: Record,
    pub valid_until: TimeMs,
    /// True when the token was bound to this very entry before.
    pub again: bool,
}

/// An opened wallet; no other process can open it as long as this lives.
#[derive(Debug)]
pub struct Wallet {
    path: PathBuf,
    content: Content,
    _lock: File,
}

impl Wallet {
    /// Makes an empty wallet.
    ///
    /// # Errors
    /// [`WalletError`]; nothing that exists is touched.
    pub fn create(path: &Path, chain: ChainId, org: OrgId) -> Result<Self, WalletError> {
        key_file::make_folder(path)?;
        let lock = file::lock(path)?;
        if path.symlink_metadata().is_ok() {
            return Err(WalletError::Exists(path.to_owned()));
        }
        let content = Content::new(chain, org);
        file::put(path, &content.to_bytes())?;
        Ok(Self { path: path.to_owned(), content, _lock: lock })
    }

    /// Opens a wallet and checks that it is this organisation's on this chain.
    ///
    /// # Errors
    /// [`WalletError`].
    pub fn open(path: &Path, chain: ChainId, org: &OrgId) -> Result<Self, WalletError> {
        let wallet = Self::look(path)?;
        let found = &wallet.content;
        if found.chain != chain {
            let found = found.chain;
            return Err(WalletError::OtherChain { path: path.to_owned(), found, expected: chain });
        }
        if found.org != *org {
            let (found, expected) = (found.org.clone(), org.clone());
            return Err(WalletError::OtherOrg { path: path.to_owned(), found, expected });
        }
        Ok(wallet)
    }

    /// Opens a wallet, whosever it is.
    ///
    /// # Errors
    /// [`WalletError`].
    pub fn look(path: &Path) -> Result<Self, WalletError> {
        if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Err(WalletError::Missing(path.to_owned()));
        }
        key_file::make_folder(path)?;
        let lock = file::lock(path)?;
        Ok(Self { path: path.to_owned(), content: file::read(path)?, _lock: lock })
    }

    #[must_use]
    pub const fn chain(&self) -> ChainId {
        self.content.chain
    }

    #[must_use]
    pub const fn org(&self) -> &OrgId {
        &self.content.org
    }

    /// What is there, epoch by epoch.
    #[must_use]
    pub fn holdings(&self) -> Vec<Holding> {
        let content = &self.content;
        let holding = |epoch: &TokenEpoch| {
            let tokens = content.tokens.iter().filter(|token| token.epoch == epoch.number());
            let asked = |refused: bool| {
                let these = content.requests.iter();
                let these = these.filter(|one| one.epoch == epoch.number() && one.refused == refused);
                these.map(|one| one.seeds.len()).sum()
            };
            let spent = tokens.clone().filter(|token| token.spent_on.is_some()).count();
            Holding {
                epoch: epoch.number(),
                valid_until: epoch.valid_until,
                unspent: tokens.count().saturating_sub(spent),
                spent,
                waiting: asked(false),
                refused: asked(true),
            }
        };
        content.epochs.iter().map(holding).collect()
    }

    /// How many tokens of an epoch were asked for and not refused: waiting, unspent and spent.
    #[must_use]
    pub fn asked(&self, epoch: u32) -> usize {
        let of_epoch = self.holdings().into_iter().find(|one| one.epoch == epoch);
        of_epoch.map_or(0, |one| one.waiting.saturating_add(one.unspent).saturating_add(one.spent))
    }

    /// Tokens that would admit an entry at that time.
    #[must_use]
    pub fn unspent(&self, now: TimeMs) -> usize {
        self.holdings().iter().filter(|one| one.valid_until > now).map(|one| one.unspent).sum()
    }

    /// The highest sequence that a token of this wallet was spent on, for a lot. Only a higher one replaces it.
    #[must_use]
    pub fn newest_sequence(&self, project: &ProjectId, lot: &str) -> Option<u32> {
        let words = self.content.tokens.iter().filter_map(|token| token.spent_for.as_ref());
        words.filter(|word| word.project == *project && word.lot == lot).map(|word| word.sequence).max()
    }

    /// The keys with which this wallet's tokens were asked for, and signed: the chain knows each as its organisation's.
    /// None where an older program filled it.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<PublicKey> {
        self.content.tokens.iter().filter_map(|token| token.asked_with).collect()
    }

    /// Requests that wait for their signatures; send each as it is, as often as needed.
    #[must_use]
    pub fn waiting(&self) -> Vec<Waiting> {
        let waiting = |request: &Request| {
            let epoch = self.content.epoch(request.epoch)?;
            Some(Waiting {
                record: request.record.clone(),
                points: request.seeds.len(),
                quorum: epoch.polynomial.quorum(),
                valid_until: epoch.valid_until,
                refused: request.refused,
            })
        };
        self.content.requests.iter().filter_map(waiting).collect()
    }

    /// Draws up to 32 tokens of an epoch and gives the record that asks for them. A request of the same key that was
    /// refused before is taken up again where it asks for no more.
    ///
    /// # Errors
    /// [`SealingError`]; nothing was asked then.
    pub fn draw(
        &mut self,
        epoch: &TokenEpoch,
        author: &Author,
        count: usize,
    ) -> Result<Record, SealingError> {
        if count == 0 || count > POINTS_MAX {
            return Err(SealingError::Count);
        }
        let mut next = self.content.clone();
        next.learn(epoch);
        let again = next.requests.iter_mut().find(|one| {
            let by = &one.record.payload().author.key;
            one.refused
                && one.epoch == epoch.number()
                && one.seeds.len() <= count
                && *by == author.public_key()
        });
        let record = if let Some(again) = again {
            again.refused = false;
            again.record.clone()
        } else {
            if next.size().saturating_add(count) > TOKENS_MAX {
                return Err(WalletError::Full.into());
            }
            let seeds = (0..count).map(|_| content::fresh()).collect::<Result<Vec<_>, _>>();
            let seeds = seeds.map_err(WalletError::Folder)?;
            let pending: Vec<_> =
                seeds.iter().map(|seed| request_token(&epoch.group, &Seed::new(**seed))).collect();
            let record = token_request(epoch, author, &pending)?;
            let epoch = epoch.number();
            next.requests.push(Request { epoch, record: record.clone(), seeds, refused: false });
            if next.to_bytes().len() > file::DRAWING_BYTES_MAX {
                return Err(WalletError::Full.into());
            }
            record
        };
        self.keep(next)?;
        Ok(record)
    }

    /// Writes down that the chain refused a request. Its secrets stay: should it come in after all, nothing is lost.
    ///
    /// # Errors
    /// [`WalletError`].
    pub fn refuse(&mut self, request: &RecordId) -> Result<(), WalletError> {
        let mut next = self.content.clone();
        let found = next.requests.iter_mut().find(|one| one.record.id() == *request);
        found.ok_or(WalletError::NoRequest(*request))?.refused = true;
        self.keep(next)
    }

    /// Turns a request into tokens with a quorum's blind signatures.
    ///
    /// # Errors
    /// [`SealingError`]; the request then still waits.
    pub fn complete(
        &mut self,
        request: &RecordId,
        members: &[Vec<BlindPartial>],
    ) -> Result<(), SealingError> {
        let mut next = self.content.clone();
        let place = next.requests.iter().position(|one| one.record.id() == *request);
        let request = next.requests.remove(place.ok_or(WalletError::NoRequest(*request))?);
        let epoch = next.epoch(request.epoch).ok_or(SealingError::NoTokens)?;
        let seed = |bytes: &content::SecretBytes| Seed::new(**bytes);
        let pending = request.seeds.iter().map(|one| request_token(&epoch.group, &seed(one))).collect();
        let tokens = epoch.finish(pending, members)?;
        let asked_with = Some(request.record.payload().author.key);
        let held = request.seeds.into_iter().zip(tokens).map(|(seed, token)| Held {
            epoch: request.epoch,
            seed,
            signature: token.signature_bytes(),
            spent_on: None,
            spent_for: None,
            asked_with,
        });
        next.tokens.extend(held);
        Ok(self.keep(next)?)
    }

    /// The record that enters an entry. The token that goes with it is bound to it for ever, on disk, before this returns;
    /// for the same entry the same record comes out again. Of the tokens that are valid now, one that stays valid until
    /// `slot_end` goes first (a node may keep the entry until then), and of these the one that ends first.
    ///
    /// # Errors
    /// [`WalletError::Empty`] names the epochs whose tokens are over.
    pub fn spend(
        &mut self,
        entry: &SealedEntry,
        now: TimeMs,
        slot_end: TimeMs,
    ) -> Result<Spending, WalletError> {
        self.spend_for(entry, None, now, slot_end)
    }

    /// The same, and remembers with the token what the entry says.
    ///
    /// # Errors
    /// As [`Wallet::spend`].
    pub fn spend_for(
        &mut self,
        entry: &SealedEntry,
        word: Option<&Word>,
        now: TimeMs,
        slot_end: TimeMs,
    ) -> Result<Spending, WalletError> {
        let digest = entry.digest();
        if let Some(bound) = self.content.tokens.iter().find(|token| token.spent_on == Some(digest)) {
            return self.spending(bound, entry, true);
        }
        let ends = |token: &Held| self.content.epoch(token.epoch).map(|epoch| epoch.valid_until);
        let unspent = self.content.tokens.iter().enumerate().filter(|(_, token)| token.spent_on.is_none());
        let valid = unspent.clone().filter_map(|(place, token)| Some((ends(token)?, place)));
        let best =
            valid.filter(|(until, _)| *until > now).min_by_key(|(until, _)| (*until < slot_end, *until));
        let Some((_, place)) = best else {
            let mut over: Vec<u32> = unspent.map(|(_, token)| token.epoch).collect();
            over.sort_unstable();
            over.dedup();
            return Err(WalletError::Empty { over });
        };
        let mut next = self.content.clone();
        let token = next.tokens.get_mut(place).ok_or_else(|| WalletError::Empty { over: Vec::new() })?;
        token.spent_on = Some(digest);
        token.spent_for = word.cloned();
        let token = token.clone();
        // Made before it is written, handed out after: a token that does not verify is not marked as spent.
        let spending = self.spending(&token, entry, false)?;
        self.keep(next)?;
        Ok(spending)
    }

    fn spending(&self, token: &Held, entry: &SealedEntry, again: bool) -> Result<Spending, WalletError> {
        let epoch = self.content.epoch(token.epoch);
        let epoch = epoch.ok_or_else(|| WalletError::Token(format!("no epoch {}", token.epoch)))?;
        let restored = UnspentToken::restore(&epoch.group, &Seed::new(*token.seed), &token.signature);
        let restored = restored.map_err(|error| WalletError::Token(error.to_string()))?;
        let record = entry_record(&self.content.chain, restored, entry)?;
        Ok(Spending { record, valid_until: epoch.valid_until, again })
    }

    /// On disk first, then in memory.
    fn keep(&mut self, next: Content) -> Result<(), WalletError> {
        file::put(&self.path, &next.to_bytes())?;
        self.content = next;
        Ok(())
    }
}
