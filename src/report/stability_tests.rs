//! Answers about runs as they are read, and the JSON declared a second time.

use super::mirror::mirror;
use super::{
    TerminalOptions, stability_headline, stability_json, stability_markdown, stability_page,
};
use crate::compare::stability::{Change, Question, Stability, StabilityOptions, stability};
use crate::ingest::{Batch, Column};
use crate::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use ndarray::Array2;
use serde::Deserialize;

/// Three classes of 30 records around the axes, one run a step after the other.
fn run(step: usize) -> Profile {
    let rows = Array2::from_shape_fn((90, 4), |(i, j)| {
        let near = ((i * (2 * j + 3)) as f32 * 0.618_034).fract() - 0.5;
        let drawn = (((i + 7) * (3 * j + 5) * step) as f32 * 0.414_214).fract() - 0.5;
        f32::from(u8::from(j == i % 3)) + 0.3 * near + 0.2 * drawn
    });
    let ids: Vec<String> = (0..90).map(|i| format!("\u{1b}[2J{i:02}.jpg")).collect();
    let labels: Vec<String> = (0..90)
        .map(|i| ["ant", "<b>", "cat"][i % 3].into())
        .collect();
    let config = ProfileConfig::new().space("embedding", SpaceConfig::new(4));
    let mut builder = ProfileBuilder::new(config).unwrap();
    let batch = Batch::new(90)
        .ids(Column::from(ids))
        .labels(Column::from(labels));
    builder
        .track_batch(&batch.space("embedding", rows.view()))
        .unwrap();
    builder.freeze()
}

pub(super) fn answer(question: Question) -> Stability {
    let runs = [run(0), run(1), run(2)];
    let named: Vec<(&str, &Profile)> = ["a", "b", "c"].into_iter().zip(&runs).collect();
    let options = StabilityOptions {
        question,
        rounds: 20,
        ..StabilityOptions::default()
    };
    stability(&named, &options).unwrap()
}

mirror!(Document {
    format: String, version: u32, generator: String, question: String, verdict: Verdict,
    headline: String, exit_status: u8, space: String, ids: u64, neighbours: usize, runs: Vec<Run>,
    pairs: Vec<Pair>, curve: Vec<Point>, notes: Vec<Note>,
} {});
mirror!(Run {
    name: String, records: u64, dim: usize, candidates: u64, ambiguous: u64, unusable: u64, used: f64,
    effective_dimension: f64, mean_distance: f64,
} { model: String, in_own_class: f64, silhouette: f64, });
mirror!(Pair {
    first: usize, second: usize, geometry_verdict: Verdict, classes_verdict: Verdict,
    clusters_verdict: Verdict, cloud_verdict: Verdict, geometry: Vec<Likeness>,
    partitions: Vec<Likeness>, cloud: Vec<Likeness>, classes: Vec<Class>,
    class_pairs: Vec<ClassPair>, clusters: Vec<Cluster>, anchors: Vec<Anchor>, moved: Vec<Moved>,
} {});
mirror!(Likeness { measure: String, larger_is_alike: bool, verdict: Verdict, sentence: String, } {
    value: f64, lower: f64, upper: f64, by_chance: f64, within: f64, threshold: f64, reason: String,
});
mirror!(Class {
    class: String, found_again: bool, first: ClassInRun, second: ClassInRun, verdict: Verdict,
} { jaccard: f64, lower: f64, upper: f64, moved_against: String, factor: f64, reason: String, });
mirror!(ClassInRun { ids: u64, } {
    in_own_class: f64, compactness: f64, silhouette: f64, nearest: String, separation: f64,
});
mirror!(ClassPair {
    class: String, other: String, first: f64, second: f64, factor: f64, verdict: Verdict,
} { lower: f64, upper: f64, });
mirror!(Cluster {
    cluster: String, first_ids: u64, second_ids: u64, jaccard: f64, verdict: Verdict,
} { matched: String, lower: f64, upper: f64, within: f64, reason: String, });
mirror!(Anchor { id: String, cluster: String, first_median: f64, second_median: f64, } {
    correlation: f64, lower: f64, upper: f64,
});
mirror!(Moved { id: String, kept: f64, rank: f64, } { first_class: String, second_class: String, });
mirror!(Point { run: usize, } { to_first: Step, to_previous: Step, to_last: Step, });
mirror!(Step {} { cka: Interval, neighbours: Interval, });
mirror!(Interval { value: f64, lower: f64, upper: f64, } {});
mirror!(Note { code: String, text: String, } {});

#[derive(Deserialize, Debug, PartialEq)]
enum Verdict {
    #[serde(rename = "same")]
    Same,
    #[serde(rename = "unclear")]
    Unclear,
    #[serde(rename = "changed")]
    Changed,
    #[serde(rename = "not tested")]
    NotTested,
}

#[test]
fn the_document_is_as_declared() {
    let answer = answer(Question::Paired);
    let text = stability_json::to_text(&answer, 1);
    let document: Document = serde_json::from_str(&text).unwrap();
    assert_eq!(document.format, "driftsphere stability");
    assert_eq!((document.question.as_str(), document.ids), ("paired", 90));
    assert_eq!(
        (
            document.runs.len(),
            document.pairs.len(),
            document.curve.len()
        ),
        (3, 2, 3)
    );
    let pair = &document.pairs[0];
    assert_eq!(pair.classes.len(), 3);
    assert_eq!(pair.geometry[0].measure, "debiased CKA");
    assert!(pair.geometry[0].value.unwrap() > 0.5);
    assert_eq!(pair.classes[0].first.ids, 30);
    assert!(document.curve[0].to_first.is_none() && document.curve[2].to_last.is_none());
    let step = document.curve[1]
        .to_previous
        .as_ref()
        .unwrap()
        .cka
        .as_ref()
        .unwrap();
    assert_eq!(step.value, document.pairs[0].geometry[0].value.unwrap());
    assert!(!text.contains('\u{1b}'));

    let set_only = stability_json::to_text(&self::answer(Question::SetOnly), 0);
    let document: Document = serde_json::from_str(&set_only).unwrap();
    assert_eq!(document.question, "set-only");
    assert!(document.pairs[0].geometry.is_empty() && document.curve.is_empty());
    assert_eq!(document.pairs[0].cloud.len(), 3);
}

#[test]
fn pages_name_question_measures_classes_and_records_harmlessly() {
    let answer = answer(Question::Paired);
    let line = stability_headline(&answer);
    let lead = answer.verdict.name().to_uppercase();
    assert!(line.starts_with(&format!(
        "{lead}: 2 other runs against a, on the same 90 records: "
    )));
    let options = TerminalOptions {
        width: 160,
        ..TerminalOptions::default()
    };
    let page = stability_page(&answer, &options);
    for said in [
        "Asked: is the space the same?",
        "debiased CKA",
        "b against a",
        "Classes, least stable first",
        "3 of 3 tested classes are found again.",
        "The clouds, ids aside: ",
        "The runs in their order",
        r"\u{1b}[2J",
    ] {
        assert!(page.contains(said), "{said} is missing in:\n{page}");
    }
    assert!(!page.contains('\u{1b}'));
    let markdown = stability_markdown(&answer, true);
    assert!(
        markdown.contains("&lt;b&gt;") && !markdown.contains("<b>"),
        "{markdown}"
    );

    let set_only = self::answer(Question::SetOnly);
    let page = stability_page(&set_only, &options);
    assert!(page.contains("Ids are not used."), "{page}");
    assert!(!page.contains("debiased CKA"));
    assert_ne!(set_only.verdict, Change::NotTested);
}
