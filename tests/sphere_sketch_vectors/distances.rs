//! Distances between two vectors, and of a row from a boundary.

use driftsphere::sphere::{Distance, UnitRow, boundary_distance, squared_chord};

use super::{cases, close, exact, number, numbers};

/// Unit vectors from far apart to a few 2^-52 together.
#[test]
fn distances_of_pairs() {
    for case in cases("pairs") {
        let (first, second) = (exact(&case["first"]), exact(&case["second"]));
        let square = squared_chord(&first, &second);
        // Differences and squares round once each, sums once for each step.
        let rounding = (4.0 + first.len() as f64 / 8.0) * f64::EPSILON;
        let want = number(&case["squared_chord"]);
        close(square, want, rounding * want);
        for distance in Distance::ALL {
            let want = number(&case[distance.name().replace('-', "_")]);
            let got = distance.from_squared_chord(square);
            // An angle near the antipode is the one that cannot be told well.
            let antipode = distance == Distance::Angular && want > 0.99;
            let tolerance = if antipode { 1e-8 } else { rounding * want };
            close(got, want, tolerance);
        }
    }
}

/// Rows that were not normalised, next to centres and far from them.
#[test]
fn distances_of_rows() {
    for case in cases("rows") {
        let row: Vec<f32> = numbers(&case["row"]).iter().map(|x| *x as f32).collect();
        let row = UnitRow::new(&row).unwrap();
        let norm = number(&case["norm"]);
        close(row.norm(), norm, 4.0 * f64::EPSILON * norm);
        let chord = row.squared_chord(&exact(&case["centre"])).sqrt();
        // The division by the norm moves x by two roundings; then as above.
        let want = number(&case["squared_chord"]).sqrt();
        close(chord, want, f64::EPSILON * (1.0 + 8.0 * want));
    }
}

/// From three chords, against the projection itself; good to 1e-15 / |c - c'|.
#[test]
fn boundary_distances() {
    for case in cases("boundaries") {
        let [row, own, other] = ["row", "own", "other"].map(|key| exact(&case[key]));
        let got = boundary_distance(
            squared_chord(&row, &own),
            squared_chord(&row, &other),
            squared_chord(&own, &other),
        );
        let tolerance = 1e-15 / number(&case["gap"]);
        close(got.unwrap(), number(&case["boundary"]), tolerance);
    }
}
