//! The part of the demo about training runs: small networks on handwritten digits.

/// The runs, as files of embeddings with ids and labels.
pub(super) const RUNS: [(&str, &[u8]); 3] = [
    (
        "digits_seed_1.npz",
        include_bytes!("../../examples/data/digits_seed_1.npz"),
    ),
    (
        "digits_seed_2.npz",
        include_bytes!("../../examples/data/digits_seed_2.npz"),
    ),
    (
        "digits_merged.npz",
        include_bytes!("../../examples/data/digits_merged.npz"),
    ),
];

/// What is done, step by step: a sentence, and the commands.
pub(super) fn steps() -> Vec<(&'static str, Vec<String>)> {
    let columns = "--ids id --labels label --fail-on classes";
    let command = |other: &str| format!("stability digits_seed_1.npz {other}.npz {columns}");
    vec![
        (
            "Two training runs of a small network, as they see the same 500 handwritten digits. \
             The space is another one, the classes should be the same.",
            vec![command("digits_seed_2")],
        ),
        (
            "A run in which 1 and 7 were trained as one class.",
            vec![command("digits_merged") + " --html runs.html"],
        ),
    ]
}
