//! A profile for programs: what it contains, specified at [`Document`].

use super::json_frame::Frame;
pub use super::objects_json::{ClassPair, ObjectFeature, ObjectKind, ObjectNumbers, Reliability};
use crate::profile::Profile;
use serde::Serialize;
use std::collections::BTreeMap;

/// The JSON document of a profile, format version 1.
///
/// It says what a profile contains, not all of it: sums, samples and their
/// vectors stay in the profile file. The promises are those of
/// [`json::Document`](super::json::Document): fields stay, new ones may come,
/// what is unknown is `null`, and so are numbers that are not finite.
///
/// | field | type | meaning |
/// | --- | --- | --- |
/// | `format` | string | always `"driftsphere profile"` |
/// | `version` | integer | of the format, `1` |
/// | `generator` | string | program and version that wrote the document |
/// | `name` | string | given by the caller, such as the file |
/// | `compare_hash`, `merge_hash` | string | of the configuration, hexadecimal; equal ones may be compared row by row, merged |
/// | `seed` | integer | of the hashes that choose the sample |
/// | `records` | integer | records read |
/// | `not_used` | array of [count](Count) | records skipped or failed, by reason |
/// | `first_time`, `last_time` | integer | milliseconds since 1970 UTC |
/// | `contents` | [contents](Contents) | bytes of the file by part, what is kept of ids, whether it is sealed |
/// | `kept_records`, `kept_ids` | integer | records of which the numbers are kept, and their ids, where there is no space |
/// | `tags` | object | notes: key to array of values |
/// | `class_source` | string | what served as class: `prediction`, `label`, `prediction and label`, `none` |
/// | `features` | array of [feature](Feature) | named values, by name |
/// | `spaces` | array of [space](Space) | embedding spaces, by name |
/// | `objects` | array of [kind](ObjectKind) | boxes, masks, keypoints that records hold, by kind |
///
/// ```
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig, SpaceConfig};
/// use driftsphere::report::profile_json;
///
/// let config = ProfileConfig::new().space("embedding", SpaceConfig::new(8));
/// let profile = ProfileBuilder::new(config)?.freeze();
/// let text = profile_json::to_text(&profile, "empty.dsp");
/// let value: serde_json::Value = serde_json::from_str(&text)?;
/// assert_eq!(value["spaces"][0]["dim"], 8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Document<'a> {
    /// Of format `driftsphere profile`.
    #[serde(flatten)]
    pub frame: Frame,
    /// Given by the caller, such as the file.
    pub name: &'a str,
    /// Profiles of equal hash may be compared row by row.
    pub compare_hash: String,
    /// Profiles of equal hash may be merged.
    pub merge_hash: String,
    /// Of the hashes that choose the sample.
    pub seed: u64,
    /// Records read.
    pub records: u64,
    /// Records skipped or failed.
    pub not_used: Vec<Count<'a>>,
    /// Time of the first record, milliseconds since 1970 UTC.
    pub first_time: Option<i64>,
    /// Time of the last record, milliseconds since 1970 UTC.
    pub last_time: Option<i64>,
    /// What the file contains.
    pub contents: Contents,
    /// Records whose numbers are kept, where there is no space.
    pub kept_records: u64,
    /// Their ids.
    pub kept_ids: u64,
    /// Notes.
    pub tags: BTreeMap<&'a str, Vec<&'a str>>,
    /// What served as class.
    pub class_source: &'static str,
    /// Named values.
    pub features: Vec<Feature<'a>>,
    /// Embedding spaces.
    pub spaces: Vec<Space<'a>>,
    /// Objects that records hold.
    pub objects: Vec<ObjectKind<'a>>,
}

/// What the file of a profile contains.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contents {
    /// Size of the file.
    pub bytes: u64,
    /// What is kept of ids: `plain`, `hashed` or `none`.
    pub ids: &'static str,
    /// Whether it is sealed: nothing in it is of fewer than 20 records.
    pub sealed: bool,
    /// What the bytes are spent on; they add up to all of them.
    pub parts: Vec<PartBytes>,
}

/// Bytes of a part of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartBytes {
    /// Which part, such as `samples`.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: u64,
}

/// How often something came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Count<'a> {
    /// What: a reason, or a value.
    pub name: &'a str,
    /// How often; the middle of what is possible where it is not exact.
    pub count: u64,
}

/// A named value of the records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Feature<'a> {
    /// Its name.
    pub name: &'a str,
    /// Records that name it, those in which it is null and NaN included; the others do not have its
    /// column or key at all.
    pub records: u64,
    /// Records of the profile that lack a value: it is null in them, or they do not name it. NaN is a
    /// value. So it is a share of the profile's [`records`](Document::records), not of those above:
    /// of `missing`, the profile's records less those above do not name it.
    pub missing: u64,
    /// After how much it begins again, in its unit; `null` where it is no angle.
    pub period: Option<f64>,
    /// Its numbers; `null` where there were none.
    pub numbers: Option<Distribution>,
    /// Its most frequent values (at most 20), most frequent first.
    pub values: Vec<Count<'a>>,
    /// Texts and truth values that are kept apart.
    pub values_kept: u64,
    /// Texts and truth values among them that, as far as counts tell, came in one
    /// record only.
    pub single_values: u64,
    /// How many records had it as which type.
    pub types: Types,
    /// Different values, missing ones and NaN left out; with a 95 % interval where
    /// there were too many to keep; `null` where the profile is sealed.
    pub distinct: Option<Interval>,
    /// How far a count may be off; 0 while all distinct values are kept.
    pub max_error: u64,
}

impl Feature<'_> {
    /// Whether there were too many different values to keep them all.
    pub(super) fn has_many_values(&self) -> bool {
        self.distinct
            .is_some_and(|distinct| distinct.lower_bound < distinct.upper_bound)
    }

    /// Whether not all values are of one type.
    pub(super) fn mixes_types(&self) -> bool {
        let Types {
            integers,
            floats,
            truths,
            texts,
        } = self.types;
        [integers + floats, truths, texts]
            .iter()
            .filter(|count| **count > 0)
            .count()
            > 1
    }
}

/// How many records had a feature as which type.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Types {
    /// Whole numbers.
    pub integers: u64,
    /// Other numbers, infinite ones and NaN included.
    pub floats: u64,
    /// Truth values.
    pub truths: u64,
    /// Texts.
    pub texts: u64,
}

/// An estimate and its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The best guess.
    pub estimate: f64,
    /// The lower bound.
    pub lower_bound: f64,
    /// The upper bound.
    pub upper_bound: f64,
}

/// How numbers are distributed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Distribution {
    /// Numbers, infinite ones included and NaN not.
    pub count: u64,
    /// NaN.
    pub nan: u64,
    /// The smallest finite number, exact.
    pub min: Option<f64>,
    /// The largest finite number, exact.
    pub max: Option<f64>,
    /// Mean of the finite numbers.
    pub mean: Option<f64>,
    /// Standard deviation of the finite numbers.
    pub sd: Option<f64>,
    /// Ranks 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99.
    pub quantiles: Vec<Quantile>,
}

/// A quantile with its bounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quantile {
    /// In `[0, 1]`.
    pub rank: f64,
    /// The quantile.
    pub estimate: Option<f64>,
    /// It is no smaller than this.
    pub lower_bound: Option<f64>,
    /// It is no larger than this.
    pub upper_bound: Option<f64>,
}

/// An embedding space.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Space<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its dimension.
    pub dim: usize,
    /// Its distance: `half-chord`, `angular` or `cosine`.
    pub distance: &'static str,
    /// The model that made the embeddings.
    pub model: Option<&'a str>,
    /// Rows that the mean is of which is subtracted from every row, 0 where it was given;
    /// `null` where none is.
    pub mean_rows: Option<u64>,
    /// `plain`, or `reference` where each record was measured without itself.
    pub role: &'static str,
    /// Content hash of the codebook, hexadecimal.
    pub codebook: Option<String>,
    /// Rows on the sphere.
    pub rows: u64,
    /// Rows skipped, by reason.
    pub not_used: Vec<Count<'a>>,
    /// Records whose embeddings are kept: those of all samples together.
    pub kept_embeddings: u64,
    /// Records whose ids are kept: of samples, nearest and farthest records.
    pub kept_ids: u64,
    /// Lengths of the embeddings.
    pub norm: Option<Distribution>,
    /// Length of the mean unit vector: 1 when all point the same way.
    pub resultant_length: Option<f64>,
    /// Concentration of the directions (von Mises-Fisher kappa).
    pub concentration: Option<f64>,
    /// Distances to the nearest cluster centre.
    pub cluster_distance: Option<Distribution>,
    /// Distances to the own class's centre.
    pub own_distance: Option<Distribution>,
    /// Signed distances to the boundary with the nearest other class.
    pub boundary: Option<Distribution>,
    /// Clusters, in the codebook's order.
    pub clusters: Vec<Place<'a>>,
    /// Classes with a state of their own, by name.
    pub classes: Vec<Place<'a>>,
    /// Rows without a class.
    pub unclassified: u64,
    /// Rows of classes beyond those with a state of their own.
    pub other_classes: u64,
    /// Rows whose class has no centre to be measured against.
    pub no_centre: u64,
    /// The records farthest from every cluster centre, farthest first.
    pub novel: Vec<Record<'a>>,
}

/// A class or cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its rows.
    pub rows: u64,
    /// Its share of the rows.
    pub share: Option<f64>,
    /// Distances to its centre.
    pub distance: Option<Distribution>,
    /// The real record nearest to its centre (medoid).
    pub nearest: Option<Record<'a>>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record<'a> {
    /// Its id; `row` and a hash where it came without one.
    pub id: &'a str,
    /// Its distance to the centre in question.
    pub distance: Option<f64>,
}

/// The document of a profile called `name`.
#[must_use]
pub fn document<'a>(profile: &'a Profile, name: &'a str) -> Document<'a> {
    Document::new(profile, name)
}

/// The same as indented text with a line feed at its end.
#[must_use]
pub fn to_text(profile: &Profile, name: &str) -> String {
    super::json_text::to_text(&document(profile, name))
}
