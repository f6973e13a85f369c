//! Leave-one-out against the plainest way to do it: sum up all other rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use driftsphere::sketch::{CoordinatedSample, Directions, SampleRow};
use driftsphere::sphere::{
    Centre, Codebook, Distance, LeaveOneOut, Products, Provenance, Reading, Ruler, UnitRow,
    fit_clusters,
};

/// Rows around a few poles: `(n, dim)`, with the pole of each.
fn rows(seed: u64, n: usize, dim: usize, poles: usize, spread: f64) -> (Vec<Vec<f32>>, Vec<usize>) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    let owners: Vec<usize> = (0..n).map(|i| i % poles).collect();
    let rows = owners
        .iter()
        .map(|&pole| {
            (0..dim)
                .map(|i| {
                    let at_pole = f64::from(u8::from(i % poles == pole));
                    (3.0 * (at_pole + spread * random())) as f32
                })
                .collect()
        })
        .collect();
    (rows, owners)
}

fn unit(row: &[f32]) -> Vec<f64> {
    let norm = row
        .iter()
        .map(|&x| f64::from(x).powi(2))
        .sum::<f64>()
        .sqrt();
    row.iter().map(|&x| f64::from(x) / norm).collect()
}

/// Half chord between `row` and the mean direction of `others`.
fn naive_distance(row: &[f64], others: &[Vec<f64>]) -> f64 {
    let mut sum = vec![0.0; row.len()];
    for other in others {
        sum.iter_mut().zip(other).for_each(|(s, x)| *s += x);
    }
    let norm = sum.iter().map(|s| s * s).sum::<f64>().sqrt();
    let squared: f64 = row
        .iter()
        .zip(&sum)
        .map(|(x, s)| (x - s / norm).powi(2))
        .sum();
    squared.sqrt() / 2.0
}

fn class_centres(rows: &[Vec<f32>], owners: &[usize]) -> Vec<Centre> {
    let mut sums: BTreeMap<usize, Directions> = BTreeMap::new();
    for (row, &owner) in rows.iter().zip(owners) {
        sums.entry(owner)
            .or_insert_with(|| Directions::new(row.len()))
            .update_scaled(row, UnitRow::new(row).unwrap().inverse());
    }
    sums.into_iter()
        .map(|(owner, sum)| Centre {
            name: format!("class {owner}"),
            sum,
            medoid: None,
        })
        .collect()
}

fn sample_of(rows: &[Vec<f32>], hash: impl Fn(usize) -> u64) -> CoordinatedSample {
    let mut sample = CoordinatedSample::new(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let row = SampleRow {
            id: Some(format!("row {i}")),
            vector: UnitRow::new(row).unwrap().to_f16(),
            ..SampleRow::default()
        };
        sample.update(hash(i), Arc::new(row));
    }
    sample
}

fn read_all(
    ruler: &Ruler,
    rows: &[Vec<f32>],
    owners: &[usize],
    hash: impl Fn(usize) -> u64,
) -> Vec<Reading> {
    let flat: Vec<f32> = rows.concat();
    let mut products = Products::default();
    let mut scratch = LeaveOneOut::default();
    let block = ruler.block(&flat, &mut products);
    (0..rows.len())
        .map(|i| {
            let class = ruler
                .codebook()
                .class_index(&format!("class {}", owners[i]));
            ruler.read(&block, i, class, hash(i), &mut scratch).unwrap()
        })
        .collect()
}

#[test]
fn a_class_centre_without_the_row_is_the_mean_of_the_others() {
    let (rows, owners) = rows(1, 40, 37, 3, 0.4);
    let book = Codebook::new(
        37,
        Distance::HalfChord,
        class_centres(&rows, &owners),
        vec![],
        vec![],
        Provenance::default(),
    )
    .unwrap();
    let ruler = Ruler::new(Arc::new(book), true);
    let readings = read_all(&ruler, &rows, &owners, |i| i as u64);
    let units: Vec<Vec<f64>> = rows.iter().map(|row| unit(row)).collect();
    for i in 0..rows.len() {
        let others: Vec<Vec<f64>> = (0..rows.len())
            .filter(|&j| j != i && owners[j] == owners[i])
            .map(|j| units[j].clone())
            .collect();
        let expected = naive_distance(&units[i], &others);
        let got = readings[i].own_class.unwrap();
        // 37 coordinates of 13 rows, each rounded to half of 2^-40.
        assert!((got - expected).abs() < 1e-11, "{i}: {got} {expected}");
        assert!(readings[i].boundary.is_some());
    }
}

#[test]
fn a_cluster_centre_without_a_record_is_the_mean_of_the_other_records() {
    check_clusters(1);
}

/// Rows with the same hash are one record: they leave together.
#[test]
fn all_rows_of_a_record_leave_a_cluster_together() {
    check_clusters(2);
    check_clusters(3);
}

fn check_clusters(rows_of_a_record: usize) {
    let (rows, owners) = rows(2, 60, 24, 4, 0.5);
    let hash = |i: usize| (i / rows_of_a_record) as u64;
    let sample = sample_of(&rows, hash);
    let (clusters, members) = fit_clusters(&sample, 24, 4, 5).unwrap();
    let sums: Vec<u64> = clusters.iter().map(|c| c.sum.count()).collect();
    assert_eq!(sums.iter().sum::<u64>(), 60);
    let shared = rows_of_a_record > 1;
    assert!(members.iter().all(|member| member.sum.is_some() == shared));

    let plain = Codebook::new(
        24,
        Distance::HalfChord,
        vec![],
        clusters,
        members.clone(),
        Provenance::default(),
    )
    .unwrap();
    let centres = plain.cluster_centres();
    let ruler = Ruler::new(Arc::new(plain), true);
    let readings = read_all(&ruler, &rows, &owners, hash);

    // Who is where, worked out apart from the codebook's members.
    let halves: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| {
            let halves = UnitRow::new(row).unwrap().to_f16();
            halves.iter().map(|x| x.to_f64()).collect()
        })
        .collect();
    let home = |i: usize| {
        members
            .iter()
            .filter(|m| m.hash == hash(i))
            .map(|m| m.cluster as usize)
            .min_by(|&a, &b| {
                let to = |c: usize| naive_distance(&halves[i], &[centres.centre(c).to_vec()]);
                to(a).total_cmp(&to(b))
            })
            .unwrap()
    };
    let homes: Vec<usize> = (0..60).map(home).collect();
    for i in 0..60 {
        let row = unit(&rows[i]);
        let expected = (0..centres.len())
            .filter_map(|cluster| {
                let others: Vec<Vec<f64>> = (0..60)
                    .filter(|&j| hash(j) != hash(i) && homes[j] == cluster)
                    .map(|j| halves[j].clone())
                    .collect();
                (!others.is_empty()).then(|| (cluster, naive_distance(&row, &others)))
            })
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap();
        let got = readings[i].cluster.unwrap();
        assert_eq!(got.0, expected.0);
        assert!(
            (got.1 - expected.1).abs() < 1e-11,
            "{i}: {got:?} {expected:?}"
        );
    }
}

#[test]
fn a_row_that_was_alone_has_no_centre() {
    let (rows, _) = rows(3, 3, 8, 3, 0.1);
    let owners = [0, 1, 1];
    let sample = sample_of(&rows, |i| i as u64);
    let (clusters, members) = fit_clusters(&sample, 8, 3, 0).unwrap();
    assert_eq!(clusters.len(), 3);
    assert!(members.iter().all(|member| member.sum.is_none()));
    let book = Codebook::new(
        8,
        Distance::Angular,
        class_centres(&rows, &owners),
        clusters,
        members,
        Provenance::default(),
    )
    .unwrap();
    let book = Arc::new(book);
    let ruler = Ruler::new(Arc::clone(&book), true);
    let readings = read_all(&ruler, &rows, &owners, |i| i as u64);
    assert_eq!(readings[0].own_class, None);
    assert_eq!(readings[0].boundary, None);
    assert!(readings[1].own_class.is_some());
    // Each cluster has one member: the row goes to the nearest other one.
    for (i, reading) in readings.iter().enumerate() {
        let (cluster, distance) = reading.cluster.unwrap();
        assert!(distance > 0.1);
        assert!(book.members_of(i as u64)[0].cluster as usize != cluster);
    }
    // The same rows as a target are measured as they are.
    let ruler = Ruler::new(book, false);
    let readings = read_all(&ruler, &rows, &owners, |i| i as u64);
    // Eight coordinates, each rounded to half of 2^-40.
    assert!(readings[0].own_class.unwrap() < 2e-12);
    // What is left is the rounding of the sample to f16.
    assert!(readings.iter().all(|r| r.cluster.unwrap().1 < 1e-3));
}

/// The reason for all this: without leave-one-out the reference's rows are
/// nearer to their own centre than fresh rows of the same kind.
#[test]
fn reference_rows_are_as_far_from_their_centre_as_fresh_ones() {
    let (dim, n) = (64, 10);
    let (mut inside, mut left_out, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 1..=40 {
        let (all, owners) = rows(seed, 2 * n, dim, 1, 1.0);
        let (reference, target) = all.split_at(n);
        let centres = class_centres(reference, &owners[..n]);
        let none = Provenance::default();
        let book = Codebook::new(dim, Distance::HalfChord, centres, vec![], vec![], none).unwrap();
        let book = Arc::new(book);
        let read = |rows: &[Vec<f32>], leave_one_out: bool| -> Vec<f64> {
            let ruler = Ruler::new(Arc::clone(&book), leave_one_out);
            let readings = read_all(&ruler, rows, &owners[..n], |i| i as u64);
            readings.iter().map(|r| r.own_class.unwrap()).collect()
        };
        inside.extend(read(reference, false));
        left_out.extend(read(reference, true));
        fresh.extend(read(target, false));
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let sd = |values: &[f64]| {
        let mean = mean(values);
        let squares = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        (squares / (values.len() - 1) as f64).sqrt()
    };
    // Two means of 400 values each differ by less than 4 standard errors,
    // except about once in 16 000 seeds; a centre of 10 rows instead of 9
    // moves the expectation by far less than that.
    let error = (2.0_f64 / 400.0).sqrt() * sd(&fresh);
    assert!((mean(&left_out) - mean(&fresh)).abs() < 4.0 * error);
    assert!(mean(&fresh) - mean(&inside) > 8.0 * error);
}
