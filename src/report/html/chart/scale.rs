//! From values to places on a chart.

/// A stretch of values laid along a stretch of the chart.
#[derive(Debug, Clone, Copy)]
pub(in crate::report::html) struct Scale {
    from: f64,
    to: f64,
    pub(super) start: f64,
    pub(super) end: f64,
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
        })
    }

    /// Where a value lies; values beyond the ends lie at the ends.
    pub(in crate::report::html) fn at(&self, value: f64) -> f64 {
        let part = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        // Not a number is neither here nor there.
        let part = if part.is_nan() { 0.0 } else { part };
        self.start + part * (self.end - self.start)
    }

    /// At most `most` round values inside: multiples of 1, 2 or 5 times a power of ten.
    pub(super) fn ticks(&self, most: usize) -> Vec<f64> {
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
