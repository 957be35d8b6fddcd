//! Which ceremony keys come from: the library's digest of a round, computed again.
//!
//! The library writes the digest of its round into its output and compares it with nothing afterwards. A client that trusts
//! no node can use the digest to check that a group's keys were made under *this* start of a ceremony, and not under another.
//!
//! ```text
//! transcript: namespace | round, 8 | previous output or 0 | dealers | players | modes (polynomial, reveal)
//! ```

use commonware_codec::{Encode as _, modes};
use commonware_cryptography::bls12381::dkg::feldman_desmedt::Reveal;
use commonware_cryptography::bls12381::primitives::sharing::Mode;
use commonware_cryptography::transcript::{Transcript, Version};
use commonware_utils::ordered::Set;

use super::identity::{Member, StrictKey};
use super::{Output, codec};
use crate::bytes::Writer;
use crate::group::Purpose;
use biaozheng_ledger::ids::ChainId;

/// The library's name for its transcripts.
const LIBRARY: &[u8] = b"_COMMONWARE_CRYPTOGRAPHY_BLS12381_DKG";
/// Bytes of the digest, which the encoded output begins with.
const DIGEST_BYTES: usize = 32;

/// The domain of a ceremony: its chain and its purpose.
pub(super) fn namespace(chain: &ChainId, purpose: Purpose) -> Vec<u8> {
    Writer::default().field(b"biaozheng/dkg/v1").field(chain.bytes()).field(&purpose.bytes()).finish()
}

/// True when these members made this output under this round of a new key, in which all of them deal.
pub(super) fn first_made(
    output: &Output,
    chain: &ChainId,
    purpose: Purpose,
    round: u64,
    members: &[Member],
) -> bool {
    let keys = members.iter().map(|member| StrictKey::of(member.key())).collect::<Vec<_>>();
    let Ok(set) = Set::try_from(keys) else { return false };
    let namespace = namespace(chain, purpose);
    let mut transcript = Transcript::new(LIBRARY, Version::V0);
    transcript
        .commit(namespace.as_slice())
        .commit(round.encode())
        .commit(None::<Output>.encode())
        .commit(set.encode())
        .commit(set.encode());
    if let Some(modes) = modes![Mode::NonZeroCounter, Reveal::V1] {
        transcript.commit(modes.encode());
    }
    codec::write(output).get(..DIGEST_BYTES) == Some(transcript.summarize().as_ref())
}
