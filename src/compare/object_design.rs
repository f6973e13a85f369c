//! How many independent objects those of two windows are worth.

use crate::profile::{ImageSums, ObjectFeature, ObjectGroup, ObjectTable};

use super::objects::Tables;
use super::repeats::DesignEffects;

/// For tests of a number, of the objects of two groups.
///
/// The design effect of a side ([`ImageSums::design_effect`]) is an estimate from the side itself,
/// and where one record holds much of all objects it sees nothing of what a
/// window without this record would be like. So
///
/// ```text
/// deff' = max(own, both) / (1 - h)^2,   h = (largest m_i - 1) / n
///     where  own, both  design effects of the side, and of both windows, each about its own mean
///            m_i        objects of record i
/// ```
///
/// as the jackknife weighs what a record leaves behind when it is taken away (Bell and
/// McCaffrey 2002, *Survey Methodology* 28), for the record of the most weight.
pub(super) fn number_design(
    tables: Tables<'_>,
    groups: (&ObjectGroup, &ObjectGroup),
    features: (&ObjectFeature, &ObjectFeature),
) -> DesignEffects {
    let (a, b) = (features.0.sums(), features.1.sums());
    let most = (most(groups.0), most(groups.1));
    let of = |sums: &ImageSums, most: f64| sums.design_effect() * leverage(most, sums.objects());
    let pooled =
        ImageSums::common_effect(&[a, b]) * leverage(most.0.max(most.1), a.objects() + b.objects());
    let side = |sums: &ImageSums, most: f64| {
        let n = sums.objects().max(1) as f64;
        of(sums, most).max(pooled).min(n)
    };
    let objects = DesignEffects {
        reference: side(a, most.0),
        target: side(b, most.1),
        grouped: false,
    };
    objects.times(tables.records)
}

/// For tests of what is known of objects but not how it varies within records: as if the objects
/// of a record were copies of each other.
pub(super) fn careful_design(
    tables: Tables<'_>,
    groups: (&ObjectGroup, &ObjectGroup),
) -> DesignEffects {
    let alike = |group: &ObjectGroup| {
        let n = group.objects().max(1) as f64;
        (group.squared_counts() as f64 / n).max(1.0)
    };
    let objects = DesignEffects {
        reference: alike(groups.0),
        target: alike(groups.1),
        grouped: false,
    };
    objects.times(tables.records)
}

/// For tests of the shares of classes, where m_ic of the m_i objects of record i are of
/// class c: the first-order correction of Rao and Scott (1981), with the larger of a
/// side and both, and the weight of the largest record, as in [`number_design`].
///
/// ```text
/// deff   = sum_c (1 - p_c) deff_c / (C - 1)
/// deff_c = sum_i (m_ic - p_c m_i)^2 / (N p_c (1 - p_c))
/// ```
pub(super) fn class_design(tables: Tables<'_>) -> DesignEffects {
    let (a, b) = (tables.reference, tables.target);
    let most = (most(a.all()), most(b.all()));
    let n = (a.all().objects(), b.all().objects());
    let (all, weights) = ((n.0 + n.1).max(1) as f64, (n.0 as f64, n.1 as f64));
    let both = (class_effect(a) * weights.0 + class_effect(b) * weights.1) / all;
    let pooled = both * leverage(most.0.max(most.1), n.0 + n.1);
    let side = |table: &ObjectTable, most: f64, n: u64| {
        let own = class_effect(table) * leverage(most, n);
        own.max(pooled).min(n.max(1) as f64)
    };
    let objects = DesignEffects {
        reference: side(a, most.0, n.0),
        target: side(b, most.1, n.1),
        grouped: false,
    };
    objects.times(tables.records)
}

fn class_effect(table: &ObjectTable) -> f64 {
    let all = table.all();
    let n = all.objects() as f64;
    let rest = table
        .other_classes()
        .into_iter()
        .chain([table.unclassified()]);
    let groups = table.classes().values().chain(rest);
    let groups: Vec<&ObjectGroup> = groups.filter(|group| group.objects() > 0).collect();
    if groups.len() < 2 {
        return 1.0;
    }
    let terms = groups.iter().map(|group| {
        let share = group.objects() as f64 / n;
        let spread = group.squared_counts() as f64 - 2.0 * share * group.count_products() as f64
            + share * share * all.squared_counts() as f64;
        spread / (n * share)
    });
    (terms.sum::<f64>() / (groups.len() - 1) as f64).max(1.0)
}

/// The most objects of one record; of a sealed group no less than them.
fn most(group: &ObjectGroup) -> f64 {
    let bound = || (group.squared_counts() as f64).sqrt();
    group.counts().max().unwrap_or_else(bound)
}

fn leverage(most: f64, objects: u64) -> f64 {
    let share = (most - 1.0).max(0.0) / objects.max(1) as f64;
    // A record that holds all leaves nothing behind.
    let rest = (1.0 - share).max(1.0 / objects.max(1) as f64);
    1.0 / (rest * rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_with_half_of_all_objects_weighs_fourfold() {
        assert_eq!(leverage(1.0, 50), 1.0);
        assert!((leverage(26.0, 50) - 4.0).abs() < 1e-12);
        assert!((leverage(11.0, 1000) - 1.0 / (0.99 * 0.99)).abs() < 1e-12);
        assert!((leverage(50.0, 50) - 2500.0).abs() < 1e-9);
        assert_eq!(leverage(0.0, 0), 1.0);
    }
}
