//! The rows of one block and the centres nearest to them.

use super::{NearestSearch, Products, RowFault, UnitRow, lanes};

/// The nearest centre of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Its place in its [`CentreSet`](super::CentreSet).
    pub index: usize,
    /// `|x - c|^2`, as [`UnitRow::squared_chord`] gives it.
    pub squared_chord: f64,
}

/// A block of rows with their norms and products.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    search: &'a NearestSearch,
    rows: &'a [f32],
    products: &'a Products,
}

impl<'a> Block<'a> {
    pub(super) fn new(search: &'a NearestSearch, rows: &'a [f32], products: &'a Products) -> Self {
        Self {
            search,
            rows,
            products,
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.products.norms.len()
    }

    /// Whether the block has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.products.norms.is_empty()
    }

    /// A row of the block with its norm.
    ///
    /// # Errors
    /// The fault that leaves the row without a direction.
    ///
    /// # Panics
    /// If `row` is not below [`len`](Self::len).
    pub fn row(&self, row: usize) -> std::result::Result<UnitRow<'a>, RowFault> {
        let norm = self.products.norms[row]?;
        let dim = self.search.dim();
        Ok(UnitRow::with_norm(&self.rows[row * dim..][..dim], norm))
    }

    /// The centre of `set` nearest to `row`, passing over the centres in
    /// `skip` (ascending indices). `None` if no centre is left or the row has
    /// no direction.
    ///
    /// # Panics
    /// If `row` or `set` is out of range.
    #[must_use]
    pub fn nearest(&self, row: usize, set: usize, skip: &[usize]) -> Option<Neighbour> {
        let unit = self.row(row).ok()?;
        self.nearest_to(unit, row, set, skip)
    }

    /// The same for a row of the block that was looked up already.
    pub(super) fn nearest_to(
        &self,
        unit: UnitRow<'_>,
        row: usize,
        set: usize,
        skip: &[usize],
    ) -> Option<Neighbour> {
        match self.candidates(unit, row, set, skip) {
            Candidates::Sole(index) => Some(Neighbour {
                index,
                squared_chord: unit.squared_chord(self.search.sets()[set].centre(index)),
            }),
            Candidates::Above(floor) => self.nearest_above(floor, unit, row, set, skip),
        }
    }

    /// The squared chord to `own`, and the nearest centres of two sets, each with
    /// the centres to pass over: all measured in one go where only one centre of
    /// a set can be the nearest.
    pub(super) fn nearest_beside(
        &self,
        own: &[f64],
        unit: UnitRow<'_>,
        row: usize,
        [(first, skip_first), (second, skip_second)]: [(usize, &[usize]); 2],
    ) -> (f64, [Option<Neighbour>; 2]) {
        let sets = self.search.sets();
        let sole = |index, squared_chord| {
            Some(Neighbour {
                index,
                squared_chord,
            })
        };
        let found = (
            self.candidates(unit, row, first, skip_first),
            self.candidates(unit, row, second, skip_second),
        );
        match found {
            (Candidates::Sole(i), Candidates::Sole(j)) => {
                let centres = [own, sets[first].centre(i), sets[second].centre(j)];
                let [own, to_first, to_second] = unit.squared_chords(centres);
                (own, [sole(i, to_first), sole(j, to_second)])
            }
            (Candidates::Sole(i), Candidates::Above(floor)) => {
                let [own, to_first] = unit.squared_chords([own, sets[first].centre(i)]);
                let near = self.nearest_above(floor, unit, row, second, skip_second);
                (own, [sole(i, to_first), near])
            }
            (Candidates::Above(floor), Candidates::Sole(j)) => {
                let [own, to_second] = unit.squared_chords([own, sets[second].centre(j)]);
                let near = self.nearest_above(floor, unit, row, first, skip_first);
                (own, [near, sole(j, to_second)])
            }
            (Candidates::Above(first_floor), Candidates::Above(second_floor)) => {
                let near = [
                    self.nearest_above(first_floor, unit, row, first, skip_first),
                    self.nearest_above(second_floor, unit, row, second, skip_second),
                ];
                (unit.squared_chord(own), near)
            }
        }
    }

    /// The centres that can be the nearest, by their products.
    fn candidates(&self, unit: UnitRow<'_>, row: usize, set: usize, skip: &[usize]) -> Candidates {
        debug_assert!(skip.is_sorted(), "indices to skip must ascend");
        let products = self.search.products_of(self.products, row, set);
        let mut top = f32::NEG_INFINITY;
        for_each_run(products.len(), skip, |from, to| {
            top = top.max(lanes::largest(&products[from..to]));
        });
        let floor = self.search.floor(unit.norm(), top);
        let (mut count, mut index) = (0, 0);
        for_each_run(products.len(), skip, |from, to| {
            let found = lanes::not_below(&products[from..to], floor);
            count += found.0;
            index += from * found.0 + found.1;
        });
        match count {
            1 => Candidates::Sole(index),
            _ => Candidates::Above(floor),
        }
    }

    /// The nearest of the centres whose product is not below `floor`.
    fn nearest_above(
        &self,
        floor: f32,
        unit: UnitRow<'_>,
        row: usize,
        set: usize,
        skip: &[usize],
    ) -> Option<Neighbour> {
        let centres = &self.search.sets()[set];
        let products = self.search.products_of(self.products, row, set);
        let mut best: Option<Neighbour> = None;
        for_each_run(products.len(), skip, |from, to| {
            for index in (from..to).filter(|&index| !lanes::is_below(products[index], floor)) {
                let near = Neighbour {
                    index,
                    squared_chord: unit.squared_chord(centres.centre(index)),
                };
                if best.is_none_or(|best| near.squared_chord < best.squared_chord) {
                    best = Some(near);
                }
            }
        });
        best
    }
}

/// Which centres of a set can be the nearest to a row.
enum Candidates {
    /// Only this one.
    Sole(usize),
    /// None, or those with at least this product.
    Above(f32),
}

/// Calls `visit(from, to)` for each stretch of `0..len` between the ascending
/// indices in `skip`.
fn for_each_run(len: usize, skip: &[usize], mut visit: impl FnMut(usize, usize)) {
    let mut from = 0;
    for &gap in skip {
        if gap >= len {
            break;
        }
        if from < gap {
            visit(from, gap);
        }
        from = gap + 1;
    }
    if from < len {
        visit(from, len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sphere::CentreSet;

    #[test]
    fn runs_leave_out_what_is_skipped() {
        let runs = |len, skip: &[usize]| {
            let mut seen = Vec::new();
            for_each_run(len, skip, |from, to| seen.extend(from..to));
            seen
        };
        assert_eq!(runs(5, &[]), [0, 1, 2, 3, 4]);
        assert_eq!(runs(5, &[0, 2, 2, 4]), [1, 3]);
        assert_eq!(runs(3, &[1, 7]), [0, 2]);
        assert!(runs(2, &[0, 1]).is_empty());
        assert!(runs(0, &[]).is_empty());
    }

    /// The candidates are not for show: the product alone picks wrongly among
    /// centres a few f32 roundings apart.
    #[test]
    fn the_product_alone_would_be_wrong() {
        let dim = 64;
        let wave = |i: usize| (i as f64 * 0.7).sin();
        let centres: Vec<Vec<f64>> = (0..30)
            .map(|j| {
                (0..dim)
                    .map(|i| wave(i) + 3e-8 * wave(i * 31 + j * 17))
                    .collect()
            })
            .collect();
        let set = CentreSet::new(dim, centres).unwrap();
        let rows: Vec<f32> = (0..40 * dim)
            .map(|i| (wave(i % dim) + 0.05 * wave(i * 13)) as f32)
            .collect();
        let search = NearestSearch::new(dim, vec![set]).unwrap();
        let mut products = Products::default();
        let block = search.block(&rows, &mut products);
        let wrong = (0..block.len())
            .filter(|&row| {
                let own = search.products_of(block.products, row, 0);
                let top = (0..30).max_by(|&a, &b| own[a].total_cmp(&own[b]));
                top != block.nearest(row, 0, &[]).map(|best| best.index)
            })
            .count();
        assert!(wrong > 10, "only {wrong} of 40");
    }

    #[test]
    fn no_centre_and_no_row_are_answered_quietly() {
        let empty = CentreSet::new(2, [[0.0; 2]; 0]).unwrap();
        let one = CentreSet::new(2, [[0.0, 1.0]]).unwrap();
        let search = NearestSearch::new(2, vec![empty, one]).unwrap();
        let mut products = Products::default();
        assert!(search.block(&[], &mut products).is_empty());
        let rows = [1.0, 1.0, f32::NAN, 1.0];
        let block = search.block(&rows, &mut products);
        assert_eq!(block.len(), 2);
        assert_eq!(block.nearest(0, 0, &[]), None);
        assert_eq!(block.nearest(0, 1, &[]).unwrap().index, 0);
        assert_eq!(block.nearest(0, 1, &[0]), None);
        assert_eq!(block.row(1).unwrap_err(), RowFault::NonFinite);
        assert_eq!(block.nearest(1, 1, &[]), None);
    }
}
