//! What may be searched by words: projects by id, title, code and the titles of their lots, participants by id and name.
//!
//! **Invariant:** only what the lists and the project's own view show to anyone at any time; nothing of a bid.

use std::fmt;
use std::str::FromStr;

use biaozheng_ledger::ids::{OrgId, ProjectId};
use serde_json::{Value, json};

use crate::machine::state::{StateFailure, StateRead};
use crate::machine::text::identifier;
use crate::parties;
use crate::parties::participant::Participant;
use crate::project::Project;
use crate::project::state_key;

/// Where a search stands: all projects come in the order of their ids, then all participants in that of theirs.
///
/// ```text
/// project:<project id>
/// participant:<organisation id>
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Project(ProjectId),
    Participant(OrgId),
}

/// The text is no place of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 'project:' or 'participant:' with an id")]
pub struct PlaceError;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(id) => write!(f, "project:{id}"),
            Self::Participant(org) => write!(f, "participant:{org}"),
        }
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(id) = text.strip_prefix("project:") {
            return ProjectId::new(id).map(Self::Project).map_err(|_| PlaceError);
        }
        let org = text.strip_prefix("participant:").ok_or(PlaceError)?;
        OrgId::new(org).map(Self::Participant).map_err(|_| PlaceError)
    }
}

/// One project or participant, with the texts it may be found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searched {
    pub place: Place,
    pub texts: Vec<String>,
    /// What a hit shows.
    pub hit: Value,
}

/// The next `limit` of them after a place; fewer only at the end of all.
///
/// # Errors
/// When the state cannot be read.
pub fn searched(
    state: &dyn StateRead,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<Searched>, StateFailure> {
    let mut found = match after {
        None => projects(state, None, limit)?,
        Some(Place::Project(id)) => projects(state, Some(id), limit)?,
        Some(Place::Participant(_)) => Vec::new(),
    };
    let room = limit.saturating_sub(found.len());
    if room > 0 {
        let after = after.and_then(|place| match place {
            Place::Participant(org) => Some(org),
            Place::Project(_) => None,
        });
        found.extend(participants(state, after, room)?);
    }
    Ok(found)
}

fn projects(
    state: &dyn StateRead,
    after: Option<&ProjectId>,
    limit: usize,
) -> Result<Vec<Searched>, StateFailure> {
    let after = after.map(state_key::project);
    let decode = |(key, bytes): (Vec<u8>, Vec<u8>)| {
        let project: Project = borsh::from_slice(&bytes).map_err(|error| StateFailure(error.to_string()))?;
        let id = identifier(&key, state_key::PROJECTS).and_then(|text| ProjectId::new(text).ok());
        let id = id.ok_or_else(|| StateFailure("a project's key".into()))?;
        let hit =
            json!({"kind": "project", "id": id, "title": project.title, "stage": project.stage, "roles": []});
        let mut texts = vec![id.to_string(), project.title, project.code];
        texts.extend(project.lots.into_iter().map(|lot| lot.title));
        Ok(Searched { place: Place::Project(id), texts, hit })
    };
    state.scan(state_key::PROJECTS, after.as_deref(), limit)?.into_iter().map(decode).collect()
}

fn participants(
    state: &dyn StateRead,
    after: Option<&OrgId>,
    limit: usize,
) -> Result<Vec<Searched>, StateFailure> {
    let after = after.map(parties::state_key::participant);
    let decode = |(_, bytes): (Vec<u8>, Vec<u8>)| {
        let one: Participant = borsh::from_slice(&bytes).map_err(|error| StateFailure(error.to_string()))?;
        let hit = json!({
            "kind": "participant", "id": one.org, "title": one.name, "stage": Value::Null, "roles": one.roles,
        });
        let texts = vec![one.org.to_string(), one.name];
        Ok(Searched { place: Place::Participant(one.org), texts, hit })
    };
    state.scan(parties::state_key::PARTICIPANTS, after.as_deref(), limit)?.into_iter().map(decode).collect()
}
