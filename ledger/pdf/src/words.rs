//! What the page says, in Chinese and English.

use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::checkpoint::Origin;
use biaozheng_ledger::date::{beijing, utc};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::record::Record;
use biaozheng_ledger::tlog_proof::TlogProof;

use crate::content::{Line, lines_of};
use crate::{PdfError, Surroundings, fields};

pub(crate) const TITLE_ZH: &str = "标证存证证书";
pub(crate) const TITLE_EN: &str = "Biaozheng certificate of record";
/// What is proved, what is not, and how to check.
pub(crate) const NOTES: [&str; 5] = [
    "本页载明的记录已写入账本且未被改动；记录所述内容是否属实，不在本证书证明之列。",
    "The record named here stands in the ledger, unchanged. Whether what it says is true is another question.",
    "本页文字仅供阅读。证据是本 PDF 所附的 JSON 证书，请凭另行取得的策略文件核验：",
    "This page is for reading. The evidence is the JSON certificate attached to this PDF; verify it with:",
    "biaozheng-verify <certificate.json> --policy <policy>",
];
/// Above what the record says.
pub(crate) const CONTENT_TITLE: &str = "记录内容 What the record says";
/// Below it, where a part does not fit the page.
pub(crate) const CONTENT_CUT: &str = "……其余内容见附件 The rest stands in the attachment.";
/// Where names stand beside numbers.
pub(crate) const NAMES_NOTE: &str = "括号外的单位名称取自出具本页的节点的登记，不在证书之内。Names before brackets come from the issuing node's register.";
/// Names of cosigners that fit the page.
const NAMES_MAX: usize = 8;

/// Facts of a certificate that holds.
pub(crate) struct Facts {
    pub(crate) log: Origin,
    pub(crate) time: TimeMs,
    pub(crate) record: String,
    /// Chinese label, English label, value.
    pub(crate) rows: Vec<(&'static str, &'static str, String)>,
    /// What the record says; empty where its body is not public.
    pub(crate) content: Vec<Line>,
    /// Names beside numbers were given by the issuer.
    pub(crate) is_named: bool,
}

/// The record inside, where its body is public.
pub(crate) fn record_of(certificate: &Certificate) -> Option<Record> {
    let envelope = certificate.envelope.as_ref()?;
    Record::from_json(envelope.to_string().as_bytes()).ok()
}

impl Facts {
    pub(crate) fn of(certificate: &Certificate, surroundings: &Surroundings) -> Result<Self, PdfError> {
        let broken = |reason: &str| PdfError::Page(reason.to_owned());
        let proof: TlogProof = certificate.proof.parse().map_err(|_| broken("the proof cannot be read"))?;
        let policy: Policy = certificate.policy.parse().map_err(|_| broken("the policy cannot be read"))?;
        let cosigned = policy.verify(&proof.checkpoint).map_err(|_| broken("the quorum is not reached"))?;
        let (block, checkpoint) = (certificate.block, cosigned.checkpoint);
        let body = record_of(certificate);
        let mut rows = vec![("记录编号", "Record", certificate.record.to_string())];
        match &body {
            Some(record) => {
                let payload = record.payload();
                let title = fields::record_type(payload.record_type.name());
                let title = title.map_or_else(String::new, |one| format!("{} {} · ", one.zh, one.en));
                rows.push(("记录类型", "Type", format!("{title}{}", payload.record_type)));
                rows.push(("作者", "Author", surroundings.named(payload.author.org.as_str())));
                if !payload.cosigners.is_empty() {
                    rows.push(("共同签署", "Signed too by", cosigners(payload, surroundings)));
                }
                if let Some(project) = &payload.project {
                    rows.push(("项目", "Project", project.to_string()));
                }
                if let Some(document) = payload.documents.first() {
                    let more = payload.documents.len().saturating_sub(1);
                    let more = if more > 0 {
                        format!("（另 {more} 份 / and {more} more）")
                    } else {
                        String::new()
                    };
                    rows.push(("文件", "Document", format!("{}{more}", document.name)));
                    rows.push(("文件摘要", "Document digest", document.digest.to_string()));
                }
            }
            None => {
                rows.push(("记录正文", "Body", "未公开，仅证明其摘要 / not public; its digest only".into()))
            }
        }
        let time = format!("{} (北京时间) / {}", beijing(block.time_ms), utc(block.time_ms));
        rows.push(("入链时间", "Time", time));
        rows.push(("区块", "Block", format!("{} / {}", block.height, block.position)));
        rows.push(("日志序号", "Leaf", format!("{} / {}", proof.index, checkpoint.size)));
        rows.push(("账本", "Log", checkpoint.origin.to_string()));
        let mut names: Vec<_> =
            cosigned.cosigners.iter().map(|(name, _)| name.as_str()).take(NAMES_MAX).collect();
        if cosigned.cosigners.len() > NAMES_MAX {
            names.push("…");
        }
        let signed =
            format!("{}/{}: {}", cosigned.cosigners.len(), cosigned.cosigners_known, names.join(", "));
        rows.push(("节点共签", "Cosigned by", signed));
        Ok(Self {
            log: checkpoint.origin,
            time: block.time_ms,
            record: certificate.record.digest().hex(),
            rows,
            content: body.as_ref().map(|one| lines_of(one.payload(), surroundings)).unwrap_or_default(),
            is_named: !surroundings.names.is_empty(),
        })
    }
}

fn cosigners(payload: &Payload, surroundings: &Surroundings) -> String {
    let mut names: Vec<String> =
        payload.cosigners.iter().take(NAMES_MAX).map(|one| surroundings.named(one.org.as_str())).collect();
    if payload.cosigners.len() > NAMES_MAX {
        names.push(format!("…（共 {} 方 in all）", payload.cosigners.len()));
    }
    names.join("、")
}
