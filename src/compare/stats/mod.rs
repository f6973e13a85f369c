//! Statistics on plain slices.
#![allow(missing_docs, dead_code)]
mod beta;
mod chi_square;
mod combine;
mod effect;
mod ks;
mod permutation;
mod random;
mod resample;
mod tails;
mod w1;
pub use chi_square::*;
pub use combine::*;
pub use effect::*;
pub use ks::*;
pub use permutation::*;
pub use tails::*;
pub use w1::*;
