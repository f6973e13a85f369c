//! New mix or new meaning, at several sizes: each is told when it alone was
//! changed, and both when both were.

mod random;

use driftsphere::compare::{CompareOptions, MixOrMeaning, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    FitOptions, ProfileBuilder, ProfileConfig, SpaceConfig, profile_reference,
};
use ndarray::Array2;
use random::{normal, uniform};

const DIM: usize = 64;

struct Window {
    seed: u64,
    rows: usize,
    classes: usize,
    /// How much more frequent the first half of the classes is than the others.
    weight: f64,
    /// Shift of every class along the first axis.
    shift: f64,
}

impl Window {
    fn feed(&self, builder: &mut ProfileBuilder) -> driftsphere::Result<()> {
        let (half, rest) = (self.classes / 2, self.classes - self.classes / 2);
        let heavy = self.weight * half as f64;
        let class_of = |i: usize| {
            let u = uniform(self.seed ^ 0xC1A5, i as u64) * (heavy + rest as f64);
            match u < heavy {
                true => ((u / self.weight) as usize).min(half - 1),
                false => half + ((u - heavy) as usize).min(rest - 1),
            }
        };
        let classes: Vec<usize> = (0..self.rows).map(class_of).collect();
        let vectors = Array2::from_shape_fn((self.rows, DIM), |(i, j)| {
            let centre = normal(77, (classes[i] * DIM + j) as u64);
            let shift = if j == 0 { self.shift } else { 0.0 };
            (centre + shift + 0.5 * normal(self.seed, (i * DIM + j) as u64)) as f32
        });
        let ids = (0..self.rows).map(|i| format!("{}/{i}", self.seed));
        let labels = classes.iter().map(|class| format!("class {class}"));
        builder.track_batch(
            &Batch::new(self.rows)
                .ids(Column::from(ids.collect::<Vec<_>>()))
                .labels(Column::from(labels.collect::<Vec<_>>()))
                .space("embedding", vectors.view()),
        )
    }
}

/// Rows of both windows and classes: few and many of each, and classes of which
/// most have a handful of rows.
const SIZES: [(usize, usize, usize); 4] = [
    (300, 150, 3),
    (2000, 700, 10),
    (500, 2000, 6),
    (500, 400, 40),
];

/// What the comparison says of a target in which the first half of the classes
/// became `weight` times as frequent, and every class moved by `shift`.
fn split(size: (usize, usize, usize), weight: f64, shift: f64) -> (Verdict, MixOrMeaning) {
    let (rows, target_rows, classes) = size;
    let window = |seed, rows, weight, shift| Window {
        seed,
        rows,
        classes,
        weight,
        shift,
    };
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(DIM));
    let calm = window(1, rows, 1.0, 0.0);
    let reference =
        profile_reference(config, FitOptions::default(), |builder| calm.feed(builder)).unwrap();
    let mut target = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    let changed = window(2, target_rows, weight, shift);
    changed.feed(&mut target).unwrap();
    let found = compare(&reference, &target.freeze(), &CompareOptions::default()).unwrap();
    (found.verdict, found.spaces[0].mix_or_meaning.unwrap())
}

#[test]
fn a_pure_mix_change_is_mix() {
    for size in SIZES {
        let (verdict, told) = split(size, 4.0, 0.0);
        assert_eq!(verdict, Verdict::Drift, "{size:?}");
        assert!(
            told.mix > 0.05 && told.mix > 2.0 * told.meaning,
            "{size:?} {told:?}"
        );
    }
}

#[test]
fn a_pure_meaning_change_is_meaning() {
    for size in SIZES {
        let (verdict, told) = split(size, 1.0, 3.0);
        assert_eq!(verdict, Verdict::Drift, "{size:?}");
        assert!(
            told.meaning > 0.1 && told.meaning > 2.0 * told.mix,
            "{size:?} {told:?}"
        );
    }
}

#[test]
fn both_are_told_when_both_changed() {
    for size in SIZES {
        let (_, mix) = split(size, 4.0, 0.0);
        let (_, meaning) = split(size, 1.0, 3.0);
        let (_, told) = split(size, 4.0, 3.0);
        assert!(told.mix > 0.5 * mix.mix, "{size:?} {told:?} {mix:?}");
        assert!(
            told.meaning > 0.5 * meaning.meaning,
            "{size:?} {told:?} {meaning:?}"
        );
    }
}

/// Classes of one row have no spread of their own that would tell how much of a
/// move is chance.
#[test]
fn without_a_change_neither_grows_with_the_number_of_classes() {
    for size in [(300, 150, 3), (500, 400, 40), (400, 400, 200)] {
        let (verdict, told) = split(size, 1.0, 0.0);
        assert_ne!(verdict, Verdict::Drift, "{size:?}");
        assert!(told.mix < 0.1 && told.meaning < 0.02, "{size:?} {told:?}");
    }
}
