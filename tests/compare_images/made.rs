//! Pictures made of the vendored ones.

use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView};

/// Photographs large enough to take views of.
const PHOTOGRAPHS: [&str; 12] = [
    "jhead__gpsinfo.jpg",
    "jhead__canon-bigend.jpg",
    "jhead__fuji-dx10.jpg",
    "jhead__no-thumb-pointer.jpg",
    "jhead__olympus.jpg",
    "jhead__powershot_g2.jpg",
    "jhead__rotate.jpg",
    "jhead__thumbnail-place-error.jpg",
    "torchvision__astronaut.jpg",
    "made__rgb16.png",
    "made__exif_o3.tif",
    "made__rgba.png",
];

/// Width and height of a view.
const VIEW: (u32, u32) = (120, 90);

/// SplitMix64 (Steele, Lea & Flood 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z >> 33) % u64::from(n)) as u32
    }
}

/// Random views of the photographs, in turn.
pub(crate) fn views(seed: u64, count: usize) -> Vec<DynamicImage> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/images");
    let photographs = PHOTOGRAPHS.map(|name| {
        let picture = image::open(folder.join(name)).unwrap();
        DynamicImage::from(picture.into_rgb8())
    });
    let mut random = Random(seed);
    let view = |at: usize| {
        let photograph = &photographs[at % photographs.len()];
        let (width, height) = photograph.dimensions();
        let left = random.below(width - VIEW.0 + 1);
        let top = random.below(height - VIEW.1 + 1);
        photograph.crop_imm(left, top, VIEW.0, VIEW.1)
    };
    (0..count).map(view).collect()
}

/// What a camera writes beside a picture.
pub(crate) struct Camera {
    pub(crate) model: &'static str,
    pub(crate) orientation: u16,
}

/// A JPEG with an EXIF segment.
pub(crate) fn jpeg_with(picture: &DynamicImage, quality: u8, camera: &Camera) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))
        .unwrap();
    let model = [camera.model.as_bytes(), b"\0"].concat();
    let make = b"Driftcam\0";
    let values = 8 + 2 + 3 * 12 + 4;
    let tiff = tiff(&[
        entry(0x010f, 2, make.len(), values),
        entry(0x0110, 2, model.len(), values + make.len()),
        entry(0x0112, 3, 1, camera.orientation.into()),
    ]);
    let exif = [&b"Exif\0\0"[..], &tiff, make, &model].concat();
    let len = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&bytes[..2], &[0xff, 0xe1], &len, &exif, &bytes[2..]].concat()
}

/// The head of a little-endian TIFF of one directory; what entries point to follows it.
pub(crate) fn tiff(entries: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    [
        &b"II\x2a\0\x08\0\0\0"[..],
        &count,
        &entries.concat(),
        &[0; 4],
    ]
    .concat()
}

pub(crate) fn entry(tag: u16, kind: u16, count: usize, field: usize) -> Vec<u8> {
    let count = u32::try_from(count).unwrap().to_le_bytes();
    let field = u32::try_from(field).unwrap().to_le_bytes();
    [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count, &field].concat()
}
