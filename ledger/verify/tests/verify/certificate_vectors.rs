//! The golden certificates come out with the verdict the vectors name, judged by the library as by the ledger.

use biaozheng_ledger::certificate::Expectations;
use biaozheng_ledger::policy::Policy;
use biaozheng_verify::judge;
use serde_json::Value;

#[test]
fn every_golden_certificate_has_its_verdict() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/certificate.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = file["vectors"].as_array().unwrap();
    assert!(cases.len() > 20);
    for case in cases {
        let policy: Option<Policy> = case["policy"].as_str().map(|text| text.parse().unwrap());
        let expected = Expectations {
            policy: policy.as_ref(),
            chain: case["chain"].as_str().map(|text| text.parse().unwrap()),
            envelope: case["envelope"].as_str().map(str::as_bytes),
            document: case["document"]["digest"]
                .as_str()
                .map(|digest| (digest.parse().unwrap(), case["document"]["size"].as_u64().unwrap())),
            ..Expectations::default()
        };
        let judgement = judge(case["certificate"].as_str().unwrap().as_bytes(), &expected, false);
        assert_eq!(judgement.verdict.code(), case["verdict"], "{}", case["name"]);
        let failed = judgement.verification.as_ref().and_then(|one| one.failed_step());
        let failed = failed.filter(|_| judgement.problem.is_none()).map(|(step, _)| step.name());
        assert_eq!(failed, case["failed_step"].as_str(), "{}", case["name"]);
    }
}
