//! One embedding space: where its records lie, who fills its clusters, and how far
//! records are from their centres.

use super::blocks::{Block, Blocks, Cell, Head, Table};
use super::chart::{self, Chart};
use super::map::SpaceMap;
use super::pictures::{Pictures, medoid, medoids, novel};
use crate::compare::{Comparison, Finding, Scope, SpaceSummary};
use crate::profile::{Profile, SpaceGroup, SpaceProfile};
use crate::report::canvas::Canvas;
use crate::report::distributions::histogram;
use crate::report::escape::clip;
use crate::report::number;
use crate::report::page::Entry;
use crate::report::parts::{NAME, subject};
use crate::sketch::Quantiles;
use crate::sphere::Codebook;

/// Small charts of one kind.
const SMALL: usize = 12;
/// Width and height of a small chart.
const SIZE: (u32, u32) = (200, 90);
/// Classes in the table of classes and clusters.
const CLASSES: usize = 40;
/// Clusters in it.
const CLUSTERS: usize = 12;
/// Classes named as filling a cluster.
const FILLERS: usize = 3;

/// One space of both profiles.
struct Both<'p> {
    name: &'p str,
    reference: &'p SpaceProfile,
    target: &'p SpaceProfile,
    /// The centres that both are measured against.
    codebook: Option<&'p Codebook>,
}

/// `Embeddings photo`; a space that is called so itself says it alone.
fn heading(name: &str) -> String {
    match name.to_lowercase().as_str() {
        "embedding" | "embeddings" => "Embeddings".to_owned(),
        _ => format!("Embeddings {}", clip(name, NAME)),
    }
}

/// A section for each space that was compared.
pub(super) fn spaces(
    page: &mut Blocks,
    comparison: &Comparison,
    profiles @ (reference, target): (&Profile, &Profile),
    pictures: &Pictures,
) {
    for (at, summary) in comparison.spaces.iter().enumerate() {
        let name = summary.name.as_str();
        let sides = (reference.spaces().get(name), target.spaces().get(name));
        let (Some(a), Some(b)) = sides else { continue };
        page.heading(&heading(name));
        if reference.config().is_sealed() || target.config().is_sealed() {
            page.text("No map: a sealed profile keeps no record of its own.");
        } else {
            match SpaceMap::new(at, name, profiles) {
                Some(map) => page.push(Block::Map(Box::new(map))),
                None => page.text("No map: a profile keeps no sampled records of this space."),
            }
        }
        mix_or_meaning(page, summary);
        let novel = novel(pictures, target, name);
        if !novel.is_empty() {
            page.push(Block::Heading(
                "Target records farthest from every cluster".into(),
            ));
            page.push(Block::Gallery(novel));
        }
        let books = [reference, target].map(|p| p.config().spaces.get(name)?.codebook.as_deref());
        let common = match books {
            [Some(a), Some(b)] => (a.centres_hash() == b.centres_hash()).then_some(a),
            _ => None,
        };
        let both = Both {
            name,
            reference: a,
            target: b,
            codebook: common,
        };
        fillers(page, &both, reference);
        let medoids = medoids(pictures, reference, name);
        if !medoids.is_empty() {
            page.push(Block::Heading("What the clusters look like".into()));
            page.push(Block::Gallery(medoids));
        }
        distances(page, &both, comparison);
        contingency(page, &both);
    }
}

fn mix_or_meaning(page: &mut Blocks, summary: &SpaceSummary) {
    let Some(split) = summary.mix_or_meaning else {
        return;
    };
    let parts = [("new meaning", split.meaning), ("new mix", split.mix)];
    if let Some(mut chart) = chart::lengths("New meaning or new mix".to_owned(), &parts) {
        chart.note = "How far the mean moved because classes look different (meaning) and because they are more or \
                      less frequent (mix); chord units, less what chance alone gives."
            .to_owned();
        page.push(Block::Charts(vec![chart]));
    }
}

/// Clusters by who fills them: the one that grew most first.
fn fillers(page: &mut Blocks, both: &Both<'_>, reference: &Profile) {
    let Some(book) = both.codebook.filter(|book| !book.clusters().is_empty()) else {
        return;
    };
    let total = |space: &SpaceProfile| -> f64 {
        let rows: u64 = space.clusters().iter().map(SpaceGroup::count).sum();
        rows.max(1) as f64
    };
    let totals = (total(both.reference), total(both.target));
    let pairs = both.reference.clusters().iter().zip(both.target.clusters());
    let mut ranked: Vec<(usize, f64, f64)> = pairs
        .enumerate()
        .map(|(i, (a, b))| (i, a.count() as f64 / totals.0, b.count() as f64 / totals.1))
        .collect();
    ranked.sort_by(|a, b| (b.2 - b.1).total_cmp(&(a.2 - a.1)));
    let row = |&(i, before, now): &(usize, f64, f64)| {
        let centre = book.clusters().get(i);
        let medoid = medoid(reference, both.name, i);
        vec![
            Entry::left(centre.map_or("-".into(), |centre| clip(&centre.name, NAME))),
            Entry::left(medoid.map_or("-".into(), |medoid| clip(&medoid.id, NAME))),
            Entry::right(number::share(before)),
            Entry::right(number::share(now)),
            Entry::right(format!("{:+.1}", 100.0 * (now - before))),
            Entry::left(classes_of(both.target, i)),
        ]
    };
    let header = [
        "cluster",
        "typical record",
        "reference",
        "target",
        "points",
        "filled by",
    ];
    page.push(Block::Heading(
        "Clusters, the one that grew most first".into(),
    ));
    page.push(Block::Table(Table::new(
        "Clusters",
        &header,
        ranked.iter().map(row).collect(),
    )));
    page.aside(
        "reference, target: share of the records. Typical record: the real record nearest to the middle (medoid). \
         filled by: the classes of the target's records in it.",
    );
}

/// The classes that fill a cluster, by falling number.
fn classes_of(space: &SpaceProfile, cluster: usize) -> String {
    let of = |group: &SpaceGroup| group.clusters().get(cluster).copied().unwrap_or(0);
    let mut classes: Vec<(u64, &str)> = (space.classes().iter())
        .map(|(name, group)| (of(group), name.as_str()))
        .filter(|(count, _)| *count > 0)
        .collect();
    classes.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let all: u64 = classes.iter().map(|class| class.0).sum();
    let named = classes.iter().take(FILLERS).map(|(count, name)| {
        let share = number::share(*count as f64 / all as f64);
        format!("{} {share}", clip(name, NAME))
    });
    match all {
        0 => "-".to_owned(),
        _ => named.collect::<Vec<_>>().join(", "),
    }
}

/// Distances by class and cluster, as small charts of one kind in a row.
fn distances(page: &mut Blocks, both: &Both<'_>, comparison: &Comparison) {
    let (a, b) = (both.reference, both.target);
    if let Some(book) = both.codebook {
        let classes = |of: fn(&SpaceGroup) -> &Quantiles| -> Vec<(String, &Quantiles, &Quantiles)> {
            let classes = a.classes().iter();
            classes
                .filter_map(|(name, group)| {
                    let other = b.classes().get(name)?;
                    Some((clip(name, NAME), of(group), of(other)))
                })
                .collect()
        };
        let names = book
            .clusters()
            .iter()
            .map(|centre| clip(&centre.name, NAME));
        let pairs = a.clusters().iter().zip(b.clusters());
        let clusters = names.zip(pairs);
        let clusters = clusters.map(|(name, (a, b))| (name, a.distance(), b.distance()));
        small(
            page,
            "Distance to the own class's centre",
            classes(SpaceGroup::distance),
        );
        small(
            page,
            "Distance to the class boundary",
            classes(SpaceGroup::boundary),
        );
        small(page, "Distance to the cluster's centre", clusters.collect());
    }
    let group = format!("space {}", both.name);
    let is_pairwise = |finding: &&Finding| {
        finding.group == group
            && finding.feature == "pairwise distance"
            && matches!(finding.scope, Scope::Class(_) | Scope::Cluster(_))
    };
    let charts: Vec<Chart> = (comparison.findings.iter().filter(is_pairwise))
        .filter_map(|finding| chart::quantiles(subject(finding), &finding.quantiles))
        .take(SMALL)
        .collect();
    if !charts.is_empty() {
        page.push(Block::Heading("Distances between two records".into()));
        page.push(Block::Charts(charts));
    }
}

/// A chart for each of the largest groups.
fn small(page: &mut Blocks, title: &str, mut groups: Vec<(String, &Quantiles, &Quantiles)>) {
    groups.retain(|(_, a, b)| a.finite_count() > 0 && b.finite_count() > 0);
    groups.sort_by_key(|(_, a, b)| std::cmp::Reverse(a.count() + b.count()));
    let all = groups.len();
    let charts: Vec<Chart> = (groups.into_iter().take(SMALL))
        .filter_map(|(name, a, b)| {
            let mut chart = chart::histogram(name, &histogram(a, b)?, SIZE)?;
            let (n, m) = (number::count(a.count()), number::count(b.count()));
            chart.note = format!("{n} / {m} records");
            Some(chart)
        })
        .collect();
    if charts.is_empty() {
        return;
    }
    page.push(Block::Heading(title.to_owned()));
    page.push(Block::Charts(charts));
    if all > SMALL {
        page.aside(&format!("The {SMALL} largest of {all}."));
    }
}

/// Where the records of each class lie, by cluster, before and now.
fn contingency(page: &mut Blocks, both: &Both<'_>) {
    let Some(book) = both.codebook.filter(|book| !book.clusters().is_empty()) else {
        return;
    };
    let mut classes: Vec<(&String, &SpaceGroup, &SpaceGroup)> = (both.reference.classes().iter())
        .filter_map(|(name, a)| Some((name, a, both.target.classes().get(name)?)))
        .filter(|(_, a, b)| a.count() + b.count() > 0)
        .collect();
    if classes.len() < 2 {
        return;
    }
    let all = classes.len();
    classes.sort_by_key(|(_, a, b)| std::cmp::Reverse(a.count() + b.count()));
    let clusters = book.clusters().len().min(CLUSTERS);
    let mut header = vec![Head::left("class")];
    let names = book.clusters().iter().take(clusters);
    header.extend(names.map(|centre| Head::right(&clip(&centre.name, NAME))));
    let share = |group: &SpaceGroup, cluster: usize| {
        let rows: u64 = group.clusters().iter().sum();
        let here = group.clusters().get(cluster).copied().unwrap_or(0);
        here as f64 / rows.max(1) as f64
    };
    let row = |(name, a, b): &(&String, &SpaceGroup, &SpaceGroup)| {
        let cell = |cluster: usize| {
            let (before, now) = (share(a, cluster), share(b, cluster));
            let text = match before == 0.0 && now == 0.0 {
                true => "-".to_owned(),
                false => format!("{} → {}", number::share(before), number::share(now)),
            };
            // Five shades, by the larger of both.
            let shade = (5.0 * before.max(now)).round() as u8;
            Cell {
                text,
                class: format!("right heat{shade}"),
                link: String::new(),
            }
        };
        let first = Cell::new(Entry::left(clip(name, NAME)));
        std::iter::once(first)
            .chain((0..clusters).map(cell))
            .collect()
    };
    let rows = classes.iter().take(CLASSES).map(row).collect();
    page.push(Block::Heading("Classes by cluster".into()));
    page.push(Block::Table(Table {
        caption: "Classes by cluster".to_owned(),
        header,
        rows,
        is_tall: false,
    }));
    let mut aside =
        "Share of the class's records that lie in the cluster, reference → target.".to_owned();
    if all > CLASSES || book.clusters().len() > clusters {
        aside += &format!(
            " The {} largest of {all} classes, the first {clusters} of {} clusters.",
            all.min(CLASSES),
            book.clusters().len()
        );
    }
    page.aside(&aside);
}
