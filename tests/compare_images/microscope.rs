//! Two windows from a microscope: equal sizes in pixels, and pixels of twice the size.

use driftsphere::compare::{CompareOptions, Verdict, compare};

use crate::made::{Random, entry, tiff};
use crate::profile;

const SIDE: usize = 24;

/// A grey OME-TIFF of random samples.
fn ome_tiff(seed: u64, micrometres: &str) -> Vec<u8> {
    let xml = format!(
        "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\">\
         <Image ID=\"Image:0\"><Pixels ID=\"Pixels:0\" PhysicalSizeX=\"{micrometres}\" \
         PhysicalSizeY=\"{micrometres}\" SizeX=\"{SIDE}\" SizeY=\"{SIDE}\"/></Image></OME>\0"
    );
    let pixels = SIDE * SIDE;
    let start = 8 + 2 + 9 * 12 + 4;
    let head = tiff(&[
        entry(256, 3, 1, SIDE),
        entry(257, 3, 1, SIDE),
        entry(258, 3, 1, 8),
        entry(259, 3, 1, 1),
        entry(262, 3, 1, 1),
        entry(270, 2, xml.len(), start + pixels),
        entry(273, 4, 1, start),
        entry(278, 3, 1, SIDE),
        entry(279, 4, 1, pixels),
    ]);
    let mut random = Random(seed);
    let samples: Vec<u8> = (0..pixels).map(|_| random.below(256) as u8).collect();
    [head, samples, xml.into_bytes()].concat()
}

#[test]
fn a_pixel_that_shows_twice_as_much_is_found_and_said() {
    let window = |first: u64, micrometres| {
        let files = (first..first + 60).map(|seed| ome_tiff(seed, micrometres));
        profile(files, "ome.tif")
    };
    let comparison = compare(
        &window(0, "0.325"),
        &window(1000, "0.650"),
        &CompareOptions::default(),
    );
    let comparison = comparison.unwrap();
    assert_eq!(comparison.verdict, Verdict::Drift);
    let first = &comparison.findings[0];
    assert_eq!(first.feature, "file.micrometres_per_pixel");
    assert_eq!(
        first.sentence,
        "a pixel shows more of the world: file.micrometres_per_pixel was always 0.3250, is now \
         always 0.6500 \u{b5}m per pixel"
    );
    // Nothing else tells them apart.
    let drifted = comparison.findings.iter();
    let drifted = drifted.filter(|finding| finding.verdict == Verdict::Drift);
    assert_eq!(drifted.count(), 1);
    let same = compare(
        &window(0, "0.325"),
        &window(2000, "0.325"),
        &CompareOptions::default(),
    );
    assert_ne!(same.unwrap().verdict, Verdict::Drift);
}
