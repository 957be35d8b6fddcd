//! A record that many organisations sign: who they are, with which key each signs, and the file that goes round.

#![allow(clippy::indexing_slicing, reason = "indexing JSON by a name reads null and never panics")]

mod collection;

use std::fmt::Debug;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use biaozheng_client::Client;
use biaozheng_client::author::TOOL;
use biaozheng_ledger::ids::{ChainId, OrgId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use clap::Args;
use serde_json::Value;

pub(crate) use self::collection::Collection;
use crate::output::{complain, say};
use crate::record::certificate::{chain_of, refuse_existing, write_new};
use crate::record::signer::{CityCentre, Signer};
use biaozheng_client::key_file::read as read_secret;

/// Who drafts the record, and the others who sign it.
#[derive(Debug, Args)]
pub(crate) struct Draft {
    /// Who signs besides those that must, such as one that agrees
    #[arg(long = "also", value_name = "ORG")]
    also: Vec<OrgId>,
    /// The key somebody signs with, where it has several: as `biaozheng keys show` prints it
    #[arg(long = "signs-with", value_name = "ORG=KEY")]
    signs_with: Vec<String>,
    #[command(flatten)]
    signer: Signer<CityCentre>,
    /// File to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Who a command's help says adds a signature.
pub(crate) trait Adds: Debug + Clone + Send + Sync + 'static {
    const ORG: &'static str;
}

#[derive(Debug, Clone)]
pub(crate) struct Organisation;

impl Adds for Organisation {
    const ORG: &'static str = "Your organisation's number";
}

/// Members of a committee sign with `biaozheng sign` and nothing else.
#[derive(Debug, Clone)]
pub(crate) struct OrganisationOrMember;

impl Adds for OrganisationOrMember {
    const ORG: &'static str = "Your organisation's number, or your id as a member of a committee";
}

/// One organisation's signature.
#[derive(Debug, Args)]
pub(crate) struct Signature<A: Adds = Organisation> {
    /// The record that goes round
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: String,
    /// Your secret key file; without it the record is only shown
    #[arg(long, value_name = "FILE", requires_all = ["org", "out"])]
    key: Option<PathBuf>,
    #[arg(long, value_name = "ORG", requires = "key", help = A::ORG)]
    org: Option<OrgId>,
    /// File to make, with your signature
    #[arg(long, value_name = "FILE", requires = "key")]
    out: Option<PathBuf>,
    #[arg(skip)]
    who: PhantomData<A>,
}

impl Draft {
    /// A client of the node, which is of the chain that was expected.
    pub(crate) async fn node(&self) -> anyhow::Result<(Client, ChainId)> {
        refuse_existing(Some(&self.out))?;
        self.signer.node().await
    }

    /// Writes the record with the author's signature, for these and those named with `--also` to sign.
    pub(crate) async fn write(
        &self,
        client: &Client,
        chain: ChainId,
        record_type: &str,
        (body, made_at_ms): (Value, TimeMs),
        must_sign: impl IntoIterator<Item = OrgId>,
    ) -> anyhow::Result<(Collection, &Path)> {
        let key = self.signer.key()?;
        let mut others: Vec<OrgId> = must_sign.into_iter().chain(self.also.iter().cloned()).collect();
        others.retain(|org| *org != self.signer.org);
        others.sort();
        others.dedup();
        let mut cosigners = Vec::new();
        for org in others {
            cosigners.push(Party { key: self.key_of(client, &org, made_at_ms).await?, org });
        }
        let payload = Payload {
            chain,
            record_type: RecordType::new(record_type)?,
            author: Party { org: self.signer.org.clone(), key: key.public() },
            cosigners,
            project: None,
            previous: None,
            made_at_ms,
            tool: TOOL.to_owned(),
            documents: Vec::new(),
            body,
        };
        let round = Collection::begin(payload, &key)?;
        write_new(&self.out, &round.to_json())?;
        Ok((round, &self.out))
    }

    /// The key given on the command line, or the one the chain knows.
    async fn key_of(&self, client: &Client, org: &OrgId, now: TimeMs) -> anyhow::Result<PublicKey> {
        for text in &self.signs_with {
            let (of, key) = text.split_once('=').context("write --signs-with ORG=KEY")?;
            if of == org.as_str() {
                return key.parse().with_context(|| text.clone());
            }
        }
        let found = key_on_chain(client, org, now).await;
        found.with_context(|| format!("{org}: name its key with --signs-with 请指明其密钥"))
    }
}

/// The one key the chain knows an organisation to sign with.
pub(crate) async fn key_on_chain(client: &Client, org: &OrgId, now: TimeMs) -> anyhow::Result<PublicKey> {
    own_key(&client.participant(org).await.with_context(|| org.to_string())?, now)
}

/// The one key a participant signs with, of those of its lowest line.
fn own_key(shown: &Value, now: TimeMs) -> anyhow::Result<PublicKey> {
    let keys = shown["keys"].as_array().context("no keys")?;
    let signs = |key: &&Value| {
        let for_all = key["purposes"].as_array().is_some_and(|all| all.iter().any(|one| one == "sign"));
        let ended = key["valid_until_ms"].as_u64().is_some_and(|end| end <= now.get());
        for_all && !ended && key["until"].is_null()
    };
    let holding: Vec<&Value> = keys.iter().filter(signs).collect();
    let lowest = holding.iter().filter_map(|key| key["line"].as_u64()).min();
    let mut own = holding.iter().filter(|key| key["line"].as_u64() == lowest);
    match (own.next(), own.next()) {
        (Some(key), None) => Ok(key["key"].as_str().context("key")?.parse()?),
        (None, _) => bail!("it has no key to sign with"),
        (Some(_), Some(_)) => bail!("it has several keys to sign with"),
    }
}

impl<A: Adds> Signature<A> {
    pub(crate) fn read(&self) -> anyhow::Result<Collection> {
        Collection::read(&self.file, &chain_of(&self.chain)?)
    }

    /// Who signs; nobody where the record is only to be shown.
    pub(crate) const fn org(&self) -> Option<&OrgId> {
        self.org.as_ref()
    }

    /// The key file, the signer and the file to make; nothing where the record is only to be shown.
    pub(crate) fn given(&self) -> Option<(&Path, &OrgId, &Path)> {
        Some((self.key.as_deref()?, self.org.as_ref()?, self.out.as_deref()?))
    }

    /// Adds the signature, and says what is next.
    pub(crate) fn add(&self, mut round: Collection, command: &str) -> anyhow::Result<()> {
        let Some((key, org, out)) = self.given() else {
            say_next(&round, &self.file, command);
            return Ok(());
        };
        refuse_existing(Some(out))?;
        round.add(org, &read_secret(key)?)?;
        write_new(out, &round.to_json())?;
        say(format_args!("signed 已签名 {org}"));
        say_next(&round, out, command);
        Ok(())
    }
}

/// Who has signed and who has to.
pub(crate) fn show_signers(round: &Collection) {
    for (party, signed) in round.signers() {
        let done = if signed { "signed 已签" } else { "has to sign 待签" };
        say(format_args!("{done} {} {}", party.org, party.key));
    }
}

/// Says who does what next; `command` is what signs.
pub(crate) fn say_next(round: &Collection, file: &Path, command: &str) {
    let missing = round.signers().filter(|(_, signed)| !signed).count();
    if missing == 0 {
        complain(format_args!("complete 签名齐备: biaozheng submit --envelope {}", file.display()));
    } else {
        complain(format_args!(
            "{missing} have to sign 尚缺 {missing} 个签名: {command} {} --key FILE --org ORG --out NEW",
            file.display()
        ));
    }
}

#[cfg(test)]
mod tests {
    use biaozheng_ledger::key::SecretKey;
    use serde_json::json;

    use super::*;

    fn held(number: u8, line: u32, until: Option<u64>, purpose: &str) -> Value {
        let key = SecretKey::from_seed(&[number; 32]).public();
        json!({"key": key, "line": line, "until": until, "purposes": [purpose], "valid_until_ms": null})
    }

    #[test]
    fn an_organisation_signs_with_the_one_key_that_is_its_own() {
        let own = |keys: &[Value]| own_key(&json!({"keys": keys}), TimeMs::new(5));
        let first = SecretKey::from_seed(&[1; 32]).public();
        let others = [held(2, 1, None, "sign"), held(3, 0, Some(9), "sign"), held(4, 0, None, "session")];
        assert_eq!(own(&[&others[..], &[held(1, 0, None, "sign")]].concat()).unwrap(), first);
        let mut expired = held(1, 0, None, "sign");
        expired["valid_until_ms"] = json!(5);
        assert!(own(&[expired]).is_err());
        let two = [held(1, 0, None, "sign"), held(5, 0, None, "sign")];
        assert!(own(&two).is_err(), "which of the two is for people to say");
    }
}
