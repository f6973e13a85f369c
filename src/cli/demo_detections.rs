//! The part of the demo about what a detector says: real boxes of persons in photographs,
//! and in their enlarged middles (`tests/data/outputs/README.md`).

/// Files by the names that commands use.
pub(super) const FILES: [(&str, &[u8]); 3] = [
    (
        "images.json",
        include_bytes!("../../tests/data/outputs/person_instances_images.json"),
    ),
    (
        "boxes.json",
        include_bytes!("../../tests/data/outputs/person_results_clean.json"),
    ),
    (
        "boxes_zoomed.json",
        include_bytes!("../../tests/data/outputs/person_results_zoom.json"),
    ),
];

/// A sentence, and the commands.
pub(super) fn steps() -> Vec<(&'static str, Vec<String>)> {
    vec![(
        "What a detector of persons says of 308 photographs, and of the same after somebody zoomed in.",
        vec![
            "profile boxes.json --coco-images images.json -o boxes.dsp".to_owned(),
            "compare boxes.dsp boxes_zoomed.json --coco-images images.json --html boxes.html"
                .to_owned(),
        ],
    )]
}
