//! What a text without a type says: one value, decided by itself alone.

use super::column::{Cell, Column};
use super::record::Value;

/// The value of a field of a CSV file. Decided value by value, never by its
/// neighbours: otherwise what is learned would depend on how a file is divided.
///
/// | text | value |
/// | --- | --- |
/// | nothing | null |
/// | `0`, `-17` | whole number, where it fits into 64 bits and is written as such numbers are |
/// | `0.5`, `.5`, `-1e-3`, `12345678901234567890` | floating-point number |
/// | `nan`, `NaN`, `inf`, `-inf`, `Infinity`, `-Infinity` | floating-point number |
/// | `true`, `True`, `TRUE`, and so for false | truth value |
/// | `0,5`, `-1,25e-3` where `;` divides fields | floating-point number with a decimal comma |
/// | all else, `007`, `+1` and `1.234,5` among it | text |
///
/// A column that holds `0.5` and `0,5` so holds two numbers.
pub(crate) fn typed_between(text: &str, delimiter: u8) -> Cell {
    match typed(text) {
        // Who divides by `;` does so because of decimal commas; with tabs a comma may be that of
        // thousands.
        Cell::Text(text) if delimiter == b';' => with_comma(&text).unwrap_or(Cell::Text(text)),
        cell => cell,
    }
}

/// The number that a text with one comma between digits names.
fn with_comma(text: &str) -> Option<Cell> {
    let (whole, rest) = text.split_once(',')?;
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let is_whole = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
    if !is_whole || !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // A second mark of either kind makes it no number.
    match typed(&text.replacen(',', ".", 1)) {
        Cell::Text(_) => None,
        cell => Some(cell),
    }
}

/// The same without decimal commas.
fn typed(text: &str) -> Cell {
    match text {
        "" => return Cell::Null,
        "true" | "True" | "TRUE" => return Cell::Bool(true),
        "false" | "False" | "FALSE" => return Cell::Bool(false),
        "nan" | "NaN" => return Cell::Float(f64::NAN),
        "inf" | "Infinity" => return Cell::Float(f64::INFINITY),
        "-inf" | "-Infinity" => return Cell::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let looks_so = matches!(digits.first(), Some(b'0'..=b'9' | b'.'));
    let padded = matches!(digits, [b'0', b'0'..=b'9', ..]);
    if !looks_so || padded {
        return Cell::Text(text.to_owned());
    }
    let whole = digits.iter().all(u8::is_ascii_digit);
    if let Some(value) = text.parse::<i64>().ok().filter(|_| whole) {
        return Cell::Int(value);
    }
    // Beginning with a digit or a point, no name of a number gets here.
    match text.parse::<f64>() {
        Ok(value) => Cell::Float(value),
        Err(_) => Cell::Text(text.to_owned()),
    }
}

/// Milliseconds since 1970-01-01 UTC that a value names: a whole number of
/// them, or a text such as `2025-03-03T07:42:32Z` (RFC 3339; a time without an
/// offset is UTC, a date is its midnight).
pub(crate) fn time(column: &Column, row: usize) -> Option<i64> {
    match column.value(row) {
        Value::Int(value) => Some(value),
        Value::Text(text) => text
            .parse::<jiff::Timestamp>()
            .or_else(|_| {
                let local = text.parse::<jiff::civil::DateTime>()?;
                local
                    .to_zoned(jiff::tz::TimeZone::UTC)
                    .map(|z| z.timestamp())
            })
            .ok()
            // Floor, also before 1970: a nanosecond earlier is a millisecond earlier.
            .and_then(|t| i64::try_from(t.as_nanosecond().div_euclid(1_000_000)).ok()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_decided_by_the_value_alone() {
        let text = |t: &str| Cell::Text(t.to_owned());
        for (typed_in, cell) in [
            ("", Cell::Null),
            ("0", Cell::Int(0)),
            ("-17", Cell::Int(-17)),
            ("9223372036854775807", Cell::Int(i64::MAX)),
            ("9223372036854775808", Cell::Float(9.223_372_036_854_776e18)),
            ("0.5", Cell::Float(0.5)),
            (".5", Cell::Float(0.5)),
            ("-1e-3", Cell::Float(-0.001)),
            ("1.", Cell::Float(1.0)),
            ("inf", Cell::Float(f64::INFINITY)),
            ("True", Cell::Bool(true)),
            ("FALSE", Cell::Bool(false)),
            ("007", text("007")),
            ("-007", text("-007")),
            ("+1", text("+1")),
            ("-", text("-")),
            (".", text(".")),
            ("1,5", text("1,5")),
            ("1_000", text("1_000")),
            (" 1", text(" 1")),
            ("0x10", text("0x10")),
            ("yes", text("yes")),
            ("infinity", text("infinity")),
        ] {
            assert_eq!(typed(typed_in), cell, "{typed_in}");
        }
        assert!(matches!(typed("NaN"), Cell::Float(v) if v.is_nan()));
    }

    #[test]
    fn a_comma_is_a_decimal_one_where_it_divides_no_fields() {
        for (text, value) in [
            ("1,288", Some(1.288)),
            ("-0,5", Some(-0.5)),
            ("1,5e-3", Some(0.0015)),
            ("2,0E+2", Some(200.0)),
            ("1.5", Some(1.5)),
            ("1,", None),
            (",5", None),
            ("+1,5", None),
            ("007,5", None),
            ("1,234,567", None),
            ("1.234,5", None),
            ("1,234.5", None),
            ("1,5e", None),
            ("1,5 %", None),
            ("--1,5", None),
        ] {
            let expected = value.map_or(Cell::Text(text.to_owned()), Cell::Float);
            assert_eq!(typed_between(text, b';'), expected, "{text}");
        }
        for delimiter in [b',', b'\t'] {
            assert_eq!(
                typed_between("1,5", delimiter),
                Cell::Text("1,5".to_owned())
            );
        }
        assert_eq!(typed_between("7", b';'), Cell::Int(7));
    }

    #[test]
    fn times_are_read_from_numbers_and_texts() {
        let at = |text: &str| time(&Column::from(vec![text]), 0);
        assert_eq!(at("2025-03-03T07:42:32Z"), Some(1_740_987_752_000));
        assert_eq!(at("2025-03-03T08:42:32.5+01:00"), Some(1_740_987_752_500));
        assert_eq!(at("2025-03-03 07:42:32"), Some(1_740_987_752_000));
        assert_eq!(at("2025-03-03"), Some(1_740_960_000_000));
        assert_eq!(at("1969-12-31T23:59:59.9999Z"), Some(-1));
        assert_eq!(at("yesterday"), None);
        assert_eq!(at(""), None);
        assert_eq!(time(&Column::from(vec![5_i64]), 0), Some(5));
        assert_eq!(time(&Column::from(vec![5.5]), 0), None);
    }
}
