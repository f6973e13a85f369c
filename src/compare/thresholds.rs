//! The sizes from which a change counts as drift: the one table of them.

use crate::error::{Error, ErrorKind, Result};

/// Sizes that may be above 1.
const BEYOND_ONE: [&str; 8] = [
    "w1",
    "psi",
    "kl",
    "angle_shift",
    "tail_growth",
    "median_shift",
    "turn",
    "object_count",
];

/// The sizes from which a change counts as drift.
///
/// | threshold | default | reason or example |
/// | --- | --- | --- |
/// | [`w1`](Self::w1) | 0.2 | Cohen's small effect (1988): the whole distribution moved by a fifth of the reference's spread |
/// | [`total_variation`](Self::total_variation) | 0.1 | one record in ten has another value: a class grows from 20 % to 30 % |
/// | [`psi`](Self::psi) | 0.1 | the lower of the two rules of thumb (Siddiqi 2006: from 0.1 some change, from 0.25 a large one): a normal feature moved by 0.32 sd |
/// | [`kl`](Self::kl) | 0.05 | nats; the same change |
/// | [`js`](Self::js) | 0.13 | the same change |
/// | [`hellinger`](Self::hellinger) | 0.11 | the same change |
/// | [`angle_shift`](Self::angle_shift) | 10 | degrees; forty minutes of a day, a third of the way from red to orange |
/// | [`tail_growth`](Self::tail_growth) | 1 | a tail doubled: 10 % of the records below what was the 5 % quantile; or lost half of its records |
/// | [`median_shift`](Self::median_shift) | 0.2 | Cohen's small effect, on distances |
/// | [`novel_share`](Self::novel_share) | 0.01 | one record more in a hundred lies farther out than nearly all of the reference |
/// | [`neighbour_excess`](Self::neighbour_excess) | 0.02 | of ten nearest neighbours 0.2 more than by chance come from the own window |
/// | [`separation`](Self::separation) | 0.55 | a linear rule ranks 55 of 100 pairs right; 10 % of a novel class: 0.58 |
/// | [`turn`](Self::turn) | 2 | degrees; 10 % blurred digits: 3.2 |
/// | [`repeated_pairs`](Self::repeated_pairs) | 0.01 | one picture makes up a tenth of the records |
/// | [`unused_share`](Self::unused_share) | 0.01 | one record more in a hundred has no readable value or a vector without a direction |
/// | [`object_count`](Self::object_count) | 0.1 | one of ten boxes is gone, or there are eleven for ten |
/// | [`relabelled_share`](Self::relabelled_share) | 0.01 | one of a hundred records that both windows have is of another class |
/// | [`new_value_share`](Self::new_value_share) | 0.01 | a value that was never there, in one record of a hundred |
///
/// The rules of thumb for the stability index are folklore: they know nothing of
/// the number of records or bins. Here they only say which size matters; whether
/// there is a change at all is the p-value's to say. Those of the other three
/// divergences follow from it, as all four are one function of a small change
/// ([`Divergence`](super::stats::Divergence)).
///
/// The examples of separation and turn are embeddings of digits with 2 000 rows
/// a side; two windows without a change give 0.50 and 0.5 degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Wasserstein distance of a number, in units of the reference's sd.
    pub w1: f64,
    /// Half the sum of the absolute changes of shares, in `[0, 1]`.
    pub total_variation: f64,
    /// Population stability index, in nats.
    pub psi: f64,
    /// Kullback-Leibler divergence of the target from the reference, in nats.
    pub kl: f64,
    /// Jensen-Shannon distance, in `[0, 1]`.
    pub js: f64,
    /// Hellinger distance, in `[0, 1]`.
    pub hellinger: f64,
    /// Wasserstein distance of an angle on its circle, in degrees.
    pub angle_shift: f64,
    /// Growth g of the share of records in a tail of the reference, in units of
    /// the tail's nominal share; a loss counts from g / (1 + g) on.
    pub tail_growth: f64,
    /// Shift of the median distance, in units of the reference's sd.
    pub median_shift: f64,
    /// Growth of the share of records beyond the reference's novelty edge.
    pub novel_share: f64,
    /// Excess of neighbours from the own window over chance, as a share.
    pub neighbour_excess: f64,
    /// Probability that a linear rule ranks a target row above a reference row,
    /// in `[0.5, 1]`.
    pub separation: f64,
    /// Turn of the mean direction in degrees.
    pub turn: f64,
    /// Growth of the share of pairs of records with equal vectors.
    pub repeated_pairs: f64,
    /// Growth of the share of records that could not be used.
    pub unused_share: f64,
    /// Change of the mean number of objects in a record, in units of the reference's mean.
    pub object_count: f64,
    /// Share of the records of both windows that are of another class in the target.
    pub relabelled_share: f64,
    /// Share from which a new or lost value is drift by itself.
    pub new_value_share: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            w1: 0.2,
            total_variation: 0.1,
            psi: 0.1,
            kl: 0.05,
            js: 0.13,
            hellinger: 0.11,
            angle_shift: 10.0,
            tail_growth: 1.0,
            median_shift: 0.2,
            novel_share: 0.01,
            neighbour_excess: 0.02,
            separation: 0.55,
            turn: 2.0,
            repeated_pairs: 0.01,
            unused_share: 0.01,
            object_count: 0.1,
            relabelled_share: 0.01,
            new_value_share: 0.01,
        }
    }
}

impl Thresholds {
    /// Names of all, as they are called in [`with`](Self::with).
    pub const NAMES: &[&str] = &[
        "w1",
        "total_variation",
        "psi",
        "kl",
        "js",
        "hellinger",
        "angle_shift",
        "tail_growth",
        "median_shift",
        "novel_share",
        "neighbour_excess",
        "separation",
        "turn",
        "repeated_pairs",
        "unused_share",
        "object_count",
        "relabelled_share",
        "new_value_share",
    ];

    /// The same with one of another size.
    ///
    /// ```
    /// use driftsphere::compare::Thresholds;
    ///
    /// let thresholds = Thresholds::default().with("turn", 5.0)?;
    /// assert_eq!(thresholds.turn, 5.0);
    /// assert!(Thresholds::default().with("twist", 5.0).is_err());
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a name that there is not, and as [`check`](Self::check).
    pub fn with(mut self, name: &str, value: f64) -> Result<Self> {
        match self
            .fields_mut()
            .into_iter()
            .zip(Self::NAMES)
            .find(|(_, known)| **known == name)
        {
            Some((field, _)) => *field = value,
            None => {
                return Err(Error::new(
                    ErrorKind::Argument,
                    format!(
                        "there is no threshold `{name}`; there are: {}",
                        Self::NAMES.join(", ")
                    ),
                ));
            }
        }
        self.check()?;
        Ok(self)
    }

    /// Checks the sizes.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a size that is not finite or not above 0, that cannot be
    /// reached (a share, or another size from 0 to 1, above 1), and for a separation that is not
    /// above 0.5.
    pub fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Argument, message));
        let sizes = { *self }.fields_mut().map(|size| *size);
        for (&name, size) in Self::NAMES.iter().zip(sizes) {
            if !(size > 0.0 && size.is_finite()) {
                return refuse(format!("a threshold is a number above 0; {name} is {size}"));
            }
            if size > 1.0 && !BEYOND_ONE.contains(&name) {
                return refuse(format!(
                    "{name} is a size from 0 to 1: {size} would never be reached; is it in per cent?"
                ));
            }
        }
        match self.separation > 0.5 {
            true => Ok(()),
            false => refuse(format!(
                "the threshold of separation is above 0.5, which is chance, not {}",
                self.separation
            )),
        }
    }

    /// In the order of [`NAMES`](Self::NAMES).
    fn fields_mut(&mut self) -> [&mut f64; 18] {
        [
            &mut self.w1,
            &mut self.total_variation,
            &mut self.psi,
            &mut self.kl,
            &mut self.js,
            &mut self.hellinger,
            &mut self.angle_shift,
            &mut self.tail_growth,
            &mut self.median_shift,
            &mut self.novel_share,
            &mut self.neighbour_excess,
            &mut self.separation,
            &mut self.turn,
            &mut self.repeated_pairs,
            &mut self.unused_share,
            &mut self.object_count,
            &mut self.relabelled_share,
            &mut self.new_value_share,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_called_by_its_field() {
        let fields = format!("{:?}", Thresholds::default());
        assert_eq!(fields.matches(": ").count(), Thresholds::NAMES.len());
        for (at, name) in Thresholds::NAMES.iter().enumerate() {
            let mut set = Thresholds::default().with(name, 0.75).unwrap();
            let said = format!("{set:?}");
            assert!(said.contains(&format!("{name}: 0.75")), "{said}");
            assert_eq!(*set.fields_mut()[at], 0.75);
        }
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Thresholds::default().with("w1", wrong).is_err(), "{wrong}");
        }
        for (name, wrong) in [
            ("separation", 0.5),
            ("separation", 1.01),
            ("total_variation", 10.0),
        ] {
            assert!(Thresholds::default().with(name, wrong).is_err(), "{name}");
        }
        assert!(Thresholds::default().with("turn", 10.0).is_ok());
    }
}
