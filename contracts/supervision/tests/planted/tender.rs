//! A tender whose records keep every rule, with the knobs by which a test makes it break one.
use std::collections::BTreeMap;

use biaozheng_contracts::Rulebook;
use biaozheng_contracts::bidding::traces::Trace;
use biaozheng_ledger::digest::Digest;
use biaozheng_ocds::Process;
use serde_json::{Value, json};

use biaozheng_scenes::auctions::Writer;

pub(crate) const LAW: &str = include_str!("../../../rulebooks/engineering-open.toml");
pub(crate) const PROCUREMENT: &str = include_str!("../../../rulebooks/government-procurement.toml");
pub(crate) const METRO: &str = include_str!("../../../rulebooks/metro.toml");
pub(crate) const DAY: u64 = 86_400_000;
pub(crate) const START: u64 = 1_790_000_000_000;

/// What a tender looks like; the default breaks no rule.
#[derive(Clone)]
pub(crate) struct Tender {
    pub(crate) id: String,
    pub(crate) law: &'static str,
    pub(crate) tenderee: &'static str,
    /// The law with this `min_bidders`.
    pub(crate) bidders_min: u64,
    /// Its bid came after the deadline, as no contract lets it.
    pub(crate) late: Option<&'static str>,
    pub(crate) documents_days: u64,
    pub(crate) bidding_days: u64,
    pub(crate) amended_day: Option<u64>,
    pub(crate) answered_after: Option<u64>,
    pub(crate) opened_after: u64,
    /// Its bids are sealed to the group, whose time to open them comes before the bidders'.
    pub(crate) by_group: bool,
    /// Bidder, price in fen; B1 is the lowest.
    pub(crate) bids: Vec<(&'static str, u64)>,
    pub(crate) disqualified: Vec<&'static str>,
    pub(crate) traces: BTreeMap<&'static str, Value>,
    pub(crate) failed: bool,
    pub(crate) publicised_after: u64,
    pub(crate) awarded_after: u64,
    pub(crate) awarded_rank: usize,
    pub(crate) contract_after: Option<u64>,
    pub(crate) report_after: Option<u64>,
    /// From [`FILED`] to the acceptance, and from there to the decision.
    pub(crate) complaint_accepted_after: Option<u64>,
    pub(crate) complaint_decided_after: Option<u64>,
    /// Meanwhile the procedure stands still.
    pub(crate) complaint_suspends: bool,
    /// From an objection to the opening, raised there, to its answer.
    pub(crate) opening_answered_after: u64,
    /// Before the notice.
    pub(crate) prequal: Option<Prequal>,
    /// From the deadline to the last opening by the group, where bids are sealed to it.
    pub(crate) group_opened_after: Option<u64>,
    /// What the group left shut its bidder opened.
    pub(crate) proved: bool,
    /// Reveals nothing.
    pub(crate) shut: Option<&'static str>,
    /// This party of the draw says nothing: when it should commit, or when it should reveal.
    pub(crate) silent: Option<(&'static str, Phase)>,
    /// From the withdrawal of B6 to the return of its bond.
    pub(crate) withdrawn_refund_after: u64,
    /// From the contract to the return of the other bonds.
    pub(crate) refund_after: Option<u64>,
    /// The archive is promised for so long.
    pub(crate) retained: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Commit,
    Reveal,
}

/// A prequalification: days of the documents' sale, from there to the deadline, and from a change to it.
#[derive(Clone, Copy)]
pub(crate) struct Prequal {
    pub(crate) sale: u64,
    pub(crate) preparation: u64,
    pub(crate) change: u64,
}

/// Who contributes to the draw.
const PARTIES: [&str; 3] = ["CITY", "EAST", "REG"];

/// When B1 complains about the answer to its objection.
pub(crate) const FILED: u64 = START + 1000 + 6 * DAY;

pub(crate) fn clean() -> Tender {
    let trace = |bidder: &str| {
        let digest = |kind: Trace| Digest::of(format!("{bidder} {}", kind.word()).as_bytes()).to_string();
        Trace::ALL.iter().map(|kind| (kind.word().to_owned(), json!(digest(*kind)))).collect::<Value>()
    };
    let bids = vec![
        ("B1", 80_000_000),
        ("B2", 83_100_000),
        ("B3", 84_700_000),
        ("B4", 88_800_000),
        ("B5", 95_100_000),
    ];
    let traces = bids.iter().map(|(bidder, _)| (*bidder, trace(bidder))).collect();
    Tender {
        id: "P-1".into(),
        law: LAW,
        tenderee: "OWNER",
        bidders_min: 3,
        late: None,
        documents_days: 5,
        bidding_days: 20,
        amended_day: Some(2),
        answered_after: Some(2 * DAY),
        opened_after: 1000,
        by_group: false,
        bids,
        disqualified: vec![],
        traces,
        failed: false,
        publicised_after: 2 * DAY,
        awarded_after: 4 * DAY,
        awarded_rank: 0,
        contract_after: Some(20 * DAY),
        report_after: Some(10 * DAY),
        complaint_accepted_after: Some(DAY),
        complaint_decided_after: Some(5 * DAY),
        complaint_suspends: false,
        opening_answered_after: 1000,
        prequal: None,
        group_opened_after: Some(500),
        proved: false,
        shut: None,
        silent: None,
        withdrawn_refund_after: DAY,
        refund_after: Some(DAY),
        retained: None,
    }
}

/// As [`clean`], under the law of government procurement.
pub(crate) fn procurement() -> Tender {
    Tender { law: PROCUREMENT, documents_days: 9, ..clean() }
}

/// As [`clean`], after a prequalification.
pub(crate) fn prequalified(prequal: Prequal) -> Tender {
    Tender { law: METRO, prequal: Some(prequal), ..clean() }
}

/// The return of a bond.
pub(crate) fn refund(bond: &str, payer: &str) -> Value {
    let salt = Digest::of(payer.as_bytes()).hex();
    json!({"bond": bond, "payer": payer, "amount": 1_000_000, "interest": 0, "salt": salt})
}

fn name(bidder: &str) -> Value {
    json!({"bidder": bidder, "number": 1})
}

impl Tender {
    pub(crate) fn process(&self) -> Process {
        let mut writer = Writer::new(&self.id, START - self.prequal.map_or(0, |_| 60 * DAY));
        let line = format!("min_bidders = {{ value = {}", self.bidders_min);
        writer.process.rulebook = self.law.replace("min_bidders = { value = 3", &line);
        let body = json!({"title": "人民路改造（合成数据）", "code": "2026-320500-48-01-000123", "tenderee": self.tenderee, "centre": "EAST"});
        writer.record(self.tenderee, "project.registered/1", body);
        self.prequalify(&mut writer);
        let published = START + 1000;
        let deadline = published + self.bidding_days * DAY;
        writer.at(published);
        let mut body = json!({
            "rulebook": Rulebook::digest(&writer.process.rulebook).to_string(), "currency": "CNY", "notice": "道路工程", "method": "lowest_price",
            "lots": [{"id": "1", "title": "一标段", "estimate": 100_000_000}], "bid_bond": 0,
            "documents_from_ms": published, "documents_until_ms": published + self.documents_days * DAY,
            "deadline_ms": deadline,
        });
        if self.by_group {
            body["sealed_by"] = json!("group");
        }
        writer.record(self.tenderee, "tender.published/1", body);
        if let Some(day) = self.amended_day {
            writer.at(published + day * DAY);
            writer.record(self.tenderee, "tender.amended/1", json!({"text": "图纸更正"}));
        }
        let objected = published + DAY;
        writer.at(objected);
        let objection = writer.record(
            "B1",
            "objection.raised/1",
            json!({"concerns": "documents", "text": "参数指向特定品牌"}),
        );
        if let Some(after) = self.answered_after {
            writer.at(objected + after);
            let body = json!({"objection": objection.to_string(), "text": "已更正"});
            writer.record(self.tenderee, "objection.answered/1", body);
        }
        self.complain(&mut writer, &objection.to_string());
        self.withdraw(&mut writer, deadline - 2 * DAY);
        self.open(&mut writer, deadline);
        self.draw(&mut writer, deadline + self.opened_after + DAY / 4);
        self.decide(&mut writer, deadline + self.opened_after + DAY);
        writer.process.records.sort_by_key(|record| record.time);
        writer.process
    }

    fn prequalify(&self, writer: &mut Writer) {
        let Some(prequal) = self.prequal else { return };
        let from = START - 50 * DAY;
        let until = from + prequal.sale * DAY;
        let deadline = until + prequal.preparation * DAY;
        writer.at(from);
        let body = json!({
            "rulebook": Rulebook::digest(&writer.process.rulebook).to_string(), "notice": "资格预审公告",
            "lots": [{"id": "1", "title": "一标段"}],
            "documents_from_ms": from, "documents_until_ms": until, "deadline_ms": deadline,
        });
        writer.record(self.tenderee, "prequal.published/1", body);
        writer.at(deadline - prequal.change * DAY);
        writer.record(self.tenderee, "prequal.clarified/1", json!({"text": "业绩要求更正"}));
        writer.at(deadline + DAY);
        let body = json!({"lots": [{"lot": "1", "passed": Digest::of(b"passed").to_string()}]});
        writer.record("EAST", "prequal.reviewed/1", body);
    }

    /// The bonds come in; B6 takes its bid back and gets its bond.
    fn withdraw(&self, writer: &mut Writer, at: u64) {
        let digest = Digest::of(b"sealed").to_string();
        writer.at(at - 1000);
        let body = json!({"lot": "1", "sequence": 1, "commitment": digest, "sealed_body": digest});
        writer.record("B6", "bid.sealed/1", body);
        let bond = writer.record("EAST", "bond.received/1", json!({"commitment": digest})).to_string();
        writer.at(at);
        writer.record("B6", "bid.withdrawn/1", json!({"lot": "1"}));
        writer.at(at + self.withdrawn_refund_after);
        writer.record("EAST", "bond.refunded/1", refund(&bond, "B6"));
    }

    fn draw(&self, writer: &mut Writer, at: u64) {
        let digest = Digest::of(b"draw").to_string();
        writer.at(at);
        let body = json!({
            "label": "评标专家", "size": 5, "experts": 4, "quotas": [], "pool": digest, "secret": digest,
            "source": {"kind": "commit_reveal", "parties": PARTIES},
        });
        writer.record("EAST", "draw.requested/1", body);
        let says = |phase| PARTIES.into_iter().filter(move |party| self.silent != Some((*party, phase)));
        for party in says(Phase::Commit) {
            writer.record(party, "randomness.committed/1", json!({"commitment": digest}));
        }
        if says(Phase::Commit).count() < PARTIES.len() {
            return;
        }
        for party in says(Phase::Reveal) {
            writer.record(party, "randomness.revealed/1", json!({"value": Digest::of(b"value").hex()}));
        }
    }

    fn complain(&self, writer: &mut Writer, objection: &str) {
        let digest = Digest::of(b"letter").to_string();
        writer.at(FILED);
        let body = json!({"matter": "objection", "objection": objection, "letter": digest});
        let complaint = writer.record("B1", "complaint.filed/1", body).to_string();
        let Some(accepted) = self.complaint_accepted_after.map(|after| FILED + after) else { return };
        writer.at(accepted);
        writer.record(
            "REG",
            "complaint.accepted/1",
            json!({"complaint": complaint, "suspends": self.complaint_suspends}),
        );
        let Some(after) = self.complaint_decided_after else { return };
        writer.at(accepted + after);
        let body = json!({"complaint": complaint, "outcome": "dismissed", "decision": digest});
        writer.record("REG", "complaint.decided/1", body);
    }

    fn open(&self, writer: &mut Writer, deadline: u64) {
        let digest = Digest::of(b"sealed").to_string();
        for (bidder, _) in &self.bids {
            writer.at(if self.late == Some(*bidder) { deadline + 1000 } else { deadline - DAY });
            let body = json!({"lot": "1", "sequence": 1, "commitment": digest, "sealed_body": digest});
            writer.record(bidder, "bid.sealed/1", body);
        }
        writer.at(deadline + self.late.map_or(0, |_| 2000));
        for (bidder, price) in self.bids.iter().filter(|(bidder, _)| self.shut != Some(*bidder)) {
            let text = json!({"price": price, "traces": self.traces.get(bidder)}).to_string();
            let body = json!({"lot": "1", "bid": text, "salt": Digest::of(b"salt").hex()});
            writer.record(bidder, "bid.revealed/1", body);
        }
        if let Some(after) = self.group_opened_after.filter(|_| self.by_group) {
            writer.at(deadline + after);
            writer.record("NODE1", "tender.opened/1", json!({"signature": "", "from": 0}));
        }
        if self.proved {
            writer.record("B3", "sealed.proved/1", json!({"proof": ""}));
        }
        writer.at(deadline + self.late.map_or(0, |_| 3000) + self.opened_after);
        let names: Vec<Value> = self.bids.iter().map(|(bidder, _)| name(bidder)).collect();
        writer.record("EAST", "bids.opened/1", json!({"lots": [{"lot": "1", "bids": names}]}));
        // B2 looks on, whether or not it bids.
        let objected = deadline + self.opened_after + 60_000;
        writer.at(objected);
        let body = json!({"concerns": "opening", "text": "唱标有误"});
        let objection = writer.record("B2", "objection.raised/1", body).to_string();
        writer.at(objected + self.opening_answered_after);
        let body = json!({"objection": objection, "text": "已复核"});
        writer.record(self.tenderee, "objection.answered/1", body);
    }

    fn decide(&self, writer: &mut Writer, evaluated: u64) {
        let mut ranked: Vec<_> = self.bids.iter().filter(|(b, _)| !self.disqualified.contains(b)).collect();
        ranked.sort_by_key(|(bidder, price)| (*price, *bidder));
        let ranking: Vec<Value> = ranked
            .iter()
            .map(|(bidder, price)| json!({"bidder": bidder, "number": 1, "price": price}))
            .collect();
        let out: Vec<Value> = self
            .disqualified
            .iter()
            .map(|bidder| json!({"bid": name(bidder), "reason": "未实质性响应"}))
            .collect();
        writer.at(evaluated);
        let body = json!({"lots": [{"lot": "1", "ranking": ranking, "disqualified": out}]});
        writer.record("EAST", "evaluation.reported/1", body);
        if self.failed {
            writer.record(self.tenderee, "tender.failed/1", json!({"reason": "预算调整"}));
            return;
        }
        writer.at(evaluated + self.publicised_after);
        let listed: Vec<Value> = ranked.iter().take(3).map(|(bidder, _)| name(bidder)).collect();
        writer.record(
            self.tenderee,
            "candidates.publicised/1",
            json!({"lots": [{"lot": "1", "candidates": listed}]}),
        );
        let awarded = evaluated + self.publicised_after + self.awarded_after;
        writer.at(awarded);
        let (winner, price) = ranked[self.awarded_rank];
        let grounds = vec!["declined"; self.awarded_rank];
        let body = json!({"lots": [{"lot": "1", "bid": name(winner), "price": price, "grounds": grounds}]});
        writer.record(self.tenderee, "award.notified/1", body);
        let contract = Digest::of(b"contract").to_string();
        let signed = json!({"lot": "1", "price": price, "performance_bond": 0, "contract": contract});
        let mut last: Vec<(u64, &str, &str, Value)> = Vec::new();
        last.extend(self.contract_after.map(|after| (after, self.tenderee, "contract.signed/1", signed)));
        let report = json!({"summary": "已报告"});
        last.extend(self.report_after.map(|after| (after, self.tenderee, "supervision.reported/1", report)));
        let bond = json!({"commitment": contract});
        writer.at(START + 2000);
        let bond = writer.record("EAST", "bond.received/1", bond).to_string();
        let refunded = self.contract_after.zip(self.refund_after).map(|(signed, after)| signed + after);
        last.extend(refunded.map(|after| (after, "EAST", "bond.refunded/1", refund(&bond, "B1"))));
        let archive = |retained: u64| {
            let at = self.contract_after.unwrap_or(0) + 10 * DAY;
            let until = awarded + at + retained;
            let body =
                json!({"records": 1, "history": contract, "manifest": contract, "retain_until_ms": until});
            (at, "EAST", "archive.sealed/1", body)
        };
        last.extend(self.retained.map(archive));
        last.sort_by_key(|(after, ..)| *after);
        for (after, author, kind, body) in last {
            writer.at(awarded + after);
            writer.record(author, kind, body);
        }
    }
}
