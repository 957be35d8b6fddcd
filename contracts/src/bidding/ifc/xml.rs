//! The version an ifcXML file is of: what the namespaces in its first element say.
//!
//! ```text
//! <ifcXML xmlns="http://www.buildingsmart-tech.org/ifcXML/IFC4/Add2" …>
//! <ex:iso_10303_28 … xmlns:ifc="http://www.iai-tech.org/ifcXML/IFC2x3/FINAL">
//! ```

use crate::bidding::ifc::{IfcError, IfcSchema};

/// How much of a file is looked at. Bytes.
const XML_BYTES_MAX: usize = 64 * 1024;

/// The version of an ifcXML file, from its beginning.
///
/// # Errors
/// [`IfcError::NotXml`].
pub fn schema_of_xml(head: &[u8]) -> Result<IfcSchema, IfcError> {
    let head = head.get(..XML_BYTES_MAX).unwrap_or(head);
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let known = ["ifcXML", "iso_10303_28", "uos"].iter().any(|name| text.contains(name));
    if !text.starts_with('<') || !known {
        return Err(IfcError::NotXml);
    }
    let mut found: Option<IfcSchema> = None;
    for value in text.split(['"', '\'', ' ', '\n', '\r', '\t']).filter(|value| is_namespace(value)) {
        let mut parts = value.split('/').skip_while(|part| !is_version(part));
        let Some(version) = parts.next() else { continue };
        let amendment = parts.next().unwrap_or_default().to_ascii_uppercase();
        let amended =
            amendment.starts_with("ADD") || amendment.starts_with("TC") || amendment.starts_with("RC");
        let name = if amended { format!("{version}_{amendment}") } else { version.to_owned() };
        let schema = IfcSchema::new(&name).map_err(|_| IfcError::NotXml)?;
        if found.as_ref().is_some_and(|found| *found != schema) {
            return Err(IfcError::NotXml);
        }
        found = Some(schema);
    }
    found.ok_or(IfcError::NotXml)
}

fn is_namespace(value: &str) -> bool {
    let of_ifc = value.contains("buildingsmart") || value.contains("iai-tech.org");
    value.starts_with("http") && of_ifc && !value.ends_with(".xsd")
}

/// `IFC2x3`, `IFC4`: not `IFC` alone, and not `ifcXML`.
fn is_version(part: &str) -> bool {
    let number = part.get(..3).filter(|name| name.eq_ignore_ascii_case("IFC")).and_then(|_| part.get(3..));
    number.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_namespace_says_the_version() {
        for (file, name) in [
            (
                "<?xml version=\"1.0\"?>\n<ifcXML xmlns=\"http://www.buildingsmart-tech.org/ifcXML/IFC4/Add2\">",
                "IFC4_ADD2",
            ),
            ("\u{feff}<ifc:ifcXML xmlns:ifc='http://www.buildingsmart-tech.org/ifcXML/IFC4/final'>", "IFC4"),
            (
                "<ex:iso_10303_28 xmlns:ifc=\"http://www.iai-tech.org/ifcXML/IFC2x3/FINAL\" \
                 xsi:schemaLocation=\"http://www.iai-tech.org/ifcXML/IFC2x3/FINAL http://www.iai-tech.org/ifcXML/IFC2x3/FINAL/IFC2X3.xsd\">",
                "IFC2X3",
            ),
        ] {
            assert_eq!(schema_of_xml(file.as_bytes()).unwrap().as_str(), name, "{file}");
        }
        for none in [
            "",
            "<html>",
            "<ifcXML/>",
            "ISO-10303-21;",
            "<ifcXML a=\"http://buildingsmart/IFC4/x\" b=\"http://buildingsmart/IFC2x3/x\">",
        ] {
            assert_eq!(schema_of_xml(none.as_bytes()), Err(IfcError::NotXml), "{none}");
        }
    }
}
