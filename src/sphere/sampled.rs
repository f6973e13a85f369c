//! Rows of the coordinated sample, taken back to the sphere.

use half::slice::HalfFloatSliceExt;

use super::{Codebook, MedoidScope, Medoids, NearestSearch, Products, norm};
use crate::error::{Error, ErrorKind, Result};
use crate::sketch::{CoordinatedSample, SampleRow};

/// The vector of a sample row in f32 (exact), checked: a sample may come from
/// a file.
pub(super) fn sample_vector(row: &SampleRow, dim: usize) -> Result<Vec<f32>> {
    if row.vector.len() != dim {
        return Err(Error::new(
            ErrorKind::Incompatible,
            format!(
                "expected sample rows of {dim} dimensions, found {}",
                row.vector.len()
            ),
        ));
    }
    let mut values = vec![0.0; dim];
    row.vector.convert_to_f32_slice(&mut values);
    match norm(&values) {
        // Each element of a unit vector is at most 1; the sums rely on it.
        Ok(_) if values.iter().all(|value| value.abs() <= 1.0) => Ok(values),
        Ok(_) => Err(Error::new(
            ErrorKind::Format,
            "the sample holds a vector that is not of length one",
        )),
        Err(fault) => Err(Error::new(
            ErrorKind::Format,
            format!("the sample holds a {fault}"),
        )),
    }
}

impl Codebook {
    /// Finds the medoids in a sample: of a class the nearest row of that
    /// class, of a cluster the nearest row among those that it is nearest to.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] if a row has another dimension,
    /// [`ErrorKind::Format`] if one has no direction.
    pub fn set_medoids_from_sample(&mut self, sample: &CoordinatedSample) -> Result<()> {
        let sets = vec![self.class_centres(), self.cluster_centres()];
        let search = NearestSearch::new(self.dim(), sets)?;
        let mut classes = Medoids::new(self.classes().len());
        let mut clusters = Medoids::new(self.clusters().len());
        let mut products = Products::default();
        for entry in sample.rows() {
            let values = sample_vector(entry.row, self.dim())?;
            let block = search.block(&values, &mut products);
            let id = entry.row.id.as_deref();
            let class = entry.row.class.as_deref().and_then(|c| self.class_index(c));
            if let (Some(class), Ok(row)) = (class, block.row(0)) {
                let chord = row.squared_chord(search.sets()[0].centre(class));
                let distance = self.distance().from_squared_chord(chord);
                classes.update(class, distance, id, entry.hash);
            }
            if let Some(nearest) = block.nearest(0, 1, &[]) {
                let distance = self.distance().from_squared_chord(nearest.squared_chord);
                clusters.update(nearest.index, distance, id, entry.hash);
            }
        }
        self.set_medoids(classes, clusters, MedoidScope::Sample)
    }
}
