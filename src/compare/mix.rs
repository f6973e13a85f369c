//! New mix, or new meaning: what turned the mean of a space.

use crate::profile::{SpaceGroup, SpaceProfile};

use super::classes::class_groups;
use super::result::MixOrMeaning;

/// Splits the difference of two means by class; see [`MixOrMeaning`].
///
/// ```text
/// mix     = sum_c (pi'_c - pi_c) (mu_c + mu'_c) / 2
/// meaning = sum_c (pi'_c + pi_c) / 2 (mu'_c - mu_c)
/// ```
///
/// which is the average of both orders; a class that one side lacks counts as
/// mix. From the squared lengths is taken what sampling alone gives: for the
/// meaning `sum_c w_c^2 (v_c / n_c + v'_c / m_c)`, for the mix
/// `sum_c pooled_c |mu_c - mu|^2 (1 / n + 1 / m)`, with
///
/// ```text
/// v_c = (1 - |mu_c|^2) n_c / (n_c - 1)
/// ```
///
/// the unbiased variance of a class's unit vectors; a class of one row has that of
/// all classes of both windows, pooled.
///
/// `None` where the windows have no named class in common: nothing then tells
/// whether the classes have a new meaning or others have come in their place.
pub(crate) fn mix_or_meaning(
    reference: &SpaceProfile,
    target: &SpaceProfile,
) -> Option<MixOrMeaning> {
    let (first, second) = (class_groups(reference), class_groups(target));
    let total = |groups: &std::collections::BTreeMap<&str, &SpaceGroup>| {
        groups.values().map(|g| g.count()).sum::<u64>() as f64
    };
    let (n, m) = (total(&first), total(&second));
    let theirs = target.classes();
    let in_common = reference.classes().iter().any(|(name, group)| {
        group.count() > 0 && theirs.get(name).is_some_and(|group| group.count() > 0)
    });
    if n == 0.0 || m == 0.0 || !in_common {
        return None;
    }
    let names: std::collections::BTreeSet<&str> =
        first.keys().chain(second.keys()).copied().collect();
    let dim = reference.directions().dim();
    let (mut mix, mut meaning) = (vec![0.0; dim], vec![0.0; dim]);
    let mut meaning_noise = 0.0;
    let spread = pooled_variance(first.values().chain(second.values()).copied());
    let mut classes = Vec::new();
    for name in names {
        let side = |groups: &std::collections::BTreeMap<&str, &SpaceGroup>| {
            groups
                .get(name)
                .filter(|g| g.count() > 0)
                .and_then(|g| Some((g.count() as f64, g.directions().mean()?)))
        };
        let (a, b) = (side(&first), side(&second));
        let share = |s: &Option<(f64, Vec<f64>)>, n: f64| s.as_ref().map_or(0.0, |s| s.0 / n);
        let (pi, pi_target) = (share(&a, n), share(&b, m));
        // A class that one side lacks has not moved: its mean is that of the other.
        let Some(mu) = a.as_ref().or(b.as_ref()).map(|s| s.1.clone()) else {
            continue;
        };
        let mu_target = b
            .as_ref()
            .or(a.as_ref())
            .map_or(mu.clone(), |s| s.1.clone());
        let weight = (pi + pi_target) / 2.0;
        for i in 0..dim {
            mix[i] += (pi_target - pi) * (mu[i] + mu_target[i]) / 2.0;
            meaning[i] += weight * (mu_target[i] - mu[i]);
        }
        if let (Some((n_c, mu)), Some((m_c, mu_target))) = (&a, &b) {
            let noise = variance(mu, *n_c, spread) / n_c + variance(mu_target, *m_c, spread) / m_c;
            meaning_noise += weight * weight * noise;
        }
        classes.push(((pi * n + pi_target * m) / (n + m), mu));
    }
    let mean: Vec<f64> = (0..dim)
        .map(|i| classes.iter().map(|(share, mu)| share * mu[i]).sum())
        .collect();
    let between: f64 = classes
        .iter()
        .map(|(share, mu)| {
            let square = mu.iter().zip(&mean).map(|(a, b)| (a - b) * (a - b));
            share * square.sum::<f64>()
        })
        .sum();
    let length = |v: &[f64], noise: f64| (square(v) - noise).max(0.0).sqrt();
    Some(MixOrMeaning {
        mix: length(&mix, between * (1.0 / n + 1.0 / m)),
        meaning: length(&meaning, meaning_noise),
    })
}

fn square(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum()
}

/// Variance of a class's unit vectors around their mean, from `n` of them.
fn variance(mean: &[f64], n: f64, pooled: f64) -> f64 {
    if n < 2.0 {
        return pooled;
    }
    (1.0 - square(mean)).max(0.0) * n / (n - 1.0)
}

/// The same of the rows of all groups around the mean of each; 0 where no group has
/// two.
fn pooled_variance<'g>(groups: impl Iterator<Item = &'g SpaceGroup>) -> f64 {
    let (mut squares, mut freedom) = (0.0, 0.0);
    for group in groups {
        let n = group.count() as f64;
        if let Some(mean) = group.directions().mean().filter(|_| n > 1.0) {
            squares += n * (1.0 - square(&mean)).max(0.0);
            freedom += n - 1.0;
        }
    }
    if freedom > 0.0 {
        squares / freedom
    } else {
        0.0
    }
}
