//! The real binary with parent chains, timestamps and dated policies.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use biaozheng_ledger::certificate::checkpoint_digest;
use biaozheng_ledger::policy_history::PolicyHistory;
use biaozheng_ledger::tlog_proof::TlogProof;
use biaozheng_ledger_scenes::authority::{Authority, Key};
use biaozheng_ledger_scenes::family::Family;
use biaozheng_verify::TimestampAuthorities;

#[track_caller]
fn run(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_biaozheng-verify"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("LANG")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn parents_timestamps_and_dated_policies_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let mut family = Family::new();
    let authority = Authority::new(Key::Rsa2048, "sha256");
    let certificate = family.twice();
    let digest = checkpoint_digest(&certificate.proof.parse::<TlogProof>().unwrap().checkpoint);
    let nobody = TimestampAuthorities::default();
    let certificate = certificate.with_timestamp(&authority.token_over(&digest), &nobody).unwrap();
    let district = PolicyHistory::from(family.district.policy.clone()).to_json();
    let write = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
    write("one.json.cert", &certificate.to_json());
    write("city.policy", &family.city.policy.to_string());
    write("district.policy", &family.district.policy.to_string());
    write("district.policies", &district);
    write("ended.policies", &district.replace("\"policy\"", "\"until_ms\": 1000, \"policy\""));
    write("broken.policies", "{}");
    fs::write(path.join("tsa.pem"), authority.file("root.pem")).unwrap();
    fs::write(path.join("tsa.key"), authority.file("root.key")).unwrap();

    let one = "one.json.cert";
    let unknown = run(path, &[one, "--policy", "district.policy"], 0);
    assert!(unknown.contains("VALID") && unknown.contains("? ????  Timestamp"), "{unknown}");
    let json = run(path, &[one, "--policy", "district.policy", "--json"], 0);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let stamp = json["steps"].as_array().unwrap().iter().find(|step| step["step"] == "timestamp").unwrap();
    assert_eq!(stamp["outcome"], "unknown");
    assert!(json["dated_ms"].is_null() && !unknown.contains("Existed by"));
    let trusted =
        run(path, &[one, "--policy", "district.policies", "--tsa-ca", "tsa.pem", "--lang", "zh"], 0);
    assert!(trusted.contains("至迟已存在于（链外证明）: 20"), "{trusted}");
    assert!(trusted.contains("验证通过") && trusted.contains("✓ 通过  可信时间戳"), "{trusted}");

    // A block that is no certificate is told, and costs the others nothing.
    let mixed = [authority.file("root.key"), authority.file("root.pem")].concat();
    fs::write(path.join("mixed.pem"), mixed).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_biaozheng-verify"))
        .args([one, "--policy", "district.policies", "--tsa-ca", "mixed.pem", "--lang", "en"])
        .current_dir(path)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.starts_with("--tsa-ca: not used: block 1 of the file: "), "{told}");

    run(path, &[one, "--parent-policy", "city.policy", "--require-anchor"], 0);
    run(path, &[one, "--parent-chain", &family.province.id().to_string(), "--require-anchor"], 0);
    run(path, &[one, "--parent-chain", &family.district.id().to_string()], 1);
    run(path, &[one, "--parent-policy", "district.policy"], 1);
    run(path, &[one, "--require-anchor", "--tsa-ca", "tsa.pem"], 2);
    run(path, &[one, "--policy", "city.policy"], 1);
    let ended = run(path, &[one, "--policy", "ended.policies"], 1);
    assert!(ended.contains("after the policy's end"), "{ended}");
    for unusable in [
        ["--policy", "broken.policies"],
        ["--parent-policy", "broken.policies"],
        ["--tsa-ca", "tsa.key"],
        ["--tsa-ca", "missing"],
        ["--tsa-ca", "city.policy"],
    ] {
        run(path, &[one, unusable[0], unusable[1]], 2);
    }
}
