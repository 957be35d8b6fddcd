//! What the engine can do with each record of a project: where it may stand and who may sign it.
//!
//! A rulebook's `[step]` table chooses inside of this; what a record computes stays code. **Invariant:** a stage is among
//! a row's `from` or `more` only where the record's code has there what it computes with; the parameters its code cites name
//! it in their own rows ([`guards`]).

use super::Procedure::{self, Invited, Listing, Open};
use super::parameter::Guard;
use super::parameters::{
    self, COMPLAINT_WINDOW, EVAL_EXTEND_ABOVE, INVITEES_MIN, PREQUAL_PREP_MIN, RANDOMNESS_CENTRES_MIN,
    RESULT_CORRECTION_GROUNDS, SEALING_SIGNATURE_WINDOW,
};
use super::procedure::{ALL, TENDERS};
use super::steps::Signer::{
    self, Agency, Bidder, CityCentre, DistrictCentre, Group, Member, Number, Participant, Party, Regulator,
    Tenderee, Witness,
};
use crate::machine::stage::Stage;
use crate::machine::stage::Stage::{
    Annulled, Archived, Awarded, Contracted, DealConfirmed, Evaluated, Failed, Listed, ListingClosed, Opened,
    PrequalOpened, Prequalified, Prequalifying, Publicised, Published, Registered, Supervised, Terminated,
};
use crate::rulebook::suspending;

/// When a category needs a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Always,
    /// The centre's choice.
    Optional,
    /// Needed with any of these parameters, and of no use without one.
    With(&'static [&'static str]),
}

/// One record, or one case of it, as the engine knows it.
#[derive(Debug)]
pub(super) struct Row {
    /// Record type; after a colon the case, where one type has several.
    pub(super) name: &'static str,
    pub(super) procedures: &'static [Procedure],
    pub(super) need: Need,
    /// Where it comes from unless the rulebook narrows it; empty: whatever the stage.
    pub(super) from: &'static [Stage],
    /// Further stages a rulebook may name.
    pub(super) more: &'static [Stage],
    /// What it leads to, the first where all goes well; empty: it stays.
    pub(super) to: &'static [Stage],
    pub(super) roles: &'static [Signer],
    /// Further signers a rulebook may name.
    pub(super) also: &'static [Signer],
    pub(super) cosigners: Option<&'static str>,
}

const TENDEREE: &[Signer] = &[Tenderee, Agency];
const CENTRES: &[Signer] = &[CityCentre, DistrictCentre];
const BIDDER: &[Signer] = &[Bidder];
const REGULATOR: &[Signer] = &[Regulator];
const MEMBER: &[Signer] = &[Member];
const DRAW: Need = Need::With(&[RANDOMNESS_CENTRES_MIN.name]);
const SEALING: Need = Need::With(&[SEALING_SIGNATURE_WINDOW.name]);
const PREQUAL: Need = Need::With(&[PREQUAL_PREP_MIN.name]);
const COMPLAINTS: Need = Need::With(&[COMPLAINT_WINDOW.name]);

const BASE: Row = Row {
    name: "",
    procedures: TENDERS,
    need: Need::Always,
    from: &[],
    more: &[],
    to: &[],
    roles: TENDEREE,
    also: &[],
    cosigners: None,
};

/// Every step. What is no step of a category (keys, credit, licences, evidence, entries nobody signs) is not here.
pub(super) const ROWS: &[Row] = &[
    // The notice.
    Row {
        name: "tender.published/1",
        procedures: &[Open],
        from: &[Registered, Prequalified],
        to: &[Published],
        ..BASE
    },
    Row {
        name: "invitation.issued/1",
        procedures: &[Invited],
        from: &[Registered],
        to: &[Published],
        ..BASE
    },
    Row { name: "tender.clarified/1", need: Need::Optional, from: &[Published], ..BASE },
    Row { name: "tender.amended/1", need: Need::Optional, from: &[Published], ..BASE },
    // Prequalification.
    Row {
        name: "prequal.published/1",
        procedures: &[Open],
        need: PREQUAL,
        from: &[Registered],
        to: &[Prequalifying],
        ..BASE
    },
    Row { name: "prequal.clarified/1", procedures: &[Open], need: PREQUAL, from: &[Prequalifying], ..BASE },
    Row {
        name: "prequal.applied/1",
        procedures: &[Open],
        need: PREQUAL,
        from: &[Prequalifying],
        roles: BIDDER,
        ..BASE
    },
    Row {
        name: "prequal.opened/1",
        procedures: &[Open],
        need: PREQUAL,
        from: &[Prequalifying],
        to: &[PrequalOpened],
        roles: CENTRES,
        also: TENDEREE,
        ..BASE
    },
    Row {
        name: "prequal.reviewed/1",
        procedures: &[Open],
        need: PREQUAL,
        from: &[PrequalOpened],
        to: &[Prequalified, Failed],
        roles: CENTRES,
        also: TENDEREE,
        cosigners: Some("reviewers"),
        ..BASE
    },
    // Objections.
    Row { name: "objection.raised/1:documents", from: &[Published], roles: BIDDER, ..BASE },
    Row { name: "objection.raised/1:opening", need: Need::Optional, from: &[Opened], roles: BIDDER, ..BASE },
    Row { name: "objection.raised/1:result", from: &[Evaluated, Publicised], roles: BIDDER, ..BASE },
    Row {
        name: "objection.raised/1:prequalification",
        procedures: &[Open],
        need: PREQUAL,
        from: &[Prequalifying],
        roles: BIDDER,
        ..BASE
    },
    Row { name: "objection.answered/1", also: CENTRES, ..BASE },
    // Bids and their opening.
    Row { name: "bid.sealed/1", from: &[Published], roles: BIDDER, ..BASE },
    Row { name: "bid.withdrawn/1", from: &[Published], roles: BIDDER, ..BASE },
    Row { name: "bid.revealed/1", from: &[Published], roles: BIDDER, ..BASE },
    Row { name: "tender.opened/1", need: SEALING, from: &[Published], roles: &[Group], ..BASE },
    Row { name: "sealed.bound/1", need: SEALING, from: &[Published], roles: BIDDER, ..BASE },
    Row { name: "sealed.proved/1", need: SEALING, from: &[Published], roles: &[Participant], ..BASE },
    Row {
        name: "bids.opened/1",
        from: &[Published],
        to: &[Opened, Failed],
        roles: CENTRES,
        also: TENDEREE,
        ..BASE
    },
    Row {
        name: "admission.disclosed/1",
        need: Need::With(&[PREQUAL_PREP_MIN.name, INVITEES_MIN.name]),
        from: &[Opened],
        roles: &[Tenderee, Agency, CityCentre, DistrictCentre],
        ..BASE
    },
    // The committee and its evaluation.
    Row { name: "draw.requested/1", need: DRAW, from: &[Opened], roles: CENTRES, ..BASE },
    Row { name: "randomness.committed/1", need: DRAW, from: &[Opened], roles: &[Party], ..BASE },
    Row { name: "randomness.revealed/1", need: DRAW, from: &[Opened], roles: &[Party], ..BASE },
    Row { name: "beacon.recovered/1", need: DRAW, from: &[Opened], roles: &[Group], ..BASE },
    Row { name: "experts.drawn/1", from: &[Opened], roles: CENTRES, ..BASE },
    Row {
        name: "evaluation.session_opened/1",
        need: Need::Optional,
        from: &[Opened],
        roles: CENTRES,
        ..BASE
    },
    Row {
        name: "evaluation.time_short/1",
        need: Need::With(&[EVAL_EXTEND_ABOVE.name]),
        from: &[Opened],
        roles: MEMBER,
        ..BASE
    },
    Row {
        name: "evaluation.extended/1",
        need: Need::With(&[EVAL_EXTEND_ABOVE.name]),
        from: &[Opened],
        also: CENTRES,
        ..BASE
    },
    Row { name: "member.replaced/1", from: &[Opened], roles: CENTRES, ..BASE },
    Row { name: "scores.sealed/1", from: &[Opened], roles: MEMBER, ..BASE },
    Row { name: "scores.revealed/1", from: &[Opened], roles: MEMBER, ..BASE },
    Row { name: "blind.opened/1", need: Need::Optional, from: &[Opened], roles: CENTRES, ..BASE },
    Row { name: "lot.drawn/1", from: &[Opened], roles: CENTRES, ..BASE },
    Row {
        name: "evaluation.reported/1",
        from: &[Opened],
        to: &[Evaluated, Failed],
        roles: CENTRES,
        cosigners: Some("members"),
        ..BASE
    },
    Row {
        name: "result.corrected/1",
        need: Need::With(&[RESULT_CORRECTION_GROUNDS.name]),
        from: &[Evaluated],
        to: &[Evaluated, Failed],
        roles: CENTRES,
        cosigners: Some("members"),
        ..BASE
    },
    Row {
        name: "draw.disclosed/1",
        need: DRAW,
        from: &[Awarded, Contracted, Supervised, Failed, Terminated, Annulled],
        roles: CENTRES,
        ..BASE
    },
    // From the candidates to the contract.
    Row { name: "candidates.publicised/1", from: &[Evaluated], to: &[Publicised], also: CENTRES, ..BASE },
    Row { name: "award.notified/1", from: &[Publicised], to: &[Awarded], also: CENTRES, ..BASE },
    Row {
        name: "contract.signed/1",
        from: &[Awarded],
        to: &[Contracted],
        roles: &[Tenderee],
        cosigners: Some("winner"),
        ..BASE
    },
    Row {
        name: "supervision.reported/1",
        procedures: ALL,
        from: &[Contracted],
        to: &[Supervised],
        also: CENTRES,
        ..BASE
    },
    // Ascending listings.
    Row { name: "listing.published/1", procedures: &[Listing], from: &[Registered], to: &[Listed], ..BASE },
    Row {
        name: "listing.registered/1",
        procedures: &[Listing],
        from: &[Listed],
        roles: CENTRES,
        cosigners: Some("number"),
        ..BASE
    },
    Row { name: "listing.offered/1", procedures: &[Listing], from: &[Listed], roles: &[Number], ..BASE },
    Row {
        name: "listing.closed/1",
        procedures: &[Listing],
        from: &[Listed],
        to: &[ListingClosed, Failed],
        roles: CENTRES,
        ..BASE
    },
    Row {
        name: "deal.confirmed/1",
        procedures: &[Listing],
        from: &[ListingClosed],
        to: &[DealConfirmed],
        roles: CENTRES,
        cosigners: Some("winner"),
        ..BASE
    },
    Row {
        name: "result.publicised/1",
        procedures: &[Listing],
        from: &[DealConfirmed],
        to: &[Awarded],
        roles: &[CityCentre, DistrictCentre, Tenderee, Agency],
        ..BASE
    },
    Row {
        name: "contract.signed/1",
        procedures: &[Listing],
        from: &[Awarded],
        to: &[Contracted],
        roles: &[Tenderee],
        cosigners: Some("winner"),
        ..BASE
    },
    // Bonds.
    Row { name: "bond.received/1", need: Need::Optional, from: &[Published], roles: CENTRES, ..BASE },
    Row { name: "bond.received/1", procedures: &[Listing], from: &[Listed], roles: CENTRES, ..BASE },
    Row { name: "bond.refunded/1", need: Need::Optional, roles: CENTRES, ..BASE },
    Row { name: "bond.refunded/1", procedures: &[Listing], roles: CENTRES, ..BASE },
    // Early ends. Before its notice a project has no rulebook; it may be terminated all the same.
    Row { name: "tender.failed/1", from: &[Opened, Evaluated, Publicised, Awarded], to: &[Failed], ..BASE },
    Row {
        name: "tender.failed/1",
        procedures: &[Listing],
        from: &[ListingClosed, DealConfirmed, Awarded],
        to: &[Failed],
        ..BASE
    },
    Row {
        name: "tender.terminated/1",
        from: &[
            Registered,
            Published,
            Opened,
            Evaluated,
            Publicised,
            Prequalifying,
            PrequalOpened,
            Prequalified,
        ],
        to: &[Terminated],
        ..BASE
    },
    Row {
        name: "tender.terminated/1",
        procedures: &[Listing],
        from: &[Registered, Listed],
        to: &[Terminated],
        ..BASE
    },
    Row {
        name: "tender.annulled/1",
        from: &[
            Published,
            Opened,
            Evaluated,
            Publicised,
            Awarded,
            Contracted,
            Supervised,
            Prequalifying,
            PrequalOpened,
            Prequalified,
        ],
        to: &[Annulled],
        roles: REGULATOR,
        ..BASE
    },
    Row {
        name: "tender.annulled/1",
        procedures: &[Listing],
        from: &[Listed, ListingClosed, DealConfirmed, Awarded, Contracted, Supervised],
        to: &[Annulled],
        roles: REGULATOR,
        ..BASE
    },
    // Complaints.
    Row { name: "complaint.filed/1", need: COMPLAINTS, roles: &[Bidder, Tenderee, Agency], ..BASE },
    Row { name: "complaint.accepted/1", need: COMPLAINTS, roles: REGULATOR, ..BASE },
    Row { name: "complaint.declined/1", need: COMPLAINTS, roles: REGULATOR, ..BASE },
    Row { name: "complaint.decided/1", need: COMPLAINTS, roles: REGULATOR, ..BASE },
    // Beside the procedure.
    Row {
        name: "witness.logged/1",
        procedures: ALL,
        need: Need::Optional,
        roles: &[Witness, CityCentre, DistrictCentre],
        ..BASE
    },
    Row {
        name: "witness.segments/1",
        procedures: ALL,
        need: Need::Optional,
        roles: &[Witness, CityCentre, DistrictCentre],
        ..BASE
    },
    Row {
        name: "witness.reported/1",
        procedures: ALL,
        need: Need::Optional,
        roles: &[Witness, CityCentre, DistrictCentre],
        ..BASE
    },
    // Building models, and what was done on paper.
    Row { name: "model.delivered/1", need: Need::Optional, from: &[Opened], roles: BIDDER, ..BASE },
    Row {
        name: "step.on_paper/1",
        procedures: ALL,
        need: Need::Optional,
        roles: &[CityCentre, DistrictCentre, Tenderee, Agency],
        ..BASE
    },
    Row { name: "rating.given/1", procedures: ALL, need: Need::Optional, roles: &[Participant], ..BASE },
    Row {
        name: "archive.sealed/1",
        procedures: ALL,
        from: &[Supervised, Failed, Terminated, Annulled],
        to: &[Archived],
        roles: CENTRES,
        ..BASE
    },
];

/// The parameters that guard a step, as their rows say, in their places; those of the suspensions that it waits for last.
pub(super) fn guards(row: &Row) -> Vec<&'static str> {
    let waits = suspending::waits(row.name);
    let mut found = Vec::new();
    for parameter in parameters::all() {
        let places = parameter.read_by.iter().filter_map(|guard| match *guard {
            Guard::At { step, procedures, place } => {
                let here = procedures.is_empty() || procedures.iter().any(|one| row.procedures.contains(one));
                (step == row.name && here).then_some((false, place))
            }
            Guard::Suspended { contract, place } => {
                (waits && (contract || row.name != "contract.signed/1")).then_some((true, place))
            }
        });
        found.extend(places.map(|place| (place, parameter.name)));
    }
    found.sort_unstable();
    found.into_iter().map(|(_, name)| name).collect()
}

/// The row of a step in a procedure.
pub(super) fn find(name: &str, procedure: Procedure) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name && row.procedures.contains(&procedure))
}

/// The row of a step in whatever procedure.
pub(super) fn any(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

/// True for a record type that is a step of some procedure.
pub(super) fn has_type(name: &str) -> bool {
    ROWS.iter().any(|row| row.name.split(':').next() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_a_record_type_once_in_each_procedure() {
        let types = crate::records::types();
        let kind = |row: &Row| row.name.split(':').next().unwrap_or_default();
        let unknown: Vec<_> = ROWS.iter().map(kind).filter(|name| !types.contains(name)).collect();
        assert!(unknown.is_empty(), "no record type is called {unknown:?}");
        for (place, row) in ROWS.iter().enumerate() {
            let same = |other: &&Row| {
                other.name == row.name && other.procedures.iter().any(|one| row.procedures.contains(one))
            };
            assert!(ROWS[..place].iter().find(same).is_none(), "{} has two rows", row.name);
        }
    }

    /// A misspelt name among those that a suspension stops would let the step go on.
    #[test]
    fn what_a_suspension_stops_are_steps() {
        let stopped = crate::records::types().into_iter().filter(|name| suspending::waits(name));
        let stopped: Vec<_> = stopped.collect();
        assert_eq!(stopped.len(), 18);
        assert!(stopped.iter().all(|name| has_type(name)), "{stopped:?}");
    }
}
