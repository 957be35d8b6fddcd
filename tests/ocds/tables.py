"""Reads the tables of an export with a stock Parquet reader, and holds them against the CSV files beside them.

    tables.py FOLDER
"""
import csv
import pathlib
import sys

import pyarrow.parquet

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def main(folder):
    for name in ("projects", "lots", "bids", "awards", "contracts"):
        table = pyarrow.parquet.read_table(pathlib.Path(folder, f"{name}.parquet"))
        with open(pathlib.Path(folder, f"{name}.csv"), encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        head, rows = rows[0], rows[1:]
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
        print(f"{folder}/{name}: {len(rows)} rows, alike in CSV and Parquet")


main(sys.argv[1])
