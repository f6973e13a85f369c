//! From a row of floats to fixed point, several lanes at a time.

use multiversion::multiversion;

/// One, in fixed point: multiples of 2^-40.
pub(super) const ONE: i64 = 1 << 40;

/// `value` rounded to an integer, ties to even, for |value| <= [`ONE`].
///
/// In [2^52, 2^53) doubles are the integers, so adding 1.5 * 2^52 rounds `value`
/// and leaves it in the low bits. Unlike a cast this runs in plain SSE2.
#[inline(always)]
fn round(value: f64) -> i64 {
    const MAGIC: f64 = 1.5 * (1_u64 << 52) as f64;
    const LIMIT: f64 = ONE as f64;
    // Comparisons in this form are one instruction each, `clamp` is not.
    let value = if value > -LIMIT { value } else { -LIMIT };
    let value = if value < LIMIT { value } else { LIMIT };
    (value + MAGIC)
        .to_bits()
        .wrapping_sub(MAGIC.to_bits())
        .cast_signed()
}

/// Adds `row * factor`, rounded, to `sums`; `factor` includes [`ONE`].
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn add_scaled(sums: &mut [i64], row: &[f32], factor: f64) {
    for (sum, value) in sums.iter_mut().zip(row) {
        *sum = sum.wrapping_add(round(f64::from(*value) * factor));
    }
}

/// Adds `row * factor`, rounded, to two sums.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn add_scaled_to_both(first: &mut [i64], second: &mut [i64], row: &[f32], factor: f64) {
    for ((first, second), value) in first.iter_mut().zip(second).zip(row) {
        let value = round(f64::from(*value) * factor);
        *first = first.wrapping_add(value);
        *second = second.wrapping_add(value);
    }
}

/// Writes `row * factor`, rounded, to `out`; `factor` includes [`ONE`].
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn write_scaled(out: &mut [i64], row: &[f32], factor: f64) {
    for (out, value) in out.iter_mut().zip(row) {
        *out = round(f64::from(*value) * factor);
    }
}

/// Writes `sums - fixed` to `out`, in units of one. No difference may overflow.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn write_difference(out: &mut [f64], sums: &[i64], fixed: &[i64]) {
    for ((out, sum), value) in out.iter_mut().zip(sums).zip(fixed) {
        *out = sum.wrapping_sub(*value) as f64 * (1.0 / ONE as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_as_the_standard_library_does() {
        let mut values = vec![0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -2.5, 1e11 + 0.5, ONE as f64];
        let mut state = 1_u64;
        for _ in 0..10_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            values.push(state.cast_signed() as f64 / (1_u64 << (23 + state % 40)) as f64);
        }
        for value in values {
            assert_eq!(round(value), value.round_ties_even() as i64, "{value}");
        }
    }

    #[test]
    fn values_out_of_range_count_as_one() {
        let limits = [f64::INFINITY, 1e300, ONE as f64 + 0.75];
        assert!(limits.iter().all(|v| round(*v) == ONE && round(-v) == -ONE));
        assert_eq!(round(f64::NAN), -ONE);
    }

    #[test]
    fn every_length_is_converted_whole() {
        for len in 0..40 {
            let row: Vec<f32> = (0..len).map(|i| (i as f32 - 17.0) / 41.0).collect();
            let mut fixed = vec![-1; len];
            write_scaled(&mut fixed, &row, 0.9 * ONE as f64);
            let naive = |v: &f32| (f64::from(*v) * 0.9 * ONE as f64).round_ties_even() as i64;
            assert_eq!(fixed, row.iter().map(naive).collect::<Vec<_>>());
            let mut sums = fixed.clone();
            add_scaled(&mut sums, &row, 0.9 * ONE as f64);
            let mut halves = vec![0.0; len];
            write_difference(&mut halves, &sums, &fixed);
            let exact = fixed.iter().map(|f| *f as f64 / ONE as f64);
            assert_eq!(halves, exact.collect::<Vec<_>>());
        }
    }
}
