//! `biaozheng export draw`: one draw as a portable file for `biaozheng-verify --draw`.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::{Client, PageQuery};
use biaozheng_contracts::evaluation::beacon::GroupBeacon;
use biaozheng_draw::randomness::{self, Randomness, Reveal};
use biaozheng_draw::{ExpertId, PoolExpert, Seed};
use biaozheng_ledger::certificate::{Certificate, Expectations};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, DocumentDigest, Height, OrgId, ProjectId, RecordId};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::record::Record;
use biaozheng_verify::draw::{BidCode, DRAW_FORMAT, DrawFile, DrawKind, LotK, PAGE_MAX};
use biaozheng_verify::judge_draw;
use clap::{Args, ValueEnum};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use crate::Exit;
use crate::output::say;
use crate::record::certificate::{chain_of, refuse_existing, write_new};
use crate::terminal::progress::Progress;

const EXAMPLE: &str = "\
Experts: once the draw is disclosed (draw.disclosed). K and blind codes: as soon as there is a seed, and for codes once
they are opened. The pool as it was at the request is read out of all blocks up to it; every record is checked to hash
to its id, and the file is run again before it is written.

Exit codes: 0 written; 3 a record has no certificate yet: run it again.

Example:
  biaozheng export draw 2026-350100-48-01-000123 --kind experts --api http://10.1.2.9:8600 --chain chain-id.txt --out experts.draw.json
  biaozheng-verify --draw experts.draw.json --policy consortium.policy";

/// Requests under way at a time.
const FETCHES: usize = 8;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Who sits on the committee 评标专家
    Experts,
    /// K of the benchmark price 基准价系数
    K,
    /// Codes of scrubbed bids 暗标编号
    Blind,
}

impl Kind {
    const fn of_file(self) -> DrawKind {
        match self {
            Self::Experts => DrawKind::Experts,
            Self::K => DrawKind::K,
            Self::Blind => DrawKind::Blind,
        }
    }

    const fn records(self) -> &'static [&'static str] {
        match self {
            Self::Experts => &["experts.drawn", "member.replaced", "draw.disclosed"],
            Self::K => &["tender.published", "invitation.issued"],
            Self::Blind => &["blind.opened", "bids.opened", "scores.revealed"],
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Draw {
    /// The project
    #[arg(value_name = "PROJECT")]
    project: ProjectId,
    /// What was drawn
    #[arg(long, value_enum, default_value = "experts")]
    kind: Kind,
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// The file to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A public record with its place.
#[derive(Debug)]
struct Found {
    id: RecordId,
    height: u64,
    payload: Payload,
}

impl Found {
    fn is(&self, name: &str) -> bool {
        self.payload.record_type.name() == name
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.payload.body.get(name).and_then(Value::as_str)
    }
}

impl Draw {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        refuse_existing(Some(&self.out))?;
        let client = Client::new(&self.api)?;
        let status = client.status().await?;
        let chain = self.chain.as_deref().map(chain_of).transpose()?.unwrap_or(status.chain);
        ensure!(chain == status.chain, "the node is of chain {}, not {chain} 链标识不符", status.chain);
        let records = records(&client, &self.project, &chain).await?;
        let request = records.iter().rev().find(|one| one.is("draw.requested"));
        let request = request.context("the project has requested no draw 该项目未申请抽取")?;
        let wanted = self.wanted(&records, request)?;
        let label = randomness::label(&self.project, &request.id);
        let beacon = request.payload.body.pointer("/source/kind").and_then(Value::as_str) == Some("beacon");
        let mut ids: Vec<RecordId> = wanted.iter().map(|one| one.id).collect();
        let group = if beacon {
            let shown = client.sealing().await.context("the chain's group")?;
            let record = shown.get("record").and_then(Value::as_str).and_then(|id| id.parse().ok());
            ids.push(record.context("the node names no record of its group's key")?);
            Some(client.sealing_groups(chain).await?.sealing)
        } else {
            None
        };
        let mut file = DrawFile {
            format: DRAW_FORMAT.to_owned(),
            kind: self.kind.of_file(),
            project: self.project.clone(),
            label: DocumentDigest::new(label),
            certificates: Vec::new(),
            pool: Vec::new(),
            k: Vec::new(),
            codes: Vec::new(),
        };
        match self.kind {
            Kind::Experts => file.pool = pool(&client, &chain, request).await?,
            Kind::K => file.k = k(&wanted, &seed(&wanted, &label, group.map(GroupBeacon::new))?)?,
            Kind::Blind => file.codes = codes(&wanted, &seed(&wanted, &label, group.map(GroupBeacon::new))?)?,
        }
        for id in ids {
            let text = match client.certificate(&id).await {
                Err(error) if error.is_pending() => {
                    say(format_args!("record {id} is not certified yet 尚未签证; run the export again"));
                    return Ok(Exit::Unfinished);
                }
                answered => answered?,
            };
            file.certificates.push(Certificate::from_json(text.as_bytes())?);
        }
        self.finish(&file, chain)
    }

    /// Runs the draw again before it is written.
    fn finish(&self, file: &DrawFile, chain: ChainId) -> anyhow::Result<Exit> {
        let text = file.to_json();
        let expected = Expectations { chain: Some(chain), ..Expectations::default() };
        let judged = judge_draw(text.as_bytes(), &expected, false);
        if let Some((step, reason)) = judged.failed_step() {
            bail!("the draw does not come out again 抽取无法重现, at step {}: {reason}", step.name());
        }
        if let Some(problem) = judged.problem {
            bail!("the file would be unusable: {problem}");
        }
        write_new(&self.out, &format!("{text}\n"))?;
        let count = file.certificates.len();
        say(format_args!(
            "{} written 已导出: {count} certificates; the draw comes out again",
            self.out.display()
        ));
        Ok(Exit::Done)
    }

    /// The records this kind of draw is made of.
    fn wanted<'a>(&self, records: &'a [Found], request: &'a Found) -> anyhow::Result<Vec<&'a Found>> {
        let answers = |one: &&Found| {
            one.is("randomness.committed") || one.is("randomness.revealed") || one.is("beacon.recovered")
        };
        let mut wanted = vec![request];
        wanted.extend(records.iter().filter(answers).filter(|one| {
            one.height >= request.height && one.payload.previous.is_none_or(|previous| previous == request.id)
        }));
        let own = self.kind.records();
        wanted.extend(records.iter().filter(|one| own.iter().any(|name| one.is(name))));
        for name in own
            .iter()
            .filter(|name| !["member.replaced", "invitation.issued", "tender.published"].contains(*name))
        {
            ensure!(
                wanted.iter().any(|one| one.is(name)),
                "the project has no {name} record yet 尚无该记录; export again when it has"
            );
        }
        Ok(wanted)
    }
}

/// A project's public records, each checked against its id.
async fn records(client: &Client, project: &ProjectId, chain: &ChainId) -> anyhow::Result<Vec<Found>> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = client.project_records(project, &PageQuery { limit: Some(200), after }).await?;
        for item in page.items {
            let named = item.get("record").and_then(Value::as_str).and_then(|id| id.parse().ok());
            let id: RecordId = named.context("a listed record without its id")?;
            let height =
                item.get("height").and_then(Value::as_u64).context("a listed record without its block")?;
            if let Some(payload) = payload(item.get("envelope"), &id, chain)? {
                found.push(Found { id, height, payload });
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// What a record says; nothing for one whose body is not public.
fn payload(envelope: Option<&Value>, id: &RecordId, chain: &ChainId) -> anyhow::Result<Option<Payload>> {
    let Some(envelope) = envelope.filter(|one| !one.is_null()) else { return Ok(None) };
    let record = Record::from_json(envelope.to_string().as_bytes())?;
    ensure!(record.id() == *id, "the node answered with another record, {}", record.id());
    ensure!(record.payload().chain == *chain, "record {id} is of another chain");
    Ok(Some(record.payload().clone()))
}

/// The pool as it was at the request: those enrolled and not suspended in the blocks before it.
async fn pool(client: &Client, chain: &ChainId, request: &Found) -> anyhow::Result<Vec<Vec<PoolExpert>>> {
    let mut pool = std::collections::BTreeMap::<ExpertId, PoolExpert>::new();
    let mut progress = Progress::new("blocks 区块", request.height);
    for height in 1..=request.height {
        let block = client.block(Height::new(height)).await?;
        let ids = block.record_ids.into_iter().take_while(|id| *id != request.id);
        let fetched = ids.map(|id| async move {
            let answer = client.record(&id).await?;
            payload(answer.get("envelope"), &id, chain)
        });
        let mut fetched = stream::iter(fetched).buffered(FETCHES);
        while let Some(one) = fetched.try_next().await? {
            let Some(payload) = one else { continue };
            let text = |name: &str| payload.body.get(name).cloned().unwrap_or_default();
            match payload.record_type.name() {
                "expert.enrolled" => {
                    let mut expert = PoolExpert {
                        expert: from_value(&text("expert"))?,
                        specialities: from_value(&text("specialities"))?,
                        region: from_value(&text("region"))?,
                        identity: from_value(&text("identity"))?,
                    };
                    expert.specialities.sort();
                    pool.insert(expert.expert.clone(), expert);
                }
                "expert.suspended" => {
                    let expert: ExpertId = from_value(&text("expert"))?;
                    pool.remove(&expert);
                }
                _ => {}
            }
        }
        progress.at(height, request.height, format!("{} experts", pool.len()));
    }
    let all: Vec<PoolExpert> = pool.into_values().collect();
    Ok(all.chunks(PAGE_MAX).map(<[PoolExpert]>::to_vec).collect())
}

/// The seed these records give.
fn seed(records: &[&Found], label: &Digest, group: Option<GroupBeacon>) -> anyhow::Result<Seed> {
    let signature = records.iter().find_map(|one| one.text("signature"));
    let randomness = match signature {
        Some(digits) => Randomness::Beacon { signature: hex::decode(digits)? },
        None => {
            let values =
                records.iter().filter_map(|one| Some((one.payload.author.org.clone(), one.text("value")?)));
            let reveal = |(org, digits): (OrgId, &str)| {
                let digest: Digest = format!("sha256:{digits}").parse()?;
                anyhow::Ok(Reveal { org, value: *digest.bytes() })
            };
            Randomness::CommitReveal { reveals: values.map(reveal).collect::<anyhow::Result<_>>()? }
        }
    };
    let seed = match group {
        Some(group) => randomness.seed(label, &group),
        None => randomness.seed(label, &randomness::NoBeacon),
    };
    seed.context("the draw has no seed yet 尚无随机种子")
}

fn k(records: &[&Found], seed: &Seed) -> anyhow::Result<Vec<LotK>> {
    let terms = records.iter().find(|one| one.is("tender.published") || one.is("invitation.issued"));
    let body = &terms.context("the project has no notice")?.payload.body;
    let body = body.get("terms").unwrap_or(body);
    let range = body.pointer("/evaluation/price_score/k").cloned();
    let range = range.context("the notice has no benchmark price, so there is no K 该项目无基准价")?;
    let range = from_value(&range)?;
    let lots = body.get("lots").and_then(Value::as_array).into_iter().flatten();
    let lots = lots.filter_map(|lot| lot.get("id").and_then(Value::as_str));
    Ok(lots
        .map(|lot| LotK { lot: lot.to_owned(), permille: biaozheng_draw::draw_k(range, seed, lot) })
        .collect())
}

fn codes(records: &[&Found], seed: &Seed) -> anyhow::Result<Vec<BidCode>> {
    let opened = records.iter().find(|one| one.is("blind.opened")).and_then(|one| one.text("secret"));
    let secret: Digest = format!("sha256:{}", opened.context("no secret of the codes")?).parse()?;
    let listed = records.iter().find(|one| one.is("bids.opened")).context("the bids are not open")?;
    let mut codes = Vec::new();
    for lot in listed.payload.body.get("lots").and_then(Value::as_array).into_iter().flatten() {
        let name = lot.get("lot").and_then(Value::as_str).context("a lot without a name")?;
        for bid in lot.get("bids").and_then(Value::as_array).into_iter().flatten() {
            let bidder =
                OrgId::new(bid.get("bidder").and_then(Value::as_str).context("a bid without a bidder")?)?;
            let number = u8::try_from(bid.get("number").and_then(Value::as_u64).unwrap_or(1))?;
            let code = biaozheng_draw::code(seed, secret.bytes(), name, &bidder, number);
            codes.push(BidCode { lot: name.to_owned(), bidder, number, code });
        }
    }
    codes.sort();
    Ok(codes)
}
