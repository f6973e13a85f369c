//! Rows measured against a codebook: everything above, put together.

use std::sync::Arc;

use super::boundary::Gaps;
use super::{
    Block, Codebook, LeaveOneOut, Member, NearestSearch, Neighbour, Products, UnitRow,
    boundary_distance,
};

/// What one row says about itself, given a codebook.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// The nearest cluster and the distance to its centre. `None` if there is
    /// no cluster, or none is left without this row.
    pub cluster: Option<(usize, f64)>,
    /// Distance to the centre of the own class. `None` if the class is
    /// unknown to the codebook, or has no centre without this row.
    pub own_class: Option<f64>,
    /// Boundary distance of the own class
    /// ([`boundary_distance`]). `None` if there is no own
    /// class centre, no other class, or both centres are equal.
    pub boundary: Option<f64>,
}

/// Measures rows against a codebook, block by block.
///
/// With leave-one-out (rows of the reference that the codebook was made from),
/// a row is first taken out of every centre it helped to make, then assigned to
/// the nearest of the centres as they are without it. The nearest other class
/// of a row never contains it, so that one is measured as it is.
///
/// ```
/// use std::sync::Arc;
/// use driftsphere::sketch::Directions;
/// use driftsphere::sphere::{
///     Centre, Codebook, Distance, LeaveOneOut, Products, Provenance, Ruler,
/// };
///
/// let class = |name: &str, row: [f32; 2]| {
///     let mut sum = Directions::new(2);
///     sum.update_scaled(&row, 1.0);
///     Centre { name: name.into(), sum, medoid: None }
/// };
/// let classes = vec![class("cat", [1.0, 0.0]), class("dog", [0.0, 1.0])];
/// let none = Provenance::default();
/// let book = Codebook::new(2, Distance::HalfChord, classes, vec![], vec![], none)?;
/// let cat = book.class_index("cat");
///
/// let ruler = Ruler::new(Arc::new(book), false);
/// let (mut products, mut scratch) = (Products::default(), LeaveOneOut::default());
/// let block = ruler.block(&[7.0, 0.0], &mut products);
/// let reading = ruler.read(&block, 0, cat, 0, &mut scratch).unwrap();
/// assert_eq!(reading.own_class, Some(0.0));
/// assert!((reading.boundary.unwrap() - 0.5_f64.sqrt()).abs() < 1e-15);
/// assert_eq!(reading.cluster, None);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ruler {
    codebook: Arc<Codebook>,
    search: NearestSearch,
    class_gaps: Gaps,
    reference: bool,
}

/// The sets of the search.
const CLASSES: usize = 0;
const CLUSTERS: usize = 1;

impl Ruler {
    /// A ruler with the marks of `codebook`; `reference` turns leave-one-out
    /// on.
    #[must_use]
    pub fn new(codebook: Arc<Codebook>, reference: bool) -> Self {
        let classes = codebook.class_centres();
        let class_gaps = Gaps::new(&classes);
        let sets = vec![classes, codebook.cluster_centres()];
        let search = NearestSearch::new(codebook.dim(), sets)
            .expect("the centres of a checked codebook have its dimension");
        Self {
            codebook,
            search,
            class_gaps,
            reference,
        }
    }

    /// The codebook measured against.
    #[must_use]
    pub fn codebook(&self) -> &Arc<Codebook> {
        &self.codebook
    }

    /// Prepares a block of rows, `(n, dim)`; a few hundred rows are best.
    ///
    /// # Panics
    /// If `rows` is not a whole number of rows.
    pub fn block<'a>(&'a self, rows: &'a [f32], products: &'a mut Products) -> Block<'a> {
        self.search.block(rows, products)
    }

    /// Measures one row of a block that this ruler made. `class` is the place
    /// of its class in the codebook, `hash` that of the record in the
    /// coordinated sample (read only with leave-one-out), `scratch` memory to
    /// reuse. `None` if the row has no direction.
    ///
    /// # Panics
    /// If `row` or `class` is out of range.
    pub fn read(
        &self,
        block: &Block<'_>,
        row: usize,
        class: Option<usize>,
        hash: u64,
        scratch: &mut LeaveOneOut,
    ) -> Option<Reading> {
        let unit = block.row(row).ok()?;
        let distance = self.codebook.distance();
        let members = if self.reference {
            self.codebook.members_of(hash)
        } else {
            &[]
        };
        let own: Vec<usize> = members.iter().map(|m| m.cluster as usize).collect();
        let centre = class.and_then(|class| Some((class, self.own_centre(class, unit, scratch)?)));
        let (own_class, boundary, nearest) = match centre {
            Some((class, centre)) => {
                let sets: [(usize, &[usize]); 2] = [(CLASSES, &[class]), (CLUSTERS, &own)];
                let (chord, [other, cluster]) = block.nearest_beside(centre, unit, row, sets);
                let boundary = other.and_then(|other| self.boundary((class, centre), chord, other));
                (Some(chord), boundary, cluster)
            }
            None => (None, None, block.nearest_to(unit, row, CLUSTERS, &own)),
        };
        let cluster = self.nearest_cluster(nearest, members, unit, scratch);
        Some(Reading {
            cluster: cluster
                .map(|near| (near.index, distance.from_squared_chord(near.squared_chord))),
            own_class: own_class.map(|chord| distance.from_squared_chord(chord)),
            boundary,
        })
    }

    /// The centre of the own class, with leave-one-out as it is without the row.
    fn own_centre<'s>(
        &'s self,
        class: usize,
        unit: UnitRow<'_>,
        scratch: &'s mut LeaveOneOut,
    ) -> Option<&'s [f64]> {
        if self.reference {
            scratch.class(&self.codebook.classes()[class], unit)
        } else {
            Some(self.search.sets()[CLASSES].centre(class))
        }
    }

    /// The boundary distance of a row, given the centre of its own class, the
    /// squared chord to it, and the nearest other class.
    fn boundary(&self, own: (usize, &[f64]), chord: f64, other: Neighbour) -> Option<f64> {
        let centres = &self.search.sets()[CLASSES];
        let (class, centre) = own;
        let between = if self.reference {
            super::squared_chord(centre, centres.centre(other.index))
        } else {
            self.class_gaps.between(centres, class, other.index)
        };
        boundary_distance(chord, other.squared_chord, between)
    }

    /// The nearest cluster: `nearest` of those that the row did not help to make,
    /// or one of those that it did, as it is without the row.
    fn nearest_cluster(
        &self,
        nearest: Option<Neighbour>,
        members: &[Member],
        unit: UnitRow<'_>,
        scratch: &mut LeaveOneOut,
    ) -> Option<Neighbour> {
        let mut best = nearest;
        for member in members {
            let index = member.cluster as usize;
            let cluster = &self.codebook.clusters()[index];
            let Some(centre) = scratch.cluster(cluster, member, unit) else {
                continue;
            };
            let near = Neighbour {
                index,
                squared_chord: unit.squared_chord(centre),
            };
            let key = |near: &Neighbour| (near.squared_chord, near.index);
            if best.is_none_or(|best| key(&near) < key(&best)) {
                best = Some(near);
            }
        }
        best
    }
}
