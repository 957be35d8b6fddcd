//! Open-data tables as Parquet files, in memory.
//!
//! Texts, decimals and times are UTF-8 strings as in the CSV file, numbers 64-bit integers, every column optional; one row
//! group, no compression. Behind them each decimal column stands once more as `<name>_decimal`, a DECIMAL(20, 3), and each
//! time column as `<name>_timestamp`, milliseconds in UTC: readers then add, sort and filter without reading texts.
//! **Invariant:** the same table gives the same bytes, and both forms of a cell say the same.

use std::sync::Arc;

use biaozheng_ocds::{Cell, Kind, Table};
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

/// Decimal places of every DECIMAL column: no currency has more.
const PLACES: i32 = 3;
/// Digits: those of the largest amount in a currency without minor units, and the places.
const DIGITS: i32 = 20;
/// Bytes of a DECIMAL of so many digits.
const DECIMAL_BYTES: i32 = 9;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("parquet: {0}")]
    Parquet(#[from] ParquetError),
    #[error("a row of table {0} does not fit its columns")]
    Row(&'static str),
}

/// A column of the file: a column of the table, as it stands there or by its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Column {
    index: usize,
    kind: Kind,
    /// The added form of a decimal or time.
    by_value: bool,
}

fn columns(table: &Table) -> Vec<Column> {
    let all = || table.columns.iter().enumerate();
    let as_it_stands = all().map(|(index, (_, kind))| Column { index, kind: *kind, by_value: false });
    let by_value = all()
        .filter(|(_, (_, kind))| matches!(kind, Kind::Decimal | Kind::Time))
        .map(|(index, (_, kind))| Column { index, kind: *kind, by_value: true });
    as_it_stands.chain(by_value).collect()
}

fn schema(table: &Table) -> Result<Type, ParquetError> {
    let fields = columns(table).into_iter().map(|column| {
        let name = table.columns.get(column.index).map_or("", |(name, _)| *name);
        field(name, column).map(Arc::new)
    });
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder(table.name).with_fields(fields).build()
}

fn field(name: &str, column: Column) -> Result<Type, ParquetError> {
    let (decimal, timestamp) = (format!("{name}_decimal"), format!("{name}_timestamp"));
    let (name, physical, logical) = match (column.by_value, column.kind) {
        (true, Kind::Decimal) => {
            let logical = LogicalType::decimal(PLACES, DIGITS);
            (decimal.as_str(), Physical::FIXED_LEN_BYTE_ARRAY, Some(logical))
        }
        (true, _) => {
            let logical = LogicalType::timestamp(true, TimeUnit::MILLIS);
            (timestamp.as_str(), Physical::INT64, Some(logical))
        }
        (false, Kind::Number) => (name, Physical::INT64, None),
        (false, _) => (name, Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let mut builder = Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    if physical == Physical::FIXED_LEN_BYTE_ARRAY {
        builder = builder.with_length(DECIMAL_BYTES).with_precision(DIGITS).with_scale(PLACES);
    }
    builder.build()
}

/// A decimal text in thousandths of its unit.
fn thousandths(text: &str) -> Option<u128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let places = usize::try_from(PLACES).ok()?;
    if fraction.len() > places {
        return None;
    }
    format!("{whole}{fraction:0<places$}").parse().ok()
}

/// Big-endian two's complement, as Parquet has a DECIMAL of fixed length.
fn decimal(text: &str) -> Option<FixedLenByteArray> {
    let bytes = thousandths(text)?.to_be_bytes();
    let cut = bytes.len().checked_sub(usize::try_from(DECIMAL_BYTES).ok()?)?;
    let (over, kept) = bytes.split_at_checked(cut)?;
    let fits = over.iter().all(|byte| *byte == 0) && kept.first().is_some_and(|byte| *byte < 0x80);
    fits.then(|| ByteArray::from(kept.to_vec()).into())
}

/// A time of RFC 3339 since 1970.
fn milliseconds(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// One column's present values and, for each row, whether it has one.
fn write_column(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    table: &Table,
    column: Column,
) -> Result<(), WriteError> {
    let cells: Vec<&Cell> = table.rows.iter().filter_map(|row| row.get(column.index)).collect();
    let present: Vec<i16> = cells.iter().map(|cell| i16::from(**cell != Cell::Missing)).collect();
    let Some(mut writer) = group.next_column()? else { return Err(WriteError::Row(table.name)) };
    match (column.by_value, column.kind) {
        (true, Kind::Decimal) => {
            let value = |cell: &&Cell| match cell {
                Cell::Decimal(text) => decimal(text),
                _ => None,
            };
            let values: Vec<FixedLenByteArray> = cells.iter().filter_map(value).collect();
            writer.typed::<FixedLenByteArrayType>().write_batch(&values, Some(&present), None)?;
        }
        (true, _) | (false, Kind::Number) => {
            let value = |cell: &&Cell| match cell {
                Cell::Number(number) => i64::try_from(*number).ok(),
                Cell::Text(text) => milliseconds(text),
                _ => None,
            };
            let values: Vec<i64> = cells.iter().filter_map(value).collect();
            writer.typed::<Int64Type>().write_batch(&values, Some(&present), None)?;
        }
        (false, _) => {
            let value = |cell: &&Cell| match cell {
                Cell::Text(text) | Cell::Decimal(text) => Some(ByteArray::from(text.as_str())),
                _ => None,
            };
            let values: Vec<ByteArray> = cells.iter().filter_map(value).collect();
            writer.typed::<ByteArrayType>().write_batch(&values, Some(&present), None)?;
        }
    }
    Ok(writer.close()?)
}

fn fits(kind: Kind, cell: &Cell) -> bool {
    match cell {
        Cell::Missing => true,
        Cell::Text(text) => kind == Kind::Text || (kind == Kind::Time && milliseconds(text).is_some()),
        Cell::Decimal(text) => kind == Kind::Decimal && decimal(text).is_some(),
        Cell::Number(number) => kind == Kind::Number && i64::try_from(*number).is_ok(),
    }
}

/// The bytes of a Parquet file.
///
/// # Errors
/// [`WriteError`].
pub fn write(table: &Table) -> Result<Vec<u8>, WriteError> {
    let row_fits = |row: &Vec<Cell>| {
        row.len() == table.columns.len()
            && row.iter().zip(table.columns).all(|(cell, (_, kind))| fits(*kind, cell))
    };
    if !table.rows.iter().all(row_fits) {
        return Err(WriteError::Row(table.name));
    }
    let properties = WriterProperties::builder().set_created_by("biaozheng".to_owned()).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema(table)?), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in columns(table) {
        write_column(&mut group, table, column)?;
    }
    group.close()?;
    Ok(writer.into_inner()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_thousandths_in_nine_bytes() {
        for (text, value) in [
            ("0", 0u128),
            ("0.01", 10),
            ("12.5", 12_500),
            ("1.005", 1005),
            ("1820000", 1_820_000_000),
            ("18446744073709551615", 18_446_744_073_709_551_615_000),
        ] {
            assert_eq!(thousandths(text), Some(value), "{text}");
        }
        assert_eq!((thousandths("0.0001"), thousandths("x"), thousandths("-1")), (None, None, None));
        assert_eq!(decimal("0.001").unwrap().data(), [0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert!(decimal("92233720368547758").is_some());
        assert!(decimal("18446744073709551615").is_none(), "beyond twenty digits");
    }
}
