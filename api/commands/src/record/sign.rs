//! `biaozheng draft` and `biaozheng sign`: a record of several signers goes round, and no private key leaves its machine.
//!
//! **Invariant:** what is signed is shown first, in full; text of others is shown without control characters.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::author::{TOOL, clock};
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use clap::Args;
use serde_json::Value;

use crate::Exit;
use crate::output::{complain, say, visible};
use crate::record::certificate::{refuse_existing, write_new};
use crate::record::signatures::{
    Collection, OrganisationOrMember, Signature, key_on_chain, say_next, show_signers,
};
use crate::record::signer::{Maker, Signer};
use crate::record::submit::{document_of, read_body};
use crate::terminal::confirm::agreed;
use crate::terminal::moments::shown;
use biaozheng_client::key_file::read as read_secret;

const SIGN: &str = "biaozheng sign";
/// Records with a command of their own, which compares the signer's keys with its node's.
const OWN_COMMAND: &[(&str, &str)] =
    &[("dkg.started/1", "biaozheng sealing sign"), ("validators.changed/1", "biaozheng validators sign")];

const EXAMPLE: &str = "\
A record that several sign (an evaluation's report, a contract, a key that is added) is drafted by its author and goes from
one signer to the next as a file. Each sees what it is about, adds one signature with its own key on its own machine, and
passes the new file on. Whoever has the complete one submits it. 报告、合同等多方签名的记录以文件流转，各方在本机用自己的密钥签名。

Examples:
  biaozheng draft --type contract.signed/1 --project P-1 --previous sha256:9f86… --body contract.json \\
      --document contract.pdf --key owner.key --org OWNER --cosigner WINNER --chain chain-id.txt --out contract-1.json
  biaozheng sign contract-1.json --chain chain-id.txt                                             shows it
  biaozheng sign contract-1.json --chain chain-id.txt --key winner.key --org WINNER --out contract-2.json
  biaozheng submit --envelope contract-2.json --document contract.pdf --chain chain-id.txt
  biaozheng draft --type evaluation.reported/1 ... --cosigner M1=ed25519:… --cosigner M2=ed25519:…   members: name their keys";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct DraftCommand {
    /// The record's type and version, such as contract.signed/1
    #[arg(long = "type", value_name = "TYPE")]
    record_type: String,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: Option<ProjectId>,
    /// The project's record before this one
    #[arg(long, value_name = "RECORD")]
    previous: Option<RecordId>,
    /// The record's body, a JSON object; - for standard input
    #[arg(long, value_name = "FILE|-")]
    body: PathBuf,
    /// A document: the record names it by its digest
    #[arg(long = "document", value_name = "FILE[=MEDIA-TYPE]")]
    documents: Vec<String>,
    /// Another who signs, in this order; its key where the chain does not know it, or knows several
    #[arg(long = "cosigner", value_name = "ORG[=KEY]", required = true)]
    cosigners: Vec<String>,
    #[command(flatten)]
    signer: Signer<Maker>,
    /// File to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct SignCommand {
    #[command(flatten)]
    signature: Signature<OrganisationOrMember>,
    /// Do not ask before signing 不再询问
    #[arg(long)]
    yes: bool,
}

impl DraftCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        refuse_existing(Some(&self.out))?;
        own_command(&self.record_type)?;
        let chain = self.signer.chain()?;
        let key = self.signer.key()?;
        let made_at_ms = clock();
        let mut cosigners = Vec::new();
        for text in &self.cosigners {
            cosigners.push(self.cosigner(text).await.with_context(|| format!("--cosigner {text}"))?);
        }
        let documents = self.documents.iter().map(|text| document_of(text)).collect::<anyhow::Result<_>>()?;
        let payload = Payload {
            chain,
            record_type: RecordType::new(&self.record_type)?,
            author: Party { org: self.signer.org.clone(), key: key.public() },
            cosigners,
            project: self.project.clone(),
            previous: self.previous,
            made_at_ms,
            tool: TOOL.to_owned(),
            documents,
            body: read_body(&self.body)?,
        };
        let round = Collection::begin(payload, &key)?;
        show(&round);
        write_new(&self.out, &round.to_json())?;
        say(format_args!("written 已保存 {}", self.out.display()));
        say_next(&round, &self.out, SIGN);
        Ok(Exit::Done)
    }

    /// With the key that is given, or the one the chain knows.
    async fn cosigner(&self, text: &str) -> anyhow::Result<Party> {
        if let Some((org, key)) = text.split_once('=') {
            let key: PublicKey = key.parse()?;
            return Ok(Party { org: OrgId::new(org)?, key });
        }
        let org = OrgId::new(text)?;
        let (client, _) = self.signer.node().await?;
        let key = key_on_chain(&client, &org, clock()).await.with_context(|| {
            format!("name the key: --cosigner {org}=ed25519:… (a committee's member: its session key) 请指明其密钥")
        })?;
        Ok(Party { org, key })
    }
}

impl SignCommand {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut round = self.signature.read()?;
        own_command(round.payload().record_type.as_str())?;
        show(&round);
        let Some((key, org, out)) = self.signature.given() else {
            say_next(&round, &self.signature.file, SIGN);
            return Ok(Exit::Done);
        };
        refuse_existing(Some(out))?;
        let key = read_secret(key)?;
        ensure!(agreed("Sign this record? 确认签名？", self.yes), "nothing was signed 已取消");
        round.add(org, &key)?;
        write_new(out, &round.to_json())?;
        say(format_args!("signed 已签名 {org}: {}", out.display()));
        say_next(&round, out, SIGN);
        Ok(Exit::Done)
    }
}

fn own_command(record_type: &str) -> anyhow::Result<()> {
    match OWN_COMMAND.iter().find(|(name, _)| *name == record_type) {
        Some((_, command)) => bail!(
            "{record_type} is signed with `{command}`, which compares the keys in it with those of your own node 请使用该命令以核对本单位密钥"
        ),
        None => Ok(()),
    }
}

/// What is signed, in full.
fn show(round: &Collection) {
    let payload = round.payload();
    say(format_args!("record type 记录类型 {}", payload.record_type));
    if let Some(project) = &payload.project {
        say(format_args!("project 项目 {project}"));
    }
    if let Some(previous) = payload.previous {
        say(format_args!("follows 前序记录 {previous}"));
    }
    say(format_args!("made 生成时间 {}", shown(payload.made_at_ms)));
    for document in &payload.documents {
        say(format_args!(
            "document 附件 {} {} ({} bytes)",
            visible(&document.name),
            document.digest,
            document.size
        ));
    }
    say("content 内容:");
    for line in body_lines(&payload.body) {
        say(format_args!("  {line}"));
    }
    show_signers(round);
}

/// The body, indented; amounts and times also as people read them.
fn body_lines(body: &Value) -> Vec<String> {
    let text = serde_json::to_string_pretty(body).unwrap_or_default();
    text.lines().map(|line| visible(line) + &spoken(line)).collect()
}

/// Behind a member whose name says that it is a time in milliseconds: that time.
fn spoken(line: &str) -> String {
    let member = line.trim().trim_end_matches(',').split_once("\": ");
    let time = member
        .filter(|(name, _)| name.ends_with("_ms"))
        .and_then(|(_, value)| value.parse::<u64>().ok())
        // Lengths of time have names of this kind too; they are no dates of this century.
        .filter(|ms| *ms > 946_684_800_000);
    time.map_or_else(String::new, |ms| format!("    {}", shown(biaozheng_ledger::ids::TimeMs::new(ms))))
}

/// Who has not signed an unfinished record; nothing for bytes that are none.
pub(crate) fn say_missing(path: &Path, chain: &biaozheng_ledger::ids::ChainId) -> Option<String> {
    let round = Collection::read(path, chain).ok()?;
    let missing: Vec<String> = round
        .signers()
        .filter(|(_, signed)| !signed)
        .map(|(party, _)| format!("{} ({})", party.org, party.key))
        .collect();
    if missing.is_empty() {
        return None;
    }
    complain(format_args!("unfinished 签名不全: still to sign 待签名 {}", missing.join(", ")));
    Some(format!(
        "each signs with: {SIGN} {} --chain … --key FILE --org ORG --out NEW 请待签名方依次签名",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_signed_is_shown_without_anything_that_moves_a_terminal() {
        let lines = body_lines(
            &json!({"text": "a\u{1b}[2Jb\u{202e}", "deadline_ms": 1_796_086_800_000_u64, "slot_ms": 5000}),
        );
        let text = lines.join("\n");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert!(
            text.contains("\"deadline_ms\": 1796086800000") && text.contains("2026-12-01 09:00:00+08:00"),
            "{text}"
        );
        assert!(!text.contains("5000,    19"), "a length is no date: {text}");
    }

    #[test]
    fn records_whose_signer_compares_keys_have_their_own_command() {
        assert!(own_command("dkg.started/1").unwrap_err().to_string().contains("biaozheng sealing sign"));
        own_command("contract.signed/1").unwrap();
    }
}
