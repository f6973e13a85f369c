//! From the stored value of a tag to a number with a unit, or a text.

use exif::{Exif as Block, Field, In, Rational, SRational, Tag, Value};

use super::block::{TagProblem, TagValue};
use super::tags::Kind;

/// A value, nothing where the tag says that it is not known, or what is wrong.
pub(super) type Decoded = Result<Option<TagValue>, TagProblem>;

pub(super) fn decode(block: &Block, field: &Field, kind: Kind) -> Decoded {
    let number = || first(&field.value);
    let float = |value: Option<f64>| value.map(TagValue::Number);
    match kind {
        Kind::Number => Ok(float(number()?)),
        Kind::Code => code(field),
        Kind::Text => text(&field.value),
        Kind::WideText => wide_text(&field.value),
        Kind::Comment => comment(&field.value),
        Kind::ApexTime => Ok(float(number()?.map(|v| libm::exp2(-v)))),
        Kind::ApexAperture => Ok(float(number()?.map(|v| libm::exp2(v / 2.0)))),
        Kind::Distance => distance(&field.value),
        Kind::Zoom => Ok(float(number()?.map(|v| if v == 0.0 { 1.0 } else { v }))),
        Kind::Degrees => degrees(block, field),
        Kind::Altitude => {
            let below = code_of(block, Tag::GPSAltitudeRef) == Some(1);
            Ok(float(number()?.map(|v| if below { -v } else { v })))
        }
        Kind::FocalPlane => {
            let per_unit = number()?.filter(|v| *v > 0.0);
            let millimetres = match code_of(block, Tag::FocalPlaneResolutionUnit) {
                None | Some(2) => 25.4,
                Some(3) => 10.0,
                Some(4) => 1.0,
                Some(5) => 0.001,
                Some(_) => return Err(TagProblem::Unit),
            };
            Ok(float(per_unit.map(|v| v / millimetres)))
        }
        Kind::Clock => Ok(float(three(&field.value)?)),
        Kind::FlashFired => {
            let bits = field.value.get_uint(0).ok_or(TagProblem::Type)?;
            Ok(Some(TagValue::Flag(bits & 1 == 1)))
        }
        Kind::FlashMode => {
            let bits = field.value.get_uint(0).ok_or(TagProblem::Type)?;
            let mode = match bits >> 3 & 3 {
                0 => return Ok(None),
                1 => "forced on",
                2 => "forced off",
                _ => "automatic",
            };
            Ok(Some(TagValue::Text(mode.to_owned())))
        }
    }
}

/// A whole number of a tag of the primary picture.
pub(super) fn code_of(block: &Block, tag: Tag) -> Option<u32> {
    block.get_field(tag, In::PRIMARY)?.value.get_uint(0)
}

fn fraction(Rational { num, denom }: Rational) -> Result<Option<f64>, TagProblem> {
    match (num, denom) {
        (0, 0) => Ok(None), // How a camera says that it does not know.
        (_, 0) => Err(TagProblem::ZeroDenominator),
        _ => Ok(Some(f64::from(num) / f64::from(denom))),
    }
}

fn signed_fraction(SRational { num, denom }: SRational) -> Result<Option<f64>, TagProblem> {
    match (num, denom) {
        (0, 0) => Ok(None),
        (_, 0) => Err(TagProblem::ZeroDenominator),
        _ => Ok(Some(f64::from(num) / f64::from(denom))),
    }
}

/// The first number of a value of any numeric type.
fn first(value: &Value) -> Result<Option<f64>, TagProblem> {
    let whole = |v: Option<f64>| v.map(Some).ok_or(TagProblem::Empty);
    match value {
        Value::Byte(v) => whole(v.first().map(|&v| v.into())),
        Value::Short(v) => whole(v.first().map(|&v| v.into())),
        Value::Long(v) => whole(v.first().map(|&v| v.into())),
        Value::SByte(v) => whole(v.first().map(|&v| v.into())),
        Value::SShort(v) => whole(v.first().map(|&v| v.into())),
        Value::SLong(v) => whole(v.first().map(|&v| v.into())),
        Value::Rational(v) => fraction(*v.first().ok_or(TagProblem::Empty)?),
        Value::SRational(v) => signed_fraction(*v.first().ok_or(TagProblem::Empty)?),
        Value::Float(v) => finite(f64::from(*v.first().ok_or(TagProblem::Empty)?)),
        Value::Double(v) => finite(*v.first().ok_or(TagProblem::Empty)?),
        Value::Ascii(_) | Value::Undefined(..) | Value::Unknown(..) => Err(TagProblem::Type),
    }
}

fn finite(value: f64) -> Result<Option<f64>, TagProblem> {
    if value.is_finite() {
        Ok(Some(value))
    } else {
        Err(TagProblem::NotFinite)
    }
}

/// The name that the standard gives to a number, such as `pattern` of a metering mode.
fn code(field: &Field) -> Decoded {
    let is_byte = matches!(&field.value, Value::Undefined(bytes, _) if bytes.len() == 1);
    if field.value.get_uint(0).is_none() && !is_byte {
        return Err(TagProblem::Type);
    }
    let mut name = field.display_value().to_string();
    let mut ends = (0..=MAX_CODE.min(name.len())).rev();
    let end = ends.find(|at| name.is_char_boundary(*at));
    name.truncate(end.unwrap_or(0));
    Ok(Some(TagValue::Text(name)))
}

/// Names of codes are short; a list of numbers is cut.
const MAX_CODE: usize = 64;

fn trimmed(text: &str) -> Option<TagValue> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    (!text.is_empty()).then(|| TagValue::Text(text.to_owned()))
}

fn text(value: &Value) -> Decoded {
    let bytes = match value {
        // Some writers fill up with zeros, each of which ends a text.
        Value::Ascii(parts) => {
            let parts = parts.iter().map(|part| part.trim_ascii());
            let parts: Vec<&[u8]> = parts.filter(|part| !part.is_empty()).collect();
            parts.join(&b"; "[..])
        }
        // Some writers state bytes where the standard says text.
        Value::Byte(bytes) | Value::Undefined(bytes, _) => bytes.clone(),
        _ => return Err(TagProblem::Type),
    };
    utf8(&bytes)
}

fn utf8(bytes: &[u8]) -> Decoded {
    let text = std::str::from_utf8(bytes).map_err(|_| TagProblem::Encoding)?;
    Ok(trimmed(text))
}

fn wide_text(value: &Value) -> Decoded {
    let Value::Byte(bytes) = value else {
        return Err(TagProblem::Type);
    };
    let units = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|b| u16::from_le_bytes(*b));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    Ok(trimmed(&text.map_err(|_| TagProblem::Encoding)?))
}

/// Exif 2.32, 4.6.5: eight bytes name the character code.
fn comment(value: &Value) -> Decoded {
    let Value::Undefined(bytes, _) = value else {
        return text(value);
    };
    match bytes.split_at_checked(8) {
        None => Ok(None),
        Some((b"ASCII\0\0\0" | [0, 0, 0, 0, 0, 0, 0, 0], rest)) => utf8(rest),
        Some(_) => Err(TagProblem::Encoding),
    }
}

fn distance(value: &Value) -> Decoded {
    if let Value::Rational(v) = value
        && let Some(Rational { num, .. }) = v.first()
    {
        match *num {
            0 => return Ok(None),
            u32::MAX => return Ok(Some(TagValue::Number(f64::INFINITY))),
            _ => {}
        }
    }
    Ok(first(value)?.map(TagValue::Number))
}

/// `a + b / 60 + c / 3600` of three fractions.
fn three(value: &Value) -> Result<Option<f64>, TagProblem> {
    let Value::Rational(parts) = value else {
        return Err(TagProblem::Type);
    };
    let &[a, b, c] = parts.as_slice() else {
        return Err(TagProblem::Empty);
    };
    let (a, b, c) = (fraction(a)?, fraction(b)?, fraction(c)?);
    Ok(a.map(|a| a + b.unwrap_or(0.0) / 60.0 + c.unwrap_or(0.0) / 3600.0))
}

fn degrees(block: &Block, field: &Field) -> Decoded {
    let side = Tag(field.tag.context(), field.tag.number() - 1);
    let side = block.get_field(side, In::PRIMARY).map(|f| &f.value);
    let sign = match side {
        Some(Value::Ascii(parts)) => match parts.first().and_then(|p| p.first()) {
            Some(b'N' | b'E') => 1.0,
            Some(b'S' | b'W') => -1.0,
            _ => return Err(TagProblem::Unit),
        },
        _ => return Err(TagProblem::Unit),
    };
    Ok(three(&field.value)?.map(|v| TagValue::Number(sign * v)))
}
