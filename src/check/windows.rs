//! Rules about windows in the order of time.

use super::judge::{Judged, there_are};
use super::result::{Check, Measure};
use super::rules::SeriesRule;
use crate::compare::series::{Family, Role, Series};
use crate::sketch::Estimate;
use std::collections::BTreeSet;

pub(super) fn judge(rule: &SeriesRule, series: Option<&Series>) -> Judged {
    let nothing = |nothing: &str| Judged {
        checks: Vec::new(),
        nothing: nothing.into(),
    };
    let Some(series) = series else {
        return nothing("there are no windows to watch");
    };
    let mut windows = series.windows.iter();
    let Some(newest) = windows.rposition(|window| window.role == Role::Watched) else {
        return nothing("no window was watched");
    };
    match &rule.signal {
        None => families(rule, series, newest),
        Some(_) => signals(rule, series, newest),
    }
}

fn families(rule: &SeriesRule, series: &Series, newest: usize) -> Judged {
    let watched = series.windows[newest].families.iter().map(|f| f.family);
    let all: BTreeSet<Family> = watched
        .chain(series.episodes.iter().map(|e| e.family))
        .collect();
    let mut checks = Vec::new();
    for family in all
        .iter()
        .filter(|family| rule.family.matches(family.name()))
    {
        let of = || series.episodes.iter().filter(|e| e.family == *family);
        let open = of().filter(|episode| episode.end.is_none()).count();
        let demands = [
            (rule.max_episodes, Measure::Episodes, of().count()),
            (rule.max_open, Measure::OpenEpisodes, open),
        ];
        for (most, measure, count) in demands {
            if let Some(most) = most {
                let range = (None, Some(most as f64));
                let count = Estimate::exact(count as f64);
                checks.push(Check::number(family.name(), measure, range, count));
            }
        }
    }
    Judged {
        checks,
        nothing: format!(
            "no family is called {}; {}",
            rule.family.text(),
            there_are("family", all.iter().map(|family| family.name()))
        ),
    }
}

/// Signals at the newest watched window.
fn signals(rule: &SeriesRule, series: &Series, newest: usize) -> Judged {
    let mut checks = Vec::new();
    let named = series.signals.iter().filter(|signal| {
        let pattern = rule.signal.as_ref();
        pattern.is_some_and(|pattern| pattern.matches(&signal.name))
            && rule.family.matches(signal.family.name())
    });
    for signal in named {
        let Some(most) = rule.max_effect else {
            continue;
        };
        let measure = Measure::Effect {
            name: "distance from the reference".into(),
            unit: signal.unit.into(),
        };
        let range = (None, Some(most));
        let subject = format!("{} at {}", signal.name, series.windows[newest].name);
        checks.push(match signal.points.iter().find(|p| p.window == newest) {
            Some(point) if !point.effect.is_nan() => {
                Check::number(&subject, measure, range, Estimate::exact(point.effect))
            }
            _ => Check::not_applicable(
                &subject,
                measure,
                super::Demand::Range {
                    at_least: None,
                    at_most: Some(most),
                },
                "the newest window does not have it",
            ),
        });
    }
    let names = series.signals.iter().map(|signal| signal.name.as_str());
    Judged {
        checks,
        nothing: format!(
            "no signal is called {}; {}",
            rule.signal.as_ref().map_or("*", |pattern| pattern.text()),
            there_are("signal", names)
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;
    use crate::check::{Evidence, Rules};
    use crate::compare::series::{SeriesOptions, series};
    use crate::ingest::{Batch, Column};
    use crate::profile::{Profile, ProfileBuilder, ProfileConfig};

    const DAY: i64 = 86_400_000;

    /// Days of 50 records; from day 10 on it is dark.
    fn days(range: std::ops::Range<i64>) -> Profile {
        let records: Vec<(i64, i64)> = range
            .flat_map(|day| (0..50).map(move |i| (day, i)))
            .collect();
        let values = records.iter().map(|(day, i)| {
            ((i * 37 + day * 11) % 101) as f64 - if *day < 10 { 0.0 } else { 60.0 }
        });
        let times = records.iter().map(|(day, i)| day * DAY + i * 1_000_000);
        let batch = Batch::new(records.len())
            .times(times.collect::<Vec<_>>())
            .feature("brightness", Column::from(values.collect::<Vec<_>>()));
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    }

    fn told(watched: std::ops::Range<i64>, rule: &str) -> Vec<String> {
        let windows: Vec<Profile> = watched.map(|day| days(day..day + 1)).collect();
        let named: Vec<(&str, &Profile)> = windows.iter().map(|day| ("day", day)).collect();
        let answer = series(&days(0..6), &named, &SeriesOptions::default()).unwrap();
        lines(rule, &Evidence::of(&windows[0]).with_series(&answer))
    }

    #[test]
    fn an_episode_that_goes_on_fails() {
        let rule = "[[series]]\nfamily = \"inputs\"\nmax_episodes = 1\nmax_open = 0";
        assert_eq!(
            told(6..10, rule),
            [
                "inputs: Episodes 0..0 passed",
                "inputs: OpenEpisodes 0..0 passed"
            ]
        );
        assert_eq!(
            told(6..16, rule),
            [
                "inputs: Episodes 1..1 passed",
                "inputs: OpenEpisodes 1..1 failed"
            ]
        );
        assert_eq!(
            told(6..10, "[[series]]\nfamily = \"weather\"\nmax_open = 0"),
            ["no family is called weather; there is inputs"]
        );
    }

    #[test]
    fn a_signal_is_judged_at_the_newest_window() {
        let rule = "[[series]]\nsignal = \"bright*\"\nmax_effect = 1";
        let near = told(6..10, rule);
        assert!(
            near[0].starts_with("brightness at day: distance from the reference 0."),
            "{near:?}"
        );
        assert!(near[0].ends_with(" passed"));
        assert!(told(6..16, rule)[0].ends_with(" failed"));
    }

    #[test]
    fn rules_about_series_say_that_they_need_one() {
        let rules = "[[records]]\nmin_count = 1\n[[series]]\nmax_open = 0";
        assert_eq!(Rules::parse(rules).unwrap().needs_series(), Some(3));
        for (rule, said) in [
            ("[[series]]", "nothing is demanded"),
            ("[[series]]\nmax_effect = 1", "max_effect is about a signal"),
            ("[[series]]\nsignal = \"x\"\nmax_open = 1", "about families"),
            ("[[series]]\nsignal = \"x\"\nmax_effect = -1", "below 0"),
        ] {
            let error = Rules::parse(rule).unwrap_err().to_string();
            assert!(error.contains(said), "{rule}: {error}");
        }
    }
}
