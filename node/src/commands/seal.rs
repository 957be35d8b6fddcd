//! `biaozheng seal`: asks for a token, seals a bid to the group, and enters it under nobody's name.
//!
//! **Invariant:** the group's keys are believed only from a certified record of the expected chain: a node that gave keys
//! of its own could read the bid. The opening proof is on disk before anything is sent.

#![allow(clippy::indexing_slicing, reason = "indexing JSON by a name reads null and never panics")]

use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_client::{Author, Client, Patience, Wait};
use biaozheng_contracts::acts::{sealed, tokens::points_text};
use biaozheng_contracts::sealing::{OPENING_NUMBER, slot_of_deadline};
use biaozheng_ledger::certificate::{Certificate, Expectations};
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::record::Record;
use biaozheng_seal::dkg::EpochKeys;
use biaozheng_seal::label::{Slot, TenderOpening};
use biaozheng_seal::sealing::{
    Bid, BidIdentity, LotId, OpeningProof, SealedEntry, SealingGroup, SizeClass, seal, seal_withdrawal,
};
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::{BlindPartial, TokenGroup, UnspentToken, request_token};
use clap::Args;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Exit;
use super::certificate::{chain_of, refuse_existing, write_new};
use super::output::say;
use crate::keys::{generate, read_secret};

const EXAMPLE: &str = "\
The file's bytes are the bid as bid.revealed/1 would show it: a JSON object with 'price'. --out NAME makes
  NAME.proof      opens the bid without the group; as secret as the bid
  NAME.json       the signed record, before it is sent; send it again with: biaozheng submit --envelope NAME.json
  NAME.cert.json  the certificate
Whoever accepts the connection knows its address: give another node for the entry with --enter-at.

Examples:
  biaozheng seal bid.json --chain chain-id.txt --key b.key --org B1 --project P-1 --lot 1 --out bid-1
  biaozheng seal bid2.json --sequence 2 ... --out bid-2        replaces the first
  biaozheng seal --withdraw --sequence 3 ... --out withdrawal
  biaozheng seal --prove bid-2.proof ...                       after the group's time is over";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Seal {
    /// The bid
    #[arg(value_name = "FILE", required_unless_present_any = ["withdraw", "prove"], conflicts_with = "withdraw")]
    file: Option<PathBuf>,
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The node that takes the sealed entry; the same if left out
    #[arg(long, value_name = "URL")]
    enter_at: Option<String>,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: String,
    /// Your secret key file
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Your organisation's number
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: ProjectId,
    /// The lot
    #[arg(long, value_name = "LOT", default_value = "1")]
    lot: String,
    /// A higher one replaces what you sealed before
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    sequence: u32,
    /// Withdraw what was sealed with lower sequences
    #[arg(long)]
    withdraw: bool,
    /// Open a sealed bid with its proof instead
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "withdraw"])]
    prove: Option<PathBuf>,
    /// Beginning of the names of the files to make
    #[arg(long, value_name = "NAME", required_unless_present = "prove")]
    out: Option<PathBuf>,
    /// How long to try and wait, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout_s: u64,
}

/// What the command works with.
struct Bidder {
    client: Client,
    author: Author,
    key: SecretKey,
    chain: ChainId,
    total: Duration,
}

impl Seal {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let chain = chain_of(&self.chain)?;
        let client = Client::new(&self.api)?;
        let found = client.genesis().await?.chain_id();
        ensure!(found == chain, "the node is of chain {found}, not {chain} 链标识不符");
        let key = read_secret(&self.key)?;
        let org = OrgId::new(&self.org).with_context(|| format!("organisation {:?}", self.org))?;
        let total = Duration::from_secs(self.timeout_s);
        let bidder = Bidder { client, author: Author::new(org, key.clone(), chain), key, chain, total };
        match &self.prove {
            Some(path) => bidder.prove(&self.project, path).await,
            None => self.seal(&bidder).await,
        }
    }

    async fn seal(&self, bidder: &Bidder) -> anyhow::Result<Exit> {
        let out = self.out.as_deref().context("--out")?;
        let [proof_file, record_file, certificate_file] =
            ["proof", "json", "cert.json"].map(|ending| PathBuf::from(format!("{}.{ending}", out.display())));
        for path in [&proof_file, &record_file, &certificate_file] {
            refuse_existing(Some(path))?;
        }
        let groups = bidder.client.sealing().await.context("the chain has no group for sealed bids")?;
        let group = SealingGroup { chain: bidder.chain, key: bidder.keys(&groups).await?.group_key() };
        let slot = self.slot(bidder, &groups).await?;
        let (entry, proof) = self.entry(bidder, &group, slot)?;
        write_secret(&proof_file, &proof.to_bytes())?;
        say(format_args!("opening proof 开启证明 {} (as secret as the bid)", proof_file.display()));
        let token = bidder.token(&groups).await?;
        let record = sealed::record(&bidder.chain, token, &entry)?;
        write_new(&record_file, &record.envelope().to_json())?;
        say(format_args!("record 记录 {}, slot 时段 {}", record.id(), slot.get()));
        let client = Client::new(self.enter_at.as_ref().unwrap_or(&self.api))?;
        let patience = Patience { total: bidder.total, ..Patience::default() };
        let submission = client.submit_until(&record, Wait::Certificate, patience).await?;
        let Some(certificate) = &submission.certificate else {
            say("received, not certified yet 已接收，尚未取得证书");
            return Ok(Exit::Unfinished);
        };
        let text = certificate.to_string();
        say(super::certificate::verify(&text, &record.id(), Some(bidder.chain))?);
        write_new(&certificate_file, &text)?;
        say(format_args!("written 已保存 {}", certificate_file.display()));
        Ok(Exit::Done)
    }

    /// The slot that ends at the tender's deadline.
    async fn slot(&self, bidder: &Bidder, groups: &Value) -> anyhow::Result<Slot> {
        let project = bidder.client.project(&self.project).await?;
        ensure!(
            project["sealed_by"] == "group",
            "this tender's bids are not sealed to the group 该项目不采用门限密封"
        );
        let lots = project["lots"].as_array().context("lots")?;
        ensure!(lots.iter().any(|lot| lot["id"] == self.lot), "the tender has no lot {:?}", self.lot);
        let deadline = project["deadline_ms"].as_u64().context("deadline")?;
        let slot_ms = groups["slot_ms"].as_u64().context("slot_ms")?;
        slot_of_deadline(TimeMs::new(deadline), slot_ms).context("the deadline is no slot's end")
    }

    fn entry(
        &self,
        bidder: &Bidder,
        group: &SealingGroup,
        slot: Slot,
    ) -> anyhow::Result<(SealedEntry, OpeningProof)> {
        let identity = BidIdentity {
            opening: TenderOpening { tender: self.project.clone(), number: OPENING_NUMBER },
            lot: LotId::new(&self.lot)?,
            bidder: bidder.author.org().clone(),
            bidder_key: bidder.key.public(),
            sequence: self.sequence,
        };
        let seed = fresh()?;
        let Some(file) = &self.file else {
            let class = SizeClass::of(1).context("size class")?;
            return Ok(seal_withdrawal(group, slot, &identity, class, &bidder.key, &seed)?);
        };
        let mut body = Zeroizing::new(Vec::new());
        let file = std::fs::File::open(file).with_context(|| file.display().to_string())?;
        file.take(64 * 1024).read_to_end(&mut body)?;
        let read: Result<biaozheng_contracts::acts::bid::BidBody, _> = serde_json::from_slice(&body);
        let read =
            read.context("the file is no bid: a JSON object with 'price', 'deviations', 'statement'")?;
        ensure!(read.price.is_some(), "a bid without a price would be disqualified 无报价将被否决");
        Ok(seal(group, slot, &Bid { identity, body: body.to_vec() }, &bidder.key, &seed)?)
    }
}

impl Bidder {
    /// The keys of a group, from the certified record that made them.
    async fn certified(&self, group: &Value) -> anyhow::Result<EpochKeys> {
        let record: RecordId = group["record"].as_str().context("record")?.parse()?;
        let certificate = Certificate::from_json(self.client.certificate(&record).await?.as_bytes())?;
        ensure!(certificate.record == record, "the node sent another certificate");
        let verification =
            certificate.verify(&Expectations { chain: Some(self.chain), ..Expectations::default() });
        if let Some((step, reason)) = verification.failed_step() {
            bail!(
                "the certificate of the group's keys is invalid 群公钥证书无效 at step {}: {reason}",
                step.name()
            );
        }
        let envelope = certificate.envelope.as_ref().context("the certificate shows no record")?;
        let payload = BASE64.decode(envelope["payload"].as_str().context("payload")?)?;
        let payload = Payload::decode(&payload)?;
        ensure!(payload.record_type.as_str() == "dkg.finalised/1", "that record makes no keys");
        let message = payload.body["message"].as_str().context("message")?;
        let keys = EpochKeys::from_bytes(&BASE64.decode(message)?)?;
        ensure!(
            group["keys"].as_str() == Some(message),
            "the node's keys are not those of the record 群公钥不符"
        );
        Ok(keys)
    }

    async fn keys(&self, groups: &Value) -> anyhow::Result<EpochKeys> {
        let keys = self.certified(groups).await?;
        ensure!(keys.purpose() == biaozheng_seal::group::Purpose::Sealing, "a group for something else");
        Ok(keys)
    }

    /// One token: asked for by name, signed blindly by a quorum.
    async fn token(&self, groups: &Value) -> anyhow::Result<UnspentToken> {
        let tokens =
            groups.get("tokens").filter(|one| !one.is_null()).context("no token epoch has a group yet")?;
        let keys = self.certified(tokens).await?;
        let epoch = u32::try_from(tokens["epoch"].as_u64().context("epoch")?)?;
        ensure!(
            keys.purpose() == biaozheng_seal::group::Purpose::Tokens(epoch),
            "a group for something else"
        );
        let group = TokenGroup { chain: self.chain, epoch, key: keys.group_key() };
        let pending = request_token(&group, &fresh()?);
        let body = json!({"epoch": epoch, "points": points_text(&[*pending.request()])});
        let record = self.author.record("token.requested/1", body).sign(biaozheng_client::author::clock())?;
        self.submit(&record).await.context("the request for a token")?;
        let until = tokio::time::Instant::now().checked_add(self.total).context("timeout")?;
        let polynomial = keys.polynomial();
        loop {
            let answer = self.client.token_signatures(&record.id()).await?;
            let parts: Vec<BlindPartial> = answer["members"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|one| partial(&one[0]))
                .collect();
            if parts.len() >= polynomial.quorum() {
                return Ok(pending.finish(&group, &polynomial, &parts)?);
            }
            ensure!(tokio::time::Instant::now() < until, "no quorum signed the token in time 凭证未获签发");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    async fn submit(&self, record: &Record) -> anyhow::Result<()> {
        let patience = Patience { total: self.total, ..Patience::default() };
        let done = self.client.submit_until(record, Wait::Committed, patience).await?;
        ensure!(done.reached(Wait::Committed), "received and not in a block yet; try again later");
        Ok(())
    }

    async fn prove(&self, project: &ProjectId, path: &Path) -> anyhow::Result<Exit> {
        let bytes = Zeroizing::new(std::fs::read(path).with_context(|| path.display().to_string())?);
        let proof = OpeningProof::from_bytes(&bytes)?;
        ensure!(proof.identity().opening.tender == *project, "the proof is of another project");
        let body = json!({"proof": BASE64.encode(&*bytes)});
        let draft = self.author.record("sealed.proved/1", body).project(project.clone());
        let record = draft.sign(biaozheng_client::author::clock())?;
        self.submit(&record).await?;
        say(format_args!("opened by its bidder 投标人自行开启 {}", record.id()));
        Ok(Exit::Done)
    }
}

fn fresh() -> anyhow::Result<Seed> {
    Ok(Seed::new(*Zeroizing::new(*generate()?.seed())))
}

fn partial(text: &Value) -> Option<BlindPartial> {
    BlindPartial::from_bytes(&BASE64.decode(text.as_str()?).ok()?).ok()
}

/// A new file that only its owner reads, on disk before this returns.
fn write_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let open = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = open.with_context(|| path.display().to_string())?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}
