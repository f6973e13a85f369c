//! Of which classes and sizes objects are, and which classes come together.

use std::collections::BTreeSet;

use crate::profile::{ObjectGroup, ObjectTable};
use crate::sketch::Quantiles;

use super::categories::{Counts, compare_counts};
use super::class_naming::named_otherwise;
use super::draft::{Draft, effect};
use super::figures::percent;
use super::finding::Scope;
use super::object_design::{careful_design, class_design, number_design};
use super::object_words::{object, plural};
use super::objects::Tables;
use super::stats::{detectable_share_shift, share_test};

/// What objects of the classes that found no room are counted as.
const OTHER: &str = "other classes";
/// What objects without a class are counted as.
const NONE: &str = "no class";

/// Size classes by area, the first below its edge: COCO's in pixels, and in shares
/// of the image. The edges are those of buckets of a quantile sketch at any shift up to 49, so
/// counts are exact.
const COCO_SIZES: ([f64; 2], [&str; 3]) = ([1024.0, 9216.0], ["small", "medium", "large"]);
const RELATIVE_SIZES: ([f64; 2], [&str; 3]) = (
    [1.0 / 256.0, 1.0 / 16.0],
    ["under 1/256", "up to 1/16", "over 1/16"],
);

/// Shares of the classes among all objects.
pub(super) fn compare_classes(tables: Tables<'_>) -> Option<Draft> {
    let counts = |table: &ObjectTable| -> Counts {
        let named = table.classes().iter();
        let named = named.map(|(name, group)| (name.as_str(), group.objects()));
        let rest = table.other_classes().map_or(0, ObjectGroup::objects);
        named
            .chain([(OTHER, rest), (NONE, table.unclassified().objects())])
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| (name.to_owned(), count))
            .collect()
    };
    let (a, b) = (counts(tables.reference), counts(tables.target));
    if a.keys().chain(b.keys()).all(|name| name == NONE) {
        return None;
    }
    let feature = format!("{} class", tables.kind);
    let named = tables.named(&feature, Scope::All);
    if let Some(reason) = other_names(tables) {
        let (n, m) = (
            tables.reference.all().objects(),
            tables.target.all().objects(),
        );
        return Some(named.draft().counts(n, m).not_tested(reason));
    }
    let options = tables.options;
    let design = class_design(tables);
    let draft = compare_counts(&named, &a, &b, design, &options.thresholds, options.seed);
    let sentence = class_sentence(tables, &draft, &a, &b);
    Some(match sentence {
        Some(sentence) => draft.sentence(sentence),
        None => draft,
    })
}

/// Why the classes of the two tables cannot be compared, if they cannot.
fn other_names(tables: Tables<'_>) -> Option<String> {
    let [a, b] = [tables.reference, tables.target]
        .map(|table: &ObjectTable| table.classes().keys().map(String::as_str));
    named_otherwise(a, b)
}

/// Which class vanished, came or changed its share most.
fn class_sentence(tables: Tables<'_>, draft: &Draft, a: &Counts, b: &Counts) -> Option<String> {
    let count = |counts: &Counts, name: &str| counts.get(name).copied().unwrap_or(0);
    let all = |counts: &Counts| counts.values().sum::<u64>();
    let noun = plural(tables.kind);
    let more = |names: &[String]| match names.len() {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    if let Some(name) = draft.finding.lost_values.first() {
        let more = more(&draft.finding.lost_values);
        let (n, of) = (count(a, name), all(a));
        return Some(format!(
            "class {name} vanished{more}: {n} of {of} {noun} -> none of {}",
            all(b)
        ));
    }
    if let Some(name) = draft.finding.new_values.first() {
        let more = more(&draft.finding.new_values);
        let (n, of) = (count(b, name), all(b));
        return Some(format!(
            "class {name} is new{more}: none -> {n} of {of} {noun}"
        ));
    }
    let most = draft.finding.shares.first()?;
    let word = if most.target > most.reference {
        "more"
    } else {
        "fewer"
    };
    Some(format!(
        "{word} of the {noun} are of class {}: {} -> {}",
        most.value,
        percent(most.reference),
        percent(most.target)
    ))
}

/// In how many records two classes come together: the pair that changed most,
/// corrected for the number of pairs. `None` where no pair of one side can come on the other.
pub(super) fn compare_pairs(tables: Tables<'_>) -> Option<Draft> {
    if other_names(tables).is_some() {
        return None;
    }
    let (a, b) = (tables.reference.pairs(), tables.target.pairs());
    let pairs: BTreeSet<&(String, String)> = a.keys().chain(b.keys()).collect();
    let (n, m) = (tables.reference.records(), tables.target.records());
    let many = tables.records.thin(n, m);
    let tests = pairs.iter().filter_map(|pair| {
        let count = |of: &std::collections::BTreeMap<_, u64>| of.get(*pair).copied().unwrap_or(0);
        let (x, y) = (count(a), count(b));
        let few = tables.records.thin(x, y);
        let test = share_test(few.0.min(many.0), many.0, few.1.min(many.1), many.1)?;
        Some((
            test.p_value,
            *pair,
            (x as f64 / n as f64, y as f64 / m as f64),
        ))
    });
    let (p, (first, second), (from, to)) = tests.min_by(|x, y| x.0.total_cmp(&y.0))?;
    let word = if to > from { "more" } else { "less" };
    let feature = format!("{} classes together", tables.kind);
    let (few, few_target) = tables.records.effective(n, m);
    let effect = effect(
        "share difference",
        to - from,
        "share",
        tables.options.thresholds.total_variation,
        Some(detectable_share_shift(from, few, few_target)),
    );
    Some(
        tables
            .named(&feature, Scope::All)
            .draft()
            .counts(n, m)
            .test(
                "beta-binomial",
                to - from,
                (p * pairs.len() as f64).min(1.0),
                None,
            )
            .effect(effect)
            .sentence(format!(
                "{first} and {second} come together {word} often: in {} -> {} of the records",
                percent(from),
                percent(to)
            )),
    )
}

/// Shares of the size classes.
pub(super) fn compare_sizes(tables: Tables<'_>) -> Vec<Draft> {
    let scales = [
        ("area", "size by COCO", COCO_SIZES),
        ("relative area", "relative size", RELATIVE_SIZES),
    ];
    let compared = scales.into_iter().filter_map(|(area, name, sizes)| {
        let both = [tables.reference, tables.target].map(|table| table.all().features().get(area));
        let [Some(a), Some(b)] = both else {
            return None;
        };
        let counts = (
            size_counts(a.numbers(), sizes)?,
            size_counts(b.numbers(), sizes)?,
        );
        let groups = (tables.reference.all(), tables.target.all());
        let design = number_design(tables, groups, (a, b));
        let feature = format!("{} {name}", tables.kind);
        let options = tables.options;
        let mut draft = compare_counts(
            &tables.named(&feature, Scope::All),
            &counts.0,
            &counts.1,
            design,
            &options.thresholds,
            options.seed,
        );
        // A size class is no class that comes or goes.
        draft.striking = false;
        draft.finding.new_values.clear();
        draft.finding.lost_values.clear();
        let most = draft.finding.shares.first().cloned();
        if let Some(most) = most {
            let word = if most.target > most.reference {
                "more"
            } else {
                "fewer"
            };
            draft = draft.sentence(format!(
                "{word} {} are {} ({name}): {} -> {}",
                plural(tables.kind),
                most.value,
                percent(most.reference),
                percent(most.target)
            ));
        }
        Some(draft)
    });
    compared.collect()
}

/// Counts of each size; `None` where a bucket lies across an edge.
pub(crate) fn size_counts(
    areas: &Quantiles,
    (edges, names): ([f64; 2], [&str; 3]),
) -> Option<Counts> {
    let mut counts = [0_u64; 3];
    for bucket in areas.buckets() {
        let place = |value: f64| edges.iter().filter(|edge| value >= **edge).count();
        let (low, high) = (place(bucket.lower), place(bucket.upper));
        if low != high {
            return None;
        }
        counts[low] += bucket.count;
    }
    let named = names
        .into_iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0);
    Some(
        named
            .map(|(name, count)| (name.to_owned(), count))
            .collect(),
    )
}

/// Objects that came but cannot be used.
pub(super) fn compare_faults(tables: Tables<'_>) -> Option<Draft> {
    let faults = |table: &ObjectTable| table.faults().values().sum::<u64>();
    let (x, y) = (faults(tables.reference), faults(tables.target));
    if (x, y) == (0, 0) {
        return None;
    }
    let (n, m) = (
        x + tables.reference.all().objects(),
        y + tables.target.all().objects(),
    );
    let feature = format!("{} not usable", plural(tables.kind));
    let draft = tables.named(&feature, Scope::All).draft().counts(n, m);
    let design = careful_design(tables, (tables.reference.all(), tables.target.all()));
    let (few, many) = (design.thin(x, y), design.thin(n, m));
    let Some(test) = share_test(few.0.min(many.0), many.0, few.1.min(many.1), many.1) else {
        return Some(draft.not_tested("a side has no objects"));
    };
    let (from, to) = (x as f64 / n as f64, y as f64 / m as f64);
    let (few, few_target) = design.effective(n, m);
    let threshold = tables.options.thresholds.unused_share;
    let detectable = detectable_share_shift(from, few, few_target);
    Some(
        draft
            .test("beta-binomial", to - from, test.p_value, None)
            .effect(effect(
                "share difference",
                to - from,
                "share",
                threshold,
                Some(detectable),
            ))
            .sentence(format!(
                "{} cannot be used: {} -> {}",
                object(tables.kind, &Scope::All),
                percent(from),
                percent(to)
            )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::QuantileSketch;

    #[test]
    fn size_classes_are_exact_in_a_coarse_sketch() {
        let mut sketch = QuantileSketch::new(256).unwrap();
        let areas: Vec<f64> = (0..50_000).map(|i| 1.0 + f64::from(i) * 0.9137).collect();
        sketch.extend(areas.iter().copied());
        let sketch = sketch.freeze();
        assert!(!sketch.is_exact());
        let counts = size_counts(&sketch, COCO_SIZES).unwrap();
        let small = areas.iter().filter(|a| **a < 1024.0).count() as u64;
        let large = areas.iter().filter(|a| **a >= 9216.0).count() as u64;
        assert_eq!(counts["small"], small);
        assert_eq!(counts["large"], large);
        assert_eq!(counts["medium"], 50_000 - small - large);
    }
}
