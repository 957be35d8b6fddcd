//! OCDS
