//! What the command knows of the tender: from certified records, and from which node it asked for them.
//!
//! **Invariant:** a node that is to take the entry is asked for nothing that names tender or bidder, unless the bidder
//! says that it may.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::Client;
use biaozheng_client::terms::{TERMS_BYTES_MAX, Tender, Terms, TermsFile};
use biaozheng_ledger::ids::ChainId;
use biaozheng_seal::label::Slot;

use super::{Bidder, Seal};
use crate::output::say;
use crate::terminal::moments::shown;

/// Reads a file of terms and verifies everything in it.
fn read_terms(path: &Path, chain: ChainId) -> anyhow::Result<Terms> {
    let about = || path.display().to_string();
    let mut text = Vec::new();
    let limit = u64::try_from(TERMS_BYTES_MAX)?.saturating_add(1);
    std::fs::File::open(path).with_context(about)?.take(limit).read_to_end(&mut text)?;
    TermsFile::from_json(&text).and_then(|file| file.verify(chain)).with_context(about)
}

impl Seal {
    /// Refuses to name tender or bidder to the node that takes the entry.
    pub(super) fn apart(&self, what: &str) -> anyhow::Result<()> {
        let Some(entering) = &self.enter_at else {
            ensure!(self.same_node, "{}", refusal(what, "--enter-at is not given"));
            return Ok(());
        };
        let same = Client::new(entering)?.base_url() == Client::new(self.api())?.base_url();
        ensure!(!same || self.same_node, "{}", refusal(what, "--enter-at is the same node as --api"));
        Ok(())
    }

    /// The terms to seal under: of the file, or of the node, which then learns the tender.
    pub(super) async fn terms(&self, bidder: &Bidder) -> anyhow::Result<Terms> {
        if let Some(path) = &self.terms {
            return read_terms(path, bidder.chain);
        }
        self.apart("asking for this tender's terms")?;
        Ok(bidder.client.sealing_terms(bidder.chain, self.project()).await?)
    }

    /// The slot that ends at the tender's deadline, both shown.
    pub(super) fn slot<'a>(&self, terms: &'a Terms) -> anyhow::Result<(&'a Tender, Slot)> {
        let tender = terms.tender(self.project()).with_context(|| {
            format!("the terms have no tender {}; fetch them anew 条件文件中没有该项目", self.project())
        })?;
        ensure!(tender.to_group, "this tender's bids are not sealed to the group 该项目不采用门限密封");
        ensure!(!tender.over, "this tender is over 该项目已终止");
        let slot = tender.slot(terms.slot_ms).context("the deadline is no slot's end")?;
        say(format_args!("deadline 截止时间 {} (slot 时段 {})", shown(tender.deadline), slot.get()));
        say(format_args!(
            "  as of 依据 {}, {}, by certified records; moved 更改 {} times. If the tenderee moved it since, fetch the terms anew 如此后又有变更，请重新获取",
            tender.newest,
            shown(tender.newest_at),
            tender.moved
        ));
        self.agrees(tender)?;
        Ok((tender, slot))
    }

    fn agrees(&self, tender: &Tender) -> anyhow::Result<()> {
        let Some(own) = self.deadline else {
            say(
                "  hold it against the notice you have 请与手中的招标公告核对: --deadline \"2026-12-01 09:00\"",
            );
            return Ok(());
        };
        if own != tender.deadline {
            bail!(
                "the deadline you expect is {}, and that of the records is {}: nothing was sealed 截止时间不符，未密封. \
                 The terms may be old, or the node kept a change back: ask another node, or the tenderee",
                shown(own),
                shown(tender.deadline)
            );
        }
        Ok(())
    }
}

fn refusal(what: &str, why: &str) -> String {
    format!(
        "{why}: {what} there, and then entering the bid at the same node, tells its operator that this address bids on \
         this tender 同一节点会知道谁投了哪个标.\n  \
         Fetch the terms of all open tenders before (biaozheng export terms --out open.terms) and give --terms open.terms \
         with --wallet; or give another node with --enter-at; or say --same-node if its operator may know"
    )
}
