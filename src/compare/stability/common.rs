//! The records that runs are compared on.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::options::{MIN_IDS, Question, RECORDS_A_CLUSTER, StabilityOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::profile::{Profile, SpaceProfile};
use crate::sketch::SampleRow;

/// The rows of one run, ascending by hash.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) rows: Vec<(u64, Arc<SampleRow>)>,
    pub(super) candidates: u64,
    pub(super) ambiguous: u64,
}

impl Rows {
    /// The share of the candidates that were compared.
    pub(super) fn used(&self) -> f64 {
        self.rows.len() as f64 / self.candidates.max(1) as f64
    }
}

/// One run of the question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) name: &'a str,
    pub(super) profile: &'a Profile,
    pub(super) space: &'a SpaceProfile,
    pub(super) space_name: &'a str,
}

impl Run<'_> {
    /// Records without a usable embedding.
    pub(super) fn unusable(&self) -> u64 {
        let tally = self.space.tally();
        tally.total() - tally.read_count()
    }

    pub(super) fn unusable_share(&self) -> f64 {
        self.unusable() as f64 / self.space.tally().total().max(1) as f64
    }
}

/// The space of each run: that of the name asked for, or the only one.
pub(super) fn spaces<'a>(
    runs: &[(&'a str, &'a Profile)],
    options: &StabilityOptions,
) -> Result<Vec<Run<'a>>> {
    let space_of = |&(name, profile): &(&'a str, &'a Profile)| {
        let known: Vec<&str> = profile.spaces().keys().map(String::as_str).collect();
        let fault = |text: String| Error::new(ErrorKind::Argument, text).at("run", name);
        let found = match &options.space {
            Some(wanted) => profile.spaces().get_key_value(wanted),
            None if known.len() == 1 => profile.spaces().first_key_value(),
            None => None,
        };
        let (space_name, space) =
            found.ok_or_else(|| match (&options.space, known.is_empty()) {
                (_, true) => fault("the run has no embeddings; runs are compared by them".into()),
                (Some(wanted), _) => fault(format!(
                    "there is no space `{wanted}`; there are: {}",
                    known.join(", ")
                )),
                (None, _) => fault(format!("name the space; there are: {}", known.join(", "))),
            })?;
        if space.sealed().is_some() {
            return Err(Error::new(
                ErrorKind::Incompatible,
                "a sealed profile holds no record that could be found again in another run",
            )
            .at("run", name));
        }
        Ok(Run {
            name,
            profile,
            space,
            space_name,
        })
    };
    runs.iter().map(space_of).collect()
}

/// The rows that each run is compared on: the same records in the same order, or
/// each run's own if they are not paired.
pub(super) fn rows(runs: &[Run<'_>], options: &StabilityOptions) -> Result<Vec<Rows>> {
    let all = match options.question {
        Question::Paired => {
            one_seed(runs)?;
            paired(runs, options.max_ids)?
        }
        Question::SetOnly => sets(runs, options.max_ids),
    };
    let fewest = runs
        .iter()
        .zip(&all)
        .min_by_key(|(_, rows)| rows.rows.len());
    match fewest {
        Some((run, rows)) if rows.rows.len() < MIN_IDS => Err(too_few(runs, &all, run, options)),
        Some((_, rows)) => check_clusters(rows.rows.len(), options).map(|()| all),
        None => Ok(all),
    }
}

/// Refuses more clusters than so few records can show.
fn check_clusters(records: usize, options: &StabilityOptions) -> Result<()> {
    let most = records / RECORDS_A_CLUSTER;
    match options.clusters {
        Some(wanted) if wanted > most => Err(Error::new(
            ErrorKind::Argument,
            format!(
                "{records} records are compared: at most {most} clusters are found in them, one for \
                 {RECORDS_A_CLUSTER}, not {wanted}"
            ),
        )),
        _ => Ok(()),
    }
}

/// Rows are drawn by a seeded hash: with other seeds, other rows.
fn one_seed(runs: &[Run<'_>]) -> Result<()> {
    let seed = |run: &Run<'_>| run.profile.config().seed;
    let first = &runs[0];
    match runs.iter().find(|run| seed(run) != seed(first)) {
        None => Ok(()),
        Some(other) => Err(Error::new(
            ErrorKind::Incompatible,
            format!(
                "samples were drawn with seed {} in {} and {} in {}: they hold other records; \
                 profile the runs with one --seed",
                seed(first),
                first.name,
                seed(other),
                other.name
            ),
        )),
    }
}

/// The one row of each hash up to `limit`, and how many hashes had several.
fn unique(space: &SpaceProfile, limit: u64) -> (BTreeMap<u64, Arc<SampleRow>>, u64) {
    let mut rows: BTreeMap<u64, Option<Arc<SampleRow>>> = BTreeMap::new();
    for entry in space
        .sample()
        .rows()
        .take_while(|entry| entry.hash <= limit)
    {
        rows.entry(entry.hash)
            .and_modify(|row| *row = None)
            .or_insert_with(|| Some(Arc::clone(entry.row)));
    }
    let all = rows.len();
    let one: BTreeMap<_, _> = rows
        .into_iter()
        .filter_map(|(hash, row)| Some((hash, row?)))
        .collect();
    let ambiguous = (all - one.len()) as u64;
    (one, ambiguous)
}

/// Below the smallest of the largest hashes that full samples keep, every sample
/// holds all that its run saw.
fn paired(runs: &[Run<'_>], max_ids: usize) -> Result<Vec<Rows>> {
    let thresholds = runs.iter().filter_map(|run| run.space.sample().threshold());
    let limit = thresholds.min().unwrap_or(u64::MAX);
    let mut found: Vec<_> = runs.iter().map(|run| unique(run.space, limit)).collect();
    let counts: Vec<u64> = (found.iter())
        .map(|(rows, ambiguous)| rows.len() as u64 + ambiguous)
        .collect();
    let common: Vec<u64> = found[0].0.keys().copied().collect();
    let in_all = |hash: &u64| found.iter().all(|(rows, _)| rows.contains_key(hash));
    let kept: Vec<u64> = common.into_iter().filter(in_all).collect();
    // The cut says nothing of how well ids match: candidates are cut with it.
    let last = kept.get(max_ids.saturating_sub(1)).copied();
    let kept: Vec<u64> = kept.into_iter().take(max_ids).collect();
    let rows = found
        .iter_mut()
        .zip(runs)
        .zip(counts)
        .map(|(((rows, ambiguous), run), count)| {
            let candidates = match last {
                Some(last) => {
                    let below = run
                        .space
                        .sample()
                        .totals()
                        .filter(|(hash, _)| *hash <= last);
                    below.count() as u64
                }
                None => count,
            };
            Rows {
                rows: (kept.iter())
                    .filter_map(|hash| Some((*hash, rows.remove(hash)?)))
                    .collect(),
                candidates,
                ambiguous: *ambiguous,
            }
        });
    Ok(rows.collect())
}

fn sets(runs: &[Run<'_>], max_ids: usize) -> Vec<Rows> {
    let of = |run: &Run<'_>| {
        let (rows, ambiguous) = unique(run.space, u64::MAX);
        Rows {
            candidates: rows.len() as u64 + ambiguous,
            rows: rows.into_iter().take(max_ids).collect(),
            ambiguous,
        }
    };
    runs.iter().map(of).collect()
}

/// The error for too few records, with the counts of all runs.
fn too_few(runs: &[Run<'_>], all: &[Rows], run: &Run<'_>, options: &StabilityOptions) -> Error {
    let counts: Vec<String> = runs
        .iter()
        .zip(all)
        .map(|(run, rows)| format!("{} has {}", run.name, rows.candidates))
        .collect();
    let counts = counts.join(", ");
    let text = match options.question {
        Question::Paired => format!(
            "the runs have {} ids in common, {MIN_IDS} are needed (sampled ids that could match: \
             {counts}). Name the ids of each run with --ids, with the same names; to compare \
             clouds whose records are not the same, ask with --set-only",
            all[0].rows.len()
        ),
        Question::SetOnly => format!(
            "{} has too few sampled records: {MIN_IDS} are needed ({counts}); profile more \
             records, or keep a larger --sample",
            run.name
        ),
    };
    Error::new(ErrorKind::Incompatible, text)
}
