//! Runs compared, for a person: on a terminal or as Markdown.

use super::canvas::Canvas;
use super::escape::{clip, told_apart};
use super::markdown::Markdown;
use super::number;
use super::page::{Entry, Page, Tone};
use super::parts::{LISTED, NAME, SENTENCE};
use super::stability_sections as sections;
use super::terminal::TerminalOptions;
use crate::compare::stability::{Change, PairStability, Question, RunSummary, Stability};

/// Characters of a run's name in a table: its end tells runs apart.
const RUN: usize = 24;

/// The answer in one line: `SAME: ...`, `CHANGED: ...`, safe to log.
#[must_use]
pub fn stability_headline(stability: &Stability) -> String {
    let names = run_names(stability, NAME);
    let first = &names[0];
    let others = match &stability.pairs[..] {
        [one] => names[one.runs.1].clone(),
        pairs => format!("{} other runs", pairs.len()),
    };
    let lead = stability.verdict.name().to_uppercase();
    match stability.question {
        Question::SetOnly => format!(
            "{lead}: as clouds, ids aside, {others} and {first} are {}.",
            alike(stability.verdict)
        ),
        Question::Paired => {
            let of = |part: fn(&PairStability) -> Change| stability.pairs.iter().map(part).max();
            let parts = [
                ("the geometry", of(|pair| pair.geometry_verdict)),
                ("classes", of(|pair| pair.classes_verdict)),
                ("clusters", of(|pair| pair.clusters_verdict)),
            ];
            let told: Vec<String> = parts
                .iter()
                .filter_map(|(what, verdict)| Some((what, (*verdict)?)))
                .filter(|(_, verdict)| *verdict != Change::NotTested)
                .map(|(what, verdict)| format!("{what} {}", verdict.name()))
                .collect();
            format!(
                "{lead}: {others} against {first}, on the same {} records: {}.",
                number::count(stability.ids),
                told.join(", ")
            )
        }
    }
}

fn alike(verdict: Change) -> &'static str {
    match verdict {
        Change::NotTested => "not compared",
        Change::Same => "alike",
        Change::Unclear => "perhaps alike",
        Change::Changed => "not alike",
    }
}

/// The answer as text: the verdict and the runs; of each later run against the first
/// the measures, the classes, clusters, anchors and records that changed most, and
/// whether the clouds are alike; of three and more runs the curve.
#[must_use]
pub fn stability_page(stability: &Stability, options: &TerminalOptions) -> String {
    let mut page = Page::new(options.width, options.style);
    write(&mut page, stability, options.verbose);
    page.finish()
}

/// The same as GitHub-flavoured Markdown; every text is escaped.
#[must_use]
pub fn stability_markdown(stability: &Stability, verbose: bool) -> String {
    let mut page = Markdown::default();
    write(&mut page, stability, verbose);
    page.finish()
}

/// What the runs are called in at most about so many characters, no two different ones alike.
pub(super) fn run_names(stability: &Stability, max: usize) -> Vec<String> {
    let names: Vec<&str> = stability.runs.iter().map(|run| run.name.as_str()).collect();
    told_apart(&names, max)
}

/// The colour of a verdict.
pub(super) fn tone(verdict: Change) -> Tone {
    match verdict {
        Change::Same => Tone::Good,
        Change::Unclear => Tone::Doubt,
        Change::Changed => Tone::Bad,
        Change::NotTested => Tone::Quiet,
    }
}

pub(super) fn write(page: &mut dyn Canvas, stability: &Stability, verbose: bool) {
    let line = stability_headline(stability);
    let (lead, rest) = line.split_once(':').unwrap_or((&line, ""));
    page.lead(lead, tone(stability.verdict), &format!(":{rest}"));
    page.text(match stability.question {
        Question::Paired => {
            "Asked: is the space the same? Records are paired by their ids. A rotation, a \
             reflection, a scale and small noise are no change."
        }
        Question::SetOnly => {
            "Asked: is the cloud alike, whichever record lies where? Ids are not used."
        }
    });
    runs(page, stability);
    for pair in &stability.pairs {
        sections::pair(page, stability, pair, verbose);
    }
    curve(page, stability);
    for note in &stability.notes {
        page.item("note", &clip(&note.text, SENTENCE));
    }
}

fn runs(page: &mut dyn Canvas, stability: &Stability) {
    page.heading("Runs");
    let classes = stability.runs.iter().any(|run| run.in_own_class.is_some());
    let limit = stability.runs.len().min(2 * LISTED);
    let names = run_names(stability, RUN);
    let row = |(run, name): (&RunSummary, &String)| {
        let mut row = vec![
            Entry::left(name),
            Entry::right(number::count(run.records)),
            Entry::right(number::share(run.used)),
            Entry::right(number::count(run.dim as u64)),
            Entry::right(number::number(run.effective_dimension)),
            Entry::right(number::number(run.mean_distance)),
        ];
        if classes {
            row.push(Entry::right(
                run.in_own_class.map_or("-".into(), number::share),
            ));
            row.push(Entry::right(
                run.silhouette.map_or("-".into(), number::number),
            ));
        }
        row
    };
    let mut header = vec![
        "run",
        "records",
        "ids used",
        "numbers",
        "axes that count",
        "distance",
    ];
    if classes {
        header.extend(["in own class", "silhouette"]);
    }
    let runs = stability.runs[..limit].iter().zip(&names);
    page.table(&header, runs.map(row).collect());
    let mut aside =
        "ids used: of the sampled ids that could match, times the share of usable embeddings. distance: mean half chord between \
                     two records."
            .to_owned();
    if classes {
        aside += " in own class: nearest to the centre of their own class, taken without them.";
    }
    page.aside(&aside);
    super::parts::more(page, stability.runs.len(), limit);
}

fn curve(page: &mut dyn Canvas, stability: &Stability) {
    if stability.curve.is_empty() {
        return;
    }
    let names = run_names(stability, RUN);
    page.heading("The runs in their order");
    let row = |point: &crate::compare::stability::CurvePoint| {
        let mut row = vec![Entry::left(&names[point.run])];
        for step in [&point.to_first, &point.to_previous, &point.to_last] {
            let cka = step.as_ref().and_then(|step| step.cka);
            let kept = step.as_ref().and_then(|step| step.neighbours);
            row.push(Entry::right(
                cka.map_or("-".into(), |cka| number::number(cka.value)),
            ));
            row.push(Entry::right(
                kept.map_or("-".into(), |kept| number::share(kept.value)),
            ));
        }
        row
    };
    page.table(
        &[
            "run",
            "CKA to first",
            "kept",
            "to previous",
            "kept",
            "to last",
            "kept",
        ],
        stability.curve.iter().map(row).collect(),
    );
    page.aside("kept: share of the nearest neighbours that a record keeps.");
}
