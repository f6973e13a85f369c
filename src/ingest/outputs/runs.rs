//! COCO's run-length encoding of masks.

use super::coco_json::{RawCounts, RawSegmentation};
use super::instances::Mask;

/// Most pixels of a mask: a side of 65 536.
const MAX_PIXELS: u64 = 1 << 32;
/// Most numbers in the rings of a mask.
const MAX_RING: usize = 1 << 20;

/// The runs of a text, as pycocotools writes them.
///
/// ```text
/// each number in groups of 5 bits, the lowest first, at 48 + bits; bit 6 says that another
/// group follows, bit 5 of the last is the sign. From the fourth number on, it is
/// the difference to the number two places before.
/// ```
///
/// Source: the COCO API, `rleFrString` in `maskApi.c`.
fn decompress(text: &str) -> Option<Vec<u32>> {
    let mut counts: Vec<u32> = Vec::with_capacity(text.len() / 2);
    let (mut value, mut shift) = (0_i64, 0_u32);
    for byte in text.bytes() {
        let group = i64::from(byte.checked_sub(48)?);
        if group > 63 || shift > 30 {
            return None;
        }
        value |= (group & 31) << shift;
        shift += 5;
        if group & 32 != 0 {
            continue;
        }
        if group & 16 != 0 {
            value |= -1 << shift;
        }
        if counts.len() > 2 {
            value += i64::from(counts[counts.len() - 2]);
        }
        counts.push(u32::try_from(value).ok()?);
        (value, shift) = (0, 0);
    }
    (shift == 0).then_some(counts)
}

/// The mask that is meant, or why it cannot be used.
pub(super) fn mask(raw: RawSegmentation) -> Result<Mask, &'static str> {
    match raw {
        RawSegmentation::Polygons(rings) => {
            let is_ring = |ring: &Vec<f64>| {
                ring.len() >= 6
                    && ring.len().is_multiple_of(2)
                    && ring.iter().all(|v| v.is_finite())
            };
            let numbers: usize = rings.iter().map(Vec::len).sum();
            match rings.iter().all(is_ring) {
                _ if numbers > MAX_RING => Err("mask of rings of over a million numbers"),
                true => Ok(Mask::Polygons(rings)),
                false => Err("mask of rings that are none"),
            }
        }
        RawSegmentation::Runs { size, counts } => {
            let [height, width] = size;
            let pixels = u64::from(height) * u64::from(width);
            let counts = match counts {
                RawCounts::Plain(counts) => Some(counts),
                RawCounts::Compressed(text) => decompress(&text),
            };
            let sum = |counts: &Vec<u32>| counts.iter().map(|&run| u64::from(run)).sum::<u64>();
            match counts {
                Some(counts) if pixels > 0 && pixels <= MAX_PIXELS && sum(&counts) == pixels => {
                    Ok(Mask::Runs {
                        size: (height, width),
                        counts,
                    })
                }
                _ => Err("mask of runs that do not make up its size"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_runs_are_those_of_the_coco_api() {
        // pycocotools 2.0.11: encode(np.asfortranarray([[0, 1, 1], [0, 1, 0]]))
        assert_eq!(decompress("231").unwrap(), [2, 3, 1]);
        assert_eq!(decompress("0").unwrap(), [0]);
        // 1000 = 8 + 31 * 32: groups 8 (more follow), 31 (more follow), 0.
        assert_eq!(decompress("Xo0").unwrap(), [1000]);
        for damaged in ["X", "\u{7f}", " ", "oooooooooooooooo0", "L"] {
            assert!(decompress(damaged).is_none(), "{damaged}");
        }
    }

    #[test]
    fn runs_must_make_up_the_size() {
        let runs = |size, counts| mask(RawSegmentation::Runs { size, counts });
        assert!(runs([2, 3], RawCounts::Plain(vec![2, 3, 1])).is_ok());
        assert!(runs([2, 3], RawCounts::Plain(vec![2, 3])).is_err());
        assert!(runs([u32::MAX, u32::MAX], RawCounts::Plain(vec![1])).is_err());
        assert!(mask(RawSegmentation::Polygons(vec![vec![0.0; 5]])).is_err());
        assert!(mask(RawSegmentation::Polygons(vec![vec![0.0; 6]])).is_ok());
    }
}
