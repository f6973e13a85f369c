//! The page of a series.

use super::{assert_harmless, assert_links_lead_somewhere};
use crate::compare::series::{Role, SeriesWindow, Signal, SignalPoint};
use crate::report::html::series;
use crate::report::series_tests;

#[test]
fn a_series_is_drawn_with_its_episodes_and_alarms() {
    let answer = series_tests::answer();
    let page = series(&answer, &series_tests::reference());
    assert_harmless(&page);
    assert!(page.contains("class=\"episode\"") && page.contains("class=\"alarm\""));
    let dots = page.matches("class=\"dot target small\"").count();
    let points: usize = answer
        .signals
        .iter()
        .map(|signal| signal.points.len())
        .sum();
    assert_eq!(dots, points);
}

#[test]
fn each_window_of_a_series_opens_with_what_it_says() {
    let answer = series_tests::answer();
    let page = series(&answer, &series_tests::reference());
    assert!(assert_links_lead_somewhere(&page) > 10);
    let alarm = answer
        .windows
        .iter()
        .position(|w| w.families.iter().any(|of| of.alarm));
    let alarm = alarm.unwrap();
    // By keyboard one link leads there: the alarm's, not every dot's.
    let link = format!("<a href=\"#w{alarm}\" aria-label=\"");
    assert_eq!(page.matches(&link).count(), 1);
    let card = |at: usize| {
        let (before, after) = page.split_once(&format!("id=\"w{at}\"")).unwrap();
        let summary = before.rsplit_once("<summary>").unwrap().1;
        [summary, after.split_once("</details>").unwrap().0].concat()
    };
    let told = card(alarm);
    let point = answer.signals[0].points.iter().find(|p| p.window == alarm);
    let change = &point.unwrap().change;
    let number = crate::report::number::number;
    let said = format!(
        "mean {} → {}",
        number(change.reference),
        number(change.window)
    );
    for part in [
        "alarm",
        &said,
        "&#60;dark&#62;",
        "Episode of inputs",
        "goes on",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let calm = answer
        .windows
        .iter()
        .position(|w| w.role == Role::Watched)
        .unwrap();
    assert!(card(calm).contains("part of no episode"));
}

#[test]
fn a_series_of_a_thousand_windows_stays_small() {
    let short = series_tests::answer();
    let mut answer = short.clone();
    let watched = short
        .windows
        .iter()
        .position(|w| w.role == Role::Watched)
        .unwrap();
    answer.windows = (0..1000)
        .map(|day| SeriesWindow {
            start: Some(day * 86_400_000),
            ..short.windows[watched].clone()
        })
        .collect();
    let point = &short.signals[0].points[0];
    let signal = |i: usize| Signal {
        name: format!("a feature of some length, number {i}"),
        points: (0..1000)
            .map(|window| SignalPoint {
                window,
                p_value: Some(0.01),
                effect: (window * i % 97) as f64,
                ..point.clone()
            })
            .collect(),
        ..short.signals[0].clone()
    };
    answer.signals = (0..200).map(signal).collect();
    // Every third window alarms.
    for window in answer.windows.iter_mut().step_by(3) {
        window.families[0].alarm = true;
    }
    let page = series(&answer, &series_tests::reference());
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    let (full, rows) = (
        page.matches("<div class=\"body whole\"").count(),
        page.matches("<tr><td>").count(),
    );
    assert_eq!(full, 300);
    assert!(rows >= 1000, "{rows}");
    assert!(page.contains("300 windows are told in full"));
    assert_links_lead_somewhere(&page);
}
