//! The command line of the program `biaozheng`: what an operator types.
//!
//! Here are the commands that use the node's store, engine or folder; those of bidders, experts, centres and regulators
//! are `biaozheng-commands`, and this program offers them all.

mod backup;
mod config;
mod consortium;
mod engine;
mod guard;
mod init;
mod keys;
mod resync;
mod start;
mod webhook;

use std::path::PathBuf;
use std::process::ExitCode;

use biaozheng_audit::commands::{
    AuditCommand, MirrorCommand, WitnessCommand as WitnessServeCommand, WitnessReturnCommand,
};
use biaozheng_commands::{Command, Completions, Exit, Man, StatusCommand, ended, output, trusting, wait_for};
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
    command: OperatorCommand,
}

#[derive(Debug, Subcommand)]
enum OperatorCommand {
    /// Found a consortium: keys, genesis, one folder per node 组建联盟
    #[command(subcommand)]
    Consortium(consortium::ConsortiumCommand),
    /// Complete the folder of a node of an assembled consortium 初始化节点
    Init(init::Init),
    /// Run a node 启动节点
    Start(start::Start),
    /// Say whether the chain advances, and if not, why 查看状态
    Status(StatusCommand),
    /// Make and look at key files 密钥
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    #[command(flatten)]
    Common(Command),
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
    Completions(Completions),
    /// Write a man page for every command into a folder 手册页
    Man(Man),
}

/// Parses the command line and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { ca, command } = Cli::parse();
    match trusting(ca).and_then(|()| run(command)) {
        Ok(exit) => exit.into(),
        Err(error) => {
            complain(format_args!("biaozheng: {error:#}"));
            let damaged = crate::run::damage::is_for_the_operator(&error);
            if damaged { Exit::Damaged.into() } else { ended(&error).into() }
        }
    }
}

fn run(command: OperatorCommand) -> anyhow::Result<Exit> {
    match command {
        OperatorCommand::Consortium(command) => command.run(),
        OperatorCommand::Init(command) => command.run(),
        OperatorCommand::Start(command) => command.run(),
        OperatorCommand::Status(command) => wait_for(command.run()),
        OperatorCommand::Keys(command) => command.run(),
        OperatorCommand::Common(command) => command.run(),
        OperatorCommand::Audit(command) => wait_for(command.run()).map(audited),
        OperatorCommand::Mirror(command) => wait_for(command.run()).map(audited),
        OperatorCommand::WitnessServe(command) => wait_for(command.run()).map(audited),
        OperatorCommand::WitnessReturn(command) => command.run().map(audited),
        OperatorCommand::Webhook(command) => wait_for(command.run()),
        OperatorCommand::Backup(command) => wait_for(command.run()),
        OperatorCommand::Restore(command) => command.run(),
        OperatorCommand::Guard(command) => wait_for(command.run()),
        OperatorCommand::Resync(command) => command.run(),
        OperatorCommand::Config(command) => command.run(),
        OperatorCommand::Completions(command) => command.run(Cli::command()),
        OperatorCommand::Man(command) => command.run(Cli::command()),
    }
}

const fn audited(code: u8) -> Exit {
    match code {
        0 => Exit::Done,
        1 => Exit::No,
        _ => Exit::Unreachable,
    }
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
