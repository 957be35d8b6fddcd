//! 大写金额: an amount of yuan in the capital numerals that contracts and bids are written in, and in figures.
//!
//! As the central bank's rules for bills ask (《支付结算办法》附一《正确填写票据和结算凭证的基本规定》): 零 for zeros between
//! figures, once for several; 整 after 元 and 角; nothing where 分 ends it.

use crate::machine::amount::Amount;

const FIGURES: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
/// Inside a group of four figures, and of the groups.
const PLACES: [&str; 4] = ["仟", "佰", "拾", ""];

fn figure(digit: u64) -> &'static str {
    usize::try_from(digit).ok().and_then(|digit| FIGURES.get(digit)).copied().unwrap_or("")
}

/// Four figures; a zero between two others is said once, those at the end are not said.
fn group(value: u64) -> String {
    let mut text = String::new();
    let mut zero = false;
    for (place, unit) in PLACES.iter().zip([1000, 100, 10, 1]).map(|(name, unit)| (*name, unit)) {
        let digit = value.checked_div(unit).unwrap_or(0) % 10;
        if digit == 0 {
            zero = true;
            continue;
        }
        if zero && !text.is_empty() {
            text.push('零');
        }
        zero = false;
        text.push_str(figure(digit));
        text.push_str(place);
    }
    text
}

/// Whole yuan up to 2^53 分: 万亿, 亿, 万, and what is left.
fn whole(yuan: u64) -> String {
    let mut text = String::new();
    let mut zero = false;
    for (unit, name) in [(1_000_000_000_000, "万"), (100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let value = yuan.checked_div(unit).unwrap_or(0) % 10_000;
        if value == 0 {
            // 万亿 keeps its 亿: '玖拾万亿'.
            if name == "亿" && !text.is_empty() {
                text.push_str(name);
            }
            zero = true;
            continue;
        }
        if !text.is_empty() && (zero || value < 1000) {
            text.push('零');
        }
        zero = false;
        text.push_str(&group(value));
        text.push_str(name);
    }
    text
}

impl Amount {
    /// Of an amount in 分: `人民币捌拾万元整`.
    #[must_use]
    pub fn in_capitals(self) -> String {
        let (yuan, jiao, fen) = (self.get() / 100, self.get() / 10 % 10, self.get() % 10);
        let mut text = String::from("人民币");
        if yuan > 0 {
            text.push_str(&whole(yuan));
            text.push('元');
        }
        if jiao > 0 {
            text.push_str(figure(jiao));
            text.push('角');
        }
        if fen > 0 {
            if yuan > 0 && jiao == 0 {
                text.push('零');
            }
            text.push_str(figure(fen));
            text.push('分');
        } else if yuan > 0 || jiao > 0 {
            text.push('整');
        } else {
            text.push_str("零元整");
        }
        text
    }

    /// Of an amount in 分, in figures: `800,000.00`.
    #[must_use]
    pub fn in_yuan(self) -> String {
        let yuan = (self.get() / 100).to_string();
        let mut grouped = String::new();
        for (place, digit) in yuan.chars().enumerate() {
            if place > 0 && yuan.len().saturating_sub(place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{grouped}.{:02}", self.get() % 100)
    }

    /// An amount of yuan as people write it: `800000`, `800,000.00`, `80万`, `1.2亿元`, `¥80万`.
    ///
    /// Nothing for anything else, and for more figures behind the point than there are 分.
    #[must_use]
    pub fn of_yuan(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['¥', '￥']).unwrap_or(text);
        let text = text.strip_suffix('元').unwrap_or(text).trim();
        let (text, factor) = match (text.strip_suffix('亿'), text.strip_suffix('万')) {
            (Some(rest), _) => (rest, 10_000_000_000),
            (None, Some(rest)) => (rest, 1_000_000),
            (None, None) => (text, 100_u64),
        };
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let whole = figures(whole)?;
        let digits = u32::try_from(part.len()).ok().filter(|digits| (1..=12).contains(digits))?;
        let scale = 10_u64.checked_pow(digits)?;
        let part = plain(part)?.checked_mul(factor)?;
        let minor = whole.checked_mul(factor)?.checked_add(part.checked_div(scale)?)?;
        if part.checked_rem(scale)? == 0 { Self::new(minor).ok() } else { None }
    }
}

fn plain(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Figures, alone or in groups of three.
fn figures(text: &str) -> Option<u64> {
    let mut groups = text.split([',', '，']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    if rest.iter().any(|group| group.len() != 3) || (!rest.is_empty() && first.len() > 3) {
        return None;
    }
    plain(&[&[first], &rest[..]].concat().concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_rules_for_bills_write_them() {
        for (fen, capitals, figures) in [
            (0, "人民币零元整", "0.00"),
            (1, "人民币壹分", "0.01"),
            (10, "人民币壹角整", "0.10"),
            (80_000_000, "人民币捌拾万元整", "800,000.00"),
            (800_000, "人民币捌仟元整", "8,000.00"),
            (140_950, "人民币壹仟肆佰零玖元伍角整", "1,409.50"),
            (600_714, "人民币陆仟零柒元壹角肆分", "6,007.14"),
            (168_032, "人民币壹仟陆佰捌拾元叁角贰分", "1,680.32"),
            (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分", "16,409.02"),
            (10_700_053, "人民币壹拾万柒仟元伍角叁分", "107,000.53"),
            (32_504, "人民币叁佰贰拾伍元零肆分", "325.04"),
            (1_000_000_000, "人民币壹仟万元整", "10,000,000.00"),
            (1_000_000_100, "人民币壹仟万零壹元整", "10,000,001.00"),
            (10_000_000_000, "人民币壹亿元整", "100,000,000.00"),
            (10_000_010_000, "人民币壹亿零壹佰元整", "100,000,100.00"),
            (
                12_345_678_901_234,
                "人民币壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分",
                "123,456,789,012.34",
            ),
            (
                9_007_199_254_740_991,
                "人民币玖拾万零柒佰壹拾玖亿玖仟贰佰伍拾肆万柒仟肆佰零玖元玖角壹分",
                "90,071,992,547,409.91",
            ),
            (9_000_000_000_000_000, "人民币玖拾万亿元整", "90,000,000,000,000.00"),
            (100_000_000_000_100, "人民币壹万亿零壹元整", "1,000,000,000,001.00"),
        ] {
            let amount = Amount::new(fen).unwrap();
            assert_eq!((amount.in_capitals().as_str(), amount.in_yuan().as_str()), (capitals, figures));
        }
    }

    #[test]
    fn yuan_are_read_as_people_write_them_and_nonsense_is_not() {
        let read = |text| Amount::of_yuan(text).map(Amount::get);
        for (text, fen) in [
            ("800000", 80_000_000),
            ("800,000.00", 80_000_000),
            ("80万", 80_000_000),
            ("80万元", 80_000_000),
            ("¥80万", 80_000_000),
            ("1.2亿元", 12_000_000_000),
            ("80.123456万", 80_123_456),
            ("0.05", 5),
            ("12.5", 1250),
        ] {
            assert_eq!(read(text), Some(fen), "{text}");
        }
        for bad in [
            "",
            "元",
            "80w",
            "1e6",
            "-5",
            "8,00",
            "80,0000",
            "0.001",
            "80.1234567万",
            "1.",
            ".5",
            "八十万",
            "99999999999999999999",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
