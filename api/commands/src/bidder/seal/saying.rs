//! Says what is about to be sealed, in the words of a notice, and refuses what is known here to be void.
//!
//! **Invariant:** everything here comes before a token is bound and before a file is made.

use anyhow::{Context as _, bail, ensure};
use biaozheng_client::author;
use biaozheng_client::terms::{Tender, TenderLot};
use biaozheng_client::wallet::{Wallet, Word};
use biaozheng_contracts::Amount;
use biaozheng_contracts::bidding::bid::BidBody;
use zeroize::Zeroizing;

use super::{Bidder, Seal};
use crate::output::{complain, say, visible};
use crate::terminal::confirm::agreed;
use crate::terminal::moments::shown;

/// A bid's bytes, and what stands in them; nothing for a withdrawal.
pub(super) type Content = Option<(Zeroizing<Vec<u8>>, BidBody)>;

/// How an amount is shown: in yuan with its capitals, or in minor units of another currency.
pub(super) fn money(amount: Amount, currency: &str) -> String {
    if currency == "CNY" {
        return format!("{} 元 {} ({} 分)", amount.in_yuan(), amount.in_capitals(), amount.get());
    }
    format!("{} minor units 最小货币单位 of {currency}", amount.get())
}

impl Seal {
    /// Past its deadline nothing is sealed, withdrawn or replaced any more.
    pub(super) fn in_time(&self, tender: &Tender) -> anyhow::Result<()> {
        let now = author::clock();
        let what = if self.withdraw {
            "nothing is withdrawn any more 不能再撤回"
        } else {
            "nothing is sealed any more 不能再投标"
        };
        ensure!(
            now < tender.deadline,
            "the deadline has passed 投标截止时间已过: {}, and it is {} by this machine's clock; {what}. Nothing was made or sent, and no token spent 未使用凭证",
            shown(tender.deadline),
            shown(now)
        );
        Ok(())
    }

    /// The key is one that asked for this wallet's tokens: the chain knows those as this bidder's.
    pub(super) fn known_key(&self, bidder: &Bidder, wallet: Option<&Wallet>) -> anyhow::Result<()> {
        let keys = wallet.map(Wallet::keys).unwrap_or_default();
        let own = bidder.author.public_key();
        if keys.is_empty() || keys.contains(&own) || self.new_key {
            return Ok(());
        }
        let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
        bail!(
            "{} is {own}, and the tokens of this wallet were asked for with {} 密钥与申请凭证时所用的不同: a bid sealed with a \
             key that is not registered for {} does not count. Give --key with the right file; or, if your organisation \
             registered this key since, say --new-key 如该密钥系其后登记，请加 --new-key",
            self.key.as_deref().unwrap_or(std::path::Path::new("--key")).display(),
            keys.join(", "),
            bidder.author.org()
        )
    }

    /// A sequence that was sealed before does not replace anything: the first stands.
    pub(super) fn new_sequence(&self, wallet: Option<&Wallet>) -> anyhow::Result<()> {
        let before = wallet.and_then(|wallet| wallet.newest_sequence(self.project(), &self.lot));
        let Some(before) = before.filter(|before| *before >= self.sequence) else { return Ok(()) };
        bail!(
            "sequence {} is not above {before}, which was sealed from this wallet for lot {} of {} already: the earlier one \
             would stand 该序号已用过，先前的投标仍然有效. To replace it give --sequence {}",
            self.sequence,
            self.lot,
            self.project(),
            before.saturating_add(1)
        )
    }

    /// The word a wallet remembers.
    pub(super) fn word(&self) -> Word {
        Word { project: self.project().clone(), lot: self.lot.clone(), sequence: self.sequence }
    }

    /// What is sealed, line by line, and the question.
    pub(super) fn confirm(&self, bidder: &Bidder, tender: &Tender, content: &Content) -> anyhow::Result<()> {
        let lot = tender.lot(&self.lot).with_context(|| {
            let lots: Vec<&str> = tender.lots.iter().map(|lot| lot.id.as_str()).collect();
            format!("the tender has no lot {:?} 没有该标段; its lots are {}", self.lot, lots.join(", "))
        })?;
        say(format_args!("project 项目 {} {}", tender.project, clean(&tender.title)));
        say(format_args!("lot 标段 {} {}", lot.id, clean(&lot.title)));
        say(format_args!("bidder 投标人 {} with 密钥 {}", bidder.author.org(), bidder.author.public_key()));
        say(format_args!("sequence 序号 {}", self.sequence));
        match content {
            Some((_, body)) => say_offers(body, lot, &tender.currency),
            None => {
                say(format_args!("withdraws 撤回 what was sealed with sequences below {}", self.sequence))
            }
        }
        let question = if self.withdraw {
            "Seal this withdrawal? 确认撤回？"
        } else {
            "Seal this bid? 确认密封投标？"
        };
        ensure!(agreed(question, self.yes), "nothing was sealed, and no token spent 已取消，未使用凭证");
        Ok(())
    }
}

/// Text of a notice, for a line of a terminal.
fn clean(text: &str) -> String {
    visible(&text.chars().take(80).collect::<String>())
}

fn say_offers(body: &BidBody, lot: &TenderLot, currency: &str) {
    for (number, offer) in (1u32..).zip(body.offers()) {
        let Some(price) = offer.price else {
            complain(format_args!(
                "note 提示: offer {number} has no price and would be disqualified 第{number}个报价缺少价格"
            ));
            continue;
        };
        let which = if number == 1 { String::new() } else { format!(" {number}") };
        say(format_args!("price 报价{which} {}", money(price, currency)));
        for note in notes(price, lot, currency) {
            complain(format_args!("note 提示: {note}"));
        }
    }
}

/// What looks like a slip: a price above the ceiling, or one that is off by the factor between 元 and 分, or 万元.
fn notes(price: Amount, lot: &TenderLot, currency: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(ceiling) = lot.ceiling.filter(|ceiling| price > *ceiling) {
        let ceiling = money(ceiling, currency);
        found.push(format!(
            "the price is above the ceiling 报价超过最高投标限价 {ceiling}: it would be disqualified 将被否决"
        ));
    }
    let estimate = lot.estimate.get();
    if estimate > 0 && price.get().saturating_mul(20) < estimate {
        found.push(format!(
            "the price is less than a twentieth of the estimate {} 报价不足估算价的二十分之一: 'price' is in 分, so 80万元 is 80000000 价格单位为分",
            money(lot.estimate, currency)
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(fen: u64) -> Amount {
        Amount::new(fen).unwrap()
    }

    #[test]
    fn a_price_in_yuan_where_fen_are_meant_is_noticed() {
        let lot = TenderLot {
            id: "1".into(),
            title: "x".into(),
            estimate: amount(85_000_000),
            ceiling: Some(amount(90_000_000)),
        };
        assert!(notes(amount(80_000_000), &lot, "CNY").is_empty());
        assert!(notes(amount(800_000), &lot, "CNY")[0].contains("价格单位为分"));
        assert!(notes(amount(90_000_001), &lot, "CNY")[0].contains("将被否决"));
        assert_eq!(money(amount(80_000_000), "CNY"), "800,000.00 元 人民币捌拾万元整 (80000000 分)");
        assert_eq!(money(amount(800_000), "JPY"), "800000 minor units 最小货币单位 of JPY");
    }
}
