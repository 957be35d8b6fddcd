//! The steps themselves: each proves its claim or ends the run.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_draw::randomness::{self, BeaconVerifier, Randomness, Reveal, Source};
use biaozheng_draw::records::Requested;
use biaozheng_draw::{
    Drawing, DrawnList, ExpertId, KRange, Secret, Seed, Snapshot, code, draw_k, list_commitment,
    private_seed, secret_commitment, session_identity,
};
use biaozheng_ledger::certificate::{Expectations, StepOutcome};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::json::{from_strict, from_value};
use serde_json::Value;

use super::evidence::{Certified, Evidence, only};
use super::group::{Group, NoGroup};
use super::{BidCode, DrawFile, DrawJudgement, DrawKind, DrawStep, DrawStepReport, LotK};
use crate::judge::judge;
use crate::problem::Problem;
use crate::verdict::Verdict;

/// What a step found, with a line for each thing that was found right.
struct Found(String, Vec<String>);

impl Found {
    fn that(text: impl Into<String>) -> Self {
        Self(text.into(), Vec::new())
    }
}

/// A step failed and is reported.
struct Stop;

struct Run<'a> {
    file: &'a DrawFile,
    steps: Vec<DrawStepReport>,
}

pub(super) fn run(file: &DrawFile, expected: &Expectations<'_>, require_anchor: bool) -> DrawJudgement {
    let mut judgement = certificates(file, expected, require_anchor);
    if matches!(judgement.verdict, Verdict::Valid | Verdict::NotAnchored | Verdict::NoTrustAnchor) {
        let mut run = Run { file, steps: std::mem::take(&mut judgement.steps) };
        if run.all(&judgement).is_err() {
            judgement.verdict = Verdict::Invalid;
        }
        judgement.steps = run.steps;
    }
    judgement
}

/// Judges every certificate; the verdict is the worst of theirs.
fn certificates(file: &DrawFile, expected: &Expectations<'_>, require_anchor: bool) -> DrawJudgement {
    let step = |outcome| vec![DrawStepReport { step: DrawStep::Certificates, outcome, lines: Vec::new() }];
    let whole = |verdict, chain, outcome| DrawJudgement {
        verdict,
        problem: None,
        kind: Some(file.kind),
        chain,
        steps: step(outcome),
    };
    let failed = |reason: String| whole(Verdict::Invalid, None, StepOutcome::Failed(reason));
    let (mut chain, mut verdict, mut seen) = (None, None, BTreeSet::new());
    for certificate in &file.certificates {
        let judged = judge(certificate.to_json().as_bytes(), expected, require_anchor);
        let id = certificate.record;
        if let Some(problem) = judged.problem {
            return DrawJudgement::unusable(Problem::Draw(format!("certificate of {id}: {problem}")));
        }
        if judged.proven().is_none() {
            let reason = judged.reason().unwrap_or_else(|| judged.verdict.code().to_owned());
            return failed(format!("{id}: {reason}"));
        }
        let of = judged.verification.as_ref().and_then(|verification| verification.chain);
        if !seen.insert(id) {
            return failed(format!("{id} stands twice"));
        }
        if of.is_none() || *chain.get_or_insert(of) != of {
            return failed(format!("{id} is of another chain"));
        }
        if verdict.replace(judged.verdict).is_some_and(|before| before != judged.verdict) {
            return failed(format!("{id} is anchored otherwise than the ones before it"));
        }
    }
    let Some(verdict) = verdict else {
        return DrawJudgement::unusable(Problem::Draw("it holds no certificate".into()));
    };
    let passed = StepOutcome::Passed(format!("{} certificates", seen.len()));
    whole(verdict, chain.flatten(), passed)
}

impl Run<'_> {
    fn step(&mut self, step: DrawStep, found: Result<Found, String>) -> Result<(), Stop> {
        let (outcome, lines, failed) = match found {
            Ok(Found(text, lines)) => (StepOutcome::Passed(text), lines, false),
            Err(reason) => (StepOutcome::Failed(reason), Vec::new(), true),
        };
        self.steps.push(DrawStepReport { step, outcome, lines });
        if failed { Err(Stop) } else { Ok(()) }
    }

    /// As [`Run::step`], for a step that also gives a value.
    fn value<T>(&mut self, step: DrawStep, found: Result<(T, Found), String>) -> Result<T, Stop> {
        match found {
            Ok((value, found)) => self.step(step, Ok(found)).map(|()| value),
            Err(reason) => self.step(step, Err(reason)).and(Err(Stop)),
        }
    }

    fn all(&mut self, judged: &DrawJudgement) -> Result<(), Stop> {
        let file = self.file;
        let chain = judged.chain.ok_or(Stop)?;
        let evidence = Evidence::sort(&file.certificates, &file.project, file.kind);
        let evidence = self.value(DrawStep::Records, evidence.and_then(|found| in_order(found, file)))?;
        let request = self.value(DrawStep::Label, request(&evidence, file))?;
        let group = match request.body.source {
            Source::Beacon {} => Some(self.value(DrawStep::Group, group(&evidence, chain))?),
            Source::CommitReveal { .. } => None,
        };
        let verifier: &dyn BeaconVerifier = match &group {
            Some(group) => group,
            None => &NoGroup,
        };
        let seed =
            self.value(DrawStep::Randomness, seed(&evidence, request, file.label.digest(), verifier))?;
        match file.kind {
            DrawKind::Experts => self.experts(&evidence, request, &seed),
            DrawKind::K => self.step(DrawStep::K, k(&evidence, &seed, &file.k)),
            DrawKind::Blind => self.blind(&evidence, request, &seed),
        }
    }

    fn experts(
        &mut self,
        evidence: &Evidence,
        request: &Certified<Requested>,
        seed: &Seed,
    ) -> Result<(), Stop> {
        let file = self.file;
        let shown = only(&evidence.disclosed, "draw.disclosed/1");
        let secret = shown.and_then(|shown| {
            let secret = bytes_32(&shown.body.secret)?;
            let committed = secret_commitment(Secret::Draw, &file.project, &secret);
            opens(committed, *request.body.secret.digest(), "the disclosed secret")?;
            Ok(((shown, secret), Found::that(committed.to_string())))
        });
        let (shown, secret) = self.value(DrawStep::Secret, secret)?;
        let snapshot = Snapshot::new(file.pool.iter().flatten().cloned().collect());
        let snapshot = snapshot.map_err(|error| error.to_string()).and_then(|snapshot| {
            opens(snapshot.digest(), *request.body.pool.digest(), "the pool in this file")?;
            let found = Found::that(format!("{} experts, {}", snapshot.experts().len(), snapshot.digest()));
            Ok((snapshot, found))
        });
        let snapshot = self.value(DrawStep::Pool, snapshot)?;
        let list = self.value(DrawStep::List, list(evidence, &file.project, &secret, &shown.body.list))?;
        let recused = request.body.recused.iter().map(|one| one.expert.clone()).collect();
        let drawing = Drawing::start(&private_seed(seed, &secret), &snapshot, &request.body.quotas, &recused);
        let drawing = drawing.map_err(|error| error.to_string());
        let standing = drawing.and_then(|drawing| replayed(drawing, &list, &request.body));
        let standing = self.value(DrawStep::Draw, standing)?;
        self.step(DrawStep::Seats, seats(evidence, file, &list, &standing))
    }

    fn blind(
        &mut self,
        evidence: &Evidence,
        request: &Certified<Requested>,
        seed: &Seed,
    ) -> Result<(), Stop> {
        let file = self.file;
        let opened = only(&evidence.blind, "blind.opened/1").and_then(|opened| {
            let secret = bytes_32(&opened.body.secret)?;
            let committed = secret_commitment(Secret::Blind, &file.project, &secret);
            let asked = request.body.blind.as_ref().ok_or("the request names no blind codes")?;
            opens(committed, *asked.digest(), "the opened secret")?;
            Ok((secret, Found::that(committed.to_string())))
        });
        let secret = self.value(DrawStep::Secret, opened)?;
        let codes = codes(evidence, seed, &secret, &file.codes);
        let codes = self.value(DrawStep::Codes, codes)?;
        if evidence.sheets.is_empty() {
            let outcome = StepOutcome::Skipped("no revealed sheet is in the file".into());
            self.steps.push(DrawStepReport { step: DrawStep::Sheets, outcome, lines: Vec::new() });
            return Ok(());
        }
        self.step(DrawStep::Sheets, sheets(evidence, &codes))
    }
}

fn opens(computed: Digest, committed: Digest, what: &str) -> Result<(), String> {
    if computed == committed { Ok(()) } else { Err(format!("{what} gives {computed}, not {committed}")) }
}

fn bytes_32(digits: &str) -> Result<[u8; 32], String> {
    let bytes = hex::decode(digits).ok().filter(|_| digits.bytes().all(|b| !b.is_ascii_uppercase()));
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| "that is not 64 hexadecimal digits".into())
}

/// Whatever answers the request came after it, and nothing is there that belongs to another draw.
fn in_order(found: Evidence, file: &DrawFile) -> Result<(Evidence, Found), String> {
    let request = only(&found.requests, "draw.requested/1")?;
    let answers = found.committed.iter().map(|one| (one.id, one.place, one.previous));
    let answers = answers.chain(found.revealed.iter().map(|one| (one.id, one.place, one.previous)));
    for (id, place, previous) in answers {
        if previous != Some(request.id) || place <= request.place {
            return Err(format!("{id} does not answer this request"));
        }
    }
    let after = |place| place > request.place;
    let later = found.recovered.iter().all(|one| after(one.place))
        && found.drawn.iter().all(|one| after(one.place))
        && found.disclosed.iter().all(|one| after(one.place) && one.previous == Some(request.id))
        && found.replaced.iter().all(|one| found.drawn.iter().all(|drawn| one.place > drawn.place))
        && found.blind.iter().all(|one| after(one.place));
    if !later {
        return Err("a record stands before what it follows from".into());
    }
    // K and the codes take the bids as they are: they were open before anybody could know the seed.
    let before = found.terms.iter().all(|one| one.place < request.place)
        && found.openings.iter().all(|one| one.place < request.place);
    if !before {
        return Err("what is drawn over was not on chain before the request".into());
    }
    let beacon = matches!(request.body.source, Source::Beacon {});
    if beacon != found.committed.is_empty() || (!beacon && !found.recovered.is_empty()) {
        return Err("randomness of another source than the request names".into());
    }
    if !beacon && !found.groups.is_empty() {
        return Err("a group's key in a draw that asks for none".into());
    }
    let count = file.certificates.len();
    Ok((found, Found::that(format!("{count} records of {}", file.project))))
}

fn request<'a>(evidence: &'a Evidence, file: &DrawFile) -> Result<(&'a Certified<Requested>, Found), String> {
    let request = only(&evidence.requests, "draw.requested/1")?;
    let label = randomness::label(&file.project, &request.id);
    opens(label, *file.label.digest(), "project and request")?;
    Ok((request, Found::that(format!("{label}, of request {}", request.id))))
}

fn group(evidence: &Evidence, chain: biaozheng_ledger::ids::ChainId) -> Result<(Group, Found), String> {
    let finalised = only(&evidence.groups, "dkg.finalised/1")?;
    if finalised.body.kind != "sealing" {
        return Err(format!("a ceremony for {:?}", finalised.body.kind));
    }
    let keys = BASE64.decode(&finalised.body.message).map_err(|error| error.to_string())?;
    Ok((Group::of_epoch_keys(&keys, chain)?, Found::that(format!("of ceremony {}", finalised.id))))
}

fn seed(
    evidence: &Evidence,
    request: &Certified<Requested>,
    label: &Digest,
    group: &dyn BeaconVerifier,
) -> Result<(Seed, Found), String> {
    let randomness = match &request.body.source {
        Source::Beacon {} => beacon(evidence)?,
        Source::CommitReveal { parties } => reveals(evidence, parties, label)?,
    };
    let seed = randomness.seed(label, group).map_err(|error| error.to_string())?;
    let from = match &randomness {
        Randomness::Beacon { .. } => "the group's signature over the label".to_owned(),
        Randomness::CommitReveal { reveals } => format!("{} parties' commitments, opened", reveals.len()),
    };
    Ok((seed, Found::that(format!("seed {} from {from}", seed.digest()))))
}

/// The group's signature, from its member's record or from the host's.
fn beacon(evidence: &Evidence) -> Result<Randomness, String> {
    let own = evidence.recovered.iter().map(|one| Some(one.body.signature.as_str()));
    let hosts = evidence.revealed.iter().map(|one| one.body.signature.as_deref());
    let all: Vec<Option<&str>> = own.chain(hosts).collect();
    let [Some(digits)] = all.as_slice() else {
        return Err(format!("{} signatures of the beacon, where there is one", all.len()));
    };
    let signature = hex::decode(digits).map_err(|error| error.to_string())?;
    Ok(Randomness::Beacon { signature })
}

/// Each party committed once, before anybody revealed, and revealed what it committed to.
fn reveals(evidence: &Evidence, parties: &[OrgId], label: &Digest) -> Result<Randomness, String> {
    let (committed, revealed) = (&evidence.committed, &evidence.revealed);
    if committed.len() != parties.len() || revealed.len() != parties.len() {
        let (commits, reveals) = (committed.len(), revealed.len());
        return Err(format!("{commits} commitments and {reveals} reveals of {} parties", parties.len()));
    }
    if committed.last().map(|one| one.place) > revealed.first().map(|one| one.place) {
        return Err("somebody revealed before all had committed".into());
    }
    let mut reveals = Vec::new();
    for org in parties {
        let commitment = committed.iter().find(|one| one.author == *org);
        let value = revealed.iter().find(|one| one.author == *org).and_then(|one| one.body.value.as_deref());
        let (Some(commitment), Some(value)) = (commitment, value) else {
            return Err(format!("{org} did not commit and reveal"));
        };
        let value = bytes_32(value).map_err(|reason| format!("{org}: {reason}"))?;
        let computed = randomness::commitment(label, org, &value);
        opens(computed, *commitment.body.commitment.digest(), &format!("the value of {org}"))?;
        reveals.push(Reveal { org: org.clone(), value });
    }
    Ok(Randomness::CommitReveal { reveals })
}

/// The disclosed list is what the last commitment is to.
fn list(
    evidence: &Evidence,
    project: &biaozheng_ledger::ids::ProjectId,
    secret: &[u8; 32],
    text: &str,
) -> Result<(DrawnList, Found), String> {
    let drawn = only(&evidence.drawn, "experts.drawn/1")?;
    let renewed = evidence.replaced.iter().rev().find_map(|one| one.body.list.as_ref());
    let committed = renewed.or(drawn.body.list.as_ref()).ok_or("no list was committed to")?;
    let computed = list_commitment(project, secret, text);
    opens(computed, *committed.digest(), "the disclosed list")?;
    let list: DrawnList = from_strict(text.as_bytes()).map_err(|error| error.to_string())?;
    let found = Found::that(format!("{} picks, {computed}", list.picks.len()));
    Ok((list, found))
}

fn replayed(
    drawing: Drawing<'_>,
    list: &DrawnList,
    request: &Requested,
) -> Result<(BTreeSet<ExpertId>, Found), String> {
    let mut lines = Vec::new();
    let standing = list.replay(drawing, |pick| {
        let speciality = request.quotas.get(pick.quota).map_or("?", |quota| quota.speciality.as_str());
        let replaces = pick.replaces.as_ref();
        let replaces =
            replaces.map_or(String::new(), |one| format!(", replaces {} ({})", one.expert, one.reason));
        lines.push(format!("pick {}: {} for {speciality}{replaces}", lines.len(), pick.expert));
    });
    let standing = match standing {
        Ok(standing) => standing,
        Err(error) => return Err(format!("{error}; right before it: {}", lines.len())),
    };
    let found = Found(format!("{} picks, {} stand", list.picks.len(), standing.len()), lines);
    Ok((standing, found))
}

/// Experts of the committee, present or former, by session id.
fn committee(evidence: &Evidence) -> Result<[BTreeMap<OrgId, Digest>; 2], String> {
    let drawn = only(&evidence.drawn, "experts.drawn/1")?;
    let experts = drawn.body.members.iter().filter(|member| member.expert);
    let mut sitting: BTreeMap<OrgId, Digest> =
        experts.map(|member| (member.member.clone(), *member.identity.digest())).collect();
    let mut former = BTreeMap::new();
    for one in &evidence.replaced {
        if let Some(identity) = sitting.remove(&one.body.out) {
            former.insert(one.body.out.clone(), identity);
        }
        let next = &one.body.replacement;
        if next.expert {
            sitting.insert(next.member.clone(), *next.identity.digest());
        }
    }
    Ok([sitting, former])
}

fn seats(
    evidence: &Evidence,
    file: &DrawFile,
    list: &DrawnList,
    standing: &BTreeSet<ExpertId>,
) -> Result<Found, String> {
    let [mut sitting, mut former] = committee(evidence)?;
    let mut lines = Vec::new();
    for pick in &list.picks {
        let stands = standing.contains(&pick.expert);
        let Some(seat) = &pick.seat else {
            if stands {
                return Err(format!("{} was drawn and has no seat", pick.expert));
            }
            lines.push(format!("{}: never sat", pick.expert));
            continue;
        };
        let salt = bytes_32(&seat.salt).map_err(|reason| format!("{}: {reason}", seat.member))?;
        let identity = session_identity(&file.project, &seat.member, &salt, &pick.expert);
        let among = if stands { &mut sitting } else { &mut former };
        if among.remove(&seat.member) != Some(identity) {
            return Err(format!("seat {} is not that of {}", seat.member, pick.expert));
        }
        let left = if stands { "" } else { ", left" };
        lines.push(format!("seat {}: {}{left}", seat.member, pick.expert));
    }
    match sitting.keys().chain(former.keys()).next() {
        Some(member) => Err(format!("seat {member} was not drawn")),
        None => Ok(Found(format!("{} seats", lines.len()), lines)),
    }
}

/// K of every lot of a tender with a benchmark price.
fn k(evidence: &Evidence, seed: &Seed, claimed: &[LotK]) -> Result<Found, String> {
    let terms = only(&evidence.terms, "tender.published/1 or invitation.issued/1")?;
    let body = terms.body.get("terms").unwrap_or(&terms.body);
    let price = body.pointer("/evaluation/price_score").ok_or("the notice has no rule for prices")?;
    if price.get("kind").and_then(Value::as_str) != Some("benchmark") {
        return Err("the notice has no benchmark price".into());
    }
    let range: KRange = from_value(price.get("k").unwrap_or(&Value::Null))
        .map_err(|error| format!("the range of K: {error}"))?;
    let lots = body.get("lots").and_then(Value::as_array).into_iter().flatten();
    let lots = lots.filter_map(|lot| lot.get("id").and_then(Value::as_str));
    let computed: Vec<LotK> =
        lots.map(|lot| LotK { lot: lot.to_owned(), permille: draw_k(range, seed, lot) }).collect();
    compare(&computed, claimed, |one| format!("lot {}: K = {} ‰", one.lot, one.permille))
}

/// The code of every bid that was opened.
fn codes(
    evidence: &Evidence,
    seed: &Seed,
    secret: &[u8; 32],
    claimed: &[BidCode],
) -> Result<(Vec<BidCode>, Found), String> {
    let opening = only(&evidence.openings, "bids.opened/1")?;
    let mut computed = Vec::new();
    for lot in opening.body.get("lots").and_then(Value::as_array).into_iter().flatten() {
        let name = lot.get("lot").and_then(Value::as_str).ok_or("a lot without a name")?;
        for bid in lot.get("bids").and_then(Value::as_array).into_iter().flatten() {
            let bidder = bid.get("bidder").and_then(Value::as_str).and_then(|text| OrgId::new(text).ok());
            let bidder = bidder.ok_or("a bid without a bidder")?;
            let number = bid.get("number").map_or(Some(1), Value::as_u64);
            let number = number.and_then(|number| u8::try_from(number).ok()).ok_or("a bid's number")?;
            let code = code(seed, secret, name, &bidder, number);
            computed.push(BidCode { lot: name.to_owned(), bidder, number, code });
        }
    }
    computed.sort();
    let found = compare(&computed, claimed, |one| {
        format!("lot {}: {} is {} number {}", one.lot, one.code, one.bidder, one.number)
    })?;
    Ok((computed, found))
}

fn compare<T: PartialEq>(
    computed: &[T],
    claimed: &[T],
    line: impl Fn(&T) -> String,
) -> Result<Found, String> {
    let wrong = computed.iter().zip(claimed).find(|(computed, claimed)| computed != claimed);
    if let Some((computed, claimed)) = wrong {
        return Err(format!("{}; the file says {}", line(computed), line(claimed)));
    }
    if computed.len() != claimed.len() || computed.is_empty() {
        return Err(format!("{} come out, the file says {}", computed.len(), claimed.len()));
    }
    Ok(Found(format!("{} come out", computed.len()), computed.iter().map(line).collect()))
}

fn sheets(evidence: &Evidence, codes: &[BidCode]) -> Result<Found, String> {
    let known: BTreeSet<(&str, &str)> =
        codes.iter().map(|one| (one.lot.as_str(), one.code.as_str())).collect();
    let mut lines = Vec::new();
    for sheet in &evidence.sheets {
        let text = sheet.body.get("sheet").and_then(Value::as_str).ok_or("a reveal without a sheet")?;
        let shown: Value = from_strict(text.as_bytes()).map_err(|error| error.to_string())?;
        let rows = shown.get("blind").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for row in rows {
            let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
            if !known.contains(&(text("lot"), text("code"))) {
                return Err(format!(
                    "{} gives scores to {:?}, the code of no bid",
                    sheet.author,
                    text("code")
                ));
            }
        }
        lines.push(format!("{}: {} blind scores", sheet.author, rows.len()));
    }
    Ok(Found(format!("{} sheets", lines.len()), lines))
}
