//! The log's side: asking a witness for its cosignature.

use std::time::Duration;

use biaozheng_connect::Trust;
use biaozheng_ledger::merkle::Hash;
use biaozheng_ledger::note::{NoteKey, NoteSignature, SignedNote};
use biaozheng_ledger::witness::{AddCheckpoint, SIZE_MEDIA_TYPE};
use reqwest::{Url, header};

/// Largest answer of a witness, bytes: a few lines.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// One witness as a log sees it.
#[derive(Debug)]
pub struct WitnessClient {
    http: reqwest::Client,
    url: Url,
    key: NoteKey,
    /// Size of the tree the witness cosigned last, as far as is known here.
    known: u64,
    timeout: Duration,
}

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    #[error("{0}: not an http:// or https:// address")]
    Address(String),
    #[error("witness {name}: cannot be reached: {reason}")]
    Unreachable { name: String, reason: String },
    #[error("witness {name}: cosigned {latest} leaves already, more than the {size} asked for")]
    Ahead { name: String, latest: u64, size: u64 },
    #[error("witness {name}: others asked it meanwhile; to be asked again")]
    Busy { name: String },
    /// Its word alone, over a connection nobody signs: a reason to look, no proof.
    #[error(
        "witness {name}: ALARM: it says that it cosigned another tree of this log; compare its newest checkpoint with `biaozheng audit` 见证人称已签署另一棵树，请核对"
    )]
    Fork { name: String },
    #[error("witness {name}: refuses with status {status}: {detail}")]
    Refused { name: String, status: u16, detail: String },
    #[error("witness {name}: its answer has no valid line by its key")]
    Answer { name: String },
    #[error("witness {name}: no proof from {old} to {size} leaves could be made")]
    NoProof { name: String, old: u64, size: u64 },
}

/// Without the address, which is the operator's own matter.
fn reason(error: reqwest::Error) -> String {
    biaozheng_connect::reason(&error.without_url())
}

enum Answer {
    Line(NoteSignature),
    Latest(u64),
    /// The proof from our own tree does not lead from the witness's: its tree of that size is another.
    ProofRefused,
}

impl WitnessClient {
    /// # Errors
    /// [`WitnessError::Address`].
    pub fn new(address: &str, key: NoteKey) -> Result<Self, WitnessError> {
        let refuse = || WitnessError::Address(address.to_owned());
        let url = Url::parse(&format!("{}/add-checkpoint", address.trim_end_matches('/')));
        let url = url.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
        let url = url.ok_or_else(refuse)?;
        let http = Trust::shared()
            .client_for(&url)
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|_| refuse())?;
        Ok(Self { http, url, key, known: 0, timeout: ANSWER_TIMEOUT })
    }

    /// How long one answer may take; without it ten seconds.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    #[must_use]
    pub const fn key(&self) -> &NoteKey {
        &self.key
    }

    /// Asks for a line under `note`, a checkpoint of `size` leaves that bears the log's own signature. `prove`
    /// gives the consistency proof from a smaller size (see [`biaozheng_ledger::merkle::consistency_path`]).
    ///
    /// # Errors
    /// [`WitnessError`].
    pub async fn cosign(
        &mut self,
        note: &SignedNote,
        size: u64,
        prove: impl Fn(u64) -> Option<Vec<Hash>>,
    ) -> Result<NoteSignature, WitnessError> {
        let name = || self.key.name().to_owned();
        // The second time with the size the witness itself told.
        for _ in 0..2 {
            let old = self.known;
            if old > size {
                return Err(WitnessError::Ahead { name: name(), latest: old, size });
            }
            let path = if old == 0 { Some(Vec::new()) } else { prove(old) };
            let path = path.ok_or_else(|| WitnessError::NoProof { name: name(), old, size })?;
            let request = AddCheckpoint { old, path, note: note.clone() };
            match self.ask(&request).await? {
                Answer::Line(line) => {
                    self.known = size;
                    return Ok(line);
                }
                // Not kept: should it be untrue, the next question finds out.
                Answer::Latest(latest) if latest > size => {
                    return Err(WitnessError::Ahead { name: self.key.name().to_owned(), latest, size });
                }
                Answer::Latest(latest) if latest == old => {
                    return Err(WitnessError::Fork { name: self.key.name().to_owned() });
                }
                Answer::Latest(latest) => self.known = latest,
                Answer::ProofRefused => return Err(WitnessError::Fork { name: self.key.name().to_owned() }),
            }
        }
        Err(WitnessError::Busy { name: self.key.name().to_owned() })
    }

    async fn ask(&self, request: &AddCheckpoint) -> Result<Answer, WitnessError> {
        let name = || self.key.name().to_owned();
        let lost = |error: reqwest::Error| WitnessError::Unreachable { name: name(), reason: reason(error) };
        let mut answer = self
            .http
            .post(self.url.clone())
            .timeout(self.timeout)
            .body(request.to_string())
            .send()
            .await
            .map_err(lost)?;
        let status = answer.status().as_u16();
        if let Some(detail) = biaozheng_connect::redirect(&answer) {
            return Err(WitnessError::Refused { name: name(), status, detail });
        }
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_size = kind == Some(SIZE_MEDIA_TYPE);
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(lost)? {
            if bytes.len().saturating_add(chunk.len()) > ANSWER_BYTES_MAX {
                return Err(WitnessError::Answer { name: name() });
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8_lossy(&bytes);
        match status {
            200 => {
                self.line(&request.note, &text).map(Answer::Line).ok_or(WitnessError::Answer { name: name() })
            }
            409 if is_size => match text.trim_end().parse() {
                Ok(latest) => Ok(Answer::Latest(latest)),
                Err(_) => Err(WitnessError::Answer { name: name() }),
            },
            422 => Ok(Answer::ProofRefused),
            _ => {
                let detail = text.chars().filter(|c| !c.is_control()).take(200).collect();
                Err(WitnessError::Refused { name: name(), status, detail })
            }
        }
    }

    /// The witness's valid line; lines by keys not known are passed over, as C2SP asks.
    fn line(&self, note: &SignedNote, text: &str) -> Option<NoteSignature> {
        let lines = text.lines().filter_map(|line| line.parse::<NoteSignature>().ok());
        let mut its = lines.filter(|line| line.name == self.key.name() && line.key_id == self.key.id());
        its.find(|line| {
            let alone = SignedNote { text: note.text.clone(), signatures: vec![line.clone()] };
            self.key.find_valid(&alone).is_some()
        })
    }
}
