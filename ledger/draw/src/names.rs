//! Names that pool and draws use: 1 to 64 of `A-Za-z0-9._:-`, starting with a letter or digit. Codes and pseudonyms, so that
//! no person's name can stand here by accident.

use std::fmt;

use biaozheng_ledger::ids::{IdentifierError, OrgId};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, BorshSerialize, BorshDeserialize,
        )]
        #[serde(transparent)]
        pub struct $name(OrgId);

        impl $name {
            /// # Errors
            /// When the text is empty, too long, or has another character.
            pub fn new(text: &str) -> Result<Self, IdentifierError> {
                OrgId::new(text).map(Self)
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        #[cfg(feature = "schema")]
        biaozheng_ledger::inline_schema!($name, {
            "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$",
            "description": "A code or pseudonym, never a person's name.",
        });

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.as_str())
            }
        }
    };
}

name!(
    /// An expert's pseudonym in the pool.
    ExpertId
);
name!(
    /// A speciality's code (评标专家专业分类).
    Speciality
);
name!(
    /// Why an expert cannot sit on a committee: a word of the rulebook's `recusal_grounds`.
    Ground
);
name!(
    /// A region's code (GB/T 2260).
    Region
);
