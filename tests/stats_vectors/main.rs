//! The statistics against other implementations (`scripts/oracles/`).

mod choices;
mod statistics;
mod support;
