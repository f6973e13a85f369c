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

#[cfg(test)]
#[allow(
    clippy::single_range_in_vec_init,
    reason = "parts of a stream, of which there may be one"
)]
mod tests {
    use super::*;
    use crate::ingest::{Batch, Column, Fingerprint};
    use crate::profile::{IdMode, Part, Profile, ProfileBuilder};
    use crate::sketch::hash_bytes;

    fn batch(rows: impl Iterator<Item = u64> + Clone) -> Batch<'static> {
        let prints: Vec<_> = rows
            .clone()
            .map(|i| {
                let content = i / 2;
                let perceptual = hash_bytes(3, &(i / 3).to_le_bytes());
                (i % 7 > 0).then_some(Fingerprint {
                    content,
                    perceptual,
                })
            })
            .collect();
        let ids: Vec<String> = rows.map(|i| format!("{i:04}.jpg")).collect();
        Batch::new(prints.len())
            .ids(Column::Text(ids))
            .fingerprints(prints)
    }

    fn profile(config: &ProfileConfig, parts: &[std::ops::Range<u64>]) -> Profile {
        let mut builder = ProfileBuilder::new(config.clone()).unwrap();
        for part in parts {
            builder.track_batch(&batch(part.clone())).unwrap();
        }
        builder.freeze()
    }

    #[test]
    fn profiles_with_pictures_are_canonical() {
        let config = ProfileConfig::new().sample_rows(100);
        let whole = profile(&config, &[0..2000]);
        let pictures = whole.pictures().unwrap();
        assert_eq!((pictures.len(), pictures.k()), (100, 100));
        assert_eq!(
            pictures.pictures(),
            (0..2000).filter(|i| i % 7 > 0).count() as u64
        );
        let parts = profile(&config, &[1500..2000, 0..3, 3..1500]);
        assert_eq!(parts.to_bytes(), whole.to_bytes());
        let mut merged = profile(&config, &[700..2000]);
        merged.merge(&profile(&config, &[0..700])).unwrap();
        assert_eq!(merged.to_bytes(), whole.to_bytes());
        assert_eq!(Profile::from_bytes(&whole.to_bytes()).unwrap(), whole);
        assert_eq!(whole.contents().bytes(), whole.to_bytes().len() as u64);
        assert!(whole.contents().bytes_of(Part::Samples) > 100 * 24);
        // One side without pictures; and less of them.
        let mut late = ProfileBuilder::new(config.clone()).unwrap().freeze();
        late.merge(&whole).unwrap();
        assert_eq!(late.to_bytes(), whole.to_bytes());
        let shrunk = whole.shrink(20, None).unwrap();
        let learned = profile(&config.sample_rows(20), &[0..2000]);
        assert_eq!(shrunk.to_bytes(), learned.to_bytes());
    }

    #[test]
    fn ids_are_kept_as_the_configuration_says_and_sealing_drops_all() {
        let text = |mode: IdMode| {
            let profile = profile(&ProfileConfig::new().ids(mode), &[0..50]);
            let copies = profile.pictures().unwrap().copies(0);
            assert!(copies.exact > 0);
            let bytes = String::from_utf8_lossy(&profile.to_bytes()).into_owned();
            (copies.examples[0].0.clone(), bytes.contains(".jpg"))
        };
        let (plain, told) = text(IdMode::Plain);
        assert!(plain.unwrap().ends_with(".jpg") && told);
        let (hashed, told) = text(IdMode::Hashed);
        assert!(hashed.unwrap().starts_with('#') && !told);
        assert_eq!(text(IdMode::None), (None, false));
        let sealed = profile(&ProfileConfig::new(), &[0..50]).seal().unwrap();
        assert!(sealed.pictures().is_none());
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let whole = profile(&ProfileConfig::new(), &[0..50]).to_bytes();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            assert!(Profile::from_bytes(&bytes).is_err(), "byte {at}");
        }
    }
}
