//! Sealed profiles: no vector, no id, no aggregate of fewer than 20 rows; they
//! compare and do nothing else.

use driftsphere::ErrorKind;
use driftsphere::compare::{CompareOptions, Comparison, Scope, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, POOLED_VALUES, Profile, ProfileBuilder, ProfileConfig, SEALED_ROWS, SpaceConfig,
    profile_reference,
};
use driftsphere::sketch::{Directions, hash_bytes};
use ndarray::Array2;

const DIM: usize = 12;

fn uniform(salt: u64, i: usize, j: usize) -> f64 {
    hash_bytes(salt, &[i.to_le_bytes(), j.to_le_bytes()].concat()) as f64 / u64::MAX as f64
}

/// Records of three large classes and of some small ones of 3, 4, 5 rows.
#[derive(Clone, Copy)]
struct Window {
    salt: u64,
    rows: usize,
    /// How far all rows are moved.
    moved: f64,
    small_classes: bool,
}

impl Window {
    fn new(salt: u64, rows: usize) -> Self {
        Self {
            salt,
            rows,
            moved: 0.0,
            small_classes: true,
        }
    }

    fn class(self, i: usize) -> String {
        match i {
            0..12 if self.small_classes => {
                format!("small {}", [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2][i])
            }
            _ => format!("class {}", i % 3),
        }
    }

    fn track(self, builder: &mut ProfileBuilder) -> driftsphere::Result<()> {
        let texts =
            |f: &dyn Fn(usize) -> String| Column::from((0..self.rows).map(f).collect::<Vec<_>>());
        let vectors = Array2::from_shape_fn((self.rows, DIM), |(i, j)| {
            let centre = if i % 3 == j % 3 { 1.5 } else { 0.0 };
            let moved = if j == 5 { self.moved } else { 0.0 };
            (centre + moved + uniform(self.salt, i, j) - 0.5) as f32
        });
        let scores: Vec<f64> = (0..self.rows)
            .map(|i| uniform(self.salt, i, 99) + self.moved)
            .collect();
        builder.track_batch(
            &Batch::new(self.rows)
                .ids(texts(&|i| format!("patient-{}-{i}", self.salt)))
                .predictions(texts(&|i| self.class(i)))
                .times(
                    (0..self.rows)
                        .map(|i| 1_700_000_000_000 + i as i64)
                        .collect::<Vec<_>>(),
                )
                .feature("score", Column::from(scores))
                .feature("ward", texts(&|i| format!("ward {}", i % (i % 40 + 1))))
                .space("e", vectors.view()),
        )
    }

    fn reference(self) -> Profile {
        let config = ProfileConfig::new().space("e", SpaceConfig::new(DIM));
        let options = FitOptions {
            clusters: 4,
            ..FitOptions::default()
        };
        profile_reference(config, options, |builder| self.track(builder)).unwrap()
    }

    fn like(self, reference: &Profile) -> Profile {
        let mut builder = ProfileBuilder::new(reference.config().clone().like()).unwrap();
        self.track(&mut builder).unwrap();
        builder.freeze()
    }
}

fn compared(a: &Profile, b: &Profile) -> Comparison {
    compare(a, b, &CompareOptions::default()).unwrap()
}

fn has(profile: &Profile, text: &str) -> bool {
    let bytes = profile.to_bytes();
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

#[test]
fn nothing_of_few_records_is_left() {
    let open = Window::new(1, 400).reference();
    assert!(has(&open, "patient-") && has(&open, "small 1"));
    let sealed = open.seal().unwrap();
    for text in ["patient-", "small 1", "row 0"] {
        assert!(!has(&sealed, text), "{text}");
    }
    assert_eq!((sealed.records(), sealed.times()), (400, None));
    let space = &sealed.spaces()["e"];
    assert!(space.sample().is_empty() && space.novel().is_empty());
    let groups = space.classes().values().chain(space.clusters());
    for group in groups.chain(space.other_classes()) {
        assert!(group.count() >= SEALED_ROWS && group.nearest().is_none());
        assert!(group.sample().is_empty() && group.clusters().is_empty());
        let buckets = group.distance().buckets().chain(group.boundary().buckets());
        assert!(buckets.into_iter().all(|b| b.count >= SEALED_ROWS));
    }
    let score = sealed.features()["score"].numbers();
    assert!(score.buckets().all(|b| b.count >= SEALED_ROWS) && score.max().is_none());
    assert_eq!(score.count(), 400);
    let wards = sealed.features()["ward"].categories();
    assert_eq!(wards.total(), 400);
    assert!(wards.iter().all(|(_, count)| count.estimate >= SEALED_ROWS));
    assert!(wards.estimate(POOLED_VALUES).estimate > 0);
    let book = sealed.config().spaces["e"].codebook.clone().unwrap();
    assert!(book.members().is_empty());
    assert!(
        book.classes()
            .iter()
            .chain(book.clusters())
            .all(|c| c.medoid.is_none() && c.sum.count() >= SEALED_ROWS)
    );
}

/// Of few values nothing is left, so that none is of a type, and what is written can be read.
#[test]
fn columns_of_few_values_can_be_read_again() {
    for few in [1, 7, 19, 20, 100] {
        let rare = |i: usize| i < few;
        let whole = (0..400).map(|i| if rare(i) { i as f64 } else { f64::NAN });
        let truths = (0..400).map(|i| if rare(i) { "true" } else { "" }.to_owned());
        let truths = Column::Text(truths.collect());
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        let batch = Batch::new(few)
            .feature("count", Column::Int((0..few as i64).collect()))
            .feature("flag", Column::Bool(vec![true; few]));
        builder.track_batch(&batch).unwrap();
        let batch = Batch::new(400)
            .feature("other", Column::Float(whole.collect()))
            .feature("text", truths);
        builder.track_batch(&batch).unwrap();
        let sealed = builder.freeze().seal().unwrap();
        let again = Profile::from_bytes(&sealed.to_bytes()).unwrap();
        assert_eq!(again, sealed, "{few}");
        let kept = few as u64 >= SEALED_ROWS;
        assert_eq!(again.features()["count"].integers() > 0, kept, "{few}");
        assert_eq!(again.features()["flag"].truths() > 0, kept, "{few}");
    }
}

/// What is pooled is complete: no small group follows from the others.
#[test]
fn sums_add_up_and_small_groups_cannot_be_told_from_them() {
    let open = Window::new(1, 400).reference();
    let sealed = open.seal().unwrap();
    let (a, b) = (&open.spaces()["e"], &sealed.spaces()["e"]);
    assert_eq!(a.directions(), b.directions());
    // 3 + 4 + 5 rows are too few together: the smallest large class joins them.
    assert_eq!(b.classes().len(), 2);
    let pool = b.other_classes().unwrap();
    assert!(pool.count() > 100);
    let codebook = sealed.config().spaces["e"].codebook.clone().unwrap();
    let names: Vec<&str> = codebook.classes().iter().map(|c| c.name.as_str()).collect();
    assert!(b.classes().keys().map(String::as_str).eq(names));

    let mut clusters = Directions::new(DIM);
    for cluster in b.clusters() {
        clusters.merge(cluster.directions()).unwrap();
    }
    let rest = b.rows() - clusters.count();
    assert!(rest == 0 || rest >= SEALED_ROWS);
}

#[test]
fn pairs_and_components_stand_on_many_rows() {
    let sealed = Window::new(1, 400).reference().seal().unwrap();
    let space = sealed.spaces()["e"].sealed().unwrap();
    let components = space.components().unwrap();
    assert_eq!(
        components.vectors().len(),
        DIM * components.eigenvalues().len()
    );
    assert!(
        components
            .eigenvalues()
            .windows(2)
            .all(|w| w[0] >= 0.98 * w[1])
    );
    assert!(space.pairs().count() >= 5);
    for pairs in space.pairs() {
        assert!(pairs.rows() >= SEALED_ROWS && pairs.sd() > 0.0);
        let least = 19 * (pairs.rows() - 1);
        assert!(pairs.distances().buckets().all(|b| b.count > least));
    }
}

#[test]
fn a_sealed_profile_is_read_back_and_sealed_once() {
    for rows in [0, 5, 19, 20, 39, 60, 400] {
        let sealed = Window::new(2, rows);
        let mut builder =
            ProfileBuilder::new(ProfileConfig::new().space("e", SpaceConfig::new(DIM)));
        let builder = builder.as_mut().unwrap();
        sealed.track(builder).unwrap();
        let sealed = builder.clone().freeze().seal().unwrap();
        let read = Profile::from_bytes(&sealed.to_bytes()).unwrap();
        assert!(read.config().is_sealed());
        assert_eq!(read, sealed, "{rows} rows");
        assert_eq!(read.seal().unwrap(), sealed);
        assert!(read.spaces()["e"].sealed().unwrap().components().is_some() == (rows >= 20));
    }
}

#[test]
fn a_sealed_profile_neither_learns_nor_merges_nor_shrinks() {
    let open = Window::new(1, 100).reference();
    let sealed = open.seal().unwrap();
    for error in [
        sealed.clone().merge(&sealed).unwrap_err(),
        open.clone().merge(&sealed).unwrap_err(),
        ProfileBuilder::new(sealed.config().clone()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Incompatible);
        assert!(error.to_string().contains("role sealed"), "{error}");
    }
    assert!(sealed.shrink(10, None).is_err());
    assert_ne!(sealed.config().merge_hash(), open.config().merge_hash());
}

#[test]
fn windows_without_a_change_stay_without_one() {
    let reference = Window::new(1, 600).reference();
    let target = Window::new(2, 500).like(&reference);
    let (a, b) = (reference.seal().unwrap(), target.seal().unwrap());
    for (a, b) in [(&a, &b), (&a, &target), (&reference, &b)] {
        let answer = compared(a, b);
        assert_ne!(answer.verdict, Verdict::Drift);
        assert!(answer.notes.iter().any(|note| note.code == "sealed"));
        let reason = |feature: &str| {
            let finding = answer
                .findings
                .iter()
                .find(|f| f.feature == feature)
                .unwrap();
            finding.reason.clone().unwrap()
        };
        for feature in ["discrepancy", "neighbours", "pairwise distance"] {
            assert!(reason(feature).starts_with("sealed"), "{feature}");
        }
        let tested = |feature: &str| {
            let mut found = answer.findings.iter().filter(|f| f.feature == feature);
            found.any(|f| f.scope == Scope::All && f.p_value.is_some())
        };
        for feature in [
            "directions",
            "own-centre distance",
            "cluster distance",
            "class shares",
        ] {
            assert!(tested(feature), "{feature}");
        }
        // Small classes of the open side are not new ones.
        assert!(
            answer
                .findings
                .iter()
                .all(|f| f.new_values.is_empty() && f.lost_values.is_empty())
        );
    }
    // Identical windows: nothing at all.
    assert_eq!(compared(&a, &a).verdict, Verdict::NoDrift);
}

#[test]
fn a_change_is_found_sealed_or_not() {
    let reference = Window::new(1, 600).reference();
    let moved = Window {
        moved: 0.4,
        ..Window::new(2, 500)
    };
    let target = moved.like(&reference);
    let (a, b) = (reference.seal().unwrap(), target.seal().unwrap());
    for (a, b) in [(&a, &b), (&a, &target), (&reference, &b)] {
        let answer = compared(a, b);
        assert_eq!(answer.verdict, Verdict::Drift);
        let space = answer.groups.iter().find(|g| g.name == "space e").unwrap();
        assert!(space.p_value.unwrap() < 1e-3);
        let score = answer
            .findings
            .iter()
            .find(|f| f.feature == "score")
            .unwrap();
        assert_eq!(score.verdict, Verdict::Drift);
    }
}

#[test]
fn a_target_can_be_profiled_like_a_sealed_reference() {
    let window = Window {
        small_classes: false,
        ..Window::new(1, 600)
    };
    let sealed = window.reference().seal().unwrap();
    let other = Window {
        small_classes: false,
        ..Window::new(2, 500)
    };
    let answer = compared(&sealed, &other.like(&sealed));
    let finding = answer
        .findings
        .iter()
        .find(|f| f.feature == "own-centre distance")
        .unwrap();
    assert!(finding.p_value.is_some());
    // Where centres had to go, distances are other ones.
    let sealed = Window::new(1, 600).reference().seal().unwrap();
    let answer = compared(&sealed, &other.like(&sealed));
    let finding = answer
        .findings
        .iter()
        .find(|f| f.feature == "own-centre distance")
        .unwrap();
    assert!(finding.reason.as_deref().unwrap().contains("one codebook"));
}
