//! `biaozheng sealing start|reshare|tokens|sign`: the start of a key ceremony, and the signatures it needs.

#![allow(clippy::indexing_slicing, reason = "indexing JSON by a name reads null and never panics")]

use anyhow::{Context as _, ensure};
use biaozheng_client::author::clock;
use biaozheng_client::{Client, ClientError};
use biaozheng_contracts::sealing::ceremony::{NamedMember, Started};
use biaozheng_contracts::sealing::group::GroupPurpose;
use biaozheng_ledger::ids::{ChainId, OrgId};
use biaozheng_ledger::json::from_value;
use biaozheng_seal::dkg::Member;
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::Exit;
use crate::output::say;
use crate::record::signatures::{Collection, Draft, Signature, say_next, show_signers};
use crate::terminal::moments::shown;

const STARTED: &str = "dkg.started/1";
const SIGN: &str = "biaozheng sealing sign";

const EXAMPLE: &str = "\
The city centre writes the start; every organisation with a seat signs it, and so does a quorum of those who hold the key
now. The file goes from one to the next, each adds its signature with `biaozheng sealing sign`, and the complete one is
submitted. The members' nodes do the rest by themselves until the last of the three times is over.
由市中心起草，全部席位单位及现有密钥组法定多数依次签名后提交；各节点随后自动完成仪式。

Examples:
  biaozheng keys sealing --home NODE                 on each node: prints its member's keys 各节点打印成员公钥
  biaozheng sealing start --seat CITY=128HEX --seat EAST=128HEX --seat WEST=128HEX --seat REG=128HEX \\
      --slot-ms 3600000 --chain chain-id.txt --key city.key --org CITY --out start-1.json
  biaozheng sealing sign start-1.json --chain chain-id.txt                      shows it
  biaozheng sealing sign start-1.json --chain chain-id.txt --key east.key --org EAST --member 128HEX --out start-2.json
  biaozheng submit --envelope start-4.json --chain chain-id.txt";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLE)]
pub(crate) enum SealingCommand {
    /// Write the start of the ceremony that makes the key of the bids 首次密钥仪式
    #[command(after_help = EXAMPLE)]
    Start(Start),
    /// Write the start of the one that deals it anew, to these members 重新分发密钥
    #[command(after_help = EXAMPLE)]
    Reshare(Reshare),
    /// Write the start of the one for the next epoch of tokens 新一期凭证密钥
    #[command(after_help = EXAMPLE)]
    Tokens(Tokens),
    /// Show a start, and sign it 查看并签名
    #[command(after_help = EXAMPLE)]
    Sign(Sign),
}

#[derive(Debug, Args)]
pub(crate) struct Ceremony {
    /// A member: its organisation, and its keys as `biaozheng keys sealing` printed them on its node
    #[arg(long = "seat", value_name = "ORG=HEX", required = true)]
    seats: Vec<String>,
    /// Time for the signatures and the deals, seconds from now
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    dealing_s: u64,
    /// Time for the acknowledgements, and again for the logs, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    phase_s: u64,
    #[command(flatten)]
    draft: Draft,
}

#[derive(Debug, Args)]
pub(crate) struct Start {
    /// Length of a slot, for ever: deadlines are at the ends of slots
    #[arg(long, value_name = "MS", default_value_t = 3_600_000)]
    slot_ms: u64,
    /// Slots after the running one that take entries
    #[arg(long, value_name = "NUMBER", default_value_t = 2000)]
    ahead: u32,
    #[command(flatten)]
    ceremony: Ceremony,
}

#[derive(Debug, Args)]
pub(crate) struct Reshare {
    #[command(flatten)]
    ceremony: Ceremony,
}

#[derive(Debug, Args)]
pub(crate) struct Tokens {
    /// Tokens each bidder may have
    #[arg(long, value_name = "NUMBER")]
    quota: u32,
    /// Tokens each member may have, for its dummies
    #[arg(long, value_name = "NUMBER")]
    member_quota: u32,
    /// How long they admit, days from now
    #[arg(long, value_name = "DAYS")]
    valid_days: u64,
    #[command(flatten)]
    ceremony: Ceremony,
}

#[derive(Debug, Args)]
pub(crate) struct Sign {
    #[command(flatten)]
    signature: Signature,
    /// The keys of your node as `biaozheng keys sealing` printed them: they are compared with your seat's
    #[arg(long, value_name = "HEX", requires = "key")]
    member: Option<String>,
}

impl SealingCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Sign(sign) => sign.run(),
            Self::Start(start) => {
                let (client, chain) = start.ceremony.draft.node().await?;
                ensure!(
                    group(&client).await?.is_none(),
                    "the chain has a group: `biaozheng sealing reshare` deals its key anew 已有密钥组"
                );
                let purpose = GroupPurpose::Sealing { slot_ms: start.slot_ms, ahead: start.ahead };
                start.ceremony.write(&client, chain, purpose, 0).await
            }
            Self::Reshare(reshare) => {
                let (client, chain) = reshare.ceremony.draft.node().await?;
                let group = group(&client).await?;
                let group = group.context("the chain has no group: `biaozheng sealing start` 尚无密钥组")?;
                let number = |name: &str| group[name].as_u64().with_context(|| name.to_owned());
                let purpose = GroupPurpose::Sealing {
                    slot_ms: number("slot_ms")?,
                    ahead: u32::try_from(number("ahead")?)?,
                };
                let next = u32::try_from(number("epoch")?)?.checked_add(1).context("epoch")?;
                reshare.ceremony.write(&client, chain, purpose, next).await
            }
            Self::Tokens(tokens) => {
                let (client, chain) = tokens.ceremony.draft.node().await?;
                let newest = group(&client).await?.and_then(|group| group["tokens"]["epoch"].as_u64());
                let days = tokens.valid_days.saturating_mul(86_400_000);
                let purpose = GroupPurpose::Tokens {
                    epoch: u32::try_from(newest.unwrap_or(0))?.checked_add(1).context("epoch")?,
                    quota: tokens.quota,
                    member_quota: tokens.member_quota,
                    valid_until_ms: clock().saturating_add(days),
                };
                tokens.ceremony.write(&client, chain, purpose, 0).await
            }
        }
    }
}

/// What `/v1/sealing` says; nothing before the chain has a group.
async fn group(client: &Client) -> anyhow::Result<Option<Value>> {
    match client.sealing().await {
        Ok(group) => Ok(Some(group)),
        Err(ClientError::Problem(problem)) if problem.status == 404 => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Ceremony {
    async fn write(
        &self,
        client: &Client,
        chain: ChainId,
        purpose: GroupPurpose,
        epoch: u32,
    ) -> anyhow::Result<Exit> {
        let members = self.members()?;
        let now = clock();
        let after = |seconds: u64| now.saturating_add(seconds.saturating_mul(1000));
        let acknowledged = self.dealing_s.saturating_add(self.phase_s);
        let body = Started {
            purpose,
            epoch,
            dealing_until_ms: after(self.dealing_s),
            acknowledging_until_ms: after(acknowledged),
            concluding_until_ms: after(acknowledged.saturating_add(self.phase_s)),
            members,
        };
        let seats: Vec<OrgId> = body.members.iter().map(|one| one.org.clone()).collect();
        let content = (serde_json::to_value(&body)?, now);
        let (round, out) = self.draft.write(client, chain, STARTED, content, seats).await?;
        show(&round)?;
        say_next(&round, out, SIGN);
        Ok(Exit::Done)
    }

    fn members(&self) -> anyhow::Result<Vec<NamedMember>> {
        let read = |text: &String| {
            let (org, member) = text.split_once('=').context("write --seat ORG=HEX")?;
            check_member(member).with_context(|| format!("the keys of {org}"))?;
            Ok(NamedMember { org: OrgId::new(org)?, member: member.to_owned() })
        };
        self.seats.iter().map(read).collect()
    }
}

fn check_member(text: &str) -> anyhow::Result<()> {
    let bytes = hex::decode(text).ok().and_then(|bytes| <[u8; Member::SIZE_BYTES]>::try_from(bytes).ok());
    let bytes = bytes.context("128 hexadecimal digits, as `biaozheng keys sealing` prints them")?;
    Member::from_bytes(&bytes).map(drop).context("these are no member's keys")
}

impl Sign {
    fn run(self) -> anyhow::Result<Exit> {
        let round = self.signature.read()?;
        let started = show(&round)?;
        let own = |seat: &&NamedMember| self.signature.org() == Some(&seat.org);
        if let Some(seat) = started.members.iter().find(own) {
            let given = self.member.as_deref().context(
                "you have a seat: give --member with the keys of your own node, or a stranger's could be in it 请核对本单位席位公钥",
            )?;
            ensure!(
                seat.member.eq_ignore_ascii_case(given),
                "your seat has other keys than these 席位公钥不符"
            );
        }
        self.signature.add(round, SIGN)?;
        Ok(Exit::Done)
    }
}

/// What is signed, in full.
fn show(round: &Collection) -> anyhow::Result<Started> {
    let payload = round.payload();
    ensure!(payload.record_type.as_str() == STARTED, "this starts no ceremony: {}", payload.record_type);
    let started: Started = from_value(&payload.body).context("the start's body")?;
    match started.purpose {
        GroupPurpose::Sealing { slot_ms, ahead } => say(format_args!(
            "key of the bids 投标密钥, epoch 期次 {}; slots of {slot_ms} ms 时段, {ahead} ahead",
            started.epoch
        )),
        GroupPurpose::Tokens { epoch, quota, member_quota, valid_until_ms } => say(format_args!(
            "tokens 凭证, epoch 期次 {epoch}; {quota} a bidder, {member_quota} a member, until {}",
            shown(valid_until_ms)
        )),
    }
    for seat in &started.members {
        say(format_args!("seat 席位 {} {}", seat.org, seat.member));
    }
    say(format_args!(
        "deals until 分发截止 {}; acknowledgements 确认截止 {}; logs 结束 {}",
        shown(started.dealing_until_ms),
        shown(started.acknowledging_until_ms),
        shown(started.concluding_until_ms)
    ));
    show_signers(round);
    Ok(started)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_members_keys_are_of_one_length() {
        assert!(super::check_member("00").is_err());
    }
}
