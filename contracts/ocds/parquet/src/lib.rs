//! Open-data tables as Parquet files, in memory.
//!
//! Texts and decimals are UTF-8 strings, numbers 64-bit integers, every column optional; one row group, no compression.
//! **Invariant:** the same table gives the same bytes.

use std::sync::Arc;

use biaozheng_ocds::{Cell, Kind, Table};
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("parquet: {0}")]
    Parquet(#[from] ParquetError),
    #[error("a row of table {0} does not fit its columns")]
    Row(&'static str),
}

fn schema(table: &Table) -> Result<Type, ParquetError> {
    let column = |(name, kind): &(&str, Kind)| {
        let physical = if *kind == Kind::Number { Physical::INT64 } else { Physical::BYTE_ARRAY };
        let logical = (*kind != Kind::Number).then_some(LogicalType::String);
        let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
        builder.with_logical_type(logical).build().map(Arc::new)
    };
    let fields = table.columns.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder(table.name).with_fields(fields).build()
}

/// One column's present values and, for each row, whether it has one.
fn write_column(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    table: &Table,
    index: usize,
    kind: Kind,
) -> Result<(), WriteError> {
    let cells: Vec<&Cell> = table.rows.iter().filter_map(|row| row.get(index)).collect();
    let present: Vec<i16> = cells.iter().map(|cell| i16::from(**cell != Cell::Missing)).collect();
    let Some(mut column) = group.next_column()? else { return Err(WriteError::Row(table.name)) };
    if kind == Kind::Number {
        let number = |cell: &&Cell| match cell {
            Cell::Number(number) => i64::try_from(*number).ok(),
            _ => None,
        };
        let values: Vec<i64> = cells.iter().filter_map(number).collect();
        column.typed::<Int64Type>().write_batch(&values, Some(&present), None)?;
    } else {
        let text = |cell: &&Cell| match cell {
            Cell::Text(text) | Cell::Decimal(text) => Some(ByteArray::from(text.as_str())),
            _ => None,
        };
        let values: Vec<ByteArray> = cells.iter().filter_map(text).collect();
        column.typed::<ByteArrayType>().write_batch(&values, Some(&present), None)?;
    }
    Ok(column.close()?)
}

fn fits(kind: Kind, cell: &Cell) -> bool {
    match cell {
        Cell::Missing => true,
        Cell::Text(_) => kind == Kind::Text,
        Cell::Decimal(_) => kind == Kind::Decimal,
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
    for (index, (_, kind)) in table.columns.iter().enumerate() {
        write_column(&mut group, table, index, *kind)?;
    }
    group.close()?;
    Ok(writer.into_inner()?)
}
