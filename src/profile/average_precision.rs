//! How good a detector ranks what it finds.

use crate::sketch::Estimate;

use super::object_group::ObjectGroup;

/// Points of recall at which precision is read.
const POINTS: usize = 101;

impl ObjectGroup {
    /// The average precision of detections that were held against `annotated` objects of
    /// their class (those that are to be found: the count of `found`): of boxes with `score if true` and `score if false`.
    ///
    /// ```text
    /// AP = 1/101 sum_r max { precision at a recall of at least r },  r = 0, 0.01, ..., 1
    /// ```
    ///
    /// as in COCO's evaluation, at one overlap. Scores within one bucket of a sketch are
    /// not told apart: the bounds are those of all true ones first, and last, in each
    /// bucket; they meet while the sketches are exact and no true and false one have the
    /// same score. `None` without annotated objects.
    ///
    /// ```
    /// use driftsphere::ingest::{Batch, Objects};
    /// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
    ///
    /// let mut boxes = Objects::new(&["score if true", "score if false"])?;
    /// for values in [[0.9, f64::NAN], [f64::NAN, 0.8], [0.7, f64::NAN]] {
    ///     boxes.push(None, &values)?;
    /// }
    /// boxes.end_record();
    /// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
    /// builder.track_batch(&Batch::new(1).objects("box", boxes))?;
    /// let profile = builder.freeze();
    /// // Precision 1 up to a recall of 1/2, 2/3 up to 1: 51 and 50 points.
    /// let ap = profile.objects()["box"].all().average_precision(2).unwrap();
    /// assert!((ap.estimate - (51.0 + 50.0 * 2.0 / 3.0) / 101.0).abs() < 1e-12);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn average_precision(&self, annotated: u64) -> Option<Estimate> {
        if annotated == 0 {
            return None;
        }
        let buckets = |name: &str| -> Vec<(f64, f64, u64)> {
            let feature = self.features().get(name);
            let buckets = feature.into_iter().flat_map(|f| f.numbers().buckets());
            buckets.map(|b| (b.lower, b.upper, b.count)).collect()
        };
        let (right, wrong) = (buckets("score if true"), buckets("score if false"));
        let steps = together(right, wrong);
        let (upper, lower) = (
            area(&steps, annotated, true),
            area(&steps, annotated, false),
        );
        Some(Estimate {
            estimate: (lower + upper) / 2.0,
            lower_bound: lower,
            upper_bound: upper,
        })
    }
}

/// True and false detections by falling score; those whose buckets overlap come at once.
fn together(right: Vec<(f64, f64, u64)>, wrong: Vec<(f64, f64, u64)>) -> Vec<(u64, u64)> {
    let right = right.into_iter().map(|(low, high, n)| (low, high, n, 0));
    let wrong = wrong.into_iter().map(|(low, high, n)| (low, high, 0, n));
    let mut all: Vec<(f64, f64, u64, u64)> = right.chain(wrong).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut steps: Vec<(f64, u64, u64)> = Vec::new();
    for (low, high, right, wrong) in all {
        match steps.last_mut() {
            Some(last) if high >= last.0 => {
                last.0 = last.0.min(low);
                last.1 += right;
                last.2 += wrong;
            }
            _ => steps.push((low, right, wrong)),
        }
    }
    steps
        .into_iter()
        .map(|(_, right, wrong)| (right, wrong))
        .collect()
}

/// The mean of the precisions, with the true ones of each step first or last.
fn area(steps: &[(u64, u64)], annotated: u64, right_first: bool) -> f64 {
    let all = annotated as f64;
    // Recall and precision after each run of true or false detections.
    let mut curve: Vec<(f64, f64)> = Vec::new();
    let (mut hits, mut misses) = (0_u64, 0_u64);
    for &(right, wrong) in steps {
        if !right_first {
            misses += wrong;
        }
        // Precision rises along a run of true ones: recalls in between have the later,
        // higher one, so its first and last point will do.
        if right > 0 {
            let precision = |hits: u64| hits as f64 / (hits + misses) as f64;
            curve.push(((hits + 1) as f64 / all, precision(hits + 1)));
            hits += right;
            curve.push((hits as f64 / all, precision(hits)));
        }
        if right_first {
            misses += wrong;
        }
    }
    let mut best = 0.0_f64;
    for point in curve.iter_mut().rev() {
        best = best.max(point.1);
        point.1 = best;
    }
    let at = |i: usize| {
        let recall = i as f64 / (POINTS - 1) as f64;
        let next = curve.partition_point(|(reached, _)| *reached < recall - 1e-12);
        curve.get(next).map_or(0.0, |(_, precision)| *precision)
    };
    (0..POINTS).map(at).sum::<f64>() / POINTS as f64
}
