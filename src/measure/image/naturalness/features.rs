//! Features of the patches of one picture (Mittal, Soundararajan & Bovik 2013).

use std::sync::OnceLock;

use super::super::plane::{Plane, gaussian};

/// Features of a patch: 18 at the full size, 18 at half of it.
pub(super) const FEATURES: usize = 36;

/// Features of one patch.
pub(super) type Patch = [f64; FEATURES];

/// What [`patches`] found.
pub(super) struct Patches {
    pub(super) features: Vec<Patch>,
    /// Mean local deviation of each patch: its sharpness.
    pub(super) sharpness: Vec<f64>,
}

/// Of each whole patch of `side` x `side` pixels that is not flat, from the top left.
///
/// ```text
/// x^ = (x - m) / (s + 1)      m, s: local mean and deviation, Gaussian 7 x 7, sigma 7 / 6
/// ```
///
/// Of `x^`, and of its products with the neighbour to the right, below, and on both
/// diagonals, an asymmetric generalised Gaussian is fitted by its moments.
pub(super) fn patches(luma: &Plane, side: usize) -> Patches {
    let full = Normalised::of(luma);
    let half = Normalised::of(&luma.halved());
    let (mut features, mut sharpness) = (Vec::new(), Vec::new());
    for top in (0..(luma.height + 1).saturating_sub(side)).step_by(side) {
        for left in (0..(luma.width + 1).saturating_sub(side)).step_by(side) {
            let one = full.features(left, top, side);
            let two = half.features(left / 2, top / 2, side / 2);
            if let (Some(one), Some(two)) = (one, two) {
                let mut patch = [0.0; FEATURES];
                patch[..18].copy_from_slice(&one);
                patch[18..].copy_from_slice(&two);
                features.push(patch);
                sharpness.push(full.deviation(left, top, side));
            }
        }
    }
    Patches {
        features,
        sharpness,
    }
}

struct Normalised {
    values: Plane,
    deviations: Plane,
}

impl Normalised {
    fn of(luma: &Plane) -> Self {
        if luma.values.is_empty() {
            return Self {
                values: luma.clone(),
                deviations: luma.clone(),
            };
        }
        let kernel = gaussian(7.0 / 6.0, 3);
        let means = luma.filtered(&kernel);
        let squares = luma.with(luma, |a, b| a * b).filtered(&kernel);
        let deviations = squares.with(&means, |square, mean| (square - mean * mean).abs().sqrt());
        let centred = luma.with(&means, |x, mean| x - mean);
        Self {
            values: centred.with(&deviations, |x, deviation| x / (deviation + 1.0)),
            deviations,
        }
    }

    fn deviation(&self, left: usize, top: usize, side: usize) -> f64 {
        let rows = (top..top + side).map(|y| &self.deviations.values[y * self.deviations.width..]);
        let sum: f64 = rows
            .map(|row| row[left..left + side].iter().sum::<f64>())
            .sum();
        sum / (side * side) as f64
    }

    fn features(&self, left: usize, top: usize, side: usize) -> Option<[f64; 18]> {
        let row = |y: usize| &self.values.values[(top + y) * self.values.width + left..][..side];
        let mut out = [0.0; 18];
        let own = Asymmetric::of((0..side).flat_map(|y| row(y).iter().copied()))?;
        out[0] = own.shape;
        out[1] = f64::midpoint(own.left, own.right);
        // Right, below, the diagonal to the right, the diagonal to the left.
        let neighbours = [(0, 0, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0)];
        for (i, (down, from, to)) in neighbours.into_iter().enumerate() {
            let shift = from.max(to);
            let products = (0..side - down).flat_map(|y| {
                let (this, next) = (row(y), row(y + down));
                let this = &this[from..side - shift + from];
                let next = &next[to..side - shift + to];
                this.iter().zip(next).map(|(a, b)| a * b)
            });
            let fit = Asymmetric::of(products)?;
            out[2 + 4 * i..6 + 4 * i].copy_from_slice(&[fit.shape, fit.mean, fit.left, fit.right]);
        }
        Some(out)
    }
}

/// An asymmetric generalised Gaussian (Lasmar, Stitou & Berthoumieu 2009).
struct Asymmetric {
    shape: f64,
    mean: f64,
    left: f64,
    right: f64,
}

impl Asymmetric {
    /// By moments, as the authors of NIQE fit it; none of values that have one sign only.
    fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (mut below, mut above, mut absolute) = (0.0, 0.0, 0.0);
        let (mut n_below, mut n_above, mut n) = (0.0, 0.0, 0.0);
        for value in values {
            n += 1.0;
            absolute += value.abs();
            if value < 0.0 {
                below += value * value;
                n_below += 1.0;
            } else if value > 0.0 {
                above += value * value;
                n_above += 1.0;
            }
        }
        if below == 0.0 || above == 0.0 {
            return None;
        }
        let (left, right) = ((below / n_below).sqrt(), (above / n_above).sqrt());
        let ratio = left / right;
        let mean_absolute = absolute / n;
        let flatness = mean_absolute * mean_absolute / ((below + above) / n);
        let square = ratio * ratio;
        let wanted =
            flatness * (square * ratio + 1.0) * (ratio + 1.0) / ((square + 1.0) * (square + 1.0));
        let shape = shape(wanted);
        let gamma = |k: f64| libm::tgamma(k / shape);
        let scale = (gamma(1.0) / gamma(3.0)).sqrt();
        let (left, right) = (left * scale, right * scale);
        Some(Self {
            shape,
            mean: (right - left) * gamma(2.0) / gamma(1.0),
            left,
            right,
        })
    }
}

const FIRST: f64 = 0.2;
const STEP: f64 = 0.001;

/// `G(2/a)^2 / (G(1/a) G(3/a))` for a = 0.2, 0.201, ... 10; it rises with a.
fn ratios() -> &'static [f64] {
    static TABLE: OnceLock<Vec<f64>> = OnceLock::new();
    TABLE.get_or_init(|| {
        (0..=9800)
            .map(|i| {
                let shape = FIRST + STEP * f64::from(i);
                let gamma = |k: f64| libm::tgamma(k / shape);
                gamma(2.0) * gamma(2.0) / (gamma(1.0) * gamma(3.0))
            })
            .collect()
    })
}

/// The shape whose ratio of moments is nearest.
fn shape(wanted: f64) -> f64 {
    let table = ratios();
    let above = table.partition_point(|&v| v < wanted).min(table.len() - 1);
    let below = above.saturating_sub(1);
    let nearer = if wanted - table[below] <= table[above] - wanted {
        below
    } else {
        above
    };
    FIRST + STEP * nearer as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_shapes_are_found() {
        // Ratios of moments: Laplace 1 / 2, Gauss 2 / pi.
        assert!((shape(0.5) - 1.0).abs() < 0.0011);
        assert!((shape(2.0 / std::f64::consts::PI) - 2.0).abs() < 0.0011);
        assert_eq!(shape(0.0), 0.2);
        assert!((shape(0.9) - 10.0).abs() < 1e-9);
        assert!(ratios().is_sorted());
    }

    #[test]
    fn moments_give_the_parameters_back() {
        // Quantiles of a Laplace distribution, the left side twice as wide.
        let n = 20_000;
        let values = (0..n).map(|i| {
            let rank = (f64::from(i) + 0.5) / f64::from(n);
            let tail = -(1.0 - rank).ln();
            if i % 3 == 0 { tail } else { -2.0 * tail }
        });
        let fit = Asymmetric::of(values).unwrap();
        assert!((fit.shape - 1.0).abs() < 0.02, "{}", fit.shape);
        assert!((fit.left - 2.0).abs() < 0.05 && (fit.right - 1.0).abs() < 0.05);
        assert!(Asymmetric::of([1.0, 2.0].into_iter()).is_none());
        assert!(Asymmetric::of([0.0; 9].into_iter()).is_none());
    }
}
