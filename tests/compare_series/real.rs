//! Sixty real days: what changed on days 30 to 39 and on day 45.

use crate::support::{answer, sixty_days};
use driftsphere::compare::series::{EpisodeKind, Family, Role, Season, SeriesOptions};

#[test]
fn both_changes_are_found_and_named_and_weekends_do_not_alarm() {
    let answer = answer(&sixty_days(), 30, &SeriesOptions::default());
    assert_eq!(answer.windows.len(), 60);
    assert_eq!(answer.length, Some(86_400_000));
    assert_eq!(answer.season, Season::Weekend, "{}", answer.season_reason);
    let watched = answer
        .windows
        .iter()
        .filter(|w| w.role == Role::Watched)
        .count();
    assert_eq!((watched, answer.horizon), (30, 30));

    let first = &answer.episodes[0];
    assert!((27..=35).contains(&first.onset), "{:#?}", answer.episodes);
    assert!(
        first.alarm <= 36 && first.alarm >= 30,
        "{:#?}",
        answer.episodes
    );
    assert!(first.family != Family::ClassMix);
    assert!(
        first.meaning.contains("classes come as before"),
        "{}",
        first.meaning
    );
    // Of forty noisy records a day, six points a day: at least no step.
    assert!(
        first.kind != EpisodeKind::Abrupt && first.end.is_none(),
        "{first:#?}"
    );

    let mix: Vec<_> = answer
        .episodes
        .iter()
        .filter(|e| e.family == Family::ClassMix)
        .collect();
    assert_eq!(mix.len(), 1, "{:#?}", answer.episodes);
    assert!((44..=46).contains(&mix[0].onset), "{:#?}", mix[0]);
    assert!((45..=46).contains(&mix[0].alarm), "{:#?}", mix[0]);
    assert!(mix[0].meaning.starts_with("class mix"));
    assert_eq!((mix[0].kind, mix[0].end), (EpisodeKind::Abrupt, None));
}

#[test]
fn what_changed_shows_in_trends_and_change_points() {
    let answer = answer(&sixty_days(), 30, &SeriesOptions::default());
    let signal = |name: &str| answer.signals.iter().find(|s| s.name == name).unwrap();
    let label = signal("label");
    assert_eq!(label.family, Family::ClassMix);
    // Day 45; Pettitt's estimate of a change near the end is drawn to the middle.
    assert!(
        label
            .change_points
            .iter()
            .any(|c| (40..=47).contains(&c.at)),
        "{label:#?}"
    );
    let brightness = signal("brightness");
    let trend = brightness.trend.unwrap();
    assert!(trend.tau < -0.2 && trend.p_value < 0.01, "{trend:?}");
    // It falls from day 30 to day 40.
    let changes = &brightness.change_points;
    assert!(
        changes.iter().any(|c| (28..=40).contains(&c.at)),
        "{changes:?}"
    );
    // What each window says: the shares of a value that became another, and means.
    let last = label.points.last().unwrap();
    let value = last.change.value.as_deref();
    assert!(
        value.is_some() && last.change.window != last.change.reference,
        "{last:?}"
    );
    let darker = brightness.points.last().unwrap();
    assert_eq!(darker.change.value, None);
    assert!(
        darker.change.window < darker.change.reference && darker.level < 0.0,
        "{darker:?}"
    );
    // History has effects and no p-values.
    assert!(
        label.points[..30]
            .iter()
            .all(|point| point.p_value.is_none())
    );
    assert!(
        label.points[30..]
            .iter()
            .all(|point| point.p_value.is_some())
    );
}

/// Held against all days, weekends are less likely than against weekends.
#[test]
fn without_the_season_weekends_look_less_like_the_reference() {
    let p = |season: bool| {
        let options = SeriesOptions {
            season,
            ..SeriesOptions::default()
        };
        let answer = answer(&sixty_days(), 30, &options);
        // Days 33 and 34, 40 and 41 are weekends.
        let of = [33, 34, 40, 41].map(|day: usize| {
            let mut of = answer.windows[day].families.iter();
            of.find(|evidence| evidence.family == Family::ClassMix)
                .unwrap()
                .p_value
        });
        (answer.season, of.into_iter().map(f64::ln).sum::<f64>())
    };
    let (with, without) = (p(true), p(false));
    assert_eq!((with.0, without.0), (Season::Weekend, Season::None));
    assert!(without.1 < with.1 - 3.0, "{} {}", without.1, with.1);
}
