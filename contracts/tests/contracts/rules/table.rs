//! A rulebook as shipped, a row of the table, and how a row is judged.

use biaozheng_contracts::Rulebook;
use biaozheng_contracts::shown;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_scenes::draft::Draft;
use biaozheng_scenes::setting::project;
use biaozheng_scenes::world::World;
use serde_json::Value;

const SHIPPED: &[&str] = &[
    include_str!("../../../rulebooks/auction.toml"),
    include_str!("../../../rulebooks/engineering-open.toml"),
    include_str!("../../../rulebooks/government-procurement.toml"),
    include_str!("../../../rulebooks/invited-tender.toml"),
    include_str!("../../../rulebooks/land-use-right.toml"),
    include_str!("../../../rulebooks/metro.toml"),
    include_str!("../../../rulebooks/mining-right.toml"),
    include_str!("../../../rulebooks/replay-tsuchiura.toml"),
    include_str!("../../../rulebooks/state-assets.toml"),
];

/// A rulebook and its values.
#[derive(Clone)]
pub(crate) struct Book {
    pub name: String,
    pub text: String,
    pub rules: Rulebook,
}

impl Book {
    pub(crate) fn of(text: &str) -> Self {
        let rules = Rulebook::parse(text).unwrap();
        Self { name: rules.category().to_owned(), text: text.to_owned(), rules }
    }

    /// Every rulebook in the folder; the list above is checked against it.
    pub(crate) fn shipped() -> Vec<Self> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rulebooks");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), SHIPPED.len(), "a rulebook without a reader");
        SHIPPED.iter().map(|text| Self::of(text)).collect()
    }

    /// The same with another value of one parameter, as TOML has it.
    pub(crate) fn with(&self, parameter: &str, value: &str) -> Self {
        let head = format!("{parameter} = {{ value = ");
        let line = self.text.lines().find(|line| line.starts_with(&head)).unwrap();
        let rest = &line[line.find(", article").unwrap()..];
        Self::of(&self.text.replace(line, &format!("{head}{value}{rest}")))
    }

    pub(crate) fn parameters(&self) -> Vec<String> {
        let whole: toml::Table = toml::from_str(&self.text).unwrap();
        whole["parameter"].as_table().unwrap().keys().cloned().collect()
    }

    pub(crate) fn has(&self, parameter: &str) -> bool {
        self.rules.article(parameter).is_some()
    }

    pub(crate) fn due(&self, parameter: &str, from: u64) -> u64 {
        self.rules.due(parameter, TimeMs::new(from)).map_or(from, TimeMs::get)
    }

    pub(crate) fn number(&self, parameter: &str) -> u64 {
        self.rules.number(parameter).unwrap()
    }

    pub(crate) fn flag(&self, parameter: &str) -> bool {
        self.rules.number(parameter).is_some_and(|flag| flag != 0)
    }

    /// Part and whole of a share.
    pub(crate) fn ratio(&self, parameter: &str) -> (u64, u64) {
        let text = self.rules.text(parameter);
        let (part, whole) = text.trim_matches('"').split_once('/').unwrap();
        (part.parse().unwrap(), whole.parse().unwrap())
    }

    pub(crate) fn first_word(&self, parameter: &str) -> String {
        let text = self.rules.text(parameter);
        text.split('"').nth(1).unwrap().to_owned()
    }

    /// The last moment from which the duration ends no later than `end`.
    pub(crate) fn latest(&self, parameter: &str, end: u64) -> u64 {
        let (mut fits, mut late) = (0, end + 1);
        while late - fits > 1 {
            let middle = fits + (late - fits) / 2;
            if self.due(parameter, middle) <= end { fits = middle } else { late = middle }
        }
        fits
    }
}

/// What happens to the record outside.
#[derive(Clone, Copy)]
pub(crate) enum Judged {
    /// Refused with this code, citing this parameter or rule. Two codes joined by "or": of tenders and of listings.
    Refused(&'static str),
    /// Recorded, with the missed duty flagged: its fact is not undone by refusing the record.
    Flagged,
    /// Recorded, and the project fails with the article as the reason.
    Fails,
}

/// A parameter, what is outside of it, and the scene: true asks for the record outside.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub parameter: &'static str,
    pub judged: Judged,
    /// The rule a refusal names: the parameter itself save where it only chooses which other one holds.
    pub cites: &'static str,
    pub scene: fn(&Book, bool) -> (World, Draft),
}

pub(crate) const fn refused(
    parameter: &'static str,
    code: &'static str,
    scene: fn(&Book, bool) -> (World, Draft),
) -> Row {
    Row { parameter, judged: Judged::Refused(code), cites: parameter, scene }
}

pub(crate) const fn flagged(parameter: &'static str, scene: fn(&Book, bool) -> (World, Draft)) -> Row {
    Row { parameter, judged: Judged::Flagged, cites: parameter, scene }
}

fn shown(world: &World) -> Value {
    shown::project(&world.state, &project()).unwrap().unwrap()
}

fn is_late(world: &World, parameter: &str) -> bool {
    shown(world)["late"].as_array().unwrap().iter().any(|rule| rule == parameter)
}

impl Row {
    pub(crate) fn judge(&self, book: &Book) {
        let about = format!("{}: {}", book.name, self.parameter);
        let (mut inside, record) = (self.scene)(book, false);
        let kind = record.kind;
        inside.run(record).unwrap_or_else(|reject| panic!("{about}: {kind} inside: {reject}"));
        assert!(!is_late(&inside, self.parameter), "{about}: flagged inside");
        let (mut outside, record) = (self.scene)(book, true);
        self.is_named_by_its_step(book, &record);
        let verdict = outside.run(record);
        let article =
            book.rules.article(self.cites).or_else(|| book.rules.step_article(kind)).map(str::to_owned);
        match self.judged {
            Judged::Refused(code) => {
                let Err(reject) = verdict else { panic!("{about}: accepted outside") };
                assert!(code.split(" or ").any(|one| one == reject.code), "{about}: {reject}");
                assert_eq!(reject.rule, self.cites, "{about}: {reject}");
                assert_eq!(reject.article, article, "{about}");
            }
            Judged::Flagged => {
                verdict.unwrap_or_else(|reject| panic!("{about}: {reject}"));
                assert!(is_late(&outside, self.parameter), "{about}: not flagged");
                assert_eq!(flagged_article(&outside, self.parameter), article, "{about}");
            }
            Judged::Fails => {
                verdict.unwrap_or_else(|reject| panic!("{about}: {reject}"));
                assert_ne!(shown(&inside)["stage"], "failed", "{about}");
                assert_eq!(shown(&outside)["stage"], "failed", "{about}");
                let reason = shown(&outside)["end_reason"].as_str().unwrap().to_owned();
                assert!(reason.contains(&article.unwrap()), "{about}: {reason}");
            }
        }
    }
}

impl Row {
    /// The rulebook's step table says that this parameter, or the one it chooses, guards the record it is judged by.
    fn is_named_by_its_step(&self, book: &Book, record: &Draft) {
        let cases = format!("{}:", record.kind);
        let steps = book.rules.steps();
        let own = steps.iter().filter(|step| step.name == record.kind || step.name.starts_with(&cases));
        let guards: Vec<&String> = own.flat_map(|step| &step.guards).collect();
        let named = [self.parameter, self.cites].iter().any(|name| guards.iter().any(|guard| guard == name));
        assert!(named, "{}: {} does not guard {}: {guards:?}", book.name, self.parameter, record.kind);
    }
}

/// The article a flag is shown with.
fn flagged_article(world: &World, parameter: &str) -> Option<String> {
    let shown = shown(world);
    let at = shown["late"].as_array().unwrap().iter().position(|rule| rule == parameter).unwrap();
    shown["late_articles"][at].as_str().map(str::to_owned)
}
