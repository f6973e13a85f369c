//! Spaces, partitions and classes compared, against NumPy, SciPy and scikit-learn.
//!
//! The oracle takes the rows in f64; here they are f32, and squared chords are relatively
//! right to 1e-4. Sums of many of them are far nearer: 1e-4 is the tolerance, unless an
//! answer counts records and must agree exactly.

use crate::support::{close, number, numbers};
use driftsphere::compare::stats::{
    ClassGeometry, Contingency, DistanceProfile, Neighbourhoods, PrincipalCoordinates, Procrustes,
    SquaredChords, debiased_cka, distance_correlation, effective_dimension, spectrum_distance,
};
use driftsphere::ingest::ArrayFile;
use serde_json::Value;

const DIM: usize = 32;

/// Unit rows and labels of a run.
fn load(name: &str) -> (Vec<f32>, Vec<String>) {
    let path = format!("{}/examples/data/{name}.npz", env!("CARGO_MANIFEST_DIR"));
    let file = ArrayFile::open(path).unwrap();
    let mut matrix = file.matrix("embedding").unwrap();
    let n = matrix.rows();
    let block = matrix.next_block(n).unwrap().unwrap();
    let mut rows = Vec::new();
    for row in block.view().rows() {
        let length = row
            .iter()
            .map(|&x| f64::from(x).powi(2))
            .sum::<f64>()
            .sqrt();
        rows.extend(row.iter().map(|&x| (f64::from(x) / length) as f32));
    }
    let labels = file.column("label").unwrap();
    (
        rows,
        (0..n).map(|at| labels.text(at).into_owned()).collect(),
    )
}

fn each(see: impl Fn(&str, &Value, &[f32], &[f32], &[String])) {
    let all: Value = serde_json::from_str(include_str!("../vectors/stability.json")).unwrap();
    let (first, labels) = load("digits_seed_1");
    for (name, wanted) in all.as_object().unwrap() {
        see(name, wanted, &first, &load(name).0, &labels);
    }
}

#[test]
fn spaces_as_a_whole() {
    each(|_, wanted, x, y, _| {
        let [a, b] = [x, y].map(|rows| SquaredChords::new(rows, DIM).unwrap());
        close(
            debiased_cka(&a, &b, None).unwrap(),
            number(&wanted["cka"]),
            1e-4,
        );
        let found = distance_correlation(&a, &b, None).unwrap();
        close(found, number(&wanted["distances"]), 1e-4);
        let [first, second] = [x, y].map(|rows| PrincipalCoordinates::new(rows, DIM).unwrap());
        let turned = Procrustes::new(&first, &second, |id| id).unwrap();
        close(turned.residual(), number(&wanted["procrustes"]), 1e-4);
        let spectra = [&first, &second].map(PrincipalCoordinates::variances);
        let found = spectrum_distance(spectra[0], spectra[1]);
        close(found, number(&wanted["spectrum"]), 1e-4);
        for (spectrum, wanted) in spectra.iter().zip(numbers(&wanted["dimensions"])) {
            close(effective_dimension(spectrum), wanted, 1e-4);
        }
        // In steps of a thousandth of the mean distance, of which sd is a third.
        let [first, second] = [&a, &b].map(|chords| DistanceProfile::new(chords, None).unwrap());
        let gap = first.wasserstein(&second) - number(&wanted["shape"]);
        assert!(gap.abs() < 0.003, "{gap}");
    });
}

#[test]
fn neighbours_kept() {
    each(|_, wanted, x, y, _| {
        let [a, b] = [x, y].map(|rows| SquaredChords::new(rows, DIM).unwrap());
        let kept = Neighbourhoods::new(&a, 10).overlaps(&Neighbourhoods::new(&b, 10));
        let mean = kept.iter().sum::<f64>() / kept.len() as f64;
        // A neighbour or two of 5 000 may be a tie in f32.
        assert!((mean - number(&wanted["kept"])).abs() < 5e-4, "{mean}");
    });
}

#[test]
fn partitions() {
    each(|_, wanted, _, _, _| {
        let of = |at: usize| -> Vec<usize> {
            numbers(&wanted["clusters"][at])
                .into_iter()
                .map(|x| x as usize)
                .collect()
        };
        let table = Contingency::new(&of(0), &of(1));
        close(table.adjusted_rand(), number(&wanted["ari"]), 1e-12);
        close(
            table.adjusted_mutual_information(),
            number(&wanted["ami"]),
            1e-9,
        );
    });
}

#[test]
fn classes() {
    each(|name, wanted, x, y, labels| {
        let [a, b] = [x, y].map(|rows| SquaredChords::new(rows, DIM).unwrap());
        let classes: Vec<Option<usize>> = labels.iter().map(|l| l.parse().ok()).collect();
        let geometry = [&a, &b].map(|chords| ClassGeometry::new(chords, &classes, 10, None));
        let regions = [&a, &b].map(|chords| ClassGeometry::regions(chords, &classes, 10));
        let silhouettes = [&a, &b].map(|chords| ClassGeometry::silhouettes(chords, &classes, 10));
        for wanted in wanted["classes"].as_array().unwrap() {
            let class: usize = wanted["class"].as_str().unwrap().parse().unwrap();
            let members: Vec<usize> = (0..classes.len())
                .filter(|&i| classes[i] == Some(class))
                .collect();
            let is = |run: usize, i: usize| regions[run][i] == Some(class);
            let both = (0..classes.len()).filter(|&i| is(0, i) && is(1, i)).count();
            let either = (0..classes.len()).filter(|&i| is(0, i) || is(1, i)).count();
            close(
                both as f64 / either as f64,
                number(&wanted["jaccard"]),
                1e-12,
            );
            for (run, geometry) in geometry.iter().enumerate() {
                let own = members.iter().filter(|&&i| is(run, i)).count();
                let own = own as f64 / members.len() as f64;
                close(own, number(&wanted["in_own"][run]), 1e-12);
                let compact = geometry.compactness(class).unwrap();
                close(compact, number(&wanted["compactness"][run]), 1e-4);
                let sum: f64 = members.iter().map(|&i| silhouettes[run][i].unwrap()).sum();
                let silhouette = sum / members.len() as f64;
                let gap = silhouette - number(&wanted["silhouettes"][run]);
                assert!(gap.abs() < 1e-4, "{name} {class}: {gap}");
            }
        }
        for wanted in wanted["separations"].as_array().unwrap() {
            let class = |at: usize| -> usize { wanted[at].as_str().unwrap().parse().unwrap() };
            for (run, geometry) in geometry.iter().enumerate() {
                let found = geometry.separation(class(0), class(1)).unwrap();
                close(found, number(&wanted[2 + run]), 2e-4);
            }
        }
    });
}
