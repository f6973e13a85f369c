//! Which classes and clusters moved, gathered from the findings about them.

use crate::compare::{Comparison, Finding, Scope, Verdict};

/// A class or cluster that a finding of drift names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place<'a> {
    /// The group of findings it belongs to.
    group: &'a str,
    /// A class, not a cluster.
    is_class: bool,
    /// The name, as in the data or the codebook.
    name: &'a str,
    /// Its share of the reference.
    pub(super) reference: Option<f64>,
    /// Its share of the target.
    pub(super) target: Option<f64>,
    /// What moved: its share, or features measured within it.
    pub(super) moved: Vec<&'a str>,
    /// The real record nearest to its centre.
    pub(super) medoid: Option<&'a str>,
}

impl Place<'_> {
    /// `class zebra`; clusters are called `cluster 3` already.
    pub(super) fn label(&self) -> String {
        let prefix = if self.is_class { "class " } else { "" };
        format!("{prefix}{}", self.name)
    }
}

/// Shares of one finding that are worth a line.
const SHARES: usize = 6;

/// Classes and clusters named by findings of drift or possible drift, in the
/// order of these findings: those a finding is about, and those whose share
/// changed most.
pub(super) fn places(comparison: &Comparison) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    let moved = |f: &&Finding| matches!(f.verdict, Verdict::Drift | Verdict::PossibleDrift);
    for finding in comparison.findings.iter().filter(moved) {
        if let Some((is_class, name)) = scope_name(&finding.scope) {
            let place = place(&mut places, &finding.group, is_class, name);
            place.moved.push(&finding.feature);
        }
        let Some(is_class) = shares_of_classes(finding) else {
            continue;
        };
        for share in finding.shares.iter().take(SHARES) {
            let place = place(&mut places, &finding.group, is_class, &share.value);
            place
                .moved
                .push(if finding.new_values.contains(&share.value) {
                    "new"
                } else if finding.lost_values.contains(&share.value) {
                    "gone"
                } else if share.target > share.reference {
                    "more frequent"
                } else {
                    "less frequent"
                });
        }
    }
    for place in &mut places {
        complete(place, comparison);
    }
    places
}

/// Shares and medoids may stand in any finding of the same group.
fn complete<'a>(place: &mut Place<'a>, comparison: &'a Comparison) {
    let group = place.group;
    for finding in comparison.findings.iter().filter(|f| f.group == group) {
        if shares_of_classes(finding) == Some(place.is_class)
            && let Some(share) = finding.shares.iter().find(|s| s.value == place.name)
        {
            place.reference = Some(share.reference);
            place.target = Some(share.target);
        }
        if place.medoid.is_some() {
            continue;
        }
        let own = scope_name(&finding.scope) == Some((place.is_class, place.name));
        place.medoid = finding
            .records
            .iter()
            .find(|record| match medoid_of(&record.role) {
                Some("") => own,
                Some(of) => of == place.name,
                None => false,
            })
            .map(|record| record.id.as_str());
    }
}

/// Whether a role says that the record stands for a class or cluster.
pub(super) fn is_medoid(role: &str) -> bool {
    medoid_of(role).is_some()
}

/// `Some("")` for `medoid` (of the finding's own scope), `Some("cat")` for
/// `medoid of cat`.
fn medoid_of(role: &str) -> Option<&str> {
    let rest = role.strip_prefix("medoid")?;
    Some(rest.strip_prefix(" of ").unwrap_or(rest.trim_start()))
}

/// Whether a finding's shares are of classes (`true`), of clusters (`false`), or
/// of something else (`None`).
fn shares_of_classes(finding: &Finding) -> Option<bool> {
    if finding.shares.is_empty() {
        None
    } else if finding.feature.contains("cluster") {
        Some(false)
    } else {
        finding.feature.contains("class").then_some(true)
    }
}

fn scope_name(scope: &Scope) -> Option<(bool, &str)> {
    match scope {
        Scope::Class(name) => Some((true, name)),
        Scope::Cluster(name) => Some((false, name)),
        Scope::All | Scope::BetweenClasses(_) => None,
    }
}

fn place<'p, 'a>(
    places: &'p mut Vec<Place<'a>>,
    group: &'a str,
    is_class: bool,
    name: &'a str,
) -> &'p mut Place<'a> {
    let index = places
        .iter()
        .position(|p| (p.group, p.is_class, p.name) == (group, is_class, name))
        .unwrap_or_else(|| {
            places.push(Place {
                group,
                is_class,
                name,
                reference: None,
                target: None,
                moved: Vec::new(),
                medoid: None,
            });
            places.len() - 1
        });
    &mut places[index]
}
