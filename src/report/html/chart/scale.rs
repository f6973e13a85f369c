//! From values to places on a chart.

/// A stretch of values laid along a stretch of the chart.
#[derive(Debug, Clone, Copy)]
pub(in crate::report::html) struct Scale {
    from: f64,
    to: f64,
    pub(super) start: f64,
    pub(super) end: f64,
    /// Whether equal lengths are equal factors.
    is_logarithmic: bool,
}

impl Scale {
    /// `None` where the values have no extent, or none that can be drawn.
    pub(in crate::report::html) fn new(
        (from, to): (f64, f64),
        (start, end): (f64, f64),
    ) -> Option<Self> {
        let is_drawable = (to - from).is_finite() && to > from;
        is_drawable.then_some(Self {
            from,
            to,
            start,
            end,
            is_logarithmic: false,
        })
    }

    /// The same with equal lengths for equal factors; `None` also where a value is not positive.
    pub(in crate::report::html) fn logarithmic(
        values: (f64, f64),
        ends: (f64, f64),
    ) -> Option<Self> {
        let scale = Self::new(values, ends).filter(|scale| scale.from > 0.0)?;
        Some(Self {
            is_logarithmic: true,
            ..scale
        })
    }

    /// Where a value lies; values beyond the ends lie at the ends.
    pub(in crate::report::html) fn at(&self, value: f64) -> f64 {
        let part = match self.is_logarithmic {
            true => libm::log(value / self.from) / libm::log(self.to / self.from),
            false => (value - self.from) / (self.to - self.from),
        };
        let part = part.clamp(0.0, 1.0);
        // Not a number is neither here nor there.
        let part = if part.is_nan() { 0.0 } else { part };
        self.start + part * (self.end - self.start)
    }

    /// At most `most` powers of ten inside, a whole number of powers apart, of a logarithmic scale
    /// that holds two or more.
    fn powers(&self, most: usize) -> Option<Vec<f64>> {
        if !self.is_logarithmic {
            return None;
        }
        let first = libm::log10(self.from).ceil() as i32;
        let last = libm::log10(self.to).floor() as i32;
        let apart = usize::try_from(last - first)
            .ok()?
            .div_ceil(most.max(2) - 1);
        let powers = (first..=last).step_by(apart.max(1));
        let powers: Vec<f64> = powers.map(|at| libm::pow(10.0, f64::from(at))).collect();
        (powers.len() > 1).then_some(powers)
    }

    /// At most `most` round values inside: multiples of 1, 2 or 5 times a power of ten.
    pub(super) fn ticks(&self, most: usize) -> Vec<f64> {
        if let Some(powers) = self.powers(most) {
            return powers;
        }
        let rough = (self.to - self.from) / most as f64;
        let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|times| times * power)
            .find(|step| *step >= rough)
            .unwrap_or(10.0 * power);
        let first = (self.from / step).ceil();
        let mut ticks = Vec::with_capacity(most);
        for i in 0..=most {
            let tick = (first + i as f64) * step;
            if tick.is_finite() && tick <= self.to && ticks.last().is_none_or(|last| *last < tick) {
                ticks.push(tick);
            }
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_few_and_inside() {
        for (from, to, ticks) in [
            (0.0, 1.0, vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
            (-3.0, 7.0, vec![-2.0, 0.0, 2.0, 4.0, 6.0]),
            (1003.0, 1009.0, vec![1004.0, 1006.0, 1008.0]),
        ] {
            let scale = Scale::new((from, to), (0.0, 100.0)).unwrap();
            let got = scale.ticks(5);
            assert_eq!(got.len(), ticks.len(), "{got:?}");
            assert!(got.iter().zip(&ticks).all(|(a, b)| (a - b).abs() < 1e-9));
        }
    }

    #[test]
    fn a_logarithmic_scale_has_powers_of_ten_at_equal_lengths() {
        let scale = Scale::logarithmic((5.0, 5e7), (0.0, 70.0)).unwrap();
        assert!((scale.at(5e3) - 30.0).abs() < 1e-9);
        assert_eq!(
            (scale.at(0.0), scale.at(-1.0), scale.at(f64::NAN)),
            (0.0, 0.0, 0.0)
        );
        assert_eq!(scale.ticks(5), [10.0, 1e3, 1e5, 1e7]);
        assert_eq!(scale.ticks(3), [10.0, 1e4, 1e7]);
        let short = Scale::logarithmic((2.0, 30.0), (0.0, 70.0)).unwrap();
        assert!(short.ticks(5).len() > 1);
        assert!(Scale::logarithmic((0.0, 1.0), (0.0, 1.0)).is_none());
    }

    #[test]
    fn what_has_no_extent_is_not_drawn_and_what_is_outside_stays_inside() {
        for (from, to) in [
            (1.0, 1.0),
            (2.0, 1.0),
            (0.0, f64::NAN),
            (f64::MIN, f64::MAX),
        ] {
            assert!(Scale::new((from, to), (0.0, 1.0)).is_none());
        }
        let scale = Scale::new((0.0, 2.0), (10.0, 30.0)).unwrap();
        assert_eq!(scale.at(1.0), 20.0);
        assert_eq!(scale.at(f64::INFINITY), 30.0);
        assert_eq!(scale.at(-1e300), 10.0);
        assert_eq!(scale.at(f64::NAN), 10.0);
    }
}
