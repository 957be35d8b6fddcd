//! Timestamps in certificates, judged under the authorities the verifier brought along.
//!
//! **Invariant:** a token of any other authority is unknown, and never better than that.

use biaozheng_ledger::certificate::{TimestampFinding, TimestampJudge};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_timestamp::{PassedOver, Timestamp, Trust, TrustAnchors, verify};

use biaozheng_ledger::date::utc;

/// Judges RFC 3161 tokens; trusts nobody by default.
#[derive(Debug, Default)]
pub struct TimestampAuthorities {
    anchors: TrustAnchors,
}

impl TimestampAuthorities {
    /// Trusts these alone.
    #[must_use]
    pub const fn new(anchors: TrustAnchors) -> Self {
        Self { anchors }
    }

    /// Blocks of the file that hold no authority to trust, with the reason.
    #[must_use]
    pub fn passed_over(&self) -> &[PassedOver] {
        self.anchors.passed_over()
    }
}

impl TimestampJudge for TimestampAuthorities {
    fn judge(&self, token: &[u8], digest: &[u8; 32]) -> TimestampFinding {
        match verify(token, digest, &self.anchors) {
            Err(error) => TimestampFinding::Broken(error.to_string()),
            Ok(stamp) => match &stamp.trust {
                Trust::Unknown(issuer) => TimestampFinding::Unknown(format!(
                    "{}, issued by '{issuer}', which is none of the authorities you trust",
                    seen(&stamp)
                )),
                Trust::Anchored(anchor) => TimestampFinding::Trusted {
                    time_ms: stamp.time_ms,
                    seen: format!("{}, under your '{anchor}'", seen(&stamp)),
                },
            },
        }
    }
}

fn seen(stamp: &Timestamp) -> String {
    let accuracy = stamp.accuracy_ms.map(|off| format!(" ± {off} ms")).unwrap_or_default();
    format!("{}{accuracy} by '{}', serial {}", utc(TimeMs::new(stamp.time_ms)), stamp.authority, stamp.serial)
}
