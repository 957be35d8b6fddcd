//! `biaozheng-verify`: judges certificate files offline. See `--help`.
//!
//! It only reads arguments, prints judgements and sets the exit code; every decision is the library's.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use biaozheng_ledger::certificate::{Expectations, TimestampJudge};
use biaozheng_ledger::ids::ChainId;
use biaozheng_pages::{Shell, completions, write_pages};
use biaozheng_verify::archive::{Anchor, ArchiveJudgement, judge_archive};
use biaozheng_verify::{
    Accusation, DrawJudgement, Judgement, Language, Problem, Verdict, input, judge, judge_draw,
};
use clap::{CommandFactory as _, Parser, ValueEnum};

const EXIT_UNUSABLE: u8 = 2;

const EXAMPLES: &str = "\
Exit codes | 退出码:
  0  every step holds; read the verdict line: without --policy or --chain it is never 'VALID'
     各步成立；请看结论行：没有 --policy 或 --chain 时不会写“验证通过”
  1  invalid, or the content differs; the failed step is named | 不通过或内容不一致，并指明是哪一步
  2  unusable input, or --require-anchor without an anchor | 输入无法使用，或要求信任锚而没有给出
  Of many certificates the worst counts: 1, then 2, then 0. | 多份证书取最坏者：先 1，再 2，再 0。

Examples | 示例:
  biaozheng-verify notice.cert.json --policy consortium.policy
  biaozheng-verify notice.cert.json --document notice.pdf --chain sha256:9f3c…
  biaozheng-verify sealed.cert.json --envelope record.json --policy consortium.policy
  biaozheng-verify certificates/ --policy consortium.policy --require-anchor --quiet
  biaozheng-verify --archive 2026-350100-48-01-000123.tar --policy consortium.policy
  biaozheng-verify --draw experts.draw.json --policy consortium.policy
  biaozheng-verify notice.cert.json --parent-policy city.policy --tsa-ca authorities.pem
  biaozheng-verify old.cert.json --policy consortium.policies.json
  find . -name '*.cert.json' | biaozheng-verify --list - --policy consortium.policy --json

The policy is the trust anchor: get it from print or from a node you trust, never from where the certificate
came from. | 策略文件就是信任锚：请从印刷件或您信任的节点取得，不要与证书同处取得。";

/// Verifies Biaozheng certificates offline: no node, no network, no clock. | 标证证书离线核验
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// Certificate files, folders of .json files, or - for standard input | 证书文件、目录或 -
    #[arg(value_name = "CERT")]
    certificates: Vec<PathBuf>,
    /// A file with one certificate path a line; - for standard input | 每行一个证书路径的清单
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// A project's whole archive: its folder or its tar | 整份档案：文件夹或 tar
    #[arg(long, value_name = "DIR|TAR")]
    archive: Option<PathBuf>,
    /// A draw of experts, of K or of blind codes, from its portable file: run again | 重演抽取：专家、K值、暗标编号
    #[arg(long, value_name = "FILE", conflicts_with = "archive")]
    draw: Option<PathBuf>,
    /// A document that should be one the record names | 要核对的文件
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// Trust anchor: a C2SP policy, or dated ones, you got from elsewhere | 信任锚：另行取得的策略文件（可带有效期）
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Trust anchor: the chain id you expect | 信任锚：应属的链
    #[arg(long, value_name = "sha256:…")]
    chain: Option<ChainId>,
    /// Trust anchor: the policy of a parent chain that anchors this one | 信任锚：上级链的策略文件
    #[arg(long, value_name = "FILE")]
    parent_policy: Option<PathBuf>,
    /// Trust anchor: the parent chain that anchors this one | 信任锚：上级链
    #[arg(long, value_name = "sha256:…")]
    parent_chain: Option<ChainId>,
    /// Certificates of timestamp authorities you trust: PEM with any text around, or DER | 信任的时间戳机构证书
    #[arg(long, value_name = "FILE")]
    tsa_ca: Option<PathBuf>,
    /// The record's envelope, where the certificate holds only its digest | 正文未公开时另给的记录信封
    #[arg(long, value_name = "FILE")]
    envelope: Option<PathBuf>,
    /// Refuse to exit 0 without a trust anchor | 没有信任锚时不返回 0
    #[arg(long)]
    require_anchor: bool,
    /// One JSON object a certificate | 每份证书输出一行 JSON
    #[arg(long)]
    json: bool,
    /// One line a certificate | 每份证书一行
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    /// Judge a piece of evidence against a log instead: 0 proven, 1 not proven, 2 unusable | 核验对日志的举证
    #[arg(long, value_name = "FILE", conflicts_with_all = ["certificates", "list", "draw", "document", "envelope", "parent_policy", "parent_chain", "tsa_ca"])]
    evidence: Option<PathBuf>,
    /// What an accused node says to a broken promise: its signed refusal of the record | 被举证节点签署的拒绝
    #[arg(long, value_name = "FILE", requires = "evidence")]
    refusal: Option<PathBuf>,
    /// Default: Chinese where LANG begins with zh | 默认看环境变量 LANG
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// Print the script by which a shell completes these options | 输出命令补全脚本
    #[arg(long, value_enum, value_name = "SHELL", exclusive = true)]
    completions: Option<Shell>,
    /// Write the man page into a folder | 将手册页写入目录
    #[arg(long, value_name = "DIR", exclusive = true)]
    man: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    Zh,
    En,
}

impl Arguments {
    fn language(&self) -> Language {
        match self.lang {
            Some(Lang::Zh) => Language::Zh,
            Some(Lang::En) => Language::En,
            None => Language::of_locale(&std::env::var("LANG").unwrap_or_default()),
        }
    }

    fn print(&self, out: &mut impl Write, path: &Path, judgement: &Judgement) -> io::Result<()> {
        if self.json {
            serde_json::to_writer(&mut *out, &judgement.to_json_report(path, self.language()))?;
            writeln!(out)
        } else if self.quiet {
            judgement.write_line(out, path, self.language())
        } else {
            judgement.write_text(out, path, self.language())
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let code = match (&arguments.evidence, arguments.completions, &arguments.man) {
        (_, Some(shell), _) => out.write_all(&completions(Arguments::command(), shell)).map(|()| 0),
        (_, _, Some(folder)) => write_pages(Arguments::command(), folder).map(|_| 0),
        (Some(path), ..) => judge_evidence(&arguments, path, &mut out),
        _ => verify_all(&arguments, &mut out),
    };
    // A verdict that could not be written was not given.
    match code.and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::from(EXIT_UNUSABLE),
    }
}

fn judge_evidence(arguments: &Arguments, path: &Path, out: &mut impl Write) -> io::Result<u8> {
    let policy = arguments.policy.as_deref().map(input::policy).transpose();
    let refusal = arguments.refusal.as_deref().map(input::envelope).transpose();
    let accusation = match (input::evidence(path), policy, refusal) {
        (Ok(text), Ok(policy), Ok(refusal)) => {
            let (chain, required) = (arguments.chain, arguments.require_anchor);
            Accusation::judge(&text, refusal.as_deref(), chain, policy.as_ref(), required)
        }
        (Err(problem), ..) | (_, Err(problem), _) | (.., Err(problem)) => {
            Accusation::Unusable(problem.to_string())
        }
    };
    if arguments.json {
        serde_json::to_writer(&mut *out, &accusation.to_json_report(path))?;
        writeln!(out)?;
    } else {
        accusation.write_text(out, path, arguments.language())?;
    }
    Ok(accusation.exit_code())
}

/// Judges one archive.
fn verify_archive(arguments: &Arguments, path: &Path, out: &mut impl Write) -> io::Result<u8> {
    let alone = arguments.certificates.is_empty()
        && arguments.list.is_none()
        && arguments.document.is_none()
        && arguments.envelope.is_none();
    let policy = arguments.policy.as_deref().map(input::policy).transpose();
    let judgement = match policy {
        _ if !alone => ArchiveJudgement::unusable(Problem::ArchiveAlone),
        Err(problem) => ArchiveJudgement::unusable(problem),
        Ok(policy) => {
            let (chain, required) = (arguments.chain, arguments.require_anchor);
            judge_archive(path, &Anchor { policy: policy.as_ref(), chain, required })
        }
    };
    let language = arguments.language();
    if arguments.json {
        serde_json::to_writer(&mut *out, &judgement.to_json_report(path, language))?;
        writeln!(out)?;
    } else if arguments.quiet {
        let (code, word) = (judgement.verdict.code(), judgement.verdict.word(language));
        writeln!(out, "{code}\t{word}\t{}", biaozheng_verify::printable(&path.display().to_string()))?;
    } else {
        judgement.write_text(out, path, language)?;
    }
    Ok(judgement.verdict.exit_code())
}

fn verify_all(arguments: &Arguments, out: &mut impl Write) -> io::Result<u8> {
    if let Some(path) = &arguments.archive {
        return verify_archive(arguments, path, out);
    }
    if let Some(path) = &arguments.draw {
        return replay_draw(arguments, path, out);
    }
    let prepared = match prepare(arguments) {
        Ok(prepared) => prepared,
        Err((path, problem)) => {
            arguments.print(out, &path, &Judgement::unusable(problem))?;
            return Ok(EXIT_UNUSABLE);
        }
    };
    tell_passed_over(arguments, prepared.authorities.as_ref());
    let expected = Expectations {
        policy: prepared.policy.as_ref().and_then(input::PolicyFile::one),
        chain: arguments.chain,
        envelope: prepared.envelope.as_deref(),
        document: prepared.document,
        policies: prepared.policy.as_ref().and_then(input::PolicyFile::dated),
        parent_policies: prepared.parent.as_ref(),
        parent_chain: arguments.parent_chain,
        timestamps: prepared.authorities.as_ref().map(|one| one as &dyn TimestampJudge),
    };
    let mut verdicts = Vec::with_capacity(prepared.sources.len());
    for input::Source { path, problem } in prepared.sources {
        let text = problem.map_or_else(|| input::certificate(&path), Err);
        let judgement = match text {
            Ok(text) => judge(&text, &expected, arguments.require_anchor),
            Err(problem) => Judgement::unusable(problem),
        };
        arguments.print(out, &path, &judgement)?;
        verdicts.push(judgement.verdict);
    }
    if verdicts.len() > 1 && !arguments.json && !arguments.quiet {
        summary(out, &verdicts, arguments.language())?;
    }
    Ok(Verdict::worst_exit_code(verdicts))
}

/// Runs one draw again.
fn replay_draw(arguments: &Arguments, path: &Path, out: &mut impl Write) -> io::Result<u8> {
    let judgement = judge_one_draw(arguments, path).unwrap_or_else(DrawJudgement::unusable);
    let language = arguments.language();
    if arguments.json {
        serde_json::to_writer(&mut *out, &judgement.to_json_report(path, language))?;
        writeln!(out)?;
    } else if arguments.quiet {
        judgement.write_line(out, path, language)?;
    } else {
        judgement.write_text(out, path, language)?;
    }
    Ok(judgement.verdict.exit_code())
}

fn judge_one_draw(arguments: &Arguments, path: &Path) -> Result<DrawJudgement, Problem> {
    let alone = arguments.certificates.is_empty()
        && arguments.list.is_none()
        && arguments.document.is_none()
        && arguments.envelope.is_none();
    if !alone {
        return Err(Problem::DrawAlone);
    }
    let policy = arguments.policy.as_deref().map(input::policy_file).transpose()?;
    let parent = arguments.parent_policy.as_deref().map(input::policies).transpose()?;
    let authorities = arguments.tsa_ca.as_deref().map(input::authorities).transpose()?;
    tell_passed_over(arguments, authorities.as_ref());
    let expected = Expectations {
        policy: policy.as_ref().and_then(input::PolicyFile::one),
        chain: arguments.chain,
        policies: policy.as_ref().and_then(input::PolicyFile::dated),
        parent_policies: parent.as_ref(),
        parent_chain: arguments.parent_chain,
        timestamps: authorities.as_ref().map(|one| one as &dyn TimestampJudge),
        ..Expectations::default()
    };
    Ok(judge_draw(&input::draw(path)?, &expected, arguments.require_anchor))
}

/// Says on the standard error which blocks of the file of authorities are not used; the others are.
fn tell_passed_over(arguments: &Arguments, authorities: Option<&biaozheng_verify::TimestampAuthorities>) {
    for one in authorities.map_or(&[][..], |one| one.passed_over()) {
        let words = match arguments.language() {
            Language::Zh => "--tsa-ca：未采用",
            Language::En => "--tsa-ca: not used",
        };
        // A note that cannot be written changes no verdict.
        let _ = writeln!(io::stderr(), "{words}: {}", biaozheng_verify::printable(&one.to_string()));
    }
}

fn summary(out: &mut impl Write, verdicts: &[Verdict], language: Language) -> io::Result<()> {
    for kind in [
        Verdict::Valid,
        Verdict::NotAnchored,
        Verdict::NoTrustAnchor,
        Verdict::ContentDiffers,
        Verdict::Invalid,
        Verdict::Unusable,
    ] {
        let count = verdicts.iter().filter(|verdict| **verdict == kind).count();
        if count > 0 {
            writeln!(out, "{count} × {}", kind.word(language))?;
        }
    }
    Ok(())
}

struct Prepared {
    policy: Option<input::PolicyFile>,
    parent: Option<biaozheng_ledger::policy_history::PolicyHistory>,
    authorities: Option<biaozheng_verify::TimestampAuthorities>,
    envelope: Option<Vec<u8>>,
    document: Option<(biaozheng_ledger::digest::Digest, u64)>,
    sources: Vec<input::Source>,
}

/// Reads what goes beside the certificates. An error comes with the file it is about.
fn prepare(arguments: &Arguments) -> Result<Prepared, (PathBuf, Problem)> {
    fn read<T>(
        path: Option<&PathBuf>,
        reader: impl Fn(&Path) -> Result<T, Problem>,
    ) -> Result<Option<T>, (PathBuf, Problem)> {
        path.map(|path| reader(path).map_err(|problem| (path.clone(), problem))).transpose()
    }
    let list = arguments.list.clone();
    let sources = input::sources(&arguments.certificates, list.as_deref())
        .map_err(|problem| (list.unwrap_or_else(|| "biaozheng-verify".into()), problem))?;
    let beside = arguments.document.as_ref().or(arguments.envelope.as_ref());
    if let Some(path) = beside.filter(|_| sources.len() != 1) {
        return Err((path.clone(), Problem::OneCertificateOnly));
    }
    Ok(Prepared {
        policy: read(arguments.policy.as_ref(), input::policy_file)?,
        parent: read(arguments.parent_policy.as_ref(), input::policies)?,
        authorities: read(arguments.tsa_ca.as_ref(), input::authorities)?,
        envelope: read(arguments.envelope.as_ref(), input::envelope)?,
        document: read(arguments.document.as_ref(), input::document)?,
        sources,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_help() {
        let command = Arguments::command();
        command.clone().debug_assert();
        assert!(command.get_about().is_some());
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{} has no help", argument.get_id());
        }
    }
}
