//! The hashes that decide which records a sample keeps.
//!
//! All are 64-bit xxh3 with a seed: fast, well mixed, and the same on every
//! machine. They are no defence against someone who chooses ids on purpose to
//! get into a sample.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The seeded xxh3-64 of `bytes`.
///
/// ```
/// use driftsphere::sketch::{hash_bytes, hash_text};
///
/// assert_eq!(hash_bytes(7, b"img_001.jpg"), hash_text(7, "img_001.jpg"));
/// assert_ne!(hash_bytes(7, b"img_001.jpg"), hash_bytes(8, b"img_001.jpg"));
/// ```
#[must_use]
pub fn hash_bytes(seed: u64, bytes: &[u8]) -> u64 {
    xxh3_64_with_seed(bytes, seed)
}

/// The seeded xxh3-64 of the UTF-8 bytes of `text`.
#[must_use]
pub fn hash_text(seed: u64, text: &str) -> u64 {
    hash_bytes(seed, text.as_bytes())
}

/// The seeded xxh3-64 of a row of numbers: its little-endian bytes, with -0.0
/// written as 0.0, so that rows which compare equal hash alike.
///
/// ```
/// use driftsphere::sketch::hash_row;
///
/// assert_eq!(hash_row(1, &[0.0, 2.5]), hash_row(1, &[-0.0, 2.5]));
/// ```
#[must_use]
pub fn hash_row(seed: u64, row: &[f32]) -> u64 {
    hash_bytes(seed, &row_bytes(row))
}

/// The canonical bytes of a row, borrowed where the memory already holds them.
fn row_bytes(row: &[f32]) -> Cow<'_, [u8]> {
    const NEGATIVE_ZERO: u32 = 1 << 31;
    // Not `any`: a fold without an early exit runs several lanes at a time.
    let clean = row
        .iter()
        .fold(true, |clean, v| clean & (v.to_bits() != NEGATIVE_ZERO));
    if clean && cfg!(target_endian = "little") {
        return Cow::Borrowed(bytemuck::cast_slice(row));
    }
    let value = |v: &f32| if *v == 0.0 { 0.0 } else { *v };
    row.iter().flat_map(|v| value(v).to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_vectors_of_xxh3() {
        // XSUM_XXH3 sanity checks: the empty input under seed 0.
        assert_eq!(hash_bytes(0, b""), 0x2D06_8005_38D3_94C2);
    }

    #[test]
    fn a_row_hashes_as_its_little_endian_bytes() {
        let row = [1.5_f32, -2.0, f32::MIN_POSITIVE, 3.0e38];
        let bytes: Vec<u8> = row.iter().flat_map(|v| v.to_le_bytes()).collect();
        assert_eq!(hash_row(9, &row), hash_bytes(9, &bytes));
        assert_eq!(hash_row(9, &[]), hash_bytes(9, &[]));
    }

    #[test]
    fn the_sign_of_zero_does_not_count_but_that_of_others_does() {
        assert_eq!(
            hash_row(3, &[-0.0, 1.0, -0.0]),
            hash_row(3, &[0.0, 1.0, 0.0])
        );
        assert_ne!(hash_row(3, &[-1.0]), hash_row(3, &[1.0]));
    }
}
