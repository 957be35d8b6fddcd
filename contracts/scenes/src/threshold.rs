//! A chain with a group of four members, made by a real ceremony through records, and bidders that seal to it.

use std::sync::OnceLock;

use biaozheng_contracts::Reject;
use biaozheng_contracts::opening::completeness::{InChain, OpeningCheck};
use biaozheng_contracts::opening::due::{Due, DueLabel};
use biaozheng_contracts::opening::{completeness, due};
use biaozheng_contracts::sealing::group::SealingKeys;
use biaozheng_contracts::sealing::requests::TokenKeys;
use biaozheng_contracts::sealing::{entry, group, requests, running, tokens};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_seal::dkg::{self, NodeSecret};
use biaozheng_seal::group::{GroupSignature, PrivateShare, PublicPolynomial, recover, sign_partial};
use biaozheng_seal::label::{Label, Slot, TenderOpening};
use biaozheng_seal::sealing::{
    Bid, BidIdentity, LotId, OpeningProof, SealedEntry, SealingGroup, SizeClass, seal, seal_dummy,
    seal_withdrawal,
};
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::{PendingToken, UnspentToken, request_token, sign_blindly};
use serde_json::{Value, json};

use crate::draft::{Draft, draft};
use crate::setting::{chain, day, key, org, project};
use crate::tender::text;
use crate::world::World;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

pub const HOUR: u64 = 3_600_000;
pub const MEMBERS: [&str; 4] = ["CITY", "EAST", "REG", "WEST"];

#[derive(Clone, Debug)]
pub struct Threshold {
    pub world: World,
    pub nodes: Vec<NodeSecret>,
    pub shares: Vec<PrivateShare>,
    pub token_shares: Vec<PrivateShare>,
    /// Fresh seeds.
    pub count: u32,
}

pub fn node(name: &str) -> NodeSecret {
    NodeSecret::from_seed(&Seed::new(*Digest::of(format!("node {name}").as_bytes()).bytes()))
}

pub fn seed(text: &str) -> Seed {
    Seed::new(*Digest::of(text.as_bytes()).bytes())
}

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64.encode(bytes)
}

pub fn started(now: u64, purpose: Value, epoch: u32, members: &[&str]) -> Value {
    let members: Vec<Value> = members
        .iter()
        .map(|name| json!({"org": name, "member": hex::encode(node(name).member().to_bytes())}))
        .collect();
    json!({
        "purpose": purpose, "epoch": epoch, "members": members, "dealing_until_ms": now + 60_000,
        "acknowledging_until_ms": now + 120_000, "concluding_until_ms": now + 180_000,
    })
}

/// The start of a ceremony with the signatures of these, the city centre's first.
pub fn signed_by(start: Value, members: &[&str]) -> Draft {
    let others = members.iter().filter(|name| **name != "CITY");
    others.fold(draft("dkg.started/1", "CITY", start), |draft, name| draft.also(name))
}

/// A key of an organisation that the city centre brings in by itself.
pub fn brought_in(world: &mut World, name: &str, new: &str) {
    let body = json!({"org": name, "key": key(new).public(), "purposes": ["sign"]});
    let mut added = draft("participant.key_added/1", "CITY", body);
    added.by.push((name.into(), key(new)));
    world.ok(added);
}

/// Signs for this organisation with that key.
pub fn also_with(mut draft: Draft, name: &str, with: &str) -> Draft {
    draft.by.push((name.into(), key(with)));
    draft
}

pub fn of_bids() -> Value {
    json!({"kind": "sealing", "slot_ms": HOUR, "ahead": 2000})
}

pub fn of_tokens(epoch: u32, until: u64) -> Value {
    json!({"kind": "tokens", "epoch": epoch, "quota": 8, "member_quota": 1000, "valid_until_ms": until})
}

/// The second: it opens the entry.
pub fn proved(by: &str, proof: &OpeningProof) -> Draft {
    draft("sealed.proved/1", by, json!({"proof": base64(&*proof.to_bytes())})).at(None)
}

pub fn said(kind: &'static str, by: &str, of: &str, message: &[u8]) -> Draft {
    draft(kind, by, json!({"kind": of, "message": base64(message)}))
}

/// Runs a whole ceremony through records; each member's share comes out.
pub fn run_ceremony(
    world: &mut World,
    purpose: Value,
    epoch: u32,
    members: &[&str],
    old: &[(&str, PrivateShare)],
) -> Vec<PrivateShare> {
    let kind = purpose["kind"].as_str().unwrap().to_owned();
    let start = started(world.now, purpose, epoch, members);
    world.ok(signed_by(start, members));
    let view = |world: &World| {
        let all = running::ceremonies(&world.state, &chain(), TimeMs::new(world.now)).unwrap();
        all.into_iter().find(|one| one.board.ceremony().epoch().get() == epoch && !one.finalised).unwrap()
    };
    let previous = |name: &str| old.iter().find(|(of, _)| *of == name).map(|(_, share)| share);
    let dealers: Vec<&str> =
        members.iter().filter(|name| old.is_empty() || previous(name).is_some()).copied().collect();
    for name in &dealers {
        let board = view(world).board;
        let deal = dkg::deal(board.ceremony(), &node(name), previous(name), &seed(name)).unwrap();
        world.ok(said("dkg.dealt/1", name, &kind, &deal.to_bytes()));
    }
    world.now += 60_000;
    for name in members {
        let board = view(world).board;
        for deal in board.deals() {
            let acknowledged = dkg::acknowledge(board.ceremony(), &node(name), deal).unwrap();
            world.ok(said("dkg.acknowledged/1", name, &kind, &acknowledged.to_bytes()));
        }
    }
    world.now += 60_000;
    for name in &dealers {
        let log = dkg::conclude(&view(world).board, &node(name), previous(name), &seed(name)).unwrap();
        world.ok(said("dkg.concluded/1", name, &kind, &log.to_bytes()));
    }
    world.now += 60_000;
    let board = view(world).board;
    let taken: Vec<_> = members.iter().map(|name| dkg::take_share(&board, &node(name)).unwrap()).collect();
    world.ok(said("dkg.finalised/1", members[0], &kind, &taken[0].0.to_bytes()));
    taken.into_iter().map(|(_, share)| share).collect()
}

/// Groups for bids and tokens, and nothing tendered yet. The ceremonies run once for all tests.
pub fn grouped() -> Threshold {
    static MADE: OnceLock<Threshold> = OnceLock::new();
    MADE.get_or_init(|| grouped_in(World::new())).clone()
}

pub fn grouped_in(mut world: World) -> Threshold {
    let shares = run_ceremony(&mut world, of_bids(), 0, &MEMBERS, &[]);
    let until = world.now + 100 * day();
    let token_shares = run_ceremony(&mut world, of_tokens(1, until), 0, &MEMBERS, &[]);
    Threshold {
        world,
        nodes: MEMBERS.iter().map(|name| node(name)).collect(),
        shares,
        token_shares,
        count: 0,
    }
}

/// A tender whose bids are sealed to the group.
pub fn tendered() -> Threshold {
    let mut chain = grouped();
    chain.world.register();
    chain.world.publish(chain.published());
    chain
}

impl Threshold {
    pub fn keys(&self) -> SealingKeys {
        group::sealing_keys(&self.world.state).unwrap().unwrap()
    }

    pub fn group(&self) -> SealingGroup {
        SealingGroup { chain: chain(), key: self.keys().keys.group_key() }
    }

    pub fn polynomial(&self) -> PublicPolynomial {
        self.keys().keys.polynomial()
    }

    pub fn token_keys(&self) -> TokenKeys {
        requests::token_keys(&self.world.state, &chain(), 1).unwrap().unwrap()
    }

    pub fn published(&self) -> Value {
        let mut body = self.world.published();
        let deadline = (self.world.now + 20 * day()).div_ceil(HOUR) * HOUR;
        body["deadline_ms"] = json!(deadline);
        body["sealed_by"] = json!("group");
        body
    }

    /// The slot that ends at the deadline.
    pub fn slot(&self) -> Slot {
        Slot::new(self.world.deadline() / HOUR - 1)
    }

    pub fn fresh(&mut self) -> Seed {
        self.count += 1;
        seed(&format!("fresh {}", self.count))
    }

    pub fn sign(&self, label: &Label) -> GroupSignature {
        let parts: Vec<_> = self.shares[1..].iter().map(|one| sign_partial(one, label).unwrap()).collect();
        recover(&self.polynomial(), label, &parts).unwrap().signature
    }

    pub fn ask(&mut self, who: &str, count: usize) -> (RecordId, Vec<PendingToken>) {
        let group = self.token_keys().group;
        let asked: Vec<_> = (0..count).map(|_| request_token(&group, &self.fresh())).collect();
        let points: Vec<_> = asked.iter().map(|one| *one.request()).collect();
        let body = json!({"epoch": 1, "points": tokens::points_text(&points)});
        (self.world.ok(draft("token.requested/1", who, body)), asked)
    }

    /// One member's answer to a request.
    pub fn blind(&self, request: RecordId, place: usize) -> Draft {
        let waiting = requests::unsigned_requests(&self.world.state, |_| true).unwrap();
        let asked = waiting.into_iter().find(|one| one.record == request).unwrap();
        let group = self.token_keys().group;
        let partials: Vec<_> = asked
            .points
            .iter()
            .map(|point| sign_blindly(&group, &self.token_shares[place], point).unwrap())
            .collect();
        let body = json!({"request": request, "partials": tokens::partials_text(&partials)});
        draft("token.signed/1", MEMBERS[place], body)
    }

    pub fn tokens(&mut self, who: &str, count: usize) -> Vec<UnspentToken> {
        let (request, asked) = self.ask(who, count);
        for place in [0, 2, 3] {
            let signed = self.blind(request, place);
            self.world.ok(signed);
        }
        let by_member = requests::token_partials(&self.world.state, &request).unwrap();
        let keys = self.token_keys();
        let polynomial = keys.keys.polynomial();
        let finish = |(place, one): (usize, PendingToken)| {
            let partials: Vec<_> = by_member.iter().map(|member| member[place]).collect();
            one.finish(&keys.group, &polynomial, &partials).unwrap()
        };
        asked.into_iter().enumerate().map(finish).collect()
    }

    pub fn identity(&self, bidder: &str, sequence: u32) -> BidIdentity {
        BidIdentity {
            opening: TenderOpening { tender: project(), number: 1 },
            lot: LotId::new("1").unwrap(),
            bidder: org(bidder),
            bidder_key: key(bidder).public(),
            sequence,
        }
    }

    pub fn sealed(&mut self, bidder: &str, price: Option<u64>, sequence: u32) -> (SealedEntry, OpeningProof) {
        let slot = self.slot();
        self.sealed_for(slot, bidder, price, sequence)
    }

    pub fn sealed_for(
        &mut self,
        slot: Slot,
        bidder: &str,
        price: Option<u64>,
        sequence: u32,
    ) -> (SealedEntry, OpeningProof) {
        let bid = Bid { identity: self.identity(bidder, sequence), body: text(price).into_bytes() };
        seal(&self.group(), slot, &bid, &key(bidder), &self.fresh()).unwrap()
    }

    pub fn sealed_text(&mut self, bidder: &str, body: Vec<u8>, sequence: u32) -> (SealedEntry, OpeningProof) {
        let bid = Bid { identity: self.identity(bidder, sequence), body };
        seal(&self.group(), self.slot(), &bid, &key(bidder), &self.fresh()).unwrap()
    }

    pub fn withdrawal(&mut self, bidder: &str, sequence: u32) -> SealedEntry {
        let class = SizeClass::of(1).unwrap();
        let identity = self.identity(bidder, sequence);
        let (slot, fresh) = (self.slot(), self.fresh());
        seal_withdrawal(&self.group(), slot, &identity, class, &key(bidder), &fresh).unwrap().0
    }

    pub fn dummy(&mut self) -> SealedEntry {
        let (slot, fresh) = (self.slot(), self.fresh());
        seal_dummy(&self.group(), slot, SizeClass::of(1).unwrap(), &fresh)
    }

    pub fn enter(&mut self, token: UnspentToken, entry: &SealedEntry) -> Result<RecordId, Reject> {
        self.world.now += 1;
        self.world.submit(entry::record(&chain(), token, entry).unwrap().verify(&chain()).unwrap())
    }

    /// With a token of this organisation.
    pub fn entered(&mut self, who: &str, entry: &SealedEntry) -> RecordId {
        let token = self.tokens(who, 1).remove(0);
        self.enter(token, entry).unwrap()
    }

    pub fn bid(&mut self, bidder: &str, price: u64, sequence: u32) -> OpeningProof {
        let (entry, proof) = self.sealed(bidder, Some(price), sequence);
        self.entered(bidder, &entry);
        proof
    }

    pub fn due(&self) -> Vec<DueLabel> {
        due::due(&self.world.state, &chain(), TimeMs::new(self.world.now)).unwrap()
    }

    pub fn pending(&self) -> Vec<DueLabel> {
        due::pending(&self.world.state, &chain(), TimeMs::new(self.world.now)).unwrap()
    }

    /// The record a member submits for what is pending.
    pub fn opening(&self, one: &DueLabel, by: &str) -> Draft {
        let signature = one.signature.unwrap_or_else(|| self.sign(&one.label).to_bytes());
        let (signature, from) = (hex::encode(signature), one.from);
        match &one.due {
            Due::Slot(slot) => {
                draft("slot.opened/1", by, json!({"slot": slot, "signature": signature, "from": from}))
            }
            Due::Tender(_) => {
                draft("tender.opened/1", by, json!({"signature": signature, "from": from})).at(None)
            }
            Due::Beacon(_) => draft("beacon.recovered/1", by, json!({"signature": signature})).at(None),
        }
    }

    /// Does what members do after each block until nothing is due; gives the number of records.
    pub fn open_all(&mut self) -> usize {
        let mut count = 0;
        while let Some(one) = self.pending().into_iter().next() {
            let record = self.opening(&one, MEMBERS[count % 4]);
            self.world.ok(record);
            count += 1;
        }
        count
    }

    /// The first step of the fallback: a bidder names the entry of this proof.
    pub fn bound(&self, by: &str, proof: &OpeningProof) -> Draft {
        let entry = proof.entry(&self.group()).digest().to_string();
        let identity = proof.identity();
        let body = json!({"lot": identity.lot.as_str(), "sequence": identity.sequence, "entry": entry});
        draft("sealed.bound/1", by, body).at(None)
    }

    pub fn completeness(&self) -> OpeningCheck {
        let records = self.world.log.iter().map(|(record, height, time)| InChain {
            id: record.id(),
            payload: record.payload(),
            height: *height,
            time: *time,
        });
        completeness::check_opening(&self.world.state, &chain(), &project(), records).unwrap()
    }
}
