//! `biaozheng submit`: signs a record, or takes a signed one, and submits it until it is certain.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::{Client, Patience, ReceiptVerifier, Stage, Submission, Wait};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, ProjectId, RecordId};
use biaozheng_ledger::limits::ENVELOPE_JSON_BYTES_MAX;
use biaozheng_ledger::record::Record;
use clap::Args;

use crate::Exit;
use crate::output::{complain, say};
use crate::record::certificate::{chain_of, refuse_existing, verify, write_new};
use crate::record::sign::say_missing;

mod documents;
mod parts;

use documents::Sending;
pub(crate) use parts::{document_of, read_body};

const EXAMPLE: &str = "\
The record is signed once. When the node does not answer, the very same bytes are sent again until --timeout-s;
a record is accepted once, so nothing doubles. With --keep the signed record is on your disk before it is sent:
after a power cut submit it with --envelope.

Exit codes: 0 done; 1 refused, the reason says by which rule and article; 2 no answer, or the node takes
nothing now: send it again with --envelope; 3 received, and not yet as far as --wait asks.

Examples:
  biaozheng submit --key org.key --org DEV-CENTRE --type project.registered/1 --project P-1 --body project.json
  biaozheng submit --key agency.key --org A --type tender.published/1 --project P-1 --previous sha256:9f86… \\
      --body tender.json --document notice.pdf --document drawings.zip --out tender.cert.json
  biaozheng submit --envelope signed.json --wait certificate --out cert.json
  biaozheng submit --envelope bid.json --document bid.pdf --send all      (after the opening)
What stands in a body: biaozheng record schema TYPE, biaozheng record example TYPE. Several signers with keys on machines of
their own: biaozheng draft, biaozheng sign.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Submit {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt. Without it the node is believed
    #[arg(long, value_name = "ID|FILE")]
    chain: Option<String>,
    /// A signed record (DSSE JSON) instead of the parts below
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "org", "record_type", "body"])]
    envelope: Option<PathBuf>,
    /// Your secret key file
    #[arg(long, value_name = "FILE", required_unless_present = "envelope")]
    key: Option<PathBuf>,
    /// Your organisation's number
    #[arg(long, value_name = "ORG", required_unless_present = "envelope")]
    org: Option<String>,
    /// The record's type and version, such as tender.published/1
    #[arg(long = "type", value_name = "TYPE", required_unless_present = "envelope")]
    record_type: Option<String>,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: Option<ProjectId>,
    /// The project's record before this one
    #[arg(long, value_name = "RECORD")]
    previous: Option<RecordId>,
    /// The record's body, a JSON object; - for standard input
    #[arg(long, value_name = "FILE|-", required_unless_present = "envelope")]
    body: Option<PathBuf>,
    /// A document: the record names it by its digest, and it is sent once the record is in the ledger
    #[arg(long = "document", value_name = "FILE[=MEDIA-TYPE]")]
    documents: Vec<String>,
    /// Which documents are sent: auto (all but those of bids, which wait for the opening), all or none
    #[arg(long, value_name = "WHICH", value_enum, default_value_t = Sending::Auto)]
    send: Sending,
    /// Another who signs the same record
    #[arg(long = "cosign-key", value_name = "ORG=FILE")]
    cosigners: Vec<String>,
    /// What to wait for: receipt, committed or certificate; certificate if --out is given, else committed
    #[arg(long, value_name = "STAGE")]
    wait: Option<Wait>,
    /// How long to try and wait, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout_s: u64,
    /// File to make with the certificate
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// File to make with the signed record, before it is sent
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

impl Submit {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        refuse_existing(self.out.as_deref())?;
        refuse_existing(self.keep.as_deref())?;
        let wait = self.wait.unwrap_or(if self.out.is_some() { Wait::Certificate } else { Wait::Committed });
        ensure!(self.out.is_none() || wait == Wait::Certificate, "--out needs --wait certificate");
        let client = Client::new(&self.api)?;
        let genesis = self.genesis(&client).await?;
        let record = match &self.envelope {
            Some(path) => read_record(path, &genesis.chain_id())?,
            None => self.sign(&genesis)?,
        };
        record.clone().verify(&genesis.chain_id()).context("this record would be refused")?;
        self.check_documents(&record)?;
        if let Some(path) = &self.keep {
            write_new(path, &record.envelope().to_json())?;
        }
        say(format_args!("record 记录 {}", record.id()));
        let total = Duration::from_secs(self.timeout_s);
        let patience = Patience { total, ..Patience::default() };
        let submission = client.submit_until(&record, wait, patience).await?;
        say_receipt(&genesis, &record, &submission)?;
        let sent = self.send_documents(&client, &record, &submission).await;
        let exit = self.finish(&genesis, &record, &submission, wait)?;
        sent.map(|all| if all { exit } else { Exit::Unfinished })
    }

    /// The node's genesis; its hash is the chain id, so with `--chain` nothing about it needs to be believed.
    async fn genesis(&self, client: &Client) -> anyhow::Result<Genesis> {
        let genesis = client.genesis().await?;
        let found = genesis.chain_id();
        match self.chain.as_deref().map(chain_of).transpose()? {
            Some(expected) if expected != found => {
                bail!("the node is of chain {found}, not {expected} 链标识不符")
            }
            Some(_) => {}
            None => complain(format_args!(
                "chain {found}, as the node says; give --chain to be sure 未核对链标识"
            )),
        }
        Ok(genesis)
    }

    fn finish(
        self,
        genesis: &Genesis,
        record: &Record,
        submission: &Submission,
        wait: Wait,
    ) -> anyhow::Result<Exit> {
        if submission.stage >= Stage::Committed {
            say("in the ledger 已入账本");
        }
        if let Some(certificate) = &submission.certificate {
            let text = certificate.to_string();
            say(verify(&text, &record.id(), Some(genesis.chain_id()))?);
            if let Some(path) = &self.out {
                write_new(path, &text)?;
                say(format_args!("written 已保存 {}", path.display()));
            }
        }
        if submission.reached(wait) {
            return Ok(Exit::Done);
        }
        complain(format_args!(
            "the receipt stands, and the record is not that far yet 回执有效，尚未完成; later: biaozheng certificate {}",
            record.id()
        ));
        Ok(Exit::Unfinished)
    }
}

fn read_record(path: &Path, chain: &ChainId) -> anyhow::Result<Record> {
    let about = || path.display().to_string();
    let size = std::fs::metadata(path).with_context(about)?.len();
    ensure!(size <= ENVELOPE_JSON_BYTES_MAX as u64, "{}: larger than any record", path.display());
    Record::from_json(&std::fs::read(path).with_context(about)?).map_err(|error| {
        // A record that goes round and is not complete yet: say who is missing.
        let hint = say_missing(path, chain);
        let error = anyhow::Error::new(error);
        match hint {
            Some(hint) => error.context(hint),
            None => error.context(about()),
        }
    })
}

/// Sends a record until it is in the ledger, and says its receipt.
pub(crate) async fn send(
    client: &Client,
    genesis: &Genesis,
    record: &Record,
    total: Duration,
) -> anyhow::Result<Exit> {
    say(format_args!("record 记录 {}", record.id()));
    let patience = Patience { total, ..Patience::default() };
    let submission = client.submit_until(record, Wait::Committed, patience).await?;
    say_receipt(genesis, record, &submission)?;
    if submission.reached(Wait::Committed) {
        say("in the ledger 已入账本");
        return Ok(Exit::Done);
    }
    complain(format_args!(
        "the receipt stands, and the record is not in a block yet 回执有效，尚未入块; later: biaozheng certificate {}",
        record.id()
    ));
    Ok(Exit::Unfinished)
}

fn say_receipt(genesis: &Genesis, record: &Record, submission: &Submission) -> anyhow::Result<()> {
    if let Some(block) = submission.block.filter(|_| submission.receipt.is_null()) {
        say(format_args!(
            "it stands in the ledger already, in block {}: no receipt 此前已入账，不再出具回执",
            block.height
        ));
        return Ok(());
    }
    let receipt = ReceiptVerifier::new(genesis)
        .verify(submission.receipt.to_string().as_bytes(), &record.id())
        .context("the node's receipt proves nothing; do not rely on it 回执无效")?;
    let within = receipt.promised_by_ms.saturating_since(receipt.received_at_ms);
    say(format_args!("receipt 回执 by {}: in a block within {within} ms", receipt.node));
    Ok(())
}
