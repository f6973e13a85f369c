//! The inner loops of this room, written once.
//!
//! Every sum runs over [`LANES`] partial sums that are joined in one fixed
//! order, without fused multiply-add. The compiler may therefore use whatever
//! vector width the CPU has (`multiversion` picks one when first called) and
//! the result stays the same bit for bit on every machine.

use half::f16;
use multiversion::multiversion;

/// Partial sums of every loop: four AVX-512 or eight AVX2 registers of f64,
/// enough independent chains to hide the latency of an addition.
const LANES: usize = 32;

/// Joins the partial sums pairwise: lane `i` takes lane `i + 16`, then `i + 8`
/// and so on down to one. Written level by level so that each is a vector
/// addition.
#[inline(always)]
fn join(sums: [f64; LANES]) -> f64 {
    let sixteen: [f64; 16] = std::array::from_fn(|i| sums[i] + sums[i + 16]);
    let eight: [f64; 8] = std::array::from_fn(|i| sixteen[i] + sixteen[i + 8]);
    let four: [f64; 4] = std::array::from_fn(|i| eight[i] + eight[i + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

/// The elements after the last whole chunk, with zeros behind them: they then
/// run through the same vector loop, and a zero changes no sum.
#[inline(always)]
fn padded<T: Copy + Default>(rest: &[T]) -> [T; LANES] {
    let mut chunk = [T::default(); LANES];
    chunk[..rest.len()].copy_from_slice(rest);
    chunk
}

/// `sum term(a_i)`, where `term` of zero is zero.
#[inline(always)]
fn sum<A: Copy + Default>(a: &[A], term: impl Fn(A) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let (chunks, rest) = a.as_chunks::<LANES>();
    for a in chunks {
        for lane in 0..LANES {
            sums[lane] += term(a[lane]);
        }
    }
    if !rest.is_empty() {
        let a = padded(rest);
        for lane in 0..LANES {
            sums[lane] += term(a[lane]);
        }
    }
    join(sums)
}

/// `sum term(a_i, b_i)`, where `term` of zeros is zero.
#[inline(always)]
fn sum_pairs<A, B>(a: &[A], b: &[B], term: impl Fn(A, B) -> f64) -> f64
where
    A: Copy + Default,
    B: Copy + Default,
{
    let mut sums = [0.0; LANES];
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += term(a[lane], b[lane]);
        }
    }
    if !a_rest.is_empty() {
        let (a, b) = (padded(a_rest), padded(b_rest));
        for lane in 0..LANES {
            sums[lane] += term(a[lane], b[lane]);
        }
    }
    join(sums)
}

/// Sum of squares of an f32 row, in f64: never overflows, and is zero only if
/// every element is.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn sum_of_squares_f32(row: &[f32]) -> f64 {
    sum(row, |x| f64::from(x) * f64::from(x))
}

/// Sum of squares of an f64 vector.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn sum_of_squares(vector: &[f64]) -> f64 {
    sum(vector, |x: f64| x * x)
}

/// `sum (row_i * inverse - centre_i)^2`.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn squared_chord_f32(row: &[f32], inverse: f64, centre: &[f64]) -> f64 {
    sum_pairs(row, centre, |x, c: f64| {
        let apart = f64::from(x) * inverse - c;
        apart * apart
    })
}

/// [`squared_chord_f32`] to several centres: the row is loaded and scaled once.
/// Each sum is the same bit for bit.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn squared_chords_f32<const N: usize>(
    row: &[f32],
    inverse: f64,
    centres: [&[f64]; N],
) -> [f64; N] {
    let mut sums = [[0.0; LANES]; N];
    let (chunks, rest) = row.as_chunks::<LANES>();
    let centres = centres.map(<[f64]>::as_chunks::<LANES>);
    for (at, row) in chunks.iter().enumerate() {
        add_squares(
            &mut sums,
            row,
            inverse,
            centres.map(|(chunks, _)| &chunks[at]),
        );
    }
    if !rest.is_empty() {
        let rests = centres.map(|(_, rest)| padded(rest));
        add_squares(&mut sums, &padded(rest), inverse, rests.each_ref());
    }
    sums.map(join)
}

#[inline(always)]
fn add_squares<const N: usize>(
    sums: &mut [[f64; LANES]; N],
    row: &[f32; LANES],
    inverse: f64,
    centres: [&[f64; LANES]; N],
) {
    for lane in 0..LANES {
        let x = f64::from(row[lane]) * inverse;
        for which in 0..N {
            let apart = x - centres[which][lane];
            sums[which][lane] += apart * apart;
        }
    }
}

/// `sum (first_i - second_i)^2`.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn squared_chord(first: &[f64], second: &[f64]) -> f64 {
    sum_pairs(first, second, |a: f64, b: f64| (a - b) * (a - b))
}

/// `out_i = row_i * inverse`, rounded to f32 and then to f16.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn scale_to_f16(row: &[f32], inverse: f64, out: &mut [f16]) {
    for (out, &x) in out.iter_mut().zip(row) {
        *out = f16::from_bits(half_bits((f64::from(x) * inverse) as f32));
    }
}

/// The f16 nearest to a value below 65 504, ties to even, without `-0.0`.
///
/// `f16::from_f32` gives the same, one value at a time; this form without
/// branches runs over vectors.
#[inline(always)]
fn half_bits(value: f32) -> u16 {
    const SMALLEST_NORMAL: u32 = 113 << 23; // 2^-14
    let sign = (value.to_bits() >> 16) & 0x8000;
    let magnitude = value.to_bits() & 0x7FFF_FFFF;
    // The last bit of an f32 from 0.5 to 1 is worth 2^-24, as that of a
    // subnormal f16 is: the addition does the rounding.
    let subnormal = (f32::from_bits(magnitude) + 0.5)
        .to_bits()
        .wrapping_sub(0.5_f32.to_bits());
    // Move the exponent by 127 - 15 and round off 13 bits: 0xFFF makes a tie
    // fall short of carrying, the bit that will be the last decides it.
    let even = 0xFFF + ((magnitude >> 13) & 1);
    let normal = magnitude.wrapping_add(even).wrapping_sub(112 << 23) >> 13;
    let half = if magnitude < SMALLEST_NORMAL {
        subnormal
    } else {
        normal
    };
    let signed = if half == 0 { 0 } else { half | sign };
    signed as u16
}

/// Multiplies every element.
#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
pub(super) fn scale(vector: &mut [f64], factor: f64) {
    for value in vector {
        *value *= factor;
    }
}

#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// Below this length a plain loop is over before a vector loop is set up.
const SHORT: usize = 24;

/// The largest value, `-inf` of an empty slice. NaN is passed over.
#[inline]
pub(super) fn largest(values: &[f32]) -> f32 {
    if values.len() < SHORT {
        values.iter().copied().fold(f32::NEG_INFINITY, larger)
    } else {
        largest_of_many(values)
    }
}

#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
fn largest_of_many(values: &[f32]) -> f32 {
    let mut tops = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            tops[lane] = larger(tops[lane], chunk[lane]);
        }
    }
    let mut last = [f32::NEG_INFINITY; LANES];
    last[..rest.len()].copy_from_slice(rest);
    let sixteen: [f32; 16] = std::array::from_fn(|i| {
        let (a, b) = (larger(tops[i], last[i]), larger(tops[i + 16], last[i + 16]));
        larger(a, b)
    });
    let eight: [f32; 8] = std::array::from_fn(|i| larger(sixteen[i], sixteen[i + 8]));
    let four: [f32; 4] = std::array::from_fn(|i| larger(eight[i], eight[i + 4]));
    larger(larger(four[0], four[2]), larger(four[1], four[3]))
}

/// How many values are not below `floor`, NaN included, and the sum of their
/// indices: the index, where there is one.
#[inline]
pub(super) fn not_below(values: &[f32], floor: f32) -> (usize, usize) {
    if values.len() < SHORT {
        not_below_of_few(values, floor, 0)
    } else {
        not_below_of_many(values, floor)
    }
}

#[inline(always)]
fn not_below_of_few(values: &[f32], floor: f32, first: usize) -> (usize, usize) {
    let mut found = (0, 0);
    for (index, &value) in (first..).zip(values) {
        let is_found = usize::from(!is_below(value, floor));
        found.0 += is_found;
        found.1 += is_found * index;
    }
    found
}

/// A NaN is not below anything.
#[inline(always)]
pub(super) fn is_below(value: f32, floor: f32) -> bool {
    value < floor
}

#[multiversion(targets("x86_64+avx512f+avx512dq", "x86_64+avx2"))]
fn not_below_of_many(values: &[f32], floor: f32) -> (usize, usize) {
    let (chunks, rest) = values.as_chunks::<16>();
    let mut count = [0_u32; 16];
    let mut chunk_sum = [0_u32; 16];
    for (place, chunk) in (0_u32..).zip(chunks) {
        for lane in 0..16 {
            let is_found = u32::from(!is_below(chunk[lane], floor));
            count[lane] += is_found;
            chunk_sum[lane] += is_found * place;
        }
    }
    let mut found = not_below_of_few(rest, floor, 16 * chunks.len());
    for lane in 0..16 {
        found.0 += count[lane] as usize;
        found.1 += 16 * chunk_sum[lane] as usize + lane * count[lane] as usize;
    }
    found
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
            let squares: f64 = wide.iter().map(|x| x * x).sum();
            let chord: f64 = wide
                .iter()
                .zip(&centre)
                .map(|(x, c)| (x - c) * (x - c))
                .sum();
            assert_eq!(sum_of_squares_f32(&row), squares);
            assert_eq!(sum_of_squares(&wide), squares);
            assert_eq!(squared_chord_f32(&row, 1.0, &centre), chord);
            assert_eq!(squared_chord(&wide, &centre), chord);
            let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            assert_eq!(largest(&row), top);
        }
    }

    #[test]
    fn chords_at_once_are_those_one_by_one() {
        for len in 0..3 * LANES {
            let wave = |step: f64| (0..len).map(move |i| (step * i as f64).sin());
            let row: Vec<f32> = wave(0.3).map(|x| x as f32).collect();
            let centres = [0.7, 1.1, 1.9].map(|step| wave(step).collect::<Vec<f64>>());
            let [first, second, third] = &centres;
            let alone = centres
                .each_ref()
                .map(|centre| squared_chord_f32(&row, 0.7, centre));
            assert_eq!(squared_chords_f32(&row, 0.7, [first, second]), alone[..2]);
            assert_eq!(squared_chords_f32(&row, 0.7, [first, second, third]), alone);
        }
    }

    /// Every f16 up to 1, the ties between neighbours, and what lies beside
    /// them, of both signs.
    #[test]
    fn halves_are_those_of_the_half_crate() {
        let check = |value: f32| {
            let expected = match f16::from_f32(value).to_bits() {
                0x8000 => 0,
                bits => bits,
            };
            assert_eq!(half_bits(value), expected, "{value:e}");
        };
        for bits in 0..f16::ONE.to_bits() {
            let low = f16::from_bits(bits).to_f32();
            let tie = f32::midpoint(low, f16::from_bits(bits + 1).to_f32());
            for value in [low, tie, tie.next_up(), tie.next_down(), low.next_up()] {
                check(value);
                check(-value);
            }
        }
        for value in [1.0, 1.0_f32.next_up(), 1e-45, f32::MIN_POSITIVE] {
            check(value);
            check(-value);
        }
    }

    #[test]
    fn what_is_not_below_the_floor_is_found_at_every_length() {
        for len in 0..80 {
            let mut values: Vec<f32> = (0..len).map(|i| (i % 10) as f32).collect();
            if len > 21 {
                values[21] = f32::NAN;
            }
            for floor in [9.0, 4.5, 10.0, f32::NEG_INFINITY] {
                let found = (0..len).filter(|&i| !is_below(values[i], floor));
                let expected = (found.clone().count(), found.sum());
                assert_eq!(not_below(&values, floor), expected, "{len} {floor}");
            }
        }
    }
}
