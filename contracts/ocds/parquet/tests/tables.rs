//! A table read back from Parquet cell by cell, and a table that does not fit its columns.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_ocds::{Cell, Kind, Table};
use biaozheng_ocds_parquet::{WriteError, write};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;

const COLUMNS: &[(&str, Kind)] =
    &[("bid", Kind::Text), ("rank", Kind::Number), ("amount", Kind::Decimal), ("sealed", Kind::Time)];

fn table(rows: Vec<Vec<Cell>>) -> Table {
    Table { name: "bids", columns: COLUMNS, rows }
}

#[test]
fn every_cell_comes_back() {
    let row = |n: u64| {
        let rank = if n.is_multiple_of(3) { Cell::Missing } else { Cell::Number(n) };
        let sealed = if n.is_multiple_of(2) {
            Cell::Missing
        } else {
            Cell::Text(format!("2026-11-01T08:00:{:02}Z", n % 60))
        };
        vec![Cell::Text(format!("标段-{n}")), rank, Cell::Decimal(format!("{n}.25")), sealed]
    };
    let table = table((0..5000).map(row).collect());
    let bytes = write(&table).unwrap();
    assert_eq!(bytes, write(&table).unwrap(), "the same table gives the same bytes");
    let folder = std::env::temp_dir().join(format!("biaozheng-parquet-{}", std::process::id()));
    std::fs::write(&folder, &bytes).unwrap();
    #[allow(clippy::disallowed_types, reason = "a test reads the file back")]
    let reader = SerializedFileReader::new(std::fs::File::open(&folder).unwrap()).unwrap();
    let mut count = 0u128;
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
        let all: Vec<_> = read.get_column_iter().collect();
        let names: Vec<&str> = all[4..].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["amount_decimal", "sealed_timestamp"]);
        let Field::Decimal(amount) = all[4].1 else { panic!("{:?}", all[4].1) };
        let unscaled = amount.data().iter().fold(0u128, |sum, byte| sum * 256 + u128::from(*byte));
        assert_eq!((unscaled, amount.scale()), (1000 * count + 250, 3));
        let ms = 1_793_520_000_000 + 1000 * i64::try_from(count % 60).unwrap();
        let sealed = if count.is_multiple_of(2) { Field::Null } else { Field::TimestampMillis(ms) };
        assert_eq!(*all[5].1, sealed);
        count += 1;
    }
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(count, 5000);
}

#[test]
fn a_row_that_does_not_fit_is_refused() {
    let good = vec![Cell::Text("1".into()), Cell::Number(1), Cell::Missing, Cell::Missing];
    assert!(write(&table(vec![good.clone()])).is_ok());
    assert!(write(&table(vec![])).is_ok());
    let mut wrong = good.clone();
    wrong[1] = Cell::Text("one".into());
    let mut large = good.clone();
    large[1] = Cell::Number(u64::MAX);
    let mut time = good.clone();
    time[3] = Cell::Text("yesterday".into());
    let mut amount = good.clone();
    amount[2] = Cell::Decimal("1.0001".into());
    for bad in [good[..2].to_vec(), wrong, large, time, amount] {
        assert!(matches!(write(&table(vec![bad])), Err(WriteError::Row("bids"))));
    }
}
