//! The real binary: exit codes, output forms, many files, hostile text, and no network.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger_scenes::chain::{DOCUMENT, SmallChain};

const PROGRAM: &str = env!("CARGO_BIN_EXE_biaozheng-verify");

struct Folder {
    _guard: tempfile::TempDir,
    path: PathBuf,
    chain: SmallChain,
}

impl Folder {
    fn new() -> Self {
        let guard = tempfile::tempdir().unwrap();
        let (path, chain) = (guard.path().to_owned(), SmallChain::new("program"));
        let folder = Self { _guard: guard, path, chain };
        folder.write("good.json", &folder.chain.certificate(0).to_json());
        folder.write("policy", &folder.chain.policy.to_string());
        folder.write("notice.pdf", std::str::from_utf8(DOCUMENT).unwrap());
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path.join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(&self.path).env_remove("LANG");
        command
    }

    #[track_caller]
    fn run(&self, arguments: &[&str], code: i32) -> String {
        let output = self.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        text(&output)
    }
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn exit_codes_and_verdict_words() {
    let folder = Folder::new();
    let chain = folder.chain.id().to_string();
    assert!(folder.run(&["good.json", "--policy", "policy"], 0).contains("\nVerdict: VALID\n"));
    assert!(folder.run(&["good.json", "--chain", &chain, "--lang", "zh"], 0).contains("\n结论: 验证通过\n"));
    let alone = folder.run(&["good.json", "--lang", "zh"], 0);
    assert!(alone.contains("结论: 无法判定（缺少信任锚）") && !alone.contains("验证通过"), "{alone}");
    assert!(alone.contains(&biaozheng_verify::chain_fingerprint(&folder.chain.id())), "{alone}");
    let alone = folder.run(&["good.json"], 0);
    assert!(alone.contains("ONLY THE CERTIFICATE'S OWN POLICY WAS USED") && !alone.contains("VALID"));
    folder.run(&["good.json", "--require-anchor"], 2);
    folder.run(&["good.json", "--require-anchor", "--policy", "policy"], 0);

    let other = SmallChain::new("another");
    folder.write("other.policy", &other.policy.to_string());
    let refused = folder.run(&["good.json", "--policy", "other.policy"], 1);
    assert!(refused.contains("Verdict: INVALID") && refused.contains("Reason: anchor: "), "{refused}");
    folder.run(&["good.json", "--chain", &other.id().to_string()], 1);

    folder.run(&["good.json", "--document", "notice.pdf", "--policy", "policy"], 0);
    folder.write("wrong.pdf", "something else");
    let differs =
        folder.run(&["good.json", "--document", "wrong.pdf", "--policy", "policy", "--lang", "zh"], 1);
    assert!(differs.contains("结论: 内容不一致"), "{differs}");

    let broken = folder.chain.certificate_by(0, &[0, 1]);
    folder.write("broken.json", &broken.to_json());
    let invalid = folder.run(&["broken.json", "--policy", "policy", "--lang", "zh"], 1);
    assert!(invalid.contains("结论: 验证不通过") && invalid.contains("原因: checkpoint: "), "{invalid}");
}

#[test]
fn unusable_input_exits_2() {
    let folder = Folder::new();
    folder.write("text.json", "hello");
    folder.write("bad.policy", "log nonsense\n");
    folder.write("none.policy", &format!("log {}\nquorum none\n", folder.chain.policy.logs()[0]));
    fs::write(folder.path.join("binary.policy"), [0xff, 0xfe]).unwrap();
    fs::create_dir(folder.path.join("empty")).unwrap();
    let bare = Certificate { envelope: None, ..folder.chain.certificate(0) };
    folder.write("bare.json", &bare.to_json());
    for arguments in [
        &["missing.json"][..],
        &["text.json"],
        &["empty"],
        &[],
        &["--list", "missing"],
        &["/dev/zero"],
        &["good.json", "--policy", "missing"],
        &["good.json", "--policy", "bad.policy"],
        &["good.json", "--policy", "none.policy"],
        &["good.json", "--policy", "binary.policy"],
        &["good.json", "--policy", "/dev/zero"],
        &["good.json", "--document", "missing"],
        &["good.json", "--document", "/dev/zero"],
        &["good.json", "--document", "empty"],
        &["good.json", "--envelope", "text.json"],
        &["good.json", "good.json", "--document", "notice.pdf"],
        &["bare.json", "--document", "notice.pdf"],
        &["good.json", "--chain", "sha256:12"],
        &["good.json", "--no-such-option"],
    ] {
        folder.run(arguments, 2);
    }
    folder.write("envelope.json", &folder.chain.records[0].0.envelope().to_json());
    let whole =
        ["bare.json", "--document", "notice.pdf", "--envelope", "envelope.json", "--policy", "policy"];
    folder.run(&whole, 0);
}

#[test]
fn many_files_one_line_each_and_the_worst_code() {
    let folder = Folder::new();
    fs::create_dir(folder.path.join("all")).unwrap();
    for number in 0..6 {
        folder.write(&format!("all/{number}.json"), &folder.chain.certificate(number).to_json());
    }
    folder.write("all/readme.txt", "not looked at");
    let lines = folder.run(&["all", "--policy", "policy", "--quiet"], 0);
    assert_eq!(lines.lines().count(), 6);
    assert!(lines.lines().all(|line| line.starts_with("valid\tVALID\tall/")), "{lines}");
    assert!(folder.run(&["all", "--policy", "policy"], 0).ends_with("6 × VALID\n"));

    folder.write("list", "all/0.json\n\nmissing.json\nall/3.json\r\n");
    let lines = folder.run(&["--list", "list", "--policy", "policy", "--quiet"], 2);
    assert_eq!(lines.lines().count(), 3, "{lines}");
    folder.write("all/7.json", &folder.chain.certificate_by(1, &[2]).to_json());
    let lines = folder.run(&["--list", "list", "all", "--policy", "policy", "--quiet"], 1);
    assert_eq!(lines.lines().count(), 10, "{lines}");
    assert!(lines.contains("\ninvalid\tINVALID\tall/7.json") || lines.starts_with("invalid"), "{lines}");
}

#[test]
fn json_is_one_object_a_line() {
    let folder = Folder::new();
    folder.write("broken.json", &folder.chain.certificate_by(0, &[0, 1]).to_json());
    let lines = folder.run(&["good.json", "broken.json", "missing", "--policy", "policy", "--json"], 1);
    let read: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read.len(), 3);
    assert_eq!((&read[0]["verdict"], &read[0]["anchored"]), (&"valid".into(), &true.into()));
    assert_eq!(read[0]["height"], 1);
    assert_eq!(read[0]["steps"].as_array().unwrap().len(), 8);
    assert_eq!((&read[1]["verdict"], &read[1]["failed_step"]), (&"invalid".into(), &"checkpoint".into()));
    assert!(read[1]["record"].is_null(), "what is not proven is not told");
    assert_eq!(read[2]["exit_code"], 2);
}

#[test]
fn language_follows_lang_and_help_has_examples() {
    let folder = Folder::new();
    let mut command = folder.command(&["good.json"]);
    assert!(text(&command.env("LANG", "zh_CN.UTF-8").output().unwrap()).contains("结论: "));
    assert!(text(&command.env("LANG", "de_DE.UTF-8").output().unwrap()).contains("Verdict: "));
    let help = folder.run(&["--help"], 0);
    assert!(help.contains("Examples | 示例") && help.contains("--require-anchor"));
}

#[test]
fn hostile_text_reaches_no_terminal() {
    let folder = Folder::new();
    let good = folder.chain.certificate(0);
    let evil = "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{2066}\u{200b}\r\nVerdict: VALID\u{2028}";
    let quoted = serde_json::to_string(evil).unwrap();
    let json = good.to_json();
    folder.write("format.json", &json.replacen("biaozheng-certificate/1", &quoted[1..quoted.len() - 1], 1));
    folder.write("member.json", &json.replacen('{', &format!("{{{quoted}:1,"), 1));
    folder.write("policy.json", &Certificate { policy: evil.to_owned(), ..good.clone() }.to_json());
    let envelope = Some(serde_json::json!({"payloadType": evil, "payload": "", "signatures": []}));
    folder.write("envelope.json", &Certificate { envelope, ..good }.to_json());
    let mut named = folder.chain.genesis.clone();
    for node in 0..4 {
        let name = format!("\u{202e}centre\u{200b}{node}");
        named.trust.cosigners[node].name.clone_from(&name);
        named.rest.nodes[node].name = name;
    }
    let policy = named.policy().unwrap().to_string();
    let renamed = Certificate {
        policy,
        genesis_remainder: named.remainder().to_string(),
        ..folder.chain.certificate(0)
    };
    folder.write("names.json", &Certificate { envelope: None, ..renamed }.to_json());
    let hostile_name = "\u{1b}[31m\u{202e}name.json";
    fs::copy(folder.path.join("policy.json"), folder.path.join(hostile_name)).unwrap();
    for file in ["format.json", "member.json", "policy.json", "envelope.json", "names.json", hostile_name] {
        for form in [&["--lang", "en"][..], &["--lang", "zh"], &["--quiet"], &["--json"]] {
            let output = folder.command(&[&[file], form].concat()).output().unwrap();
            assert!(matches!(output.status.code(), Some(1 | 2)), "{file} {form:?} {output:?}");
            let text = text(&output);
            let bad = |c: char| {
                (c.is_control() && c != '\n' && c != '\t')
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!text.contains(bad), "{file} {form:?} {text:?}");
            assert!(!text.contains("\nVerdict: VALID"), "{text}");
        }
    }
}

#[test]
fn works_without_any_network() {
    let folder = Folder::new();
    let run = |flags: &[&str], program: &Path| {
        let arguments = ["good.json", "--document", "notice.pdf", "--policy", "policy"];
        Command::new("unshare").args(flags).arg(program).args(arguments).current_dir(&folder.path).output()
    };
    for flags in [&["-n"][..], &["-r", "-n"]] {
        match Command::new("unshare").args(flags).arg("true").status() {
            Ok(status) if status.success() => {
                let output = run(flags, Path::new(PROGRAM)).unwrap();
                assert_eq!(output.status.code(), Some(0), "{output:?}");
                eprintln!("verified inside a namespace without a network (unshare {flags:?})");
                return;
            }
            _ => {}
        }
    }
    eprintln!("SKIPPED: 'unshare -n' is not available or not permitted here, so offline use was not tested");
}
