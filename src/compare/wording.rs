//! What a change of a measure of pictures means, in the words of those who took them.

/// A measure, its unit, and what it means when it rises and when it falls.
struct Meaning {
    feature: &'static str,
    unit: &'static str,
    rises: &'static str,
    falls: &'static str,
}

const fn meaning(
    feature: &'static str,
    unit: &'static str,
    rises: &'static str,
    falls: &'static str,
) -> Meaning {
    Meaning {
        feature,
        unit,
        rises,
        falls,
    }
}

/// Words for less detail.
pub(crate) const BLURRED: &str = "pictures are blurred";
/// The same where less contrast is enough to explain it.
pub(crate) const FAINTER: &str = "detail is fainter, as contrast fell";

const MEANINGS: &[Meaning] = &[
    meaning(
        "file.bytes",
        "bytes",
        "files are larger",
        "files are smaller",
    ),
    meaning(
        "file.width",
        "pixels",
        "pictures are wider",
        "pictures are narrower",
    ),
    meaning(
        "file.height",
        "pixels",
        "pictures are taller",
        "pictures are lower",
    ),
    meaning(
        "file.aspect",
        "",
        "pictures are wider for their height",
        "pictures are taller for their width",
    ),
    meaning(
        "file.megapixels",
        "megapixels",
        "pictures have more pixels",
        "pictures have fewer pixels",
    ),
    meaning(
        "file.bit_depth",
        "bits",
        "samples are deeper",
        "samples are shallower",
    ),
    meaning(
        "file.dpi",
        "pixels per inch",
        "resolution rose",
        "resolution fell",
    ),
    meaning(
        "file.jpeg_quality",
        "",
        "pictures are compressed less",
        "pictures are compressed more",
    ),
    meaning(
        "file.micrometres_per_pixel",
        "\u{b5}m per pixel",
        "a pixel shows more of the world",
        "a pixel shows less of the world",
    ),
    meaning(
        "file.model_scale",
        "times",
        "pictures are smaller for the model",
        "pictures are larger for the model",
    ),
    meaning(
        "file.model_distortion",
        "times",
        "pictures are distorted more for the model",
        "pictures are distorted less for the model",
    ),
    meaning(
        "exif.exposure_time",
        "s",
        "exposures are longer",
        "exposures are shorter",
    ),
    meaning(
        "exif.f_number",
        "",
        "apertures are smaller",
        "apertures are larger",
    ),
    meaning(
        "exif.iso",
        "ISO",
        "the sensor is set more sensitive",
        "the sensor is set less sensitive",
    ),
    meaning(
        "exif.exposure_bias",
        "EV",
        "pictures are exposed more",
        "pictures are exposed less",
    ),
    meaning(
        "exif.focal_length",
        "mm",
        "lenses are longer",
        "lenses are shorter",
    ),
    meaning(
        "exif.focal_length_35mm",
        "mm",
        "the view is narrower",
        "the view is wider",
    ),
    meaning(
        "exif.digital_zoom",
        "times",
        "pictures are zoomed in",
        "pictures are zoomed out",
    ),
    meaning(
        "exif.subject_distance",
        "m",
        "subjects are farther away",
        "subjects are nearer",
    ),
    meaning(
        "exif.focal_plane_resolution",
        "pixels per mm",
        "pixels of the sensor are smaller",
        "pixels of the sensor are larger",
    ),
    meaning(
        "pixels.brightness",
        "of 255",
        "pictures are brighter",
        "pictures are darker",
    ),
    meaning(
        "pixels.contrast",
        "levels",
        "pictures have more contrast",
        "pictures have less contrast",
    ),
    meaning(
        "pixels.saturation",
        "of 1",
        "colours are stronger",
        "colours are paler",
    ),
    meaning(
        "pixels.colourfulness",
        "",
        "pictures are more colourful",
        "pictures are less colourful",
    ),
    meaning(
        "pixels.entropy",
        "bits",
        "pictures hold more levels",
        "pictures hold fewer levels",
    ),
    meaning(
        "pixels.laplacian_variance",
        "squared levels, variance of the Laplacian",
        "pictures are sharper or noisier",
        BLURRED,
    ),
    meaning(
        "pixels.edge_share",
        "of the pixels",
        "there are more edges",
        "there are fewer edges",
    ),
    meaning(
        "pixels.noise",
        "levels",
        "pictures are noisier",
        "pictures are smoother",
    ),
    meaning(
        "pixels.clipped_low",
        "of the samples",
        "more is black",
        "less is black",
    ),
    meaning(
        "pixels.clipped_high",
        "of the samples",
        "more is burnt out",
        "less is burnt out",
    ),
    meaning(
        "pixels.blockiness",
        "levels",
        "blocks of compression show",
        "blocks of compression vanished",
    ),
    meaning(
        "pixels.alpha_share",
        "of the pixels",
        "more is transparent",
        "less is transparent",
    ),
    meaning(
        "quality.distance",
        "",
        "pictures look less like the reference of quality",
        "pictures look more like the reference of quality",
    ),
    meaning(
        "quality.ssim",
        "of 1",
        "pictures are nearer to their originals",
        "pictures are farther from their originals",
    ),
    meaning(
        "quality.psnr",
        "dB",
        "pictures are nearer to their originals",
        "pictures are farther from their originals",
    ),
    meaning(
        "quality.mse",
        "squared levels",
        "pictures are farther from their originals",
        "pictures are nearer to their originals",
    ),
];

/// What it means that a feature went from one value to another, and its unit; `None` of
/// features that are no measure of pictures, and where it did not move.
pub(crate) fn meaning_of(
    feature: &str,
    from: f64,
    to: f64,
) -> Option<(&'static str, &'static str)> {
    let found = MEANINGS.iter().find(|meaning| meaning.feature == feature)?;
    let what = match to.total_cmp(&from) {
        std::cmp::Ordering::Greater => found.rises,
        std::cmp::Ordering::Less => found.falls,
        std::cmp::Ordering::Equal => return None,
    };
    Some((what, found.unit))
}

/// What it means that a category has another value.
pub(crate) fn kind_of(feature: &str) -> Option<&'static str> {
    Some(match feature {
        "exif.make" | "exif.model" => "another camera",
        "exif.lens" => "another lens",
        "exif.software" => "other software",
        "file.format" => "another format",
        "file.orientation" => "cameras held otherwise",
        "file.icc" => "another colour profile",
        "file.chroma_subsampling" => "colour stored otherwise",
        "file.pixels" => "pictures that could not be read",
        "file.model_sampling" => "scaled otherwise for the model",
        _ => return None,
    })
}

/// Whether a change of this measure goes along with one that names the cause: a darker picture
/// has less contrast, a blurred one less noise, one of more noise a larger Laplacian.
pub(crate) fn is_consequence(feature: &str, from: f64, to: f64) -> bool {
    match feature {
        "file.bytes"
        | "file.megapixels"
        | "file.aspect"
        | "pixels.contrast"
        | "pixels.colourfulness"
        | "pixels.entropy"
        | "pixels.edge_share"
        | "pixels.clipped_low"
        | "pixels.clipped_high"
        | "pixels.blockiness" => true,
        "pixels.noise" => to < from,
        "pixels.laplacian_variance" => to > from,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rise_and_a_fall_have_words_and_no_move_has_none() {
        let darker = meaning_of("pixels.brightness", 120.0, 60.0);
        assert_eq!(darker, Some(("pictures are darker", "of 255")));
        assert_eq!(meaning_of("pixels.brightness", 60.0, 60.0), None);
        assert_eq!(meaning_of("score", 0.0, 1.0), None);
        assert_eq!(kind_of("exif.model"), Some("another camera"));
    }

    #[test]
    fn every_measure_has_one_meaning() {
        let mut names: Vec<_> = MEANINGS.iter().map(|meaning| meaning.feature).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MEANINGS.len());
    }
}
