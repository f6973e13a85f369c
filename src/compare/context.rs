//! What a space's tests are told about it.

use crate::profile::SpaceProfile;
use crate::sketch::Quantiles;

use super::binned::Shares;
use super::draft::Draft;
use super::finding::{Kind, Scope};
use super::groups::Groups;
use super::numbers::{Named, Size, compare_numbers};
use super::options::CompareOptions;
use super::repeats::DesignEffects;

/// Fewest rows a side for a test of one class or cluster.
pub(crate) const MIN_GROUP_ROWS: u64 = 20;

/// Why distances of a reference in groups say little of a target.
pub(crate) const OWN_GROUP: &str = "1 % or more of what made a record's centre were others of its own \
                         group, which new groups lack";

/// What a space's tests are told about it.
pub(crate) struct SpaceContext<'a> {
    /// The group that the findings are judged in.
    pub(crate) group: &'a str,
    pub(crate) options: &'a CompareOptions,
    /// Whether both sides have classes.
    pub(crate) classed: bool,
    /// How the shares of the classes are compared.
    pub(crate) class_shares: Shares,
    /// How much less than their number the records of each side say.
    pub(crate) design: DesignEffects,
    /// What belongs together, where both sides say it.
    pub(crate) groups: Option<&'a Groups>,
    /// Whether the centres were made from the reference.
    pub(crate) own_centres: bool,
}

impl SpaceContext<'_> {
    pub(crate) fn named<'n>(&'n self, feature: &'n str, scope: Scope) -> Named<'n> {
        Named {
            group: self.group,
            feature,
            kind: Kind::Embedding,
            scope,
        }
    }

    pub(crate) fn draft(&self, feature: &str, scope: Scope) -> Draft {
        self.named(feature, scope).draft()
    }

    /// The design effects of what `by` says, where there are groups.
    pub(crate) fn design_of(
        &self,
        (reference, target): (&SpaceProfile, &SpaceProfile),
        by: fn(&Groups, (u64, u64)) -> DesignEffects,
    ) -> DesignEffects {
        let rows = (reference.rows(), target.rows());
        self.groups.map_or(self.design, |groups| by(groups, rows))
    }

    /// Distances to centres that records of the same groups made.
    pub(crate) fn not_left_out(&self, made: fn(&Groups) -> bool) -> bool {
        self.own_centres && self.groups.is_some_and(made)
    }

    /// A distance to centres: whole distribution and shift of the median.
    pub(crate) fn distance(
        &self,
        feature: &str,
        scope: Scope,
        reference: &Quantiles,
        target: &Quantiles,
    ) -> Draft {
        compare_numbers(
            &self.named(feature, scope),
            reference,
            target,
            Size::MedianShift,
            self.design,
            &self.options.thresholds,
            self.options.seed,
        )
    }
}
