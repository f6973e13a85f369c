//! Numbers as people read them: few digits, a unit, a plain word.

use crate::compare::Effect;

/// A p-value against `alpha`: `< 0.001`, `0.034`, `0.21`.
///
/// Three decimals below 0.1 and two above, with further ones where rounding
/// would otherwise hide on which side of `alpha` it lies.
pub(super) fn p_value(p: f64, alpha: f64) -> String {
    if !p.is_finite() {
        return "-".into();
    }
    if p < 0.001 {
        return "< 0.001".into();
    }
    let first = if p < 0.1 { 3 } else { 2 };
    for decimals in first..=8 {
        let text = format!("{p:.decimals$}");
        if text.parse() != Ok(alpha) || p == alpha {
            return text;
        }
    }
    format!("{p}")
}

/// A count with commas: `20,000`.
pub(super) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 record`, `20,000 records`.
pub(super) fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A share in per cent: `12 %`, `0.4 %`, `< 0.1 %`.
pub(super) fn share(x: f64) -> String {
    let percent = 100.0 * x;
    if !percent.is_finite() {
        "-".into()
    } else if percent > 0.0 && percent < 0.1 {
        "< 0.1 %".into()
    } else if percent > 0.0 && percent < 10.0 {
        format!("{} %", trim(&format!("{percent:.1}")))
    } else {
        format!("{percent:.0} %")
    }
}

/// A number with three significant digits: `0.431`, `17.2`, `1,280`, `2.1e-7`.
pub(super) fn number(x: f64) -> String {
    let size = x.abs();
    if !x.is_finite() {
        return "-".into();
    }
    if size == 0.0 {
        return "0".into();
    }
    if !(1e-4..1e9).contains(&size) {
        return format!("{x:.2e}");
    }
    if size >= 999.5 {
        let sign = if x < 0.0 { "-" } else { "" };
        return format!("{sign}{}", count(size.round() as u64));
    }
    // Digits before the point: 999.5 and above was handled, so at most three.
    let decimals = match size {
        s if s >= 99.95 => 0,
        s if s >= 9.995 => 1,
        s if s >= 0.9995 => 2,
        s if s >= 0.099_95 => 3,
        s if s >= 0.009_995 => 4,
        _ => 5,
    };
    trim(&format!("{x:.decimals$}")).to_owned()
}

/// Without zeros behind the point.
fn trim(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}

/// A size in its unit: `0.93 sd`, `3.1 points`, `9.3°`.
///
/// Units known here get their short form; [`legend`] explains the two that are
/// not plain words.
pub(super) fn size(value: f64, unit: &str) -> String {
    match unit {
        "share" => match number(100.0 * value) {
            one if one == "1" || one == "-1" => format!("{one} point"),
            more => format!("{more} points"),
        },
        "degrees" => format!("{}°", number(value)),
        "share of pairs ranked right" => format!("{} of 100 pairs", number(100.0 * value)),
        "reference sd" => format!("{} sd", number(value)),
        "" => number(value),
        other => format!("{} {other}", number(value)),
    }
}

/// The effect found, with its sign where up and down differ.
pub(super) fn effect(effect: &Effect) -> String {
    let signed = ["median shift", "difference"]
        .iter()
        .any(|word| effect.name.contains(word));
    let plus = if signed && effect.value > 0.0 {
        "+"
    } else {
        ""
    };
    format!("{} {plus}{}", effect.name, size(effect.value, &effect.unit))
}

/// What a short form of [`size`] means.
pub(super) fn legend(unit: &str) -> Option<&'static str> {
    match unit {
        "share" => Some("points: percentage points, in per cent of the records."),
        "reference sd" => {
            Some("sd: standard deviation of the reference, how much its records usually differ.")
        }
        "nats" => Some("nats: information, in units of the natural logarithm."),
        _ => None,
    }
}

/// Milliseconds since 1970 as `2025-03-03 14:05` (UTC).
///
/// Days to a civil date after Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms" (2013), `civil_from_days`.
pub(super) fn time(milliseconds: i64) -> String {
    let minutes = milliseconds.div_euclid(60_000);
    let (days, minute) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}",
        minute / 60,
        minute % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_are_short_and_never_on_the_wrong_side_of_alpha() {
        let shown = |p| p_value(p, 0.05);
        assert_eq!(shown(0.0), "< 0.001");
        assert_eq!(shown(0.000_999), "< 0.001");
        assert_eq!(shown(0.001), "0.001");
        assert_eq!(shown(0.0341), "0.034");
        assert_eq!(shown(0.207), "0.21");
        assert_eq!(shown(1.0), "1.00");
        assert_eq!(shown(0.04996), "0.04996");
        assert_eq!(shown(0.05), "0.050");
        assert_eq!(shown(0.050_04), "0.05004");
        assert_eq!(shown(f64::NAN), "-");
    }

    #[test]
    fn numbers_keep_three_digits_across_powers_of_ten() {
        for (x, text) in [
            (0.0, "0"),
            (0.2, "0.2"),
            (0.199_999, "0.2"),
            (-0.431_4, "-0.431"),
            (9.996, "10"),
            (17.24, "17.2"),
            (99.96, "100"),
            (100.0, "100"),
            (999.4, "999"),
            (999.6, "1,000"),
            (1280.4, "1,280"),
            (-20_000.0, "-20,000"),
            (0.001_234, "0.00123"),
            (2.1e-7, "2.10e-7"),
            (3e12, "3.00e12"),
            (f64::INFINITY, "-"),
        ] {
            assert_eq!(number(x), text, "{x}");
        }
    }

    #[test]
    fn shares_never_round_something_to_nothing() {
        assert_eq!(share(0.0), "0 %");
        assert_eq!(share(0.000_2), "< 0.1 %");
        assert_eq!(share(0.004), "0.4 %");
        assert_eq!(share(0.05), "5 %");
        assert_eq!(share(0.118), "12 %");
        assert_eq!(share(1.0), "100 %");
    }

    #[test]
    fn counts_have_commas() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "record"), "1 record");
    }

    #[test]
    fn times_are_civil_dates_in_utc() {
        assert_eq!(time(0), "1970-01-01 00:00");
        assert_eq!(time(-1), "1969-12-31 23:59");
        assert_eq!(time(951_782_400_000), "2000-02-29 00:00");
        assert_eq!(time(1_740_960_000_000), "2025-03-03 00:00");
        assert_eq!(time(i64::MAX).len(), "292278994-08-17 07:12".len());
    }
}
