//! Figures as sentences say them.

/// Four significant digits.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let magnitude = libm::log10(value.abs()).floor() as i32;
    if !(-4..6).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    format!("{value:.*}", usize::try_from(3 - magnitude).unwrap_or(0))
}

/// A size with its sign and two decimals; a huge one, as of a reference that hardly varies, with an
/// exponent.
pub(crate) fn signed(value: f64) -> String {
    match value.abs() < 1e6 {
        true => format!("{value:+.2}"),
        false => format!("{value:+.2e}"),
    }
}

/// The same of a size without a direction.
pub(crate) fn unsigned(value: f64) -> String {
    let signed = signed(value.abs());
    signed.trim_start_matches('+').to_owned()
}

/// A share as a percentage. What is not all is not rounded to all, and no zero has a sign: an estimate
/// of a share may lie below 0 by its rounding.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent.abs() < 0.005 {
        let some = if percent > 1e-9 { "< 0.01 %" } else { "0 %" };
        return some.to_owned();
    }
    if (99.5..100.0).contains(&percent) {
        return match percent < 99.95 {
            true => format!("{percent:.1} %"),
            false if percent < 99.995 => format!("{percent:.2} %"),
            false => "> 99.99 %".to_owned(),
        };
    }
    if percent >= 9.95 {
        format!("{percent:.0} %")
    } else if percent >= 0.1 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.2} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_four_digits() {
        assert_eq!(number(0.0), "0");
        assert_eq!(number(0.123_456), "0.1235");
        assert_eq!(number(12.3456), "12.35");
        assert_eq!(number(123_456.0), "123456");
        assert_eq!(number(1.5e-9), "1.500e-9");
        assert_eq!(percent(0.5), "50 %");
        assert_eq!(percent(0.0234), "2.3 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(-1e-17), "0 %");
        assert_eq!(percent(0.000_02), "< 0.01 %");
        assert_eq!(percent(0.994), "99 %");
        assert_eq!(percent(0.995), "99.5 %");
        assert_eq!(percent(0.9999), "99.99 %");
        assert_eq!(percent(0.999_999), "> 99.99 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(signed(-0.5), "-0.50");
        assert_eq!(signed(12.345), "+12.35");
        assert_eq!(signed(-4.06e300), "-4.06e300");
    }
}
