//! A first set of rules, drawn from a reference.

use crate::profile::{Feature, Profile};
use crate::sketch::{Quantiles, Tally};
use std::fmt::Write as _;

/// Distinct values up to which they are listed as those allowed.
const FEW: usize = 20;
/// Ranks whose numbers get a range.
const RANKS: [f64; 3] = [0.05, 0.5, 0.95];

/// Rules about what a reference alone cannot show; their signs are to be taken away.
const OTHER_EVIDENCE: &str = "
# Of windows in the order of time (--against REF.dsp --windows days/): nothing alarms now.
# [[series]]
# max_open = 0

# Of a training run over the same records as another (--run-before RUN.dsp): the geometry may
# be unclear, and no class is surely lost (min_jaccard fails only where the whole 95 % interval
# lies below).
# [[stability]]
# measure = \"debiased CKA\"
# max_change = \"unclear\"
# [[stability]]
# class = \"*\"
# min_jaccard = 0.5
";

/// Rules in TOML, with comments, for windows that are like `reference`; the
/// reference itself passes them.
///
/// | of | is demanded |
/// | --- | --- |
/// | records, rows of a space | a tenth of the reference's; of what could not be used, twice the share and one point |
/// | numbers | quantiles 0.05, 0.5, 0.95 within half the reference's spread (quantile 0.95 less 0.05) of where they were |
/// | texts, up to 20 different ones | one of those that the reference has |
/// | missing values, NaN | twice the share and one point |
/// | findings against the reference | no drift larger than matters |
///
/// ```
/// use driftsphere::check::{Evidence, Outcome, Rules, check, starter};
/// use driftsphere::ingest::{Record, Value};
/// use driftsphere::profile::{ProfileBuilder, ProfileConfig};
///
/// let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
/// builder.track(&Record {
///     features: &[("format", Value::Text("png"))],
///     ..Record::default()
/// })?;
/// let text = starter(&builder.freeze(), false);
/// assert!(text.contains("allowed = [\"png\"]"));
/// assert_eq!(Rules::parse(&text)?.len(), 2);
/// # Ok::<(), driftsphere::Error>(())
/// ```
///
/// Without `comparison` there is no rule about findings.
#[must_use]
pub fn starter(reference: &Profile, comparison: bool) -> String {
    let mut out = String::from(
        "# Rules for driftsphere check, drawn from a reference: change what does not fit.\n\
         # A rule takes name, severity = \"error\" or \"warning\", and optional = true where\n\
         # it is in order that there is nothing to judge.\nversion = 1\n",
    );
    section(&mut out, "records");
    counts(&mut out, reference.tally(), "records");
    for (name, space) in reference.spaces() {
        if !is_sayable(&mut out, name) {
            continue;
        }
        section(&mut out, "space");
        key(&mut out, "space", &quoted(name));
        counts(&mut out, space.tally(), "rows");
    }
    for (name, feature) in reference.features() {
        if !is_sayable(&mut out, name) {
            continue;
        }
        section(&mut out, "feature");
        key(&mut out, "feature", &quoted(name));
        self::feature(&mut out, feature, reference.records());
    }
    if comparison {
        out.push_str(
            "\n# Against a reference (--against REF.dsp): nothing drifted by as much as matters.\n",
        );
        out.push_str("[[comparison]]\nmax_verdict = \"possible-drift\"\n");
        out.push_str(OTHER_EVIDENCE);
    }
    out
}

/// Whether a pattern can mean this name alone; if not, the file says so.
fn is_sayable(out: &mut String, name: &str) -> bool {
    let sayable = !name.contains(['*', '?']);
    if !sayable {
        let name = quoted(name);
        let _ = writeln!(
            out,
            "\n# no rule for {name}: as a pattern it means others, too"
        );
    }
    sayable
}

fn section(out: &mut String, name: &str) {
    let _ = writeln!(out, "\n[[{name}]]");
}

fn key(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "{name} = {value}");
}

fn counts(out: &mut String, tally: &Tally, noun: &str) {
    let _ = writeln!(out, "# the reference has {} {noun}", tally.read_count());
    key(out, "min_count", &(tally.read_count() / 10).to_string());
    let not_used = tally.skipped_count().saturating_add(tally.failed_count());
    key(
        out,
        "max_skipped_share",
        &wider_share(not_used, tally.total()),
    );
}

fn feature(out: &mut String, feature: &Feature, records: u64) {
    let (numbers, categories) = (feature.numbers(), feature.categories());
    let at = |rank: f64| numbers.quantile(rank).ok().flatten().map(|q| q.estimate);
    let found: Option<Vec<f64>> = RANKS.iter().map(|rank| at(*rank)).collect();
    // An infinite quantile has no range to be widened.
    if let Some(found) = found.filter(|q| q.iter().all(|x| x.is_finite())) {
        // Half a standard deviation of a normal number: two and a half times what
        // counts as drift, which leaves room for windows that are small.
        let spread = (found[2] - found[0]) / (4.0 * Z_95);
        // A number that hardly varies may vary by a tenth.
        let margin = |x: f64| if spread > 0.0 { spread } else { x.abs() / 10.0 };
        let (least, most) = natural_range(numbers);
        let _ = writeln!(
            out,
            "# in the reference: {:?}, {:?}, {:?}\nquantiles = [",
            found[0], found[1], found[2]
        );
        for (rank, x) in RANKS.iter().zip(&found) {
            let low = below(x - margin(*x)).max(least);
            let high = above(x + margin(*x)).min(most);
            // Beyond the largest double there is no bound to write.
            let bound = |name: &str, x: f64| match x.is_finite() {
                true => format!(", {name} = {x:?}"),
                false => String::new(),
            };
            let bounds = bound("min", low) + &bound("max", high);
            if !bounds.is_empty() {
                let _ = writeln!(out, "    {{ rank = {rank:?}{bounds} }},");
            }
        }
        out.push_str("]\n");
    }
    // Numbers beside texts would have to be listed as well.
    if numbers.count() == 0 && (1..=FEW).contains(&categories.len()) && categories.is_exact() {
        let values: Vec<String> = categories.iter().map(|(value, _)| quoted(value)).collect();
        key(out, "allowed", &format!("[{}]", values.join(", ")));
    } else if categories.len() > FEW {
        out.push_str("# too many different texts to list those allowed\n");
    }
    let count = feature.count();
    let missing = wider_share(feature.missing_of(records), records.max(count));
    key(out, "max_null_share", &missing);
    key(
        out,
        "max_nan_share",
        &wider_share(numbers.nan_count(), count),
    );
}

/// The 95 % quantile of the standard normal law.
const Z_95: f64 = 1.644_853_626_951_472_8;

/// Where numbers of this kind can lie, by those of the reference: shares in [0, 1],
/// sizes above 0.
fn natural_range(numbers: &Quantiles) -> (f64, f64) {
    match (numbers.min(), numbers.max()) {
        (Some(min), Some(max)) if min >= 0.0 && max <= 1.0 => (0.0, 1.0),
        (Some(min), _) if min >= 0.0 => (0.0, f64::INFINITY),
        (_, Some(max)) if max <= 0.0 => (f64::NEG_INFINITY, 0.0),
        _ => (f64::NEG_INFINITY, f64::INFINITY),
    }
}

/// Twice a share and one point, rounded up to three decimals.
fn wider_share(part: u64, of: u64) -> String {
    let share = part as f64 / of.max(1) as f64;
    let wider = ((2.0 * share + 0.01) * 1000.0 - 1e-9).ceil() / 1000.0;
    format!("{:?}", wider.min(1.0))
}

/// The next number of three significant digits that is not above `x`.
fn below(x: f64) -> f64 {
    -above(-x)
}

/// The next number of three significant digits that is not below `x`.
fn above(x: f64) -> f64 {
    let near = rounded(x);
    if near >= x || !x.is_finite() {
        return near;
    }
    // Rounding went down by at most half a unit of the third digit.
    let unit = 10_f64.powi(libm::log10(x.abs()).floor() as i32 - 2);
    rounded(near + unit).max(x)
}

fn rounded(x: f64) -> f64 {
    // What format writes, parse reads.
    format!("{x:.2e}").parse().unwrap_or(x)
}

/// A basic string of TOML: quotes, backslashes and all that is not plainly
/// visible escaped.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            c => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::testing::{Made, profile};
    use crate::check::{Evidence, Outcome, Rules, check};
    use crate::compare::{CompareOptions, compare};

    fn assert_passes_its_own(reference: &Profile) {
        let text = starter(reference, true);
        let rules = Rules::parse(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        let comparison = compare(reference, reference, &CompareOptions::default()).unwrap();
        let evidence = Evidence::of(reference).with_comparison(&comparison);
        let checked = check(&rules, &evidence);
        for rule in &checked.rules {
            assert_eq!(rule.outcome, Outcome::Passed, "{rule:?}");
        }
    }

    #[test]
    fn what_is_commented_out_is_sound() {
        let text: String = OTHER_EVIDENCE
            .lines()
            .map(|line| line.strip_prefix("# ").unwrap_or(line))
            .filter(|line| line.contains(['[', '=']))
            .map(|line| format!("{line}\n"))
            .collect();
        let rules = Rules::parse(&text).unwrap();
        assert_eq!(rules.len(), 3);
        assert!(rules.needs_series().is_some() && rules.needs_runs().is_some());
    }

    #[test]
    fn a_reference_passes_its_own_starter() {
        assert_passes_its_own(&profile(&Made::default()));
        for widths in [
            vec![0.0; 10],
            vec![-7.0; 10],
            (0..9000).map(|i| f64::from(i).powi(3) - 1e9).collect(),
            vec![1e308, -1e308, 1e308],
            vec![f64::NAN, 1e-300, 5e-324, 3e-9],
            vec![f64::INFINITY, 1.0, f64::NEG_INFINITY],
        ] {
            assert_passes_its_own(&profile(&Made {
                widths,
                ..Made::default()
            }));
        }
    }

    #[test]
    fn hostile_names_are_quoted() {
        let evil = "a\"]\n[[records]]\nmin_count = 9 # \u{1b}[2J\u{202e}\\*?";
        let mut reference = profile(&Made {
            formats: vec![evil.into(), "*".into()],
            ..Made::default()
        });
        let feature = reference.features["format"].clone();
        reference.features.insert(evil.into(), feature.clone());
        reference.features.insert("*".into(), feature);
        assert_passes_its_own(&reference);
        let text = starter(&reference, false);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        assert_eq!(text.matches("\n[[records]]").count(), 1);
    }

    #[test]
    fn bounds_are_rounded_outwards() {
        for (x, low, high) in [
            (0.123_46, 0.123, 0.124),
            (-0.123_46, -0.124, -0.123),
            (999.9, 999.0, 1000.0),
            (1.0, 1.0, 1.0),
            (0.0, 0.0, 0.0),
        ] {
            assert_eq!((below(x), above(x)), (low, high), "{x}");
        }
        for x in [5e-324, 1.23e-310, f64::MAX, 0.3, 1.0 / 3.0] {
            assert!(below(x) <= x && x <= above(x), "{x}");
        }
    }
}
