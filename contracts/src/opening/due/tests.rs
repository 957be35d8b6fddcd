//! Tenders in their places: more than are looked at, some that can never be opened, and what moves one.

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, Height, OrgId, ProjectId, RecordId, TimeMs};

use crate::machine::stage::Stage;
use crate::machine::state::{Overlay, StateFailure, StateRead};
use crate::opening::due::{Due, DueLabel, next_moment, pending};
use crate::project::limits::WAITING_TENDERS_MAX;
use crate::project::sealed_tender::SealedTender;
use crate::project::waiting::{count, deadline_slots, place, sweep};
use crate::project::{Method, Project, state_key};
use crate::sealing::group::{Group, GroupPurpose};
use crate::sealing::limits::DUE_MAX;
use crate::sealing::state_key as sealing_key;

const SLOT_MS: u64 = 1000;

#[derive(Default)]
struct Memory(BTreeMap<Vec<u8>, Vec<u8>>);

impl StateRead for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateFailure> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StateFailure> {
        let start = after.map_or_else(|| prefix.to_vec(), |after| [after, &[0]].concat());
        let inside = self.0.range(start..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(inside.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

impl Memory {
    fn change(&mut self, of: impl FnOnce(&mut Overlay<'_>)) {
        let mut overlay = Overlay::new(self);
        of(&mut overlay);
        for (key, value) in overlay.into_changes() {
            match value {
                Some(value) => drop(self.0.insert(key, value)),
                None => drop(self.0.remove(&key)),
            }
        }
    }

    fn grouped() -> Self {
        let mut memory = Self::default();
        let purpose = GroupPurpose::Sealing { slot_ms: SLOT_MS, ahead: 10 };
        let record = RecordId::new(Digest::of(b"finalised"));
        let group = Group { version: 1, record, purpose, keys: Vec::new(), seats: Vec::new() };
        memory.change(|state| state.put(sealing_key::sealing_group(), &group).unwrap());
        memory
    }

    /// A published tender; `open_objections` suspend it, and one lot has bidders enough.
    fn tender(&mut self, name: &str, deadline: u64, open_objections: u32) {
        let (id, org) = (ProjectId::new(name).unwrap(), OrgId::new("EAST").unwrap());
        let project = Project {
            id: None,
            version: 1,
            title: String::new(),
            code: String::new(),
            tenderee: org.clone(),
            agency: None,
            centre: org,
            stage: Stage::Published,
            step: RecordId::new(Digest::of(b"step")),
            terms: None,
            rulebook: None,
            method: Method::LowestPrice,
            criteria: Vec::new(),
            lots: Vec::new(),
            deadline: TimeMs::new(deadline),
            committee: Vec::new(),
            times: Vec::new(),
            open_objections,
            late: Vec::new(),
            end_reason: String::new(),
        };
        let published = (Height::new(1), TimeMs::new(0));
        let tender = SealedTender { version: 2, published, bidders_least: 1, ..SealedTender::default() };
        self.change(|state| {
            project.store(state, &id).unwrap();
            tender.store(state, &id).unwrap();
            place(state, &id, TimeMs::new(0)).unwrap();
        });
    }

    fn bidders(&mut self, name: &str, (stood, stands): (bool, bool)) {
        let id = ProjectId::new(name).unwrap();
        self.change(|state| count(state, (&id, "1"), (stood, stands), TimeMs::new(0)).unwrap());
    }

    /// What is done with a due label: the bodies are opened.
    fn open(&mut self, id: &ProjectId, now: u64) {
        self.change(|state| {
            let mut tender = SealedTender::load(state, id).unwrap().unwrap();
            tender.complete = true;
            tender.store(state, id).unwrap();
            place(state, id, TimeMs::new(now)).unwrap();
        });
    }

    fn due(&self, now: u64) -> Vec<ProjectId> {
        let chain = ChainId::new(Digest::of(b"chain"));
        let due = pending(self, &chain, TimeMs::new(now)).unwrap();
        let tender = |one: DueLabel| match one.due {
            Due::Tender(id) => id,
            other => panic!("{other:?}"),
        };
        due.into_iter().map(tender).collect()
    }
}

/// More tenders than are looked at after a block, and as many in front of them that can never be opened: by key, by time,
/// suspended, without bidders. Every one that can be opened is, the earliest first.
#[test]
fn with_more_waiting_tenders_than_are_looked_at_none_is_starved() {
    let mut memory = Memory::grouped();
    let most = WAITING_TENDERS_MAX as u64;
    let deadline = |number: u64| SLOT_MS * (1 + number);
    for number in 0..most + 200 {
        // Never opened: too few bidders, or an objection nobody answers. First by key and by time.
        memory.tender(&format!("A-{number:05}"), deadline(0), 0);
        memory.tender(&format!("B-{number:05}"), deadline(0), 1);
        memory.bidders(&format!("B-{number:05}"), (false, true));
        // To be opened, the later by key the earlier by time.
        let name = format!("Z-{:05}", most + 200 - number);
        memory.tender(&name, deadline(number), 0);
        memory.bidders(&name, (false, true));
    }
    assert_eq!(memory.due(deadline(0) - 1), []);
    assert_eq!(memory.due(deadline(0)), [ProjectId::new("Z-01224").unwrap()]);
    assert_eq!(next_moment(&memory, TimeMs::new(deadline(0))).unwrap(), Some(TimeMs::new(deadline(1))));
    let now = deadline(most + 200);
    let (mut opened, mut last) = (BTreeSet::new(), None);
    loop {
        let due = memory.due(now);
        assert!(due.len() <= DUE_MAX, "bounded work a block");
        if due.is_empty() {
            break;
        }
        for id in due {
            assert!(last.is_none_or(|last| last > id), "by time");
            memory.open(&id, now);
            last = Some(id.clone());
            opened.insert(id);
        }
    }
    assert_eq!(opened.len() as u64, most + 200);
}

/// What changes a tender's place: its bidders, an answer, a deadline that moves, its end.
#[test]
fn a_tender_stands_where_it_is_due_and_nowhere_else() {
    let mut memory = Memory::grouped();
    let name = "P-1";
    let id = ProjectId::new(name).unwrap();
    let change = |memory: &mut Memory, of: &dyn Fn(&mut Project)| {
        memory.change(|state| {
            let mut project = Project::load(state, &id).unwrap().unwrap();
            of(&mut project);
            project.store(state, &id).unwrap();
            place(state, &id, TimeMs::new(0)).unwrap();
        });
    };
    let places = |memory: &Memory| {
        let of = |prefix: &[u8]| memory.scan(prefix, None, 9).unwrap().len();
        (of(state_key::COMING_TENDERS), of(state_key::DUE_TENDERS))
    };
    memory.tender(name, 5000, 0);
    assert_eq!(places(&memory), (1, 0));
    memory.bidders(name, (false, true));
    assert_eq!((places(&memory), memory.due(5000).len()), ((1, 1), 1));
    memory.bidders(name, (true, false));
    assert_eq!(places(&memory), (1, 0), "withdrawn");
    memory.bidders(name, (false, true));
    change(&mut memory, &|project| project.open_objections = 1);
    assert_eq!(places(&memory), (1, 0));
    change(&mut memory, &|project| project.open_objections = 0);
    change(&mut memory, &|project| project.deadline = TimeMs::new(8000));
    assert_eq!((places(&memory), memory.due(7999).len(), memory.due(8000).len()), ((1, 1), 0, 1));
    assert_eq!(deadline_slots(&memory, SLOT_MS).unwrap(), BTreeSet::from([7]));
    change(&mut memory, &|project| project.stage = Stage::Terminated);
    assert_eq!(places(&memory), (0, 0));
}

/// Deadlines that are over leave the list of the coming ones, a few with each new one; those that share a slot count once.
#[test]
fn coming_deadlines_do_not_pile_up() {
    let mut memory = Memory::grouped();
    for number in 0..50u64 {
        let now = SLOT_MS * number;
        let (id, deadline) = (format!("P-{number:03}"), now + 2 * SLOT_MS);
        memory.tender(&id, deadline, 0);
        memory.change(|state| sweep(state, TimeMs::new(now)).unwrap());
    }
    let left = memory.scan(state_key::COMING_TENDERS, None, 100).unwrap().len();
    assert!(left <= 3, "{left} are left");
    for number in 0..20 {
        memory.tender(&format!("Q-{number}"), SLOT_MS * 90, 0);
    }
    assert_eq!(deadline_slots(&memory, SLOT_MS).unwrap().last(), Some(&89));
}
