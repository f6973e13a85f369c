//! Training runs compared.

use super::blocks::{Block, Blocks};
use super::chart::{Chart, Measured, intervals};
use super::configuration::of_runs;
use super::document::Document;
use super::pages::title;
use crate::compare::stability::{Change, PairStability, Stability, StabilityThresholds};
use crate::report::canvas::Canvas;
use crate::report::parts::NAME;
use crate::report::stability_page::{run_names, stability_headline, write};

/// Classes or clusters of one chart, the least stable first.
const DRAWN: usize = 20;

/// Training runs compared, as one HTML file: the words of
/// [`stability_page`](crate::report::stability_page()), and charts of the measures,
/// classes and clusters with their intervals.
#[must_use]
pub fn stability(stability: &Stability) -> String {
    let mut page = Blocks::default();
    write(&mut page, stability, true);
    of_runs(&mut page, stability);
    let mut drawn = Blocks::default();
    let names = run_names(stability, NAME);
    for pair in &stability.pairs {
        let charts = charts(pair);
        if !charts.is_empty() {
            drawn.heading(&format!("At a glance: {}", names[pair.runs.1]));
            drawn.push(Block::Charts(charts));
            drawn.aside(
                "1: as in the first run. Lines: 95 % intervals. Dashed: from where on a class or cluster counts as \
                 the same.",
            );
        }
    }
    let mut sections = page.sections;
    let after_top = sections.len().min(1);
    sections.splice(after_top..after_top, drawn.sections);
    Document::new("stability", title(&stability_headline(stability)), sections).write()
}

fn charts(pair: &PairStability) -> Vec<Chart> {
    let least = StabilityThresholds::default().jaccard;
    let measures: Vec<Measured<'_>> = (pair.geometry.iter().chain(&pair.partitions))
        .filter(|likeness| likeness.measure.larger_is_alike())
        .filter_map(|likeness| {
            Some(Measured {
                name: likeness.measure.name(),
                value: likeness.value?,
                interval: likeness.interval,
                class: class(likeness.verdict),
            })
        })
        .collect();
    let classes: Vec<Measured<'_>> = (pair.classes.iter())
        .filter_map(|of| {
            Some(Measured {
                name: &of.class,
                value: of.jaccard?,
                interval: of.interval,
                class: class(of.verdict),
            })
        })
        .take(DRAWN)
        .collect();
    let clusters: Vec<Measured<'_>> = (pair.clusters.iter())
        .map(|of| Measured {
            name: &of.cluster,
            value: of.jaccard,
            interval: of.interval,
            class: class(of.verdict),
        })
        .take(DRAWN)
        .collect();
    [
        ("Measures of likeness", measures, None),
        ("Classes (Jaccard)", classes, Some(least)),
        ("Clusters (Jaccard)", clusters, Some(least)),
    ]
    .into_iter()
    .filter_map(|(title, rows, least)| intervals(title.to_owned(), &rows, (0.0, 1.0), least))
    .collect()
}

fn class(verdict: Change) -> &'static str {
    match verdict {
        Change::Same => "dot same",
        Change::Unclear => "dot unclear",
        Change::Changed => "dot changed",
        Change::NotTested => "dot open",
    }
}
