//! How windows were profiled and runs compared.

use crate::compare::Comparison;
use crate::compare::stability::{RunSummary, Stability};
use crate::profile::{FORMAT_VERSION, Profile};
use crate::report::canvas::Canvas;
use crate::report::escape::{clip, escape};
use crate::report::number;
use crate::report::page::Entry;
use crate::report::parts::NAME;
use crate::report::stability_page::run_names;

/// The section about configuration and versions.
pub(super) fn configuration(
    page: &mut dyn Canvas,
    comparison: &Comparison,
    (reference, target): (&Profile, &Profile),
) {
    page.details("Configuration and versions");
    let mut rows = Vec::new();
    let mut both = |what: &str, of: &dyn Fn(&Profile) -> String| {
        rows.push(vec![
            Entry::left(what),
            Entry::left(of(reference)),
            Entry::left(of(target)),
        ]);
    };
    both("configuration (hash)", &|p| {
        format!("{:032x}", p.config().compare_hash())
    });
    both("seed", &|p| p.config().seed.to_string());
    both("classes at most", &|p| {
        number::count(p.config().max_classes as u64)
    });
    both("ids", &|p| p.config().ids.name().to_owned());
    both("class taken from", &|p| p.class_sources().name().to_owned());
    both("sealed", &|p| yes_or_no(p.config().is_sealed()));
    both(
        "named values",
        &|p| number::count(p.features().len() as u64),
    );
    for name in reference.config().spaces.keys() {
        let name = name.as_str();
        let what = |part: &str| format!("{}: {part}", clip(name, NAME));
        both(&what("role"), &|p| {
            of_space(p, name, |s| s.role.name().to_owned())
        });
        both(&what("sample"), &|p| {
            let kept = p.spaces().get(name).map(|space| space.sample().len());
            kept.map_or("-".into(), |kept| number::counted(kept as u64, "record"))
        });
        both(&what("centres (hash)"), &|p| {
            of_space(p, name, |space| match &space.codebook {
                Some(book) => format!("{:032x}", book.content_hash()),
                None => "none".to_owned(),
            })
        });
    }
    for key in keys(reference, target) {
        both(&clip(&key, NAME), &|p| match p.tags().get(&key) {
            Some(values) => {
                let values: Vec<_> = values.iter().map(|value| escape(value)).collect();
                clip(&values.join(", "), 2 * NAME)
            }
            None => "-".into(),
        });
    }
    page.table(&["", "reference", "target"], rows);
    page.text(&format!(
        "Rate of false alarms aimed at: {} (alpha {}). driftsphere {}, profile format {FORMAT_VERSION}.",
        number::share(comparison.alpha),
        comparison.alpha,
        env!("CARGO_PKG_VERSION"),
    ));
}

/// The section about how runs were compared, and versions.
pub(super) fn of_runs(page: &mut dyn Canvas, stability: &Stability) {
    page.details("Configuration and versions");
    let mut rows = Vec::new();
    let mut fact =
        |what: &str, value: String| rows.push(vec![Entry::left(what), Entry::left(value)]);
    fact("question", stability.question.name().to_owned());
    fact("embedding space", clip(&stability.space, NAME));
    fact("records compared on", number::count(stability.ids));
    fact(
        "neighbours of a record",
        number::count(stability.neighbours as u64),
    );
    let mut measures: Vec<String> = Vec::new();
    for pair in &stability.pairs {
        for likeness in pair
            .geometry
            .iter()
            .chain(&pair.partitions)
            .chain(&pair.cloud)
        {
            let Some(threshold) = likeness.threshold else {
                continue;
            };
            let side = if likeness.measure.larger_is_alike() {
                "at least"
            } else {
                "at most"
            };
            let name = likeness.measure.name();
            let text = format!("{name} {side} {}", number::number(threshold));
            if !measures.contains(&text) {
                measures.push(text);
            }
        }
    }
    fact("the same is", measures.join("; "));
    page.table(&["", ""], rows);
    let names = run_names(stability, NAME);
    let row = |(run, name): (&RunSummary, &String)| {
        vec![
            Entry::left(name),
            Entry::left(
                run.model
                    .as_ref()
                    .map_or("-".into(), |model| clip(model, NAME)),
            ),
            Entry::right(number::count(run.dim as u64)),
            Entry::right(number::count(run.candidates)),
            Entry::right(number::count(run.ambiguous)),
            Entry::right(number::count(run.unusable)),
        ]
    };
    page.table(
        &[
            "run",
            "model",
            "numbers",
            "sampled ids",
            "left out",
            "unusable",
        ],
        stability.runs.iter().zip(&names).map(row).collect(),
    );
    page.aside("sampled ids: those that all runs could have. left out: ids that came with several different rows. unusable: records without an embedding that can be placed.");
    page.text(&format!(
        "Intervals hold at 95 % each. driftsphere {}, profile format {FORMAT_VERSION}.",
        env!("CARGO_PKG_VERSION"),
    ));
}

fn of_space(
    profile: &Profile,
    name: &str,
    of: impl Fn(&crate::profile::SpaceConfig) -> String,
) -> String {
    profile.config().spaces.get(name).map_or("-".into(), of)
}

fn yes_or_no(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn keys(reference: &Profile, target: &Profile) -> Vec<String> {
    let mut keys: Vec<String> = reference
        .tags()
        .keys()
        .chain(target.tags().keys())
        .cloned()
        .collect();
    keys.sort();
    keys.dedup();
    keys
}
