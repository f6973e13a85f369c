//! The real record nearest to a centre: a name for what a centre means.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// A record that stands for a centre.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Medoid {
    /// The record's id, or what [`record_name`] makes of its hash.
    pub id: String,
    /// Its distance to the centre, in the codebook's distance.
    pub distance: f64,
}

impl Medoid {
    /// Nearer first, then by id: a total order, so that the winner does not
    /// depend on the order of the records.
    fn order(&self, distance: f64, id: &str) -> Ordering {
        self.distance
            .total_cmp(&distance)
            .then_with(|| self.id.as_str().cmp(id))
    }

    /// Puts a record in place of `best` if it is nearer. Its name is only made
    /// if it may be.
    pub(crate) fn offer(best: &mut Option<Self>, distance: f64, id: Option<&str>, hash: u64) {
        if best.as_ref().is_some_and(|best| best.distance < distance) {
            return;
        }
        let candidate = Self {
            id: record_name(id, hash),
            distance,
        };
        Self::keep_nearer(best, Some(&candidate));
    }

    /// Puts `other` in place of `best` if it is nearer.
    pub(crate) fn keep_nearer(best: &mut Option<Self>, other: Option<&Self>) {
        let Some(other) = other else { return };
        if best
            .as_ref()
            .is_none_or(|best| best.order(other.distance, &other.id).is_gt())
        {
            *best = Some(other.clone());
        }
    }
}

/// What a record is called in answers: its id, or its hash where it has none.
///
/// ```
/// use driftsphere::sphere::record_name;
///
/// assert_eq!(record_name(Some("img_7.png"), 1), "img_7.png");
/// assert_eq!(record_name(None, 0xBEEF), "row 000000000000beef");
/// ```
#[must_use]
pub fn record_name(id: Option<&str>, hash: u64) -> String {
    id.map_or_else(|| format!("row {hash:016x}"), str::to_owned)
}

/// Whether [`record_name`] made a name from a hash.
pub(crate) fn is_made_up(name: &str) -> bool {
    let hash = name.strip_prefix("row ");
    hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|c| c.is_ascii_hexdigit()))
}

/// Looks for the medoid of each of `k` centres while records go by. Mergeable
/// and independent of order.
///
/// ```
/// use driftsphere::sphere::Medoids;
///
/// let mut medoids = Medoids::new(2);
/// medoids.update(0, 0.3, Some("far"), 0);
/// medoids.update(0, 0.1, Some("near"), 0);
/// let found = medoids.into_found();
/// assert_eq!(found[0].as_ref().unwrap().id, "near");
/// assert_eq!(found[1], None);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Medoids {
    best: Vec<Option<Medoid>>,
}

impl Medoids {
    /// No record seen yet for any of `k` centres.
    #[must_use]
    pub fn new(k: usize) -> Self {
        Self {
            best: vec![None; k],
        }
    }

    /// Medoids that were found before.
    pub(crate) fn from_found(best: Vec<Option<Medoid>>) -> Self {
        Self { best }
    }

    /// Tracks a record at `distance` from its centre. Its name is only made if
    /// it is the best so far.
    ///
    /// # Panics
    /// If `centre` is not below `k`.
    pub fn update(&mut self, centre: usize, distance: f64, id: Option<&str>, hash: u64) {
        Medoid::offer(&mut self.best[centre], distance, id, hash);
    }

    /// Takes over what another search over the same centres has found.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] if the other has another number of centres.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.best.len() != other.best.len() {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!(
                    "medoids of {} centres do not merge with those of {}",
                    self.best.len(),
                    other.best.len()
                ),
            ));
        }
        for (best, theirs) in self.best.iter_mut().zip(&other.best) {
            Medoid::keep_nearer(best, theirs.as_ref());
        }
        Ok(())
    }

    /// The medoid of each centre that a record was seen for.
    #[must_use]
    pub fn into_found(self) -> Vec<Option<Medoid>> {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_order_nor_split_changes_the_winner() {
        let records = [(0, 0.5, "b"), (0, 0.5, "a"), (1, 0.0, "c"), (0, 0.7, "0")];
        let find = |records: &[(usize, f64, &str)]| {
            let mut medoids = Medoids::new(3);
            for &(centre, distance, id) in records {
                medoids.update(centre, distance, Some(id), 9);
            }
            medoids
        };
        let whole = find(&records);
        let mut reversed = records;
        reversed.reverse();
        assert_eq!(find(&reversed), whole);
        for cut in 0..=records.len() {
            let (first, second) = records.split_at(cut);
            let mut merged = find(second);
            merged.merge(&find(first)).unwrap();
            assert_eq!(merged, whole);
        }
        let found = whole.into_found();
        assert_eq!(found[0].as_ref().unwrap().id, "a");
        assert_eq!(found[1].as_ref().unwrap().id, "c");
        assert_eq!(found[2], None);
    }

    #[test]
    fn unlike_searches_do_not_merge() {
        let error = Medoids::new(2).merge(&Medoids::new(3)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Incompatible);
    }
}
