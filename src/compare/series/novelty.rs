//! How far the records of a window are from the nearest one of the reference.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::values::Values;
use crate::compare::view::one_a_record;
use crate::error::Result;
use crate::profile::SpaceProfile;
use crate::sketch::{QuantileSketch, SampleRow};
use crate::sphere::{CentreSet, NearestSearch, Products, UnitRow};

/// Records of a window that are looked up: those of smallest hash.
const LOOKED_UP: usize = 128;
/// Class of records that have none.
const NO_CLASS: &str = "";

/// The sampled records of a reference, to look others up among them.
#[derive(Debug)]
pub(super) struct Novelty {
    search: NearestSearch,
    dim: usize,
    /// Distances of its own records, each to the nearest other one.
    pub(super) own: Values,
}

impl Novelty {
    /// `None` where the sample holds fewer than two records.
    pub(super) fn new(reference: &SpaceProfile, dim: usize) -> Result<Option<Self>> {
        let rows: Vec<(u64, &Arc<SampleRow>)> = rows(reference, dim).collect();
        if rows.len() < 2 {
            return Ok(None);
        }
        let wide = rows
            .iter()
            .map(|(_, row)| row.vector.iter().map(|x| x.to_f64()).collect());
        let centres = CentreSet::new(dim, wide.collect::<Vec<Vec<f64>>>())?;
        let search = NearestSearch::new(dim, vec![centres])?;
        let alone = rows
            .iter()
            .enumerate()
            .map(|(at, (_, row))| (vec![at], *row));
        let own = distances(&search, alone.collect())?;
        Ok(Some(Self { search, dim, own }))
    }

    /// The distances of a window's records to the nearest of the reference.
    pub(super) fn of(&self, window: &SpaceProfile) -> Result<Values> {
        let rows = rows(window, self.dim).take(LOOKED_UP);
        distances(
            &self.search,
            rows.map(|(_, row)| (Vec::new(), row)).collect(),
        )
    }
}

/// Sampled rows that have a direction.
fn rows(space: &SpaceProfile, dim: usize) -> impl Iterator<Item = (u64, &Arc<SampleRow>)> {
    one_a_record(space.sample()).filter(move |(_, row)| {
        let values: Vec<f32> = row.vector.iter().map(|x| x.to_f32()).collect();
        values.len() == dim && UnitRow::new(&values).is_ok()
    })
}

/// Half chords to the nearest row that is not left out, class by class.
fn distances(search: &NearestSearch, rows: Vec<(Vec<usize>, &Arc<SampleRow>)>) -> Result<Values> {
    let mut products = Products::default();
    let mut classes: BTreeMap<String, QuantileSketch> = BTreeMap::new();
    for (left_out, row) in rows {
        let values: Vec<f32> = row.vector.iter().map(|x| x.to_f32()).collect();
        let block = search.block(&values, &mut products);
        let Some(nearest) = block.nearest(0, 0, &left_out) else {
            continue;
        };
        let class = row.class.as_deref().unwrap_or(NO_CLASS);
        if !classes.contains_key(class) {
            classes.insert(
                class.to_owned(),
                QuantileSketch::new(QuantileSketch::GROUP_CAP)?,
            );
        }
        if let Some(sketch) = classes.get_mut(class) {
            sketch.update(nearest.squared_chord.sqrt() / 2.0);
        }
    }
    let frozen = classes
        .into_iter()
        .map(|(class, sketch)| (class, sketch.freeze()));
    Ok(Values::Larger(frozen.collect()))
}
