//! What a finding means, and what usually causes it: general knowledge about a kind
//! of change, beside the sentence that says what was found.

use crate::compare::{Finding, Kind, without_tail};

/// How to read one kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Reading {
    pub(super) meaning: &'static str,
    pub(super) causes: &'static str,
}

const fn reading(meaning: &'static str, causes: &'static str) -> Reading {
    Reading { meaning, causes }
}

/// By feature of an embedding space.
const OF_SPACES: [(&str, Reading); 12] = [
    (
        "directions",
        reading(
            "The average picture is another one: the mean direction of all embeddings turned, or one flat cut \
             through the space tells the windows apart.",
            "Another mix of subjects, another light, season or camera, a changed crop or colour order in \
             preprocessing.",
        ),
    ),
    (
        "discrepancy",
        reading(
            "The sampled embeddings as a whole lie elsewhere, in whichever way.",
            "Any change of content or quality; other findings say which.",
        ),
    ),
    (
        "neighbours",
        reading(
            "Records have their nearest neighbours in their own window more often than chance puts them there: \
             part of the target lies where the reference has nothing.",
            "A new subject, place or camera, or many frames of one scene.",
        ),
    ),
    (
        "pairwise distance",
        reading(
            "Records are more, or less, alike among themselves. Larger distances mean more variety, smaller ones \
             less.",
            "Smaller: blur, darkness, compression, repeated scenes, a collapsing model. Larger: new kinds of \
             pictures.",
        ),
    ),
    (
        "own-centre distance",
        reading(
            "Records look more, or less, like the typical record of their class. Farther means less typical.",
            "Blur, darkness, noise or another camera; a class that takes in something new; wrong labels.",
        ),
    ),
    (
        "boundary distance",
        reading(
            "Records lie nearer to, or farther from, the border with the next class. Nearer means easier to \
             confuse.",
            "Lower quality of pictures, classes that became more alike, wrong labels.",
        ),
    ),
    (
        "cluster distance",
        reading(
            "Records are nearer to, or farther from, the middle of the cluster that they fall into.",
            "Content between the known clusters, or lower quality of pictures.",
        ),
    ),
    (
        "novel share",
        reading(
            "More records lie farther out than nearly all of the reference: nothing known is near them.",
            "A new subject, broken or blank pictures, another preprocessing. Look at the records first.",
        ),
    ),
    (
        "norm",
        reading(
            "Embeddings are longer or shorter. The length often says how much the model recognised.",
            "Blur and darkness shorten; another scale of the input, or another version of the model, changes \
             all.",
        ),
    ),
    (
        "class shares",
        reading(
            "Classes come more, or less, often than they did.",
            "Another mix of subjects or sources; or the model takes one class for another.",
        ),
    ),
    (
        "cluster shares",
        reading(
            "Regions of the space are filled more, or less, than they were.",
            "Another mix of subjects or sources; the records that fill a grown cluster show which.",
        ),
    ),
    (
        "repeated records",
        reading(
            "Records repeat themselves more, or less, often within the window.",
            "Frozen cameras, frames of one scene, a loader that reads a file twice.",
        ),
    ),
];

/// By group of findings.
const OF_GROUPS: [(&str, Reading); 5] = [
    (
        "file",
        reading(
            "The files are made differently.",
            "Another camera or app, a new export, resizing or compression on the way.",
        ),
    ),
    (
        "exif",
        reading(
            "Cameras, or how they are set, differ.",
            "Another device or firmware, another time of day, changed settings; or a step that strips EXIF.",
        ),
    ),
    (
        "pixels",
        reading(
            "The pictures look different.",
            "Light, weather, season, a dirty or defocused lens, other exposure, stronger compression.",
        ),
    ),
    (
        "quality",
        reading(
            "The pictures have another technical quality than the trusted ones.",
            "Blur, noise, compression, a damaged lens or sensor.",
        ),
    ),
    (
        "custom",
        reading(
            "A measure of your own changed.",
            "Whatever the measure stands for.",
        ),
    ),
];

/// What is known of such a finding; empty where it is nothing beyond its sentence.
pub(super) fn reading_of(finding: &Finding) -> Reading {
    if finding.feature.ends_with("missing") {
        return reading(
            "The share of records without a value changed.",
            "A field that is no longer filled, a join that fails, another source.",
        );
    }
    let feature = without_tail(&finding.feature);
    let known = match finding.group.starts_with("space ") {
        true => OF_SPACES.iter().find(|(name, _)| *name == feature),
        false => OF_GROUPS.iter().find(|(name, _)| *name == finding.group),
    };
    match (known, finding.kind) {
        (Some((_, reading)), _) => *reading,
        (None, Kind::Output) => reading(
            "What the model says changed.",
            "A change of what it sees (look at the embeddings and inputs), or another version of the model.",
        ),
        (None, Kind::Label) => reading(
            "What people say changed.",
            "Another mix of subjects, other annotators or instructions.",
        ),
        (None, _) => Reading::default(),
    }
}
