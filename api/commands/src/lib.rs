//! The commands of bidders, experts, centres and regulators: whatever works through a node's API or on files alone.
//!
//! The node's own program `biaozheng` offers them beside those that need its store, engine or folder; `biaozheng-client` is
//! these alone. Results go to standard output, progress and errors to standard error. Errors that people read are in Chinese
//! and English.
//!
//! **Invariant:** no storage engine, no consensus and no peer-to-peer network is in the dependency tree, so that a bidder's
//! tool can be built and reviewed alone.

#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

mod bidder;
mod centre;
mod everyone;
mod exit;
mod expert;
mod keys;
mod pages;
mod program;
mod record;
mod regulator;
mod status;
mod terminal;

use clap::error::Error;
use clap::{ArgMatches, FromArgMatches, Subcommand};

pub use exit::{Exit, ended, trusting, wait_for};
pub use keys::{KeyFileCommand, check as check_key_file};
pub use pages::{Completions, Man};
pub use program::main;
pub use record::certificate::write_new;
pub use status::StatusCommand;
pub use terminal::output;

/// One of the commands that every program offers; with `#[command(flatten)]` they stand among a program's own.
#[derive(Debug)]
pub struct Command(Box<everyone::Commands>);

impl Command {
    /// Runs the command on this thread.
    ///
    /// # Errors
    /// Whatever keeps it from being done; what a node refused is among it.
    pub fn run(self) -> anyhow::Result<Exit> {
        self.0.run()
    }
}

impl FromArgMatches for Command {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        everyone::Commands::from_arg_matches(matches).map(|command| Self(Box::new(command)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl Subcommand for Command {
    fn augment_subcommands(program: clap::Command) -> clap::Command {
        everyone::Commands::augment_subcommands(program)
    }

    fn augment_subcommands_for_update(program: clap::Command) -> clap::Command {
        everyone::Commands::augment_subcommands_for_update(program)
    }

    fn has_subcommand(name: &str) -> bool {
        everyone::Commands::has_subcommand(name)
    }
}
