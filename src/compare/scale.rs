//! In which units a test sees a change.

use statrs::distribution::{ContinuousCDF, Normal};

use super::finding::Effect;

/// How the size of an effect follows from what a test adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// The size itself.
    Linear,
    /// The same; there is no more to change than all.
    Share,
    /// Nats grow with the square of a change.
    Nats,
    /// The chance that a rule ranks a pair right is a normal law's.
    Separation,
}

/// The unit of [`Effect`]s that are separations.
pub(crate) const SEPARATION: &str = "share of pairs ranked right";

impl Scale {
    fn of(effect: &Effect) -> Self {
        match effect.unit.as_str() {
            "share" => Self::Share,
            "nats" => Self::Nats,
            SEPARATION => Self::Separation,
            _ => Self::Linear,
        }
    }
}

impl Effect {
    /// A size in the units in which tests see changes: n times the records show a change of
    /// `strength / sqrt(n)`.
    ///
    /// ```text
    /// size - no change,   sqrt(size) in nats,   z(size) of separations, z the normal quantile
    /// ```
    pub(crate) fn strength(&self, size: f64) -> f64 {
        match Scale::of(self) {
            Scale::Linear | Scale::Share => size - self.no_change,
            Scale::Nats => (size - self.no_change).max(0.0).sqrt(),
            Scale::Separation if (0.0..=1.0).contains(&size) => {
                Normal::standard().inverse_cdf(size)
            }
            Scale::Separation => f64::NAN,
        }
    }

    /// The size of a [`strength`](Self::strength).
    pub(crate) fn size(&self, strength: f64) -> f64 {
        match Scale::of(self) {
            Scale::Linear => self.no_change + strength,
            Scale::Share => (self.no_change + strength).min(1.0),
            Scale::Nats => self.no_change + strength * strength,
            Scale::Separation => Normal::standard().cdf(strength),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::draft::effect;

    #[test]
    fn sizes_come_back_from_their_strengths() {
        for (unit, no_change, size) in [
            ("reference sd", 0.0, 0.7),
            ("share", 0.0, 0.3),
            ("nats", 0.0, 0.05),
            (SEPARATION, 0.5, 0.58),
        ] {
            let effect = Effect {
                no_change,
                ..effect("name", size, unit, 0.6, None)
            };
            let back = effect.size(effect.strength(size));
            assert!((back - size).abs() < 1e-9, "{unit} {back}");
            assert!(effect.strength(no_change).abs() < 1e-9);
        }
    }

    #[test]
    fn no_more_changes_than_all() {
        let share = effect("name", 0.1, "share", 0.1, None);
        assert_eq!(share.size(2.0 * share.strength(0.7)), 1.0);
        let separation = effect("separation", 0.6, SEPARATION, 0.55, None);
        // Of 9 and 8 rows, one of hundreds of tests.
        let size = separation.size(1.6 * separation.strength(0.937));
        assert!(size > 0.937 && size < 1.0, "{size}");
        assert!(separation.strength(f64::NAN).is_nan());
    }
}
