//! A category's steps as data: for each record the stages it may come from, what it leads to, who signs, what guards it.
//!
//! A rulebook's `[step]` table chooses inside what the engine can do ([`crate::rulebook::catalogue`]). **Invariant:** a table that
//! parses has a way from every stage it reaches to the archive, drops no step its parameters need, and names for each step
//! exactly the parameters that are enforced there. Without a table all that the engine knows for the procedure holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};

use super::catalogue::{self, Need, Row};
use super::parameters::EVAL_EXTEND_ABOVE;
use super::refusals;
use super::{Procedure, Rulebook, RulebookError};
use crate::machine::refusal::Reject;
use crate::machine::stage::Stage;

/// Who signs a step: a role, which for tenderee, agency and centres is the project's own, or one the record's code knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    CityCentre,
    DistrictCentre,
    Regulator,
    Tenderee,
    Agency,
    Bidder,
    Expert,
    Witness,
    /// Any registered participant; the record's code says who of them.
    Participant,
    /// A member of the committee, with its session key.
    Member,
    /// A bidder number, with its own key.
    Number,
    /// A party of the draw.
    Party,
    /// The organisation of a member of the sealing group.
    Group,
}

/// `[step."<record type>"]` as written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    from: Vec<String>,
    #[serde(default)]
    to: Vec<String>,
    roles: Vec<String>,
    #[serde(default)]
    cosigners: Option<String>,
    #[serde(default)]
    guards: Vec<String>,
}

/// One step as it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Record type; after a colon the case, where one type has several.
    pub name: String,
    /// Empty: whatever the stage.
    pub from: Vec<Stage>,
    pub to: Vec<Stage>,
    pub roles: Vec<Signer>,
    pub cosigners: Option<String>,
    /// Parameters that are enforced, or missed duties that are noted, with this record.
    pub guards: Vec<String>,
}

/// Why a table of steps cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    #[error("step '{0}': no record type of a procedure")]
    Unknown(String),
    #[error("step '{0}' belongs to another procedure")]
    Foreign(String),
    #[error("step '{step}' is of no use without parameter '{parameter}'")]
    WithoutParameter { step: String, parameter: &'static str },
    #[error("step '{step}': unknown stage '{stage}'")]
    StageUnknown { step: String, stage: String },
    #[error("step '{step}' cannot come from stage '{stage}'")]
    From { step: String, stage: String },
    #[error("step '{step}' leads to {expected}")]
    To { step: String, expected: String },
    #[error("step '{step}': unknown role '{role}'")]
    RoleUnknown { step: String, role: String },
    #[error("step '{step}' cannot be signed by '{role}'")]
    Role { step: String, role: String },
    #[error("step '{step}' is a right of '{role}' too: name every role that has it")]
    RightDropped { step: String, role: String },
    #[error(
        "step '{step}' is a power of the regulator's from stage '{stage}' too: name every stage that it has it in"
    )]
    PowerNarrowed { step: String, stage: String },
    #[error("step '{step}' is cosigned by {expected}")]
    Cosigners { step: String, expected: &'static str },
    #[error("step '{step}' drops the guard '{parameter}' that the rulebook's parameters demand")]
    GuardDropped { step: String, parameter: String },
    #[error("step '{step}' names '{guard}', which does not guard it")]
    GuardUnknown { step: String, guard: String },
    #[error("step '{0}' is missing: the category needs it")]
    Missing(&'static str),
    #[error("parameter '{parameter}' guards step '{step}', which is left out; leave both out or none")]
    ParameterIdle { parameter: String, step: &'static str },
    #[error("stage '{stage}', which step '{step}' comes from, cannot be reached")]
    Unreachable { step: String, stage: String },
    #[error("from stage '{0}' no step leads on to the archive")]
    DeadEnd(String),
}

type Steps = BTreeMap<String, Step>;

fn word<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    let deserializer: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
        text.into_deserializer();
    T::deserialize(deserializer).ok()
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A stage's word, as the views write it.
pub(crate) fn stage_word(stage: Stage) -> String {
    serde_json::to_value(stage).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Checks a table against what the engine can do and what the parameters need.
pub(super) fn read(raw: &BTreeMap<String, RawStep>, book: &Rulebook) -> Result<Steps, RulebookError> {
    let mut steps = Steps::new();
    for (name, written) in raw {
        steps.insert(name.clone(), one(name, written, book)?);
    }
    complete(&steps, book)?;
    connected(&steps, book.procedure())?;
    Ok(steps)
}

fn one(name: &str, raw: &RawStep, book: &Rulebook) -> Result<Step, StepError> {
    let step = || short(name);
    let Some(row) = catalogue::find(name, book.procedure()) else {
        let known = catalogue::any(name).is_some();
        return Err(if known { StepError::Foreign(step()) } else { StepError::Unknown(step()) });
    };
    if let Need::With(parameters) = row.need
        && !parameters.iter().any(|parameter| book.has(parameter))
    {
        let parameter = parameters.first().copied().unwrap_or_default();
        return Err(StepError::WithoutParameter { step: step(), parameter });
    }
    let to = stages(name, &raw.to)?;
    if !same(&to, row.to) {
        let expected: Vec<String> = row.to.iter().copied().map(stage_word).collect();
        let expected = if expected.is_empty() { "no other stage".into() } else { expected.join(" or ") };
        return Err(StepError::To { step: step(), expected });
    }
    if raw.cosigners.as_deref() != row.cosigners {
        return Err(StepError::Cosigners { step: step(), expected: row.cosigners.unwrap_or("nobody") });
    }
    let guards = guards(name, &raw.guards, row, book)?;
    Ok(Step {
        name: name.to_owned(),
        from: from(name, &raw.from, row)?,
        to,
        roles: roles(name, &raw.roles, row)?,
        cosigners: raw.cosigners.clone(),
        guards,
    })
}

fn same(left: &[Stage], right: &[Stage]) -> bool {
    left.iter().collect::<BTreeSet<_>>() == right.iter().collect::<BTreeSet<_>>() && left.len() == right.len()
}

fn stages(step: &str, words: &[String]) -> Result<Vec<Stage>, StepError> {
    let unknown = |stage: &String| StepError::StageUnknown { step: short(step), stage: short(stage) };
    words.iter().map(|stage| word(stage).ok_or_else(|| unknown(stage))).collect()
}

/// `["*"]` is whatever the stage, where the engine does not ask for one; a step that is needed there must have it: an answer
/// or a complaint that only a stage long past takes would be none.
fn from(step: &str, words: &[String], row: &Row) -> Result<Vec<Stage>, StepError> {
    let refuse = |stage: &str| StepError::From { step: short(step), stage: short(stage) };
    if matches!(words, [all] if all == "*") {
        return if row.from.is_empty() { Ok(Vec::new()) } else { Err(refuse("*")) };
    }
    let found = stages(step, words)?;
    if found.is_empty() {
        return Err(refuse("none"));
    }
    if row.from.is_empty() && row.need != Need::Optional {
        return Err(refuse(words.first().map_or("none", String::as_str)));
    }
    for stage in &found {
        let fits = row.from.is_empty() || row.from.contains(stage) || row.more.contains(stage);
        if !fits {
            return Err(refuse(&stage_word(*stage)));
        }
    }
    Ok(found)
}

/// Records by which somebody claims what is theirs: no rulebook takes one from a role that has it.
const RIGHTS: &[&str] = &["complaint.filed/1"];

/// Records by which a regulator does what the law gives it: no rulebook takes it away in some stage.
const POWERS: &[&str] = &["tender.annulled/1"];

fn role_word(role: Signer) -> String {
    serde_json::to_value(role).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn roles(step: &str, words: &[String], row: &Row) -> Result<Vec<Signer>, StepError> {
    let mut found = Vec::new();
    for role in words {
        let signer: Signer =
            word(role).ok_or_else(|| StepError::RoleUnknown { step: short(step), role: short(role) })?;
        if (!row.roles.contains(&signer) && !row.also.contains(&signer)) || found.contains(&signer) {
            return Err(StepError::Role { step: short(step), role: short(role) });
        }
        found.push(signer);
    }
    if found.is_empty() {
        return Err(StepError::Role { step: short(step), role: "nobody".into() });
    }
    if RIGHTS.contains(&row.name)
        && let Some(dropped) = row.roles.iter().find(|role| !found.contains(role))
    {
        return Err(StepError::RightDropped { step: short(step), role: role_word(*dropped) });
    }
    Ok(found)
}

/// The parameters of this rulebook that the engine enforces with this record.
fn enforced(row: &Row, book: &Rulebook) -> Vec<String> {
    catalogue::guards(row).into_iter().filter(|name| book.has(name)).map(str::to_owned).collect()
}

fn guards(step: &str, written: &[String], row: &Row, book: &Rulebook) -> Result<Vec<String>, StepError> {
    let enforced = enforced(row, book);
    let extra = written.iter().enumerate().find(|(place, guard)| {
        !enforced.contains(guard) || written.iter().take(*place).any(|before| before == *guard)
    });
    if let Some((_, guard)) = extra {
        return Err(StepError::GuardUnknown { step: short(step), guard: short(guard) });
    }
    match enforced.into_iter().find(|parameter| !written.contains(parameter)) {
        Some(parameter) => Err(StepError::GuardDropped { step: short(step), parameter }),
        None => Ok(written.to_vec()),
    }
}

/// Whether a category with these parameters has this row.
fn offered(row: &Row, book: &Rulebook) -> bool {
    let with = match row.need {
        Need::With(parameters) => parameters.iter().any(|parameter| book.has(parameter)),
        Need::Always | Need::Optional => true,
    };
    with && row.procedures.contains(&book.procedure())
}

/// No step that the category needs is missing, and no parameter is left without the step it guards.
fn complete(steps: &Steps, book: &Rulebook) -> Result<(), StepError> {
    let rows: Vec<&Row> = catalogue::ROWS.iter().filter(|row| offered(row, book)).collect();
    let guards: Vec<_> = rows.iter().map(|row| (row.name, catalogue::guards(row))).collect();
    for parameter in book.parameters() {
        let used = guards.iter().filter(|(_, guards)| guards.contains(&parameter));
        let mut used = used.map(|(name, _)| *name).peekable();
        let Some(first) = used.peek().copied() else { continue };
        if !used.any(|name| steps.contains_key(name)) {
            return Err(StepError::ParameterIdle { parameter: parameter.to_owned(), step: first });
        }
    }
    // An evaluation's time is extended in its session.
    let session = "evaluation.session_opened/1";
    if book.has(&EVAL_EXTEND_ABOVE) && !steps.contains_key(session) {
        return Err(StepError::Missing(session));
    }
    let missing = rows.iter().find(|row| row.need != Need::Optional && !steps.contains_key(row.name));
    missing.map_or(Ok(()), |row| Err(StepError::Missing(row.name)))
}

/// Stages reached from the project's registration, step by step.
fn reached(steps: &Steps) -> BTreeSet<Stage> {
    let mut found = BTreeSet::from([Stage::Registered]);
    loop {
        let open = steps.values().filter(|step| step.from.iter().any(|stage| found.contains(stage)));
        let next: BTreeSet<Stage> = open.flat_map(|step| step.to.iter().copied()).collect();
        let before = found.len();
        found.extend(next);
        if found.len() == before {
            return found;
        }
    }
}

/// Every stage a step comes from can be reached, and from every stage reached there is a way to the archive.
fn connected(steps: &Steps, procedure: Procedure) -> Result<(), StepError> {
    let reached = reached(steps);
    for step in steps.values() {
        if let Some(stage) = step.from.iter().find(|stage| !reached.contains(*stage)) {
            return Err(StepError::Unreachable { step: step.name.clone(), stage: stage_word(*stage) });
        }
    }
    for step in steps.values().filter(|step| POWERS.contains(&step.name.as_str())) {
        let rows =
            catalogue::ROWS.iter().filter(|row| row.name == step.name && row.procedures.contains(&procedure));
        let mut due = rows.flat_map(|row| row.from).filter(|stage| reached.contains(*stage));
        if let Some(stage) = due.find(|stage| !step.from.contains(*stage)) {
            return Err(StepError::PowerNarrowed { step: step.name.clone(), stage: stage_word(*stage) });
        }
    }
    let mut ends = BTreeSet::from([Stage::Archived]);
    loop {
        // What the regulator may end is no way of the parties' own.
        let own = steps.values().filter(|step| !POWERS.contains(&step.name.as_str()));
        let leading = own.filter(|step| step.to.iter().any(|stage| ends.contains(stage)));
        let before = ends.len();
        let more: Vec<Stage> = leading.flat_map(|step| step.from.iter().copied()).collect();
        ends.extend(more);
        if ends.len() == before {
            break;
        }
    }
    match reached.iter().find(|stage| !ends.contains(*stage)) {
        Some(stage) => Err(StepError::DeadEnd(stage_word(*stage))),
        None => Ok(()),
    }
}

/// A row as the engine has it, where nothing narrows it.
fn plain(row: &Row, guards: Vec<String>) -> Step {
    Step {
        name: row.name.to_owned(),
        from: row.from.to_vec(),
        to: row.to.to_vec(),
        roles: row.roles.to_vec(),
        cosigners: row.cosigners.map(str::to_owned),
        guards,
    }
}

/// A step before any rulebook is pinned or named: what the engine knows of it.
pub(crate) fn before_rulebook(name: &str) -> Option<Step> {
    catalogue::any(name).map(|row| plain(row, Vec::new()))
}

impl Rulebook {
    /// The step as this rulebook has it. What its category cannot have at all is left to the record's own refusal.
    pub(crate) fn step(&self, name: &str) -> Result<Option<Step>, Reject> {
        if let Some(step) = self.steps.as_ref().and_then(|steps| steps.get(name)) {
            return Ok(Some(step.clone()));
        }
        let own = catalogue::find(name, self.procedure());
        if self.steps.is_some() && own.is_some_and(|row| offered(row, self)) {
            return Err(refusals::STEP.because(name));
        }
        Ok(own.or_else(|| catalogue::any(name)).map(|row| plain(row, Vec::new())))
    }

    /// What the refusals of a record cite where no parameter decided.
    #[must_use]
    pub fn step_article(&self, record_type: &str) -> Option<&str> {
        self.raw.article.get(record_type).map(String::as_str)
    }

    /// Every step as it holds, by name: the table's, or without one all that the engine knows for the category.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        if let Some(steps) = &self.steps {
            return steps.values().cloned().collect();
        }
        let rows = catalogue::ROWS.iter().filter(|row| offered(row, self));
        let mut steps: Steps = Steps::new();
        for row in rows {
            steps.insert(row.name.to_owned(), plain(row, enforced(row, self)));
        }
        let reached = reached(&steps);
        for step in steps.values_mut() {
            step.from.retain(|stage| reached.contains(stage));
        }
        steps.into_values().collect()
    }

    /// True when the text has a table of its own.
    #[must_use]
    pub fn has_steps(&self) -> bool {
        self.steps.is_some()
    }

    /// The steps as the TOML table a text may have: what holds now, for a centre that wants to change it.
    #[must_use]
    pub fn steps_text(&self) -> String {
        let list = |words: &[String]| {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            format!("[{}]", quoted.join(", "))
        };
        let stages = |stages: &[Stage]| stages.iter().copied().map(stage_word).collect::<Vec<_>>();
        let mut text = String::from("[step]\n");
        let mut steps = self.steps();
        // In the order of the procedure, as the catalogue has it.
        steps.sort_by_key(|step| catalogue::ROWS.iter().position(|row| row.name == step.name));
        for step in steps {
            let from = if step.from.is_empty() { vec!["*".to_owned()] } else { stages(&step.from) };
            let mut parts = vec![format!("from = {}", list(&from))];
            if !step.to.is_empty() {
                parts.push(format!("to = {}", list(&stages(&step.to))));
            }
            let roles: Vec<String> = step
                .roles
                .iter()
                .filter_map(|role| serde_json::to_value(role).ok()?.as_str().map(str::to_owned))
                .collect();
            parts.push(format!("roles = {}", list(&roles)));
            if let Some(cosigners) = &step.cosigners {
                parts.push(format!("cosigners = \"{cosigners}\""));
            }
            if !step.guards.is_empty() {
                parts.push(format!("guards = {}", list(&step.guards)));
            }
            text.push_str(&format!("\"{}\" = {{ {} }}\n", step.name, parts.join(", ")));
        }
        text
    }
}
