//! A table read back from Parquet cell by cell, and a table that does not fit its columns.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_ocds::{Cell, Kind, Table};
use biaozheng_ocds_parquet::{WriteError, write};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;

const COLUMNS: &[(&str, Kind)] = &[("bid", Kind::Text), ("rank", Kind::Number), ("amount", Kind::Decimal)];

fn table(rows: Vec<Vec<Cell>>) -> Table {
    Table { name: "bids", columns: COLUMNS, rows }
}

#[test]
fn every_cell_comes_back() {
    let row = |n: u64| {
        let rank = if n.is_multiple_of(3) { Cell::Missing } else { Cell::Number(n) };
        vec![Cell::Text(format!("标段-{n}")), rank, Cell::Decimal(format!("{n}.25"))]
    };
    let table = table((0..5000).map(row).collect());
    let bytes = write(&table).unwrap();
    assert_eq!(bytes, write(&table).unwrap(), "the same table gives the same bytes");
    let folder = std::env::temp_dir().join(format!("biaozheng-parquet-{}", std::process::id()));
    std::fs::write(&folder, &bytes).unwrap();
    #[allow(clippy::disallowed_types, reason = "a test reads the file back")]
    let reader = SerializedFileReader::new(std::fs::File::open(&folder).unwrap()).unwrap();
    let mut count = 0;
    for (read, wanted) in reader.get_row_iter(None).unwrap().zip(&table.rows) {
        let read = read.unwrap();
        for ((name, field), (cell, (column, _))) in read.get_column_iter().zip(wanted.iter().zip(COLUMNS)) {
            let cell = match cell {
                Cell::Missing => Field::Null,
                Cell::Number(number) => Field::Long(i64::try_from(*number).unwrap()),
                Cell::Text(text) | Cell::Decimal(text) => Field::Str(text.clone()),
            };
            assert_eq!((name.as_str(), field), (*column, &cell));
        }
        count += 1;
    }
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(count, 5000);
}

#[test]
fn a_row_that_does_not_fit_is_refused() {
    let good = vec![Cell::Text("1".into()), Cell::Number(1), Cell::Missing];
    assert!(write(&table(vec![good.clone()])).is_ok());
    assert!(write(&table(vec![])).is_ok());
    let mut wrong = good.clone();
    wrong[1] = Cell::Text("one".into());
    let mut large = good.clone();
    large[1] = Cell::Number(u64::MAX);
    for bad in [good[..2].to_vec(), wrong, large] {
        assert!(matches!(write(&table(vec![bad])), Err(WriteError::Row("bids"))));
    }
}
