//! Distributions as lines of block characters, for a terminal that shows them.

use super::distributions::{Histogram, Part, histogram, single, sketches};
use super::escape::clip;
use super::number::number;
use super::page::columns;
use crate::compare::Finding;
use crate::profile::Profile;

/// Nothing, and one to eight eighths of a line.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Columns of a name in front of its line.
const NAME: usize = 28;

/// The two distributions that a finding is about, on the same axes; nothing where profiles keep
/// none of it.
pub(super) fn of_finding(finding: &Finding, profiles: (&Profile, &Profile)) -> Vec<String> {
    // What is yes or no has shares.
    let both = sketches(profiles, finding).filter(|_| finding.shares.is_empty());
    let Some(drawn) = both.and_then(|(reference, target)| histogram(reference, target)) else {
        return Vec::new();
    };
    let sides = [&drawn.reference, &drawn.target];
    let highest = highest(sides);
    let [reference, target] = sides.map(|side| line(side, highest));
    vec![
        format!("reference {reference}"),
        format!("target    {target}  {}", axis(&drawn)),
    ]
}

/// The distribution of each named number of a profile, by name; at most so many.
pub(super) fn of_features(profile: &Profile, most: usize) -> Vec<String> {
    let features = profile.features().iter();
    let lines = features.filter_map(|(name, feature)| {
        let drawn = single(feature.numbers())?;
        let name = clip(name, NAME);
        let gap = " ".repeat(NAME.saturating_sub(columns(&name)));
        let line = line(&drawn.reference, highest([&drawn.reference]));
        Some(format!("{name}{gap} {line}  {}", axis(&drawn)))
    });
    lines.take(most).collect()
}

fn highest<const N: usize>(sides: [&Vec<Part>; N]) -> f64 {
    let shares = sides.into_iter().flatten().map(|part| part.share);
    shares.filter(|share| share.is_finite()).fold(0.0, f64::max)
}

/// A block for each bin, as high as its share of the highest; what is not nothing shows.
fn line(side: &[Part], highest: f64) -> String {
    let block = |part: &Part| {
        let eighths = (8.0 * part.share / highest).ceil();
        // Not a number is nothing.
        BLOCKS[(eighths.clamp(0.0, 8.0) as usize).min(8)]
    };
    side.iter().map(block).collect()
}

/// `0.12 to 0.93`, and how the stretch between is divided.
fn axis(drawn: &Histogram) -> String {
    let end = |at: Option<&f64>| at.map_or("-".into(), |end| number(*end));
    let (first, last) = (end(drawn.edges.first()), end(drawn.edges.last()));
    let how = if drawn.is_logarithmic {
        ", logarithmic"
    } else {
        ""
    };
    format!("{first} to {last}{how}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{CompareOptions, compare};
    use crate::ingest::{Batch, Column};
    use crate::profile::{ProfileBuilder, ProfileConfig};
    use crate::report::{Style, TerminalOptions, markdown, profile_page, terminal_with_profiles};

    /// 400 numbers, of which each of ten values has as many, the first ones from `first` on.
    fn profile(first: f64) -> Profile {
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        let values: Vec<f64> = (0..400).map(|i| first + f64::from(i % 10)).collect();
        let batch = Batch::new(400).feature("light\u{1b}[2J", Column::from(values));
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    }

    #[test]
    fn both_windows_lie_on_one_axis() {
        let (reference, target) = (profile(0.0), profile(5.0));
        let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
        let lines = of_finding(&answer.findings[0], (&reference, &target));
        assert_eq!(
            lines,
            [
                "reference ██████████     ",
                "target         ██████████  -0.5 to 14.5"
            ]
        );
    }

    #[test]
    fn what_is_rare_shows_and_what_is_not_there_does_not() {
        let part = |share: f64| Part {
            share,
            lower: share,
            upper: share,
        };
        let side: Vec<Part> = [0.5, 0.25, 1e-6, 0.0, f64::NAN].map(part).into();
        assert_eq!(line(&side, highest([&side])), "█▄▁  ");
        let nothing = vec![part(0.0)];
        assert_eq!(line(&nothing, highest([&nothing])), " ");
    }

    #[test]
    fn only_a_terminal_that_shows_blocks_gets_some() {
        let (reference, target) = (profile(0.0), profile(5.0));
        let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
        let has_blocks = |text: &str| text.contains('█');
        for blocks in [false, true] {
            let options = TerminalOptions {
                style: Style::Plain,
                blocks,
                ..TerminalOptions::default()
            };
            let page = terminal_with_profiles(&answer, (&reference, &target), &options);
            let shown = profile_page(&reference, "march.dsp", &options);
            assert_eq!((has_blocks(&page), has_blocks(&shown)), (blocks, blocks));
            assert!(!page.contains('\u{1b}') && !shown.contains('\u{1b}'));
        }
        assert!(!has_blocks(&markdown(&answer, true)));
    }
}
