//! Ceremonies, seals, tokens and their bytes. One binary, since each links the same library; golden vectors have their own.

mod ceremony;
mod decoders;
mod members;
mod sealing;
mod tokens;
