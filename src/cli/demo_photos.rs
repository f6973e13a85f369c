//! The pictures of the demo: views of a few photographs in the public domain, as a camera
//! might have taken them in March, and through a dirty lens in April.

use super::output;
use anyhow::{Context, Result};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageReader};
use std::io::Cursor;
use std::path::Path;

/// Photographs: see `tests/data/images/README.md` for who took them.
const PHOTOGRAPHS: [&[u8]; 5] = [
    include_bytes!("../../tests/data/images/jhead__canon-bigend.jpg"),
    include_bytes!("../../tests/data/images/jhead__gpsinfo.jpg"),
    include_bytes!("../../tests/data/images/jhead__no-thumb-pointer.jpg"),
    include_bytes!("../../tests/data/images/jhead__olympus.jpg"),
    include_bytes!("../../tests/data/images/torchvision__astronaut.jpg"),
];

/// Views of each photograph in a month.
const VIEWS: u32 = 40;
/// Width and height of a view.
const VIEW: (u32, u32) = (112, 84);
const QUALITY: u8 = 90;

/// What a month does to its views.
#[derive(Clone, Copy)]
enum Lens {
    Clean,
    Dirty,
}

/// Writes a folder for each month.
pub(super) fn write() -> Result<()> {
    for (month, lens, step) in [
        ("march", Lens::Clean, (17, 29)),
        ("march-too", Lens::Clean, (23, 11)),
        ("april", Lens::Dirty, (13, 31)),
    ] {
        write_month(month, lens, step).with_context(|| format!("cannot make photos/{month}"))?;
    }
    Ok(())
}

fn write_month(month: &str, lens: Lens, step: (u32, u32)) -> Result<()> {
    for (at, bytes) in PHOTOGRAPHS.iter().enumerate() {
        let folder = Path::new("photos").join(month).join(format!("place-{at}"));
        std::fs::create_dir_all(&folder)?;
        let photograph = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
        let photograph = DynamicImage::from(photograph.decode()?.into_rgb8());
        let (wide, high) = (photograph.width() - VIEW.0, photograph.height() - VIEW.1);
        for view in 0..VIEWS {
            let left = (view + 1) * step.0 % (wide + 1);
            let top = (view + 1) * step.1 % (high + 1);
            let picture = photograph.crop_imm(left, top, VIEW.0, VIEW.1);
            let picture = match lens {
                Lens::Clean => picture,
                Lens::Dirty => picture.blur(1.2),
            };
            let mut bytes = Vec::new();
            picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
            output::write_file(&folder.join(format!("{view:02}.jpg")), &bytes)?;
        }
    }
    Ok(())
}
