//! Projects in the order they were registered, so that lists can begin with the newest.
//!
//! The state holds projects by their ids; this is read from it once at the start and follows the blocks.
//! **Invariant:** it only grows at its end, so a place counted from the beginning stays what it was.

use std::sync::{Mutex, MutexGuard, PoisonError};

use biaozheng_contracts::project;
use biaozheng_contracts::{StateFailure, StateRead};
use biaozheng_ledger::ids::{ProjectId, TimeMs};
use biaozheng_store::CommittedRecord;

/// Projects read from the state at a time.
const READ_AT_ONCE: usize = 1000;

/// Ids of all projects, the oldest first.
#[derive(Debug, Default)]
pub struct ProjectOrder(Mutex<Vec<ProjectId>>);

impl ProjectOrder {
    /// Reads every project's time of registration. Projects of one block stand in the order of their ids.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn load(state: &dyn StateRead) -> Result<Self, StateFailure> {
        let mut all: Vec<(TimeMs, ProjectId)> = Vec::new();
        loop {
            let after = all.last().map(|(_, id)| id.clone());
            let page = project::view::registrations(state, after.as_ref(), READ_AT_ONCE)?;
            if page.is_empty() {
                break;
            }
            all.extend(page);
        }
        all.sort_unstable();
        Ok(Self(Mutex::new(all.into_iter().map(|(_, id)| id).collect())))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ProjectId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the projects that began in a block: a project's first record registers it.
    pub fn committed(&self, records: &[CommittedRecord]) {
        let began = |record: &CommittedRecord| match &record.project {
            Some((project, 0)) => Some(project.clone()),
            _ => None,
        };
        let mut new: Vec<ProjectId> = records.iter().filter_map(began).collect();
        new.sort_unstable();
        self.lock().extend(new);
    }

    /// Up to `limit` projects, the newest first, of those before a place (all when left out); and the place of the last
    /// one, unless it is the oldest of all.
    #[must_use]
    pub fn newest(&self, before: Option<u64>, limit: usize) -> (Vec<ProjectId>, Option<u64>) {
        let all = self.lock();
        let end = before
            .and_then(|before| usize::try_from(before).ok())
            .map_or(all.len(), |one| one.min(all.len()));
        let start = end.saturating_sub(limit);
        let page = all.get(start..end).unwrap_or_default();
        (page.iter().rev().cloned().collect(), (start > 0).then_some(start as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::ids::RecordId;

    fn record(project: &str, position: u64) -> CommittedRecord {
        let id = RecordId::new(Digest::of(format!("{project} {position}").as_bytes()));
        CommittedRecord { id, leaf_index: 1, project: Some((ProjectId::new(project).unwrap(), position)) }
    }

    fn names(page: &(Vec<ProjectId>, Option<u64>)) -> Vec<&str> {
        page.0.iter().map(ProjectId::as_str).collect()
    }

    #[test]
    fn pages_go_back_and_new_projects_do_not_shift_them() {
        let order = ProjectOrder::default();
        order.committed(&[record("B", 0), record("A", 0), record("A", 1)]);
        order.committed(&[record("A", 2), record("0", 0)]);
        let first = order.newest(None, 2);
        assert_eq!((names(&first), first.1), (vec!["0", "B"], Some(1)));
        order.committed(&[record("C", 0)]);
        let second = order.newest(first.1, 2);
        assert_eq!((names(&second), second.1), (vec!["A"], None));
        assert_eq!(order.newest(Some(0), 2), (Vec::new(), None));
        assert_eq!(order.newest(Some(u64::MAX), 1).0.len(), 1);
    }
}
