//! The sizes from which a change counts as drift: the one table of them.

/// The sizes from which a change counts as drift.
///
/// | threshold | default | why | for example |
/// | --- | --- | --- | --- |
/// | [`w1`](Self::w1) | 0.2 | Cohen's small effect (1988) | a shift of the whole distribution by a fifth of the reference's spread |
/// | [`total_variation`](Self::total_variation) | 0.1 | one record in ten has another value | a class grows from 20 % to 30 % of the records |
/// | [`tail_share`](Self::tail_share) | 0.05 | one record in twenty moved into the tail | 10 % of the records below what was the 5 % quantile |
/// | [`median_shift`](Self::median_shift) | 0.2 | Cohen's small effect, on distances | distances to the own class's centre |
/// | [`novel_share`](Self::novel_share) | 0.01 | one record in a hundred is farther out than nearly all of the reference | |
/// | [`separation`](Self::separation) | 0.55 | a linear rule tells the windows apart in 55 of 100 pairs | 10 % of a novel class: 0.58 |
/// | [`turn`](Self::turn) | 2 degrees | turn of the mean direction | 10 % blurred digits: 3.2 |
/// | [`new_value_share`](Self::new_value_share) | 0.01 | a value that was never there, in one record of a hundred | |
///
/// The examples of separation and turn are embeddings of digits with 2 000 rows
/// a side; two windows without a change give 0.50 and 0.5 degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Wasserstein distance of a number, in units of the reference's sd.
    pub w1: f64,
    /// Half the sum of the absolute changes of shares, in `[0, 1]`.
    pub total_variation: f64,
    /// Change of the share of records in a tail of the reference.
    pub tail_share: f64,
    /// Shift of the median distance, in units of the reference's sd.
    pub median_shift: f64,
    /// Growth of the share of records beyond the reference's novelty edge.
    pub novel_share: f64,
    /// Probability that a linear rule ranks a target row above a reference row,
    /// in `[0.5, 1]`.
    pub separation: f64,
    /// Turn of the mean direction in degrees.
    pub turn: f64,
    /// Share from which a new or lost value is drift by itself.
    pub new_value_share: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            w1: 0.2,
            total_variation: 0.1,
            tail_share: 0.05,
            median_shift: 0.2,
            novel_share: 0.01,
            separation: 0.55,
            turn: 2.0,
            new_value_share: 0.01,
        }
    }
}
