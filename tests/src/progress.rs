//! How far a long run is: a bar on a terminal, a line for each tenth where the output goes to a file or a log.

#![allow(clippy::print_stdout, reason = "for who started the run")]

use std::io::IsTerminal as _;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

/// Of a known length.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    what: &'static str,
    length: u64,
    lines: bool,
    begun: Instant,
}

impl Progress {
    #[must_use]
    pub fn new(length: u64, what: &'static str) -> Self {
        let bar = ProgressBar::new(length);
        let style = ProgressStyle::with_template("{msg:28} {bar:40} {pos}/{len} {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what);
        let lines = !std::io::stderr().is_terminal();
        Self { bar, what, length, lines, begun: Instant::now() }
    }

    /// So many are done.
    pub fn set(&self, done: u64) {
        let tenth = |done: u64| done.saturating_mul(10).checked_div(self.length);
        let before = self.bar.position();
        self.bar.set_position(done);
        if self.lines && tenth(before) < tenth(done) {
            println!("{} {done}/{} {} s", self.what, self.length, self.begun.elapsed().as_secs());
        }
    }

    /// One more is done.
    pub fn inc(&self) {
        self.set(self.bar.position().saturating_add(1));
    }

    pub fn finish(&self) {
        self.bar.finish();
    }
}
