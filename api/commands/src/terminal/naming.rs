//! The name of the program that is running, in its advice: the commands are written for `biaozheng`, which operators have.

use std::sync::OnceLock;

pub(crate) const NAME: &str = "biaozheng-client";

/// What [`own`] knows the commands by; unset in every other program.
static COMMANDS: OnceLock<clap::Command> = OnceLock::new();

/// Says that [`NAME`] is running, and which commands it has.
pub(crate) fn running(commands: impl FnOnce() -> clap::Command) {
    COMMANDS.get_or_init(commands);
}

/// A line of advice with the name of the program that is running before each command it has.
pub(crate) fn own(line: &str) -> String {
    COMMANDS.get().map_or_else(|| line.to_owned(), |commands| named(line, commands))
}

/// `text` with [`NAME`] for `biaozheng` before every command that is among `commands`.
pub(crate) fn named(text: &str, commands: &clap::Command) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("biaozheng ") {
        out.push_str(before);
        out.push_str(if has(commands, after) { NAME } else { "biaozheng" });
        out.push(' ');
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether `text` begins with a whole command of `commands`.
fn has(commands: &clap::Command, text: &str) -> bool {
    let (mut command, mut found) = (commands, false);
    for word in text.split_whitespace() {
        let word = word.trim_matches(|one: char| !one.is_ascii_alphanumeric());
        let Some(next) = command.find_subcommand(word) else { break };
        (command, found) = (next, true);
    }
    found && !command.is_subcommand_required_set()
}
