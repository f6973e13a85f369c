//! The sample of pictures that copies are found in.

use crate::error::Result;
use crate::sketch::Fingerprints;

use super::chunk::Chunk;
use super::config::ProfileConfig;

/// Different looks that are kept at most, whatever the samples of records may hold: pairs
/// of them are compared.
const MOST: usize = 4096;

/// Different looks that are kept: as many as records are sampled, overall or in the space
/// that samples most.
pub(super) fn picture_rows(config: &ProfileConfig) -> usize {
    if config.sealed {
        return 0;
    }
    let spaces = config.spaces.values().map(|space| space.sample_rows);
    spaces.max().unwrap_or(config.sample_rows).min(MOST)
}

/// Learns the pictures of a chunk. The sample begins with the first batch that has
/// fingerprints, so that profiles without pictures keep their bytes.
pub(super) fn offer(
    sample: &mut Option<Fingerprints>,
    chunk: &Chunk<'_, '_>,
    config: &ProfileConfig,
) {
    if !chunk.batch().has_fingerprints() {
        return;
    }
    let start = chunk.rows().start;
    for row in 0..chunk.rows().len() {
        if let Some(picture) = chunk.batch().fingerprint(start + row) {
            let sample = sample.get_or_insert_with(|| Fingerprints::new(picture_rows(config)));
            let id = chunk.id(row);
            let (perceptual, content) = (picture.perceptual, picture.content);
            sample.update(config.seed, perceptual, content, id.as_deref());
        }
    }
}

pub(super) fn merge(own: &mut Option<Fingerprints>, other: Option<&Fingerprints>) -> Result<()> {
    match (own, other) {
        (Some(own), Some(other)) => own.merge(other),
        (own, Some(other)) => {
            *own = Some(other.clone());
            Ok(())
        }
        (_, None) => Ok(()),
    }
}
