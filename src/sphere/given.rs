//! Centres that nobody fitted: text prompts, prototypes, centres of another tool.

use std::collections::BTreeMap;

use ndarray::ArrayView2;

use super::codebook::Codebook;
use super::{Centre, Distance, Provenance, UnitRow};
use crate::error::{Error, ErrorKind, Result};
use crate::sketch::Directions;

/// More centres than this are refused: each has sketches of its own in every profile.
const MAX_CENTRES: usize = 1 << 16;
/// What stands as the method in the provenance.
const METHOD: &str = "given";

impl Codebook {
    /// A codebook of given centres, `(k, dim)`, of any length but 0: embeddings of
    /// text prompts, prototypes, the centres of another tool.
    ///
    /// Without `names` each row is a cluster, `centre 1`, `centre 2`, ... in order,
    /// and there are no classes. With names, rows of one name are one centre, in the
    /// direction of the sum of their unit vectors (an ensemble of prompts), and every
    /// centre is a cluster and a class: distances to the own class are measured, too.
    /// Centres then come by name.
    ///
    /// No record made them: there are no members, and the role
    /// [`Plain`](crate::profile::Role::Plain) is right for every window.
    ///
    /// ```
    /// use driftsphere::sphere::{Codebook, Distance};
    /// use ndarray::array;
    ///
    /// let prompts = array![[0.0_f32, 2.0], [3.0, 0.0], [0.0, 1.0]];
    /// let names = ["dog", "cat", "dog"].map(str::to_owned);
    /// let book = Codebook::given(&prompts.view(), Some(&names), Distance::default(), None)?;
    /// assert_eq!(book.classes()[1].name, "dog");
    /// assert_eq!(book.classes()[1].sum.count(), 2);
    /// assert_eq!(book.cluster_centres().centre(0), [1.0, 0.0]);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for no row, a row that is all zero or not finite (it
    /// says which, from 1), another number of names than rows, a name that is empty,
    /// or rows of one name that cancel out; [`ErrorKind::Limit`] for more than 65 536
    /// rows.
    pub fn given(
        rows: &ArrayView2<'_, f32>,
        names: Option<&[String]>,
        distance: Distance,
        model: Option<String>,
    ) -> Result<Self> {
        let argument = |message: String| Error::new(ErrorKind::Argument, message);
        let (count, dim) = rows.dim();
        if count == 0 || dim == 0 {
            return Err(argument(format!(
                "centres have the shape (centres, dimension), these ({count}, {dim}): at least one \
                 is needed"
            )));
        }
        if count > MAX_CENTRES {
            return Err(Error::new(
                ErrorKind::Limit,
                format!("{count} centres, the limit is {MAX_CENTRES}; are these the embeddings?"),
            ));
        }
        if let Some(names) = names.filter(|names| names.len() != count) {
            let message = format!("{} names for {count} centres", names.len());
            return Err(argument(message));
        }
        let mut sums: BTreeMap<String, Directions> = BTreeMap::new();
        let mut clusters = Vec::new();
        for (at, row) in rows.rows().into_iter().enumerate() {
            let row = row.to_vec();
            let unit = UnitRow::new(&row).map_err(|fault| {
                argument(format!("centre {} is a {fault}: it points nowhere", at + 1))
            })?;
            let add = |sum: &mut Directions| sum.update_scaled(&row, unit.inverse());
            match names {
                None => {
                    let mut sum = Directions::new(dim);
                    add(&mut sum);
                    clusters.push(centre(format!("centre {}", at + 1), sum));
                }
                Some(names) if names[at].is_empty() => {
                    return Err(argument(format!("centre {} has no name", at + 1)));
                }
                Some(names) => {
                    let sum = sums.entry(names[at].clone());
                    add(sum.or_insert_with(|| Directions::new(dim)));
                }
            }
        }
        let classes: Vec<Centre> = (sums.into_iter())
            .map(|(name, sum)| centre(name, sum))
            .collect();
        if let Some(nowhere) = classes.iter().find(|class| !class.has_direction()) {
            let message = format!("the centres called {:?} cancel out", nowhere.name);
            return Err(argument(message));
        }
        if names.is_some() {
            clusters.clone_from(&classes);
        }
        let provenance = Provenance {
            method: METHOD.into(),
            k: clusters.len() as u32,
            model,
            ..Provenance::default()
        };
        Self::new(dim, distance, classes, clusters, Vec::new(), provenance)
    }
}

fn centre(name: String, sum: Directions) -> Centre {
    Centre {
        name,
        sum,
        medoid: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn refused(rows: &Array2<f32>, names: Option<&[&str]>) -> String {
        let names: Option<Vec<String>> =
            names.map(|names| names.iter().map(|n| (*n).to_owned()).collect());
        let made = Codebook::given(&rows.view(), names.as_deref(), Distance::default(), None);
        let error = made.unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::Argument | ErrorKind::Limit
        ));
        error.to_string()
    }

    #[test]
    fn what_is_no_centre_is_refused_by_its_number() {
        let rows = array![[1.0_f32, 0.0], [0.0, 0.0]];
        assert!(refused(&rows, None).starts_with("centre 2 is a zero vector"));
        let rows = array![[f32::NAN, 0.0], [0.0, 1.0]];
        assert!(refused(&rows, None).starts_with("centre 1 is a non-finite vector"));
        assert!(refused(&Array2::zeros((0, 2)), None).contains("(0, 2)"));
        assert!(refused(&Array2::ones((65_537, 1)), None).contains("65536"));
        let two = array![[1.0_f32, 0.0], [-2.0, 0.0]];
        assert_eq!(refused(&two, Some(&["a"])), "1 names for 2 centres");
        assert_eq!(refused(&two, Some(&["a", ""])), "centre 2 has no name");
        assert!(refused(&two, Some(&["a", "a"])).contains("cancel out"));
    }

    #[test]
    fn without_names_each_row_is_a_cluster_in_order() {
        let rows = array![[0.0_f32, 5.0], [4.0, 3.0]];
        let book = Codebook::given(&rows.view(), None, Distance::Angular, Some("clip".into()));
        let book = book.unwrap();
        assert!(book.classes().is_empty() && book.members().is_empty());
        assert_eq!(book.clusters()[1].name, "centre 2");
        assert_eq!(book.provenance().method, "given");
        let centre = book.cluster_centres().centre(1).to_vec();
        assert!((centre[0] - 0.8).abs() < 1e-12 && (centre[1] - 0.6).abs() < 1e-12);
    }
}
