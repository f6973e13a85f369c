//! Measures in plain words.

use super::result::{Change, Measure};

/// What a judged measure says.
pub(super) fn likeness(measure: Measure, value: f64, verdict: Change) -> String {
    let same = match verdict {
        Change::Same => "as in the first run",
        Change::Unclear => "perhaps as in the first run: more records would tell",
        _ => "not as in the first run",
    };
    let shown = format!("{value:.3}");
    let percent = format!("{:.0} %", 100.0 * value);
    match measure {
        Measure::Cka => format!("the space as a whole is {same} (debiased CKA {shown})"),
        Measure::NeighbourOverlap => {
            format!("a record keeps {percent} of its nearest neighbours, {same}")
        }
        Measure::DistanceCorrelation => {
            format!("distances between records are {same} (correlation {shown})")
        }
        Measure::ProcrustesResidual => {
            format!("turned onto the first run, {percent} of the spread is left over: {same}")
        }
        Measure::AnchorCorrelation => {
            format!("distances to the anchors are {same} (mean correlation {shown})")
        }
        Measure::AdjustedRand | Measure::AdjustedMutualInformation => {
            format!("clusters are {same} ({} {shown})", measure.name())
        }
        Measure::DistanceShape => {
            format!("distances, ids aside, are distributed {same} ({shown} sd apart)")
        }
        Measure::Spectrum => {
            format!("the spread is divided among the axes {same} ({percent} of it otherwise)")
        }
        Measure::CentreShape => {
            format!("cluster centres lie to each other {same} (distances differ by {percent})")
        }
    }
}
