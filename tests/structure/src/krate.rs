//! One crate's source as modules: which file is which module, what each declares, how long its functions are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use syn::spanned::Spanned as _;
use syn::visit::Visit;

/// Folders of the checkout with Rust in them.
const TOPS: [&str; 5] = ["ledger", "contracts", "api", "node", "tests"];

pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) lines: usize,
}

pub(crate) struct File {
    pub(crate) path: PathBuf,
    /// The module's path from the crate's root; the root's own is empty.
    pub(crate) module: Vec<String>,
    pub(crate) lines: usize,
    pub(crate) functions: Vec<Function>,
    pub(crate) syntax: syn::File,
}

impl File {
    pub(crate) fn shown(&self, root: &Path) -> String {
        self.path.strip_prefix(root).unwrap_or(&self.path).display().to_string()
    }
}

pub(crate) struct Crate {
    folder: PathBuf,
    pub(crate) files: Vec<File>,
    /// The number of the file a module lies in.
    pub(crate) modules: BTreeMap<Vec<String>, usize>,
}

/// Folders of the checkout that hold a `Cargo.toml` with a `src` beside it.
pub(crate) fn folders(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for top in TOPS {
        search(&root.join(top), &mut found)?;
    }
    found.sort();
    Ok(found)
}

/// Folders of packages and of builds, which the checkout does not hold.
fn is_made(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "node_modules" || name == "target")
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listed = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = listed.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn search(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if folder.join("Cargo.toml").is_file() && folder.join("src").is_dir() {
        found.push(folder.to_owned());
    }
    for path in entries(folder)? {
        let own =
            path.file_name().is_some_and(|name| name == "src" || name == "node_modules" || name == "target");
        if path.is_dir() && !own {
            search(&path, found)?;
        }
    }
    Ok(())
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for path in entries(folder)? {
        if path.is_dir() && !is_made(&path) {
            rust_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

impl Crate {
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut paths = Vec::new();
        let source = folder.join("src");
        rust_files(&source, &mut paths)?;
        let mut krate = Self { folder: folder.to_owned(), files: Vec::new(), modules: BTreeMap::new() };
        for path in paths {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let syntax = syn::parse_file(&text).with_context(|| path.display().to_string())?;
            let mut functions = Functions { found: Vec::new() };
            functions.visit_file(&syntax);
            let module = module_of(path.strip_prefix(&source)?);
            // Programs beside the library are roots of their own, which nobody imports.
            let is_root = module.first().is_some_and(|first| first == "bin" || first == "main");
            if !is_root {
                krate.modules.insert(module.clone(), krate.files.len());
            }
            krate.files.push(File {
                lines: text.lines().count(),
                module,
                functions: functions.found,
                syntax,
                path,
            });
        }
        Ok(krate)
    }

    /// Whether its folders are domains with a direction.
    pub(crate) fn has_domains(&self) -> bool {
        self.domains_file().is_file()
    }

    pub(crate) fn domains_file(&self) -> PathBuf {
        self.folder.join("domains.txt")
    }

    pub(crate) fn source(&self) -> PathBuf {
        self.folder.join("src")
    }
}

/// Lines of the checkout that include another file as a module by its path.
pub(crate) fn path_includes(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut paths = Vec::new();
    for top in TOPS {
        rust_files(&root.join(top), &mut paths)?;
    }
    let mut found = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("#[path") {
                let shown = path.strip_prefix(root).unwrap_or(&path).display();
                found.push(format!("{shown}:{}", number.saturating_add(1)));
            }
        }
    }
    Ok(found)
}

fn module_of(relative: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        relative.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.len() == 1 && parts.first().is_some_and(|only| only == "lib") {
        parts.clear();
    }
    parts
}

/// Whether an item is there in tests only.
pub(crate) fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        list.path.is_ident("cfg")
            && list.tokens.to_string().split(|c: char| !c.is_alphanumeric()).any(|word| word == "test")
    })
}

struct Functions {
    found: Vec<Function>,
}

impl Functions {
    fn note(&mut self, name: &syn::Ident, span: proc_macro2::Span) {
        let lines = span.end().line.saturating_sub(span.start().line).saturating_add(1);
        self.found.push(Function { name: name.to_string(), lines });
    }
}

impl<'a> Visit<'a> for Functions {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.note(&item.sig.ident, item.block.span());
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.note(&item.sig.ident, item.block.span());
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if !is_test(&item.attrs) {
            syn::visit::visit_item_mod(self, item);
        }
    }
}
