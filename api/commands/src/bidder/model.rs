//! `biaozheng model`: what a bid seals of its building model, and whether the models that were handed in are those.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use biaozheng_client::building_model::describe;
use biaozheng_client::{Client, ClientError};
use biaozheng_contracts::bidding::ifc::ModelReference;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use clap::{Args, Subcommand};
use serde::Deserialize;

use crate::Exit;
use crate::output::{complain, say};

const DESCRIBE: &str = "\
Prints digest, size and IFC version of a model file as JSON: the value of \"model\" in a bid's text. The version is read
from the file's own head: an exchange file (.ifc), ifcXML, or an ifcZIP that holds one of them.

Example:
  biaozheng model describe station.ifc";

const CHECK: &str = "\
After the opening: asks the node which model each bid sealed, fetches the files that were handed in, and holds digest,
size and the version in the file's head against what was sealed. With FILE and --bidder, holds that file against what
this bidder sealed. Exit code 1 names every bid whose model is missing, altered or of another version than it says.

Examples:
  biaozheng model check --project 2026-320500-48-01-000123
  biaozheng model check --project 2026-320500-48-01-000123 --bidder 91350100M000100Y43 station.ifc";

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Print what a bid seals of a model file 模型摘要
    #[command(after_help = DESCRIBE)]
    Describe(Describe),
    /// Hold models against what the bids sealed 模型核验
    #[command(after_help = CHECK)]
    Check(Check),
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// The model: .ifc, .ifcxml or .ifczip
    #[arg(value_name = "FILE.ifc")]
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The project
    #[arg(long, value_name = "PROJECT")]
    project: ProjectId,
    /// Only this bidder's models
    #[arg(long, value_name = "ORG")]
    bidder: Option<OrgId>,
    /// A file to hold against what the bidder sealed, instead of those that were handed in
    #[arg(value_name = "FILE.ifc", requires = "bidder")]
    file: Option<PathBuf>,
}

/// A bid's model as the node shows it.
#[derive(Debug, Deserialize)]
struct Shown {
    lot: String,
    bidder: OrgId,
    number: u8,
    model: Option<ModelReference>,
    delivered: Option<RecordId>,
    fault: Option<String>,
}

impl ModelCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Describe(command) => {
                say(serde_json::to_string(&describe(&command.file)?)?);
                Ok(Exit::Done)
            }
            Self::Check(command) => command.run().await,
        }
    }
}

impl Check {
    async fn run(self) -> anyhow::Result<Exit> {
        let client = Client::new(&self.api)?;
        let shown = client.models(&self.project).await?;
        let bids: Vec<Shown> = shown.get("bids").map(Shown::deserialize_all).transpose()?.unwrap_or_default();
        let folder = std::env::temp_dir().join(format!("biaozheng-models-{}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
        let counted = self.count(&client, &folder, &bids).await;
        std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let (seen, wrong) = counted?;
        if seen == 0 {
            complain("no opened bid here names a model 没有可核验的模型");
        }
        Ok(if wrong == 0 && seen > 0 { Exit::Done } else { Exit::No })
    }

    /// How many bids were looked at, and how many are not as sealed.
    async fn count(&self, client: &Client, folder: &Path, bids: &[Shown]) -> anyhow::Result<(u64, u64)> {
        let asked = |one: &&Shown| self.bidder.as_ref().is_none_or(|bidder| *bidder == one.bidder);
        let (mut seen, mut wrong) = (0u64, 0u64);
        for bid in bids.iter().filter(asked) {
            seen = seen.saturating_add(1);
            let verdict = match &self.file {
                Some(file) => held_against(file, bid),
                None => handed_in(client, folder, bid).await?,
            };
            let name = format!("lot {} bid {} of {}", bid.lot, bid.number, bid.bidder);
            match verdict {
                Ok(schema) => say(format_args!("{name}: as sealed 与密封内容一致, {schema}")),
                Err(why) => {
                    wrong = wrong.saturating_add(1);
                    say(format_args!("{name}: {why}"));
                }
            }
        }
        Ok((seen, wrong))
    }
}

impl Shown {
    fn deserialize_all(bids: &serde_json::Value) -> anyhow::Result<Vec<Self>> {
        Vec::deserialize(bids).context("the node's answer about models")
    }
}

/// The version of a file that is what the bid sealed, or what is wrong.
fn held_against(file: &Path, bid: &Shown) -> Result<String, String> {
    let sealed = bid.model.as_ref().ok_or("the bid sealed no model 投标未载明模型")?;
    let found = describe(file).map_err(|error| error.to_string())?;
    if found.digest != sealed.digest || found.size != sealed.size {
        return Err(format!(
            "altered 模型已改动: sealed {} of {} bytes, the file is {} of {} bytes",
            sealed.digest, sealed.size, found.digest, found.size
        ));
    }
    if found.schema != sealed.schema {
        let (says, is) = (sealed.schema.as_str(), found.schema.as_str());
        return Err(format!("the bid says {says}, the file's head says {is} IFC版本与所载不符"));
    }
    Ok(found.schema.as_str().to_owned())
}

/// Fetches what the bidder handed in and looks at it.
async fn handed_in(client: &Client, folder: &Path, bid: &Shown) -> anyhow::Result<Result<String, String>> {
    let (Some(sealed), Some(record)) = (&bid.model, &bid.delivered) else {
        let fault = bid.fault.as_deref().unwrap_or("none");
        return Ok(Err(format!("no model was handed in as sealed ({fault}) 未按密封内容提交模型")));
    };
    let to = folder.join(format!("{}-{}-{}", bid.lot, bid.bidder, bid.number));
    match client.get_document(record, &sealed.digest, &to, sealed.size).await {
        Ok(_) => Ok(held_against(&to, bid)),
        Err(ClientError::Problem(problem)) if problem.status == 404 => {
            Ok(Err("the node does not have the file 节点没有该文件".to_owned()))
        }
        // Bytes that are not of the digest: the client never keeps them.
        Err(error @ ClientError::Unexpected { .. }) => Ok(Err(format!("{error}"))),
        Err(error) => Err(error.into()),
    }
}
