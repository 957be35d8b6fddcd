//! What the engine can do with each record of a project: where it may stand, who may sign it, which parameters it enforces.
//!
//! A rulebook's `[step]` table chooses inside of this; what a record computes stays code. **Invariant:** a stage is among
//! a row's `from` or `more` only where the record's code has there what it computes with, and a row's `guards` are exactly
//! the parameters its code cites, beside those of [`suspensions`].

use crate::machine::stage::Stage;
use crate::machine::stage::Stage::{
    Annulled, Archived, Awarded, Contracted, DealConfirmed, Evaluated, Failed, Listed, ListingClosed, Opened,
    PrequalOpened, Prequalified, Prequalifying, Publicised, Published, Registered, Supervised, Terminated,
};
use crate::rulebook::Procedure::{Invited, Listing, Open};
use crate::rulebook::Signer::{
    Agency, Bidder, CityCentre, DistrictCentre, Group, Member, Number, Participant, Party, Regulator,
    Tenderee, Witness,
};
use crate::rulebook::{Procedure, Signer, suspending};

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
    pub(super) guards: &'static [&'static str],
}

const TENDERS: &[Procedure] = &[Open, Invited];
const ALL: &[Procedure] = &[Open, Invited, Listing];
const TENDEREE: &[Signer] = &[Tenderee, Agency];
const CENTRES: &[Signer] = &[CityCentre, DistrictCentre];
const BIDDER: &[Signer] = &[Bidder];
const REGULATOR: &[Signer] = &[Regulator];
const MEMBER: &[Signer] = &[Member];
const DRAW: Need = Need::With(&["randomness_centres_min"]);
const SEALING: Need = Need::With(&["sealing_signature_window"]);
const PREQUAL: Need = Need::With(&["prequal_prep_min"]);
const COMPLAINTS: Need = Need::With(&["complaint_window"]);

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
    guards: &[],
};

const COMPOSITION: [&str; 3] = ["committee_min", "committee_odd", "expert_share_min_permille"];

/// Every step. What is no step of a category (keys, credit, licences, evidence, entries nobody signs) is not here.
pub(super) const ROWS: &[Row] = &[
    // The notice.
    Row {
        name: "tender.published/1",
        procedures: &[Open],
        from: &[Registered, Prequalified],
        to: &[Published],
        guards: &[
            "method_approval",
            "doc_sale_min",
            "bid_prep_min",
            "bid_bond_max_permille",
            "bid_bond_max_amount",
            "price_weight_goods_min_permille",
            "price_weight_services_min_permille",
            "price_score_lowest_ratio",
            "sealing_signature_window",
            "mandatory_scale_works",
            "mandatory_scale_goods",
            "mandatory_scale_services",
        ],
        ..BASE
    },
    Row {
        name: "invitation.issued/1",
        procedures: &[Invited],
        from: &[Registered],
        to: &[Published],
        guards: &[
            "method_approval",
            "invitation_grounds",
            "doc_sale_min",
            "bid_prep_min",
            "bid_bond_max_permille",
            "bid_bond_max_amount",
            "price_weight_goods_min_permille",
            "price_weight_services_min_permille",
            "price_score_lowest_ratio",
            "sealing_signature_window",
            "mandatory_scale_works",
            "mandatory_scale_goods",
            "mandatory_scale_services",
        ],
        ..BASE
    },
    Row {
        name: "tender.clarified/1",
        need: Need::Optional,
        from: &[Published],
        guards: &["clarify_lead"],
        ..BASE
    },
    Row {
        name: "tender.amended/1",
        need: Need::Optional,
        from: &[Published],
        guards: &["clarify_lead"],
        ..BASE
    },
    // Prequalification.
    Row {
        name: "prequal.published/1",
        procedures: &[Open],
        need: PREQUAL,
        from: &[Registered],
        to: &[Prequalifying],
        guards: &["method_approval", "doc_sale_min", "prequal_prep_min"],
        ..BASE
    },
    Row {
        name: "prequal.clarified/1",
        procedures: &[Open],
        need: PREQUAL,
        from: &[Prequalifying],
        guards: &["prequal_clarify_lead"],
        ..BASE
    },
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
        guards: &COMPOSITION,
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
        guards: &["prequal_pass_min"],
        ..BASE
    },
    // Objections.
    Row {
        name: "objection.raised/1:documents",
        from: &[Published],
        roles: BIDDER,
        guards: &["objection_docs_before", "objection_raise_max", "objection_suspends"],
        ..BASE
    },
    Row {
        name: "objection.raised/1:opening",
        need: Need::Optional,
        from: &[Opened],
        roles: BIDDER,
        guards: &["objection_opening_window", "objection_raise_max", "objection_suspends"],
        ..BASE
    },
    Row {
        name: "objection.raised/1:result",
        from: &[Evaluated, Publicised],
        roles: BIDDER,
        guards: &["objection_raise_max", "objection_suspends"],
        ..BASE
    },
    Row {
        name: "objection.raised/1:prequalification",
        procedures: &[Open],
        need: PREQUAL,
        from: &[Prequalifying],
        roles: BIDDER,
        guards: &["objection_prequal_before", "objection_raise_max", "objection_suspends"],
        ..BASE
    },
    Row {
        name: "objection.answered/1",
        also: CENTRES,
        guards: &["objection_reply_max", "objection_opening_reply_max"],
        ..BASE
    },
    // Bids and their opening.
    Row {
        name: "bid.sealed/1",
        from: &[Published],
        roles: BIDDER,
        guards: &["bids_per_bidder_max", "invitees_min", "prequal_pass_min"],
        ..BASE
    },
    Row { name: "bid.withdrawn/1", from: &[Published], roles: BIDDER, ..BASE },
    Row { name: "bid.revealed/1", from: &[Published], roles: BIDDER, guards: &["reveal_window"], ..BASE },
    Row { name: "tender.opened/1", need: SEALING, from: &[Published], roles: &[Group], ..BASE },
    Row {
        name: "sealed.bound/1",
        need: SEALING,
        from: &[Published],
        roles: BIDDER,
        guards: &["sealing_signature_window", "reveal_window"],
        ..BASE
    },
    Row {
        name: "sealed.proved/1",
        need: SEALING,
        from: &[Published],
        roles: &[Participant],
        guards: &["sealing_signature_window", "reveal_window"],
        ..BASE
    },
    Row {
        name: "bids.opened/1",
        from: &[Published],
        to: &[Opened, Failed],
        roles: CENTRES,
        also: TENDEREE,
        guards: &["min_bidders", "reveal_window", "sealing_signature_window", "bond_refund_on_withdraw"],
        ..BASE
    },
    Row {
        name: "admission.disclosed/1",
        need: Need::With(&["prequal_prep_min", "invitees_min"]),
        from: &[Opened],
        roles: &[Tenderee, Agency, CityCentre, DistrictCentre],
        guards: &["prequal_pass_min", "invitees_min"],
        ..BASE
    },
    // The committee and its evaluation.
    Row {
        name: "draw.requested/1",
        need: DRAW,
        from: &[Opened],
        roles: CENTRES,
        guards: &[
            "committee_min",
            "committee_odd",
            "expert_share_min_permille",
            "randomness_centres_min",
            "randomness_regulators_min",
            "randomness_window",
            "recusal_grounds",
        ],
        ..BASE
    },
    Row {
        name: "randomness.committed/1",
        need: DRAW,
        from: &[Opened],
        roles: &[Party],
        guards: &["randomness_window"],
        ..BASE
    },
    Row {
        name: "randomness.revealed/1",
        need: DRAW,
        from: &[Opened],
        roles: &[Party],
        guards: &["randomness_window"],
        ..BASE
    },
    Row { name: "beacon.recovered/1", need: DRAW, from: &[Opened], roles: &[Group], ..BASE },
    Row {
        name: "experts.drawn/1",
        from: &[Opened],
        roles: CENTRES,
        guards: &["committee_min", "committee_odd", "expert_share_min_permille", "committee_by_draw"],
        ..BASE
    },
    Row {
        name: "evaluation.session_opened/1",
        need: Need::Optional,
        from: &[Opened],
        roles: CENTRES,
        ..BASE
    },
    Row {
        name: "evaluation.time_short/1",
        need: Need::With(&["eval_extend_above"]),
        from: &[Opened],
        roles: MEMBER,
        guards: &["objection_suspends"],
        ..BASE
    },
    Row {
        name: "evaluation.extended/1",
        need: Need::With(&["eval_extend_above"]),
        from: &[Opened],
        also: CENTRES,
        guards: &["eval_extend_above"],
        ..BASE
    },
    Row { name: "member.replaced/1", from: &[Opened], roles: CENTRES, ..BASE },
    Row { name: "scores.sealed/1", from: &[Opened], roles: MEMBER, ..BASE },
    Row { name: "scores.revealed/1", from: &[Opened], roles: MEMBER, ..BASE },
    Row { name: "blind.opened/1", need: Need::Optional, from: &[Opened], roles: CENTRES, ..BASE },
    Row {
        name: "lot.drawn/1",
        from: &[Opened],
        roles: CENTRES,
        guards: &["reveal_window", "tie_break"],
        ..BASE
    },
    Row {
        name: "evaluation.reported/1",
        from: &[Opened],
        to: &[Evaluated, Failed],
        roles: CENTRES,
        cosigners: Some("members"),
        guards: &[
            "reveal_window",
            "committee_min",
            "tie_break",
            "unopened_bid",
            "outlier_z_hundredths",
            "outlier_decisive",
            "report_signed_above",
        ],
        ..BASE
    },
    Row {
        name: "result.corrected/1",
        need: Need::With(&["result_correction_grounds"]),
        from: &[Evaluated],
        to: &[Evaluated, Failed],
        roles: CENTRES,
        cosigners: Some("members"),
        guards: &[
            "result_correction_grounds",
            "committee_min",
            "tie_break",
            "unopened_bid",
            "outlier_z_hundredths",
            "outlier_decisive",
            "report_signed_above",
        ],
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
    Row {
        name: "candidates.publicised/1",
        from: &[Evaluated],
        to: &[Publicised],
        also: CENTRES,
        guards: &["candidates_max", "publicity_start"],
        ..BASE
    },
    Row {
        name: "award.notified/1",
        from: &[Publicised],
        to: &[Awarded],
        also: CENTRES,
        guards: &["publicity_min", "award_rank_1", "award_max"],
        ..BASE
    },
    Row {
        name: "contract.signed/1",
        from: &[Awarded],
        to: &[Contracted],
        roles: &[Tenderee],
        cosigners: Some("winner"),
        guards: &["perf_bond_max_permille", "contract_max"],
        ..BASE
    },
    Row {
        name: "supervision.reported/1",
        procedures: ALL,
        from: &[Contracted],
        to: &[Supervised],
        also: CENTRES,
        guards: &["regulator_report_max", "contract_filing_max"],
        ..BASE
    },
    // Ascending listings.
    Row {
        name: "listing.published/1",
        procedures: &[Listing],
        from: &[Registered],
        to: &[Listed],
        guards: &[
            "method_approval",
            "asset_kinds",
            "listing_notice_min",
            "listing_period_min",
            "listing_reserve_hidden",
            "viewing_min",
            "notice_equity_min",
            "notice_capital_increase_min",
            "notice_assets_min",
            "notice_assets_above",
            "notice_assets_large_min",
            "notice_assets_large_above",
            "listing_bond_min_permille",
            "listing_bond_max_permille",
        ],
        ..BASE
    },
    Row {
        name: "listing.registered/1",
        procedures: &[Listing],
        from: &[Listed],
        roles: CENTRES,
        cosigners: Some("number"),
        ..BASE
    },
    Row {
        name: "listing.offered/1",
        procedures: &[Listing],
        from: &[Listed],
        roles: &[Number],
        guards: &["extension_window"],
        ..BASE
    },
    Row {
        name: "listing.closed/1",
        procedures: &[Listing],
        from: &[Listed],
        to: &[ListingClosed, Failed],
        roles: CENTRES,
        guards: &["listing_bidders_min", "extension_window"],
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
        guards: &["result_publicity_max"],
        ..BASE
    },
    Row {
        name: "contract.signed/1",
        procedures: &[Listing],
        from: &[Awarded],
        to: &[Contracted],
        roles: &[Tenderee],
        cosigners: Some("winner"),
        guards: &["publicity_min", "perf_bond_max_permille", "contract_max"],
        ..BASE
    },
    // Bonds.
    Row { name: "bond.received/1", need: Need::Optional, from: &[Published], roles: CENTRES, ..BASE },
    Row { name: "bond.received/1", procedures: &[Listing], from: &[Listed], roles: CENTRES, ..BASE },
    Row {
        name: "bond.refunded/1",
        need: Need::Optional,
        roles: CENTRES,
        guards: &["bond_refund_on_withdraw", "bond_refund_after_contract"],
        ..BASE
    },
    Row {
        name: "bond.refunded/1",
        procedures: &[Listing],
        roles: CENTRES,
        guards: &["bond_refund_after_contract"],
        ..BASE
    },
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
    Row {
        name: "complaint.filed/1",
        need: COMPLAINTS,
        roles: &[Bidder, Tenderee, Agency],
        guards: &["complaint_window"],
        ..BASE
    },
    Row {
        name: "complaint.accepted/1",
        need: COMPLAINTS,
        roles: REGULATOR,
        guards: &["complaint_accept_max", "complaint_suspend_max"],
        ..BASE
    },
    Row {
        name: "complaint.declined/1",
        need: COMPLAINTS,
        roles: REGULATOR,
        guards: &["complaint_accept_max"],
        ..BASE
    },
    Row {
        name: "complaint.decided/1",
        need: COMPLAINTS,
        roles: REGULATOR,
        guards: &["complaint_decide_max"],
        ..BASE
    },
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
        guards: &["archive_retention_min", "bond_refund_after_contract"],
        ..BASE
    },
];

/// Parameters of the suspensions that a step waits for.
pub(super) fn suspensions(name: &str) -> &'static [&'static str] {
    match suspending::waits(name) {
        false => &[],
        // An open objection does not stop the contract.
        true if name == "contract.signed/1" => &["complaint_suspend_max"],
        true => &["objection_suspends", "complaint_suspend_max"],
    }
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
