//! The same facts as flat tables: projects, lots, bids, awards, contracts.
//!
//! **Invariant:** a CSV cell never begins with a character a spreadsheet takes for a formula (`= + - @`, tab, carriage
//! return): bidders' and tenderees' texts are hostile.

use biaozheng_contracts::Amount;
use biaozheng_ledger::ids::TimeMs;

use crate::limits::PROCESSES_MAX;
use crate::model::{ExportError, Process, Publication};
use crate::money::decimal;
use crate::reading::{Award, Lot, Reading};
use crate::release::{award_status, bid_id, bid_status, date, ocid, status};

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Missing,
    Text(String),
    Number(u64),
    /// A decimal text of the currency's major unit.
    Decimal(String),
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Decimal,
    /// Texts of RFC 3339 in UTC, whole seconds.
    Time,
}

/// A table; every row has a cell for each column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    pub rows: Vec<Vec<Cell>>,
}

use Kind::{Decimal, Number, Text, Time};

const PROJECTS: &[(&str, Kind)] = &[
    ("ocid", Text),
    ("project", Text),
    ("code", Text),
    ("title", Text),
    ("tenderee", Text),
    ("centre", Text),
    ("status", Text),
    ("published", Time),
    ("deadline", Time),
    ("lots", Number),
    ("tenderers", Number),
    ("last_record", Text),
    ("last_height", Number),
];
const LOTS: &[(&str, Kind)] = &[
    ("ocid", Text),
    ("lot", Text),
    ("title", Text),
    ("estimate", Decimal),
    ("currency", Text),
    ("bids", Number),
];
const BIDS: &[(&str, Kind)] = &[
    ("ocid", Text),
    ("lot", Text),
    ("bid", Text),
    ("tenderer", Text),
    ("tenderer_name", Text),
    ("sealed", Time),
    ("status", Text),
    ("rank", Number),
    ("amount", Decimal),
    ("currency", Text),
    ("reason", Text),
    ("record", Text),
];
const AWARDS: &[(&str, Kind)] = &[
    ("ocid", Text),
    ("lot", Text),
    ("supplier", Text),
    ("supplier_name", Text),
    ("bid", Text),
    ("amount", Decimal),
    ("currency", Text),
    ("status", Text),
    ("date", Time),
    ("record", Text),
];
const CONTRACTS: &[(&str, Kind)] = &[
    ("ocid", Text),
    ("lot", Text),
    ("supplier", Text),
    ("amount", Decimal),
    ("currency", Text),
    ("signed", Time),
    ("contract", Text),
    ("record", Text),
];

fn text(value: impl ToString) -> Cell {
    Cell::Text(value.to_string())
}

fn count(value: usize) -> Cell {
    u64::try_from(value).map_or(Cell::Missing, Cell::Number)
}

fn time(value: Option<TimeMs>) -> Result<Cell, ExportError> {
    Ok(value.map(date).transpose()?.map_or(Cell::Missing, Cell::Text))
}

fn money(amount: Amount, reading: &Reading) -> Cell {
    Cell::Decimal(decimal(amount, reading.currency()))
}

/// Empty tables in their order.
fn empty() -> [Table; 5] {
    [("projects", PROJECTS), ("lots", LOTS), ("bids", BIDS), ("awards", AWARDS), ("contracts", CONTRACTS)]
        .map(|(name, columns)| Table { name, columns, rows: Vec::new() })
}

/// The five tables of projects.
///
/// # Errors
/// [`ExportError`].
pub fn tables<'a>(
    processes: impl IntoIterator<Item = &'a Process>,
    publication: &Publication,
) -> Result<[Table; 5], ExportError> {
    let [mut projects, mut lots, mut bids, mut awards, mut contracts] = empty();
    for (number, process) in processes.into_iter().enumerate() {
        if number >= PROCESSES_MAX {
            return Err(ExportError::TooMany);
        }
        let reading = Reading::of(process)?;
        let id = text(ocid(process, publication));
        projects.rows.extend(project(process, &reading, &id)?);
        for lot in &reading.lots {
            let listed = if reading.opened { count(lot.bids.len()) } else { Cell::Missing };
            lots.rows.push(vec![
                id.clone(),
                text(&lot.id),
                text(&lot.title),
                money(lot.estimate, &reading),
                text(reading.currency()),
                listed,
            ]);
            bids.rows.extend(bids_of(process, &reading, lot, &id)?);
            let Some(award) = &lot.award else { continue };
            awards.rows.push(award_row(process, &reading, lot, award, &id)?);
            let Some(contract) = &award.contract else { continue };
            contracts.rows.push(vec![
                id.clone(),
                text(&lot.id),
                text(&award.bid.bidder),
                money(contract.price, &reading),
                text(reading.currency()),
                time(Some(contract.time))?,
                text(contract.digest),
                text(contract.record),
            ]);
        }
    }
    Ok([projects, lots, bids, awards, contracts])
}

fn project(process: &Process, reading: &Reading, id: &Cell) -> Result<Option<Vec<Cell>>, ExportError> {
    let Some(registered) = &reading.registered else { return Ok(None) };
    let mut tenderers: Vec<_> =
        reading.lots.iter().flat_map(|lot| &lot.bids).map(|bid| &bid.name.bidder).collect();
    tenderers.sort();
    tenderers.dedup();
    // A sealed bid's record would tell that there is one.
    let public = |record: &&crate::ProcessRecord| reading.opened || !crate::evidence::is_secret(record);
    let last = process.records.iter().rev().find(public);
    Ok(Some(vec![
        id.clone(),
        text(&process.project),
        text(&registered.code),
        text(&registered.title),
        text(&registered.tenderee),
        text(&registered.centre),
        text(if reading.published.is_some() || reading.sale.is_some() {
            status(reading)
        } else {
            "planning"
        }),
        time(reading.published_at)?,
        time(reading.deadline)?,
        count(reading.lots.len()),
        if reading.opened { count(tenderers.len()) } else { Cell::Missing },
        last.map_or(Cell::Missing, |record| text(record.id)),
        last.map_or(Cell::Missing, |record| Cell::Number(record.height.get())),
    ]))
}

fn name_of(process: &Process, org: &biaozheng_ledger::ids::OrgId) -> Cell {
    process.names.get(org).map_or(Cell::Missing, text)
}

fn bids_of(
    process: &Process,
    reading: &Reading,
    lot: &Lot,
    id: &Cell,
) -> Result<Vec<Vec<Cell>>, ExportError> {
    let row = |bid: &crate::Bid| {
        let price = bid.body.as_ref().and_then(|body| body.price);
        Ok(vec![
            id.clone(),
            text(&lot.id),
            text(bid_id(lot, &bid.name)),
            text(&bid.name.bidder),
            name_of(process, &bid.name.bidder),
            time(bid.sealed.map(|(_, time)| time))?,
            text(bid_status(bid)),
            bid.rank.map_or(Cell::Missing, Cell::Number),
            price.map_or(Cell::Missing, |price| money(price, reading)),
            text(reading.currency()),
            bid.reason.as_ref().map_or(Cell::Missing, text),
            bid.sealed.map_or(Cell::Missing, |(record, _)| text(record)),
        ])
    };
    lot.bids.iter().map(row).collect()
}

fn award_row(
    process: &Process,
    reading: &Reading,
    lot: &Lot,
    award: &Award,
    id: &Cell,
) -> Result<Vec<Cell>, ExportError> {
    Ok(vec![
        id.clone(),
        text(&lot.id),
        text(&award.bid.bidder),
        name_of(process, &award.bid.bidder),
        text(bid_id(lot, &award.bid)),
        money(award.price, reading),
        text(reading.currency()),
        text(award_status(reading)),
        time(Some(award.time))?,
        text(award.record),
    ])
}

/// A text that no spreadsheet runs: a leading `'` before a formula's first character.
fn neutral(value: &str) -> String {
    if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{value}") } else { value.to_owned() }
}

impl Table {
    /// RFC 4180 in UTF-8, with a header line.
    ///
    /// # Errors
    /// [`ExportError::Table`].
    pub fn csv(&self) -> Result<String, ExportError> {
        let failed = |error: &dyn std::fmt::Display| ExportError::Table(error.to_string());
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|(name, _)| *name)).map_err(|error| failed(&error))?;
        for row in &self.rows {
            let cells = row.iter().map(|cell| match cell {
                Cell::Missing => String::new(),
                Cell::Text(text) => neutral(text),
                Cell::Number(number) => number.to_string(),
                Cell::Decimal(decimal) => decimal.clone(),
            });
            writer.write_record(cells).map_err(|error| failed(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(&error))?;
        String::from_utf8(bytes).map_err(|error| failed(&error))
    }

    /// The same behind a byte order mark: spreadsheets then take it for UTF-8, most other readers for part of the first name.
    ///
    /// # Errors
    /// [`ExportError::Table`].
    pub fn csv_with_mark(&self) -> Result<String, ExportError> {
        Ok(format!("\u{feff}{}", self.csv()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_neutralised_and_quotes_survive() {
        let columns = &[("a", Text), ("b", Number)];
        let row = |value: &str| vec![text(value), Cell::Number(7)];
        let hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "a,\"b\"\n=c", "标段=1"];
        let table = Table { name: "t", columns, rows: hostile.map(row).to_vec() };
        let csv = table.csv().unwrap();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let read: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
        let wanted = ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'\r=1", "a,\"b\"\n=c", "标段=1"];
        assert_eq!(read, wanted);
        assert!(csv.starts_with("a,b\r\n"));
        assert_eq!(table.csv_with_mark().unwrap(), format!("\u{feff}{csv}"));
    }
}
