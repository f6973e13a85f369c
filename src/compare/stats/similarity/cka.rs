//! Centred kernel alignment, freed of its bias.

use super::super::SquaredChords;

/// Linear centred kernel alignment of two spaces, debiased: 1 for spaces that
/// differ by a rotation, a reflection or a scale, 0 on average for spaces that have
/// nothing in common, whatever their dimensions.
///
/// ```text
/// CKA = H(K, L) / sqrt(H(K, K) H(L, L))
/// H(K, L) = sum_ij K_ij L_ij + (1'K1)(1'L1) / ((n-1)(n-2)) - 2 / (n-2) 1'KL1
/// ```
///
/// with `K`, `L` the inner products of the records in the two spaces and zeros on
/// the diagonals (CKA: Kornblith et al. 2019, eq. 4; `H / (n (n - 3))` is the
/// unbiased estimator of the Hilbert-Schmidt independence criterion of Song et al.
/// 2012, eq. 5; together in Nguyen et al. 2021, eq. 3). The plain estimator is
/// biased upwards without bound as dimensions grow (Davari et al. 2023; Murphy et
/// al. 2024).
///
/// `K = -D / 2`, with `D` the squared chords, gives the same: `H` does not change
/// where a number is added to a row and its column (Szekely and Rizzo 2014). So any
/// shift of the origin leaves it alone too.
///
/// Only the records at `ids` are used, if given. `None` for fewer than 4 records,
/// or where all records of a space are one point.
///
/// # Panics
/// If the two differ in their number of records.
///
/// ```
/// use driftsphere::compare::stats::{SquaredChords, debiased_cka};
///
/// let rows = [1.0, 0.0, 0.0, 1.0, 2.0, 3.0, -1.0, 1.0, 0.5, -2.0_f32];
/// let turned: Vec<f32> = rows.chunks(2).flat_map(|r| [-3.0 * r[1], 3.0 * r[0]]).collect();
/// let [a, b] = [&rows[..], &turned].map(|rows| SquaredChords::new(rows, 2).unwrap());
/// assert!((debiased_cka(&a, &b, None).unwrap() - 1.0).abs() < 1e-5);
/// ```
#[must_use]
pub fn debiased_cka(
    first: &SquaredChords,
    second: &SquaredChords,
    ids: Option<&[usize]>,
) -> Option<f64> {
    assert_eq!(first.rows(), second.rows(), "the same records");
    let all: Vec<usize>;
    let ids = match ids {
        Some(ids) => ids,
        None => {
            all = (0..first.rows()).collect();
            &all
        }
    };
    let n = ids.len();
    if n < 4 {
        return None;
    }
    // Sums over pairs: K L, K K, L L; over rows: of row sums and their products.
    let mut products = [0.0; 3];
    let mut totals = [0.0; 2];
    let mut of_rows = [0.0; 3];
    for &i in ids {
        let (a, b) = (first.row(i), second.row(i));
        let mut row = [0.0; 5];
        for &j in ids {
            let (k, l) = (f64::from(a[j]), f64::from(b[j]));
            row[0] += k * l;
            row[1] += k * k;
            row[2] += l * l;
            row[3] += k;
            row[4] += l;
        }
        let [kl, kk, ll, k, l] = row;
        products = [products[0] + kl, products[1] + kk, products[2] + ll];
        totals = [totals[0] + k, totals[1] + l];
        of_rows = [of_rows[0] + k * l, of_rows[1] + k * k, of_rows[2] + l * l];
    }
    let n = n as f64;
    let h = |product: f64, totals: f64, rows: f64| {
        product + totals / ((n - 1.0) * (n - 2.0)) - 2.0 / (n - 2.0) * rows
    };
    let cross = h(products[0], totals[0] * totals[1], of_rows[0]);
    let own = h(products[1], totals[0] * totals[0], of_rows[1])
        * h(products[2], totals[1] * totals[1], of_rows[2]);
    // What is left of one point after rounding is no geometry.
    let rounding = 1e-12 * products[1] * products[2];
    (own > rounding).then(|| cross / own.sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::super::random::{Random, falling_rows};
    use super::*;

    #[test]
    fn unrelated_spaces_of_many_dimensions_are_at_zero() {
        let spaces = |seed| SquaredChords::new(&falling_rows(60, 300, seed), 300).unwrap();
        let found: Vec<f64> = (0..20)
            .map(|seed| debiased_cka(&spaces(seed), &spaces(100 + seed), None).unwrap())
            .collect();
        let mean = found.iter().sum::<f64>() / 20.0;
        let spread = (found.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 19.0).sqrt();
        assert!(
            mean.abs() < 3.0 * spread / 20f64.sqrt(),
            "{mean} +- {spread}"
        );
        // The plain estimator would say 0.5 and more here.
        assert!(found.iter().all(|x| x.abs() < 0.2));
    }

    #[test]
    fn one_point_has_no_geometry_and_three_records_are_too_few() {
        let rows = falling_rows(8, 3, 1);
        let space = SquaredChords::new(&rows, 3).unwrap();
        let point = SquaredChords::new(&[1.0; 24], 3).unwrap();
        assert_eq!(debiased_cka(&space, &point, None), None);
        assert_eq!(debiased_cka(&space, &space, Some(&[0, 1, 2])), None);
        let mut random = Random::stream(1, 1);
        let noisy: Vec<f32> = rows
            .iter()
            .map(|x| x + 0.01 * random.uniform() as f32)
            .collect();
        let noisy = SquaredChords::new(&noisy, 3).unwrap();
        assert!(debiased_cka(&space, &noisy, None).unwrap() > 0.999);
    }
}
