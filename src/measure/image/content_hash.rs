//! A hash of what a picture shows, sample by sample.

use xxhash_rust::xxh3::Xxh3;

use crate::ingest::image::{Pixels, Samples};

/// The xxh3-64 of the size, the channels, the depth and all samples: equal for a picture and
/// its copies without loss, whatever format, name and metadata they have.
///
/// ```
/// use driftsphere::ingest::image::{Channels, Pixels, Samples};
/// use driftsphere::measure::image::content_hash;
///
/// let row = Pixels::new(2, 1, Channels::Grey, Samples::U8(vec![1, 2]))?;
/// let column = Pixels::new(1, 2, Channels::Grey, Samples::U8(vec![1, 2]))?;
/// assert_eq!(content_hash(&row), content_hash(&row.clone()));
/// assert_ne!(content_hash(&row), content_hash(&column));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[must_use]
pub fn content_hash(pixels: &Pixels) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&pixels.width().to_le_bytes());
    hash.update(&pixels.height().to_le_bytes());
    let channels = pixels.channels().count() as u8;
    match pixels.samples() {
        Samples::U8(values) => {
            hash.update(&[channels, 8]);
            hash.update(values);
        }
        Samples::U16(values) => {
            hash.update(&[channels, 16]);
            update(&mut hash, values, |v| v.to_le_bytes());
        }
        Samples::F32 { values, low, high } => {
            hash.update(&[channels, 32]);
            update(&mut hash, &[*low, *high], |v| v.to_le_bytes());
            update(&mut hash, values, |v| v.to_le_bytes());
        }
    }
    hash.digest()
}

/// Little-endian bytes, block by block.
fn update<T: Copy, const N: usize>(hash: &mut Xxh3, values: &[T], bytes: impl Fn(T) -> [u8; N]) {
    for block in values.chunks(1024) {
        let block: Vec<u8> = block.iter().flat_map(|&v| bytes(v)).collect();
        hash.update(&block);
    }
}
