//! What stands in a wallet, and its bytes.
//!
//! ```text
//! biaozheng-token-wallet/1 sha256:<of the second line>\n
//! {"chain":…,"org":…,
//!  "epochs":[{"epoch":1,"valid_until_ms":…,"polynomial":<base64>}],
//!  "requests":[{"epoch":1,"envelope":<the signed record>,"seeds":[<hex, 32 bytes>],"refused":false}],
//!  "tokens":[{"epoch":1,"seed":<hex, 32 bytes>,"signature":<hex, 48 bytes>,"spent_on":null or "sha256:<of the entry>",
//!             "spent_for":{"project":…,"lot":…,"sequence":1},"asked_with":<the key that asked>}]}\n
//! ```
//! The last two are left out where a program before them wrote.
//! **Invariant:** the digest covers everything, so a cut or changed file is noticed as a whole. It is no signature: who can
//! write the file can write another.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::record::Record;
use biaozheng_seal::group::PublicPolynomial;
use rand::RngCore as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::file::TOKENS_MAX;
use crate::key_file::KeyFileError;
use crate::sealing::{POINTS_MAX, TokenEpoch};

const MAGIC: &str = "biaozheng-token-wallet/1 ";

/// A seed: wiped when dropped, never shown.
pub(super) type SecretBytes = Zeroizing<[u8; 32]>;

/// 32 bytes of the operating system's generator.
pub(super) fn fresh() -> Result<SecretBytes, KeyFileError> {
    let mut seed = Zeroizing::new([0; 32]);
    let filled = rand::rngs::OsRng.try_fill_bytes(seed.as_mut());
    filled.map_err(|error| KeyFileError::Random(error.to_string()))?;
    Ok(seed)
}

/// A request that has no tokens yet.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) epoch: u32,
    pub(super) record: Record,
    pub(super) seeds: Vec<SecretBytes>,
    pub(super) refused: bool,
}

/// A token.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) epoch: u32,
    pub(super) seed: SecretBytes,
    pub(super) signature: [u8; 48],
    /// Digest of the one entry it may go with.
    pub(super) spent_on: Option<Digest>,
    /// What that entry says; missing where an older program spent it.
    pub(super) spent_for: Option<Word>,
    /// The key that asked for it; missing where an older program did.
    pub(super) asked_with: Option<PublicKey>,
}

/// What an entry says, as its bidder's wallet remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    pub project: ProjectId,
    pub lot: String,
    pub sequence: u32,
}

#[derive(Clone)]
pub(super) struct Content {
    pub(super) chain: ChainId,
    pub(super) org: OrgId,
    pub(super) epochs: Vec<TokenEpoch>,
    pub(super) requests: Vec<Request>,
    pub(super) tokens: Vec<Held>,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} requests, {} tokens)", self.requests.len(), self.tokens.len())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    chain: ChainId,
    org: OrgId,
    epochs: Vec<WrittenEpoch>,
    requests: Vec<WrittenRequest>,
    tokens: Vec<WrittenToken>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEpoch {
    epoch: u32,
    valid_until_ms: TimeMs,
    polynomial: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRequest {
    epoch: u32,
    envelope: serde_json::Value,
    seeds: Vec<Hidden>,
    refused: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenToken {
    epoch: u32,
    seed: Hidden,
    signature: String,
    spent_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spent_for: Option<Word>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_with: Option<PublicKey>,
}

/// A seed as text: wiped when dropped.
struct Hidden(Zeroizing<String>);

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl Hidden {
    fn of(bytes: &SecretBytes) -> Self {
        Self(Zeroizing::new(hex::encode(bytes.as_slice())))
    }

    fn read(&self) -> Result<SecretBytes, String> {
        let mut seed = Zeroizing::new([0; 32]);
        hex::decode_to_slice(self.0.as_bytes(), seed.as_mut()).map_err(|_| "a seed")?;
        Ok(seed)
    }
}

impl Content {
    pub(super) const fn new(chain: ChainId, org: OrgId) -> Self {
        Self { chain, org, epochs: Vec::new(), requests: Vec::new(), tokens: Vec::new() }
    }

    pub(super) fn epoch(&self, number: u32) -> Option<&TokenEpoch> {
        self.epochs.iter().find(|epoch| epoch.number() == number)
    }

    /// Keeps an epoch's keys; of an epoch that is known only its end, which is a node's word, is taken anew.
    pub(super) fn learn(&mut self, epoch: &TokenEpoch) {
        match self.epochs.iter_mut().find(|one| one.number() == epoch.number()) {
            Some(known) => known.valid_until = epoch.valid_until,
            None => self.epochs.push(epoch.clone()),
        }
    }

    /// Tokens, and those asked for.
    pub(super) fn size(&self) -> usize {
        let asked: usize = self.requests.iter().map(|request| request.seeds.len()).sum();
        self.tokens.len().saturating_add(asked)
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let written = Written {
            chain: self.chain,
            org: self.org.clone(),
            epochs: self.epochs.iter().map(WrittenEpoch::of).collect(),
            requests: self.requests.iter().map(WrittenRequest::of).collect(),
            tokens: self.tokens.iter().map(WrittenToken::of).collect(),
        };
        // Room for all of it, so that no copy of a secret is left where the buffer grew.
        let room = self.size().saturating_add(self.epochs.len()).saturating_mul(1024).saturating_add(8192);
        let mut line = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *line, &written).expect("texts and numbers are JSON");
        line.push(b'\n');
        let mut all = Zeroizing::new(Vec::with_capacity(line.len().saturating_add(128)));
        all.extend_from_slice(format!("{MAGIC}{}\n", Digest::of(&line)).as_bytes());
        all.extend_from_slice(&line);
        all
    }

    /// # Errors
    /// What is wrong with the bytes, without any of them.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or("no first line")?;
        let (first, rest) = bytes.split_at_checked(end).ok_or("no first line")?;
        let line = rest.get(1..).unwrap_or_default();
        let digest = first.strip_prefix(MAGIC.as_bytes()).ok_or("not a wallet of a known version")?;
        let digest = std::str::from_utf8(digest).ok().and_then(|text| text.parse::<Digest>().ok());
        if digest.ok_or("no digest")? != Digest::of(line) {
            return Err("the digest is of other bytes".into());
        }
        let written: Written = serde_json::from_slice(line).map_err(|_| "not the form of a wallet")?;
        let (chain, mut content) = (written.chain, Self::new(written.chain, written.org));
        for one in written.epochs {
            content.learn(&one.read(chain)?);
        }
        for one in written.requests {
            content.requests.push(one.read()?);
        }
        for one in written.tokens {
            content.tokens.push(one.read()?);
        }
        content.check().map(|()| content)
    }

    /// What every wallet of this program's making holds.
    fn check(&self) -> Result<(), String> {
        let numbers =
            self.requests.iter().map(|one| one.epoch).chain(self.tokens.iter().map(|one| one.epoch));
        if self.size() > TOKENS_MAX || numbers.into_iter().any(|epoch| self.epoch(epoch).is_none()) {
            return Err("too many tokens, or tokens of an epoch without keys".into());
        }
        let asked = self.requests.iter().flat_map(|one| &one.seeds);
        let seeds =
            asked.chain(self.tokens.iter().map(|one| &one.seed)).map(|seed| Digest::of(seed.as_slice()));
        let spent = self.tokens.iter().filter_map(|one| one.spent_on);
        let doubled = |mut digests: Vec<Digest>| {
            digests.sort_unstable();
            digests.windows(2).any(|pair| pair.first() == pair.last())
        };
        if doubled(seeds.collect()) || doubled(spent.collect()) {
            return Err("a token stands in it twice".into());
        }
        Ok(())
    }
}

impl WrittenEpoch {
    fn of(epoch: &TokenEpoch) -> Self {
        Self {
            epoch: epoch.number(),
            valid_until_ms: epoch.valid_until,
            polynomial: BASE64.encode(epoch.polynomial.to_bytes()),
        }
    }

    fn read(&self, chain: ChainId) -> Result<TokenEpoch, String> {
        let polynomial = BASE64.decode(&self.polynomial).map_err(|_| "an epoch's keys")?;
        let polynomial = PublicPolynomial::from_bytes(&polynomial).map_err(|_| "an epoch's keys")?;
        Ok(TokenEpoch::of(chain, self.epoch, polynomial, self.valid_until_ms, 0))
    }
}

impl WrittenRequest {
    fn of(request: &Request) -> Self {
        Self {
            epoch: request.epoch,
            envelope: request.record.envelope().to_value(),
            seeds: request.seeds.iter().map(Hidden::of).collect(),
            refused: request.refused,
        }
    }

    fn read(&self) -> Result<Request, String> {
        if self.seeds.is_empty() || self.seeds.len() > POINTS_MAX {
            return Err("a request's number of points".into());
        }
        let record =
            Record::from_json(self.envelope.to_string().as_bytes()).map_err(|_| "a request's record")?;
        let seeds = self.seeds.iter().map(Hidden::read).collect::<Result<_, _>>()?;
        Ok(Request { epoch: self.epoch, record, seeds, refused: self.refused })
    }
}

impl WrittenToken {
    fn of(token: &Held) -> Self {
        Self {
            epoch: token.epoch,
            seed: Hidden::of(&token.seed),
            signature: hex::encode(token.signature),
            spent_on: token.spent_on.as_ref().map(ToString::to_string),
            spent_for: token.spent_for.clone(),
            asked_with: token.asked_with,
        }
    }

    fn read(&self) -> Result<Held, String> {
        let mut signature = [0; 48];
        hex::decode_to_slice(&self.signature, &mut signature).map_err(|_| "a signature")?;
        let spent_on =
            self.spent_on.as_deref().map(str::parse).transpose().map_err(|_| "an entry's digest")?;
        let (spent_for, asked_with) = (self.spent_for.clone(), self.asked_with);
        Ok(Held { epoch: self.epoch, seed: self.seed.read()?, signature, spent_on, spent_for, asked_with })
    }
}
