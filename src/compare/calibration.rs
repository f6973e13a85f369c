//! Whether confidence still keeps what it promises.

use statrs::function::erf::erfc;

use crate::profile::{Calibration, ObjectGroup, Profile, ReliabilityBin};

use super::draft::{Draft, effect};
use super::figures::percent;
use super::finding::Scope;
use super::objects::Tables;
use super::result::Note;

/// The objects that stand for predictions of whole records.
const PREDICTION: &str = "prediction";
/// Least growth of the gap between confidence and accuracy that matters.
const GAP: f64 = 0.05;

/// Test of the accuracy given the confidence, where both sides have labels.
///
/// ```text
/// Z = sum_b (a_b - E_b) / sqrt(sum_b V_b)
///     a_b  right predictions of the target in bin b of the confidence
///     E_b = m_b R_b / N_b,   V_b = n_b m_b R_b W_b / (N_b^2 (N_b - 1))
///     with n_b, m_b predictions of both sides, N_b their sum, R_b right, W_b wrong
/// ```
///
/// Source: Mantel and Haenszel 1959. The effect is the change of mean confidence less
/// accuracy.
pub(super) fn compare_calibration(
    tables: Tables<'_>,
    scope: &Scope,
    reference: &ObjectGroup,
    target: &ObjectGroup,
) -> Option<Draft> {
    if tables.kind != PREDICTION {
        return None;
    }
    let (a, b) = (reference.calibration()?, target.calibration()?);
    let draft = tables.named("calibration", scope.clone()).draft();
    let draft = draft.counts(a.count(), b.count());
    let (z, design) = (mantel_haenszel(a.bins(), b.bins()), tables.records);
    let Some(z) = z else {
        return Some(
            draft.not_tested("no confidence that came on both sides is right now and then"),
        );
    };
    let z = z / design.reference.max(design.target).sqrt();
    let gap = |c: &Calibration| c.confidence() - c.accuracy();
    let change = gap(&b) - gap(&a);
    let (few, few_target) = design.effective(a.count(), b.count());
    let spread = |c: &Calibration, n: f64| c.accuracy() * (1.0 - c.accuracy()) / n;
    let detectable = 2.8 * (spread(&a, few) + spread(&b, few_target)).sqrt();
    let of = match scope {
        Scope::All => String::new(),
        _ => format!(" of {scope}"),
    };
    let word = if change > 0.0 { "more" } else { "less" };
    Some(
        draft
            .test("mantel-haenszel", z, erfc(z.abs() / std::f64::consts::SQRT_2), None)
            .effect(effect("gap", change, "share", GAP, Some(detectable)))
            .sentence(format!(
                "confidence{of} promises {word} than before: accuracy {} -> {} at a mean confidence of \
                 {} -> {}; calibration error {} -> {}",
                percent(a.accuracy()),
                percent(b.accuracy()),
                percent(a.confidence()),
                percent(b.confidence()),
                percent(a.error()),
                percent(b.error())
            )),
    )
}

fn mantel_haenszel(a: &[ReliabilityBin], b: &[ReliabilityBin]) -> Option<f64> {
    let (mut difference, mut variance) = (0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (n, m) = (a.count as f64, b.count as f64);
        let (all, right) = (n + m, (a.right + b.right) as f64);
        if n > 0.0 && m > 0.0 && all > 1.0 {
            difference += b.right as f64 - m * right / all;
            variance += n * m * right * (all - right) / (all * all * (all - 1.0));
        }
    }
    (variance > 0.0).then(|| difference / variance.sqrt())
}

/// What accuracy to expect of predictions without labels, said to be an estimate.
pub(super) fn expected_accuracy(reference: &Profile, target: &Profile) -> Option<Note> {
    let group = |profile: &Profile| Some(profile.objects().get(PREDICTION)?.all().clone());
    let said = group(target)?;
    let scores = said.features().get("score")?.numbers();
    if said.calibration().is_some() {
        return None;
    }
    let known = group(reference).and_then(|group| group.calibration());
    let known = known.and_then(|known| Some((known.expected_accuracy(scores)?, known.accuracy())));
    let text = match known {
        Some((expected, before)) => format!(
            "without labels, the accuracy of the target is estimated at {} (reference: {}), if each \
             confidence is right as often as in the reference; a changed meaning of the scores breaks that",
            percent(expected),
            percent(before)
        ),
        None => {
            let inside = scores.min()? >= 0.0 && scores.max()? <= 1.0;
            let mean = scores.mean().filter(|_| inside)?.estimate;
            format!(
                "without labels, the accuracy of the target is estimated at {}, its mean confidence, if \
                 the confidences are calibrated; labels of the reference would tell",
                percent(mean)
            )
        }
    };
    Some(Note {
        code: "expected-accuracy".into(),
        text,
    })
}
