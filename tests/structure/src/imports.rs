//! Which file of a crate uses which: every path in its code that leads to a name of another file.
//!
//! A name that a module only hands on (`pub use`) leads to the file it comes from, so a face in front of a folder makes no
//! circle. What tests alone use does not count.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;

use crate::circles::Graph;
use crate::krate::{Crate, File, is_test};

/// How often a name is followed from one `use` to the next before it is given up.
const HOPS_MAX: usize = 16;

/// Names a file brings in or hands on: to which path each leads.
type Brought = BTreeMap<String, Vec<String>>;

pub(crate) fn of(krate: &Crate) -> Graph {
    let brought: Vec<Uses> = krate.files.iter().map(Uses::of).collect();
    let mut graph = Vec::with_capacity(krate.files.len());
    for (number, file) in krate.files.iter().enumerate() {
        if file.module.iter().any(|name| name == "tests") {
            graph.push(BTreeSet::new());
            continue;
        }
        let mut paths = Paths { file, found: Vec::new() };
        paths.visit_file(&file.syntax);
        let mut targets = BTreeSet::new();
        for path in paths.found {
            if let Some(target) = resolve(krate, &brought, number, &path) {
                targets.insert(target);
            }
        }
        targets.remove(&number);
        graph.push(targets);
    }
    graph
}

/// The file in which the thing at `path` (from the crate's root, or relative to `number`'s names) is written.
fn resolve(krate: &Crate, brought: &[Uses], number: usize, path: &[String]) -> Option<usize> {
    let mut here = number;
    let mut path = path.to_vec();
    for _ in 0..HOPS_MAX {
        // The longest beginning that is a module.
        let depth = (0..=path.len())
            .rev()
            .find(|depth| path.get(..*depth).is_some_and(|start| krate.modules.contains_key(start)))?;
        here = *krate.modules.get(path.get(..depth)?)?;
        let Some(name) = path.get(depth) else { return Some(here) };
        let rest = path.get(depth.saturating_add(1)..)?.to_vec();
        let uses = brought.get(here)?;
        let next = uses.names.get(name).cloned().or_else(|| {
            // `pub use child::*` hands on whatever the child has of that name.
            let has = |glob: &&Vec<String>| {
                krate
                    .modules
                    .get(*glob)
                    .and_then(|file| brought.get(*file))
                    .is_some_and(|uses| uses.declared.contains(name))
            };
            let glob = uses.globs.iter().find(has)?;
            let mut path = glob.clone();
            path.push(name.clone());
            Some(path)
        });
        match next {
            Some(mut next) => {
                next.extend(rest);
                path = next;
            }
            None => return Some(here),
        }
    }
    Some(here)
}

/// What a file's `use` items bring in, as paths from the crate's root, and what it declares itself.
#[derive(Default)]
struct Uses {
    names: Brought,
    globs: Vec<Vec<String>>,
    declared: BTreeSet<String>,
}

impl Uses {
    fn of(file: &File) -> Self {
        let mut uses = Self::default();
        for item in &file.syntax.items {
            match item {
                syn::Item::Use(item) if !is_test(&item.attrs) => {
                    let mut add = |path: Vec<String>, name: Option<String>| {
                        let Some(path) = from_root(file, &path) else { return };
                        match name {
                            Some(name) => drop(uses.names.insert(name, path)),
                            None => uses.globs.push(path),
                        }
                    };
                    leaves(&item.tree, &mut Vec::new(), &mut add);
                }
                syn::Item::Struct(item) => drop(uses.declared.insert(item.ident.to_string())),
                syn::Item::Enum(item) => drop(uses.declared.insert(item.ident.to_string())),
                syn::Item::Fn(item) => drop(uses.declared.insert(item.sig.ident.to_string())),
                syn::Item::Const(item) => drop(uses.declared.insert(item.ident.to_string())),
                syn::Item::Trait(item) => drop(uses.declared.insert(item.ident.to_string())),
                syn::Item::Type(item) => drop(uses.declared.insert(item.ident.to_string())),
                _ => {}
            }
        }
        uses
    }
}

/// A path as written in a file, from the crate's root; `None` where it leads to another crate.
fn from_root(file: &File, path: &[String]) -> Option<Vec<String>> {
    let first = path.first()?;
    let rest = path.get(1..)?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some(file.module.iter().chain(rest).cloned().collect()),
        "super" => {
            let mut base = file.module.clone();
            let mut rest = path;
            while let Some((first, after)) = rest.split_first()
                && first == "super"
            {
                base.pop();
                rest = after;
            }
            base.extend(rest.iter().cloned());
            Some(base)
        }
        _ => {
            // A child module named directly.
            let declares = |item: &syn::Item| matches!(item, syn::Item::Mod(item) if item.ident == first && item.content.is_none());
            let child = file.syntax.items.iter().any(declares);
            child.then(|| file.module.iter().chain(path).cloned().collect())
        }
    }
}

/// Every leaf of a `use` tree, with the name it has here; `None` for a glob.
fn leaves(tree: &syn::UseTree, start: &mut Vec<String>, add: &mut impl FnMut(Vec<String>, Option<String>)) {
    match tree {
        syn::UseTree::Path(path) => {
            start.push(path.ident.to_string());
            leaves(&path.tree, start, add);
            start.pop();
        }
        syn::UseTree::Name(name) if name.ident == "self" => {
            let named = start.last().cloned();
            add(start.clone(), named);
        }
        syn::UseTree::Name(name) => {
            let name = name.ident.to_string();
            add(start.iter().chain([&name]).cloned().collect(), Some(name.clone()));
        }
        syn::UseTree::Rename(rename) => {
            let path = start.iter().cloned().chain([rename.ident.to_string()]).collect();
            add(path, Some(rename.rename.to_string()));
        }
        syn::UseTree::Glob(_) => add(start.clone(), None),
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                leaves(tree, start, add);
            }
        }
    }
}

/// All paths of a file that lead into its crate. A name that is only handed on is no use of it.
struct Paths<'a> {
    file: &'a File,
    found: Vec<Vec<String>>,
}

impl<'a> Visit<'a> for Paths<'_> {
    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        if is_test(&item.attrs) || !matches!(item.vis, syn::Visibility::Inherited) {
            return;
        }
        let (file, found) = (self.file, &mut self.found);
        leaves(&item.tree, &mut Vec::new(), &mut |path, _| found.extend(from_root(file, &path)));
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.len() > 1 {
            self.found.extend(from_root(self.file, &names));
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_fn(self, item);
        }
    }
}
