//! Where an export that was interrupted goes on: after its last whole line.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::{Context as _, ensure};
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::limits::ENVELOPE_JSON_BYTES_MAX;
use biaozheng_ledger::record::Record;
use serde_json::Value;

/// A line is an envelope and a few numbers.
const LINE_BYTES_MAX: u64 = ENVELOPE_JSON_BYTES_MAX as u64 + 1024;

/// Opens the file to append to, and says which height and position it ends with. A line cut short by a crash
/// is removed.
pub(super) fn open(path: &Path, chain: &ChainId) -> anyhow::Result<(File, Option<(u64, u32)>)> {
    let about = || path.display().to_string();
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .with_context(about)?;
    let length = file.metadata().with_context(about)?.len();
    // The last whole line and what follows it lie within twice the longest line.
    let start = length.saturating_sub(LINE_BYTES_MAX.saturating_mul(2));
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let whole = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end.saturating_add(1));
    ensure!(start == 0 || whole > 0, "{} is not an export", path.display());
    let end = start.saturating_add(u64::try_from(whole)?);
    let done = match tail.get(..whole).and_then(|lines| lines.split(|byte| *byte == b'\n').rev().nth(1)) {
        None => None,
        Some(line) => Some(place(line, chain).with_context(about)?),
    };
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    Ok((file, done))
}

fn place(line: &[u8], chain: &ChainId) -> anyhow::Result<(u64, u32)> {
    let line: Value = serde_json::from_slice(line).context("the last line is not one of an export")?;
    let number =
        |key: &str| line.get(key).and_then(Value::as_u64).context("the last line is not one of an export");
    let envelope = line.get("envelope").map(ToString::to_string).unwrap_or_default();
    let record = Record::from_json(envelope.as_bytes()).context("the last line holds no record")?;
    let found = record.payload().chain;
    ensure!(found == *chain, "it holds records of chain {found}, the node is of {chain}");
    Ok((number("height")?, u32::try_from(number("position")?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use biaozheng_client::Author;
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::ids::{OrgId, TimeMs};
    use biaozheng_ledger::key::SecretKey;
    use std::io::Write as _;

    #[test]
    fn an_interrupted_export_goes_on_after_its_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.jsonl");
        let chain = ChainId::new(Digest::of(b"c"));
        let (_, done) = open(&path, &chain).unwrap();
        assert_eq!(done, None);
        let author = Author::new(OrgId::new("O").unwrap(), SecretKey::from_seed(&[1; 32]), chain);
        let record =
            author.record("evidence.recorded/1", serde_json::json!({})).sign(TimeMs::new(1)).unwrap();
        let line = |n: u32| {
            format!("{{\"height\":5,\"position\":{n},\"envelope\":{}}}\n", record.envelope().to_json())
        };
        let whole = [line(0), line(1)].concat();
        for cut in ["", "{", "{\"height\":5,\"posi"] {
            std::fs::write(&path, format!("{whole}{cut}")).unwrap();
            let (mut file, done) = open(&path, &chain).unwrap();
            assert_eq!(done, Some((5, 1)));
            file.write_all(b"next\n").unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{whole}next\n"));
        }
        let other = ChainId::new(Digest::of(b"d"));
        std::fs::write(&path, &whole).unwrap();
        assert!(format!("{:#}", open(&path, &other).unwrap_err()).contains("chain"));
        std::fs::write(&path, "something else\n").unwrap();
        assert!(open(&path, &chain).is_err());
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "something else\n",
            "a foreign file is left alone"
        );
    }
}
