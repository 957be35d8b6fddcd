//! `biaozheng trace`: the salt of a tender's traces, and a bid's traces as salted digests (条例40).

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use biaozheng_contracts::bidding::traces::Trace;
use biaozheng_ledger::ids::ProjectId;
use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use crate::Exit;
use crate::output::say;
use crate::record::certificate::{refuse_existing, write_new};

/// A bid's text is at most this long, bytes.
const BID_BYTES_MAX: u64 = 1024 * 1024;
/// Longest value, bytes.
const VALUE_BYTES_MAX: usize = 1024;
/// Of a Linux machine, made at its installation.
const MACHINE_ID: &str = "/etc/machine-id";

const SALT: &str = "\
Draws the salt of one tender's traces. The regulator hands it to the bidders' tools with the documents: equal digests then
mean equal values within this tender, and nothing across tenders.

Example:
  biaozheng trace salt --out P-1.trace-salt";

const ADD: &str = "\
Puts digests of how a bid was made into the bid's text, before it is sealed. The values themselves go nowhere; the digests
are as secret as the bid until the opening. --device machine takes this machine's own number (/etc/machine-id).
仅写入加盐摘要，原值不外传；开标前与投标内容同样保密。

Example:
  biaozheng trace add bid.json --project P-1 --salt P-1.trace-salt --device machine --author 王工 --out bid-1.json
  biaozheng seal bid-1.json --project P-1 ...";

#[derive(Debug, Subcommand)]
pub(crate) enum TraceCommand {
    /// Draw the salt of a tender's traces 生成项目盐值
    #[command(after_help = SALT)]
    Salt(Salt),
    /// Put traces into a bid's text 写入投标痕迹摘要
    #[command(after_help = ADD)]
    Add(Add),
}

#[derive(Debug, Args)]
pub(crate) struct Salt {
    /// File to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The bid, a JSON object
    #[arg(value_name = "BID.json")]
    bid: PathBuf,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: ProjectId,
    /// The tender's salt
    #[arg(long, value_name = "FILE")]
    salt: PathBuf,
    /// The number of the machine the bid was made on, or the word machine 机器特征码
    #[arg(long, value_name = "VALUE")]
    device: Option<String>,
    /// The network address it is sent from 网络地址
    #[arg(long, value_name = "VALUE")]
    address: Option<String>,
    /// Who wrote its files 文件作者
    #[arg(long, value_name = "VALUE")]
    author: Option<String>,
    /// Who put the price together 编制人
    #[arg(long, value_name = "VALUE")]
    preparer: Option<String>,
    /// The account the bond came from 保证金转出账户
    #[arg(long, value_name = "VALUE")]
    bond_account: Option<String>,
    /// File to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl TraceCommand {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Salt(salt) => {
                write_new(&salt.out, &format!("{}\n", hex::encode(rand::random::<[u8; 32]>())))?;
                say(format_args!("salt 盐值: {}", salt.out.display()));
            }
            Self::Add(add) => {
                refuse_existing(Some(&add.out))?;
                let kinds = add.traced()?;
                say(format_args!("traces 痕迹摘要 {}: {}", kinds.join(", "), add.out.display()));
            }
        }
        Ok(Exit::Done)
    }
}

impl Add {
    /// Writes the bid with its traces; gives their kinds.
    fn traced(&self) -> anyhow::Result<Vec<&'static str>> {
        let about = || self.bid.display().to_string();
        ensure!(
            std::fs::metadata(&self.bid).with_context(about)?.len() <= BID_BYTES_MAX,
            "the bid is too large"
        );
        let bytes = std::fs::read(&self.bid).with_context(about)?;
        let mut bid: Map<String, Value> = serde_json::from_slice(&bytes).with_context(about)?;
        let salt = read_salt(&self.salt)?;
        let mut traces = Map::new();
        for (trace, value) in self.values()? {
            let digest = trace.digest(&self.project, &salt, &value);
            traces.insert(trace.word().to_owned(), Value::String(digest.to_string()));
        }
        ensure!(
            !traces.is_empty(),
            "nothing to trace: give --device, --address, --author, --preparer or --bond-account"
        );
        let kinds =
            Trace::ALL.map(Trace::word).into_iter().filter(|word| traces.contains_key(*word)).collect();
        bid.insert("traces".to_owned(), Value::Object(traces));
        write_new(&self.out, &serde_json::to_string(&bid)?)?;
        Ok(kinds)
    }

    /// What is given, trimmed and in lower case.
    fn values(&self) -> anyhow::Result<Vec<(Trace, String)>> {
        let given = [&self.device, &self.address, &self.author, &self.preparer, &self.bond_account];
        let mut values = Vec::new();
        for (trace, value) in Trace::ALL.into_iter().zip(given) {
            let Some(value) = value else { continue };
            let value = match value.as_str() {
                "machine" if trace == Trace::Device => {
                    std::fs::read_to_string(MACHINE_ID).with_context(|| MACHINE_ID.to_owned())?
                }
                other => other.to_owned(),
            };
            let value = value.trim().to_lowercase();
            ensure!(
                (1..=VALUE_BYTES_MAX).contains(&value.len()),
                "{}: 1 to {VALUE_BYTES_MAX} bytes",
                trace.word()
            );
            values.push((trace, value));
        }
        Ok(values)
    }
}

fn read_salt(path: &Path) -> anyhow::Result<[u8; 32]> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut salt = [0; 32];
    hex::decode_to_slice(text.trim(), &mut salt)
        .with_context(|| format!("{}: a salt is 64 hexadecimal digits", path.display()))?;
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(folder: &Path, out: &str, salt: &Path) -> Add {
        let bid = folder.join("bid.json");
        std::fs::write(&bid, r#"{"price":100,"model":null}"#).unwrap();
        Add {
            bid,
            project: ProjectId::new("P-1").unwrap(),
            salt: salt.to_owned(),
            device: Some("  00:1A ".into()),
            address: None,
            author: Some("王工".into()),
            preparer: None,
            bond_account: None,
            out: folder.join(out),
        }
    }

    #[test]
    fn two_bids_of_one_machine_share_a_trace_within_a_tender() {
        let folder = tempfile::tempdir().unwrap();
        let salt = folder.path().join("salt");
        TraceCommand::Salt(Salt { out: salt.clone() }).run().unwrap();
        let mut other = add(folder.path(), "two.json", &salt);
        (other.device, other.author) = (Some("00:1a".into()), None);
        assert_eq!(add(folder.path(), "one.json", &salt).traced().unwrap(), ["device", "author"]);
        assert_eq!(other.traced().unwrap(), ["device"]);
        let read = |name: &str| -> Value {
            serde_json::from_slice(&std::fs::read(folder.path().join(name)).unwrap()).unwrap()
        };
        let (one, two) = (read("one.json"), read("two.json"));
        assert_eq!((&one["price"], &one["traces"]["device"]), (&Value::from(100), &two["traces"]["device"]));
        assert!(!one.to_string().contains("1A") && !one.to_string().contains("王工"));
        let content: biaozheng_contracts::bidding::traces::Traces =
            serde_json::from_value(one["traces"].clone()).unwrap();
        assert!(content.of(Trace::Author).is_some() && content.of(Trace::Address).is_none());
    }

    #[test]
    fn what_cannot_be_traced_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let salt = folder.path().join("salt");
        std::fs::write(&salt, "12").unwrap();
        let wrong = add(folder.path(), "one.json", &salt).traced().unwrap_err();
        assert!(format!("{wrong:#}").contains("64 hexadecimal digits"), "{wrong:#}");
        std::fs::write(&salt, "ab".repeat(32)).unwrap();
        let mut none = add(folder.path(), "one.json", &salt);
        (none.device, none.author) = (None, None);
        assert!(none.traced().unwrap_err().to_string().contains("nothing to trace"));
        none.author = Some(" ".into());
        assert!(none.traced().is_err());
        std::fs::write(folder.path().join("one.json"), "").unwrap();
        let command = TraceCommand::Add(add(folder.path(), "one.json", &salt));
        assert!(command.run().unwrap_err().to_string().contains("nothing is overwritten"));
    }
}
