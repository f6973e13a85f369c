//! How often a series without a change alarms.

use crate::support::{DAY, MONDAY, Random, Record, answer, days, profile, sixty_days};
use driftsphere::compare::series::{SeriesOptions, series};
use driftsphere::profile::Profile;

/// Each day's 40 records drawn anew, without replacement, from the stable days of
/// its kind.
fn redrawn(stable: &[Record], seed: u64) -> Vec<Record> {
    let mut random = Random(seed);
    let weekend = |day: i64| day.rem_euclid(7) >= 5;
    let mut out = Vec::new();
    for day in 0..60 {
        let mut urn: Vec<&Record> = stable
            .iter()
            .filter(|record| weekend(record.day()) == weekend(day))
            .collect();
        for number in 0..40 {
            let drawn = urn.swap_remove(random.below(urn.len()));
            out.push(Record {
                id: format!("d{day:02}-{number:03}"),
                time: MONDAY + day * DAY + drawn.time.rem_euclid(DAY),
                ..drawn.clone()
            });
        }
    }
    out
}

/// At a stated rate of 5 %: in at most 8 % of 200 redraws, and not in none.
#[test]
fn series_without_a_change_alarm_at_the_stated_rate() {
    let records = sixty_days();
    let stable: Vec<Record> = records.into_iter().filter(|r| r.day() < 30).collect();
    let trusted = profile(&stable.iter().collect::<Vec<_>>());
    let redraws = 200;
    let alarms = (0..redraws).filter(|&seed| {
        let days = days(&redrawn(&stable, seed));
        let named: Vec<(&str, &Profile)> = days.iter().map(|(_, day)| ("day", day)).collect();
        let answer = series(&trusted, &named, &SeriesOptions::default()).unwrap();
        !answer.episodes.is_empty()
    });
    let alarms = alarms.count();
    assert!(alarms <= 16, "{alarms} of {redraws}");
}

/// The same where the reference is of other records than the windows, at 20 %: below
/// 20 % and three standard errors.
#[test]
fn a_larger_rate_is_kept_too() {
    let records = sixty_days();
    let stable: Vec<Record> = records.into_iter().filter(|r| r.day() < 30).collect();
    let options = SeriesOptions {
        alpha: 0.2,
        ..SeriesOptions::default()
    };
    let redraws = 100;
    let alarms = (0..redraws).filter(|&seed| {
        !answer(&redrawn(&stable, 1000 + seed), 30, &options)
            .episodes
            .is_empty()
    });
    let alarms = alarms.count();
    assert!(alarms <= 32, "{alarms} of {redraws}");
}
