//! Mean and spread of a frozen quantile sketch.

use super::estimate::Estimate;
use super::quantiles::{Bucket, Quantiles};

impl Quantiles {
    /// The mean of the finite values; exact (to rounding) while the sketch is.
    ///
    /// ```text
    /// sum_i c_i x_i / n      x_i: the middle of bucket i; for the bounds its edges
    /// ```
    ///
    /// `None` if there is no finite value.
    #[must_use]
    pub fn mean(&self) -> Option<Estimate> {
        let moments = Moments::of(self)?;
        Some(moments.mean.scaled(moments.unit))
    }

    /// The standard deviation of the finite values, with n - 1 in the
    /// denominator; exact (to rounding) while the sketch is.
    ///
    /// The deviation is a seminorm of the vector of all values, and moving each
    /// value by at most h_i, half its bucket's width, moves it by at most the
    /// norm of these moves. So
    ///
    /// ```text
    /// |sd - estimate| <= sqrt(sum_i c_i h_i^2 / (n - 1))
    /// ```
    ///
    /// `None` for fewer than two finite values.
    #[must_use]
    pub fn sd(&self) -> Option<Estimate> {
        let moments = Moments::of(self)?;
        Some(moments.sd?.scaled(moments.unit))
    }

    /// The variance of the finite values: the square of [`sd`](Self::sd) and of
    /// its bounds.
    #[must_use]
    pub fn variance(&self) -> Option<Estimate> {
        self.sd().map(|sd| Estimate {
            estimate: sd.estimate * sd.estimate,
            lower_bound: sd.lower_bound * sd.lower_bound,
            upper_bound: sd.upper_bound * sd.upper_bound,
        })
    }
}

/// Moments in units of a power of two near the largest magnitude, so that no
/// square leaves the range of a double.
struct Moments {
    unit: f64,
    mean: Estimate,
    sd: Option<Estimate>,
}

impl Moments {
    fn of(sketch: &Quantiles) -> Option<Self> {
        if sketch.is_withheld() {
            return None;
        }
        let ends = (sketch.cut_buckets().next()?, sketch.cut_buckets().last()?);
        let largest = ends.0.lower.abs().max(ends.1.upper.abs());
        // Powers of two from 2^-1022 to 2^1023: dividing by one is exact.
        let exponent = if largest == 0.0 {
            0
        } else {
            libm::ilogb(largest)
        };
        let unit = libm::ldexp(1.0, exponent.max(-1022));
        let scaled = |bucket: Bucket| Bucket {
            lower: bucket.lower / unit,
            upper: bucket.upper / unit,
            count: bucket.count,
        };
        let buckets: Vec<Bucket> = sketch.cut_buckets().map(scaled).collect();
        let count = sketch.finite_count() as f64;
        let average = |value: fn(&Bucket) -> f64| {
            sum(buckets.iter().map(|b| b.count as f64 * value(b))) / count
        };
        let mean = Estimate {
            estimate: average(Bucket::midpoint),
            lower_bound: average(|b| b.lower),
            upper_bound: average(|b| b.upper),
        };
        let sd = (count > 1.0).then(|| {
            let root = |value: &dyn Fn(&Bucket) -> f64| {
                let squares = buckets.iter().map(|b| b.count as f64 * value(b) * value(b));
                libm::sqrt(sum(squares) / (count - 1.0))
            };
            let estimate = root(&|b| b.midpoint() - mean.estimate);
            let error = root(&|b| (b.upper - b.lower) / 2.0);
            Estimate {
                estimate,
                lower_bound: (estimate - error).max(0.0),
                upper_bound: estimate + error,
            }
        });
        Some(Self { unit, mean, sd })
    }
}

impl Estimate {
    fn scaled(self, unit: f64) -> Self {
        Self {
            estimate: self.estimate * unit,
            lower_bound: self.lower_bound * unit,
            upper_bound: self.upper_bound * unit,
        }
    }
}

/// Compensated sum (Neumaier 1974) in the given order.
fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for term in terms {
        let next = sum + term;
        lost += if sum.abs() >= term.abs() {
            (sum - next) + term
        } else {
            (term - next) + sum
        };
        sum = next;
    }
    sum + lost
}
