//! Records of days, made up and real.

use driftsphere::compare::series::{Series, SeriesOptions, series};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};

pub(crate) const DAY: i64 = 86_400_000;
/// 2025-03-03, a Monday.
pub(crate) const MONDAY: i64 = 20_150 * DAY;
const NUMBERS: [&str; 5] = ["score", "margin", "entropy", "energy", "brightness"];

/// One record.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) time: i64,
    pub(crate) label: String,
    pub(crate) numbers: [f64; 5],
}

impl Record {
    pub(crate) fn day(&self) -> i64 {
        (self.time - MONDAY).div_euclid(DAY)
    }
}

/// The real series.
pub(crate) fn sixty_days() -> Vec<Record> {
    let text = include_str!("../../examples/data/sixty_days.csv");
    let record = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        // d07-012 is a record of day 7; 2025-03-10T09:49:46Z its time.
        let day: i64 = cells[0][1..3].parse().unwrap();
        let clock: Vec<i64> = cells[1][11..19]
            .split(':')
            .map(|part| part.parse().unwrap())
            .collect();
        let seconds = clock[0] * 3600 + clock[1] * 60 + clock[2];
        Record {
            id: cells[0].into(),
            time: MONDAY + day * DAY + seconds * 1000,
            label: cells[2].into(),
            numbers: std::array::from_fn(|at| cells[3 + at].parse().unwrap()),
        }
    };
    text.lines().skip(1).map(record).collect()
}

pub(crate) fn profile(records: &[&Record]) -> Profile {
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let mut batch = Batch::new(records.len())
        .ids(Column::from(
            records.iter().map(|r| r.id.clone()).collect::<Vec<_>>(),
        ))
        .times(records.iter().map(|r| r.time).collect::<Vec<_>>())
        .labels(Column::from(
            records.iter().map(|r| r.label.clone()).collect::<Vec<_>>(),
        ));
    for (at, name) in NUMBERS.iter().enumerate() {
        let values: Vec<f64> = records.iter().map(|r| r.numbers[at]).collect();
        batch = batch.feature(*name, Column::from(values));
    }
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

/// The profile of each day.
pub(crate) fn days(records: &[Record]) -> Vec<(i64, Profile)> {
    let mut all: Vec<i64> = records.iter().map(Record::day).collect();
    all.sort_unstable();
    all.dedup();
    let of = |day: i64| {
        let own: Vec<&Record> = records
            .iter()
            .filter(|record| record.day() == day)
            .collect();
        (day, profile(&own))
    };
    all.into_iter().map(of).collect()
}

/// The first `reference` days against all.
pub(crate) fn answer(records: &[Record], reference: i64, options: &SeriesOptions) -> Series {
    let trusted: Vec<&Record> = records.iter().filter(|r| r.day() < reference).collect();
    let days = days(records);
    let named: Vec<(&str, &Profile)> = days.iter().map(|(_, day)| ("day", day)).collect();
    series(&profile(&trusted), &named, options).unwrap()
}

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}
