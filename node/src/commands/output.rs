//! Lines for people and programs. A reader that hung up (`| head`) ends the output, not the program.

use std::fmt::Display;
use std::io::Write as _;

/// A line of result.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Text of result as it is.
pub(super) fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// A line of error or advice.
pub(super) fn complain(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
