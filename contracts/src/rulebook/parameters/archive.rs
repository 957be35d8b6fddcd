//! Parameters of the archive.

use crate::rulebook::owed::{Bound, Clock, Limit, Owed, Owes};
use crate::rulebook::parameter::{Direction, Duration, Outside, Parameter, Place::Optional, at, rows};

rows! { ARCHIVE;
    ARCHIVE_RETENTION_MIN: Duration = Parameter {
        name: "archive_retention_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("archive.sealed/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.archive_retention_min",
            owes: Owes::Centre,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: &["archive.sealed/1"],
            ends: &[],
            formula: "retain_until - archiving >= archive_retention_min",
            title: "The archive is promised for too short a time",
            title_zh: "档案保存期限不足",
            runs: &[],
        }),
        tenders: Optional("an archive is kept as long as its record says, if it does"),
        listings: Optional("an archive is kept as long as its record says, if it does"),
        together: None,
        outside: Outside::Refused,
        counted_from: "the sealing",
        effect: "How long an archive is kept.",
    };
}
