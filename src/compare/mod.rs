//! Room.

pub mod stats;
