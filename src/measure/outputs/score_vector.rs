//! What one vector of scores says.

/// How far the scores of a record may be from adding up to 1: half precision
/// rounds each of a thousand.
const OFF: f64 = 0.05;

const NOT_FINITE: &str = "scores with NaN or an infinity";
pub(super) const NO_PROBABILITIES: &str = "scores that are no probabilities";

/// What one vector of scores says.
///
/// ```text
/// p        = softmax(z) for logits z, else the scores
/// top      = max p             class = argmax p, the first of equals
/// margin   = top - second largest p
/// entropy  = - sum p ln p      in nats
/// energy   = - ln sum exp z    of logits alone (Liu et al. 2020, "Energy-based
///                              out-of-distribution detection", equation 4, T = 1)
/// ```
///
/// ```
/// use driftsphere::measure::outputs::ScoreVector;
///
/// let said = ScoreVector::of_logits(&[2.0, 0.0, 0.0])?;
/// assert_eq!(said.class, 0);
/// assert!((said.top - 0.786_986).abs() < 1e-6);
/// assert!((said.energy.unwrap() + 2.239_545).abs() < 1e-6);
/// assert!(ScoreVector::of_probabilities(&[0.9, 0.9]).is_err());
/// # Ok::<(), &'static str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreVector {
    /// Index of the class with the largest score.
    pub class: usize,
    /// Its probability.
    pub top: f64,
    /// How far it is above the next.
    pub margin: f64,
    /// In nats, 0 to the logarithm of the number of classes.
    pub entropy: f64,
    /// Of logits.
    pub energy: Option<f64>,
}

impl ScoreVector {
    /// Of logits.
    ///
    /// # Errors
    /// A short reason where a number is NaN or infinite, or there is none. (Only minus infinity is a
    /// logit: of a class that was ruled out.)
    pub fn of_logits(logits: &[f32]) -> std::result::Result<Self, &'static str> {
        let largest = largest(logits, f32::NEG_INFINITY)?;
        let shifted: Vec<f64> = logits
            .iter()
            .map(|z| libm::exp(f64::from(*z) - f64::from(largest)))
            .collect();
        let sum: f64 = shifted.iter().sum();
        let energy = -(f64::from(largest) + libm::log(sum));
        let probabilities: Vec<f64> = shifted.iter().map(|e| e / sum).collect();
        Ok(Self::of(&probabilities, Some(energy)))
    }

    /// Of probabilities, at least 0, that add up to 1 within 5 %; they are divided by
    /// their sum.
    ///
    /// # Errors
    /// A short reason where they do not, or a number is not finite.
    pub fn of_probabilities(scores: &[f32]) -> std::result::Result<Self, &'static str> {
        largest(scores, f32::MIN)?;
        let sum: f64 = scores.iter().map(|p| f64::from(*p)).sum();
        if (sum - 1.0).abs() > OFF || scores.iter().any(|p| *p < 0.0) {
            return Err(NO_PROBABILITIES);
        }
        let probabilities: Vec<f64> = scores.iter().map(|p| f64::from(*p) / sum).collect();
        Ok(Self::of(&probabilities, None))
    }

    fn of(probabilities: &[f64], energy: Option<f64>) -> Self {
        let (mut class, mut top, mut second, mut entropy) = (0, f64::NEG_INFINITY, 0.0, 0.0);
        for (at, &p) in probabilities.iter().enumerate() {
            if p > top {
                second = if at == 0 { 0.0 } else { top };
                (class, top) = (at, p);
            } else if p > second {
                second = p;
            }
            if p > 0.0 {
                entropy -= p * libm::log(p);
            }
        }
        Self {
            class,
            top,
            margin: top - second,
            entropy,
            energy,
        }
    }
}

/// The largest of scores of which none is below `least`; it is finite.
fn largest(scores: &[f32], least: f32) -> std::result::Result<f32, &'static str> {
    let is_score = |z: &f32| *z >= least && *z < f32::INFINITY;
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    match scores.iter().all(is_score) && largest.is_finite() {
        true => Ok(largest),
        false => Err(NOT_FINITE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_say_the_same_as_their_definition() {
        let said = ScoreVector::of_probabilities(&[0.2, 0.5, 0.3]).unwrap();
        assert_eq!((said.class, said.energy), (1, None));
        assert!((said.margin - 0.2).abs() < 1e-6);
        let entropy = -[0.2_f64, 0.5, 0.3].iter().map(|p| p * p.ln()).sum::<f64>();
        assert!((said.entropy - entropy).abs() < 1e-6);
        let first = ScoreVector::of_logits(&[1.0, 1.0]).unwrap();
        assert_eq!((first.class, first.margin), (0, 0.0));
        // Large logits do not overflow.
        let sure = ScoreVector::of_logits(&[1e4, -1e4]).unwrap();
        assert_eq!(
            (sure.top, sure.entropy, sure.energy),
            (1.0, 0.0, Some(-1e4))
        );
        let ruled_out = ScoreVector::of_logits(&[1.0, f32::NEG_INFINITY, 1.0]).unwrap();
        assert_eq!((ruled_out.top, ruled_out.margin), (0.5, 0.0));
        for unusable in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(ScoreVector::of_logits(&[unusable]), Err(NOT_FINITE));
        }
        let unusable = [0.5, f32::NEG_INFINITY];
        assert_eq!(ScoreVector::of_probabilities(&unusable), Err(NOT_FINITE));
        assert_eq!(ScoreVector::of_logits(&[]), Err(NOT_FINITE));
        assert_eq!(
            ScoreVector::of_probabilities(&[-0.5, 1.5]),
            Err(NO_PROBABILITIES)
        );
    }
}
