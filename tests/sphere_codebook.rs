//! Codebooks: fitting, identity, storage, and files that were tampered with.

use std::sync::Arc;

use driftsphere::sketch::{CoordinatedSample, Directions, SampleRow};
use driftsphere::sphere::{
    Centre, Codebook, Distance, Medoid, MedoidScope, Medoids, Member, Provenance, UnitRow,
    fit_clusters,
};
use driftsphere::{ErrorKind, Result};

fn sample(rows: &[[f32; 3]]) -> CoordinatedSample {
    let mut sample = CoordinatedSample::new(1024);
    for (i, row) in rows.iter().enumerate() {
        // Spread over all hashes, so that the order in the sample is another.
        let hash = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let row = SampleRow {
            id: Some(format!("row {i}")),
            class: Some(["up", "side"][usize::from(row[0] > row[2])].into()),
            vector: UnitRow::new(row).unwrap().to_f16(),
            ..SampleRow::default()
        };
        sample.update(hash, Arc::new(row));
    }
    sample
}

/// Thirty rows near x, twenty near z, ten near -y.
fn three_heaps() -> Vec<[f32; 3]> {
    let wobble = |i: usize| ((i * 37 % 19) as f32 - 9.0) / 60.0;
    let near = |pole: [f32; 3], n: usize| {
        (0..n).map(move |i| [0, 1, 2].map(|j| pole[j] + wobble(i * 5 + j * 11)))
    };
    near([1.0, 0.0, 0.0], 30)
        .chain(near([0.0, 0.0, 1.0], 20))
        .chain(near([0.0, -1.0, 0.0], 10))
        .collect()
}

fn class(name: &str, row: &[f32]) -> Centre {
    let mut sum = Directions::new(row.len());
    sum.update_scaled(row, UnitRow::new(row).unwrap().inverse());
    Centre {
        name: name.into(),
        sum,
        medoid: None,
    }
}

fn book() -> Codebook {
    let sample = sample(&three_heaps());
    let (clusters, members) = fit_clusters(&sample, 3, 3, 42).unwrap();
    let classes = vec![
        class("up", &[0.0, 0.0, 1.0]),
        class("side", &[1.0, 0.0, 0.0]),
    ];
    let provenance = Provenance {
        method: "k-means".into(),
        k: 3,
        seed: 42,
        sample_seed: 0,
        rows: 60,
        sampled: 60,
        model: Some("toy".into()),
        medoids: MedoidScope::Sample,
    };
    let mut book =
        Codebook::new(3, Distance::Cosine, classes, clusters, members, provenance).unwrap();
    book.set_medoids_from_sample(&sample).unwrap();
    book
}

#[test]
fn heaps_are_found_in_order_of_size() {
    let book = book();
    let counts: Vec<u64> = book.clusters().iter().map(|c| c.sum.count()).collect();
    assert_eq!(counts, [30, 20, 10]);
    let centres = book.cluster_centres();
    for (index, pole) in [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]
        .iter()
        .enumerate()
    {
        let chord = driftsphere::sphere::squared_chord(centres.centre(index), pole);
        assert!(chord < 0.01, "{index} {chord}");
    }
    assert_eq!(book.members().len(), 60);
    assert_eq!(book.clusters()[2].name, "cluster 3");
}

#[test]
fn medoids_are_the_nearest_records() {
    let book = book();
    let rows = three_heaps();
    let centres = book.cluster_centres();
    for (index, cluster) in book.clusters().iter().enumerate() {
        let medoid = cluster.medoid.as_ref().unwrap();
        let distance = |row: &[f32; 3]| {
            let halves = UnitRow::new(row).unwrap().to_f16();
            let row: Vec<f32> = halves.iter().map(|x| x.to_f32()).collect();
            let chord = UnitRow::new(&row)
                .unwrap()
                .squared_chord(centres.centre(index));
            Distance::Cosine.from_squared_chord(chord)
        };
        let best = rows.iter().map(distance).fold(f64::INFINITY, f64::min);
        assert_eq!(medoid.distance, best);
        let row: usize = medoid.id.strip_prefix("row ").unwrap().parse().unwrap();
        assert_eq!(distance(&rows[row]), best);
    }
    let side = &book.classes()[book.class_index("side").unwrap()];
    assert!(side.medoid.is_some());
    assert_eq!(book.class_index("down"), None);
}

#[test]
fn fitting_does_not_depend_on_order_or_threads() {
    let rows = three_heaps();
    let whole = sample(&rows);
    let mut merged = CoordinatedSample::new(1024);
    // Shards in another order; the ids and hashes stay with their rows.
    for third in [2, 0, 1] {
        let mut shard = CoordinatedSample::new(1024);
        for (i, sampled) in whole.rows().enumerate() {
            if i % 3 == third {
                shard.update(sampled.hash, Arc::clone(sampled.row));
            }
        }
        merged.merge(&shard).unwrap();
    }
    let expected = fit_clusters(&whole, 3, 5, 7).unwrap();
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        assert_eq!(
            pool.install(|| fit_clusters(&merged, 3, 5, 7)).unwrap(),
            expected
        );
    }
}

#[test]
fn there_are_no_more_clusters_than_distinct_rows() {
    let rows = [
        [1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0],
        [2.0, 0.0, 0.0],
        [0.0, 3.0, 0.0],
    ];
    let (clusters, members) = fit_clusters(&sample(&rows), 3, 8, 1).unwrap();
    assert_eq!(clusters.len(), 2);
    assert_eq!(members.len(), 4);
    assert!(clusters.iter().all(|cluster| cluster.sum.count() == 2));
}

#[test]
fn a_fit_that_cannot_be_is_refused() {
    let kind =
        |result: Result<_>| -> ErrorKind { result.map(|(_, _): (_, _)| ()).unwrap_err().kind() };
    let heaps = sample(&three_heaps());
    assert_eq!(kind(fit_clusters(&heaps, 3, 0, 1)), ErrorKind::Argument);
    let empty = CoordinatedSample::new(8);
    assert_eq!(kind(fit_clusters(&empty, 3, 2, 1)), ErrorKind::Argument);
    assert_eq!(kind(fit_clusters(&heaps, 4, 2, 1)), ErrorKind::Incompatible);
    for bad in [0.0, f32::NAN, 2.0] {
        let mut sample = CoordinatedSample::new(8);
        let row = SampleRow {
            vector: vec![half::f16::from_f32(bad); 3],
            ..SampleRow::default()
        };
        sample.update(1, Arc::new(row));
        assert_eq!(kind(fit_clusters(&sample, 3, 2, 1)), ErrorKind::Format);
    }
}

#[test]
fn the_content_hash_follows_what_is_measured_and_nothing_else() {
    let book = book();
    let parts = || {
        (
            book.classes().to_vec(),
            book.clusters().to_vec(),
            book.members().to_vec(),
        )
    };
    let hash = |distance, (classes, clusters, members): (Vec<Centre>, Vec<Centre>, Vec<Member>)| {
        Codebook::new(
            3,
            distance,
            classes,
            clusters,
            members,
            Provenance::default(),
        )
        .unwrap()
        .content_hash()
    };
    let base = book.content_hash();
    assert_eq!(hash(Distance::Cosine, parts()), base, "provenance");
    let mut turned = parts();
    turned.0.reverse();
    turned.2.reverse();
    turned.1[0].medoid = Some(Medoid {
        id: "another".into(),
        distance: 0.5,
    });
    assert_eq!(hash(Distance::Cosine, turned), base, "order and medoids");

    assert_ne!(hash(Distance::Angular, parts()), base, "distance");
    let mut renamed = parts();
    renamed.0[0].name = "other".into();
    assert_ne!(hash(Distance::Cosine, renamed), base, "name");
    let mut moved = parts();
    moved.1[2].sum.update_scaled(&[1.0, 0.0, 0.0], 1.0);
    assert_ne!(hash(Distance::Cosine, moved), base, "sum");
    let mut fewer = parts();
    fewer.2.pop();
    assert_ne!(hash(Distance::Cosine, fewer), base, "members");
}

#[test]
fn parts_that_do_not_fit_are_refused_with_the_reason() {
    let reason = |classes: Vec<Centre>, clusters: Vec<Centre>, members: Vec<Member>| {
        Codebook::new(
            2,
            Distance::HalfChord,
            classes,
            clusters,
            members,
            Provenance::default(),
        )
        .unwrap_err()
        .to_string()
    };
    let one = || class("a", &[1.0, 0.0]);
    assert!(reason(vec![one(), one()], vec![], vec![]).contains("\"a\" occurs twice"));
    assert!(reason(vec![class("b", &[1.0; 3])], vec![], vec![]).contains("has 3 dimensions"));
    let mut nowhere = one();
    nowhere.sum.update_scaled(&[-1.0, 0.0], 1.0);
    assert!(!nowhere.has_direction());
    assert!(reason(vec![nowhere], vec![], vec![]).contains("no direction"));
    let member = |cluster, sum| Member {
        hash: 1,
        cluster,
        sum,
    };
    assert!(reason(vec![], vec![one()], vec![member(1, None)]).contains("no cluster 1"));
    let twice = vec![member(0, None), member(0, None)];
    assert!(reason(vec![], vec![one()], twice).contains("member occurs twice"));
    let wide = vec![member(0, Some(vec![i64::MIN, 0]))];
    assert!(reason(vec![], vec![one()], wide).contains("out of bounds"));
    let mut crowd = vec![member(0, None), member(0, None)];
    crowd[1].hash = 2;
    assert!(reason(vec![], vec![one()], crowd).contains("more members than vectors"));
}

#[test]
fn medoids_of_all_rows_replace_those_of_the_sample() {
    let mut book = book();
    let before = book.content_hash();
    let mut clusters = Medoids::new(3);
    clusters.update(1, 0.25, Some("seen later"), 0);
    book.set_medoids(Medoids::new(2), clusters, MedoidScope::AllRows)
        .unwrap();
    assert_eq!(book.clusters()[1].medoid.as_ref().unwrap().id, "seen later");
    assert_eq!(book.provenance().medoids, MedoidScope::AllRows);
    assert_eq!(book.content_hash(), before);
    let error = book
        .set_medoids(Medoids::new(3), Medoids::new(3), MedoidScope::AllRows)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
}

#[test]
fn a_stored_codebook_comes_back_and_a_damaged_one_never_panics() {
    let book = book();
    let bytes = postcard::to_stdvec(&book).unwrap();
    let back: Codebook = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(back, book);
    assert_eq!(postcard::to_stdvec(&back).unwrap(), bytes);

    for cut in 0..bytes.len() {
        assert!(postcard::from_bytes::<Codebook>(&bytes[..cut]).is_err());
    }
    let mut accepted = 0;
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            // Some flips make another valid codebook (a digit of a sum); such
            // a one must be usable.
            if let Ok(other) = postcard::from_bytes::<Codebook>(&damaged) {
                let _ = (other.class_centres(), other.cluster_centres());
                accepted += 1;
            }
        }
    }
    assert!(accepted < 3 * bytes.len());
}
