//! What a peer sent, in a type that says so.
//!
//! **Invariant:** nothing a peer sends stops this node. [`FromPeer`] gives its content to a check that can answer with a
//! value or a [`Misfit`] and with nothing else: a [`Fatal`](crate::chain::consensus::Fatal) is none, and no conversion leads from
//! one to the other, so the compiler refuses a `?` that would stop the node over a peer's bytes. What a check gives back
//! is named and bounded, and the node acts on that.

/// What a peer sent. Nobody has looked at it yet, and nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromPeer<T>(T);

/// Why what a peer sent is passed over. It says something about the peer and nothing about this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misfit(pub &'static str);

impl<T> FromPeer<T> {
    #[must_use]
    pub const fn new(content: T) -> Self {
        Self(content)
    }

    /// The only way to the content.
    ///
    /// # Errors
    /// What the check says of the peer.
    pub fn check<U>(self, check: impl FnOnce(T) -> Result<U, Misfit>) -> Result<U, Misfit> {
        check(self.0)
    }
}

/// ```compile_fail
/// use biaozheng_node::chain::consensus::Fatal;
/// use biaozheng_node::peers::from_peer::{FromPeer, Misfit};
/// fn stops(bytes: FromPeer<u8>) -> Result<u8, Fatal> {
///     Ok(bytes.check(|byte| if byte == 0 { Err(Misfit("nought")) } else { Ok(byte) })?)
/// }
/// ```
#[cfg(doctest)]
struct NoFatalOverAPeersBytes;
