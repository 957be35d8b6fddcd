//! The commands that every program offers, in the order in which its help names them.

use clap::Subcommand;

use crate::bidder::{model, seal, tokens, trace};
use crate::centre::{anchor, archive, import, open, rulebook, sealing, validators, witness};
use crate::expert::score;
use crate::record::{certificate, sign, submit, types};
use crate::regulator::{export, supervise};
use crate::{Exit, wait_for};

#[derive(Debug, Subcommand)]
pub(crate) enum Commands {
    /// Sign a record and submit it 提交记录
    Submit(submit::Submit),
    /// Draft a record that several sign 起草多方签名的记录
    Draft(sign::DraftCommand),
    /// Show a record that goes round, and add one signature 查看并签名
    Sign(sign::SignCommand),
    /// What records are made of: types, schemas, examples 记录格式
    #[command(subcommand)]
    Record(types::RecordCommand),
    /// Record the opening of bids, from the node's own list 开标
    Open(open::OpenCommand),
    /// A committee member's scores: sealed before any is visible, then revealed 评分
    #[command(subcommand)]
    Score(score::ScoreCommand),
    /// Seal a bid to the chain's group, enter it without a name, or open it oneself 密封投标
    Seal(seal::Seal),
    /// Keep tokens for sealed bids in a wallet, asked for early 投标凭证
    #[command(subcommand)]
    Tokens(tokens::TokensCommand),
    /// Start a key ceremony of the group that opens sealed bids, and collect its signatures 密钥仪式
    #[command(subcommand)]
    Sealing(sealing::SealingCommand),
    /// Say whose nodes vote, change it, and collect the change's signatures 验证节点
    #[command(subcommand)]
    Validators(validators::ValidatorsCommand),
    /// Fetch and verify a record's certificate 获取证书
    Certificate(certificate::CertificateCommand),
    /// Write all public records to a file 导出
    Export(export::Export),
    /// Build, seal and write a project's archive 建档
    Archive(archive::ArchiveCommand),
    /// Enter a chain's checkpoints in a parent chain 锚定
    Anchor(anchor::AnchorCommand),
    /// Apply the supervision rules to the records and raise alerts 监督预警
    Supervise(supervise::Supervise),
    /// Record and check audio and video segments of a sitting 数字见证
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    /// Building models: what a bid seals, and whether those handed in are the sealed ones 建筑信息模型
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Salted digests of how a bid was made, to go into it 投标痕迹
    #[command(subcommand)]
    Trace(trace::TraceCommand),
    /// Check a rulebook or a district's text before it is published 规则书
    #[command(subcommand)]
    Rulebook(rulebook::RulebookCommand),
    /// Record past projects from open data as imported evidence 历史导入
    Import(import::Import),
}

impl Commands {
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::Submit(command) => wait_for(command.run()),
            Self::Draft(command) => wait_for(command.run()),
            Self::Sign(command) => command.run(),
            Self::Record(command) => command.run(),
            Self::Open(command) => wait_for(command.run()),
            Self::Score(command) => wait_for(command.run()),
            Self::Seal(command) => wait_for(command.run()),
            Self::Tokens(command) => wait_for(command.run()),
            Self::Sealing(command) => wait_for(command.run()),
            Self::Validators(command) => wait_for(command.run()),
            Self::Certificate(command) => wait_for(command.run()),
            Self::Export(command) => wait_for(command.run()),
            Self::Archive(command) => wait_for(command.run()),
            Self::Anchor(command) => wait_for(command.run()),
            Self::Supervise(command) => wait_for(command.run()),
            Self::Witness(command) => wait_for(command.run()),
            Self::Model(command) => wait_for(command.run()),
            Self::Trace(command) => command.run(),
            Self::Rulebook(command) => wait_for(command.run()),
            Self::Import(command) => wait_for(command.run()),
        }
    }
}
