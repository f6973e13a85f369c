//! Boxes on the pictures that they were found in.

use super::boxes::is_usable;
use crate::ingest::image::FileFacts;
use crate::ingest::{ImageInfo, Units};

/// Where a box lies on its picture: left, top, width and height as shares of the picture as it is
/// looked at, turned upright by its EXIF orientation; cut off at its edges. `None` where no part
/// of it lies on the picture, or the box is none.
///
/// Boxes are in the grid of pixels that the model was given, and loaders differ: OpenCV and
/// Detectron2 turn a picture upright first, Pillow and torchvision take its rows as they are stored.
/// The size that `image` lists tells which of both, where width and height change places with the
/// orientation: a listed size that is that of the stored rows says that the box is to be turned
/// along. Everywhere else boxes are taken to be those of the upright picture. Pixels count in the listed
/// size, so that results for a smaller copy of the picture fit, too; without one in that of the file.
///
/// ```
/// use driftsphere::ingest::image::ImageReader;
/// use driftsphere::ingest::{ImageInfo, Units};
/// use driftsphere::measure::outputs::place_on_picture;
///
/// // To be turned by 270 degrees clockwise.
/// let picture = ImageReader::new().read("tests/data/images/jhead__rotate.jpg")?;
/// let (width, height) = (f64::from(picture.facts.width), f64::from(picture.facts.height));
/// let listed = |width, height| ImageInfo { name: "a".into(), size: Some((width, height)) };
/// let at_left_edge = |width, height| [0.0, 0.0, width / 4.0, height];
/// let upright = listed(width, height);
/// let place = place_on_picture(at_left_edge(width, height), &upright, Units::Pixels, &picture.facts);
/// assert_eq!(place, Some([0.0, 0.0, 0.25, 1.0]));
/// let stored = listed(height, width);
/// let place = place_on_picture(at_left_edge(height, width), &stored, Units::Pixels, &picture.facts);
/// assert_eq!(place, Some([0.0, 0.75, 1.0, 0.25])); // below, once it stands upright
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[must_use]
pub fn place_on_picture(
    bbox: [f64; 4],
    image: &ImageInfo,
    units: Units,
    picture: &FileFacts,
) -> Option<[f64; 4]> {
    if !is_usable(bbox) {
        return None;
    }
    let upright = (f64::from(picture.width), f64::from(picture.height));
    let (width, height) = match units {
        Units::Pixels => image.size.unwrap_or(upright),
        Units::Relative => (1.0, 1.0),
    };
    let place = [
        bbox[0] / width,
        bbox[1] / height,
        bbox[2] / width,
        bbox[3] / height,
    ];
    let stored = (upright.1, upright.0);
    let is_stored = picture.orientation.swaps() && image.size == Some(stored) && stored != upright;
    let [left, top, width, height] = match is_stored {
        true => picture.orientation.turn_box(place),
        false => place,
    };
    let (right, bottom) = ((left + width).min(1.0), (top + height).min(1.0));
    let (left, top) = (left.max(0.0), top.max(0.0));
    let fits = right > left && bottom > top;
    fits.then_some([left, top, right - left, bottom - top])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::image::{ImageReader, Orientation};

    fn facts(width: u32, height: u32, exif: u32) -> FileFacts {
        let picture = ImageReader::new().read("tests/data/images/piexif__02.jpg");
        FileFacts {
            width,
            height,
            orientation: Orientation::of_exif(exif).unwrap(),
            ..picture.unwrap().facts
        }
    }

    fn image(size: Option<(f64, f64)>) -> ImageInfo {
        ImageInfo {
            name: "a".into(),
            size,
        }
    }

    #[test]
    fn only_a_size_of_the_stored_rows_turns_a_box() {
        let picture = facts(200, 400, 6);
        let of = |bbox, size, units| place_on_picture(bbox, &image(size), units, &picture);
        // The left half of the stored rows becomes the upper half.
        let stored = of(
            [0.0, 0.0, 200.0, 200.0],
            Some((400.0, 200.0)),
            Units::Pixels,
        );
        assert_eq!(stored, Some([0.0, 0.0, 1.0, 0.5]));
        for size in [None, Some((200.0, 400.0))] {
            let upright = of([0.0, 0.0, 100.0, 400.0], size, Units::Pixels);
            assert_eq!(upright, Some([0.0, 0.0, 0.5, 1.0]));
        }
        // Results for a copy of half the size.
        let half = of([0.0, 0.0, 50.0, 200.0], Some((100.0, 200.0)), Units::Pixels);
        assert_eq!(half, Some([0.0, 0.0, 0.5, 1.0]));
        let shares = of([0.25, 0.5, 0.5, 0.25], None, Units::Relative);
        assert_eq!(shares, Some([0.25, 0.5, 0.5, 0.25]));
        // An orientation that leaves the size tells nothing: upright is assumed.
        let turned = facts(200, 400, 3);
        let place = place_on_picture(
            [0.0, 0.0, 100.0, 400.0],
            &image(Some((200.0, 400.0))),
            Units::Pixels,
            &turned,
        );
        assert_eq!(place, Some([0.0, 0.0, 0.5, 1.0]));
    }

    #[test]
    fn boxes_are_cut_off_at_the_edges_and_none_is_drawn_outside() {
        let picture = facts(100, 100, 1);
        let of = |bbox| place_on_picture(bbox, &image(None), Units::Pixels, &picture);
        assert_eq!(of([-50.0, 50.0, 100.0, 100.0]), Some([0.0, 0.5, 0.5, 0.5]));
        assert_eq!(of([100.0, 0.0, 10.0, 10.0]), None);
        assert_eq!(of([0.0, 0.0, 0.0, 10.0]), None);
        assert_eq!(of([f64::NAN, 0.0, 1.0, 10.0]), None);
        assert_eq!(
            of([0.0, 0.0, f64::MAX, f64::MAX]),
            Some([0.0, 0.0, 1.0, 1.0])
        );
    }
}
