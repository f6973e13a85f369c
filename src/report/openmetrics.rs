//! An answer for a monitoring system: OpenMetrics text.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::openmetrics_labels::OpenMetricsLabels;
use crate::compare::series::{Role, Series};
use crate::compare::{Comparison, Effect, Finding, Verdict, WindowSummary};

/// A comparison as OpenMetrics text (1.0.0), which Prometheus reads, of a file by the textfile
/// collector of its node exporter.
///
/// All metrics are gauges, and all samples have `labels` beside those below. Names and labels are stable: a later version adds some, and changes
/// none. Names of windows are no labels, so that the series of one question go on from window to
/// window.
///
/// | metric | labels | value |
/// | --- | --- | --- |
/// | `driftsphere_build_info` | `version` | 1 |
/// | `driftsphere_verdict` | `verdict`: each of the five | 1 for the one that holds, else 0 |
/// | `driftsphere_records` | `window`: `reference`, `target` | records |
/// | `driftsphere_unused_records` | `window`, `reason` | records that were not used |
/// | `driftsphere_window_end_timestamp_seconds` | `window` | time of its last record, where it has times |
/// | `driftsphere_finding_drift` | `group`, `feature`, `scope`, `statistic` | 1 where the finding is drift, else 0 |
/// | `driftsphere_finding_p_adjusted` | the same | p-value, corrected for all that was tested |
/// | `driftsphere_finding_effect` | the same, and `effect`, `unit` | size of the change, in its unit |
/// | `driftsphere_finding_effect_threshold` | the same | the size from which on a change matters |
///
/// Findings that were not tested, and numbers that are not finite, are left out.
///
/// ```
/// use driftsphere::compare::{CompareOptions, compare};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
/// use driftsphere::report::{OpenMetricsLabels, openmetrics};
///
/// let empty = ProfileBuilder::new(ProfileConfig::new())?.freeze();
/// let answer = compare(&empty, &empty, &CompareOptions::default())?;
/// let text = openmetrics(&answer, &OpenMetricsLabels::default().with("camera", "north")?);
/// assert!(text.contains("driftsphere_verdict{camera=\"north\",verdict=\"drift\"} 0.0\n"));
/// assert!(text.ends_with("# EOF\n"));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[must_use]
pub fn openmetrics(comparison: &Comparison, labels: &OpenMetricsLabels) -> String {
    let mut families = Families::new();
    let verdict = families.add("verdict", "The verdict that holds has the value 1");
    for each in [
        Verdict::Drift,
        Verdict::PossibleDrift,
        Verdict::NotEnoughData,
        Verdict::NoDrift,
        Verdict::NotTested,
    ] {
        let holds = f64::from(each == comparison.verdict);
        verdict.put(vec![("verdict", each.name().into())], holds);
    }
    windows(&mut families, comparison);
    findings(&mut families, comparison);
    families.into_text(labels)
}

/// A series as OpenMetrics text, with the promises of [`openmetrics`]: where things stand at
/// its newest watched window.
///
/// | metric | labels | value |
/// | --- | --- | --- |
/// | `driftsphere_build_info` | `version` | 1 |
/// | `driftsphere_series_windows` | `role`: `history`, `watched`, `small`, `empty`, `missing` | windows |
/// | `driftsphere_series_newest_window_timestamp_seconds` | | when the newest watched window begins |
/// | `driftsphere_series_alarm` | `family` | 1 while an episode goes on, else 0 |
/// | `driftsphere_series_episodes` | `family` | episodes so far |
/// | `driftsphere_series_p_value` | `family` | of the newest watched window |
/// | `driftsphere_series_evidence` | `family` | of it and the windows before |
/// | `driftsphere_series_effect` | `family`, `signal`, `unit` | distance of the newest watched window from the reference |
/// | `driftsphere_series_effect_threshold` | the same | the distance that matters |
#[must_use]
pub fn series_openmetrics(series: &Series, labels: &OpenMetricsLabels) -> String {
    let mut families = Families::new();
    let roles = families.add("series_windows", "Windows by what they are to the question");
    for role in [
        Role::History,
        Role::Watched,
        Role::Small,
        Role::Empty,
        Role::Missing,
    ] {
        let windows = series.windows.iter().filter(|window| window.role == role);
        roles.put(vec![("role", role.name().into())], windows.count() as f64);
    }
    let newest = series
        .windows
        .iter()
        .rposition(|window| window.role == Role::Watched);
    if let Some(newest) = newest {
        standing(&mut families, series, newest);
    }
    families.into_text(labels)
}

fn windows(families: &mut Families, comparison: &Comparison) {
    let sides: [(&str, &WindowSummary); 2] = [
        ("reference", &comparison.reference),
        ("target", &comparison.target),
    ];
    let label = |name: &str| vec![("window", name.to_owned())];
    let records = families.add("records", "Records of a window");
    for (name, window) in sides {
        records.put(label(name), window.records as f64);
    }
    let unused = families.add("unused_records", "Records that were not used, by reason");
    for (name, window) in sides {
        for (reason, count) in &window.not_used {
            let mut labels = label(name);
            labels.push(("reason", reason.clone()));
            unused.put(labels, *count as f64);
        }
    }
    let ends = families.add("window_end_timestamp_seconds", "Time of the last record");
    for (name, window) in sides {
        if let Some((_, end)) = window.times {
            ends.put(label(name), end as f64 / 1000.0);
        }
    }
}

fn findings(families: &mut Families, comparison: &Comparison) {
    let tested = || {
        let findings = comparison.findings.iter();
        findings.filter(|finding| finding.verdict != Verdict::NotTested)
    };
    let drift = families.add("finding_drift", "Whether a finding is drift");
    for finding in tested() {
        let is_drift = f64::from(finding.verdict == Verdict::Drift);
        drift.put(labels(finding), is_drift);
    }
    let adjusted = families.add(
        "finding_p_adjusted",
        "P-value, corrected for all that was tested",
    );
    for finding in tested() {
        if let Some(p) = finding.p_adjusted {
            adjusted.put(labels(finding), p);
        }
    }
    let effect = families.add("finding_effect", "Size of the change, in its unit");
    for (labels, each) in tested().filter_map(effect_of) {
        effect.put(labels, each.value);
    }
    let threshold = families.add(
        "finding_effect_threshold",
        "The size from which on a change matters",
    );
    for (labels, each) in tested().filter_map(effect_of) {
        threshold.put(labels, each.threshold);
    }
}

fn labels(finding: &Finding) -> Labels {
    vec![
        ("group", finding.group.clone()),
        ("feature", finding.feature.clone()),
        ("scope", finding.scope.to_string()),
        ("statistic", finding.statistic.clone()),
    ]
}

fn effect_of(finding: &Finding) -> Option<(Labels, &Effect)> {
    let effect = finding.effect.as_ref()?;
    let mut labels = labels(finding);
    labels.push(("effect", effect.name.clone()));
    labels.push(("unit", effect.unit.clone()));
    Some((labels, effect))
}

/// How things stand at a window.
fn standing(families: &mut Families, series: &Series, newest: usize) {
    let window = &series.windows[newest];
    if let Some(start) = window.start {
        families
            .add(
                "series_newest_window_timestamp_seconds",
                "When the newest watched window begins",
            )
            .put(Vec::new(), start as f64 / 1000.0);
    }
    let label = |name: &str| vec![("family", name.to_owned())];
    let alarm = families.add("series_alarm", "1 while an episode goes on");
    for each in &window.families {
        let mut episodes = series.episodes.iter().filter(|e| e.family == each.family);
        let goes_on = episodes.any(|episode| episode.end.is_none());
        alarm.put(label(each.family.name()), f64::from(goes_on));
    }
    let episodes = families.add("series_episodes", "Episodes so far");
    for each in &window.families {
        let of = series.episodes.iter().filter(|e| e.family == each.family);
        episodes.put(label(each.family.name()), of.count() as f64);
    }
    let p = families.add("series_p_value", "P-value of the newest watched window");
    for each in &window.families {
        p.put(label(each.family.name()), each.p_value);
    }
    let evidence = families.add("series_evidence", "Evidence of all windows so far");
    for each in &window.families {
        evidence.put(label(each.family.name()), each.evidence);
    }
    let points = || {
        series.signals.iter().filter_map(|signal| {
            let point = signal.points.iter().find(|point| point.window == newest)?;
            let mut labels = label(signal.family.name());
            labels.push(("signal", signal.name.clone()));
            labels.push(("unit", signal.unit.to_owned()));
            Some((labels, point.effect, signal.threshold))
        })
    };
    let effect = families.add("series_effect", "Distance from the reference");
    for (labels, value, _) in points() {
        effect.put(labels, value);
    }
    let threshold = families.add("series_effect_threshold", "The distance that matters");
    for (labels, _, value) in points() {
        threshold.put(labels, value);
    }
}

type Labels = Vec<(&'static str, String)>;

/// One metric and its samples.
#[derive(Debug)]
struct Family {
    name: &'static str,
    help: &'static str,
    samples: Vec<(Labels, f64)>,
    /// A set of labels may come once only.
    seen: BTreeSet<Labels>,
}

impl Family {
    fn put(&mut self, labels: Labels, value: f64) {
        if value.is_finite() && self.seen.insert(labels.clone()) {
            self.samples.push((labels, value));
        }
    }
}

/// All metrics, in the order in which they are written. (The registry's own families
/// keep samples in the order of a hash map: two runs would write different files.)
#[derive(Debug)]
struct Families(Vec<Family>);

impl Families {
    fn new() -> Self {
        let mut families = Self(Vec::new());
        let version = env!("CARGO_PKG_VERSION").to_owned();
        families
            .add("build_info", "The program that wrote this")
            .put(vec![("version", version)], 1.0);
        families
    }

    fn add(&mut self, name: &'static str, help: &'static str) -> &mut Family {
        self.0.push(Family {
            name,
            help,
            samples: Vec::new(),
            seen: BTreeSet::new(),
        });
        self.0.last_mut().expect("one was added")
    }

    fn into_text(self, labels: &OpenMetricsLabels) -> String {
        let owned = |(key, value): &(String, String)| -> (Cow<'static, str>, Cow<'static, str>) {
            (key.clone().into(), value.clone().into())
        };
        let mut registry =
            Registry::with_prefix_and_labels("driftsphere", labels.iter().map(owned));
        registry.register_collector(Box::new(self));
        let mut out = String::new();
        text::encode(&mut out, &registry).expect("text has room for text");
        out
    }
}

impl Collector for Families {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        for family in self.0.iter().filter(|family| !family.samples.is_empty()) {
            let mut metric =
                encoder.encode_descriptor(family.name, family.help, None, MetricType::Gauge)?;
            for (labels, value) in &family.samples {
                metric.encode_family(labels)?.encode_gauge(value)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{fixtures, series_tests};

    fn none() -> OpenMetricsLabels {
        OpenMetricsLabels::default()
    }

    /// The metrics and labels of all samples.
    fn samples(text: &str) -> BTreeSet<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let of = |line: &str| line.rsplit_once(' ').unwrap().0.to_owned();
        lines.map(of).collect()
    }

    #[test]
    fn two_answers_with_a_label_of_their_own_share_no_sample() {
        let hostile = "a\"b\\c\nd";
        let of = |camera: &str| none().with("camera", camera).unwrap();
        for write in [
            |labels: &OpenMetricsLabels| openmetrics(&fixtures::drift(), labels),
            |labels: &OpenMetricsLabels| series_openmetrics(&series_tests::answer(), labels),
        ] {
            let (north, south) = (samples(&write(&of("north"))), samples(&write(&of(hostile))));
            assert!(north.len() > 10 && north.len() == south.len());
            assert!(north.is_disjoint(&south));
            assert!(
                north
                    .iter()
                    .all(|sample| sample.contains(r#"{camera="north""#))
            );
            assert!(
                south
                    .iter()
                    .all(|sample| sample.contains(r#"{camera="a\"b\\c\nd""#))
            );
        }
    }

    #[test]
    fn no_sample_has_a_label_that_may_be_chosen() {
        let written = [
            openmetrics(&fixtures::drift(), &none()),
            series_openmetrics(&series_tests::answer(), &none()),
        ];
        for sample in written.iter().flat_map(|text| samples(text)) {
            let Some((_, labels)) = sample.split_once('{') else {
                continue;
            };
            for part in labels.split("=\"").filter(|part| !part.ends_with('}')) {
                let key = part.rsplit([',', '"']).next().unwrap();
                assert!(none().with(key, "x").is_err(), "{key} in {sample}");
            }
        }
    }

    #[test]
    fn names_of_any_text_are_labels_and_come_once() {
        let mut comparison = fixtures::drift();
        let hostile = "a\"b\\c\nd\u{202e}";
        comparison.findings[0].feature = hostile.into();
        let again = comparison.findings[0].clone();
        comparison.findings.push(again);
        comparison.findings[0].p_adjusted = Some(f64::NAN);
        let text = openmetrics(&comparison, &none());
        let of = |metric: &str| {
            let lines = text.lines();
            lines
                .filter(|line| line.starts_with(&format!("{metric}{{")))
                .filter(|line| line.contains(r#"feature="a\"b\\c\nd"#))
                .count()
        };
        assert_eq!(of("driftsphere_finding_drift"), 1);
        // The first has no number; the second has.
        assert_eq!(of("driftsphere_finding_p_adjusted"), 1);
        assert!(text.lines().all(|line| !line.contains("NaN")));
        assert_eq!(text, openmetrics(&comparison, &none()));
    }

    #[test]
    fn each_metric_is_described_once_before_its_samples() {
        let text = openmetrics(&fixtures::drift(), &none());
        let mut described = BTreeSet::new();
        let mut current = String::new();
        for line in text.lines().filter(|line| *line != "# EOF") {
            match line.strip_prefix("# TYPE ") {
                Some(of) => {
                    assert!(of.ends_with(" gauge"), "{line}");
                    current = of.trim_end_matches(" gauge").to_owned();
                    assert!(described.insert(current.clone()), "{line}");
                }
                None if line.starts_with('#') => {}
                None => assert!(line.starts_with(&format!("{current}{{")), "{line}"),
            }
        }
        for name in ["verdict", "records", "finding_drift", "finding_effect"] {
            assert!(described.contains(&format!("driftsphere_{name}")), "{name}");
        }
        assert!(text.contains("driftsphere_verdict{verdict=\"drift\"} 1.0\n"));
    }
}
