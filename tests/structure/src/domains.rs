//! The direction between a crate's domains, its folders: each may use itself and those named before it. A line `above NAME`
//! names a folder that belongs to the files above all domains.

use std::path::Path;

use anyhow::Context as _;

use crate::circles::Graph;
use crate::krate::Crate;

/// Every import that runs against the order of `domains.txt`, and every folder or line that has no partner.
pub(crate) fn broken(krate: &Crate, imports: &Graph, root: &Path) -> anyhow::Result<Vec<String>> {
    let list = krate.domains_file();
    let text = std::fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let above: Vec<&str> = lines().filter_map(|line| line.strip_prefix("above ")).collect();
    let order: Vec<&str> = lines().filter(|line| !line.starts_with("above ")).collect();
    let mut broken = Vec::new();
    for entry in std::fs::read_dir(krate.source())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !order.contains(&&*name) && !above.contains(&&*name) {
            broken.push(format!("{}: no domain of {}", path.display(), list.display()));
        }
    }
    for (from, targets) in imports.iter().enumerate() {
        let Some(file) = krate.files.get(from) else { continue };
        let Some(own) = place(&order, &file.module) else { continue };
        for target in targets {
            let Some(other) = krate.files.get(*target) else { continue };
            let allowed = place(&order, &other.module).is_some_and(|place| place <= own);
            if !allowed {
                broken.push(format!("{} uses {}, which lies above it", file.shown(root), other.shown(root)));
            }
        }
    }
    Ok(broken)
}

/// A module's place in the order; `None` for the files above all domains.
fn place(order: &[&str], module: &[String]) -> Option<usize> {
    let domain = module.first()?;
    order.iter().position(|name| name == domain)
}
