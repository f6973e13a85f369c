//! driftsphere tells when what a vision model sees, or says, has changed in meaning.

mod error;

pub mod compare;
pub mod ingest;
pub mod profile;
pub mod report;
pub mod sketch;
pub mod sphere;

pub use error::{Error, ErrorKind, Result};
