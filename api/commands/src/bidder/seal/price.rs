//! The price from where other users of the machine do not see it: a file, or what is typed in or piped.

use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, anyhow, ensure};
use biaozheng_contracts::Amount;
use zeroize::Zeroizing;

use super::{Seal, yuan};

/// Longest price that is read, bytes.
const PRICE_BYTES_MAX: u64 = 64;

impl Seal {
    /// The price of `--price` or of `--price-file`.
    pub(super) fn given_price(&self) -> anyhow::Result<Option<Amount>> {
        match &self.price_file {
            None => Ok(self.price),
            Some(path) if path == Path::new("-") => {
                let mut line = Zeroizing::new(String::new());
                std::io::stdin().read_line(&mut line).context("standard input")?;
                read(line.as_bytes()).context("standard input").map(Some)
            }
            Some(path) => {
                let about = || path.display().to_string();
                read(std::fs::File::open(path).with_context(about)?).with_context(about).map(Some)
            }
        }
    }
}

/// One amount of yuan, with spaces or a line's end around it.
fn read(from: impl Read) -> anyhow::Result<Amount> {
    let mut bytes = Zeroizing::new(Vec::new());
    from.take(PRICE_BYTES_MAX.saturating_add(1)).read_to_end(&mut bytes)?;
    ensure!(bytes.len() as u64 <= PRICE_BYTES_MAX, "more than a price 内容过长，应仅含报价");
    let text = std::str::from_utf8(&bytes).context("not text")?;
    yuan(text.trim()).map_err(|error| anyhow!(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_file_holds_one_amount_of_yuan() {
        for text in ["800000", "800,000.00\n", " 80万\r\n"] {
            assert_eq!(read(text.as_bytes()).unwrap().get(), 80_000_000, "{text:?}");
        }
        for text in ["", "\n", "80万 81万", "0", "{\"price\": 80000000}", "eighty"] {
            assert!(read(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(read(" ".repeat(65).as_bytes()).unwrap_err().to_string().contains("more than a price"));
    }
}
