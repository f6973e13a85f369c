//! Why: input features that go along with what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::profile::Profile;
use crate::sketch::SampleRow;

use super::explanation::{Association, Explanation};
use super::extremes::{samples, value};
use super::finding::{Finding, Group, Scope, Verdict};
use super::options::CompareOptions;
use super::outputs::is_output;
use super::space::{group_of, of_a_space};
use super::stats::{RankCorrelation, holm, rank_correlation, within_strata};
use super::tails::without_tail;
use super::view::{View, one_a_record};

/// Fewest independent records of both windows together, and of each.
const FEWEST: usize = 30;
const FEWEST_A_SIDE: usize = 10;
/// Weaker correlations explain nothing worth naming (Cohen 1988: 0.1 is small).
const SMALLEST: f64 = 0.1;
/// Level of the question which way something moved among the sampled records.
const LEVEL: f64 = 0.05;
/// Features listed.
const LISTED: usize = 10;

const OWN: &str = "own-centre distance";
const CLUSTER: &str = "cluster distance";
const NOVEL: &str = "novel share";

/// A record that has an outcome.
struct Record {
    row: Arc<SampleRow>,
    is_target: bool,
    outcome: f64,
}

/// What is to be explained.
struct Outcome<'a> {
    group: &'a str,
    name: &'a str,
    records: Vec<Record>,
}

/// Looks for input features that go along with each outcome that changed:
/// distances to centres in spaces that drifted, and outputs. See
/// [`Comparison::why`](super::Comparison::why) for the rule.
pub(crate) fn explain(
    reference: &Profile,
    target: &Profile,
    views: &BTreeMap<String, View>,
    (groups, findings): (&[Group], &[Finding]),
    options: &CompareOptions,
) -> Vec<Explanation> {
    let moved = Moved { groups, findings };
    let inputs: BTreeSet<&str> = reference
        .features()
        .keys()
        .map(String::as_str)
        .filter(|name| has_numbers(name, reference, target))
        .filter(|name| !is_output(name, &options.outputs))
        .filter(|name| !is_angle(name, reference, target))
        .collect();
    let mut out = Vec::new();
    if inputs.is_empty() {
        return out; // nobody asked
    }
    for (space, view) in views {
        let group = group_of(space);
        if !moved.group(&group) {
            continue;
        }
        let samples = (
            reference.spaces()[space].sample(),
            target.spaces()[space].sample(),
        );
        let distances: Vec<&str> = [OWN, CLUSTER]
            .into_iter()
            .filter(|name| {
                moved.feature(&group, name) || *name == CLUSTER && moved.feature(&group, NOVEL)
            })
            .collect();
        if distances.is_empty() {
            let moved = findings.iter().any(|f| f.group == group && has_moved(f));
            out.extend(moved.then(|| no_farther(&group)));
            continue;
        }
        let readings = view.readings(samples, reference.config().seed);
        for name in distances {
            let records = readings.iter().filter_map(|(row, is_target, reading)| {
                let outcome = match name {
                    OWN => reading.own_class,
                    _ => reading.cluster.map(|(_, distance)| distance),
                }?;
                Some(Record {
                    row: Arc::clone(row),
                    is_target: *is_target,
                    outcome,
                })
            });
            let outcome = Outcome {
                group: &group,
                name,
                records: records.collect(),
            };
            out.push(outcome.explained(&inputs, &moved, options));
        }
    }
    let outputs = findings.iter().filter(|f| {
        f.scope == Scope::All
            && f.verdict >= Verdict::PossibleDrift
            && is_output(&f.feature, &options.outputs)
            && moved.group(&f.group)
    });
    for finding in outputs {
        if !has_numbers(&finding.feature, reference, target) {
            continue;
        }
        let outcome = Outcome {
            group: &finding.group,
            name: &finding.feature,
            records: with_output(reference, target, &finding.feature),
        };
        out.push(outcome.explained(&inputs, &moved, options));
    }
    out
}

fn has_numbers(name: &str, reference: &Profile, target: &Profile) -> bool {
    [reference, target].iter().all(|p| {
        let feature = p.features().get(name);
        feature.is_some_and(|f| f.numbers().count() > 0)
    })
}

/// An angle has neither a high nor a low end.
fn is_angle(name: &str, reference: &Profile, target: &Profile) -> bool {
    [reference, target]
        .iter()
        .any(|p| p.config().angles.contains_key(name))
}

/// What the comparison found.
struct Moved<'a> {
    groups: &'a [Group],
    findings: &'a [Finding],
}

impl Moved<'_> {
    fn group(&self, name: &str) -> bool {
        let mut groups = self.groups.iter();
        groups.any(|g| g.name == name && g.verdict >= Verdict::PossibleDrift)
    }

    fn feature(&self, group: &str, name: &str) -> bool {
        self.findings
            .iter()
            .any(|f| f.group == group && f.feature == name && f.scope == Scope::All && has_moved(f))
    }

    /// Inputs that moved as a whole or in a tail.
    fn inputs(&self) -> BTreeSet<&str> {
        let of_records = self.findings.iter().filter(|f| !of_a_space(&f.group));
        let moved = of_records.filter(|f| has_moved(f));
        moved.map(|f| without_tail(&f.feature)).collect()
    }
}

fn has_moved(finding: &Finding) -> bool {
    finding.verdict >= Verdict::PossibleDrift
}

/// Sampled records with a value of `output`: of the largest sample that both
/// windows have, as those of several spaces are the same records.
fn with_output(reference: &Profile, target: &Profile, output: &str) -> Vec<Record> {
    let of_side = |sample, is_target| {
        one_a_record(sample).filter_map(move |(_, row)| {
            Some(Record {
                row: Arc::clone(row),
                is_target,
                outcome: value(row, output)?,
            })
        })
    };
    let both = samples(reference, target).map(|(a, b)| {
        of_side(a, false)
            .chain(of_side(b, true))
            .collect::<Vec<_>>()
    });
    // The first of the largest.
    both.reduce(|best, records| {
        if records.len() > best.len() {
            records
        } else {
            best
        }
    })
    .unwrap_or_default()
}

fn no_farther(group: &str) -> Explanation {
    Explanation {
        group: group.to_owned(),
        outcome: "distance to centres".into(),
        rose: None,
        records: 0,
        inputs: 0,
        changed: 0,
        features: Vec::new(),
        associated: 0,
        sentence: format!(
            "{group} changed, but its records lie neither farther from the centres nor nearer \
             to them: there is no novelty that an input feature could explain"
        ),
    }
}

/// Values of a feature and of the outcome, of the records that have both.
#[derive(Default)]
struct Columns {
    x: Vec<f64>,
    y: Vec<f64>,
    side: Vec<f64>,
    groups: BTreeSet<u64>,
    ungrouped: usize,
}

impl Columns {
    fn push(&mut self, x: f64, record: &Record) {
        self.x.push(x);
        self.y.push(record.outcome);
        self.side.push(f64::from(u8::from(record.is_target)));
        match record.row.group {
            Some(group) => {
                self.groups.insert(group);
            }
            None => self.ungrouped += 1,
        }
    }

    /// Records of one video or patient say as much as one.
    fn independent(&self) -> usize {
        self.groups.len() + self.ungrouped
    }

    fn correlation(&self) -> Option<RankCorrelation> {
        rank_correlation(&self.x, &self.y, self.independent())
    }

    /// Which way the first column moved between the windows, if it shows.
    fn rose(&self) -> Option<bool> {
        let shift = rank_correlation(&self.x, &self.side, self.independent())?;
        (shift.p_value < LEVEL).then_some(shift.value > 0.0)
    }
}

impl Outcome<'_> {
    fn columns(&self, x: impl Fn(&Record) -> Option<f64>) -> [Columns; 3] {
        let mut columns = [Columns::default(), Columns::default(), Columns::default()];
        for record in &self.records {
            if let Some(x) = x(record) {
                columns[usize::from(record.is_target)].push(x, record);
                columns[2].push(x, record);
            }
        }
        columns
    }

    fn explained(
        &self,
        inputs: &BTreeSet<&str>,
        moved: &Moved<'_>,
        options: &CompareOptions,
    ) -> Explanation {
        let rose = self.columns(|record| Some(record.outcome))[2].rose();
        let moved = moved.inputs();
        let (mut known, mut changed, mut candidates) = (0, 0, Vec::new());
        for &input in inputs {
            let [first, second, both] = self.columns(|record| value(&record.row, input));
            let sides = first.independent().min(second.independent());
            if both.independent() < FEWEST || sides < FEWEST_A_SIDE {
                continue;
            }
            known += 1;
            if !moved.contains(input) {
                continue;
            }
            changed += 1;
            if let (Some(found), Some(input_rose)) = (both.correlation(), both.rose()) {
                let strata: Vec<_> = [first, second]
                    .iter()
                    .filter_map(Columns::correlation)
                    .collect();
                candidates.push((input, input_rose, found, within_strata(&strata)));
            }
        }
        let overall: Vec<f64> = candidates.iter().map(|c| c.2.p_value).collect();
        let within = candidates.iter().map(|c| c.3.map_or(1.0, |w| w.p_value));
        let within: Vec<f64> = within.collect();
        let adjusted = holm(&overall).into_iter().zip(holm(&within));
        let mut features: Vec<Association> = candidates
            .into_iter()
            .zip(adjusted)
            .filter(|((_, input_rose, found, _), (p_adjusted, _))| {
                // Where the input rose and goes along with more of the outcome, the
                // outcome must have risen: otherwise the input hides the change.
                let expected = (found.value > 0.0) == *input_rose;
                *p_adjusted < options.alpha
                    && found.value.abs() >= SMALLEST
                    && rose == Some(expected)
            })
            .map(
                |((input, rose, found, within), (p_adjusted, p_within))| Association {
                    feature: input.to_owned(),
                    rose,
                    correlation: found.value,
                    interval: found.interval,
                    p_value: found.p_value,
                    p_adjusted,
                    n: found.n as u64,
                    within: within.map(|w| (w.value, w.interval)),
                    also_within: p_within < options.alpha
                        && within.is_some_and(|w| w.value * found.value > 0.0),
                },
            )
            .collect();
        features.sort_by(|a, b| {
            let strength = |f: &Association| f.correlation.abs();
            (b.also_within.cmp(&a.also_within))
                .then_with(|| strength(b).total_cmp(&strength(a)))
                .then_with(|| a.feature.cmp(&b.feature))
        });
        let associated = features.len() as u64;
        features.truncate(LISTED);
        let mut out = Explanation {
            group: self.group.to_owned(),
            outcome: self.name.to_owned(),
            rose,
            records: self.records.len() as u64,
            inputs: known,
            changed,
            features,
            associated,
            sentence: String::new(),
        };
        out.sentence = sentence(&out);
        out
    }
}

fn sentence(e: &Explanation) -> String {
    let outcome = match e.rose {
        Some(true) => format!("higher {}", e.outcome),
        Some(false) => format!("lower {}", e.outcome),
        None => format!("change of {}", e.outcome),
    };
    if e.inputs == 0 {
        return format!(
            "nothing can be said about the {outcome}: of no input feature do {FEWEST} sampled \
             records (or groups of them) have a number"
        );
    }
    let Some(first) = e.features.first() else {
        return format!(
            "none of the {} input features explains the {outcome} ({} of them changed)",
            e.inputs, e.changed
        );
    };
    let way = |f: &Association| if f.rose { "higher" } else { "lower" };
    let (low, high) = first.interval;
    let mut text = format!(
        "the {outcome} goes with {} {}: rank correlation {:.2} ({low:.2} to {high:.2})",
        way(first),
        first.feature,
        first.correlation,
    );
    text += match first.also_within {
        true => ", within the windows too",
        false => ", between the windows only",
    };
    let others: Vec<String> = e.features[1..]
        .iter()
        .map(|f| format!("{} {} ({:.2})", way(f), f.feature, f.correlation))
        .collect();
    if !others.is_empty() {
        text += &format!("; then {}", others.join(", "));
    }
    if e.associated > e.features.len() as u64 {
        text += &format!(", and {} more", e.associated - e.features.len() as u64);
    }
    text
}
