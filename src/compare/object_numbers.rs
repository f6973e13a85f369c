//! The numbers that objects have: of all, of each class, and of records.

use crate::profile::{ObjectFeature, ObjectGroup, ObjectTable};
use crate::sketch::Quantiles;

use super::categories::{Counts, compare_counts};
use super::draft::Draft;
use super::finding::Scope;
use super::numbers::{Named, Size, compare_numbers, mean, medians, told};
use super::object_design::{careful_design, number_design};
use super::object_words::{flag_sentence, number_sentence};
use super::objects::Tables;
use super::paired::Told;
use super::repeats::DesignEffects;
use super::tails::compare_tails;
use super::unlisted::unknown_sizes;

/// Numbers of a class whose tails are tested: of the others the whole distribution
/// will do.
const TAILED: [&str; 3] = ["score", "area", "relative area"];

/// A number on both sides, and what it is called.
struct Compared<'a> {
    tables: Tables<'a>,
    named: Named<'a>,
    /// Its name without the kind of objects.
    name: &'a str,
    numbers: (&'a Quantiles, &'a Quantiles),
}

/// Tests of a number of the objects of a class, or of all.
pub(super) fn compare_feature(
    tables: Tables<'_>,
    scope: &Scope,
    name: &str,
    groups: (&ObjectGroup, &ObjectGroup),
    features: (&ObjectFeature, &ObjectFeature),
) -> Vec<Draft> {
    let design = number_design(tables, groups, features);
    let (a, b) = (features.0.numbers(), features.1.numbers());
    let full = format!("{} {name}", tables.kind);
    let compared = Compared {
        tables,
        named: tables.named(&full, scope.clone()),
        name,
        numbers: (a, b),
    };
    let flags = truths(a).zip(truths(b));
    let means = match scope {
        Scope::All => record_means(tables, name, design.effective(a.count(), b.count())),
        _ => None,
    };
    let whole = match (means, flags) {
        (Some(means), flags) => compared.by_record(means, flags.is_some()),
        (None, Some(flags)) => return vec![compared.flags(&flags, design)],
        (None, None) => compared.by_object(design),
    };
    let mut drafts = vec![whole];
    if TAILED.contains(&name) {
        let tails = compare_tails(&compared.named, a, b, design, &tables.options.thresholds);
        drafts.extend(tails.into_iter().map(Draft::of_objects));
    }
    drafts
}

impl Compared<'_> {
    /// Each record counts once, with the mean of its objects: of a number that is 0 or 1 a share.
    fn by_record(&self, (a, b): (&Quantiles, &Quantiles), are_flags: bool) -> Draft {
        let draft = self.test((a, b), self.tables.records);
        let mut told = told(a, b, &self.tables.options.thresholds);
        let kind = self.tables.kind;
        let said = if are_flags {
            (told.from, told.to) = (mean(a), mean(b));
            Some(flag_sentence(
                kind,
                self.name,
                &Scope::All,
                (told.from, told.to),
            ))
        } else {
            number_sentence(kind, self.name, &Scope::All, medians(a, b))
        };
        let said = said.unwrap_or_else(|| draft.finding.sentence.clone());
        let draft = draft.sentence(format!("{said}, each record counted once"));
        self.tables.of_records(draft, &Scope::All, told)
    }

    fn by_object(&self, design: DesignEffects) -> Draft {
        let (a, b) = self.numbers;
        let (scope, thresholds) = (&self.named.scope, &self.tables.options.thresholds);
        let mut draft = self.test((a, b), design);
        if let Some(said) = number_sentence(self.tables.kind, self.name, scope, medians(a, b)) {
            draft = draft.sentence(said);
        }
        // Sampled records keep means, so it is their sd that counts.
        let means = means_of(self.tables, self.name);
        let matters = means.map_or(f64::NAN, |(a, b)| told(a, b, thresholds).matters);
        let told = Told {
            matters,
            ..told(a, b, thresholds)
        };
        self.tables.of_records(draft, scope, told).of_objects()
    }

    /// A number that is only ever 0 or 1.
    fn flags(&self, (first, second): &(Counts, Counts), design: DesignEffects) -> Draft {
        let (scope, options) = (&self.named.scope, self.tables.options);
        let (thresholds, seed) = (&options.thresholds, options.seed);
        let draft = compare_counts(&self.named, first, second, design, thresholds, seed);
        let share = |counts: &Counts, of: &Quantiles| {
            counts.get(YES).copied().unwrap_or(0) as f64 / of.count() as f64
        };
        let shares = (share(first, self.numbers.0), share(second, self.numbers.1));
        let mut draft = draft.sentence(flag_sentence(self.tables.kind, self.name, scope, shares));
        // That none touched the border before, and one does now, is no new value.
        draft.striking = false;
        draft.finding.new_values.clear();
        draft.finding.lost_values.clear();
        let told = Told {
            from: shares.0,
            to: shares.1,
            matters: thresholds.total_variation,
        };
        self.tables.of_records(draft, scope, told).of_objects()
    }

    fn test(&self, (a, b): (&Quantiles, &Quantiles), design: DesignEffects) -> Draft {
        let options = self.tables.options;
        let (thresholds, seed) = (&options.thresholds, options.seed);
        compare_numbers(
            &self.named,
            a,
            b,
            Size::Wasserstein,
            design,
            thresholds,
            seed,
        )
    }
}

/// The means of each record, where they are worth more than all objects are: where few
/// records hold much of all objects, these are worth few independent ones, while of their means each
/// record has one.
fn record_means<'a>(
    tables: Tables<'a>,
    name: &str,
    (n, m): (f64, f64),
) -> Option<(&'a Quantiles, &'a Quantiles)> {
    let (a, b) = means_of(tables, name)?;
    let (records, records_target) = tables.records.effective(a.count(), b.count());
    let worth = |n: f64, m: f64| n * m / (n + m);
    (worth(records, records_target) > worth(n, m)).then_some((a, b))
}

/// The means of each record that has any.
fn means_of<'a>(tables: Tables<'a>, name: &str) -> Option<(&'a Quantiles, &'a Quantiles)> {
    let of = |table: &'a ObjectTable| table.record_means().get(name);
    of(tables.reference).zip(of(tables.target))
}

const YES: &str = "yes";
const NO: &str = "no";

/// Counts of a number that is only ever 0 or 1.
fn truths(numbers: &Quantiles) -> Option<Counts> {
    let mut counts = Counts::new();
    for bucket in numbers.buckets() {
        let value = match (bucket.lower, bucket.upper) {
            (0.0, 0.0) => NO,
            (1.0, 1.0) => YES,
            _ => return None,
        };
        counts.insert(value.to_owned(), bucket.count);
    }
    (numbers.finite_count() == numbers.count() && !counts.is_empty()).then_some(counts)
}

/// Objects that lack a number others have.
pub(super) fn compare_missing(
    tables: Tables<'_>,
    scope: &Scope,
    name: &str,
    (reference, target): (&ObjectGroup, &ObjectGroup),
) -> Option<Draft> {
    let missing = (reference.missing(name), target.missing(name));
    // Two lists without an object say nothing of what objects have.
    if missing == (0, 0) || reference.objects() == 0 || target.objects() == 0 {
        return None;
    }
    let feature = format!("{} {name} missing", tables.kind);
    let named = tables.named(&feature, scope.clone());
    if let Some(reason) = unknown_sizes(name, reference, target) {
        let draft = named.draft();
        let draft = draft.counts(reference.objects(), target.objects());
        return Some(draft.not_tested(reason));
    }
    let counts = |group: &ObjectGroup, missing: u64| -> Counts {
        [("missing", missing), ("there", group.objects() - missing)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(what, count)| (what.to_owned(), count))
            .collect()
    };
    let (a, b) = (counts(reference, missing.0), counts(target, missing.1));
    let options = tables.options;
    Some(compare_counts(
        &named,
        &a,
        &b,
        careful_design(tables, (reference, target)),
        &options.thresholds,
        options.seed,
    ))
}
