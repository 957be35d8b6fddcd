//! What a notice must grant: periods whose two ends stand in one record.
//!
//! The contracts refuse a record that grants less; the rules look again, so that a regulator need not trust the nodes.

use biaozheng_contracts::parameters;
use biaozheng_contracts::{archive, listing, prequal, tender};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::json::from_value;
use biaozheng_ocds::{ProcessRecord, Reading};
use serde::de::DeserializeOwned;

use super::Look;
use super::spans::{Mark, Span};

fn read<T: DeserializeOwned>(record: &ProcessRecord) -> Option<T> {
    from_value(&record.body).ok()
}

/// One period a record grants.
fn period(parameter: &str, record: &ProcessRecord, from: TimeMs, until: TimeMs) -> Option<Span> {
    let mark = Mark::of(record);
    Span::new(parameter, mark.at(from), Some(mark.at(until)))
}

impl Look<'_> {
    /// Every period a notice or a change grants, as the records tell it one after the other.
    pub(super) fn notices(&self) -> Vec<Span> {
        let mut found: Vec<Option<Span>> = Vec::new();
        // `Reading::of` has read the same records.
        let mut reading = Reading::default();
        let mut applications = None;
        for one in &self.process.records {
            let before = reading.deadline;
            if reading.add(self.process, one).is_err() {
                break;
            }
            match one.record_type.as_str() {
                "tender.published/1" | "invitation.issued/1" => {
                    found.extend(reading.published.iter().flat_map(|notice| of_tender(one, notice)));
                }
                "tender.amended/1" | "tender.clarified/1" => {
                    found.extend(
                        before.map(|deadline| period(parameters::CLARIFY_LEAD.name, one, one.time, deadline)),
                    );
                }
                "prequal.published/1" => {
                    let notice: Option<prequal::Published> = read(one);
                    applications = notice.as_ref().map(|notice| notice.deadline_ms);
                    found.extend(notice.iter().flat_map(|notice| of_prequalification(one, notice)));
                }
                "prequal.clarified/1" => {
                    let moved = read(one).and_then(|said: prequal::Clarified| said.deadline_ms);
                    applications = moved.or(applications);
                    let lead =
                        |deadline| period(parameters::PREQUAL_CLARIFY_LEAD.name, one, one.time, deadline);
                    found.extend(applications.map(lead));
                }
                "listing.published/1" => {
                    found.extend(read(one).iter().flat_map(|notice| self.of_listing(one, notice)));
                }
                "archive.sealed/1" => {
                    let kept = read(one).and_then(|said: archive::Sealed| said.retain_until_ms);
                    found.extend(
                        kept.map(|until| {
                            period(parameters::ARCHIVE_RETENTION_MIN.name, one, one.time, until)
                        }),
                    );
                }
                _ => {}
            }
        }
        found.into_iter().flatten().collect()
    }

    fn of_listing(&self, one: &ProcessRecord, notice: &listing::Published) -> [Option<Span>; 3] {
        let (from, until) = (notice.listing_from_ms, notice.listing_until_ms);
        let parameter = listing::notice_parameter(notice, &self.rulebook).name;
        // One closed before the end its notice gave ran no longer than that.
        let closed = self.records("listing.closed/1").next().filter(|closed| closed.time < until);
        let end = closed.map_or_else(|| Mark::of(one).at(until), Mark::of);
        let shown = notice.viewing_from_ms.zip(notice.viewing_until_ms).unwrap_or((one.time, one.time));
        [
            period(parameter, one, one.time, from),
            Span::new(parameters::LISTING_PERIOD_MIN.name, Mark::of(one).at(from), Some(end)),
            period(parameters::VIEWING_MIN.name, one, shown.0, shown.1),
        ]
    }
}

fn of_tender(one: &ProcessRecord, notice: &tender::Published) -> [Option<Span>; 2] {
    let (from, until) = (notice.documents_from_ms, notice.documents_until_ms);
    [
        period(parameters::DOC_SALE_MIN.name, one, from, until),
        period(parameters::BID_PREP_MIN.name, one, one.time.max(from), notice.deadline_ms),
    ]
}

fn of_prequalification(one: &ProcessRecord, notice: &prequal::Published) -> [Option<Span>; 2] {
    let (from, until) = (notice.documents_from_ms, notice.documents_until_ms);
    [
        period(parameters::DOC_SALE_MIN.name, one, from, until),
        // 条例17: counted from the end of the documents' sale.
        period(parameters::PREQUAL_PREP_MIN.name, one, one.time.max(until), notice.deadline_ms),
    ]
}
