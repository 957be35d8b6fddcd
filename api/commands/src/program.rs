//! The program `biaozheng-client`: the same commands with the same words, for those who run no node.
//!
//! Help and advice name the program that is running: the commands themselves are written for `biaozheng`, which operators
//! have, and `terminal::naming` puts this program's name before those it has too.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::output::complain;
use crate::terminal::naming::{NAME, named, running};
use crate::{Command, Completions, Exit, Man, StatusCommand, ended, keys, trusting, wait_for};

const AFTER_HELP: &str = "\
Exit codes 退出码:
  0  done; for status: blocks advance, or nothing waits
  1  the answer is no: refused, invalid, standing, or a local error
  2  the node cannot be reached or takes nothing now, or the command line is wrong
  3  begun and not finished in time: the record is received but not yet certified

Certificates, receipts, archives and draws are verified offline by biaozheng-verify; logs are audited, mirrored and witnessed
by biaozheng-audit; nodes are founded and run by biaozheng, which has these commands too.

Examples:
  biaozheng status --api http://10.1.2.3:8600
  biaozheng keys generate --out bidder.key --name 91350100M000100Y43
  biaozheng seal --help";

const COMPLETIONS_EXAMPLE: &str = "\
Examples:
  biaozheng completions bash > /etc/bash_completion.d/biaozheng-client
  biaozheng completions zsh > ~/.zfunc/_biaozheng-client
  biaozheng completions fish > ~/.config/fish/completions/biaozheng-client.fish
  biaozheng completions powershell >> $PROFILE";

const MAN_EXAMPLE: &str = "Example:\n  biaozheng man man1 && man -l man1/biaozheng-client-seal.1";

/// The tools of bidders, experts, centres and regulators of a Biaozheng 标证 chain, without a node.
#[derive(Debug, Parser)]
#[command(name = NAME, version, after_help = AFTER_HELP, arg_required_else_help = true)]
struct Cli {
    /// Certificates (PEM) of authorities that https servers may show, beside those of the operating system 受信任的证书颁发机构
    #[arg(long, value_name = "FILE", global = true)]
    ca: Option<PathBuf>,
    #[command(subcommand)]
    command: ClientCommand,
}

#[derive(Debug, Subcommand)]
enum ClientCommand {
    /// Say whether the chain advances, and if not, why 查看状态
    Status(StatusCommand),
    /// Make and look at key files 密钥
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    #[command(flatten)]
    Common(Command),
    /// Print the script by which a shell completes these commands 命令补全
    #[command(after_help = COMPLETIONS_EXAMPLE)]
    Completions(Completions),
    /// Write a man page for every command into a folder 手册页
    #[command(after_help = MAN_EXAMPLE)]
    Man(Man),
}

impl ClientCommand {
    fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Status(command) => wait_for(command.run()),
            Self::Keys(command) => command.run(),
            Self::Common(command) => command.run(),
            Self::Completions(command) => command.run(command_line()),
            Self::Man(command) => command.run(command_line()),
        }
    }
}

/// Parses the command line of `biaozheng-client` and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    running(Cli::command);
    let matches = command_line().get_matches();
    let Cli { ca, command } = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match trusting(ca).and_then(|()| command.run()) {
        Ok(exit) => exit.into(),
        Err(error) => {
            complain(format_args!("{NAME}: {error:#}"));
            ended(&error).into()
        }
    }
}

/// The command line with this program's name in its help.
fn command_line() -> clap::Command {
    let commands = Cli::command();
    renamed(commands.clone(), &commands)
}

fn renamed(mut command: clap::Command, commands: &clap::Command) -> clap::Command {
    if let Some(text) = command.get_after_help().map(ToString::to_string) {
        command = command.after_help(named(&text, commands));
    }
    if let Some(text) = command.get_about().map(ToString::to_string) {
        command = command.about(named(&text, commands));
    }
    let command = command.mut_args(|argument| match argument.get_help().map(ToString::to_string) {
        Some(text) => argument.help(named(&text, commands)),
        None => argument,
    });
    command.mut_subcommands(|one| renamed(one, commands))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::naming::own;

    fn each(command: &clap::Command, what: &mut dyn FnMut(&clap::Command)) {
        what(command);
        command.get_subcommands().filter(|one| one.get_name() != "help").for_each(|one| each(one, what));
    }

    #[test]
    fn every_command_and_option_has_help_that_names_this_program() {
        let mut command = command_line();
        command.build();
        command.clone().debug_assert();
        let commands = Cli::command();
        each(&command, &mut |command| {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{}: {}", command.get_name(), argument.get_id());
            }
            let help = command.clone().render_long_help().to_string();
            assert_eq!(named(&help, &commands), help, "{} names another program", command.get_name());
        });
    }

    #[test]
    fn a_command_is_named_as_the_program_has_it_and_a_nodes_stays_a_nodes() {
        let commands = Cli::command();
        let named = |text| named(text, &commands);
        assert_eq!(named("run: biaozheng seal --again"), "run: biaozheng-client seal --again");
        assert_eq!(named("(biaozheng export terms), then"), "(biaozheng-client export terms), then");
        assert_eq!(
            named("`biaozheng keys show`, biaozheng keys sealing --home"),
            "`biaozheng-client keys show`, biaozheng keys sealing --home"
        );
        assert_eq!(named("biaozheng start; biaozheng-verify x"), "biaozheng start; biaozheng-verify x");
        assert_eq!(named("biaozheng "), "biaozheng ");
        assert_eq!(own("biaozheng seal"), "biaozheng seal", "an operator's program keeps its name");
    }

    #[test]
    fn every_command_has_a_page_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let written = biaozheng_pages::write_pages(command_line(), folder.path()).unwrap();
        let mut written: Vec<_> =
            written.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
        let mut expected = biaozheng_pages::expected_pages(command_line());
        written.sort_unstable();
        expected.sort_unstable();
        assert_eq!(written, expected);
        for name in ["biaozheng-client.1", "biaozheng-client-seal.1", "biaozheng-client-keys-check.1"] {
            assert!(written.contains(&name.to_owned()), "{name}");
        }
    }
}
