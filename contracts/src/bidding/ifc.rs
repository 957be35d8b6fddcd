//! Building models in IFC (ISO 16739-1): the names of its versions, and what a bid names of a model.
//!
//! **Invariant:** a name is kept and compared in capitals, however a file spells it. Whether the rest of a file is a sound
//! model is the committee's to judge; that it is the bidder's own is what the digest in its sealed bid says.

use biaozheng_ledger::ids::DocumentDigest;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize};

mod head;
mod text;
mod xml;

pub use head::{HEAD_BYTES_MAX, schema_of, schema_of_part};
pub use xml::schema_of_xml;

const SCHEMA_BYTES_MAX: usize = 24;

/// A schema's name in capitals, such as `IFC4X3_ADD2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(transparent)]
pub struct IfcSchema(String);

/// Why a file's head, or a schema's name, is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IfcError {
    #[error("an IFC schema's name is 'IFC' and letters, digits or '_', at most 24 characters 不是IFC版本名")]
    Schema,
    #[error(
        "the file does not begin with 'ISO-10303-21; HEADER;': it is no IFC exchange file 不是IFC交换文件"
    )]
    NotExchangeFile,
    #[error(
        "the head names no single FILE_SCHEMA before its ENDSEC within 16 MiB 文件头未载明唯一的FILE_SCHEMA"
    )]
    NoSchema,
    #[error("the file is no ifcXML that names one version of IFC 不是载明唯一IFC版本的ifcXML文件")]
    NotXml,
}

impl IfcSchema {
    /// Small letters are taken for capitals.
    ///
    /// # Errors
    /// [`IfcError::Schema`].
    pub fn new(text: &str) -> Result<Self, IfcError> {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let name = text.to_ascii_uppercase();
        let fits = name.len() <= SCHEMA_BYTES_MAX
            && name.len() > 3
            && name.starts_with("IFC")
            && name.bytes().all(known);
        if fits { Ok(Self(name)) } else { Err(IfcError::Schema) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether who asks for this name is served by a model of `stated`: the same name, or an addendum or technical
    /// corrigendum of it. `IFC4X3` takes `IFC4X3_ADD2`; `IFC4X3_ADD2` takes no `IFC4X3`, and nothing takes a draft.
    #[must_use]
    pub fn takes(&self, stated: &Self) -> bool {
        let amendment = |part: &str| {
            let number = part.strip_prefix("ADD").or_else(|| part.strip_prefix("TC"));
            number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        };
        match stated.0.strip_prefix(&self.0) {
            Some("") => true,
            Some(rest) => rest.strip_prefix('_').is_some_and(|rest| rest.split('_').all(amendment)),
            None => false,
        }
    }
}

biaozheng_ledger::inline_schema!(IfcSchema, {
    "type": "string", "pattern": "^IFC[A-Z0-9_]+$", "maxLength": SCHEMA_BYTES_MAX,
    "description": "A version of IFC, such as IFC4 or IFC4X3_ADD2.",
});

impl<'de> Deserialize<'de> for IfcSchema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&<String as Deserialize>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A model as a bid names it: the file by digest and size, and the schema its head states.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct ModelReference {
    pub digest: DocumentDigest,
    /// Bytes.
    pub size: u64,
    pub schema: IfcSchema,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_capitals_and_an_edition_takes_its_amendments() {
        let name = |text: &str| IfcSchema::new(text).unwrap();
        assert_eq!(name("IFC2x3"), name("IFC2X3"));
        assert_eq!(name("IFC4X3_DEV_7e95fe8").as_str(), "IFC4X3_DEV_7E95FE8");
        assert_eq!(
            biaozheng_ledger::json::from_value::<IfcSchema>(&"ifc4x3_add2".into()).unwrap(),
            name("IFC4X3_ADD2")
        );
        for none in ["", "IFC", "CIS2", "IFC 4", "IFC4-3", "IFCé", &format!("IFC{}", "4".repeat(22))] {
            assert_eq!(IfcSchema::new(none), Err(IfcError::Schema), "{none}");
        }
        for (asked, stated, takes) in [
            ("IFC4X3", "IFC4X3", true),
            ("IFC4X3", "IFC4X3_ADD2", true),
            ("IFC4X3", "IFC4x3_TC1", true),
            ("IFC4X3_ADD2", "IFC4X3", false),
            ("IFC4X3", "IFC4X3_RC4", false),
            ("IFC4X3", "IFC4X3_DEV_7e95fe8", false),
            ("IFC4", "IFC4_ADD2_TC1", true),
            ("IFC4", "IFC4X3", false),
            ("IFC4", "IFC4_ADD", false),
            ("IFC2X3", "IFC2X3_TC1", true),
            ("IFC2X3", "IFC2X3_", false),
            ("IFC2X", "IFC2X3", false),
        ] {
            assert_eq!(name(asked).takes(&name(stated)), takes, "{asked} {stated}");
        }
    }
}
