//! A scene of the demo, played in memory, as a node shows its project once it is over.

use std::collections::BTreeMap;

use biaozheng_contracts::project;
use biaozheng_ledger::ids::{Height, TimeMs};
use biaozheng_ledger::record::VerifiedRecord;
use biaozheng_ocds::{Method, Process, ProcessRecord, Works};

use crate::setting::project;
use crate::world::World;

/// Everything accepted of the project.
pub fn shown(world: &World) -> Process {
    let of = |(index, (record, height, time)): (usize, &(VerifiedRecord, Height, TimeMs))| {
        let payload = record.payload();
        let own = payload.project.as_ref() == Some(&project());
        own.then(|| ProcessRecord {
            id: record.id(),
            record_type: payload.record_type.to_string(),
            author: payload.author.org.clone(),
            time: *time,
            body: payload.body.clone(),
            height: *height,
            index: u32::try_from(index).unwrap(),
            certificate: None,
        })
    };
    Process {
        project: project(),
        records: world.log.iter().enumerate().filter_map(of).collect(),
        names: BTreeMap::new(),
        rulebook: project::view::effective(&world.state, &project()).unwrap().unwrap(),
        method: Method::Open,
        category: Works::Works,
        unsealed: Vec::new(),
    }
}
