//! Results of boxes in the form in which nearly all are written, read byte by byte.
//!
//! Half of the time of a large file of results goes into parsing it. This parser knows one form
//! only: an object of `image_id`, `category_id`, `bbox` and `score`, in any order, whose numbers
//! are plain. What it cannot read is no error; `serde_json` reads it, or says what is wrong.
//! What it can read it reads to the same value, to the last bit.

use super::coco_json::{Id, RawResult};

/// A result at the beginning of `bytes`, and how many of them it takes.
#[inline(always)]
pub(super) fn result(bytes: &[u8]) -> Option<(RawResult, usize)> {
    let mut cursor = Cursor { bytes, at: 0 };
    let (mut image_id, mut category_id, mut bbox, mut score) = (None, None, None, None);
    cursor.token(b'{')?;
    loop {
        cursor.token(b'"')?;
        // A key that comes twice is an error for `serde_json` to tell.
        match cursor.peek()? {
            b'i' if image_id.is_none() => image_id = Some(cursor.key(b"image_id\"")?.id()?),
            b'c' if category_id.is_none() => {
                category_id = Some(cursor.key(b"category_id\"")?.id()?);
            }
            b'b' if bbox.is_none() => bbox = Some(cursor.key(b"bbox\"")?.four()?),
            b's' if score.is_none() => score = Some(cursor.key(b"score\"")?.number()?),
            _ => return None,
        }
        match cursor.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    let result = RawResult {
        image_id: image_id?,
        category_id,
        bbox,
        score,
        keypoints: None,
        segmentation: None,
        iscrowd: false,
    };
    Some((result, cursor.at))
}

/// The largest whole number below which all are floats.
const EXACT: u64 = 1 << 53;

/// Powers of ten, all of them floats. A whole number below 2^53 over one of them is rounded once,
/// so it is the float nearest to its decimal (Clinger 1990).
const POWERS: [f64; MAX_DIGITS + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18,
];

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// All of it stands in one loop over results: as calls, half of its time would go into handing
/// over what it found.
impl Cursor<'_> {
    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is no white space.
    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = self.peek()?;
            self.at += 1;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
        }
    }

    #[inline(always)]
    fn token(&mut self, token: u8) -> Option<()> {
        (self.next()? == token).then_some(())
    }

    /// Passes over the rest of a key and its colon.
    #[inline(always)]
    fn key(&mut self, key: &[u8]) -> Option<&mut Self> {
        if !self.bytes[self.at..].starts_with(key) {
            return None;
        }
        self.at += key.len();
        self.token(b':')?;
        Some(self)
    }

    #[inline(always)]
    fn id(&mut self) -> Option<Id> {
        let number = self.decimal()?;
        // Minus zero is a float.
        if number.decimals > 0 || (number.is_negative && number.digits == 0) {
            return None;
        }
        let id = number.digits as i64;
        Some(Id::Number(if number.is_negative { -id } else { id }))
    }

    #[inline(always)]
    fn number(&mut self) -> Option<f64> {
        let number = self.decimal()?;
        if number.digits >= EXACT {
            return None;
        }
        let value = number.digits as f64 / POWERS[number.decimals];
        Some(if number.is_negative { -value } else { value })
    }

    #[inline(always)]
    fn four(&mut self) -> Option<[f64; 4]> {
        let mut four = [0.0; 4];
        for (at, value) in four.iter_mut().enumerate() {
            self.token(if at == 0 { b'[' } else { b',' })?;
            *value = self.number()?;
        }
        self.token(b']')?;
        Some(four)
    }

    /// A decimal of at most [`MAX_DIGITS`] digits, without an exponent.
    #[inline(always)]
    fn decimal(&mut self) -> Option<Decimal> {
        let is_negative = self.next()? == b'-';
        if !is_negative {
            self.at -= 1;
        }
        let leading = self.peek()?;
        let mut digits = 0;
        let whole = self.digits(&mut digits)?;
        if leading == b'0' && whole > 1 {
            return None;
        }
        let mut decimals = 0;
        if self.peek()? == b'.' {
            self.at += 1;
            decimals = self.digits(&mut digits)?;
        }
        // What ends a number; all else is an exponent, or none of ours.
        let ends = matches!(
            self.peek()?,
            b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t'
        );
        (ends && whole + decimals <= MAX_DIGITS).then_some(Decimal {
            is_negative,
            digits,
            decimals,
        })
    }

    /// Reads one digit or more into `digits`; how many they were.
    #[inline(always)]
    fn digits(&mut self, digits: &mut u64) -> Option<usize> {
        let start = self.at;
        for byte in self.bytes[start..].iter().take(MAX_DIGITS + 1) {
            let value = byte.wrapping_sub(b'0');
            if value > 9 {
                break;
            }
            *digits = digits.wrapping_mul(10).wrapping_add(value.into());
            self.at += 1;
        }
        Some(self.at - start).filter(|&count| count > 0)
    }
}

/// Numbers of so many digits fit 64 bits and a sign.
const MAX_DIGITS: usize = 18;

/// A number as it is written.
struct Decimal {
    is_negative: bool,
    /// Without the point.
    digits: u64,
    /// How many of them come after the point.
    decimals: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<RawResult> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter();
        values.next()?.ok()
    }

    /// What the quick parser reads `serde_json` reads alike.
    fn is_alike(text: &str) -> bool {
        let Some((quick, used)) = result(text.as_bytes()) else {
            return false;
        };
        let slow = parsed(text).unwrap_or_else(|| panic!("{text} is read quickly alone"));
        assert_eq!(format!("{quick:?}"), format!("{slow:?}"), "{text}");
        assert!(parsed(&text[..used]).is_some() && !text[used..].starts_with('}'));
        true
    }

    #[test]
    fn numbers_are_the_same_to_the_last_bit() {
        // The mixing of splitmix64 (Steele, Lea, Flood 2014).
        let random = |stream: u64, i: u32| {
            let z = (stream << 32 | u64::from(i)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        for i in 0..20_000 {
            let digits = random(0, i) >> (random(1, i) % 64);
            let text = digits.to_string();
            let point = random(2, i) as usize % (text.len() + 1);
            let (whole, decimals) = text.split_at(point);
            let sign = ["", "-"][random(3, i) as usize % 2];
            let whole = if whole.is_empty() { "0" } else { whole };
            let point = if decimals.is_empty() { "" } else { "." };
            let number = format!("{sign}{whole}{point}{decimals}");
            let text = format!(r#"{{"image_id":{i},"score":{number}}}"#);
            let fits = digits < EXACT && whole.len() + decimals.len() <= MAX_DIGITS;
            assert_eq!(is_alike(&text), fits, "{text}");
            let id = format!(r#"{{"image_id":{number}}}"#);
            is_alike(&id);
        }
    }

    #[test]
    fn the_usual_form_is_read_in_any_order_and_spacing() {
        for text in [
            r#"{"image_id":1,"category_id":-2,"bbox":[0.0,-0,12,3.5],"score":0.25}, {"#,
            r#"{ "score" : 1 , "bbox" : [ 1 , 2 ,3,4 ] , "image_id" : 0 }"#,
            "{\"bbox\":\n[1,2,3,4],\r\n\t\"image_id\":123456789012345678}",
        ] {
            assert!(is_alike(text), "{text}");
        }
    }

    #[test]
    fn all_else_is_left_to_the_library() {
        for text in [
            "",
            "{}",
            "[1]",
            r#"{"score":0.5}"#,
            r#"{"image_id":"a"}"#,
            r#"{"image_id":1.0}"#,
            r#"{"image_id":-0}"#,
            r#"{"image_id":01}"#,
            r#"{"image_id":9223372036854775807}"#,
            r#"{"image_id":9223372036854775808}"#,
            r#"{"image_id":1,}"#,
            r#"{"image_id":1,"image_id":1}"#,
            r#"{"image_id":1,"score":null}"#,
            r#"{"image_id":1,"score":NaN}"#,
            r#"{"image_id":1,"score":1e3}"#,
            r#"{"image_id":1,"score":.5}"#,
            r#"{"image_id":1,"score":5.}"#,
            r#"{"image_id":1,"score":-}"#,
            r#"{"image_id":1,"score":--1}"#,
            r#"{"image_id":1,"bbox":[1,2,3]}"#,
            r#"{"image_id":1,"bbox":[1,2,3,4,5]}"#,
            r#"{"image_id":1,"bbox":[]}"#,
            r#"{"image_id":1,"area":5}"#,
            r#"{"image_id":1,"\u0073core":5}"#,
            r#"{"image_id":1,"keypoints":[1,2,2]}"#,
            r#"{"image_id":1"#,
            r#"{"image_id":1,"score":5"#,
        ] {
            assert!(result(text.as_bytes()).is_none(), "{text}");
        }
    }
}
