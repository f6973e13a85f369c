//! Detail that is fainter because pictures have less contrast, which is no blur.

use super::finding::Finding;
use super::wording::{BLURRED, FAINTER};

const DETAIL: &str = "pixels.laplacian_variance";
const CONTRAST: &str = "pixels.contrast";
/// How much of the fall contrast has to explain, as a share of its logarithm.
const EXPLAINED: f64 = 0.75;

/// Whether a finding is of detail that fell with the contrast.
///
/// The Laplacian is linear in the picture. With c times the contrast its variance is c^2 times as large, as sharp
/// as the picture may be; so what contrast explains of the fall is
///
/// ```text
/// 2 log(C' / C) / log(L' / L)      C, L: median contrast, variance of the Laplacian; ': target
/// ```
pub(crate) fn is_flatter(finding: &Finding, findings: &[Finding]) -> bool {
    if finding.feature != DETAIL {
        return false;
    }
    let contrast = findings.iter().find(|other| {
        other.feature == CONTRAST
            && other.scope == finding.scope
            && other.verdict >= finding.verdict
    });
    let falls = contrast.and_then(|contrast| Some((log_ratio(contrast)?, log_ratio(finding)?)));
    falls.is_some_and(|(contrast, detail)| {
        detail < 0.0 && contrast < 0.0 && 2.0 * contrast <= EXPLAINED * detail
    })
}

/// Says so in the sentences of such findings.
pub(crate) fn reword(findings: &mut [Finding]) {
    let flatter: Vec<bool> = (findings.iter())
        .map(|finding| is_flatter(finding, findings))
        .collect();
    for (finding, _) in findings.iter_mut().zip(flatter).filter(|(_, is)| *is) {
        if let Some(rest) = finding.sentence.strip_prefix(BLURRED) {
            finding.sentence = format!("{FAINTER}{rest}");
        }
    }
}

/// The logarithm of the median of the target in parts of that of the reference.
fn log_ratio(finding: &Finding) -> Option<f64> {
    let median = finding.quantiles.iter().find(|pair| pair.rank == 0.5)?;
    (median.reference > 0.0 && median.target > 0.0)
        .then(|| libm::log(median.target / median.reference))
}
