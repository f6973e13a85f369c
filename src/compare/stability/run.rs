//! The geometry of one run: what every measure is taken from.

use super::common::{Rows, Run};
use super::fitted::{Clusters, clusters};
use super::options::StabilityOptions;
use super::result::RunSummary;
use crate::compare::stats::{
    ClassGeometry, DistanceProfile, Neighbourhoods, PrincipalCoordinates, SquaredChords,
    effective_dimension,
};
use crate::error::{Error, ErrorKind, Result};
use crate::sphere::UnitRow;

/// One run, measured.
#[derive(Debug)]
pub(super) struct Geometry {
    pub(super) chords: SquaredChords,
    pub(super) coordinates: PrincipalCoordinates,
    pub(super) neighbourhoods: Neighbourhoods,
    pub(super) distances: Option<DistanceProfile>,
    /// Class of each record, by its place among all names.
    pub(super) classes: Vec<Option<usize>>,
    pub(super) regions: Vec<Option<usize>>,
    pub(super) silhouettes: Vec<Option<f64>>,
    pub(super) class_geometry: ClassGeometry,
    pub(super) clusters: Option<Clusters>,
    pub(super) dim: usize,
}

impl Geometry {
    /// Measures the rows of a run; `names` are the classes of all runs.
    pub(super) fn new(
        run: &Run<'_>,
        rows: &Rows,
        names: &[String],
        options: &StabilityOptions,
    ) -> Result<Self> {
        let dim = run.profile.config().spaces[run.space_name].dim;
        let vectors = unit_rows(rows, dim).map_err(|error| error.at("run", run.name))?;
        let chords = SquaredChords::new(&vectors, dim)?;
        let place = |class: &String| names.binary_search(class).ok();
        let classes: Vec<Option<usize>> = (rows.rows.iter())
            .map(|(_, row)| row.class.as_ref().and_then(place))
            .collect();
        let k = names.len();
        // Records without a class are near some centre too, and say nothing of it.
        let regions = ClassGeometry::regions(&chords, &classes, k);
        let regions = regions.into_iter().zip(&classes);
        let regions = regions.map(|(region, class)| class.and(region)).collect();
        let count = options.clusters.unwrap_or(match k {
            2..=64 => k,
            _ => 8,
        });
        Ok(Self {
            coordinates: PrincipalCoordinates::new(&vectors, dim)?,
            neighbourhoods: Neighbourhoods::new(&chords, options.neighbours),
            distances: DistanceProfile::new(&chords, None),
            regions,
            silhouettes: ClassGeometry::silhouettes(&chords, &classes, k),
            class_geometry: ClassGeometry::new(&chords, &classes, k, None),
            clusters: clusters(rows, dim, count, options.seed)?,
            classes,
            chords,
            dim,
        })
    }

    /// How the run is described in the answer.
    pub(super) fn summary(&self, run: &Run<'_>, rows: &Rows) -> RunSummary {
        let with_class = self.classes.iter().zip(&self.regions);
        let with_class: Vec<_> = with_class.filter(|(class, _)| class.is_some()).collect();
        let own = with_class
            .iter()
            .filter(|(class, region)| class == region)
            .count();
        let silhouettes: Vec<f64> = self.silhouettes.iter().flatten().copied().collect();
        RunSummary {
            name: run.name.into(),
            records: run.profile.records(),
            model: run.profile.config().spaces[run.space_name].model.clone(),
            dim: self.dim,
            candidates: rows.candidates,
            ambiguous: rows.ambiguous,
            unusable: run.unusable(),
            used: rows.used() * (1.0 - run.unusable_share()),
            effective_dimension: effective_dimension(self.coordinates.variances()),
            mean_distance: self.distances.as_ref().map_or(0.0, DistanceProfile::mean),
            in_own_class: (!with_class.is_empty()).then(|| own as f64 / with_class.len() as f64),
            silhouette: mean(&silhouettes),
        }
    }
}

/// The mean, if there is something to take it of.
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sampled rows put back on the sphere, row-major; halves of precision left
/// them beside it.
fn unit_rows(rows: &Rows, dim: usize) -> Result<Vec<f32>> {
    let mut out = Vec::with_capacity(rows.rows.len() * dim);
    for (_, row) in &rows.rows {
        let values: Vec<f32> = row.vector.iter().map(|x| x.to_f32()).collect();
        let unit = UnitRow::new(&values).ok().filter(|_| values.len() == dim);
        let unit = unit.ok_or_else(|| {
            Error::new(
                ErrorKind::Format,
                "the sample holds a row that is no unit vector",
            )
        })?;
        let inverse = unit.inverse();
        out.extend(values.iter().map(|x| (f64::from(*x) * inverse) as f32));
    }
    Ok(out)
}
