//! The releases and records of a file of open contracting data, each by its own bytes.
//!
//! A file is one JSON document (a release, a record, a package of either, an array of them) or a document on each line,
//! as it stands or compressed with gzip, with or without a byte order mark. A package is taken apart; a record stays
//! whole.
//!
//! **Invariant:** what cannot be read is named by its place and everything else is given; never more than one document
//! of [`DOCUMENT_BYTES_MAX`] is held.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::de::IgnoredAny;

use super::span;

/// Bytes of one document, a line's or the whole file's.
pub(super) const DOCUMENT_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Bytes of one release or record.
pub(super) const ITEM_BYTES_MAX: usize = 16 * 1024 * 1024;
const BOM: &str = "\u{feff}";
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A release or a record, or why there is none at its place.
pub(super) type Item = (String, Result<String, String>);

/// A file as it is read.
pub(super) struct Reading {
    path: PathBuf,
    lines: Box<dyn BufRead>,
    number: u64,
    /// Bytes of one document.
    most: u64,
    /// A whole document, where the file is one; told from lines by the first of them.
    judged: bool,
}

/// A line, or what is wrong with it. Numbers count from 1.
enum Line {
    Text(String),
    Bad(String),
    End,
}

impl Reading {
    /// # Errors
    /// When the file cannot be opened or read.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = BufReader::new(File::open(path)?);
        let packed = file.fill_buf()?.starts_with(&GZIP);
        let lines: Box<dyn BufRead> =
            if packed { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) };
        Ok(Self { path: path.to_owned(), lines, number: 0, most: DOCUMENT_BYTES_MAX, judged: false })
    }

    /// What the next line, or the whole document, holds; nothing at the end.
    pub(super) fn next_items(&mut self) -> Option<Vec<Item>> {
        loop {
            let read = self.line();
            let place = format!("{} line {}", self.path.display(), self.number);
            match read {
                Err(error) => {
                    // A cut or damaged archive: what came before stands, the rest is not there.
                    self.lines = Box::new(io::empty());
                    return Some(vec![(place, Err(format!("the file cannot be read on: {error}")))]);
                }
                Ok(Line::End) => return None,
                Ok(Line::Bad(why)) => {
                    self.judged = true;
                    return Some(vec![(place, Err(why))]);
                }
                Ok(Line::Text(line)) if line.trim().is_empty() => {}
                Ok(Line::Text(line)) if self.judged || check(&line).is_ok() => {
                    self.judged = true;
                    return Some(taken_apart(line.trim(), &place));
                }
                Ok(Line::Text(line)) => {
                    self.judged = true;
                    return Some(self.document(line, place));
                }
            }
        }
    }

    /// One line without its end; a longer one than a document may be is passed without being held.
    fn line(&mut self) -> io::Result<Line> {
        self.number = self.number.saturating_add(1);
        let mut bytes = Vec::new();
        let held = self.most.saturating_add(1);
        if (&mut self.lines).take(held).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(Line::End);
        }
        if bytes.len() as u64 > self.most && bytes.last() != Some(&b'\n') {
            drop(bytes);
            self.pass_line()?;
            return Ok(Line::Bad(format!("longer than {} bytes", self.most)));
        }
        Ok(match String::from_utf8(bytes) {
            Ok(text) => {
                let begins = if self.number == 1 { text.strip_prefix(BOM) } else { None };
                // RFC 7464 begins each text with a record separator.
                let text = begins.unwrap_or(&text).trim_start_matches('\u{1e}');
                Line::Text(text.to_owned())
            }
            Err(error) => Line::Bad(not_text(error.as_bytes())),
        })
    }

    fn pass_line(&mut self) -> io::Result<()> {
        loop {
            let held = self.lines.fill_buf()?;
            if held.is_empty() {
                return Ok(());
            }
            let end = held.iter().position(|byte| *byte == b'\n');
            let passed = end.map_or(held.len(), |at| at.saturating_add(1));
            self.lines.consume(passed);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// The first line is no document by itself: the whole file is one, or the line is bad and the others are looked at.
    fn document(&mut self, mut first: String, place: String) -> Vec<Item> {
        let alone = check(&first).err().unwrap_or_default();
        let line_bytes = first.len();
        let left = self.most.saturating_sub(first.len() as u64);
        let mut rest = Vec::new();
        let read = (&mut self.lines).take(left.saturating_add(1)).read_to_end(&mut rest);
        let fits = read.is_ok() && rest.len() as u64 <= left;
        let file = self.path.display().to_string();
        match std::str::from_utf8(&rest) {
            Ok(text) if fits => {
                first.push_str(text);
                let Err(whole) = check(&first) else { return taken_apart(first.trim(), &file) };
                if !first.get(line_bytes..).unwrap_or_default().lines().any(is_document) {
                    let why = format!("neither one JSON document nor one on each line: {whole}");
                    return vec![(file, Err(why))];
                }
            }
            _ => {}
        }
        let after: Box<dyn Read> = match read {
            Ok(_) => Box::new(std::mem::replace(&mut self.lines, Box::new(io::empty()))),
            Err(error) => Box::new(Failing(Some(error))),
        };
        self.lines = Box::new(BufReader::new(io::Cursor::new(rest).chain(after)));
        vec![(place, Err(alone))]
    }
}

/// Gives an error where the reading stopped, once what was read before it is used.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn not_text(bytes: &[u8]) -> String {
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let hint = if wide { ": it is UTF-16; save the file as UTF-8" } else { "" };
    format!("not UTF-8{hint}")
}

fn check(text: &str) -> Result<(), String> {
    serde_json::from_str::<IgnoredAny>(text).map(drop).map_err(|error| error.to_string())
}

/// Whether a line is a document by itself, and no part of one over many lines.
fn is_document(line: &str) -> bool {
    let speaks = |name: &str| line.contains(name);
    (speaks("\"ocid\"") || speaks("\"releases\"") || speaks("\"records\"")) && check(line.trim()).is_ok()
}

/// The releases of a release package, the records of a record package, the elements of an array; anything else is one
/// item.
fn taken_apart(text: &str, place: &str) -> Vec<Item> {
    if let Err(why) = check(text) {
        return vec![(place.to_owned(), Err(why))];
    }
    if text.starts_with('[') {
        return each(text, place, "item");
    }
    let members = span::members(text);
    if !members.iter().any(|(name, _)| *name == "ocid") {
        for (list, what) in [("releases", "release"), ("records", "record")] {
            let value =
                members.iter().find(|(name, _)| *name == list).and_then(|(_, at)| text.get(at.clone()));
            if let Some(value) = value.filter(|value| value.starts_with('[')) {
                return each(value, place, what);
            }
        }
    }
    vec![bounded(text, place.to_owned())]
}

fn each(list: &str, place: &str, what: &str) -> Vec<Item> {
    let items = span::elements(list).into_iter().filter_map(|at| list.get(at));
    (1u64..).zip(items).map(|(number, item)| bounded(item, format!("{place}, {what} {number}"))).collect()
}

fn bounded(item: &str, place: String) -> Item {
    let fits = item.len() <= ITEM_BYTES_MAX;
    let kept = if fits { Ok(item.to_owned()) } else { Err(format!("longer than {ITEM_BYTES_MAX} bytes")) };
    (place, kept)
}

#[cfg(test)]
mod tests;
