//! The statistics against other implementations (`scripts/oracles/`).

mod choices;
mod similarity;
mod statistics;
mod support;
