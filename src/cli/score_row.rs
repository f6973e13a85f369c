//! One record's score, and those that are kept of many.

use anyhow::Result;
use driftsphere::profile::Score;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The names of the columns, in their order in every format.
pub(super) const COLUMNS: [&str; 13] = [
    "file",
    "row",
    "id",
    "class",
    "cluster",
    "cluster_index",
    "cluster_distance",
    "novelty",
    "novelty_lower",
    "novelty_upper",
    "own_distance",
    "boundary",
    "not_scored",
];

/// A record and what was measured of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ScoreRow {
    pub(super) file: String,
    pub(super) row: u64,
    pub(super) id: Option<String>,
    /// The name of the nearest cluster.
    pub(super) cluster: Option<String>,
    pub(super) score: Score,
}

impl ScoreRow {
    pub(super) fn cluster_index(&self) -> Option<u64> {
        self.score.cluster.map(|(cluster, _)| cluster as u64)
    }

    /// The numbers, beside their columns: from `cluster_distance` to `boundary`.
    pub(super) fn numbers(&self) -> [Option<f64>; 6] {
        let score = &self.score;
        [
            score.cluster.map(|(_, distance)| distance),
            score.novelty.map(|rank| rank.estimate),
            score.novelty.map(|rank| rank.lower_bound),
            score.novelty.map(|rank| rank.upper_bound),
            score.own_distance,
            score.boundary,
        ]
    }
}

/// Where scores are written.
pub(super) trait Sink: Send {
    fn write(&mut self, rows: &[ScoreRow]) -> Result<()>;

    /// Puts what was written in its place.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// The records farthest from their cluster, in bounded memory. Of equal
/// distances, the one that was read first comes first.
#[derive(Debug)]
pub(super) struct MostNovel {
    most: usize,
    seen: u64,
    /// By distance, whose bits sort as it does, and by order of reading.
    rows: BTreeMap<(u64, Reverse<u64>), ScoreRow>,
}

impl MostNovel {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            seen: 0,
            rows: BTreeMap::new(),
        }
    }

    pub(super) fn offer(&mut self, row: ScoreRow) {
        let Some((_, distance)) = row.score.cluster else {
            return;
        };
        self.rows
            .insert((distance.to_bits(), Reverse(self.seen)), row);
        self.seen += 1;
        if self.rows.len() > self.most {
            self.rows.pop_first();
        }
    }

    /// The most novel first.
    pub(super) fn into_rows(self) -> Vec<ScoreRow> {
        self.rows.into_values().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_farthest_come_first_and_ties_in_the_order_read() {
        let distances = [0.25, 0.5, 0.125, 0.5, 0.5, 0.75];
        let mut top = MostNovel::new(3);
        for (row, distance) in (0..).zip(distances) {
            top.offer(ScoreRow {
                file: "a.npy".into(),
                row,
                id: None,
                cluster: None,
                score: Score {
                    cluster: Some((0, distance)),
                    ..Score::default()
                },
            });
        }
        let rows: Vec<u64> = top.into_rows().iter().map(|row| row.row).collect();
        assert_eq!(rows, [5, 1, 3]);
    }
}
