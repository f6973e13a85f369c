//! From p-values of windows to alarms and episodes of one family.

use super::result::{Family, FamilyEvidence};
use crate::compare::stats::{Evidence, onset};

/// A window with a larger p-value speaks for calm.
const CALM: f64 = 0.25;
/// So many calm windows in a row end an episode.
const CALM_WINDOWS: usize = 3;

/// A family that is watched.
///
/// Of the family's share `a` of the rate of false alarms one half goes to single
/// windows, `p <= a / (2 H)` for each of the first `H` windows (Bonferroni), and one to the
/// evidence that adds up, `M >= 2 / a` ([`Evidence`]): the first finds what changes
/// at once, the second what changes bit by bit. After `H` windows the first half is spent.
#[derive(Debug)]
pub(super) struct Watch {
    family: Family,
    share: f64,
    horizon: u64,
    /// Windows that were taken in.
    seen: u64,
    evidence: Evidence,
    /// Windows since the family was last calm, with their p-values.
    since: Vec<(usize, f64)>,
    open: Option<Open>,
    pub(super) closed: Vec<Found>,
}

/// An episode that goes on.
#[derive(Debug)]
struct Open {
    onset: usize,
    alarm: usize,
    last: usize,
    calm: usize,
}

/// An episode by positions of windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) onset: usize,
    pub(super) alarm: usize,
    pub(super) end: Option<usize>,
}

impl Watch {
    /// Watches a family with `share` of the rate of false alarms.
    pub(super) fn new(family: Family, share: f64, horizon: u64) -> Self {
        Self {
            family,
            share,
            horizon,
            seen: 0,
            evidence: Evidence::new(horizon),
            since: Vec::new(),
            open: None,
            closed: Vec::new(),
        }
    }

    /// Takes in the next window.
    pub(super) fn update(&mut self, window: usize, p_value: f64) -> FamilyEvidence {
        let evidence = self.evidence.update(p_value);
        self.since.push((window, p_value));
        self.seen += 1;
        let alone = self.seen <= self.horizon && p_value <= self.share / 2.0 / self.horizon as f64;
        let alarm = self.open.is_none() && (alone || evidence >= 2.0 / self.share);
        if alarm {
            self.open = Some(self.opened(window));
        } else if let Some(open) = &mut self.open {
            if p_value > CALM {
                open.calm += 1;
            } else {
                (open.calm, open.last) = (0, window);
            }
            if open.calm == CALM_WINDOWS {
                self.closed.push(Found {
                    onset: open.onset,
                    alarm: open.alarm,
                    end: Some(open.last),
                });
                self.open = None;
                self.evidence = Evidence::new(self.horizon);
                self.since.clear();
            }
        }
        FamilyEvidence {
            family: self.family,
            p_value,
            evidence,
            alarm,
        }
    }

    fn opened(&self, window: usize) -> Open {
        let p_values: Vec<f64> = self.since.iter().map(|(_, p)| *p).collect();
        Open {
            onset: onset(&p_values).map_or(window, |at| self.since[at].0),
            alarm: window,
            last: window,
            calm: 0,
        }
    }

    /// All episodes, the last of which may go on.
    pub(super) fn finish(mut self) -> Vec<Found> {
        if let Some(open) = self.open {
            self.closed.push(Found {
                onset: open.onset,
                alarm: open.alarm,
                end: None,
            });
        }
        self.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_episode_begins_before_its_alarm_and_ends_with_three_calm_windows() {
        let mut watch = Watch::new(Family::Inputs, 0.05, 30);
        let p_values = [
            0.6, 0.8, 0.02, 0.01, 0.004, 0.001, 0.001, 0.4, 0.01, 0.5, 0.6, 0.7, 0.9,
        ];
        let alarms: Vec<usize> = (p_values.iter().enumerate())
            .filter(|(window, p)| watch.update(*window, **p).alarm)
            .map(|(window, _)| window)
            .collect();
        assert_eq!(alarms.len(), 1);
        assert!((4..=6).contains(&alarms[0]), "{alarms:?}");
        let found = watch.finish();
        assert_eq!((found[0].onset, found[0].end), (2, Some(8)));
    }

    #[test]
    fn one_very_unlikely_window_alarms_by_itself() {
        let mut watch = Watch::new(Family::ClassMix, 0.0125, 30);
        assert!((0..10).all(|window| !watch.update(window, 0.5).alarm));
        assert!(watch.update(10, 1e-4).alarm);
        assert_eq!(
            watch.finish(),
            [Found {
                onset: 10,
                alarm: 10,
                end: None
            }]
        );
    }

    #[test]
    fn after_the_horizon_no_window_alarms_by_itself() {
        let mut watch = Watch::new(Family::Inputs, 0.05, 5);
        assert!((0..5).all(|window| !watch.update(window, 0.5).alarm));
        assert!(!watch.update(5, 1e-4).alarm);
        let mut alarms = (6..30).map(|window| watch.update(window, 1e-4).alarm);
        assert!(alarms.any(|alarm| alarm), "evidence still adds up");
    }
}
