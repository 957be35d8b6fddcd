//! The command line: what an operator, a bidder's office or a regulator types.
//!
//! Results go to standard output, progress and errors to standard error. Errors that operators read are in
//! Chinese and English.

mod anchor;
mod archive;
mod backup;
mod certificate;
mod config;
mod confirm;
mod consortium;
mod engine;
mod export;
mod guard;
mod import;
mod init;
mod keys;
mod model;
mod moments;
mod open;
mod output;
mod pages;
mod processes;
mod progress;
mod record;
mod resync;
mod rounds;
mod rulebook;
mod score;
mod seal;
mod sealing;
mod secrets;
mod sign;
mod signatures;
mod start;
mod status;
mod submit;
mod supervise;
mod tokens;
mod trace;
mod validators;
mod webhook;
mod witness;

use std::path::PathBuf;
use std::process::ExitCode;

use biaozheng_audit::commands::{
    AuditCommand, MirrorCommand, WitnessCommand as WitnessServeCommand, WitnessReturnCommand,
};
use biaozheng_client::ClientError;
use biaozheng_connect::Trust;
use clap::{CommandFactory as _, Parser, Subcommand};

use output::complain;

const AFTER_HELP: &str = "\
Exit codes 退出码:
  0  done; for status: blocks advance, or nothing waits
  1  the answer is no: refused, invalid, standing, or a local error
  2  the node cannot be reached or takes nothing now, or the command line is wrong
  3  begun and not finished in time: the record is received but not yet certified
  4  this node's store, engine log or signer guard is damaged or missing: do not start it again before you
     have done what the message says

Examples:
  biaozheng start --dev                       try it out: one validator on this machine
  biaozheng consortium init --help            found a consortium
  biaozheng status --api http://127.0.0.1:8600 --watch";

/// Biaozheng 标证: a permissioned ledger for public-resource trading.
#[derive(Debug, Parser)]
#[command(name = "biaozheng", version, after_help = AFTER_HELP, arg_required_else_help = true)]
struct Cli {
    /// Certificates (PEM) of authorities that https servers may show, beside those of the operating system 受信任的证书颁发机构
    #[arg(long, value_name = "FILE", global = true)]
    ca: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Found a consortium: keys, genesis, one folder per node 组建联盟
    #[command(subcommand)]
    Consortium(consortium::ConsortiumCommand),
    /// Complete the folder of a node of an assembled consortium 初始化节点
    Init(init::Init),
    /// Run a node 启动节点
    Start(start::Start),
    /// Say whether the chain advances, and if not, why 查看状态
    Status(status::StatusCommand),
    /// Make and look at key files 密钥
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Sign a record and submit it 提交记录
    Submit(submit::Submit),
    /// Draft a record that several sign 起草多方签名的记录
    Draft(sign::DraftCommand),
    /// Show a record that goes round, and add one signature 查看并签名
    Sign(sign::SignCommand),
    /// What records are made of: types, schemas, examples 记录格式
    #[command(subcommand)]
    Record(record::RecordCommand),
    /// Record the opening of bids, from the node's own list 开标
    Open(open::OpenCommand),
    /// A committee member's scores: sealed before any is visible, then revealed 评分
    #[command(subcommand)]
    Score(score::ScoreCommand),
    /// Seal a bid to the chain's group, enter it without a name, or open it oneself 密封投标
    Seal(seal::Seal),
    /// Keep tokens for sealed bids in a wallet, asked for early 投标凭证
    #[command(subcommand)]
    Tokens(tokens::TokensCommand),
    /// Start a key ceremony of the group that opens sealed bids, and collect its signatures 密钥仪式
    #[command(subcommand)]
    Sealing(sealing::SealingCommand),
    /// Say whose nodes vote, change it, and collect the change's signatures 验证节点
    #[command(subcommand)]
    Validators(validators::ValidatorsCommand),
    /// Fetch and verify a record's certificate 获取证书
    Certificate(certificate::CertificateCommand),
    /// Write all public records to a file 导出
    Export(export::Export),
    /// Build, seal and write a project's archive 建档
    Archive(archive::ArchiveCommand),
    /// Enter a chain's checkpoints in a parent chain 锚定
    Anchor(anchor::AnchorCommand),
    /// Apply the supervision rules to the records and raise alerts 监督预警
    Supervise(supervise::Supervise),
    /// Record and check audio and video segments of a sitting 数字见证
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    /// Building models: what a bid seals, and whether those handed in are the sealed ones 建筑信息模型
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Salted digests of how a bid was made, to go into it 投标痕迹
    #[command(subcommand)]
    Trace(trace::TraceCommand),
    /// Check a rulebook or a district's text before it is published 规则书
    #[command(subcommand)]
    Rulebook(rulebook::RulebookCommand),
    /// Record past projects from open data as imported evidence 历史导入
    Import(import::Import),
    /// Check nodes and mirrors of the public log against each other and the past 审计
    Audit(AuditCommand),
    /// Keep a verified copy of the log that any static web server can serve 镜像
    Mirror(MirrorCommand),
    /// Cosign a log from outside, as long as it only grows 外部见证
    WitnessServe(WitnessServeCommand),
    /// Bring a stopped witness back that a log key led away from the log 见证返回
    WitnessReturn(WitnessReturnCommand),
    /// See a running node's webhooks, and set aside, send or drop what a receiver refuses 事件通知
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Copy a node, running or stopped, into a folder 备份
    Backup(backup::Backup),
    /// Make a node's folder from a backup 恢复
    Restore(backup::Restore),
    /// Show or remake the signer guard of a validator 签名守卫
    #[command(subcommand)]
    Guard(guard::GuardCommand),
    /// Empty a stopped node's store so that it fetches the chain anew 重新同步
    Resync(resync::Resync),
    /// Print or check a node's configuration 配置
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print the script by which a shell completes these commands 命令补全
    Completions(pages::Completions),
    /// Write a man page for every command into a folder 手册页
    Man(pages::Man),
}

/// How a command ended when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Done,
    No,
    Unreachable,
    Unfinished,
    Damaged,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Unreachable => 2,
            Exit::Unfinished => 3,
            Exit::Damaged => 4,
        })
    }
}

/// Parses the command line and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { ca, command } = Cli::parse();
    match trusting(ca).and_then(|()| run(command)) {
        Ok(exit) => exit.into(),
        Err(error) => {
            complain(format_args!("biaozheng: {error:#}"));
            let unreachable =
                error.chain().filter_map(|cause| cause.downcast_ref()).any(ClientError::is_temporary);
            let damaged = crate::run::damage::is_for_the_operator(&error);
            match (damaged, unreachable) {
                (true, _) => Exit::Damaged,
                (_, true) => Exit::Unreachable,
                _ => Exit::No,
            }
            .into()
        }
    }
}

/// What every client of this program trusts from now on; a node adds what its configuration names.
fn trusting(ca: Option<PathBuf>) -> anyhow::Result<()> {
    let Some(file) = ca else { return Ok(()) };
    Ok(Trust::with_file(&file)?.share()?)
}

fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Consortium(command) => command.run(),
        Command::Init(command) => command.run(),
        Command::Start(command) => command.run(),
        Command::Status(command) => wait_for(command.run()),
        Command::Keys(command) => command.run(),
        Command::Submit(command) => wait_for(command.run()),
        Command::Draft(command) => wait_for(command.run()),
        Command::Sign(command) => command.run(),
        Command::Record(command) => command.run(),
        Command::Open(command) => wait_for(command.run()),
        Command::Score(command) => wait_for(command.run()),
        Command::Seal(command) => wait_for(command.run()),
        Command::Tokens(command) => wait_for(command.run()),
        Command::Sealing(command) => wait_for(command.run()),
        Command::Validators(command) => wait_for(command.run()),
        Command::Certificate(command) => wait_for(command.run()),
        Command::Export(command) => wait_for(command.run()),
        Command::Archive(command) => wait_for(command.run()),
        Command::Anchor(command) => wait_for(command.run()),
        Command::Supervise(command) => wait_for(command.run()),
        Command::Witness(command) => wait_for(command.run()),
        Command::Model(command) => wait_for(command.run()),
        Command::Trace(command) => command.run(),
        Command::Rulebook(command) => wait_for(command.run()),
        Command::Import(command) => wait_for(command.run()),
        Command::Audit(command) => wait_for(command.run()).map(audited),
        Command::Mirror(command) => wait_for(command.run()).map(audited),
        Command::WitnessServe(command) => wait_for(command.run()).map(audited),
        Command::WitnessReturn(command) => command.run().map(audited),
        Command::Webhook(command) => wait_for(command.run()),
        Command::Backup(command) => wait_for(command.run()),
        Command::Restore(command) => command.run(),
        Command::Guard(command) => wait_for(command.run()),
        Command::Resync(command) => command.run(),
        Command::Config(command) => command.run(),
        Command::Completions(command) => command.run(Cli::command()),
        Command::Man(command) => command.run(Cli::command()),
    }
}

const fn audited(code: u8) -> Exit {
    match code {
        0 => Exit::Done,
        1 => Exit::No,
        _ => Exit::Unreachable,
    }
}

/// Runs a client's work on this thread.
fn wait_for<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_every_command_has_help() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        fn all(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{} of {} has no help",
                    argument.get_id(),
                    command.get_name()
                );
            }
            command.get_subcommands().filter(|one| one.get_name() != "help").for_each(all);
        }
        all(&command);
    }
    #[test]
    fn every_command_has_a_page_of_its_own_that_says_what_its_help_says() {
        let folder = tempfile::tempdir().unwrap();
        let mut written: Vec<_> = biaozheng_pages::write_pages(Cli::command(), folder.path())
            .unwrap()
            .into_iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        let mut expected = biaozheng_pages::expected_pages(Cli::command());
        written.sort_unstable();
        expected.sort_unstable();
        assert_eq!(written, expected);
        for name in ["biaozheng.1", "biaozheng-start.1", "biaozheng-consortium-assemble.1", "biaozheng-man.1"]
        {
            assert!(written.contains(&name.to_owned()), "{name}");
        }
        fn all(command: &clap::Command, page: &str, folder: &std::path::Path) {
            let text = std::fs::read_to_string(folder.join(format!("{page}.1"))).unwrap();
            // As a man page spells hyphens and apostrophes.
            let about = command.get_about().unwrap().to_string();
            let about = about.replace('-', "\\-").replace('\'', "\\*(Aq");
            assert!(text.contains(&about), "{page}: {about}");
            for long in command.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(text.contains(&format!("\\-\\-{}", long.replace('-', "\\-"))), "{page}: {long}");
            }
            for one in command.get_subcommands().filter(|one| one.get_name() != "help") {
                all(one, &format!("{page}-{}", one.get_name()), folder);
            }
        }
        all(&Cli::command(), "biaozheng", folder.path());
    }
}
