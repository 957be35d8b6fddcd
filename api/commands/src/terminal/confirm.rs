//! One question before something that cannot be taken back.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// Asks, where somebody sits at a terminal and did not say yes on the command line. A script has no one to ask: it goes on
/// as if yes were said, and what was done stands in its output.
pub(crate) fn agreed(question: &str, yes: bool) -> bool {
    if yes || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return true;
    }
    let mut error = std::io::stderr().lock();
    let _ = write!(error, "{question} [y/N] ");
    let _ = error.flush();
    drop(error);
    let mut answer = String::new();
    if std::io::stdin().lock().read_line(&mut answer).is_err() {
        return false;
    }
    is_yes(&answer)
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是" | "确认" | "好")
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_yes_is_yes() {
        assert!(["y", "Y\n", "yes\r\n", "是", " 确认 "].into_iter().all(super::is_yes));
        assert!(["", "\n", "n", "no", "否", "yy"].into_iter().all(|answer| !super::is_yes(answer)));
    }
}
