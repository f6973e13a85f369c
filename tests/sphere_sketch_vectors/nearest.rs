//! Nearest centres, readings against a codebook, fitted clusters.

use std::sync::Arc;

use driftsphere::sketch::Directions;
use driftsphere::sphere::{
    Centre, CentreSet, Codebook, Distance, LeaveOneOut, NearestSearch, Products, Provenance, Ruler,
    UnitRow,
};

use super::{cases, close, number, numbers, rows, section, size, sizes, widened};

/// A centre made of one row.
fn centre(name: String, row: &[f32]) -> Centre {
    let mut sum = Directions::new(row.len());
    sum.update_scaled(row, UnitRow::new(row).unwrap().inverse());
    Centre {
        name,
        sum,
        medoid: None,
    }
}

/// The index is that of scikit-learn, and the distance too.
#[test]
fn nearest_centres() {
    for case in cases("nearest") {
        let [n, k, dim, seed] = ["n", "k", "dim", "seed"].map(|key| size(&case[key]));
        let values = rows(n, dim, seed as u64, 0.0);
        let centres = widened(&rows(k, dim, seed as u64 + 100, 0.0));
        let set = CentreSet::new(dim, centres.chunks(dim)).unwrap();
        let search = NearestSearch::new(dim, vec![set]).unwrap();
        let mut products = Products::default();
        let block = search.block(&values, &mut products);
        let (index, half_chord) = (sizes(&case["index"]), numbers(&case["half_chord"]));
        for i in 0..n {
            let near = block.nearest(i, 0, &[]).unwrap();
            assert_eq!(near.index, index[i]);
            let got = Distance::HalfChord.from_squared_chord(near.squared_chord);
            // scikit-learn takes 2 - 2 x.y, so it is off by 2^-52 over the distance.
            close(got, half_chord[i], 1e-15 / half_chord[i]);
        }
    }
}

/// The same through a codebook, whose centres are rounded to 2^-41.
#[test]
fn readings() {
    for case in cases("nearest") {
        let [n, k, dim, seed] = ["n", "k", "dim", "seed"].map(|key| size(&case[key]));
        let values = rows(n, dim, seed as u64, 0.0);
        let of_centres = rows(k, dim, seed as u64 + 100, 0.0);
        let centres = || {
            let named = of_centres.chunks(dim).enumerate();
            named
                .map(|(c, row)| centre(format!("{c:03}"), row))
                .collect()
        };
        let book = Codebook::new(
            dim,
            Distance::HalfChord,
            centres(),
            centres(),
            vec![],
            Provenance::default(),
        )
        .unwrap();
        let ruler = Ruler::new(Arc::new(book), false);
        let (mut products, mut scratch) = (Products::default(), LeaveOneOut::default());
        let block = ruler.block(&values, &mut products);
        let [half_chord, own, boundary] =
            ["half_chord", "own", "boundary"].map(|key| numbers(&case[key]));
        let index = sizes(&case["index"]);
        // A centre moves by so much at most, by rounding and by its new norm.
        let moved = 2.0 * (dim as f64).sqrt() * 2.0_f64.powi(-41);
        for i in 0..n {
            let reading = ruler.read(&block, i, Some(i % k), 0, &mut scratch).unwrap();
            let (cluster, distance) = reading.cluster.unwrap();
            assert_eq!(cluster, index[i]);
            close(distance, half_chord[i], moved);
            close(reading.own_class.unwrap(), own[i], moved);
            let of_plane = 4.0 * moved / number(&case["smallest_gap"]);
            close(reading.boundary.unwrap(), boundary[i], of_plane);
        }
    }
}

/// Centres 2^-23 and 2^-31 apart: the f32 product cannot tell them apart, f64
/// must.
#[test]
fn centres_closer_than_f32() {
    for case in cases("close_centres") {
        let [n, k, dim, seed] = ["n", "k", "dim", "seed"].map(|key| size(&case[key]));
        let exponent = case["exponent"].as_i64().unwrap() as i32;
        let base = widened(&rows(1, dim, seed as u64 + 100, 0.0));
        let noise = widened(&rows(k, dim, seed as u64 + 101, 0.0));
        let centres = noise.chunks(dim).enumerate().map(|(c, noise)| {
            let scale = 2.0_f64.powi(-exponent) * 32.0_f64.powi(1 - (c % 3) as i32);
            let moved = base.iter().zip(noise).map(|(x, y)| x + scale * y);
            moved.collect::<Vec<f64>>()
        });
        let set = CentreSet::new(dim, centres).unwrap();
        let search = NearestSearch::new(dim, vec![set]).unwrap();
        let (values, mut products) = (rows(n, dim, seed as u64, 0.0), Products::default());
        let block = search.block(&values, &mut products);
        let nearest = |i| block.nearest(i, 0, &[]).unwrap().index;
        let got: Vec<usize> = (0..n).map(nearest).collect();
        assert_eq!(got, sizes(&case["index"]));
    }
}

/// Well separated clusters: scikit-learn's partition, largest first.
#[cfg(feature = "fit")]
#[test]
fn fitted_clusters() {
    use driftsphere::sketch::{CoordinatedSample, SampleRow};
    use driftsphere::sphere::{fit_clusters, squared_chord};

    let case = section("clusters");
    let stored = case["rows"].as_array().unwrap();
    let values: Vec<Vec<f32>> = (stored.iter())
        .map(|row| numbers(row).iter().map(|x| *x as f32).collect())
        .collect();
    let mut sample = CoordinatedSample::new(values.len());
    for (hash, row) in (0..).zip(&values) {
        let vector = UnitRow::new(row).unwrap().to_f16();
        let row = SampleRow {
            vector,
            ..SampleRow::default()
        };
        sample.update(hash, Arc::new(row));
    }
    let (centres, members) = fit_clusters(&sample, 5, 4, 1).unwrap();
    let mut got = vec![usize::MAX; values.len()];
    for member in &members {
        got[usize::try_from(member.hash).unwrap()] = member.cluster as usize;
    }

    let labels = sizes(&case["labels"]);
    let mut inertia = 0.0;
    for (cluster, fitted) in centres.iter().enumerate() {
        let inside: Vec<usize> = (0..got.len()).filter(|i| got[*i] == cluster).collect();
        let label = labels[inside[0]];
        let wanted: Vec<usize> = (0..got.len()).filter(|i| labels[*i] == label).collect();
        assert_eq!(inside, wanted);
        assert_eq!(fitted.sum.count(), inside.len() as u64);
        assert!(cluster == 0 || fitted.sum.count() < centres[cluster - 1].sum.count());

        // The centre is that of f16 rows: each coordinate off by 2^-11 of itself.
        let centroid = numbers(&case["centres"][label]);
        let mean = fitted.sum.mean().unwrap();
        let square: f64 = mean
            .iter()
            .zip(&centroid)
            .map(|(x, y)| (x - y).powi(2))
            .sum();
        assert!(square.sqrt() < 2.0_f64.powi(-11), "{square:e}");

        // Inertia of the partition, from the rows as they came.
        let units: Vec<Vec<f64>> = (inside.iter())
            .map(|i| {
                let row = UnitRow::new(&values[*i]).unwrap();
                let scaled = row.values().iter().map(|x| f64::from(*x) * row.inverse());
                scaled.collect()
            })
            .collect();
        let mean = |j: usize| units.iter().map(|u| u[j]).sum::<f64>() / units.len() as f64;
        let means: Vec<f64> = (0..5).map(mean).collect();
        inertia += units.iter().map(|u| squared_chord(u, &means)).sum::<f64>();
    }
    close(inertia, number(&case["inertia"]), 1e-9);
}
