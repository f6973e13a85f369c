//! Every format that is claimed, written by the crate `image` and read back.

use driftsphere::ingest::image::{Channels, Colour, Fault, ImageReader, Samples};
use image::{DynamicImage, ImageFormat};

use crate::support::{encoded, rgb};

fn samples(bytes: &[u8], name: &str) -> (Colour, Channels, Samples) {
    let picture = ImageReader::new().read_bytes(bytes, name).unwrap();
    let pixels = picture.pixels.unwrap();
    assert_eq!((pixels.width(), pixels.height()), (19, 11), "{name}");
    assert_eq!(
        (picture.facts.width, picture.facts.height),
        (19, 11),
        "{name}"
    );
    assert_eq!(picture.facts.extension_matches, Some(true), "{name}");
    (
        picture.facts.colour,
        pixels.channels(),
        pixels.into_samples(),
    )
}

#[test]
fn lossless_formats_give_back_what_was_written() {
    let picture = rgb(19, 11);
    for (format, name) in [
        (ImageFormat::Png, "a.png"),
        (ImageFormat::WebP, "a.webp"),
        (ImageFormat::Bmp, "a.bmp"),
        (ImageFormat::Tiff, "a.tif"),
        (ImageFormat::Pnm, "a.ppm"),
        (ImageFormat::Qoi, "a.qoi"),
        (ImageFormat::Tga, "a.tga"),
    ] {
        let (colour, channels, samples) = samples(&encoded(&picture, format), name);
        assert_eq!((colour, channels), (Colour::Rgb, Channels::Rgb), "{name}");
        let expected = Samples::U8(picture.clone().into_rgb8().into_raw());
        assert_eq!(samples, expected, "{name}");
    }
    let with_alpha = DynamicImage::from(picture.to_rgba8());
    let (colour, channels, _) = samples(&encoded(&with_alpha, ImageFormat::Ico), "a.ico");
    assert_eq!((colour, channels), (Colour::Rgba, Channels::Rgba));
    let (colour, ..) = samples(&encoded(&with_alpha, ImageFormat::Gif), "a.gif");
    assert_eq!(colour, Colour::Palette);
    let (colour, ..) = samples(&encoded(&picture, ImageFormat::Jpeg), "a.JPG");
    assert_eq!(colour, Colour::Rgb);
}

#[test]
fn depths_come_as_they_are() {
    let grey = DynamicImage::from(rgb(19, 11).to_luma16());
    let (colour, channels, found) = samples(&encoded(&grey, ImageFormat::Png), "a.png");
    assert_eq!((colour, channels), (Colour::Grey, Channels::Grey));
    assert_eq!(found, Samples::U16(grey.into_luma16().into_raw()));
    let float = DynamicImage::from(rgb(19, 11).to_rgb32f());
    let (_, _, found) = samples(&encoded(&float, ImageFormat::Tiff), "a.tiff");
    let Samples::F32 { values, low, high } = found else {
        panic!("not floating point");
    };
    assert_eq!((low, high), (0.0, 1.0));
    assert_eq!(values, float.into_rgb32f().into_raw());
}

#[test]
fn floating_point_tiffs_are_grey_too_and_within_the_stated_range() {
    let tiff = |values: &[f32]| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
        let width = values.len() as u32;
        encoder
            .write_image::<tiff::encoder::colortype::Gray32Float>(width, 1, values)
            .unwrap();
        bytes.into_inner()
    };
    let read_as = |reader: ImageReader, values: &[f32]| {
        let picture = reader.read_bytes(&tiff(values), "a.tif");
        picture.unwrap().pixels
    };
    let read = |values: &[f32]| read_as(ImageReader::new(), values);
    let values = vec![0.0, 0.25, 1.0, 1.005];
    let pixels = read(&values).unwrap();
    assert_eq!(pixels.channels(), Channels::Grey);
    let (low, high) = (0.0, 1.0);
    assert_eq!(pixels.into_samples(), Samples::F32 { values, low, high });
    assert_eq!(read(&[0.0, 1000.0]).unwrap_err(), Fault::OutOfRange);

    let counts = || ImageReader::new().float_range(-1024.0..=3071.0);
    let values = vec![-1024.0, 0.0, 3100.0];
    let pixels = read_as(counts(), &values).unwrap();
    let (low, high) = (-1024.0, 3071.0);
    assert_eq!(pixels.into_samples(), Samples::F32 { values, low, high });
    let beyond = read_as(counts(), &[0.0, 3200.0]);
    assert_eq!(beyond.unwrap_err(), Fault::OutOfRange);
}

/// Made by hand: a `meta` box with a size, and no pixels.
#[test]
fn avif_and_jpeg_2000_have_a_header_and_no_pixels() {
    let boxed = |name: &[u8], body: &[u8]| {
        let len = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        [&len[..], name, body].concat()
    };
    let ispe = boxed(
        b"ispe",
        &[&[0; 4][..], &64_u32.to_be_bytes(), &48_u32.to_be_bytes()].concat(),
    );
    let irot = boxed(b"irot", &[1]);
    let pixi = boxed(b"pixi", &[0, 0, 0, 0, 3, 10, 10, 10]);
    let ipco = boxed(b"ipco", &[ispe, irot, pixi].concat());
    let ipma = boxed(b"ipma", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 3, 1, 2, 3]);
    let meta = [
        &[0; 4][..],
        &boxed(b"pitm", &[0, 0, 0, 0, 0, 1]),
        &boxed(b"iprp", &[ipco, ipma].concat()),
    ];
    let avif = [
        boxed(b"ftyp", b"avif\0\0\0\0mif1"),
        boxed(b"meta", &meta.concat()),
    ];
    let picture = ImageReader::new()
        .read_bytes(&avif.concat(), "a.avif")
        .unwrap();
    assert_eq!(picture.pixels, Err(Fault::NoDecoder));
    let facts = picture.facts;
    assert_eq!((facts.format.as_ref(), facts.bit_depth), ("avif", 10));
    // Turned by 90 degrees.
    assert_eq!(
        (facts.width, facts.height, facts.orientation.exif()),
        (48, 64, 8)
    );

    let ihdr = boxed(b"ihdr", &[0, 0, 0, 30, 0, 0, 0, 40, 0, 1, 15, 7, 0, 0]);
    let jp2 = [
        boxed(b"jP  ", b"\r\n\x87\n"),
        boxed(b"ftyp", b"jp2 \0\0\0\0jp2 "),
        boxed(b"jp2h", &ihdr),
    ];
    let picture = ImageReader::new()
        .read_bytes(&jp2.concat(), "a.jp2")
        .unwrap();
    assert_eq!(picture.pixels, Err(Fault::NoDecoder));
    let facts = picture.facts;
    assert_eq!((facts.width, facts.height, facts.bit_depth), (40, 30, 16));
    assert_eq!(facts.colour, Colour::Grey);
}

#[test]
fn an_extension_that_is_another_formats_is_seen() {
    let bytes = encoded(&rgb(4, 4), ImageFormat::Png);
    let read = |name: &str| ImageReader::new().read_bytes(&bytes, name).unwrap().facts;
    assert_eq!(read("a.jpg").extension_matches, Some(false));
    assert_eq!(read("a.PNG").extension_matches, Some(true));
    assert_eq!(read("a").extension_matches, None);
}
