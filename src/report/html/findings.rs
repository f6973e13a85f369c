//! Every finding: a table of all, and each with its distributions, its evidence and
//! what it means.

use super::blocks::{Head, Shot, Table, tone_class};
use super::chart::{self, Chart, WIDTH};
use super::pictures::{Pictures, side_of};
use super::reading::reading_of;
use crate::compare::{Comparison, Effect, Finding, TellingRecord, Verdict, without_tail};
use crate::profile::Profile;
use crate::report::distributions::{histogram, sketches};
use crate::report::escape::{clip, escape};
use crate::report::finding_sections::{change, counts_legend, leading};
use crate::report::number;
use crate::report::page::Entry;
use crate::report::parts::{NAME, SENTENCE, has_moved, p, subject, tone};

/// Characters of a record's id.
const ID: usize = 120;
/// Findings that are told one by one, the most telling: of further ones the table has a line.
const TOLD: usize = 600;
/// Those with their distributions.
const DRAWN: usize = 400;
/// Records and values that are named for one finding.
const NAMED: usize = 12;
/// Width and height of a chart at the top.
const SMALL: (u32, u32) = (240, 100);
/// Height of a finding's chart.
const HEIGHT: u32 = 170;

/// All findings of a comparison.
#[derive(Debug)]
pub(super) struct FindingList {
    pub(super) header: Vec<Head>,
    pub(super) cards: Vec<Card>,
    /// The verdicts that occur, the heaviest first.
    pub(super) verdicts: Vec<&'static str>,
    pub(super) legend: Vec<String>,
}

/// One finding, as text in its places.
#[derive(Debug)]
pub(super) struct Card {
    /// Its place among all, from 1.
    pub(super) number: usize,
    /// Whether it stands below the table as well.
    pub(super) is_told: bool,
    /// Whether it is drift or possible drift.
    pub(super) has_moved: bool,
    pub(super) subject: String,
    pub(super) group: String,
    pub(super) verdict: &'static str,
    pub(super) tone: &'static str,
    /// The verdict as a number, the heaviest last.
    pub(super) rank: u8,
    pub(super) change: String,
    /// The effect in units of its threshold, as text and to sort by.
    pub(super) times: String,
    pub(super) weight: String,
    pub(super) p: String,
    pub(super) p_sort: String,
    pub(super) records: String,
    pub(super) sentence: String,
    pub(super) reason: String,
    pub(super) reading: &'static str,
    pub(super) causes: &'static str,
    pub(super) along: Vec<String>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) charts: Vec<Chart>,
    pub(super) tables: Vec<Table>,
    /// Records whose pictures were looked for.
    pub(super) shots: Vec<Shot>,
    /// All others, and why they are named.
    pub(super) telling: Vec<(String, String)>,
}

impl FindingList {
    pub(super) fn new(
        comparison: &Comparison,
        profiles: (&Profile, &Profile),
        pictures: &Pictures,
    ) -> Self {
        let findings = &comparison.findings;
        let card = |(at, finding)| Card::new(at + 1, finding, comparison, profiles, pictures);
        let mut verdicts: Vec<Verdict> = findings.iter().map(|f| f.verdict).collect();
        verdicts.sort_unstable_by(|a, b| b.cmp(a));
        verdicts.dedup();
        let counts = counts_legend(findings.iter());
        let mut legend = vec![
            format!(
                "times what matters: the change in units of the size from which it counts as drift. \
                 {counts}"
            ),
            "Charts: shares of the records by value, from the 0.5 % to the 99.5 % quantile; shaded: 95 % bands; \
             upright: medians."
                .to_owned(),
        ];
        let mut units: Vec<&str> = (findings.iter())
            .filter_map(|f| number::legend(&leading(f)?.unit))
            .collect();
        units.sort_unstable();
        units.dedup();
        legend.extend(units.into_iter().map(str::to_owned));
        if findings.len() > DRAWN {
            legend.push(format!(
                "The {} most telling findings stand below one by one, the first {DRAWN} with their distributions.",
                findings.len().min(TOLD)
            ));
        }
        if findings.iter().any(|finding| finding.sampled) {
            legend.push("*: measured on the records kept as a sample, not on all.".to_owned());
        }
        Self {
            header: vec![
                Head::left("what"),
                Head::left("change"),
                Head::right("times what matters"),
                Head::right("p"),
                Head::right("records"),
                Head::left("verdict"),
            ],
            cards: findings.iter().enumerate().map(card).collect(),
            verdicts: verdicts.into_iter().map(Verdict::name).collect(),
            legend,
        }
    }

    pub(super) fn shots(&self) -> impl Iterator<Item = &Shot> {
        self.cards.iter().flat_map(|card| &card.shots)
    }

    /// Where the findings that moved end: they come first.
    fn moved_end(&self) -> usize {
        let last = self.cards.iter().rposition(|card| card.has_moved);
        last.map_or(0, |last| last + 1).min(TOLD)
    }

    pub(super) fn moved(&self) -> &[Card] {
        &self.cards[..self.moved_end()]
    }

    pub(super) fn others(&self) -> &[Card] {
        &self.cards[self.moved_end()..self.cards.len().min(TOLD)]
    }
}

impl Card {
    fn new(
        number: usize,
        finding: &Finding,
        comparison: &Comparison,
        profiles: (&Profile, &Profile),
        pictures: &Pictures,
    ) -> Self {
        let has_moved = has_moved(&finding);
        let (is_told, is_drawn) = (number <= TOLD, number <= DRAWN);
        // What a change means is of no interest where there is none.
        let (reading, tables) = match has_moved {
            true if is_drawn => (reading_of(finding), tables(finding)),
            true => (reading_of(finding), Vec::new()),
            false => Default::default(),
        };
        let relative = leading(finding).map(Effect::relative);
        let relative = relative.filter(|times| times.is_finite());
        let (mut telling, mut shots) = (Vec::new(), Vec::new());
        for record in finding.records.iter().take(NAMED).filter(|_| is_told) {
            match pictures.shot(side_of(&record.role), &record.id, why(record)) {
                Some(shot) => shots.push(shot),
                None => telling.push((clip(&record.id, ID), why(record))),
            }
        }
        let along = comparison.why.iter();
        let along = along.filter(|e| e.group == finding.group && e.outcome == finding.feature);
        let text = |text: Option<&str>| text.map_or_else(String::new, |text| clip(text, SENTENCE));
        Self {
            number,
            is_told,
            has_moved,
            subject: subject(finding),
            group: clip(&finding.group, NAME),
            verdict: finding.verdict.name(),
            tone: tone_class(tone(finding.verdict)),
            rank: finding.verdict as u8,
            change: change(finding),
            times: relative.map_or("-".into(), |times| format!("{times:.1}")),
            weight: relative.unwrap_or(-1.0).to_string(),
            p: p(finding.p_adjusted, comparison),
            p_sort: finding
                .p_adjusted
                .filter(|p| p.is_finite())
                .unwrap_or(2.0)
                .to_string(),
            records: records(finding),
            sentence: text(Some(&finding.sentence)),
            reason: text(finding.reason.as_deref()),
            reading: reading.meaning,
            causes: reading.causes,
            along: along.map(|e| clip(&e.sentence, SENTENCE)).collect(),
            facts: facts(finding, comparison),
            charts: match is_drawn {
                true => charts(finding, profiles),
                false => Vec::new(),
            },
            tables,
            telling,
            shots,
        }
    }
}

/// Why a record is named.
fn why(record: &TellingRecord) -> String {
    let distance = record.distance.map_or_else(String::new, |distance| {
        format!(", distance {}", number::number(distance))
    });
    clip(&record.role, NAME) + &distance
}

fn records(finding: &Finding) -> String {
    format!(
        "{} / {}{}",
        number::count(finding.n_reference),
        number::count(finding.n_target),
        if finding.sampled { " *" } else { "" }
    )
}

/// The evidence, term by term.
fn facts(finding: &Finding, comparison: &Comparison) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |term: &str, value: String| facts.push((term.to_owned(), value));
    for effect in finding.effect.iter().chain(&finding.other_effects) {
        let size = |x: f64| escape(&number::size(x, &effect.unit)).into_owned();
        let sign = if effect.reaches_threshold() {
            "reaches"
        } else {
            "below"
        };
        let mut text = format!("{} ({sign} {})", size(effect.value), size(effect.threshold));
        if let Some(detectable) = effect.detectable {
            text += &format!("; would be seen from {}", size(detectable));
        }
        fact(&clip(&effect.name, NAME), text);
    }
    if let Some(value) = finding.value {
        fact(
            "statistic",
            format!(
                "{} {}",
                clip(&finding.statistic, NAME),
                number::number(value)
            ),
        );
    }
    if let Some(p_value) = finding.p_value {
        fact(
            "p of this test alone",
            number::p_value(p_value, comparison.alpha),
        );
    }
    if finding.p_adjusted.is_some() {
        let adjusted = p(finding.p_adjusted, comparison);
        fact(
            "p, all tests taken together",
            format!("{adjusted} (alpha {})", comparison.alpha),
        );
    }
    if let Some(same) = finding.same_ids {
        fact(
            "the same ids",
            format!(
                "higher for {}, lower for {} of {}; signed rank {}, p alone {}",
                number::count(same.rose),
                number::count(same.fell),
                number::count(same.ids),
                number::number(same.value),
                number::p_value(same.p_value, comparison.alpha)
            ),
        );
    }
    if let Some(permutations) = finding.permutations {
        fact("permutations", number::count(permutations));
    }
    let on = if finding.sampled { ", sampled" } else { "" };
    fact(
        "records",
        format!(
            "{} reference, {} target{on}",
            number::count(finding.n_reference),
            number::count(finding.n_target)
        ),
    );
    if let Some(natural) = finding.natural {
        let within = if natural.within { "within" } else { "beyond" };
        fact(
            "natural variation",
            format!(
                "{within} what {} show (up to {})",
                number::counted(natural.windows, "accepted window"),
                number::number(natural.limit)
            ),
        );
    }
    facts
}

/// Small distributions of the first findings that moved and have some.
pub(super) fn moved_charts(
    comparison: &Comparison,
    profiles: (&Profile, &Profile),
    most: usize,
) -> Vec<Chart> {
    let mut told: Vec<(&str, &str)> = Vec::new();
    let moved = comparison.findings.iter().filter(has_moved);
    let charts = moved.filter_map(|finding| {
        let what = (finding.group.as_str(), without_tail(&finding.feature));
        let (a, b) = sketches(profiles, finding).filter(|_| !told.contains(&what))?;
        let mut chart = chart::histogram(subject(finding), &histogram(a, b)?, SMALL)?;
        chart.note = change(finding);
        told.push(what);
        Some(chart)
    });
    charts.take(most).collect()
}

fn charts(finding: &Finding, profiles: (&Profile, &Profile)) -> Vec<Chart> {
    // A tail is a part of a distribution that is drawn already.
    let is_tail = without_tail(&finding.feature) != finding.feature;
    if is_tail && !has_moved(&finding) {
        return Vec::new();
    }
    let title = subject(finding);
    // What is yes or no has shares.
    let numbers = sketches(profiles, finding).filter(|_| finding.shares.is_empty());
    let histogram = numbers.and_then(|(a, b)| histogram(a, b));
    let drawn = histogram
        .and_then(|histogram| chart::histogram(title.clone(), &histogram, (WIDTH, HEIGHT)));
    let drawn = drawn.or_else(|| chart::quantiles(title.clone(), &finding.quantiles));
    let shares = chart::shares(title, &finding.shares);
    drawn.into_iter().chain(shares).collect()
}

fn tables(finding: &Finding) -> Vec<Table> {
    if finding.quantiles.is_empty() {
        return Vec::new();
    }
    let row = |pair: &crate::compare::QuantilePair| {
        vec![
            Entry::left(match pair.rank == 0.5 {
                true => "median".to_owned(),
                false => number::share(pair.rank),
            }),
            Entry::right(number::number(pair.reference)),
            Entry::right(number::number(pair.target)),
        ]
    };
    let rows = finding.quantiles.iter().map(row).collect();
    vec![Table::new(
        "Quantiles",
        &["quantile", "reference", "target"],
        rows,
    )]
}
