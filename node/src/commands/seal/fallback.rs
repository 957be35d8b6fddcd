//! The bidder's two steps when the group has not opened in its time: bind what stands, then prove it.
//!
//! **Invariant:** what is bound is, for each lot, the highest sequence of all the proofs that were given: the bid that
//! stands by the chain's own rule. Another one bound is no bid once the slot opens after all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_ledger::ids::{DocumentDigest, ProjectId};
use biaozheng_seal::sealing::OpeningProof;
use serde_json::json;
use zeroize::Zeroizing;

use super::super::Exit;
use super::super::output::say;
use super::Bidder;

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

impl Bidder {
    /// Names, for each lot, the entry that stands. Shows nothing of the bid.
    pub(super) async fn bind(&self, project: &ProjectId, paths: &[PathBuf]) -> anyhow::Result<Exit> {
        let proofs: anyhow::Result<Vec<_>> = paths.iter().map(|path| Ok(read(path, project)?.1)).collect();
        let standing = standing(proofs?)?;
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
        say(
            "Keep the proofs. When the time to bind is over, open each: biaozheng seal --prove NAME.proof. What is bound and \
             not proved is no bid 绑定期满后请以 --prove 逐一开启，未开启者视为未投标",
        );
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
