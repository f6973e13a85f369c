//! What headers say, against what other programs say of the same files.

use driftsphere::ingest::image::{Colour, Fault, ImageReader, Subsampling, TagValue};

use crate::support::vendored;

/// `LICENCES.csv` lists each picture with what Pillow says of it.
#[test]
fn headers_and_exif_say_what_pillow_says() {
    let text = std::fs::read_to_string(vendored().join("LICENCES.csv")).unwrap();
    let mut lines = text.lines();
    let names: Vec<String> = fields(lines.next().unwrap());
    let at = |name: &str| names.iter().position(|n| n == name).unwrap();
    let mut seen = 0;
    for line in lines {
        let fields = fields(line);
        let field = |name: &str| fields[at(name)].as_str();
        let path = vendored().join(field("file"));
        let picture = ImageReader::new().read(&path).unwrap();
        let facts = &picture.facts;
        let file = field("file");
        let number = |name: &str| field(name).parse::<u32>().unwrap();
        // As stored there, upright here.
        let stored = facts.orientation.size(facts.width, facts.height);
        assert_eq!(stored, (number("width"), number("height")), "{file}");
        assert_eq!(facts.format, field("format").to_lowercase(), "{file}");
        assert_eq!(facts.bytes, u64::from(number("bytes")), "{file}");
        let orientation = match field("orientation") {
            "" => 1,
            given => given.parse().unwrap(),
        };
        assert_eq!(facts.orientation.exif(), orientation, "{file}");
        let tag = |name: &str| match picture.exif.get(name) {
            Some(TagValue::Text(text)) => text.clone(),
            _ => String::new(),
        };
        assert_eq!(tag("make"), field("make"), "{file}");
        assert_eq!(tag("model"), field("model"), "{file}");
        let (colour, depth) = match field("mode") {
            "RGB" => (Colour::Rgb, 8),
            "L" => (Colour::Grey, 8),
            "1" => (Colour::Grey, 1),
            "P" => (Colour::Palette, facts.bit_depth),
            "LA" => (Colour::GreyAlpha, 8),
            "RGBA" => (Colour::Rgba, 8),
            "CMYK" => (Colour::Cmyk, 8),
            "I;16" => (Colour::Grey, 16),
            "RGB;16" => (Colour::Rgb, 16),
            mode => panic!("{mode}"),
        };
        assert_eq!((facts.colour, facts.bit_depth), (colour, depth), "{file}");
        let pixels = picture.pixels.unwrap();
        assert_eq!(
            (pixels.width(), pixels.height()),
            (facts.width, facts.height),
            "{file}"
        );
        // Without pixels the same is known.
        let header = ImageReader::new().headers_only().read(&path).unwrap();
        assert_eq!(&header.facts, facts, "{file}");
        assert_eq!(header.pixels, Err(Fault::NotAsked));
        seen += 1;
    }
    assert!(seen >= 30, "{seen}");
}

/// The made ones were saved by Pillow with a quality that is known.
#[test]
fn the_quality_of_a_jpeg_is_that_it_was_saved_with() {
    let read = |name: &str| ImageReader::new().read(vendored().join(name)).unwrap();
    let grey = read("made__grey.jpg").facts.jpeg.unwrap();
    assert_eq!((grey.quality, grey.subsampling), (Some(60), None));
    let photo = read("torchvision__astronaut.jpg").facts.jpeg.unwrap();
    assert!(photo.subsampling.is_some_and(|s| s != Subsampling::Other));
    assert_eq!(read("skimage__moon.png").facts.jpeg, None);
}

/// A line of CSV with quotes.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}
