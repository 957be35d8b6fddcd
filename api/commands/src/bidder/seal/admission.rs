//! The token an entry is admitted with: of a wallet, or asked for by name, which gives something away.

use std::path::Path;

use anyhow::{Context as _, ensure};
use biaozheng_client::author;
use biaozheng_client::sealing::{Groups, entry_record};
use biaozheng_client::wallet::{Spending, Wallet, WalletError, Word};
use biaozheng_contracts::sealing::slot::slot_end;
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::record::Record;
use biaozheng_seal::sealing::{OpeningProof, SealedEntry};
use zeroize::Zeroizing;

use super::{Bidder, Seal, fresh};
use crate::output::{complain, say};

impl Seal {
    /// The wallet, opened before anything is made: a damaged one, or another's, ends the command.
    pub(super) fn wallet(&self, bidder: &Bidder) -> anyhow::Result<Option<Wallet>> {
        let open = |path: &std::path::PathBuf| Wallet::open(path, bidder.chain, bidder.author.org());
        Ok(self.wallet.as_ref().map(open).transpose()?)
    }

    /// The entry of an interrupted sealing, made again from its proof.
    pub(super) fn kept_entry(&self, groups: &Groups, path: &Path) -> anyhow::Result<(SealedEntry, Word)> {
        let bytes = Zeroizing::new(std::fs::read(path).with_context(|| path.display().to_string())?);
        let proof = OpeningProof::from_bytes(&bytes)
            .with_context(|| format!("{}: damaged; nothing was sent; seal anew", path.display()))?;
        let identity = proof.identity();
        ensure!(
            identity.opening.tender == *self.project() && identity.lot.as_str() == self.lot,
            "the proof is of another project or lot 开启证明属于其他项目或标段"
        );
        let word = Word { sequence: identity.sequence, ..self.word() };
        Ok((proof.entry(&groups.sealing), word))
    }

    /// The record that enters the entry.
    pub(super) async fn admit(
        &self,
        bidder: &Bidder,
        groups: &Groups,
        wallet: Option<&mut Wallet>,
        (entry, word): (&SealedEntry, &Word),
    ) -> anyhow::Result<Record> {
        let Some(wallet) = wallet else {
            self.may_ask(bidder, "no wallet is given 未指定钱包")?;
            let groups = bidder.client.sealing_groups(bidder.chain).await?;
            let asked =
                bidder.client.sealing_tokens(&groups, &bidder.author, &[fresh()?], bidder.total).await?;
            let token = asked.1.into_iter().next().context("a token")?;
            return Ok(entry_record(&bidder.chain, token, entry)?);
        };
        let end = slot_end(entry.slot().get(), groups.slot_ms);
        let spending = match wallet.spend_for(entry, Some(word), author::clock(), end) {
            Err(none @ WalletError::Empty { .. }) => {
                self.replenish(bidder, wallet, &none).await?;
                wallet.spend_for(entry, Some(word), author::clock(), end)?
            }
            spent => spent?,
        };
        let Spending { record, valid_until, again } = spending;
        let left = wallet.unspent(author::clock());
        say(if again {
            format!("the wallet's token for this entry, once more 沿用钱包中为该条目绑定的凭证; {left} left")
        } else {
            format!("a token of the wallet 使用钱包中的凭证; {left} left 余")
        });
        if valid_until < end {
            complain(
                "warning 警告: this token ends before the slot does; a node that keeps the entry longer loses it. Give it to a node that does not cover 凭证先于时段到期",
            );
        }
        Ok(record)
    }

    /// One more token for an empty wallet: of what waits for signatures, or asked for by name.
    async fn replenish(
        &self,
        bidder: &Bidder,
        wallet: &mut Wallet,
        none: &WalletError,
    ) -> anyhow::Result<()> {
        let waits = wallet.waiting().iter().any(|one| !one.refused);
        if waits {
            // Asked for before: to collect it tells nothing new, but to the node that takes the entry whose it is.
            self.apart("collecting tokens that were asked for in your name")?;
            bidder.client.collect_tokens(wallet, bidder.total, &mut |_| {}).await?;
        }
        if wallet.unspent(author::clock()) > 0 {
            return Ok(());
        }
        self.may_ask(bidder, none)?;
        let groups = bidder.client.sealing_groups(bidder.chain).await?;
        let epoch = groups.tokens().context("no token epoch has a group yet 尚无投标凭证群密钥")?;
        let count = wallet.asked(epoch.number()).saturating_add(1);
        let (client, author) = (&bidder.client, &bidder.author);
        client.fill_wallet(wallet, epoch, author, count, bidder.total, &mut |_| {}).await?;
        Ok(())
    }
}

impl Seal {
    /// Asks by name only where the bidder says so, says what it gives away, and not at the node that takes the entry.
    fn may_ask(&self, bidder: &Bidder, why: impl std::fmt::Display) -> anyhow::Result<()> {
        ensure!(
            self.ask_by_name,
            "{why}; none is asked for in your name 不以贵单位名义临时申请. Fill a wallet early (biaozheng tokens fetch) and give \
             --wallet; or give --ask-by-name, and everybody sees that you asked now"
        );
        self.apart("asking for a token in your name")?;
        warn(bidder, why);
        Ok(())
    }
}

/// The record of an interrupted sending.
pub(super) fn kept_record(path: &Path, chain: ChainId) -> anyhow::Result<Record> {
    let about = || format!("{}: delete it and run this again if it is damaged", path.display());
    let record = Record::from_json(&std::fs::read(path).with_context(about)?).with_context(about)?;
    record.clone().verify(&chain).with_context(about)?;
    Ok(record)
}

/// Says what asking now gives away.
fn warn(bidder: &Bidder, why: impl std::fmt::Display) {
    complain(format_args!(
        "warning 警告: {why}; asking for a token in the name of {org} now.\n  \
         The request stands on the public chain for ever: everybody sees that {org} asked at this moment, and who asks shortly \
         before a deadline probably bids.\n  \
         现在以 {org} 的名义申请投标凭证。申请记录永久公开：任何人都能看到该单位在此刻申请，临近截止时间申请者很可能正在投标。\n  \
         Fetch a fixed number early in every epoch, whether you bid or not 请在每期开始时按固定数量申请，无论是否投标: biaozheng tokens fetch",
        org = bidder.author.org(),
    ));
}
