//! Why an input cannot be judged: never a statement about the evidence.

use std::path::PathBuf;

use biaozheng_ledger::certificate::CertificateError;
use biaozheng_ledger::policy::PolicyError;
use biaozheng_ledger::policy_history::PolicyHistoryError;
use biaozheng_timestamp::AnchorsError;

use crate::words::Language;

/// An unusable input.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("{path} cannot be read: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} has more than {limit_bytes} bytes")]
    TooLarge { path: PathBuf, limit_bytes: usize },
    #[error("{path} is not a regular file")]
    NotAFile { path: PathBuf },
    #[error("{path} changed while it was read")]
    Changed { path: PathBuf },
    #[error("{path} is not UTF-8 text")]
    NotText { path: PathBuf },
    #[error("{path} has no file ending in .json")]
    EmptyFolder { path: PathBuf },
    #[error("no certificate was named")]
    Nothing,
    #[error("more than {0} certificates")]
    TooMany(usize),
    #[error("--document and --envelope go with exactly one certificate")]
    OneCertificateOnly,
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("the policy file is broken: {0}")]
    Policy(#[from] PolicyError),
    #[error("the policy says 'quorum none': it asks for no cosigner, so it is no trust anchor")]
    PolicyWithoutQuorum,
    #[error("the policy file is broken: {0}")]
    Policies(#[from] PolicyHistoryError),
    #[error("the file of timestamp authorities cannot be used: {0}")]
    Authorities(#[from] AnchorsError),
    #[error("the envelope file is not a record's: {0}")]
    Envelope(String),
    #[error(
        "the record's body is not in the certificate, so its documents are unknown: give it with --envelope"
    )]
    EnvelopeMissing,
    #[error("{path} is neither a folder nor a tar of an archive")]
    NotAnArchive { path: PathBuf },
    #[error("{path} is packed by {with}: unpack it, and give the tar or the folder that was in it")]
    Packed { path: PathBuf, with: &'static str },
    #[error(
        "{path} is a tar with {what}, which is not read here: unpack it with the program that made it, and give the folder"
    )]
    TarForm { path: PathBuf, what: &'static str },
    #[error("--archive stands alone: certificates, --list, --document and --envelope do not go with it")]
    ArchiveAlone,
    #[error("not a draw's portable file: {0}")]
    Draw(String),
    #[error("--draw stands alone: certificates, --list, --document and --envelope do not go with it")]
    DrawAlone,
}

impl Problem {
    /// What is wrong, in the reader's language; the technical reason follows it in English.
    pub(crate) const fn plain(&self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Read { .. } | Self::NotText { .. } | Self::NotAFile { .. }, Language::Zh) => {
                "文件读不出来。"
            }
            (Self::Read { .. } | Self::NotText { .. } | Self::NotAFile { .. }, Language::En) => {
                "A file cannot be read."
            }
            (Self::TooLarge { .. } | Self::TooMany(_), Language::Zh) => "输入超过了上限。",
            (Self::TooLarge { .. } | Self::TooMany(_), Language::En) => "The input is beyond a limit.",
            (Self::Changed { .. }, Language::Zh) => "读取过程中文件发生了变化，请重试。",
            (Self::Changed { .. }, Language::En) => "The file changed while it was read; try again.",
            (Self::EmptyFolder { .. } | Self::Nothing, Language::Zh) => "没有找到证书文件。",
            (Self::EmptyFolder { .. } | Self::Nothing, Language::En) => "There is no certificate file.",
            (Self::OneCertificateOnly, Language::Zh) => "核对文件时一次只能给一份证书。",
            (Self::OneCertificateOnly, Language::En) => "A document is checked against one certificate.",
            (Self::Certificate(CertificateError::Format(_)), Language::Zh) => {
                "证书格式版本未知，请换用新版核验程序。"
            }
            (Self::Certificate(CertificateError::Format(_)), Language::En) => {
                "The certificate's format is unknown; use a newer verifier."
            }
            (Self::Certificate(_), Language::Zh) => "这不是一份标证证书，或文件已损坏。",
            (Self::Certificate(_), Language::En) => "This is not a Biaozheng certificate, or it is damaged.",
            (Self::Authorities(_), Language::Zh) => "您给的时间戳机构证书文件不可用。",
            (Self::Authorities(_), Language::En) => "Your file of timestamp authorities cannot be used.",
            (Self::Policy(_) | Self::Policies(_) | Self::PolicyWithoutQuorum, Language::Zh) => {
                "您给的策略文件不能用作信任锚。"
            }
            (Self::Policy(_) | Self::Policies(_) | Self::PolicyWithoutQuorum, Language::En) => {
                "Your policy file cannot serve as a trust anchor."
            }
            (Self::Envelope(_), Language::Zh) => "您给的信封文件不是一条记录。",
            (Self::Envelope(_), Language::En) => "Your envelope file is not a record.",
            (Self::EnvelopeMissing, Language::Zh) => {
                "记录正文未公开，无法得知它登记了哪些文件；请用 --envelope 给出记录。"
            }
            (Self::EnvelopeMissing, Language::En) => {
                "The record's body is not public; give the record with --envelope."
            }
            (Self::NotAnArchive { .. }, Language::Zh) => "这不是一份标证档案（文件夹或 tar）。",
            (Self::NotAnArchive { .. }, Language::En) => "This is no Biaozheng archive (a folder or a tar).",
            (Self::Packed { .. }, Language::Zh) => "档案被再次压缩，请先解压，再核验其中的 tar 或文件夹。",
            (Self::Packed { .. }, Language::En) => {
                "The archive was packed once more: unpack it, and give the tar or the folder inside."
            }
            (Self::TarForm { .. }, Language::Zh) => {
                "这个 tar 的形式无法在此读取，请用原程序解包，再核验解出的文件夹。"
            }
            (Self::TarForm { .. }, Language::En) => {
                "This form of tar is not read here: unpack it, and give the folder."
            }
            (Self::ArchiveAlone, Language::Zh) => "核验档案时不能同时给出证书、清单、文件或信封。",
            (Self::ArchiveAlone, Language::En) => "An archive is verified by itself.",
            (Self::Draw(_), Language::Zh) => "这不是一份标证抽取文件，或文件已损坏。",
            (Self::Draw(_), Language::En) => "This is no Biaozheng draw file, or it is damaged.",
            (Self::DrawAlone, Language::Zh) => "重演抽取时不能同时给出证书、清单、文件或信封。",
            (Self::DrawAlone, Language::En) => "A draw is replayed by itself.",
        }
    }
}
