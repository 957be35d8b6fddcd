//! A project's steps, one after another: which deadline they come to.

use biaozheng_contracts::tender::invitation::Issued;
use biaozheng_contracts::tender::{Amended, Clarified, ProjectRegistered, Published, PublishedLot};
use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::ids::{ChainId, TimeMs};

use super::{Certified, Tender, TenderLot, TermsError, certified};

/// Reads the steps of one project, from the first, as every node executed them.
pub(super) fn read(steps: &[Certificate], chain: ChainId) -> Result<Tender, TermsError> {
    let steps = steps.iter().map(|one| certified(one, chain)).collect::<Result<Vec<_>, _>>()?;
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
        return Err(TermsError::Form("a tender without a record".into()));
    };
    let project = first.payload.project.clone();
    let refuse = |reason: String| TermsError::Steps {
        project: project.as_ref().map_or_else(String::new, ToString::to_string),
        reason,
    };
    let mut before: Option<&Certified> = None;
    for one in &steps {
        if one.payload.project != project || one.payload.previous != before.map(|before| before.id) {
            return Err(refuse(format!("{} does not follow the record before it", one.id)));
        }
        if before.is_none() != one.is("project.registered/1") {
            return Err(refuse(format!("{} is no beginning", one.id)));
        }
        if before.is_some_and(|before| before.place >= one.place) {
            return Err(refuse(format!("{} stands before what it follows", one.id)));
        }
        before = Some(one);
    }
    let id = project.clone().ok_or_else(|| refuse("it names no project".into()))?;
    let mut tender = Tender {
        project: id,
        deadline: TimeMs::new(0),
        moved: 0,
        to_group: false,
        title: String::new(),
        currency: String::new(),
        lots: Vec::new(),
        over: false,
        newest: last.id,
        newest_at: last.time,
    };
    for one in &steps {
        tender.take(one)?;
    }
    if tender.lots.is_empty() {
        return Err(refuse("no notice is among them".into()));
    }
    Ok(tender)
}

impl Tender {
    fn take(&mut self, step: &Certified) -> Result<(), TermsError> {
        match step.payload.record_type.as_str() {
            name @ "project.registered/1" => self.title = step.body::<ProjectRegistered>(name)?.title,
            name @ "tender.published/1" => self.publish(step.body::<Published>(name)?),
            name @ "invitation.issued/1" => self.publish(step.body::<Issued>(name)?.terms),
            name @ "tender.clarified/1" => self.move_to(step.body::<Clarified>(name)?.deadline_ms),
            name @ "tender.amended/1" => self.move_to(step.body::<Amended>(name)?.deadline_ms),
            "tender.failed/1" | "tender.terminated/1" => self.over = true,
            _ => {}
        }
        Ok(())
    }

    fn publish(&mut self, notice: Published) {
        self.deadline = notice.deadline_ms;
        self.to_group = notice.sealed_by.is_some();
        self.currency = notice.currency;
        let lot = |one: PublishedLot| TenderLot {
            id: one.id,
            title: one.title,
            estimate: one.estimate,
            ceiling: one.ceiling,
        };
        self.lots = notice.lots.into_iter().map(lot).collect();
    }

    fn move_to(&mut self, deadline: Option<TimeMs>) {
        if let Some(deadline) = deadline.filter(|deadline| *deadline != self.deadline) {
            self.deadline = deadline;
            self.moved = self.moved.saturating_add(1);
        }
    }
}
