//! Judges cases from the standard input, for the differential test with the JavaScript verifier: one line
//! `<verdict> <failed step or ->` a case, in order.
//!
//! A case is nine fields, each a length (u32, big-endian; `0xffffffff` for an absent field) and its bytes:
//! certificate, policy text, chain id, envelope JSON, `<document digest> <size>`, dated policies, a parent's dated
//! policies, a parent's chain id, timestamp authorities in PEM. A tool of tests: it trusts its input's framing, but
//! takes no more memory than one field's limit.

use std::io::{self, BufReader, BufWriter, Read, Write};

use biaozheng_ledger::certificate::Expectations;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::policy_history::PolicyHistory;
use biaozheng_timestamp::TrustAnchors;
use biaozheng_verify::{Judgement, Problem, TimestampAuthorities, judge};

const FIELD_BYTES_MAX: u32 = 4 * 1024 * 1024;

type Field = Option<Vec<u8>>;

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// One field, or `None` at the end of the input.
fn field(input: &mut impl Read) -> io::Result<Option<Field>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_be_bytes(length);
    if length == u32::MAX {
        return Ok(Some(None));
    }
    if length > FIELD_BYTES_MAX {
        return Err(wrong("a field is too long"));
    }
    let mut bytes = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut bytes)?;
    Ok(Some(Some(bytes)))
}

fn text(field: Field) -> io::Result<Option<String>> {
    field.map(String::from_utf8).transpose().map_err(|_| wrong("a field is not UTF-8"))
}

fn parsed<T: std::str::FromStr>(text: &str) -> io::Result<T> {
    text.parse().map_err(|_| wrong("a field cannot be read"))
}

fn document(field: Field) -> io::Result<Option<(Digest, u64)>> {
    let Some(text) = text(field)? else { return Ok(None) };
    let (digest, size) = text.split_once(' ').ok_or_else(|| wrong("a document is digest and size"))?;
    Ok(Some((parsed(digest)?, parsed(size)?)))
}

fn history(field: Field) -> Result<Option<PolicyHistory>, Problem> {
    let read = field.map(|text| PolicyHistory::from_json(&text)).transpose();
    Ok(read?)
}

fn authorities(field: Field) -> Result<TimestampAuthorities, Problem> {
    let Some(text) = field else { return Ok(TimestampAuthorities::default()) };
    let read = TrustAnchors::read(&text).map(TimestampAuthorities::new);
    Ok(read?)
}

fn case(certificate: &[u8], fields: [Field; 8]) -> io::Result<Judgement> {
    let [policy, chain, envelope, document_field, policies, parent_policies, parent_chain, authority_field] =
        fields;
    let policy = match text(policy)?.map(|text| text.parse::<Policy>()).transpose() {
        Ok(policy) => policy,
        Err(error) => return Ok(Judgement::unusable(Problem::Policy(error))),
    };
    let chain = text(chain)?.map(|text| parsed(&text)).transpose()?;
    let document = document(document_field)?;
    let brought = (history(policies), history(parent_policies), authorities(authority_field));
    let (policies, parent_policies, stamps) = match brought {
        (Ok(own), Ok(parent), Ok(stamps)) => (own, parent, stamps),
        (Err(problem), ..) | (_, Err(problem), _) | (.., Err(problem)) => {
            return Ok(Judgement::unusable(problem));
        }
    };
    let expected = Expectations {
        policy: policy.as_ref(),
        chain,
        envelope: envelope.as_deref(),
        document,
        policies: policies.as_ref(),
        parent_policies: parent_policies.as_ref(),
        parent_chain: text(parent_chain)?.map(|text| parsed(&text)).transpose()?,
        timestamps: Some(&stamps),
    };
    Ok(judge(certificate, &expected, false))
}

fn main() -> io::Result<()> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = BufWriter::new(io::stdout().lock());
    while let Some(certificate) = field(&mut input)? {
        let mut next = || field(&mut input)?.ok_or_else(|| wrong("a case is cut short"));
        let fields = [next()?, next()?, next()?, next()?, next()?, next()?, next()?, next()?];
        let judgement = case(&certificate.unwrap_or_default(), fields)?;
        let failed = judgement.verification.as_ref().and_then(|one| one.failed_step());
        let step = failed.filter(|_| judgement.problem.is_none()).map_or("-", |(step, _)| step.name());
        writeln!(output, "{} {step}", judgement.verdict.code())?;
    }
    output.flush()
}
