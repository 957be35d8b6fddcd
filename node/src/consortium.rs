//! Founding a consortium: keys, genesis, one folder per node.
//!
//! Two ways, one genesis. [`create`] makes every key in one place, for a trial or a single operator. In a real
//! consortium each centre makes its own keys ([`create_member`]) and hands out only the public `node.json`;
//! anyone assembles these ([`assemble`]), and nobody sees another's secret.
//!
//! **Invariant:** nothing that exists is overwritten, and a folder appears whole or not at all: it is written
//! beside its place and renamed.

mod assemble;
mod create;
mod folder;
mod member;

pub use assemble::{Assembly, assemble, genesis_of};
pub use create::{Created, Initialise, Plan, Ports, create, create_member, fill_home};
pub use member::{Member, PublicNode, Role};
