//! `biaozheng record types|schema|example|fields`: what bodies of records are made of. Needs no node.

use anyhow::{Context as _, bail};
use biaozheng_contracts::records::{Form, described, form, forms, nearest, texts};
use clap::Subcommand;

use crate::Exit;
use crate::output::say;

const EXAMPLE: &str = "\
TYPE is a record type such as tender.published/1, or one of the texts that are sealed: bid (what a bidder seals), scores (a
member's sheet). All of them with examples: docs/records.md.

Examples:
  biaozheng record types
  biaozheng record fields tender.published/1
  biaozheng record example tender.published/1 > tender.json
  biaozheng record schema bid";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLE)]
pub(crate) enum RecordCommand {
    /// List the record types 列出记录类型
    #[command(after_help = EXAMPLE)]
    Types,
    /// Say the fields of a body, in words 说明各字段
    #[command(after_help = EXAMPLE)]
    Fields {
        /// The record type
        #[arg(value_name = "TYPE")]
        record_type: String,
    },
    /// Print the JSON Schema of a body 打印 JSON Schema
    #[command(after_help = EXAMPLE)]
    Schema {
        /// The record type
        #[arg(value_name = "TYPE")]
        record_type: String,
    },
    /// Print a body that is taken, to be changed 打印示例
    #[command(after_help = EXAMPLE)]
    Example {
        /// The record type
        #[arg(value_name = "TYPE")]
        record_type: String,
    },
}

impl RecordCommand {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Types => {
                for one in texts().iter().copied().chain(forms()) {
                    say(one.name);
                }
            }
            Self::Fields { record_type } => say(described(&named(&record_type)?)),
            Self::Schema { record_type } => {
                say(serde_json::to_string_pretty(&named(&record_type)?.schema())?)
            }
            Self::Example { record_type } => {
                let form = named(&record_type)?;
                let example = form.example().context("there is no example of it")?;
                say(serde_json::to_string_pretty(example)?);
            }
        }
        Ok(Exit::Done)
    }
}

fn named(name: &str) -> anyhow::Result<Form> {
    // The version may be left out: there is one of each.
    let found = form(name).or_else(|| form(&format!("{name}/1")));
    if let Some(found) = found {
        return Ok(found);
    }
    match nearest(name) {
        Some(meant) => bail!("{name:?} is no record type 未知的记录类型; did you mean 是否应为 {meant}?"),
        None => bail!("{name:?} is no record type 未知的记录类型; see: biaozheng record types"),
    }
}
