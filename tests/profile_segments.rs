//! Sets by segment and windows of time: each part is the profile of its records
//! alone, together they are that of all, and the bytes depend on nothing else.

use driftsphere::ErrorKind;
use driftsphere::ingest::{Batch, Cell, Column};
use driftsphere::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, ProfileSet, Segment, SegmentedBuilder,
    SpaceConfig, WindowedBuilder, reference_config,
};
use ndarray::{Array2, Axis};

const DIM: usize = 4;
const ROWS: usize = 180;
const DAY: i64 = 86_400_000;

/// Made-up records; a camera may be missing, `blur` is known of camera 2 alone.
struct Records {
    vectors: Array2<f32>,
    cameras: Vec<String>,
    times: Vec<i64>,
}

impl Records {
    fn new() -> Self {
        let vectors = Array2::from_shape_fn((ROWS, DIM), |(i, j)| {
            ((i * (2 * j + 3)) as f32 * 0.618_034).fract() - 0.3
        });
        let camera = |i: usize| match i * 7 % 6 {
            0 => String::new(),
            camera => camera.to_string(),
        };
        Self {
            vectors,
            cameras: (0..ROWS).map(camera).collect(),
            times: (0..ROWS)
                .map(|i| (i * 37 % 100) as i64 * DAY / 20)
                .collect(),
        }
    }

    fn batch(&self, rows: &[usize]) -> Batch<'static> {
        let blur = |i: usize| match self.cameras[i] == "2" {
            true => Cell::Float(i as f64),
            false => Cell::Absent,
        };
        let all = Batch::new(ROWS)
            .ids(Column::from((0..ROWS as i64).collect::<Vec<_>>()))
            .labels(Column::from(
                (0..ROWS).map(|i| ["a", "b"][i % 2]).collect::<Vec<_>>(),
            ))
            .segments(Column::from(self.cameras.clone()))
            .times(self.times.clone())
            .feature("blur", Column::Mixed((0..ROWS).map(blur).collect()))
            .feature(
                "score",
                Column::from((0..ROWS).map(|i| i as f64 / 7.0).collect::<Vec<_>>()),
            )
            .space("e", self.vectors.view())
            .take(rows);
        all.unwrap()
    }
}

fn config() -> ProfileConfig {
    let config = ProfileConfig::new().space("e", SpaceConfig::new(DIM).sample_rows(20));
    let options = FitOptions {
        clusters: 3,
        ..FitOptions::default()
    };
    let records = Records::new();
    let all: Vec<usize> = (0..ROWS).collect();
    reference_config(config, options, |b| b.track_batch(&records.batch(&all))).unwrap()
}

fn one() -> ProfileBuilder {
    ProfileBuilder::new(config()).unwrap()
}

fn profile_of(records: &Records, rows: &[usize]) -> Profile {
    let mut builder = one();
    builder.track_batch(&records.batch(rows)).unwrap();
    builder.freeze()
}

/// The set of `rows`, in batches of `size`.
fn set_of(records: &Records, rows: &[usize], size: usize, most: usize) -> ProfileSet {
    let mut builder = SegmentedBuilder::new(one(), "camera")
        .max_segments(most)
        .unwrap();
    for rows in rows.chunks(size) {
        builder.track_batch(&records.batch(rows)).unwrap();
    }
    builder.freeze().unwrap()
}

#[test]
fn each_segment_is_the_profile_of_its_records_and_the_whole_that_of_all() {
    let (records, all) = (Records::new(), (0..ROWS).collect::<Vec<_>>());
    let set = set_of(&records, &all, 50, 8);
    assert_eq!(set.members().len(), 6);
    for (segment, profile) in set.members() {
        let value = match segment {
            Segment::Value(value) => value.as_str(),
            Segment::Null => "",
            Segment::Other => panic!("there is room for all"),
        };
        let rows = all.iter().copied().filter(|&i| records.cameras[i] == value);
        let alone = profile_of(&records, &rows.collect::<Vec<_>>());
        assert_eq!(profile.to_bytes(), alone.to_bytes(), "camera {value}");
        assert_eq!(profile.features().contains_key("blur"), value == "2");
    }
    assert_eq!(
        set.whole().unwrap().to_bytes(),
        profile_of(&records, &all).to_bytes()
    );
}

/// With room for all, for some and for one: order, batches and merges leave no
/// trace.
#[test]
fn a_sets_bytes_are_a_function_of_the_records() {
    let (records, all) = (Records::new(), (0..ROWS).collect::<Vec<_>>());
    let mixed: Vec<usize> = (0..ROWS).map(|i| i * 77 % ROWS).collect();
    for most in [8, 3, 1] {
        let set = set_of(&records, &all, ROWS, most);
        let bytes = set.to_bytes();
        let values = set
            .members()
            .keys()
            .filter(|s| matches!(s, Segment::Value(_)));
        assert_eq!(values.count(), most.min(5));
        assert_eq!(set.members().contains_key(&Segment::Other), most < 5);
        for size in [1, 13, 60] {
            assert_eq!(set_of(&records, &mixed, size, most).to_bytes(), bytes);
        }
        for cut in [0, 1, 90, ROWS] {
            let mut left = set_of(&records, &mixed[..cut], 40, most);
            let right = set_of(&records, &mixed[cut..], 40, most);
            left.merge(&right).unwrap();
            assert_eq!(left.to_bytes(), bytes, "{most} segments, cut at {cut}");
        }
        assert_eq!(ProfileSet::from_bytes(&bytes).unwrap(), set);
        assert_eq!(
            set.whole().unwrap().to_bytes(),
            profile_of(&records, &all).to_bytes()
        );
    }
}

#[test]
fn what_could_not_be_read_is_in_no_segment_and_in_the_whole() {
    let mut builder = SegmentedBuilder::new(one(), "camera");
    builder.skip("no embedding", 2);
    builder.fail("no JSON", 1);
    let set = builder.freeze().unwrap();
    assert!(set.members().is_empty());
    let set = ProfileSet::from_bytes(&set.to_bytes()).unwrap();
    assert_eq!(set.whole().unwrap().tally().total(), 3);
}

#[test]
fn sets_that_differ_do_not_merge_and_say_in_what() {
    let empty = |column: &str, most| {
        let builder = SegmentedBuilder::new(one(), column).max_segments(most);
        builder.unwrap().freeze().unwrap()
    };
    let mut set = empty("camera", 8);
    for (other, what) in [
        (empty("lens", 8), "camera and lens"),
        (empty("camera", 9), "8 and 9"),
    ] {
        let error = set.merge(&other).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Incompatible);
        assert!(error.to_string().contains(what), "{error}");
    }
    let other = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let other = SegmentedBuilder::new(other, "camera")
        .max_segments(8)
        .unwrap();
    let error = set.merge(&other.freeze().unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);
    assert!(
        SegmentedBuilder::new(one(), "camera")
            .max_segments(0)
            .is_err()
    );
    let batch = Batch::new(0);
    let error = SegmentedBuilder::new(one(), "camera")
        .track_batch(&batch)
        .unwrap_err();
    assert!(error.to_string().contains("no segments"), "{error}");
}

#[test]
fn members_are_named_and_a_wrong_name_lists_them() {
    let (records, all) = (Records::new(), (0..ROWS).collect::<Vec<_>>());
    let set = set_of(&records, &all, ROWS, 3);
    assert_eq!(
        set.member("camera=").unwrap(),
        &set.members()[&Segment::Null]
    );
    assert_eq!(
        set.member("other").unwrap(),
        &set.members()[&Segment::Other]
    );
    let error = set.member("camera=9").unwrap_err().to_string();
    assert!(error.contains("camera=, other"), "{error}");
    for segment in set.members().keys() {
        let address = segment.address("camera");
        assert_eq!(
            Segment::from_address(&address, "camera").as_ref(),
            Some(segment)
        );
    }
    assert_eq!(Segment::from_address("lens=1", "camera"), None);
}

#[test]
fn damaged_sets_are_refused() {
    let (records, all) = (Records::new(), (0..12).collect::<Vec<_>>());
    let set = set_of(&records, &all, 12, 4);
    let bytes = set.to_bytes();
    for n in (0..bytes.len()).step_by(97).chain(0..64) {
        assert!(ProfileSet::from_bytes(&bytes[..n]).is_err(), "cut at {n}");
        let mut flipped = bytes.clone();
        flipped[n] ^= 4;
        assert!(ProfileSet::from_bytes(&flipped).is_err(), "byte {n}");
    }
    let profile = profile_of(&records, &all).to_bytes();
    let error = ProfileSet::from_bytes(&profile).unwrap_err().to_string();
    assert!(
        error.contains("this is a profile, where a set of profiles is expected"),
        "{error}"
    );
    let error = Profile::from_bytes(&bytes).unwrap_err().to_string();
    assert!(error.contains("this is a set of profiles"), "{error}");
    assert!(ProfileSet::is_set(&bytes) && !ProfileSet::is_set(&profile));
    assert!(!ProfileSet::is_set(&bytes[..11]));
}

/// Sections whose checksums hold, in an order or number that does not.
#[test]
fn sections_out_of_place_are_refused() {
    let (records, all) = (Records::new(), (0..12).collect::<Vec<_>>());
    let bytes = set_of(&records, &all, 12, 8).to_bytes();
    let mut sections = Vec::new();
    let mut at = 16;
    while at < bytes.len() {
        let length = u64::from_le_bytes(bytes[at + 4..at + 12].try_into().unwrap()) as usize;
        sections.push(&bytes[at..at + 16 + length]);
        at += 16 + length;
    }
    let file = |sections: &[&[u8]]| {
        let mut file = bytes[..12].to_vec();
        file.extend((sections.len() as u32).to_le_bytes());
        sections
            .iter()
            .for_each(|section| file.extend_from_slice(section));
        file
    };
    assert_eq!(file(&sections), bytes);
    let mut swapped = sections.clone();
    swapped.swap(2, 3);
    let mut twice = sections.clone();
    twice.push(sections[sections.len() - 1]);
    let headless = sections[1..].to_vec();
    let restless = [&sections[..1], &sections[2..]].concat();
    for (wrong, what) in [
        (swapped, "out of order"),
        (twice, "out of order"),
        (headless, "SETS"),
        (restless, "REST"),
    ] {
        let error = ProfileSet::from_bytes(&file(&wrong)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format);
        assert!(error.to_string().contains(what), "{error}");
    }
}

#[test]
fn windows_are_the_profiles_of_their_records_and_merge_to_that_of_all() {
    let (records, all) = (Records::new(), (0..ROWS).collect::<Vec<_>>());
    let mut builder = WindowedBuilder::new(one(), "1d".parse().unwrap());
    for rows in all.chunks(41) {
        builder.track_batch(&records.batch(rows)).unwrap();
    }
    let windows = builder.freeze().unwrap().windows;
    assert_eq!(windows.len(), 5);
    let mut merged = one();
    for (&start, profile) in &windows {
        let rows = all.iter().copied();
        let rows = rows.filter(|&i| (start..start + DAY).contains(&records.times[i]));
        let alone = profile_of(&records, &rows.collect::<Vec<_>>());
        assert_eq!(profile.to_bytes(), alone.to_bytes());
        merged.merge(profile).unwrap();
    }
    assert_eq!(
        merged.freeze().to_bytes(),
        profile_of(&records, &all).to_bytes()
    );
}

#[test]
fn windows_of_sets_merge_to_the_set_of_all() {
    let (records, all) = (Records::new(), (0..ROWS).collect::<Vec<_>>());
    let sets = SegmentedBuilder::new(one(), "camera")
        .max_segments(3)
        .unwrap();
    let mut merged = sets.clone().freeze().unwrap();
    let mut builder = WindowedBuilder::new(sets, "2d".parse().unwrap());
    builder.track_batch(&records.batch(&all)).unwrap();
    let windows = builder.freeze().unwrap().windows;
    assert_eq!(windows.len(), 3);
    for set in windows.values() {
        merged.merge(set).unwrap();
    }
    assert_eq!(
        merged.to_bytes(),
        set_of(&records, &all, ROWS, 3).to_bytes()
    );
}

#[test]
fn times_far_off_are_counted_and_too_many_windows_refused() {
    let plain = || ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let mut builder = WindowedBuilder::new(plain(), "1s".parse().unwrap());
    builder
        .track_batch(&Batch::new(3).times(vec![i64::MIN, 5, i64::MAX]))
        .unwrap();
    let many: Vec<i64> = (1..1025).map(|second| second * 1000).collect();
    let error = builder
        .track_batch(&Batch::new(many.len()).times(many))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let error = builder.track_batch(&Batch::new(2)).unwrap_err();
    assert!(error.to_string().contains("no times"), "{error}");
    let windows = builder.freeze().unwrap();
    assert_eq!(windows.windows.keys().collect::<Vec<_>>(), [&0]);
    let skipped: Vec<_> = windows.tally.skipped().collect();
    assert_eq!(skipped, [("time outside of the years 1 to 9999", 2)]);
}

/// Rows are taken as copies of what they were.
#[test]
fn batches_give_rows_that_are_there() {
    let records = Records::new();
    let batch = records.batch(&[5, 3, 5]);
    let (_, vectors) = batch.spaces().next().unwrap();
    assert_eq!(vectors, records.vectors.select(Axis(0), &[5, 3, 5]));
    assert_eq!(batch.segment(1).as_deref(), Some("3"));
    assert!(batch.take(&[3]).is_err());
}
