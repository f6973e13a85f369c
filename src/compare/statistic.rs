//! Which statistic tests which feature.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};
use crate::glob::matches;
use crate::profile::{Feature, Profile};

/// Names that an error lists at most.
const NAMES_SHOWN: usize = 20;

/// A statistic that a feature can be tested with.
///
/// | name | of | effect, and the size that matters ([`Thresholds`](super::Thresholds)) |
/// | --- | --- | --- |
/// | `ks` | numbers (default) | Wasserstein distance in reference sd |
/// | `w1` | numbers | the same: Wasserstein distance in reference sd |
/// | `psi` | numbers, categories | population stability index |
/// | `js` | numbers, categories | Jensen-Shannon distance |
/// | `kl` | numbers, categories | Kullback-Leibler divergence of the target from the reference |
/// | `hellinger` | numbers, categories | Hellinger distance |
/// | `chi2` | numbers, categories (default) | total variation less what chance alone gives |
///
/// Angles ([`ProfileConfig::angle`](crate::profile::ProfileConfig::angle)) are
/// tested by Kuiper's statistic unless one of the last five is chosen.
/// Numbers are binned for those: at most ten bins that hold equal parts
/// of both windows' records taken together, each value of its own where there
/// are no more than ten ([`equal_bins`](super::stats::equal_bins)). How empty
/// cells count stands with [`Divergence`](super::stats::Divergence). Every
/// p-value is that of a test which keeps its level; the effect of a divergence
/// is what is left after the part that chance alone explains.
///
/// ```
/// use driftsphere::compare::Statistic;
///
/// let psi: Statistic = "psi".parse()?;
/// assert_eq!(psi.to_string(), "psi");
/// assert!("PSI!".parse::<Statistic>().is_err());
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statistic {
    /// Kolmogorov-Smirnov.
    Ks,
    /// Wasserstein-1.
    W1,
    /// Population stability index.
    Psi,
    /// Jensen-Shannon distance.
    Js,
    /// Kullback-Leibler divergence.
    Kl,
    /// Hellinger distance.
    Hellinger,
    /// Pearson's chi-square.
    Chi2,
}

impl Statistic {
    const ALL: [Self; 7] = [
        Self::Ks,
        Self::W1,
        Self::Psi,
        Self::Js,
        Self::Kl,
        Self::Hellinger,
        Self::Chi2,
    ];

    /// The name that is typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ks => "ks",
            Self::W1 => "w1",
            Self::Psi => "psi",
            Self::Js => "js",
            Self::Kl => "kl",
            Self::Hellinger => "hellinger",
            Self::Chi2 => "chi2",
        }
    }

    /// Whether the statistic needs an order of the values.
    fn is_of_numbers(self) -> bool {
        matches!(self, Self::Ks | Self::W1)
    }

    /// Those that fit a feature of this type.
    fn names(fit: impl Fn(Self) -> bool) -> String {
        let names: Vec<&str> = Self::ALL
            .into_iter()
            .filter(|s| fit(*s))
            .map(Self::name)
            .collect();
        names.join(", ")
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Statistic {
    type Err = Error;

    /// # Errors
    /// [`ErrorKind::Argument`] that lists the names there are.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|s| s.name() == text)
            .ok_or_else(|| {
                let message = format!(
                    "there is no statistic `{text}`; there are: {}",
                    Self::names(|_| true)
                );
                Error::new(ErrorKind::Argument, message)
            })
    }
}

/// A statistic for the features of a name, or of a pattern of names.
///
/// ```
/// use driftsphere::compare::{CompareOptions, Statistic, StatisticChoice};
///
/// let choice: StatisticChoice = "pixel_*=w1".parse()?;
/// assert_eq!(choice.statistic, Statistic::W1);
/// let options = CompareOptions {
///     statistics: vec![choice, StatisticChoice::new("camera", Statistic::Psi)],
///     ..CompareOptions::default()
/// };
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticChoice {
    /// The feature's name; `*` stands for any text, `?` for any
    /// character.
    pub feature: String,
    /// What it is tested with.
    pub statistic: Statistic,
}

impl StatisticChoice {
    /// Tests `feature`, or every feature that fits the pattern, with `statistic`.
    #[must_use]
    pub fn new(feature: impl Into<String>, statistic: Statistic) -> Self {
        Self {
            feature: feature.into(),
            statistic,
        }
    }
}

impl FromStr for StatisticChoice {
    type Err = Error;

    /// Reads `FEATURE=STATISTIC`; the name may hold further equals signs.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for another form or an unknown statistic.
    fn from_str(text: &str) -> Result<Self> {
        match text.rsplit_once('=') {
            Some((feature, statistic)) if !feature.is_empty() => {
                Ok(Self::new(feature, statistic.parse()?))
            }
            _ => Err(Error::new(
                ErrorKind::Argument,
                format!("a statistic is chosen as FEATURE=STATISTIC, not as `{text}`"),
            )),
        }
    }
}

/// What each feature is tested with, where that was chosen; the last choice
/// that names a feature holds.
///
/// # Errors
/// [`ErrorKind::Argument`] where a choice names no feature of either profile, or
/// only such that its statistic does not fit. A pattern passes over features
/// that its statistic does not fit, as long as it fits one.
pub(crate) fn chosen(
    choices: &[StatisticChoice],
    reference: &Profile,
    target: &Profile,
) -> Result<BTreeMap<String, Statistic>> {
    let names: BTreeSet<&str> = [reference, target]
        .into_iter()
        .flat_map(|p| p.features().keys().map(String::as_str))
        .collect();
    let mut out = BTreeMap::new();
    for choice in choices {
        let meant: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| matches(&choice.feature, name))
            .collect();
        let place = |error: Error| error.at("statistic", choice.statistic);
        if meant.is_empty() {
            return Err(place(unknown(&choice.feature, &names)));
        }
        let sides = [reference, target];
        let is_angle = |name: &str| sides.iter().any(|p| p.config().angles.contains_key(name));
        let types = |name: &str| Types::of(name, is_angle(name), reference, target);
        let fits = |name: &&&str| types(name).fit(choice.statistic);
        if meant.iter().find(fits).is_none() {
            return Err(place(types(meant[0]).unfit(choice.statistic, meant[0])));
        }
        let fitting = meant.iter().filter(fits);
        out.extend(fitting.map(|name| ((*name).to_owned(), choice.statistic)));
    }
    Ok(out)
}

/// The statistics chosen for one feature that is known to exist, the last first.
pub(crate) fn chosen_for<'a>(
    choices: &'a [StatisticChoice],
    feature: &'a str,
) -> impl Iterator<Item = Statistic> + 'a {
    let last_first = choices.iter().rev();
    let meant = last_first.filter(move |choice| matches(&choice.feature, feature));
    meant.map(|choice| choice.statistic)
}

fn unknown(pattern: &str, names: &BTreeSet<&str>) -> Error {
    let shown: Vec<&str> = names.iter().copied().take(NAMES_SHOWN).collect();
    let there_are = match names.len() {
        0 => "the profiles have none".to_owned(),
        n if n > NAMES_SHOWN => {
            format!(
                "there are: {} and {} more",
                shown.join(", "),
                n - NAMES_SHOWN
            )
        }
        _ => format!("there are: {}", shown.join(", ")),
    };
    let message = format!("there is no feature `{pattern}`; {there_are}");
    Error::new(ErrorKind::Argument, message)
}

/// What the values of a feature are, in one profile or the other.
#[derive(Debug, Clone, Copy)]
struct Types {
    numbers: bool,
    texts: bool,
    angle: bool,
}

impl Types {
    fn of(name: &str, angle: bool, reference: &Profile, target: &Profile) -> Self {
        let any = |has: fn(&Feature) -> bool| {
            let both = [reference, target];
            both.iter().any(|p| p.features().get(name).is_some_and(has))
        };
        Self {
            numbers: any(|f| f.numbers().count() > 0),
            texts: any(|f| f.categories().total() > 0),
            angle,
        }
    }

    /// A feature without any value fits all: there is nothing to test.
    fn fit(self, statistic: Statistic) -> bool {
        !statistic.is_of_numbers() || (!self.angle && (self.numbers || !self.texts))
    }

    fn unfit(self, statistic: Statistic, feature: &str) -> Error {
        let (what, fitting) = match self.angle {
            true => (
                "is an angle, whose zero is arbitrary",
                "(Kuiper's by default) ",
            ),
            false => ("holds no numbers", ""),
        };
        let message = format!(
            "`{statistic}` does not fit feature `{feature}`, which {what}; {fitting}{} do",
            Statistic::names(|s| self.fit(s))
        );
        Error::new(ErrorKind::Argument, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_from_the_last_equals_sign() {
        let choice: StatisticChoice = "a=b=psi".parse().unwrap();
        assert_eq!(choice, StatisticChoice::new("a=b", Statistic::Psi));
        for (wrong, says) in [
            ("psi", "FEATURE=STATISTIC"),
            ("=psi", "FEATURE=STATISTIC"),
            ("x=mean", "there are: ks, w1, psi, js, kl, hellinger, chi2"),
        ] {
            let error = wrong.parse::<StatisticChoice>().unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
