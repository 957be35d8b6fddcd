//! Terms out of certified records: a moved deadline, and everything a lying node may try with it.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

use biaozheng_client::terms::{TERMS_FORMAT, TermsError, TermsFile};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger_scenes::chain::SmallChain;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::setting::{day, project};
use biaozheng_scenes::threshold::HOUR;
use biaozheng_scenes::world::World;
use biaozheng_scenes::{setting, threshold};
use serde_json::json;

/// A chain whose first ceremony failed, under slots of another length; a tender whose deadline was moved twice.
struct Played {
    chain: SmallChain,
    log: Vec<(usize, String)>,
    first: u64,
    last: u64,
}

fn played() -> Played {
    let mut chain = SmallChain::new("terms");
    setting::set(setting::Setting { chain: chain.id(), ..setting::Setting::default() });
    let mut world = World::new();
    let other = json!({"kind": "sealing", "slot_ms": HOUR / 2, "ahead": 2000});
    let failed = threshold::started(world.now, other, 0, &threshold::MEMBERS);
    world.ok(threshold::signed_by(failed, &threshold::MEMBERS));
    world.now += 200_000;
    let mut made = threshold::grouped_in(world);
    made.world.register();
    made.world.publish(made.published());
    let first = made.world.deadline();
    made.world.step(draft("tender.clarified/1", "OWNER", json!({"text": "说明"})));
    for days in [1, 2] {
        let body = json!({"text": "延期", "deadline_ms": first + days * day()});
        made.world.step(draft("tender.amended/1", "OWNER", body));
    }
    let mut log = Vec::new();
    for (position, (record, ..)) in made.world.log.iter().enumerate() {
        log.push((chain.records.len(), record.payload().record_type.as_str().to_owned()));
        chain.append(record.clone().into_record(), 10 + position as u64, 0);
    }
    Played { chain, log, first, last: first + 2 * day() }
}

impl Played {
    fn places(&self, name: &str) -> Vec<usize> {
        self.log.iter().filter(|(_, kind)| kind == name).map(|(at, _)| *at).collect()
    }

    /// The honest file.
    fn file(&self) -> TermsFile {
        let steps = ["project.registered/1", "tender.published/1", "tender.clarified/1", "tender.amended/1"];
        let steps = self.log.iter().filter(|(_, name)| steps.contains(&name.as_str()));
        TermsFile {
            format: TERMS_FORMAT.to_owned(),
            started: self.places("dkg.started/1")[..2].iter().map(|at| self.chain.certificate(*at)).collect(),
            finalised: self.chain.certificate(self.places("dkg.finalised/1")[0]),
            tenders: vec![steps.map(|(at, _)| self.chain.certificate(*at)).collect()],
        }
    }

    fn refused(&self, change: impl FnOnce(&mut TermsFile)) -> TermsError {
        let mut file = self.file();
        change(&mut file);
        let read = TermsFile::from_json(file.to_json().as_bytes()).unwrap();
        read.verify(self.chain.id()).unwrap_err()
    }
}

#[test]
fn the_deadline_and_the_slot_are_those_of_the_certified_records() {
    let played = played();
    let terms = TermsFile::from_json(played.file().to_json().as_bytes()).unwrap();
    let terms = terms.verify(played.chain.id()).unwrap();
    assert_eq!(terms.slot_ms, HOUR);
    let tender = terms.tender(&project()).unwrap();
    assert_eq!((tender.deadline.get(), tender.moved, tender.to_group), (played.last, 2, true));
    assert_eq!(tender.lots.iter().map(|lot| lot.id.as_str()).collect::<Vec<_>>(), ["1"]);
    assert_eq!(tender.slot(HOUR).unwrap().get(), played.last / HOUR - 1);
    assert!(TermsFile::from_json(b"{}").is_err() && !tender.over);

    // An amendment out of the middle, or two exchanged: the chain of steps is broken.
    for change in [
        |file: &mut TermsFile| drop(file.tenders[0].remove(3)),
        |file: &mut TermsFile| {
            file.tenders[0].swap(3, 4);
        },
    ] {
        assert!(matches!(played.refused(change), TermsError::Steps { .. }));
    }
    // The first step left out, another's step put in, a tender twice.
    let no_start = played.refused(|file| drop(file.tenders[0].remove(0)));
    assert!(matches!(no_start, TermsError::Steps { .. }), "{no_start}");
    let foreign = played.chain.certificate(played.places("dkg.dealt/1")[0]);
    let put_in = played.refused(|file| file.tenders[0].push(foreign));
    assert!(matches!(put_in, TermsError::Steps { .. }), "{put_in}");
    let twice = played.refused(|file| file.tenders.push(file.tenders[0].clone()));
    assert!(matches!(twice, TermsError::Steps { .. }), "{twice}");

    // Another deadline in the body: the record hashes to another id.
    let written = played.refused(|file| {
        let other = file.tenders[0][3].envelope.clone();
        file.tenders[0][4].envelope = other;
    });
    assert!(matches!(written, TermsError::Certificate { step: "record", .. }), "{written}");
    // Another chain, though every signature holds.
    let elsewhere = ChainId::new(Digest::of(b"elsewhere"));
    let elsewhere = played.file().verify(elsewhere).unwrap_err();
    assert!(matches!(elsewhere, TermsError::Certificate { .. }), "{elsewhere}");

    // The ceremony that failed named other slots: it made no keys. It alone, twice, the right one alone, or with the start
    // of the tokens' ceremony in its place.
    let start = |place: usize| played.chain.certificate(played.places("dkg.started/1")[place]);
    for starts in [vec![start(0)], vec![start(0), start(0)], vec![start(1)], vec![start(1), start(2)], vec![]]
    {
        let other_slots = played.refused(|file| file.started = starts);
        assert!(matches!(other_slots, TermsError::Group(_)), "{other_slots}");
    }
    let tokens = played.chain.certificate(played.places("dkg.finalised/1")[1]);
    assert!(matches!(played.refused(|file| file.finalised = tokens), TermsError::Group(_)));
}

/// What no evidence shows: the newest step kept back. The bidder's own deadline is held against it, which the program does.
#[test]
fn a_file_without_the_newest_step_holds_and_says_the_older_deadline() {
    let played = played();
    let mut file = played.file();
    file.tenders[0].truncate(3);
    let terms = file.verify(played.chain.id()).unwrap();
    let tender = terms.tender(&project()).unwrap();
    assert_eq!((tender.deadline.get(), tender.moved), (played.first, 0));
    assert_eq!(tender.newest, file.tenders[0][2].record);
}
