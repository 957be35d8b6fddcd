//! The bidder's two steps when the group has not opened in its time: bind what stands, then prove it.
//!
//! **Invariant:** what is bound is, for each lot, the highest sequence of all the proofs that were given: the bid that
//! stands by the chain's own rule. Another one bound is no bid once the slot opens after all. And no proof leaves this
//! machine before the time to bind is over, unless the bidder says so: whoever gets it sees the price.

use biaozheng_contracts::parameters;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_client::wallet::Wallet;
use biaozheng_contracts::Rulebook;
use biaozheng_ledger::ids::{DocumentDigest, ProjectId, TimeMs};
use biaozheng_seal::sealing::OpeningProof;
use serde_json::json;
use zeroize::Zeroizing;

use super::{Bidder, Seal};
use crate::Exit;
use crate::output::say;
use crate::terminal::moments::shown;
use crate::terminal::naming::own;

fn read(path: &Path, project: &ProjectId) -> anyhow::Result<(Zeroizing<Vec<u8>>, OpeningProof)> {
    let bytes = Zeroizing::new(std::fs::read(path).with_context(|| path.display().to_string())?);
    let proof = OpeningProof::from_bytes(&bytes).with_context(|| path.display().to_string())?;
    ensure!(
        proof.identity().opening.tender == *project,
        "{}: the proof is of another project 开启证明属于其他项目",
        path.display()
    );
    Ok((bytes, proof))
}

/// Of each lot the proof with the highest sequence. Of two entries with one sequence the chain counts the first to come,
/// which no proof tells.
fn standing(proofs: Vec<OpeningProof>) -> anyhow::Result<BTreeMap<String, OpeningProof>> {
    let mut found = BTreeMap::<String, OpeningProof>::new();
    for proof in proofs {
        let (lot, sequence) = (proof.identity().lot.as_str().to_owned(), proof.identity().sequence);
        let known = found.get(&lot);
        let twin = known.is_some_and(|one| one.identity().sequence == sequence && *one != proof);
        ensure!(
            !twin,
            "lot {lot}: two proofs with sequence {sequence}: give the one whose entry came first (see its certificate) \
             同一序号有两份，请仅提供先入链者"
        );
        if known.is_none_or(|one| one.identity().sequence < sequence) {
            found.insert(lot, proof);
        }
    }
    Ok(found)
}

/// Refuses to bind what this bidder replaced itself, by the wallet's word.
fn newest(lot: &str, given: u32, sealed: Option<u32>) -> anyhow::Result<()> {
    ensure!(
        sealed.is_none_or(|sealed| sealed <= given),
        "lot {lot}: this wallet sealed sequence {} after the {given} of the proof given, and that one stands: bound to another \
         you have no bid. Give its proof too; where it was never taken (seal --check), bind without --wallet. Nothing was \
         sent 钱包中另有序号更大的投标，未发送",
        sealed.unwrap_or_default()
    );
    Ok(())
}

/// Why a proof is not given away at this moment: `from` is the last moment of the time to bind.
fn too_early(now: TimeMs, deadline: TimeMs, from: TimeMs) -> Option<String> {
    if now < deadline {
        return Some(format!(
            "the slot is not over before {}: whoever gets the proof sees the price. Nothing was sent 时段未结束，未发送",
            shown(deadline)
        ));
    }
    (now <= from).then(|| {
        format!(
            "the time to bind is over at {}: whoever gets the proof before sees the price while others bind. Nothing was \
             sent. Where the group has opened every name and only bodies are shut, or others prove already, --now proves at \
             once 绑定期未满，未发送；各投标人名称均已开启时可加 --now",
            shown(from)
        )
    })
}

/// The last moment of the time to bind, without suspensions, which only make it later.
fn bind_until(rulebook: &Rulebook, deadline: TimeMs) -> Option<TimeMs> {
    rulebook.due(&parameters::REVEAL_WINDOW, rulebook.due(&parameters::SEALING_SIGNATURE_WINDOW, deadline)?)
}

impl Seal {
    /// Refuses to give a proof away before its time: the deadline by certified terms, the windows by the project's
    /// rulebook, the moment by this machine's clock. Suspensions are the node's word.
    pub(super) async fn time_to_prove(&self, bidder: &Bidder) -> anyhow::Result<()> {
        if self.now {
            return Ok(());
        }
        let (client, project) = (&bidder.client, self.project());
        let terms = match &self.terms {
            Some(_) => self.terms(bidder).await?,
            None => client.sealing_terms(bidder.chain, project).await?,
        };
        let tender = terms.tender(project).with_context(|| format!("the terms have no tender {project}"))?;
        let rulebook = Rulebook::parse_effective(&client.project_rulebook(project).await?)?;
        let from = bind_until(&rulebook, tender.deadline).context("this tender has no time to prove")?;
        if let Some(why) = too_early(biaozheng_client::author::clock(), tender.deadline, from) {
            bail!("{why}");
        }
        let opening = client.opening(project).await?;
        let code = opening["waits"]["code"].as_str().unwrap_or_default();
        ensure!(
            !matches!(code, "project.suspended" | "complaint.suspends"),
            "the procedure stands still, and the windows count anew from its end. Nothing was sent 程序暂停中，未发送"
        );
        Ok(())
    }
}

impl Bidder {
    /// Names, for each lot, the entry that stands. Shows nothing of the bid.
    pub(super) async fn bind(
        &self,
        project: &ProjectId,
        paths: &[PathBuf],
        wallet: Option<&Wallet>,
    ) -> anyhow::Result<Exit> {
        let proofs: anyhow::Result<Vec<_>> = paths.iter().map(|path| Ok(read(path, project)?.1)).collect();
        let standing = standing(proofs?)?;
        for (lot, proof) in &standing {
            newest(lot, proof.identity().sequence, wallet.and_then(|one| one.newest_sequence(project, lot)))?;
        }
        let groups = self.client.sealing_groups(self.chain).await?;
        for (lot, proof) in &standing {
            let sequence = proof.identity().sequence;
            let entry = DocumentDigest::new(proof.entry(&groups.sealing).digest());
            let body = json!({"lot": lot, "sequence": sequence, "entry": entry});
            let draft = self.author.record("sealed.bound/1", body).project(project.clone());
            let record = draft.sign(biaozheng_client::author::clock())?;
            self.submit(&record).await?;
            say(format_args!("lot 标段 {lot}: bound 已绑定, sequence 序号 {sequence} {}", record.id()));
        }
        say(own(
            "Keep the proofs. When the time to bind is over, open each: biaozheng seal --prove NAME.proof. What is bound and \
             not proved is no bid 绑定期满后请以 --prove 逐一开启，未开启者视为未投标",
        ));
        Ok(Exit::Done)
    }

    /// Opens a bid with its proof.
    pub(super) async fn prove(&self, project: &ProjectId, path: &Path) -> anyhow::Result<Exit> {
        let (bytes, _) = read(path, project)?;
        let body = json!({"proof": BASE64.encode(&*bytes)});
        let draft = self.author.record("sealed.proved/1", body).project(project.clone());
        let record = draft.sign(biaozheng_client::author::clock())?;
        self.submit(&record).await?;
        say(format_args!("opened by its bidder 投标人自行开启 {}", record.id()));
        Ok(Exit::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_wallet_replaced_is_not_bound() {
        assert!(
            newest("1", 2, None).is_ok()
                && newest("1", 2, Some(2)).is_ok()
                && newest("1", 2, Some(1)).is_ok()
        );
        let refused = newest("1", 2, Some(3)).unwrap_err().to_string();
        assert!(refused.contains("sequence 3") && refused.contains("Nothing was"), "{refused}");
    }

    #[test]
    fn a_proof_stays_here_until_the_time_to_bind_is_over() {
        let text = include_str!("../../../../../contracts/rulebooks/engineering-open.toml");
        let rulebook = Rulebook::parse(text).unwrap();
        let (deadline, hour) = (TimeMs::new(1_800_000_000_000), 3_600_000);
        let from = bind_until(&rulebook, deadline).unwrap();
        assert_eq!(from.get(), deadline.get() + 3 * hour, "one hour of the group, two to bind");
        let early = |now: u64| too_early(TimeMs::new(now), deadline, from);
        assert!(early(deadline.get() - 1).unwrap().contains("the slot is not over"));
        assert!(early(deadline.get()).unwrap().contains("the time to bind is over at"));
        assert!(early(from.get()).is_some());
        assert!(early(from.get() + 1).is_none());
    }
}
