//! The verifier as a library and as a program: what holds, and how each fault is named. One binary, since each links the
//! same crates.

mod anchored_vectors;
mod anchoring;
mod archive;
mod attacks;
mod bit_flips;
mod certificate_vectors;
mod dated_policies;
mod draw;
mod evidence;
mod program;
mod program_anchors;
