//! `biaozheng completions` and `biaozheng man`: what packages install beside the program.

use std::path::PathBuf;

use biaozheng_pages::Shell;
use clap::Args;

use crate::Exit;
use crate::output::{print, say};

const COMPLETIONS_EXAMPLE: &str = "\
Examples:
  biaozheng completions bash > /etc/bash_completion.d/biaozheng
  biaozheng completions zsh > ~/.zfunc/_biaozheng
  biaozheng completions fish > ~/.config/fish/completions/biaozheng.fish
  biaozheng completions powershell >> $PROFILE";

#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLE)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub fn run(self, program: clap::Command) -> anyhow::Result<Exit> {
        print(&String::from_utf8(biaozheng_pages::completions(program, self.shell))?);
        Ok(Exit::Done)
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  biaozheng man man1 && man -l man1/biaozheng-start.1")]
pub struct Man {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    pub fn run(self, program: clap::Command) -> anyhow::Result<Exit> {
        for page in biaozheng_pages::write_pages(program, &self.folder)? {
            say(page.display());
        }
        Ok(Exit::Done)
    }
}
