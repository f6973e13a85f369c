//! One pass over the luma of neighbouring pixels: sums that sharpness, edges, noise
//! and blockiness are made of.
//!
//! ```text
//! Laplacian   Sobel, right   Sobel, down   Immerkaer (1996)
//!  0  1  0      -1  0  1      -1 -2 -1        1 -2  1
//!  1 -4  1      -2  0  2       0  0  0       -2  4 -2
//!  0  1  0      -1  0  1       1  2  1        1 -2  1
//! ```

use std::ops::AddAssign;

use super::level::{Level, SEGMENT};

/// Sums over inner pixels, in levels of the sample type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TextureSums {
    /// The Laplacian.
    pub(super) laplacian: i64,
    /// Its square.
    pub(super) laplacian_squares: u64,
    /// Pixels whose gradient is at least [`EDGE`].
    pub(super) edges: u64,
    /// Absolute values of Immerkaer's difference of two Laplacians.
    pub(super) roughness: u64,
}

/// From this length on the gradient of Sobel makes a pixel an edge, in levels of 0
/// to 255: the lower threshold that is usual with Canny's detector.
pub(super) const EDGE: i32 = 100;

impl AddAssign for TextureSums {
    fn add_assign(&mut self, other: Self) {
        self.laplacian += other.laplacian;
        self.laplacian_squares += other.laplacian_squares;
        self.edges += other.edges;
        self.roughness += other.roughness;
    }
}

#[inline(always)]
fn inner_sums<T: Level>([above, row, below]: [&[T]; 3]) -> TextureSums {
    let mut total = TextureSums::default();
    let inner = row.len().saturating_sub(2);
    for start in (0..inner).step_by(SEGMENT) {
        let n = SEGMENT.min(inner - start);
        let (a0, a1, a2) = neighbours(above, start, n);
        let (r0, r1, r2) = neighbours(row, start, n);
        let (b0, b1, b2) = neighbours(below, start, n);
        let (mut laplacian, mut edges, mut roughness) = (0_i32, 0_u32, 0_u32);
        let mut laplacian_squares = T::Square::default();
        for i in 0..n {
            let (a0, a1, a2) = (a0[i].wide(), a1[i].wide(), a2[i].wide());
            let (r0, r1, r2) = (r0[i].wide(), r1[i].wide(), r2[i].wide());
            let (b0, b1, b2) = (b0[i].wide(), b1[i].wide(), b2[i].wide());
            // Sums and differences of the left and of the right column serve twice.
            let (left_sum, right_sum) = (a0 + b0, a2 + b2);
            let (left_step, right_step) = (b0 - a0, b2 - a2);
            let cross = a1 + b1 + r0 + r2;
            let lap = cross - four(r1);
            laplacian += lap.into();
            laplacian_squares += T::square(lap);
            // The two Laplacians: that of the corners less that of the cross.
            roughness += T::magnitude(left_sum + right_sum - cross - lap);
            let right = right_sum - left_sum + twice(r2 - r0);
            let down = left_step + right_step + twice(b1 - a1);
            edges += u32::from(T::is_edge(right, down));
        }
        total += TextureSums {
            laplacian: laplacian.into(),
            laplacian_squares: laplacian_squares.into(),
            edges: edges.into(),
            roughness: roughness.into(),
        };
    }
    total
}

#[inline(always)]
fn twice<W: Copy + std::ops::Add<Output = W>>(value: W) -> W {
    value + value
}

#[inline(always)]
fn four<W: Copy + std::ops::Add<Output = W>>(value: W) -> W {
    twice(twice(value))
}

/// `n` pixels from `start`, and those one and two to the right of them: slices of
/// one length, so that no index is checked inside the loop.
#[inline(always)]
fn neighbours<T>(row: &[T], start: usize, n: usize) -> (&[T], &[T], &[T]) {
    (
        &row[start..][..n],
        &row[start + 1..][..n],
        &row[start + 2..][..n],
    )
}

/// Steps that are summed beside each other: a multiple of the 8 phases.
const LANES: usize = 32;

/// Sums of `|row[i + 1] - row[i]|`, apart by `i mod 8`.
#[inline(always)]
fn steps_by_phase<T: Level>(row: &[T]) -> [u64; 8] {
    let mut total = [0_u64; 8];
    let count = row.len().saturating_sub(1);
    let step = |a: T, b: T| a.max(b).wide() - a.min(b).wide();
    // A multiple of eight, so that each segment begins with phase 0.
    for start in (0..count).step_by(SEGMENT) {
        let n = SEGMENT.min(count - start);
        let (this, rest) = row[start..][..n].as_chunks::<LANES>();
        let (next, rest_next) = row[start + 1..][..n].as_chunks::<LANES>();
        // Of 2048 steps 64 meet in a lane: 64 x 255 is still narrow.
        let mut lanes = [T::default().wide(); LANES];
        for (this, next) in this.iter().zip(next) {
            for (lane, (&a, &b)) in lanes.iter_mut().zip(this.iter().zip(next)) {
                *lane = *lane + step(a, b);
            }
        }
        for (i, lane) in lanes.into_iter().enumerate() {
            total[i % 8] += u64::from(T::magnitude(lane));
        }
        for (i, (&a, &b)) in rest.iter().zip(rest_next).enumerate() {
            total[i % 8] += u64::from(T::magnitude(step(a, b)));
        }
    }
    total
}

/// Sum of `|row[i] - above[i]|`.
#[inline(always)]
fn steps_between<T: Level>(above: &[T], row: &[T]) -> u64 {
    let mut total = 0_u64;
    for (above, row) in above.chunks(SEGMENT).zip(row.chunks(SEGMENT)) {
        let mut sum = 0_u32;
        for (&a, &b) in above.iter().zip(row) {
            let (a, b): (i32, i32) = (a.into(), b.into());
            sum += a.abs_diff(b);
        }
        total += u64::from(sum);
    }
    total
}

macro_rules! versions {
    ($name:ident, $type:ty) => {
        pub(super) mod $name {
            use multiversion::multiversion;

            use super::{TextureSums, inner_sums, steps_between, steps_by_phase};

            #[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
            pub(in super::super) fn inner(rows: [&[$type]; 3]) -> TextureSums {
                inner_sums(rows)
            }

            #[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
            pub(in super::super) fn steps(row: &[$type]) -> [u64; 8] {
                steps_by_phase(row)
            }

            #[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2"))]
            pub(in super::super) fn step_down(above: &[$type], row: &[$type]) -> u64 {
                steps_between(above, row)
            }
        }
    };
}

versions!(eight, u8);
versions!(sixteen, u16);

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize, seed: usize) -> Vec<u8> {
        (0..count)
            .map(|i| (((i + seed) * 2_654_435_761 % 4_294_967_291) >> 26) as u8)
            .collect()
    }

    fn convolved(rows: [&[u8]; 3], kernel: [[i64; 3]; 3], i: usize) -> i64 {
        (0..3)
            .flat_map(|y| (0..3).map(move |x| (y, x)))
            .map(|(y, x)| kernel[y][x] * i64::from(rows[y][i + x]))
            .sum()
    }

    #[test]
    fn inner_sums_equal_those_of_plain_convolutions() {
        let width = SEGMENT + 101;
        let rows = [noise(width, 1), noise(width, 50_000), noise(width, 900_000)];
        let rows: [&[u8]; 3] = [&rows[0], &rows[1], &rows[2]];
        let mut expected = TextureSums::default();
        for i in 0..width - 2 {
            let lap = convolved(rows, [[0, 1, 0], [1, -4, 1], [0, 1, 0]], i);
            let right = convolved(rows, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], i);
            let down = convolved(rows, [[-1, -2, -1], [0, 0, 0], [1, 2, 1]], i);
            let rough = convolved(rows, [[1, -2, 1], [-2, 4, -2], [1, -2, 1]], i);
            expected.laplacian += lap;
            expected.laplacian_squares += (lap * lap) as u64;
            let length = ((right * right + down * down) as f64).sqrt();
            expected.edges += u64::from(length >= f64::from(EDGE));
            expected.roughness += rough.unsigned_abs();
        }
        assert!(expected.edges > 100 && expected.edges < width as u64 - 100);
        assert_eq!(u8::texture(rows), expected);

        let deep = rows.map(|row| row.iter().map(|&v| u16::from(v) * 257).collect::<Vec<_>>());
        let sums = u16::texture([&deep[0], &deep[1], &deep[2]]);
        assert_eq!(sums.edges, expected.edges);
        assert_eq!(
            sums.laplacian_squares,
            257 * 257 * expected.laplacian_squares
        );
    }

    #[test]
    fn steps_are_summed_by_phase() {
        for width in [1, 2, 9, 64, SEGMENT + 13] {
            let row = noise(width, 3);
            let mut expected = [0; 8];
            for (i, pair) in row.windows(2).enumerate() {
                expected[i % 8] += u64::from(pair[0].abs_diff(pair[1]));
            }
            assert_eq!(u8::steps(&row), expected, "{width}");
            let other = noise(width, 77);
            let down: u64 = row
                .iter()
                .zip(&other)
                .map(|(a, b)| u64::from(a.abs_diff(*b)))
                .sum();
            assert_eq!(u8::step_down(&row, &other), down);
        }
    }

    #[test]
    fn the_strongest_signals_do_not_overflow() {
        let width = 3 * SEGMENT;
        let stripes = |odd: usize| -> Vec<u16> {
            (0..width)
                .map(|i| {
                    if (i + odd).is_multiple_of(2) {
                        u16::MAX
                    } else {
                        0
                    }
                })
                .collect()
        };
        let bytes = |odd| {
            stripes(odd)
                .into_iter()
                .map(|v| (v >> 8) as u8)
                .collect::<Vec<_>>()
        };
        let (light, dark) = (bytes(0), bytes(1));
        let eight = u8::texture([&light, &dark, &light]);
        assert_eq!(
            eight.laplacian_squares,
            (width as u64 - 2) * (4 * 255_u64).pow(2)
        );
        assert_eq!(eight.roughness, (width as u64 - 2) * 8 * 255);
        let steps: u64 = u8::steps(&light).iter().sum();
        assert_eq!(steps, (width as u64 - 1) * 255);
        assert_eq!(u8::step_down(&light, &dark), width as u64 * 255);
        let (one, two) = (stripes(0), stripes(1));
        let sums = u16::texture([&one, &two, &one]);
        let inner = width as u64 - 2;
        assert_eq!(sums.laplacian_squares, inner * (4 * 65_535_u64).pow(2));
        assert_eq!(sums.roughness, inner * 8 * 65_535);
        assert_eq!(u16::step_down(&one, &two), width as u64 * 65_535);
    }
}
