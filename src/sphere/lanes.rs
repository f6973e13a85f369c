//! The inner loops of this room, written once.
//!
//! Every sum runs over [`LANES`] partial sums that are joined in one fixed
//! order, without fused multiply-add. The compiler may therefore use whatever
//! vector width the CPU has (`multiversion` picks one when first called) and
//! the result stays the same bit for bit on every machine.

use multiversion::multiversion;

/// Partial sums of every loop: four AVX-512 or eight AVX2 registers of f64,
/// enough independent chains to hide the latency of an addition.
const LANES: usize = 32;

/// 1.5 * 2^52: adding and subtracting it rounds a small f64 to the nearest
/// integer, ties to even, without a rounding instruction.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// 2^40, the unit of the fixed-point sums in `sketch::Directions`.
const FIXED_ONE: f64 = (1_u64 << 40) as f64;

/// Joins the partial sums pairwise: lane `i` takes lane `i + 16`, then `i + 8`
/// and so on down to one.
#[inline(always)]
fn join(mut sums: [f64; LANES]) -> f64 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}

/// Sum of squares of an f32 row, in f64: never overflows, and is zero only if
/// every element is.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn sum_of_squares_f32(row: &[f32]) -> f64 {
    let mut sums = [0.0; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            let value = f64::from(chunk[lane]);
            sums[lane] += value * value;
        }
    }
    for (sum, &value) in sums.iter_mut().zip(rest) {
        let value = f64::from(value);
        *sum += value * value;
    }
    join(sums)
}

/// Sum of squares of an f64 vector.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn sum_of_squares(vector: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (chunks, rest) = vector.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += chunk[lane] * chunk[lane];
        }
    }
    for (sum, &value) in sums.iter_mut().zip(rest) {
        *sum += value * value;
    }
    join(sums)
}

/// `sum (row_i * inverse - centre_i)^2`.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn squared_chord_f32(row: &[f32], inverse: f64, centre: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (rows, row_rest) = row.as_chunks::<LANES>();
    let (centres, centre_rest) = centre.as_chunks::<LANES>();
    for (x, c) in rows.iter().zip(centres) {
        for lane in 0..LANES {
            let difference = f64::from(x[lane]) * inverse - c[lane];
            sums[lane] += difference * difference;
        }
    }
    for (sum, (&x, &c)) in sums.iter_mut().zip(row_rest.iter().zip(centre_rest)) {
        let difference = f64::from(x) * inverse - c;
        *sum += difference * difference;
    }
    join(sums)
}

/// `sum (first_i - second_i)^2`.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn squared_chord(first: &[f64], second: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (firsts, first_rest) = first.as_chunks::<LANES>();
    let (seconds, second_rest) = second.as_chunks::<LANES>();
    for (a, b) in firsts.iter().zip(seconds) {
        for lane in 0..LANES {
            let difference = a[lane] - b[lane];
            sums[lane] += difference * difference;
        }
    }
    for (sum, (&a, &b)) in sums.iter_mut().zip(first_rest.iter().zip(second_rest)) {
        let difference = a - b;
        *sum += difference * difference;
    }
    join(sums)
}

/// `(x.(c - c'), |c - c'|^2)` with `x = row * inverse`, in one pass.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn project(row: &[f32], inverse: f64, own: &[f64], other: &[f64]) -> (f64, f64) {
    let mut dots = [0.0; LANES];
    let mut squares = [0.0; LANES];
    let (rows, row_rest) = row.as_chunks::<LANES>();
    let (owns, own_rest) = own.as_chunks::<LANES>();
    let (others, other_rest) = other.as_chunks::<LANES>();
    for ((x, c), o) in rows.iter().zip(owns).zip(others) {
        for lane in 0..LANES {
            let apart = c[lane] - o[lane];
            dots[lane] += f64::from(x[lane]) * inverse * apart;
            squares[lane] += apart * apart;
        }
    }
    for (lane, ((&x, &c), &o)) in row_rest.iter().zip(own_rest).zip(other_rest).enumerate() {
        let apart = c - o;
        dots[lane] += f64::from(x) * inverse * apart;
        squares[lane] += apart * apart;
    }
    (join(dots), join(squares))
}

/// `out_i = sum_i - q(row_i * inverse)`, where `q` rounds to multiples of
/// 2^-40 exactly as the fixed-point sums do.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn subtract_row(sum: &[f64], row: &[f32], inverse: f64, out: &mut [f64]) {
    for ((out, &sum), &x) in out.iter_mut().zip(sum).zip(row) {
        let fixed = (f64::from(x) * inverse * FIXED_ONE + ROUND) - ROUND;
        *out = sum - fixed / FIXED_ONE;
    }
}

/// Multiplies every element.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn scale(vector: &mut [f64], factor: f64) {
    for value in vector {
        *value *= factor;
    }
}

/// The largest value, `-inf` of an empty slice. NaN is passed over.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn largest(values: &[f32]) -> f32 {
    let mut tops = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            if chunk[lane] > tops[lane] {
                tops[lane] = chunk[lane];
            }
        }
    }
    for (top, &value) in tops.iter_mut().zip(rest) {
        if value > *top {
            *top = value;
        }
    }
    tops.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

/// Calls `visit` with each index whose value is not below `floor`, NaN
/// included, in ascending order.
#[inline]
pub(super) fn for_each_not_below(values: &[f32], floor: f32, mut visit: impl FnMut(usize)) {
    // A whole chunk is passed over with one vector comparison: values that
    // reach the floor are rare.
    let (chunks, rest) = values.as_chunks::<16>();
    for (number, chunk) in chunks.iter().enumerate() {
        // NaN is not below anything, so its chunk is looked at.
        if chunk
            .iter()
            .fold(true, |below, &value| below & (value < floor))
        {
            continue;
        }
        for (lane, &value) in chunk.iter().enumerate() {
            if value.is_nan() || value >= floor {
                visit(number * 16 + lane);
            }
        }
    }
    for (lane, &value) in rest.iter().enumerate() {
        if value.is_nan() || value >= floor {
            visit(chunks.len() * 16 + lane);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of every length up to three chunks, against the plainest loop:
    /// integers this small make every order of summation exact.
    #[test]
    fn every_remainder_is_summed() {
        for len in 0..3 * LANES {
            let row: Vec<f32> = (0..len).map(|i| (i % 7) as f32 - 3.0).collect();
            let wide: Vec<f64> = row.iter().map(|&x| f64::from(x)).collect();
            let centre: Vec<f64> = (0..len).map(|i| (i % 5) as f64).collect();
            let other: Vec<f64> = (0..len).map(|i| (i % 3) as f64).collect();
            let squares: f64 = wide.iter().map(|x| x * x).sum();
            let chord: f64 = wide
                .iter()
                .zip(&centre)
                .map(|(x, c)| (x - c) * (x - c))
                .sum();
            let apart: Vec<f64> = centre.iter().zip(&other).map(|(c, o)| c - o).collect();
            let dot: f64 = wide.iter().zip(&apart).map(|(x, a)| x * a).sum();
            assert_eq!(sum_of_squares_f32(&row), squares);
            assert_eq!(sum_of_squares(&wide), squares);
            assert_eq!(squared_chord_f32(&row, 1.0, &centre), chord);
            assert_eq!(squared_chord(&wide, &centre), chord);
            assert_eq!(
                project(&row, 1.0, &centre, &other),
                (dot, apart.iter().map(|a| a * a).sum())
            );
            let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            assert_eq!(largest(&row), top);
        }
    }

    #[test]
    fn what_is_not_below_the_floor_is_visited_in_order() {
        let mut values: Vec<f32> = (0..40).map(|i| (i % 10) as f32).collect();
        values[21] = f32::NAN;
        let mut seen = Vec::new();
        for_each_not_below(&values, 9.0, |index| seen.push(index));
        assert_eq!(seen, [9, 19, 21, 29, 39]);
        seen.clear();
        for_each_not_below(&values, f32::NEG_INFINITY, |index| seen.push(index));
        assert_eq!(seen, (0..40).collect::<Vec<_>>());
    }

    #[test]
    fn subtracting_a_row_rounds_like_the_fixed_point_sums() {
        let row = [0.3_f32, -0.7, 1e-13, 0.0, -1.0];
        let mut out = [0.0; 5];
        subtract_row(&[0.0; 5], &row, 0.77, &mut out);
        for (x, out) in row.into_iter().zip(out) {
            let expected = (f64::from(x) * 0.77 * FIXED_ONE).round_ties_even() / FIXED_ONE;
            assert_eq!(out, -expected);
        }
    }
}
