//! A member's sheet as people write it: CSV with one line a bid and one column a criterion; or the JSON that is sealed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use biaozheng_contracts::BidName;
use biaozheng_contracts::evaluation::committee::{BidScores, BlindScores, ScoreSheet};
use biaozheng_contracts::evaluation::methods::BlindCode;
use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::json::from_strict;
use serde_json::Value;

/// Largest sheet, bytes.
const SHEET_BYTES_MAX: u64 = 512 * 1024;
/// Most points, in hundredths.
const SCORE_MAX: u32 = 10_000;

/// Reads a sheet; a file that begins with `{` is JSON.
pub(super) fn read(path: &Path) -> anyhow::Result<ScoreSheet> {
    let about = || path.display().to_string();
    let mut bytes = Vec::new();
    let limit = SHEET_BYTES_MAX.saturating_add(1);
    std::fs::File::open(path).with_context(about)?.take(limit).read_to_end(&mut bytes)?;
    ensure!(bytes.len() as u64 <= SHEET_BYTES_MAX, "{}: more than {SHEET_BYTES_MAX} bytes", about());
    let text = String::from_utf8(bytes).ok().with_context(|| {
        format!("{}: not UTF-8; save it as 'CSV UTF-8' 请另存为 UTF-8 编码的 CSV", path.display())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    parse(text).with_context(about)
}

fn parse(text: &str) -> anyhow::Result<ScoreSheet> {
    let sheet = if text.trim_start().starts_with('{') {
        from_strict(text.as_bytes())
            .context("not the JSON form of a sheet; see: biaozheng record schema scores")?
    } else {
        table(text)?
    };
    let rows =
        sheet.scores.iter().map(|one| &one.criteria).chain(sheet.blind.iter().map(|one| &one.criteria));
    for (criterion, score) in rows.flatten() {
        ensure!(*score <= SCORE_MAX, "{criterion}: a score is 0 to 100 points 分值须为0至100");
    }
    Ok(sheet)
}

/// What a column holds.
enum Column {
    Lot,
    Bidder,
    Number,
    Code,
    Criterion(String),
}

fn column(name: &str) -> anyhow::Result<Column> {
    Ok(match name.trim() {
        "lot" | "标段" => Column::Lot,
        "bidder" | "投标人" => Column::Bidder,
        "number" | "份号" => Column::Number,
        "code" | "暗标编码" => Column::Code,
        "" => bail!("a column has no heading 有一列没有标题"),
        criterion => Column::Criterion(criterion.to_owned()),
    })
}

fn table(text: &str) -> anyhow::Result<ScoreSheet> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns = reader.headers()?.iter().map(column).collect::<anyhow::Result<Vec<_>>>()?;
    let has = |wanted: fn(&Column) -> bool| columns.iter().any(wanted);
    ensure!(
        has(|one| matches!(one, Column::Lot)) && has(|one| matches!(one, Column::Bidder | Column::Code)),
        "the first line names the columns: lot, bidder, then one for each criterion 首行须为列标题：lot,bidder,各评标标准"
    );
    let mut sheet = ScoreSheet { scores: Vec::new(), blind: Vec::new() };
    for line in reader.records() {
        let line = line?;
        if line.iter().all(str::is_empty) {
            continue;
        }
        let place = line.position().map_or(0, csv::Position::line);
        enter(&mut sheet, &columns, &line).with_context(|| format!("line 第{place}行"))?;
    }
    ensure!(!(sheet.scores.is_empty() && sheet.blind.is_empty()), "the sheet has no line 评分表没有内容");
    Ok(sheet)
}

fn enter(sheet: &mut ScoreSheet, columns: &[Column], line: &csv::StringRecord) -> anyhow::Result<()> {
    let (mut lot, mut bidder, mut number, mut code) = ("", "", "1", "");
    let mut criteria = BTreeMap::new();
    for (column, cell) in columns.iter().zip(line.iter()) {
        match column {
            Column::Lot => lot = cell,
            Column::Bidder => bidder = cell,
            Column::Number if !cell.is_empty() => number = cell,
            Column::Number => {}
            Column::Code => code = cell,
            // An empty cell is no score: a blind part has only its own criteria, an open one only the others.
            Column::Criterion(_) if cell.is_empty() => {}
            Column::Criterion(name) => {
                let score = hundredths(cell).with_context(|| {
                    format!("{name}: {cell:?} is no score of 0 to 100 with at most two decimals 分值须为0至100且最多两位小数")
                })?;
                ensure!(criteria.insert(name.clone(), score).is_none(), "{name} has two columns 列重复");
            }
        }
    }
    ensure!(!lot.is_empty(), "no lot 缺少标段");
    let lot = lot.to_owned();
    match (bidder.is_empty(), code.is_empty()) {
        (false, true) => {
            let bidder = OrgId::new(bidder).with_context(|| format!("bidder {bidder:?}"))?;
            let number = number.parse().with_context(|| format!("number {number:?}"))?;
            sheet.scores.push(BidScores { lot, bid: BidName { bidder, number }, criteria });
        }
        (true, false) => {
            let code: BlindCode =
                serde_json::from_value(Value::from(code)).with_context(|| format!("code {code:?}"))?;
            sheet.blind.push(BlindScores { lot, code, criteria });
        }
        _ => bail!("a line has either a bidder or a blind code 每行须填投标人或暗标编码之一"),
    }
    Ok(())
}

/// Points with at most two decimals, in hundredths.
fn hundredths(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > 3 || part.len() > 2 {
        return None;
    }
    let part: u32 = format!("{part:0<2}").parse().ok()?;
    let score = whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(part)?;
    (score <= SCORE_MAX).then_some(score)
}

/// What a sheet of a project has to cover, as the node shows it.
pub(super) struct Wanted {
    /// Lot and bid of each opened one.
    pub(super) bids: Vec<(String, BidName)>,
    /// Criteria the committee scores.
    pub(super) criteria: Vec<String>,
}

impl Wanted {
    pub(super) fn of(project: &Value) -> anyhow::Result<Self> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text =
            |value: &Value| value.as_str().map(str::to_owned).context("the node's answer is not a project");
        let scored = list(&project["criteria"]);
        let scored = scored.iter().filter(|one| one["price"].as_bool() != Some(true));
        let criteria = scored.map(|one| text(&one["id"])).collect::<anyhow::Result<Vec<_>>>()?;
        let mut bids = Vec::new();
        for lot in list(&project["lots"]) {
            for bid in list(&lot["bids"]).into_iter().filter(|bid| !bid["revealed"].is_null()) {
                let bidder = OrgId::new(&text(&bid["bidder"])?)?;
                let number = bid["number"].as_u64().and_then(|number| u8::try_from(number).ok()).unwrap_or(1);
                bids.push((text(&lot["id"])?, BidName { bidder, number }));
            }
        }
        ensure!(!bids.is_empty(), "the project has no opened bids yet 尚无已开启的投标");
        ensure!(
            !criteria.is_empty(),
            "the project has no criteria that a committee scores 本项目没有须评分的标准"
        );
        Ok(Self { bids, criteria })
    }

    /// Names what is missing or too much before it is sealed: a sealed sheet cannot be mended. Which code is whose nobody
    /// here knows, so a criterion with blind lines is left to the chain.
    pub(super) fn covered_by(&self, sheet: &ScoreSheet) -> anyhow::Result<()> {
        let hidden: BTreeSet<&String> = sheet.blind.iter().flat_map(|one| one.criteria.keys()).collect();
        let mut missing: BTreeSet<(String, BidName, String)> = BTreeSet::new();
        for (lot, bid) in &self.bids {
            let open = self.criteria.iter().filter(|criterion| !hidden.contains(criterion));
            missing.extend(open.map(|criterion| (lot.clone(), bid.clone(), criterion.clone())));
        }
        for one in &sheet.scores {
            for criterion in one.criteria.keys() {
                let cell = (one.lot.clone(), one.bid.clone(), criterion.clone());
                ensure!(
                    missing.remove(&cell),
                    "{criterion} of {} in lot {}: not asked for, or given twice 不在评分范围或重复",
                    one.bid.bidder,
                    one.lot
                );
            }
        }
        if let Some((lot, bid, criterion)) = missing.first() {
            bail!(
                "{} scores are missing 缺少 {} 项评分, the first: {criterion} of {} in lot {lot}",
                missing.len(),
                missing.len(),
                bid.bidder
            );
        }
        Ok(())
    }

    /// An empty sheet.
    pub(super) fn template(&self) -> String {
        let mut text = format!("lot,bidder,number,code,{}\n", self.criteria.join(","));
        let empty = ",".repeat(self.criteria.len());
        for (lot, bid) in &self.bids {
            text.push_str(&format!("{lot},{},{},{empty}\n", bid.bidder, bid.number));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted() -> Wanted {
        Wanted::of(&json!({
            "criteria": [{"id": "tech", "price": false}, {"id": "service"}, {"id": "price", "price": true}],
            "lots": [{"id": "1", "bids": [
                {"bidder": "B1", "number": 1, "revealed": "sha256:00"}, {"bidder": "B2", "number": 1, "revealed": "x"},
                {"bidder": "B3", "number": 1, "revealed": null},
            ]}],
        }))
        .unwrap()
    }

    #[test]
    fn a_table_and_its_json_are_the_same_sheet() {
        let sheet =
            parse("lot,bidder,number,code,tech,service\n1,B1,1,,86.5,90\n1,B2,,,100,0.05\n\n").unwrap();
        let expected = json!({"scores": [
            {"lot": "1", "bid": {"bidder": "B1", "number": 1}, "criteria": {"service": 9000, "tech": 8650}},
            {"lot": "1", "bid": {"bidder": "B2", "number": 1}, "criteria": {"service": 5, "tech": 10_000}},
        ]});
        assert_eq!(serde_json::to_value(&sheet).unwrap(), expected);
        assert_eq!(parse(&expected.to_string()).unwrap(), sheet);
        assert_eq!(parse("标段,投标人,tech,service\n1,B1,86.50,90\n1,B2,100.00,0.05").unwrap(), sheet);
        wanted().covered_by(&sheet).unwrap();
    }

    #[test]
    fn slips_are_found_before_anything_is_sealed_and_named() {
        let refused = |text: &str| format!("{:#}", parse(text).unwrap_err());
        assert!(refused("lot,bidder,tech\n1,B1,101").contains("第2行: tech: \"101\""));
        assert!(refused("lot,bidder,tech\n1,B1,86.555").contains("at most two decimals"));
        assert!(refused("lot,bidder,tech\n1,B1,-1").contains("tech"));
        assert!(refused("lot,bidder,tech\n1,,90").contains("每行须填投标人或暗标编码之一"));
        assert!(refused("a,b\n1,2").contains("首行须为列标题"));
        assert!(refused("lot,bidder,tech\n").contains("评分表没有内容"));
        assert!(refused("{\"scores\": 5}").contains("biaozheng record schema scores"));
        assert!(
            refused(r#"{"scores":[{"lot":"1","bid":{"bidder":"B1"},"criteria":{"tech":10001}}]}"#)
                .contains("0 to 100")
        );
        let uncovered = |text: &str| wanted().covered_by(&parse(text).unwrap()).unwrap_err().to_string();
        assert!(uncovered("lot,bidder,tech,service\n1,B1,1,1").contains("2 scores are missing"));
        assert!(uncovered("lot,bidder,tech,service\n1,B1,1,1\n1,B2,1,1\n1,B3,1,1").contains("of B3"));
        assert!(uncovered("lot,bidder,tech,service,price\n1,B1,1,1,1\n1,B2,1,1,").contains("price of B1"));
    }

    #[test]
    fn a_template_that_is_filled_in_covers_what_is_asked() {
        let filled = wanted().template().replace(",1,,,", ",1,,80,90");
        assert!(filled.starts_with("lot,bidder,number,code,tech,service\n1,B1,1,,80,90\n"), "{filled}");
        wanted().covered_by(&parse(&filled).unwrap()).unwrap();
    }
}
