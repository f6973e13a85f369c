//! What the file of a picture says, as values.

use std::borrow::Cow;

use super::measures::Measures;
use crate::ingest::image::{Exif, FileFacts, Orientation, PixelSize, SizeSource};
use crate::measure::{Value, Values};

impl Measures {
    /// What file and header say of a picture, and how it fits the model's input.
    ///
    /// | name | value |
    /// | --- | --- |
    /// | `file.bytes` | size of the file |
    /// | `file.format` | `jpeg`, `png`, ...; told by content |
    /// | `file.colour` | what the stored samples mean: `grey`, `palette`, `rgb`, `cmyk`, ... |
    /// | `file.bit_depth` | bits of a stored sample |
    /// | `file.width`, `file.height` | pixels, upright |
    /// | `file.aspect` | width / height |
    /// | `file.megapixels` | width x height / 1 000 000 |
    /// | `file.orientation` | what is done so that it stands upright: `upright` where nothing, `rotated 90` (clockwise), ... |
    /// | `file.icc` | description of the embedded colour profile; null without one |
    /// | `file.dpi` | pixels per inch across; null where no unit is given |
    /// | `file.jpeg_quality` | 1 to 100: of libjpeg's tables nearest to those of the file; null for other formats, as the next two |
    /// | `file.chroma_subsampling` | `4:4:4`, `4:2:0`, ... |
    /// | `file.progressive` | whether it is stored in scans of rising detail |
    /// | `file.animated` | whether more frames follow the first, which is measured |
    /// | `file.extension_matches` | whether the file is called as its format is |
    /// | `file.micrometres_per_pixel` | of the world that a pixel shows, across (see [`Exif::pixel_size`]) |
    /// | `file.model_scale` | sqrt(a b), where a and b are the model's width and height over those of the picture; 2: twice as large |
    /// | `file.model_sampling` | `up` where that is above 1, `down` below, else `none` |
    /// | `file.model_distortion` | max(a, b) / min(a, b); 1 where the shape is kept |
    ///
    /// The last three only with a [`model_input`](Self::model_input).
    ///
    /// ```
    /// use driftsphere::ingest::image::ImageReader;
    /// use driftsphere::measure::image::Measures;
    ///
    /// let picture = ImageReader::new().read("tests/data/images/piexif__02.jpg")?;
    /// let measures = Measures::new().model_input(200, 210)?.only(&["file.model_*"]);
    /// let values = measures.file(&picture.facts, &picture.exif);
    /// let numbers: Vec<_> = values.iter().map(|(_, value)| value.number()).collect();
    /// assert_eq!(numbers, [Some(0.5_f64.sqrt()), None, Some(2.0)]);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn file(&self, facts: &FileFacts, exif: &Exif) -> Values {
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let flag = |flag: Option<bool>| flag.map_or(Value::Null, Value::Bool);
        let whole = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let jpeg = facts.jpeg;
        let quality = jpeg.and_then(|jpeg| jpeg.quality);
        let subsampling = jpeg.and_then(|jpeg| jpeg.subsampling);
        // The resolution of a photograph is that of a print.
        let is_scale =
            |size: &PixelSize| size.source != SizeSource::Resolution || facts.format == "tiff";
        let pixel_size = exif.pixel_size().filter(is_scale);
        let pixel_size = pixel_size.map(|size| size.micrometres[0]);
        let values: Vec<(&'static str, Value)> = vec![
            ("file.bytes", whole(facts.bytes)),
            ("file.format", Value::Text(facts.format.to_string())),
            ("file.colour", facts.colour.name().into()),
            ("file.bit_depth", whole(facts.bit_depth.into())),
            ("file.orientation", turn(facts.orientation).into()),
            ("file.icc", text(facts.icc.as_deref())),
            ("file.dpi", facts.dpi.map(|dpi| dpi[0]).into()),
            (
                "file.jpeg_quality",
                quality.map_or(Value::Null, |q| whole(q.into())),
            ),
            (
                "file.chroma_subsampling",
                text(subsampling.map(|s| s.name())),
            ),
            ("file.progressive", flag(jpeg.map(|jpeg| jpeg.progressive))),
            ("file.animated", Value::Bool(facts.animated)),
            ("file.extension_matches", flag(facts.extension_matches)),
            ("file.micrometres_per_pixel", pixel_size.into()),
        ];
        let taken = values.into_iter().filter(|(name, _)| self.takes(name));
        let taken = taken.map(|(name, value)| (Cow::Borrowed(name), value));
        taken.chain(self.size(facts.width, facts.height)).collect()
    }

    /// What the size of a picture says, of those values that [`file`](Self::file) lists:
    /// `file.width`, `file.height`, `file.aspect`, `file.megapixels`, and `file.model_*` with
    /// a [`model_input`](Self::model_input). It is all that is known of one in memory beside
    /// its pixels.
    ///
    /// ```
    /// use driftsphere::measure::image::Measures;
    ///
    /// let values = Measures::new().only(&["file.aspect"]).size(640, 480);
    /// assert_eq!(values[0].1.number(), Some(4.0 / 3.0));
    /// ```
    #[must_use]
    pub fn size(&self, width: u32, height: u32) -> Values {
        let whole = |n: u32| Value::Int(n.into());
        let (pixels_wide, pixels_high) = (whole(width), whole(height));
        let (width, height) = (f64::from(width), f64::from(height));
        let mut values: Vec<(&'static str, Value)> = vec![
            ("file.width", pixels_wide),
            ("file.height", pixels_high),
            ("file.aspect", (width / height).into()),
            ("file.megapixels", (width * height / 1e6).into()),
        ];
        if let Some((model_width, model_height)) = self.model_size() {
            let across = f64::from(model_width) / width;
            let down = f64::from(model_height) / height;
            let scale = (across * down).sqrt();
            let sampling = match scale.total_cmp(&1.0) {
                std::cmp::Ordering::Greater => "up",
                std::cmp::Ordering::Less => "down",
                std::cmp::Ordering::Equal => "none",
            };
            values.push(("file.model_scale", scale.into()));
            values.push(("file.model_sampling", sampling.into()));
            let distortion = across.max(down) / across.min(down);
            values.push(("file.model_distortion", distortion.into()));
        }
        let taken = values.into_iter().filter(|(name, _)| self.takes(name));
        taken
            .map(|(name, value)| (Cow::Borrowed(name), value))
            .collect()
    }
}

/// What is done so that the picture stands upright.
fn turn(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::Upright => "upright",
        Orientation::FlipHorizontal => "mirrored",
        Orientation::Rotate180 => "rotated 180",
        Orientation::FlipVertical => "flipped",
        Orientation::Transpose => "transposed",
        Orientation::Rotate90 => "rotated 90",
        Orientation::Transverse => "transversed",
        Orientation::Rotate270 => "rotated 270",
    }
}
