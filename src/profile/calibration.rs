//! Whether confidence keeps what it promises.

use crate::sketch::Quantiles;

use super::object_group::ObjectGroup;

/// Equal parts of `[0, 1]` that confidences are sorted into. Their edges are those of
/// buckets of a quantile sketch, so that counts are exact.
const BINS: usize = 16;

/// Predictions of about one confidence.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReliabilityBin {
    /// Predictions.
    pub count: u64,
    /// Those that are right.
    pub right: u64,
    /// Sum of their confidences.
    pub confidence: f64,
}

/// How often predictions of each confidence are right: a reliability diagram and
/// the expected calibration error.
///
/// ```text
/// ECE = sum_b n_b / n |right_b / n_b - confidence_b / n_b|
///     over 16 equal bins b of the confidence
/// ```
///
/// Source: Guo et al. 2017, "On calibration of modern neural networks", equation 3.
/// It comes from the sketches of the scores of right and of wrong predictions, so
/// it merges as they do; counts are exact, the mean confidence of a bin is so to
/// the width of the sketch's buckets.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    bins: [ReliabilityBin; BINS],
}

impl Calibration {
    /// Of the objects of a group that have `score if right` or `score if wrong`,
    /// confidences in `[0, 1]`; `None` where there are none.
    pub(super) fn of(group: &ObjectGroup) -> Option<Self> {
        let mut bins = [ReliabilityBin::default(); BINS];
        for (name, is_right) in [("score if right", true), ("score if wrong", false)] {
            if let Some(feature) = group.features().get(name) {
                add(&mut bins, feature.numbers(), is_right)?;
            }
        }
        let any = bins.iter().any(|bin| bin.count > 0);
        any.then_some(Self { bins })
    }

    /// The bins by rising confidence.
    #[must_use]
    pub fn bins(&self) -> &[ReliabilityBin] {
        &self.bins
    }

    /// Predictions that a label was there for.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.bins.iter().map(|bin| bin.count).sum()
    }

    /// Share of right predictions, in `[0, 1]`.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right: u64 = self.bins.iter().map(|bin| bin.right).sum();
        right as f64 / self.count() as f64
    }

    /// Mean confidence, in `[0, 1]`.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        self.bins.iter().map(|bin| bin.confidence).sum::<f64>() / self.count() as f64
    }

    /// The expected calibration error, in `[0, 1]`.
    #[must_use]
    pub fn error(&self) -> f64 {
        let gap = |bin: &ReliabilityBin| (bin.right as f64 - bin.confidence).abs();
        self.bins.iter().map(gap).sum::<f64>() / self.count() as f64
    }

    /// The accuracy to expect of predictions of these confidences, if each confidence is right
    /// as often as here; `None` where too many (5 %) have confidences that never came
    /// here.
    #[must_use]
    pub fn expected_accuracy(&self, scores: &Quantiles) -> Option<f64> {
        let mut bins = [ReliabilityBin::default(); BINS];
        add(&mut bins, scores, true)?;
        let (mut known, mut right) = (0.0, 0.0);
        for (bin, own) in bins.iter().zip(&self.bins) {
            if own.count > 0 {
                known += bin.count as f64;
                right += bin.count as f64 * own.right as f64 / own.count as f64;
            }
        }
        (known > 0.95 * scores.count() as f64).then(|| right / known)
    }
}

/// Adds confidences to their bins; `None` where one lies outside `[0, 1]`, or where it cannot
/// be said in which bin it lies.
fn add(bins: &mut [ReliabilityBin; BINS], scores: &Quantiles, is_right: bool) -> Option<()> {
    for bucket in scores.buckets() {
        let place = |value: f64| ((value * BINS as f64) as usize).min(BINS - 1);
        if bucket.lower < 0.0 || bucket.upper > 1.0 || place(bucket.lower) != place(bucket.upper) {
            return None;
        }
        let bin = &mut bins[place(bucket.lower)];
        bin.count += bucket.count;
        bin.confidence += bucket.count as f64 * bucket.midpoint();
        if is_right {
            bin.right += bucket.count;
        }
    }
    Some(())
}

impl ObjectGroup {
    /// How often predictions of each confidence are right, where objects are
    /// predictions that were held against labels; `None` otherwise, and where scores
    /// are no probabilities.
    ///
    /// ```
    /// use driftsphere::ingest::{Batch, Objects};
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
    ///
    /// let mut said = Objects::new(&["score if right", "score if wrong"])?;
    /// for i in 0..100 {
    ///     // Always 90 % sure, and right in 7 of 10 cases.
    ///     let values = if i % 10 < 7 { [0.9, f64::NAN] } else { [f64::NAN, 0.9] };
    ///     said.push(None, &values)?;
    ///     said.end_record();
    /// }
    /// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
    /// builder.track_batch(&Batch::new(100).objects("prediction", said))?;
    /// let profile = builder.freeze();
    /// let calibration = profile.objects()["prediction"].all().calibration().unwrap();
    /// assert!((calibration.accuracy() - 0.7).abs() < 1e-12);
    /// assert!((calibration.error() - 0.2).abs() < 1e-12);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn calibration(&self) -> Option<Calibration> {
        Calibration::of(self)
    }
}
