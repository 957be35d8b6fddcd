"""Reads the tables of an export with a stock Parquet reader, and holds them against the CSV files beside them.

    tables.py FOLDER
"""
import csv
import datetime
import decimal
import pathlib
import sys

import pyarrow
import pyarrow.parquet

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def by_value(table):
    """The columns that stand once more by their value: (column, its text, its values as texts)."""
    for name in table.column_names:
        column, _, form = name.rpartition("_")
        if column not in table.column_names or form not in ("decimal", "timestamp"):
            continue
        kind, values = table.schema.field(name).type, table[name].to_pylist()
        if form == "decimal":
            if not pyarrow.types.is_decimal(kind):
                sys.exit(f"{name} is {kind}, not a decimal")
            texts = [None if value is None else f"{value.normalize():f}" for value in values]
            sum((value for value in values if value is not None), decimal.Decimal(0))
        else:
            if kind != pyarrow.timestamp("ms", tz="UTC"):
                sys.exit(f"{name} is {kind}, not a timestamp in UTC")
            utc = [None if value is None else value.astimezone(datetime.timezone.utc) for value in values]
            texts = [None if value is None else value.strftime("%Y-%m-%dT%H:%M:%SZ") for value in utc]
        yield column, name, texts


def main(folder):
    for name in ("projects", "lots", "bids", "awards", "contracts"):
        table = pyarrow.parquet.read_table(pathlib.Path(folder, f"{name}.parquet"))
        # With or without the mark of --csv-bom.
        with open(pathlib.Path(folder, f"{name}.csv"), encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        head, rows = rows[0], rows[1:]
        added = list(by_value(table))
        for column, form, texts in added:
            if texts != table[column].to_pylist():
                sys.exit(f"{name}.{form}: other values than the texts of {column}")
        table = table.drop_columns([form for _, form, _ in added])
        if head != table.column_names or len(rows) != table.num_rows:
            sys.exit(f"{name}: {len(rows)} rows of {head}, the Parquet file has {table.num_rows} of {table.column_names}")
        for row, stored in zip(rows, table.to_pylist(), strict=True):
            for cell, (column, value) in zip(row, stored.items(), strict=True):
                value = "" if value is None else {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
                # A spreadsheet must not take a text for a formula: CSV alone puts a quote before it.
                expected = f"'{value}" if value.startswith(FORMULA) else value
                if cell != expected:
                    sys.exit(f"{name}.{column}: {cell!r} in CSV, {value!r} in Parquet")
                if cell.startswith(FORMULA):
                    sys.exit(f"{name}.{column}: {cell!r} would be run as a formula")
        typed = ", ".join(form for _, form, _ in added)
        print(f"{folder}/{name}: {len(rows)} rows, alike in CSV and Parquet, and by value: {typed or 'none'}")


main(sys.argv[1])
