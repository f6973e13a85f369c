//! Records that belong together (`--group`): what a window of them is worth.

use std::sync::Arc;

use crate::profile::{Profile, SpaceProfile};
use crate::sketch::{CoordinatedSample, SampleRow, hash_text};

use super::extremes::samples;
use super::repeats::DesignEffects;
use super::result::Note;
use super::stats::{Intraclass, RowGroups, SquaredChords};
use super::view::expand;

/// Fewest groups a side: with fewer there are too few ways to label them for any
/// permutation of whole groups to find a change.
pub(crate) const FEWEST_GROUPS: usize = 8;
/// From this share of a group in its own centre on, distances to centres are not
/// tested: the same limit as for records that both windows have.
const OWN_SHARE_FROM: f64 = 0.01;

/// The groups of the sampled rows of two windows.
///
/// # Design effects
///
/// A mean of N records in groups of M_g has the variance of that of N / deff
/// independent ones,
///
/// ```text
/// deff = 1 + rho sum_g M_g (M_g - 1) / N  -  rho'' sum_g M_g M'_g / M
/// ```
///
/// with M'_g records of the group among the M of the other window (Kish 1965,
/// *Survey Sampling*, section 5.4, with groups of unequal size; the last term
/// takes back what groups in both windows have in common; see [`Intraclass`]). A
/// sample thins each group as it thins the window, so shares of pairs keep:
///
/// ```text
/// sum_g M_g (M_g - 1) = N (N - 1) x  pairs of one group / pairs, in the sample
/// ```
///
/// Sampled records are known with their groups, classes, clusters, distances and
/// numbers: rho is that of what is tested. What a sample does not keep (texts,
/// norms, missing values) counts as fully alike within a group.
///
/// Single classes and clusters are thinned by the design effect of all records: it
/// holds where groups keep to one class, and is too careful where they do not.
pub(crate) struct Groups {
    rows: Vec<Arc<SampleRow>>,
    keys: Vec<Option<u64>>,
    first: Vec<bool>,
    groups: RowGroups,
}

impl Groups {
    /// The groups of a space. `None` unless sampled records of both windows have
    /// some; records without one are groups of their own.
    pub(crate) fn of(reference: &SpaceProfile, target: &SpaceProfile) -> Option<Self> {
        Self::of_samples(reference.sample(), target.sample())
    }

    fn of_samples(reference: &CoordinatedSample, target: &CoordinatedSample) -> Option<Self> {
        let given = [reference, target].map(has_groups);
        (given == [true, true]).then(|| Self::new(reference, target))
    }

    /// The groups of the first sample that has some.
    pub(crate) fn of_any(reference: &Profile, target: &Profile) -> Option<Self> {
        samples(reference, target).find_map(|(a, b)| Self::of_samples(a, b))
    }

    fn new(reference: &CoordinatedSample, target: &CoordinatedSample) -> Self {
        let (a, b) = (expand(reference), expand(target));
        let first: Vec<bool> = (0..a.len() + b.len()).map(|row| row < a.len()).collect();
        let rows: Vec<Arc<SampleRow>> = a.into_iter().chain(b).map(|(_, row)| row).collect();
        let keys: Vec<Option<u64>> = rows.iter().map(|row| row.group).collect();
        Self {
            groups: RowGroups::new(&keys, &first),
            rows,
            keys,
            first,
        }
    }

    /// Where only one window has groups, they cannot be used.
    pub(crate) fn one_sided(
        what: &str,
        reference: &CoordinatedSample,
        target: &CoordinatedSample,
    ) -> Option<Note> {
        let given = [reference, target].map(has_groups);
        let side = match given {
            [true, false] => "reference",
            [false, true] => "target",
            _ => return None,
        };
        Some(Note {
            code: "one-sided-groups".into(),
            text: format!(
                "only the {side}'s {what} have groups; all records were taken as independent. \
                 Profile both windows with --group."
            ),
        })
    }

    /// For the difference of means of `n` and `m` records.
    pub(crate) fn design(&self, (n, m): (u64, u64), alike: Intraclass) -> DesignEffects {
        let (n, m) = (n as f64, m as f64);
        let [a, b, both] = self.rates();
        let common = alike.between * both;
        let side = |rows: f64, rate: f64| {
            (1.0 + alike.within * rate * (rows - 1.0) - common * rows).max(1.0)
        };
        DesignEffects {
            reference: side(n, a),
            target: side(m, b),
            grouped: true,
        }
    }

    /// 1 / n_e: the variance of a difference of means of all records, over that of
    /// one.
    pub(crate) fn variance(&self, (n, m): (u64, u64), alike: Intraclass) -> f64 {
        let (n, m) = (n as f64, m as f64);
        let [a, b, both] = self.rates();
        let pairs = [a * n * (n - 1.0), b * m * (m - 1.0)];
        alike.variance([n, m], pairs, both * n * m)
    }

    /// Shares of pairs of sampled records that are of one group: within the
    /// reference, within the target, between them.
    fn rates(&self) -> [f64; 3] {
        let n = self.first.iter().filter(|first| **first).count() as f64;
        let m = self.first.len() as f64 - n;
        let (a, b, both) = self.groups.pairs();
        let pairs = |rows: f64| (rows * (rows - 1.0) / 2.0).max(1.0);
        [a / pairs(n), b / pairs(m), both / (n * m).max(1.0)]
    }

    /// How alike the unit vectors of a group are.
    pub(crate) fn by_vector(&self) -> Intraclass {
        let dim = self.rows.first().map_or(0, |row| row.vector.len());
        let coordinates = self.rows.iter().flat_map(|row| &row.vector);
        let values: Vec<f32> = coordinates.map(|x| x.to_f32()).collect();
        // Sampled vectors have one dimension and are finite.
        SquaredChords::new(&values, dim).map_or(Intraclass::ALIKE, |chords| {
            Intraclass::of(&self.groups, |i, j| f64::from(chords.row(i)[j]))
        })
    }

    /// For tests of distances to centres: by the vectors or by the distances to
    /// clusters, whichever are more alike.
    pub(crate) fn centre_design(&self, rows: (u64, u64)) -> DesignEffects {
        let distances = self.by_number(|row| row.distance);
        self.design(rows, self.by_vector())
            .max(self.design(rows, distances))
    }

    /// For tests of the classes' shares.
    pub(crate) fn class_design(&self, rows: (u64, u64)) -> DesignEffects {
        self.design(rows, self.by_category(class))
    }

    /// For tests of the clusters' shares.
    pub(crate) fn cluster_design(&self, rows: (u64, u64)) -> DesignEffects {
        self.design(rows, self.by_category(|row| row.cluster))
    }

    /// For tests of a numeric feature.
    pub(crate) fn feature_design(&self, name: &str, rows: (u64, u64)) -> DesignEffects {
        let value = |row: &SampleRow| {
            let found = row.features.iter().find(|(feature, _)| feature == name);
            found.map(|(_, value)| *value)
        };
        self.design(rows, self.by_number(value))
    }

    /// For tests of what samples do not keep.
    pub(crate) fn careful_design(&self, rows: (u64, u64)) -> DesignEffects {
        self.design(rows, Intraclass::ALIKE)
    }

    /// How alike a number is within a group, for tests of its distribution: the
    /// correlation of "at most t", averaged over t by the pooled ranks u,
    ///
    /// ```text
    /// |x - y|^2 = integral (1{u <= t} - 1{v <= t})^2 dt = |u - v|
    /// ```
    ///
    /// as in the statistic of Cramer and von Mises.
    fn by_number(&self, value: impl Fn(&SampleRow) -> Option<f64>) -> Intraclass {
        let known: Vec<(usize, f64)> = self.known(value);
        let mut sorted: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
        sorted.sort_by(f64::total_cmp);
        let rank = |value: f64| {
            let below = sorted.partition_point(|x| *x < value);
            let upto = sorted.partition_point(|x| *x <= value);
            (below + upto) as f64 / 2.0
        };
        let ranks: Vec<f64> = known.iter().map(|(_, value)| rank(*value)).collect();
        let groups = self.select(known.iter().map(|(row, _)| *row));
        Intraclass::of(&groups, |i, j| (ranks[i] - ranks[j]).abs())
    }

    /// How alike a category is within a group: whether two records have the same.
    fn by_category<T: PartialEq + Sync>(
        &self,
        value: impl Fn(&SampleRow) -> Option<T>,
    ) -> Intraclass {
        let known = self.known(value);
        let groups = self.select(known.iter().map(|(row, _)| *row));
        Intraclass::of(&groups, |i, j| {
            f64::from(u8::from(known[i].1 != known[j].1))
        })
    }

    fn known<T>(&self, value: impl Fn(&SampleRow) -> Option<T>) -> Vec<(usize, T)> {
        let rows = self.rows.iter().enumerate();
        rows.filter_map(|(at, row)| Some((at, value(row)?)))
            .collect()
    }

    fn select(&self, rows: impl Iterator<Item = usize>) -> RowGroups {
        let (keys, first): (Vec<_>, Vec<_>) =
            rows.map(|row| (self.keys[row], self.first[row])).unzip();
        RowGroups::new(&keys, &first)
    }

    /// Whether the reference's records lie near their centres because of others of
    /// their own group, which leaving one record out does not undo: the share of a
    /// record's own group among the records of its class or cluster.
    fn made_centres<T: PartialEq>(&self, part: impl Fn(&SampleRow) -> T) -> bool {
        let rows: Vec<(Option<u64>, T)> = self
            .rows
            .iter()
            .zip(&self.first)
            .filter(|(_, first)| **first)
            .map(|(row, _)| (row.group, part(row)))
            .collect();
        let (mut same, mut all) = (0u64, 0u64);
        for (i, (group, part)) in rows.iter().enumerate() {
            for (other, _) in rows[..i].iter().filter(|(_, other)| other == part) {
                all += 1;
                same += u64::from(group.is_some() && group == other);
            }
        }
        same as f64 >= OWN_SHARE_FROM * all as f64
    }

    /// The same of the centres of classes.
    pub(crate) fn made_class_centres(&self) -> bool {
        self.made_centres(class)
    }

    /// The same of the centres of clusters.
    pub(crate) fn made_cluster_centres(&self) -> bool {
        self.made_centres(|row| row.cluster)
    }

    /// What the reader should know of windows without an embedding space.
    pub(crate) fn records_note(reference: &Profile, target: &Profile) -> Option<Note> {
        let (a, b) = (reference.sample(), target.sample());
        let Some(groups) = Self::of_samples(a, b) else {
            return Self::one_sided("records", a, b);
        };
        let (a, b) = groups.groups.counts();
        Some(Note {
            code: "groups".into(),
            text: format!(
                "records come in groups: {a} of the reference and {b} of the target were sampled. \
                 Each test counts its records as fewer, by how alike the values of a group are."
            ),
        })
    }

    /// What the reader should know.
    pub(crate) fn note(&self, space: &str, rows: (u64, u64), design: DesignEffects) -> Note {
        let (a, b) = self.groups.counts();
        let (n, m) = design.effective(rows.0, rows.1);
        let shared = match self.groups.shared() {
            0 => String::new(),
            both => format!(
                ", {both} of them in both windows (these change sides as a whole or not at all)"
            ),
        };
        Note {
            code: "groups".into(),
            text: format!(
                "records of space {space} come in groups: {a} of the reference and {b} of the \
                 target were sampled{shared}. Permutations move whole groups; tests over all rows \
                 count {} reference and {} target records as about {n:.0} and {m:.0} independent \
                 ones.",
                rows.0, rows.1
            ),
        }
    }
}

/// A class by the hash of its name.
fn class(row: &SampleRow) -> Option<u64> {
    row.class.as_ref().map(|name| hash_text(0, name))
}

fn has_groups(sample: &CoordinatedSample) -> bool {
    sample.rows().any(|entry| entry.row.group.is_some())
}

/// Why too few groups are not tested.
pub(crate) fn too_few(groups: &RowGroups) -> Option<String> {
    let (a, b) = groups.counts();
    (a.min(b) < FEWEST_GROUPS).then(|| {
        format!(
            "{a} and {b} groups: whole groups are permuted, which takes at least {FEWEST_GROUPS} \
             on each side"
        )
    })
}

/// The end of a sentence about a test that moved whole groups.
pub(crate) fn moved(groups: Option<&RowGroups>) -> String {
    groups.map_or(String::new(), |groups| {
        let (a, b) = groups.counts();
        format!("; {a} and {b} groups permuted as wholes")
    })
}
