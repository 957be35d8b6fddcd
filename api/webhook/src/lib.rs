//! Webhooks: public records of committed blocks, sent on to servers that an operator names.
//!
//! Signed as [Standard Webhooks](https://www.standardwebhooks.com) has it. Events of one hook arrive in the order of the
//! chain, each at least once: `webhook-id` is the same however often one is sent. The chain itself is the queue: a hook
//! holds one block's events and a place in the chain, so a receiver that is away for a week costs neither memory nor
//! events, and no block ever waits for it. An event that a receiver refuses for good is set aside where the operator sees it,
//! and those behind it go on.

mod address;
mod aside;
mod backoff;
mod cursor;
mod delivery;
mod desk;
mod event;
mod hook;
mod settings;
mod signature;

pub use address::is_public_address;
pub use aside::{AsideError, SetAside};
pub use cursor::CursorError;
pub use desk::{DeskError, Held, HookView};
pub use event::Event;
pub use hook::{Hooks, Source, SourceError, StartError};
pub use settings::{HookSettings, SettingsError};
pub use signature::{Secret, SecretError};
