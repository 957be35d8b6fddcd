//! `biaozheng rulebook check|steps|body|publish`: a centre looks at a text before it publishes it, and publishes it.

mod publish;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use biaozheng_contracts::{Rulebook, Tightening};
use clap::Subcommand;
use serde_json::json;

use crate::Exit;
use crate::output::{print, say};

const CHECK_HELP: &str = "\
Without --against FILE is a rulebook of the city; its category, procedure and steps are told, or what is wrong with it.
With --against it is a district's text, judged against that rulebook: every value is told with the one it tightens, or
the first parameter that is looser, unknown or not a district's to set is named.

Examples:
  biaozheng rulebook check engineering-open.toml
  biaozheng rulebook check east.toml --against engineering-open.toml";

#[derive(Debug, Subcommand)]
pub(crate) enum RulebookCommand {
    /// Check a rulebook, or a district's text against its rulebook, before it is published 检查规则书或区级收紧文本
    #[command(after_help = CHECK_HELP)]
    Check {
        /// The text
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
        /// The city's rulebook a district's text tightens
        #[arg(long, value_name = "FILE.toml")]
        against: Option<PathBuf>,
    },
    /// Print the steps that hold under a rulebook, as the table a text may have 打印环节表
    Steps {
        /// The rulebook
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
    /// Publish rulebooks, districts' texts and calendars that the chain does not have yet 发布规则书与日历
    #[command(
        after_help = "Files that are on the chain already are passed over, so the command may be repeated. A new chain starts \
        with\nthose of the package:\n  biaozheng rulebook publish /usr/share/biaozheng/rulebooks/*.toml \
        /usr/share/biaozheng/calendars/*.json \\\n      --chain chain-id.txt --key city.key --org CITY"
    )]
    Publish(publish::Publish),
    /// Print a text as the body of the record that publishes it 生成发布记录内容
    #[command(after_help = "Example:\n  biaozheng rulebook body east.toml > body.json\n  \
        biaozheng submit --type rulebook.tightened/1 --body body.json --org EAST --key east.key")]
    Body {
        /// The text
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read 无法读取 {}", path.display()))
}

fn rulebook(path: &Path) -> anyhow::Result<(Rulebook, String)> {
    let text = read(path)?;
    let book = Rulebook::parse(&text)
        .with_context(|| format!("{} is no rulebook that can be published 规则书无效", path.display()))?;
    Ok((book, text))
}

impl RulebookCommand {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Check { file, against: None } => check(&file)?,
            Self::Check { file, against: Some(base) } => check_against(&file, &base)?,
            Self::Publish(publish) => return publish.run().await,
            Self::Steps { file } => print(&rulebook(&file)?.0.steps_text()),
            Self::Body { file } => say(json!({"toml": read(&file)?})),
        }
        Ok(Exit::Done)
    }
}

fn check(file: &Path) -> anyhow::Result<()> {
    let (book, text) = rulebook(file)?;
    let (title, title_zh) = book.titles();
    say(format_args!("good 规则书有效: {title} {title_zh}"));
    say(format_args!(
        "category 类别 {}, version 版本 {}, procedure 程序 {:?}, {} parameters 项参数",
        book.category(),
        book.version(),
        book.procedure(),
        book.parameters().count()
    ));
    let table = if book.has_steps() {
        "its own table 自有环节表"
    } else {
        "no table: all of its procedure 无环节表，适用该程序全部环节"
    };
    say(format_args!("{} steps 个环节, {table}", book.steps().len()));
    say(format_args!("digest 摘要 {}", Rulebook::digest(&text)));
    Ok(())
}

fn check_against(file: &Path, base: &Path) -> anyhow::Result<()> {
    let (book, base_text) = rulebook(base)?;
    let text = read(file)?;
    let refused = || format!("{} cannot be published 收紧文本无效", file.display());
    let district = Tightening::parse(&text).with_context(refused)?;
    let judged = book.judge(&district).with_context(refused)?;
    anyhow::ensure!(
        *district.base() == Rulebook::digest(&base_text),
        "it is written against another text: 'base' must be 文本的基础规则书摘要应为 {}",
        Rulebook::digest(&base_text)
    );
    let (title, title_zh) = district.titles();
    say(format_args!(
        "good 收紧文本有效: {title} {title_zh}, {} of {}",
        district.category(),
        district.centre()
    ));
    for one in judged {
        let word = if one.stricter { "stricter 收紧" } else { "the same 相同" };
        say(format_args!("  {}: {} -> {} {word}", one.parameter, one.base, one.found));
    }
    say(format_args!("digest 摘要 {}", Rulebook::digest(&text)));
    Ok(())
}
