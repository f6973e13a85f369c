//! The statistics against other implementations (`scripts/oracles/`).

mod choices;
mod ranks;
mod similarity;
mod statistics;
mod support;
