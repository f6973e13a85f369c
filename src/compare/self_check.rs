//! The sample tests on the reference against itself.

use std::sync::Arc;

use crate::error::Result;
use crate::profile::SpaceProfile;
use crate::sketch::{SampleRow, hash_text};

use super::directions::NEIGHBOURS;
use super::numbers::percent;
use super::result::{Note, SelfCheckSummary};
use super::stats::{
    Components, LabelStatistic, Labellings, Mmd, Neighbours, Permutations, SquaredChords,
};
use super::view::expand;

/// Splits of the reference.
const SPLITS: usize = 200;
/// Random labellings that each split is held against.
const LABELLINGS: u64 = 999;
/// Fewest rows of each part.
const FEWEST_ROWS: usize = 8;

/// Splits the reference's sample 200 times into parts whose sizes have the ratio
/// of the windows, and tells how often each sample test has p <= alpha.
///
/// Where every row has a time, one part is a block of time (the sample in order
/// of time is closed to a ring, and 200 starts lie evenly around it): a reference
/// that changes with time alarms against itself. Else the parts are random, and
/// the rate is alpha but for chance; all it says then is that the tests do what
/// they promise on these rows. The labellings that a split is held against are the
/// same for all of them, as the pooled rows and the sizes are.
///
/// `None` where a part would have fewer than 8 rows.
pub(crate) fn self_check(
    reference: &SpaceProfile,
    target_rows: u64,
    alpha: f64,
    seed: u64,
) -> Result<Option<SelfCheckSummary>> {
    let mut rows = expand(reference.sample());
    let share = target_rows as f64 / (reference.rows() + target_rows).max(1) as f64;
    let second = (rows.len() as f64 * share).round() as usize;
    let first = rows.len() - second.min(rows.len());
    if first.min(second) < FEWEST_ROWS {
        return Ok(None);
    }
    let timed = rows.iter().all(|(_, row)| row.time.is_some());
    if timed {
        rows.sort_by_key(|(hash, row)| (row.time, *hash));
    }
    let dim = reference.directions().dim();
    let values = unit_vectors(&rows);
    let seed = hash_text(seed, "self-check");
    let permutations = Permutations::new(first, second, seed)?;
    let chords = SquaredChords::new(&values, dim)?;
    let components = Components::fit(&values, dim, seed)?;
    let (Some(spectral), Some(mmd), Some(neighbours)) = (
        components.null(first),
        Mmd::laplace(&chords, first),
        Neighbours::new(&chords, first, NEIGHBOURS, seed),
    ) else {
        return Ok(None);
    };
    let null = permutations.labellings(0..LABELLINGS);
    let splits = match timed {
        true => blocks(rows.len(), second),
        false => vec![permutations.labellings(LABELLINGS..LABELLINGS + SPLITS as u64)],
    };
    let rate = |statistic: &dyn LabelStatistic| {
        let mut by_chance = statistic.values(&null);
        by_chance.sort_by(f64::total_cmp);
        let alarms = splits.iter().flat_map(|split| statistic.values(split));
        let alarms = alarms.filter(|value| {
            let below = by_chance.partition_point(|v| *v < value - statistic.tolerance());
            (1 + by_chance.len() - below) as f64 <= alpha * (1 + by_chance.len()) as f64
        });
        alarms.count() as f64 / SPLITS as f64
    };
    Ok(Some(SelfCheckSummary {
        splits: SPLITS as u64,
        by_time: timed,
        rows: (first as u64, second as u64),
        rates: vec![
            ("spectral".into(), rate(&spectral)),
            ("laplace-mmd".into(), rate(&mmd)),
            ("schilling-knn".into(), rate(&neighbours)),
        ],
    }))
}

/// Blocks of `second` neighbouring rows of a ring, evenly spaced.
fn blocks(rows: usize, second: usize) -> Vec<Labellings> {
    let block = |split: usize| {
        let start = split * rows / SPLITS;
        let is_first: Vec<bool> = (0..rows)
            .map(|row| (row + rows - start) % rows >= second)
            .collect();
        Labellings::single(&is_first)
    };
    (0..SPLITS).map(block).collect()
}

/// Rows of length 1, which half precision leaves off by up to 5e-4.
fn unit_vectors(rows: &[(u64, Arc<SampleRow>)]) -> Vec<f32> {
    let mut values = Vec::new();
    for (_, row) in rows {
        let squares = row.vector.iter().map(|x| x.to_f64() * x.to_f64());
        let norm = squares.sum::<f64>().sqrt();
        values.extend(row.vector.iter().map(|x| (x.to_f64() / norm) as f32));
    }
    values
}

impl SelfCheckSummary {
    /// What the reader should know.
    pub(crate) fn note(&self, space: &str, alpha: f64) -> Note {
        let rates: Vec<String> = self
            .rates
            .iter()
            .map(|(test, rate)| format!("{test} in {}", percent(*rate)))
            .collect();
        let how = match self.by_time {
            true => "blocks of time against the rest",
            false => "at random, as not every record has a time",
        };
        Note {
            code: "self-check".into(),
            text: format!(
                "The reference's sample of space {space} was split {} times, {how}: alarms at {} \
                 were {}. This covers the three tests on samples and what changes inside the \
                 reference, no more: neither the tests over all rows, nor centres, nor features.",
                self.splits,
                percent(alpha),
                rates.join(", ")
            ),
        }
    }
}
