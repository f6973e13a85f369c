//! Two spaces measured against one codebook, whatever they came with.

use std::sync::Arc;

use ndarray::Array2;

use crate::error::Result;
#[cfg(not(feature = "fit"))]
use crate::error::{Error, ErrorKind};
use crate::ingest::{Batch, Column};
#[cfg(feature = "fit")]
use crate::profile::{FitOptions, class_centres, fit};
use crate::profile::{Profile, ProfileBuilder, ProfileConfig, Role, SpaceConfig, SpaceProfile};
use crate::sketch::{CoordinatedSample, SampleRow, hash_row, hash_text};
use crate::sphere::{Codebook, LeaveOneOut, Products, Reading, Ruler};

use super::result::Note;

/// Rows that a sample is expanded to at most where ids came many times.
const MAX_EXPANDED: u64 = 2048;
/// The space's name in the profiles made here.
const SPACE: &str = "sample";

/// The rows of a sample, each as often as it came.
///
/// Where that would be more than 2 048 rows, counts are scaled down together,
/// each to at least 1.
pub(crate) fn expand(sample: &CoordinatedSample) -> Vec<(u64, Arc<SampleRow>)> {
    let total: u64 = sample.rows().map(|e| e.count).sum();
    let mut out = Vec::new();
    for entry in sample.rows() {
        let copies = if total <= MAX_EXPANDED {
            entry.count
        } else {
            let scaled = u128::from(entry.count) * u128::from(MAX_EXPANDED) / u128::from(total);
            (scaled as u64).max(1)
        };
        out.extend((0..copies).map(|_| (entry.hash, Arc::clone(entry.row))));
    }
    out
}

/// Where the centres of a [`View`] came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Centres {
    /// Both profiles were measured against one codebook, over all rows.
    Codebook,
    /// The samples were measured now.
    Sampled,
}

impl Centres {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Codebook => "codebook",
            Self::Sampled => "sampled",
        }
    }
}

/// How the rows of the reference's sample are known to a codebook, so that each
/// can be left out of the centres that it helped to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Members {
    /// None helped.
    Strangers,
    /// By the hash that the sample has them under.
    ByHash,
    /// By the hash that they were given when the sample was measured.
    Rehashed,
}

/// A reference and a target measured against one codebook.
pub(crate) struct View {
    pub(crate) reference: SpaceProfile,
    pub(crate) target: SpaceProfile,
    pub(crate) codebook: Arc<Codebook>,
    pub(crate) centres: Centres,
    members: Members,
}

impl View {
    /// Takes the profiles as they are if they have one codebook; else measures
    /// their samples, against the reference's codebook if it has one, against
    /// one that is fitted on its sample if not.
    pub(crate) fn new(reference: &Profile, target: &Profile, space: &str) -> Result<Self> {
        let (ref_space, tgt_space) = (&reference.spaces()[space], &target.spaces()[space]);
        let book = |p: &Profile| p.config().spaces[space].codebook.clone();
        let config = &reference.config().spaces[space];
        let seed = reference.config().seed;
        let members = match config.role {
            Role::Plain => Members::Strangers,
            Role::Reference => Members::ByHash,
        };
        if let (Some(a), Some(b)) = (book(reference), book(target))
            && a.content_hash() == b.content_hash()
        {
            return Ok(Self {
                reference: ref_space.clone(),
                target: tgt_space.clone(),
                codebook: a,
                centres: Centres::Codebook,
                members,
            });
        }
        if let Some(codebook) = book(reference) {
            return Ok(Self {
                reference: ref_space.clone(),
                target: measure(tgt_space, config, &codebook, Role::Plain, seed)?,
                codebook,
                centres: Centres::Sampled,
                members,
            });
        }
        let codebook = Arc::new(fit_on_sample(ref_space, config, seed)?);
        Ok(Self {
            reference: measure(ref_space, config, &codebook, Role::Reference, seed)?,
            target: measure(tgt_space, config, &codebook, Role::Plain, seed)?,
            codebook,
            centres: Centres::Sampled,
            members: Members::Rehashed,
        })
    }

    /// Profiles as they are, whose rows are not known to their one codebook.
    pub(crate) fn of_strangers(
        reference: SpaceProfile,
        target: SpaceProfile,
        codebook: Arc<Codebook>,
    ) -> Self {
        Self {
            reference,
            target,
            codebook,
            centres: Centres::Codebook,
            members: Members::Strangers,
        }
    }

    /// What each record of both samples says about itself; whether it is of the
    /// target. Records without a direction, which only a damaged sample has, are
    /// left out.
    pub(crate) fn readings(
        &self,
        (reference, target): (&CoordinatedSample, &CoordinatedSample),
        seed: u64,
    ) -> Vec<(Arc<SampleRow>, bool, Reading)> {
        let mut out = Vec::new();
        let mut scratch = LeaveOneOut::default();
        let mut products = Products::default();
        let own = self.members != Members::Strangers;
        for (sample, is_target, left_out) in [(reference, false, own), (target, true, false)] {
            let ruler = Ruler::new(Arc::clone(&self.codebook), left_out);
            for (hash, row) in one_a_record(sample) {
                let values: Vec<f32> = row.vector.iter().map(|x| x.to_f32()).collect();
                let hash = match (self.members, &row.id) {
                    (Members::Rehashed, Some(id)) => hash_text(seed, id),
                    (Members::Rehashed, None) => hash_row(seed, &values),
                    _ => hash,
                };
                let class = row.class.as_deref();
                let class = class.and_then(|class| self.codebook.class_index(class));
                let block = ruler.block(&values, &mut products);
                let reading = ruler.read(&block, 0, class, hash, &mut scratch);
                out.extend(reading.map(|reading| (Arc::clone(row), is_target, reading)));
            }
        }
        out
    }
}

/// The first row of each record of a sample, whatever came again under its id.
pub(crate) fn one_a_record(
    sample: &CoordinatedSample,
) -> impl Iterator<Item = (u64, &Arc<SampleRow>)> {
    let mut last = None;
    sample.rows().filter_map(move |entry| {
        (last.replace(entry.hash) != Some(entry.hash)).then_some((entry.hash, entry.row))
    })
}

impl View {
    /// What the reader should know about centres that were not in common.
    pub(crate) fn note(&self, space: &str) -> Option<Note> {
        (self.centres == Centres::Sampled).then(|| Note {
            code: "sampled-centres".into(),
            text: format!(
                "the windows of space {space} were not profiled with one codebook, so distances \
                 to centres rest on samples ({} and {} rows measured). For all rows: driftsphere \
                 profile REFERENCE --fit 8 -o ref.dsp, then driftsphere profile TARGET --like \
                 ref.dsp",
                self.reference.rows(),
                self.target.rows(),
            ),
        })
    }
}

#[cfg(not(feature = "fit"))]
fn fit_on_sample(_: &SpaceProfile, _: &SpaceConfig, _: u64) -> Result<Codebook> {
    Err(Error::new(
        ErrorKind::Argument,
        "no common codebook, and this build cannot fit one (feature `fit`)",
    ))
}

/// Cluster centres from the sample, class centres from the sums of all rows.
#[cfg(feature = "fit")]
fn fit_on_sample(space: &SpaceProfile, config: &SpaceConfig, seed: u64) -> Result<Codebook> {
    let plain = SpaceConfig {
        codebook: None,
        mean: None, // samples are without it already
        role: Role::Plain,
        ..config.clone()
    };
    let sample = profile_sample(space, plain, seed)?;
    let fitted = &fit(&sample, FitOptions::default())?.books[SPACE];
    Codebook::new(
        config.dim,
        config.distance,
        class_centres(space),
        fitted.clusters().to_vec(),
        fitted.members().to_vec(),
        fitted.provenance().clone(),
    )
}

fn measure(
    space: &SpaceProfile,
    config: &SpaceConfig,
    codebook: &Arc<Codebook>,
    role: Role,
    seed: u64,
) -> Result<SpaceProfile> {
    let measured = SpaceConfig {
        codebook: Some(Arc::clone(codebook)),
        mean: None,
        role,
        ..config.clone()
    };
    let mut profile = profile_sample(space, measured, seed)?;
    Ok(profile
        .take_space(SPACE)
        .expect("the configuration above has one space"))
}

/// Profiles the rows of a sample as a window of its own.
fn profile_sample(space: &SpaceProfile, config: SpaceConfig, seed: u64) -> Result<Profile> {
    let dim = config.dim;
    let rows = expand(space.sample());
    let text = |value: fn(&SampleRow) -> Option<&String>| {
        Column::Text(
            rows.iter()
                .map(|(_, row)| value(row).cloned().unwrap_or_default())
                .collect(),
        )
    };
    // Their hashes are named alike in both windows.
    let group = |row: &SampleRow| row.group.map_or(String::new(), |hash| format!("{hash:x}"));
    let groups = rows.iter().map(|(_, row)| group(row)).collect();
    let mut vectors = Vec::with_capacity(rows.len() * dim);
    for (_, row) in &rows {
        vectors.extend(row.vector.iter().map(|x| x.to_f32()));
    }
    let vectors = Array2::from_shape_vec((rows.len(), dim), vectors)
        .expect("a profile's sampled vectors have its dimension");
    let config = ProfileConfig::new().seed(seed).space(SPACE, config);
    let mut builder = ProfileBuilder::new(config)?;
    builder.track_batch(
        &Batch::new(rows.len())
            .ids(text(|row| row.id.as_ref()))
            .predictions(text(|row| row.class.as_ref()))
            .groups(Column::Text(groups))
            .space(SPACE, vectors.view()),
    )?;
    Ok(builder.freeze())
}
