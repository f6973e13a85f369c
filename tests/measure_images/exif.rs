//! EXIF of real cameras, whole and broken.

use driftsphere::ingest::image::{Exif, Orientation, TagValue};
use driftsphere::measure::Value;
use driftsphere::measure::image::Measures;

use crate::support::{exif, list};

fn text(exif: &Exif, name: &str) -> String {
    match exif.get(name) {
        Some(TagValue::Text(text)) => text.clone(),
        None => String::new(),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn make_model_and_orientation_are_those_of_the_list() {
    let mut read = 0;
    // The decoder of TIFF gives no block.
    for (name, orientation, make, model) in list().iter().filter(|r| !r.0.ends_with(".tif")) {
        let exif = exif(name);
        assert_eq!(text(&exif, "make"), *make, "{name}");
        assert_eq!(text(&exif, "model"), *model, "{name}");
        let own = exif.orientation().map_or(1, |o| u32::from(o.exif()));
        assert_eq!(own, *orientation, "{name}");
        read += usize::from(!make.is_empty());
    }
    assert_eq!(read, 16);
}

#[test]
fn values_of_a_camera_are_in_their_units() {
    let exif = exif("jhead__canon-bigend.jpg");
    let number = |name: &str| match exif.get(name) {
        Some(TagValue::Number(number)) => *number,
        other => panic!("{name}: {other:?}"),
    };
    // As ExifRead 3.5.1 has them: 1/250, 24/5, 174/5, 0, 81920/9 an inch, 1, "Pattern",
    // "Flash did not fire, auto mode".
    assert_eq!(number("exposure_time"), 1.0 / 250.0);
    assert_eq!(number("f_number"), 4.8);
    assert_eq!(number("focal_length"), 34.8);
    assert_eq!(number("exposure_bias"), 0.0);
    let resolution = number("focal_plane_resolution");
    assert!(
        (resolution - 81_920.0 / 9.0 / 25.4).abs() < 1e-9,
        "{resolution}"
    );
    assert_eq!(number("digital_zoom"), 1.0);
    assert_eq!(text(&exif, "metering"), "pattern");
    assert_eq!(exif.get("flash_fired"), Some(&TagValue::Flag(false)));
    assert_eq!(text(&exif, "flash_mode"), "automatic");
    assert_eq!(exif.time(), Some(1_264_336_273_000));
    let hour = exif.capture_time().unwrap().hour();
    assert!((hour - (12.0 + 31.0 / 60.0 + 13.0 / 3600.0)).abs() < 1e-12);
}

#[test]
fn an_invented_camera_says_where_it_was_only_if_asked() {
    let exif = exif("made__exif_gps_o6.webp");
    assert_eq!(exif.orientation(), Some(Orientation::Rotate90));
    assert!(matches!(exif.get("gps_latitude"), Some(TagValue::Number(v)) if v.abs() <= 90.0));
    let names = |measures: &Measures| -> Vec<String> {
        let values = measures.exif(&exif).into_iter();
        values
            .filter(|(_, v)| *v != Value::Null)
            .map(|(n, _)| n.into_owned())
            .collect()
    };
    let usual = names(&Measures::new());
    assert!(usual.contains(&"exif.model".to_owned()), "{usual:?}");
    assert!(!usual.iter().any(|n| n.contains("gps")), "{usual:?}");
    let all = names(&Measures::new().exif_allow(&["*"]).unwrap());
    assert!(!all.iter().any(|n| n.contains("gps")), "{all:?}");
    let asked = names(&Measures::new().exif_allow(&["gps_latitude"]).unwrap());
    assert!(asked.contains(&"exif.gps_latitude".to_owned()), "{asked:?}");
    assert!(
        !asked.contains(&"exif.gps_longitude".to_owned()),
        "{asked:?}"
    );
}

#[test]
fn every_picture_has_the_same_columns() {
    let measures = Measures::new();
    let columns = |exif: &Exif| -> Vec<String> {
        measures
            .exif(exif)
            .into_iter()
            .map(|(n, _)| n.into_owned())
            .collect()
    };
    let expected = columns(&Exif::default());
    for (name, ..) in list().iter().filter(|r| !r.0.ends_with(".tif")) {
        let found = columns(&exif(name));
        assert_eq!(found, expected, "{name}");
        let noted = |part: &str| found.iter().any(|n| n.contains(part));
        assert!(
            !noted("maker") && !noted("offset") && !noted("pointer"),
            "{found:?}"
        );
    }
}

/// A block of one tag in the primary directory.
fn block(tag: u16, kind: u16, count: u32, field: [u8; 4], rest: &[u8]) -> Vec<u8> {
    let mut block = b"II\x2a\0\x08\0\0\0\x01\0".to_vec();
    block.extend(tag.to_le_bytes());
    block.extend(kind.to_le_bytes());
    block.extend(count.to_le_bytes());
    block.extend(field);
    block.extend([0; 4]);
    block.extend(rest);
    block
}

#[test]
fn broken_tags_are_counted_by_reason_and_the_rest_is_kept() {
    // Two tags: a make at 38, and an Exif directory at 44 whose exposure time is 1 / 0
    // and whose number of F is text.
    let mut bytes = b"II\x2a\0\x08\0\0\0\x02\0".to_vec();
    bytes.extend(b"\x0f\x01\x02\0\x06\0\0\0\x26\0\0\0");
    bytes.extend(b"\x69\x87\x04\0\x01\0\0\0\x2c\0\0\0\0\0\0\0");
    bytes.extend(b"Canon\0");
    bytes.extend(b"\x03\0");
    bytes.extend(b"\x9a\x82\x05\0\x01\0\0\0\x56\0\0\0"); // exposure time at 86
    bytes.extend(b"\x9d\x82\x02\0\x04\0\0\0f/8\0");
    bytes.extend(b"\x27\x88\x03\0\x01\0\0\0\x64\0\0\0\0\0\0\0"); // ISO 100
    bytes.extend(b"\x01\0\0\0\0\0\0\0");
    let exif = Exif::of_block(&bytes);
    assert_eq!(text(&exif, "make"), "Canon");
    assert_eq!(exif.get("iso"), Some(&TagValue::Number(100.0)));
    let problems: Vec<String> = exif.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "exposure_time: fraction over zero",
            "f_number: unexpected type"
        ]
    );
}

#[test]
fn hostile_blocks_end_and_say_so() {
    // A directory that is its own Exif directory, a count that overflows, a value outside.
    let own = Exif::of_block(&block(0x8769, 4, 1, [8, 0, 0, 0], &[]));
    assert_eq!(own.tags().len(), 0);
    assert!(!own.problems().is_empty());
    let huge = Exif::of_block(&block(0x0110, 12, u32::MAX, [8, 0, 0, 0], &[]));
    assert!(!huge.problems().is_empty());
    let outside = Exif::of_block(&block(0x0110, 2, 9, [255, 255, 255, 255], &[]));
    assert_eq!(outside.problems()[0].to_string(), "Truncated field value");
    // Every cut and many single changes of a real block.
    let whole = std::fs::read("tests/data/images/jhead__canon-bigend.jpg").unwrap();
    let start = whole.windows(6).position(|w| w == b"Exif\0\0").unwrap() + 6;
    let real = &whole[start..(start + 6000).min(whole.len())];
    let sound = Exif::of_block(real);
    assert!(sound.get("model").is_some());
    for end in (0..real.len()).step_by(37) {
        let _ = Exif::of_block(&real[..end]);
    }
    let mut changed = 0;
    for at in 0..1200.min(real.len()) {
        let mut bytes = real.to_vec();
        bytes[at] ^= 0xff;
        changed += usize::from(Exif::of_block(&bytes) != sound);
    }
    assert!(changed > 100, "{changed}");
    assert!(
        Exif::of_block(b"").problems()[0]
            .to_string()
            .contains("Truncated")
    );
}

#[test]
fn text_is_trimmed_and_blank_text_is_no_value() {
    let blank = Exif::of_block(&block(0x0110, 2, 4, *b"   \0", &[]));
    assert_eq!((blank.get("model"), blank.problems().len()), (None, 0));
    let latin = Exif::of_block(&block(0x0110, 2, 4, *b"\xe9\xe8a\0", &[]));
    assert_eq!(
        latin.problems()[0].to_string(),
        "model: text in an unknown encoding"
    );
}
