//! The quality at which a JPEG was saved, from its quantisation tables.

use std::sync::LazyLock;

/// Divisors of the 64 frequencies, in zigzag order.
pub(super) type Table = [u16; 64];

/// ITU-T T.81, table K.1 (brightness), in zigzag order.
const LUMA: Table = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// ITU-T T.81, table K.2 (colour), in zigzag order.
const CHROMA: Table = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// The tables of libjpeg at each quality from 1 to 100.
static TABLES: LazyLock<Vec<(Table, Table)>> = LazyLock::new(|| {
    let qualities = 1..=100;
    qualities
        .map(|q| (scaled(&LUMA, q), scaled(&CHROMA, q)))
        .collect()
});

/// The table that libjpeg makes of a standard one (jcparam.c, `jpeg_quality_scaling`
/// and `jpeg_add_quant_table`, forced to baseline):
///
/// ```text
/// scale = 5000 / q  for q < 50,  200 - 2 q  from 50 on
/// value = clamp((standard * scale + 50) / 100, 1, 255)      in whole numbers
/// ```
fn scaled(standard: &Table, quality: u32) -> Table {
    let scale = match quality {
        ..50 => 5000 / quality,
        _ => 200 - 2 * quality,
    };
    standard.map(|value| {
        let value = (u32::from(value) * scale + 50) / 100;
        value.clamp(1, 255) as u16
    })
}

/// The quality, 1 to 100, at which libjpeg's tables differ least from these: in the sum of
/// absolute differences over both tables; of equals the highest.
///
/// Exact for files that libjpeg (and all that follows it) wrote with one quality; for other
/// encoders the nearest on libjpeg's scale.
pub(super) fn estimate(luma: &Table, chroma: Option<&Table>) -> u8 {
    let apart = |a: &Table, b: &Table| -> u32 {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
    };
    let distance = |(own_luma, own_chroma): &(Table, Table)| {
        apart(luma, own_luma) + chroma.map_or(0, |chroma| apart(chroma, own_chroma))
    };
    let nearest = (1..)
        .zip(TABLES.iter())
        .min_by_key(|(quality, tables)| (distance(tables), u8::MAX - quality));
    nearest.map_or(0, |(quality, _)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quality_of_libjpegs_own_tables_is_exact() {
        for quality in 1..=100_u8 {
            let (luma, chroma) = &TABLES[usize::from(quality) - 1];
            assert_eq!(estimate(luma, Some(chroma)), quality);
        }
    }

    #[test]
    fn other_tables_get_the_nearest() {
        let mut luma = TABLES[74].0;
        luma[0] += 1;
        assert_eq!(estimate(&luma, None), 75);
        assert_eq!(estimate(&[1; 64], None), 100);
        assert_eq!(estimate(&[u16::MAX; 64], Some(&[u16::MAX; 64])), 1);
    }
}
