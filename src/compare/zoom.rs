//! Whether objects that grew or shrank tell of a zoom.

use crate::profile::{ObjectTable, Profile};

use super::explanation::Explanation;
use super::features::OUTPUTS;
use super::finding::{Finding, Scope, Verdict};
use super::numbers::{medians, number};

/// Fewest objects of a class a side whose median size counts.
const FEWEST_OBJECTS: u64 = 20;
/// Names of input features that tell of the lens and of the picture's size.
const LENS: [&str; 2] = ["focal", "zoom"];
const PICTURE: [&str; 4] = ["width", "height", "megapixels", "resolution"];

/// What sizes, borders, counts and lens say together.
///
/// A zoom by z makes every object z times as long: the factor is
///
/// ```text
/// z = exp(1/2 sum_c w_c log(a'_c / a_c)),   w_c = n_c / sum n_c
///     where  a_c  median relative area of the objects of class c
///            n_c  objects of the class, on the side with fewer
/// ```
///
/// and it takes what lies at the edge out of the picture: more boxes touch the
/// border, and there are fewer of them. A zoom out does the opposite. Without
/// these signs larger objects may be nearer, or others.
pub(super) fn explain_zoom(
    reference: &Profile,
    target: &Profile,
    findings: &[Finding],
) -> Option<Explanation> {
    let moved = |feature: &str| {
        findings
            .iter()
            .filter(|f| f.verdict >= Verdict::PossibleDrift && f.feature == feature)
            .collect::<Vec<_>>()
    };
    if moved("box relative area").is_empty() {
        return None;
    }
    let (a, b) = (
        reference.objects().get("box")?,
        target.objects().get("box")?,
    );
    let sizes = Sizes::of(a, b)?;
    let grew = sizes.factor > 1.0;
    let mut signs = Vec::new();
    let mut against = Vec::new();
    let mut sign = |agrees: bool, text: String| match agrees {
        true => signs.push(text),
        false => against.push(text),
    };
    if let Some(finding) = moved("box touches border").first() {
        let rose = risen(finding);
        let word = if rose { "more" } else { "less" };
        sign(rose == grew, format!("boxes touch the border {word} often"));
    }
    if let Some(finding) = moved("box count").iter().find(|f| f.scope == Scope::All) {
        let mean = |table: &ObjectTable| table.all().objects() as f64 / table.records() as f64;
        let rose = mean(b) > mean(a);
        debug_assert_eq!(finding.scope, Scope::All);
        let word = if rose { "more" } else { "fewer" };
        sign(rose != grew, format!("there are {word} in an image"));
    }
    let lens = lens(findings);
    if let Some((name, rose)) = &lens {
        let word = if *rose { "rose" } else { "fell" };
        sign(*rose == grew, format!("{name} {word}"));
    }
    let picture = findings.iter().find(|f| {
        f.verdict == Verdict::Drift
            && has_word(&f.feature, &PICTURE)
            && !f.feature.starts_with("box ")
    });
    let direction = if grew { "in" } else { "out" };
    let factor = number((sizes.factor.max(1.0 / sizes.factor) * 100.0).round() / 100.0);
    let lead = match (signs.is_empty(), against.is_empty()) {
        (false, true) => format!("this looks like a zoom {direction} by about {factor} times"),
        (false, false) => format!("this may be a zoom {direction} by about {factor} times"),
        (true, _) => {
            "sizes alone do not make a zoom: objects may be nearer or farther, or others".to_owned()
        }
    };
    let of = match sizes.classes {
        0 => "objects are".to_owned(),
        _ => format!(
            "objects of {} of {} classes are",
            sizes.agreeing, sizes.classes
        ),
    };
    let mut sentence = format!("{lead}: {of} {}", if grew { "larger" } else { "smaller" });
    for text in &signs {
        sentence += &format!(", {text}");
    }
    for text in &against {
        sentence += &format!(", but {text}");
    }
    if let Some(finding) = picture {
        sentence += &format!(
            "; {} changed as well, so pictures may be cut otherwise",
            finding.feature
        );
    }
    Some(Explanation {
        group: OUTPUTS.to_owned(),
        outcome: "box relative area".to_owned(),
        rose: Some(grew),
        records: b.all().objects(),
        inputs: 0,
        changed: 0,
        features: Vec::new(),
        associated: 0,
        sentence,
    })
}

/// Whether the target's side of a finding is the higher one.
fn risen(finding: &Finding) -> bool {
    let yes = finding.shares.iter().find(|share| share.value == "yes");
    match yes {
        Some(share) => share.target > share.reference,
        None => finding
            .quantiles
            .iter()
            .find(|q| q.rank == 0.5)
            .is_some_and(|median| median.target > median.reference),
    }
}

fn has_word(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    words.iter().any(|word| name.contains(word))
}

/// An input feature that tells of the lens and changed.
fn lens(findings: &[Finding]) -> Option<(String, bool)> {
    let found = findings.iter().find(|f| {
        f.verdict == Verdict::Drift && has_word(&f.feature, &LENS) && !f.quantiles.is_empty()
    });
    found.map(|f| (f.feature.clone(), risen(f)))
}

/// How median sizes changed.
struct Sizes {
    factor: f64,
    /// Classes that were measured, 0 where all objects were taken together.
    classes: usize,
    /// Those that changed as the factor says.
    agreeing: usize,
}

impl Sizes {
    fn of(reference: &ObjectTable, target: &ObjectTable) -> Option<Self> {
        const AREA: &str = "relative area";
        let ratio = |a: &crate::profile::ObjectGroup, b: &crate::profile::ObjectGroup| {
            let (a, b) = (
                a.features().get(AREA)?.numbers(),
                b.features().get(AREA)?.numbers(),
            );
            let (from, to) = medians(a, b);
            let ratio = (to / from).ln() / 2.0;
            let n = a.count().min(b.count());
            (ratio.is_finite() && n >= FEWEST_OBJECTS).then_some((ratio, n as f64))
        };
        let classes = reference.classes().iter();
        let classes: Vec<(f64, f64)> = classes
            .filter_map(|(name, a)| ratio(a, target.classes().get(name)?))
            .collect();
        if classes.is_empty() {
            let (ratio, _) = ratio(reference.all(), target.all())?;
            return (ratio != 0.0).then_some(Self {
                factor: ratio.exp(),
                classes: 0,
                agreeing: 0,
            });
        }
        let weight: f64 = classes.iter().map(|(_, n)| n).sum();
        let mean = classes.iter().map(|(ratio, n)| ratio * n).sum::<f64>() / weight;
        let agrees = |(ratio, _): &&(f64, f64)| *ratio * mean > 0.0;
        (mean != 0.0).then_some(Self {
            factor: mean.exp(),
            classes: classes.len(),
            agreeing: classes.iter().filter(agrees).count(),
        })
    }
}
